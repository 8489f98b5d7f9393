#!/usr/bin/env bash
# A release as its users get it: the archive unpacked and run under both names, the manifest for krew rendered and held to
# what krew asks (internal/index/validation), and the steps of the GitHub Action with a stand-in for the download.
# Usage: tests/real/release.sh [DIRECTORY-OF-THE-BINARIES]. Says when something is skipped.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
built=${1:-$root/target/debug}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "failed: $*"; exit 1; }
[ -x "$built/otel-lint" ] || { echo "skipped: release (no binaries in $built)"; exit 0; }

# The archive: the same twice, all that belongs to it, both names run.
archive=otel-lint-x86_64-linux.tar.gz
sum() { (cd "$root" && package/archive.sh x86_64-linux "$built" | cut -d ' ' -f 1); }
first=$(sum)
[ "$first" = "$(sum)" ] || fail "two archives of the same files differ"
mv "$root/$archive" "$work"
mkdir "$work/unpacked"
tar -xzf "$work/$archive" -C "$work/unpacked"
for file in otel-lint kubectl-otel_lint kubectl_complete-otel_lint LICENSE README.md man/otel-lint.1 man/otel-lint-check.1 \
  completions/otel-lint.bash completions/otel-lint.zsh completions/otel-lint.fish; do
  [ -s "$work/unpacked/$file" ] || fail "the archive has no $file"
done
"$work/unpacked/otel-lint" --version | grep -q '^otel-lint ' || fail "otel-lint does not run"
"$work/unpacked/kubectl-otel_lint" --help | grep -q 'Usage: kubectl otel-lint' || fail "the plugin does not say how it is called"
PATH="$work/unpacked:$PATH" kubectl_complete-otel_lint stat | grep -q '^status' || fail "nothing is completed"
bash -n "$work/unpacked/completions/otel-lint.bash" || fail "the completion for bash does not parse"
if command -v kubectl >/dev/null; then
  PATH="$work/unpacked:$PATH" kubectl otel-lint --version | grep -q '0\.' || fail "kubectl does not find the plugin"
  PATH="$work/unpacked:$PATH" kubectl __complete otel-lint stat 2>/dev/null | grep -q '^status' || fail "kubectl completes nothing"
fi
echo "archive: ok"

if python3 -c 'import yaml' 2>/dev/null; then
  python3 - "$root" "$first" "$work/unpacked" <<'PY'
