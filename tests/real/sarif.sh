#!/usr/bin/env bash
# Fetches SARIF's official schema, so that the test of the format can hold it against what is printed.
set -euo pipefail
cd "$(dirname "$0")/sarif"
cargo fetch --quiet || echo "skipped: SARIF's schema (the registry cannot be reached)"
