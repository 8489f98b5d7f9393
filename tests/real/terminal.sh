#!/usr/bin/env bash
# What a terminal gets: colours unless they are unwanted, excerpts as wide as it is, links where it knows them, a word when a
# run takes longer than half a second. `script` is the terminal. Usage: tests/real/terminal.sh [DIRECTORY-OF-THE-BINARIES]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
built=${1:-$root/target/debug}
skip() { echo "skipped: terminal ($1)"; exit 0; }
script -qec true /dev/null >/dev/null 2>&1 || skip "there is no script of util-linux"
[ -x "$built/otel-lint" ] || skip "no binaries in $built"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PATH="$built:$PATH"
for name in NO_COLOR FORCE_COLOR CLICOLOR_FORCE TERM_PROGRAM VTE_VERSION KITTY_WINDOW_ID KONSOLE_VERSION WT_SESSION DOMTERM; do
  unset "$name"
done
export TERM=xterm
mkdir "$work/a b"
cd "$work/a b"
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {some: words, and: more, that: make, this: line, a: long-one, of: 100}}\n' > a.yaml
escape=$(printf '\033')
fail() { echo "failed: $*"; cat -v "$work/said"; exit 1; }
# Runs in a terminal of so many columns.
in_terminal() { script -qec "stty rows 24 cols $1; ${*:2}" /dev/null < /dev/null > "$work/said" || true; }
colours() { grep -q "$escape\[1;31m" "$work/said"; }

in_terminal 200 otel-lint; colours || fail "no colours"
! grep -q "$escape\]8" "$work/said" || fail "links in a terminal that is not known to make any"
in_terminal 200 NO_COLOR=1 otel-lint; ! colours || fail "colours in spite of NO_COLOR"
in_terminal 200 otel-lint --color never; ! colours || fail "colours in spite of --color never"
in_terminal 200 TERM=dumb otel-lint; ! colours || fail "colours for a dumb terminal"
in_terminal 200 "otel-lint | cat"; ! colours || fail "colours in a pipe"
in_terminal 200 "FORCE_COLOR=1 otel-lint | cat"; colours || fail "no colours in spite of FORCE_COLOR"
in_terminal 200 "otel-lint --color always | cat"; colours || fail "no colours in spite of --color always"
in_terminal 200 "otel-lint --format json"; ! grep -q "$escape" "$work/said" || fail "colours in JSON"

in_terminal 50 otel-lint --color never
grep '^ *[0-9]* |' "$work/said" | tr -d '\r' | sed 's/…/./g' | awk 'length($0) > 50 { exit 1 }' ||
  fail "an excerpt is wider than the terminal"
grep -q 'of: 100' "$work/said" || fail "what is meant is not shown"

in_terminal 200 TERM_PROGRAM=vscode otel-lint
grep -qF "$escape]8;;file://$work/a%20b/a.yaml$escape\\a.yaml:3:" "$work/said" || fail "no link"

# 30,000 objects take their time, most of all unoptimised.
mkdir "$work/many"
awk -v folder="$work/many" 'BEGIN { for (f = 0; f < 1500; f++) for (o = 0; o < 20; o++) printf \
  "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r%d-%d}\nspec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: s, port: 80}]}]}\n---\n", f, o > (folder "/" f ".yaml") }'
begin=$(date +%s%N)
in_terminal 80 otel-lint "$work/many"
took=$((($(date +%s%N) - begin) / 1000000))
if [ "$took" -gt 1000 ]; then
  grep -q "otel-lint: judging 1500 files" "$work/said" || fail "nothing is said in $took ms"
  tail -1 "$work/said" | grep -q "$escape\[Knothing found" || fail "the word stays"
else
  echo "skipped: waiting (30,000 objects took $took ms)"
fi
in_terminal 80 otel-lint --quiet "$work/many"; ! grep -q judging "$work/said" || fail "--quiet says something"
in_terminal 80 otel-lint; ! grep -q judging "$work/said" || fail "a word about a short run"
echo "terminal: ok"