import os, re, sys, yaml
root, checksum, unpacked = sys.argv[1:]
text = open(f"{root}/package/krew.yaml").read()
# As krew-release-bot does: the first line stays where it is, the next one is indented.
pattern = re.compile(r'\{\{addURIAndSha "([^"]*)" \.TagName \| indent (\d+) \}\}')
text = pattern.sub(lambda m: f"uri: {m[1]}\n{' ' * int(m[2])}sha256: {checksum}", text)
text = text.replace("{{ .TagName }}", "v0.1.0")
assert "{{" not in text, "something is not rendered"
plugin = yaml.safe_load(text)
assert plugin["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2" and plugin["kind"] == "Plugin"
assert re.fullmatch(r"[a-z][a-z-]*", plugin["metadata"]["name"])
spec = plugin["spec"]
assert set(spec) <= {"version", "homepage", "shortDescription", "description", "caveats", "platforms"}
assert re.fullmatch(r"v\d+\.\d+\.\d+", spec["version"])
assert 0 < len(spec["shortDescription"]) <= 50 and not spec["shortDescription"].endswith(".")
assert spec["homepage"].startswith("https://") and spec["description"]
seen = set()
for platform in spec["platforms"]:
    assert set(platform) == {"selector", "uri", "sha256", "bin", "files"}
    labels = platform["selector"]["matchLabels"]
    assert labels["os"] in ("linux", "darwin", "windows") and labels["arch"] in ("amd64", "arm64")
    seen.add((labels["os"], labels["arch"]))
    assert platform["uri"].startswith("https://") and platform["uri"].endswith((".tar.gz", ".zip"))
    assert re.fullmatch(r"[0-9a-f]{64}", platform["sha256"])
    names = [file["from"].removeprefix("./") for file in platform["files"]]
    assert platform["bin"] in names and "LICENSE" in names
    for name in names:
        assert os.path.exists(f"{unpacked}/{name}"), name
assert len(seen) == len(spec["platforms"]), "a platform twice"
# The Action knows the same archives.
action = open(f"{root}/action.yml").read()
for platform in spec["platforms"]:
    target = re.search(r"otel-lint-([a-z0-9_]+-[a-z]+)\.tar\.gz", platform["uri"])[1]
    assert f"target={target} " in action, target
# Its steps, as files.
for number, step in enumerate(yaml.safe_load(action)["runs"]["steps"]):
    if "run" in step:
        assert step["shell"] == "bash" and "${{" not in step["run"], "an expression would be run as it is typed"
        open(f"{unpacked}/../step-{number}.sh", "w").write(step["run"])
PY
  echo "krew's manifest: ok"
else
  echo "skipped: krew's manifest and the Action (python3 has no yaml)"
  exit 0
fi

# The Action: a stand-in for curl serves the archive, or nothing.
mkdir "$work/bin" "$work/repository"
cat > "$work/bin/curl" <<TXT
#!/bin/sh
for last; do :; done
echo "\$last" >> "$work/asked"
case "\$last" in */v0.1.0/$archive) cat "$work/$archive" ;; *) echo "curl: (22) 404" >&2; exit 22 ;; esac
TXT
chmod +x "$work/bin/curl"
step() { # NUMBER, then NAME=VALUE…; sets code
  local number=$1; shift
  : > "$work/path"; : > "$work/output"; : > "$work/summary"
  code=0
  (cd "$work/repository" && env "$@" RUNNER_TEMP="$work/temp" GITHUB_PATH="$work/path" GITHUB_OUTPUT="$work/output" \
    GITHUB_STEP_SUMMARY="$work/summary" PATH="$work/bin:$work/temp/otel-lint:$PATH" \
    bash --noprofile --norc -euo pipefail "$work/step-$number.sh") > "$work/said" 2>&1 || code=$?
}
mkdir "$work/temp"
linux=(RUNNER_OS=Linux RUNNER_ARCH=X64 REPOSITORY=someone/otel-lint)
step 0 "${linux[@]}" VERSION=v0.1.0
[ "$code" = 0 ] || { cat "$work/said"; fail "the Action cannot install a release"; }
grep -qx "https://github.com/someone/otel-lint/releases/download/v0.1.0/$archive" "$work/asked" || fail "it asks for another file"
grep -qx "$work/temp/otel-lint" "$work/path" || fail "it is not on the PATH of later steps"
for other in VERSION=v9.9.9 VERSION=0123456789012345678901234567890123456789 VERSION= "VERSION=v0.1.0 RUNNER_OS=Windows"; do
  # shellcheck disable=SC2086
  step 0 "${linux[@]}" $other
  [ "$code" != 0 ] || fail "it installs something for $other"
done
lint() { step 1 PATHS="$1" ARGUMENTS="${2:-}"; }
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n' > "$work/repository/good.yaml"
lint .
[ "$code" = 0 ] || { cat "$work/said"; fail "a good repository fails"; }
grep -q "^sarif-file=$work/temp/otel-lint.sarif" "$work/output" || fail "nothing to upload"
grep -q '"results": \[\]' "$work/temp/otel-lint.sarif" || fail "the empty report has no results"
grep -q 'nothing found' "$work/summary" || fail "no summary"
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {a: 1}\n' > "$work/repository/bad.yaml"
lint .
[ "$code" = 1 ] || fail "a bad repository does not fail: $code"
grep -q '^::error title=otel-lint\[unquoted-string\],file=bad.yaml,line=4' "$work/said" || { cat "$work/said"; fail "no annotation"; }
grep -q 'unquoted-string' "$work/temp/otel-lint.sarif" "$work/summary" || fail "no report"
lint "good.yaml bad.yaml" "--fail-on error -q"
[ "$code" = 1 ] || fail "several paths and arguments are not taken: $code"
lint nowhere
[ "$code" = 2 ] || fail "a run that cannot be made ends with $code"
[ ! -s "$work/output" ] || fail "a report that was not made is uploaded"
echo "action: ok"
