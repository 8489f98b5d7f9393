#!/usr/bin/env bash
# Packs a release: both names of the program, kubectl's completion, completions of shells, the manual, the licence.
# Usage: package/archive.sh NAME [TARGET-DIRECTORY]; NAME is x86_64-linux, aarch64-macos …
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1
built=${2:-target/release}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$built/otel-lint" "$built/kubectl-otel_lint" package/kubectl_complete-otel_lint LICENSE README.md "$folder"
mkdir "$folder/completions" "$folder/man"
for shell in bash elvish fish powershell zsh; do
  "$built/otel-lint" completions "$shell" > "$folder/completions/otel-lint.$shell"
done
"$built/otel-lint" man "$folder/man"
# The same input makes the same archive.
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}" -C "$folder" -cf - . |
  gzip -n > "otel-lint-$name.tar.gz"
sha256sum "otel-lint-$name.tar.gz"
