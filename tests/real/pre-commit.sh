#!/usr/bin/env bash
# pre-commit itself, with this repository as the hook: a bad commit is blocked, a good one passes. Once from a wheel, once
# compiled by Cargo. Says when it is skipped.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
skip() { echo "skipped: pre-commit ($1)"; exit 0; }
command -v git >/dev/null || skip "git is not installed"
python3 -m venv "$work/venv" >/dev/null 2>&1 || skip "python3 has no venv"
"$work/venv/bin/pip" install --quiet pre-commit maturin >/dev/null 2>&1 || skip "pip cannot install pre-commit and maturin"
export PATH="$work/venv/bin:$PATH" PRE_COMMIT_HOME="$work/cache"
# Quick to build; what is tried is the packaging.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=0
export CARGO_TARGET_DIR="$work/target"

git -C "$root" rev-parse HEAD >/dev/null 2>&1 || skip "this is no clone"
maturin build --quiet --release --locked --manifest-path "$root/Cargo.toml" --out "$work/wheel"
wheel=$(echo "$work"/wheel/*.whl)

# The sample: a fault in one manifest, none in the other.
git init --quiet "$work/sample"
cd "$work/sample"
git config user.name sample
git config user.email sample@example.com
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n' > good.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {a: 1}\n' > bad.yaml

try() { # NAME, then the configuration on standard input
  cat > .pre-commit-config.yaml
  pre-commit install >/dev/null
  git add .pre-commit-config.yaml good.yaml
  git commit --quiet --message good || { echo "failed: $1 blocks a good commit"; exit 1; }
  git add bad.yaml
  if git commit --quiet --message bad 2> "$work/said"; then
    echo "failed: $1 lets a bad commit pass"; exit 1
  fi
  grep -q 'unquoted-string' "$work/said" || { cat "$work/said"; echo "failed: $1 does not say why"; exit 1; }
  git reset --quiet bad.yaml
  echo "pre-commit, $1: ok"
}

try "from a wheel" <<TXT
repos:
  - repo: local
    hooks:
      - id: otel-lint
        name: otel-lint
        entry: otel-lint check --project
        language: python
        additional_dependencies: ["$wheel"]
        types_or: [yaml, json, pem]
        require_serial: true
TXT
echo "# again" >> good.yaml
try "compiled by Cargo" <<TXT
repos:
  - repo: "file://$root"
    rev: "$(git -C "$root" rev-parse HEAD)"
    hooks:
      - id: otel-lint
        language: rust
TXT

# As people try a hook before they take it: with the language that the hooks themselves say.
attempt() { pre-commit try-repo "file://$root" "$@" > "$work/said" 2>&1; }
attempt otel-lint --files good.yaml || { cat "$work/said"; echo "failed: try-repo blocks a good file"; exit 1; }
! attempt otel-lint --files bad.yaml || { cat "$work/said"; echo "failed: try-repo lets a bad file pass"; exit 1; }
grep -q 'unquoted-string' "$work/said" || { cat "$work/said"; echo "failed: try-repo does not say why"; exit 1; }
git add bad.yaml
! attempt otel-lint-all --all-files || { cat "$work/said"; echo "failed: the whole repository passes"; exit 1; }
git rm --quiet --cached bad.yaml && rm bad.yaml
attempt otel-lint-all --all-files || { cat "$work/said"; echo "failed: a good repository is blocked"; exit 1; }
echo "pre-commit, try-repo: ok"
