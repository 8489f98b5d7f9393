#!/usr/bin/env bash
# kubectl itself calls the plugin, which calls it back, against the recorded cluster behind a small API server.
# Usage: tests/real/kubectl.sh [DIRECTORY-OF-THE-BINARIES]. Says when it is skipped.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
built=${1:-$root/target/debug}
skip() { echo "skipped: kubectl ($1)"; exit 0; }
command -v kubectl >/dev/null || skip "it is not installed"
command -v python3 >/dev/null || skip "python3 is not installed"
[ -x "$built/kubectl-otel_lint" ] || skip "no binaries in $built"
work=$(mktemp -d)
python3 "$root/tests/real/kubectl/server.py" "$root/testdata/cluster" "$work/log" > "$work/port" &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
for _ in $(seq 50); do [ -s "$work/port" ] && break; sleep 0.1; done
address="http://127.0.0.1:$(cat "$work/port")"
fail() { echo "failed: $*"; cat "$work/said" "$work/told"; exit 1; }
run() { # ARGUMENTS of the plugin; sets code
  code=0
  PATH="$built:$PATH" KUBECONFIG="$work/none" SOURCE_DATE_EPOCH=1780272000 \
    kubectl otel-lint "$@" --cache-dir "$work/cache" > "$work/said" 2> "$work/told" || code=$?
}

run -A --server "$address" -o concise
[ "$code" = 1 ] || fail "a cluster with faults ends with $code"
grep -q '^cluster:GRPCRoute/telemetry/otlp:43:35: error\[unexpected-status\]' "$work/said" || fail "no status"
grep -q '^cluster:Service/telemetry/collector:16:25: error\[http1-backend\]' "$work/said" || fail "no finding of a Service"
grep -q 'secrets is forbidden: User "dev" cannot list resource' "$work/told" || fail "what is forbidden is not said"
grep -q 'the server knows no ListenerSet' "$work/told" || fail "what is absent is not said"
[ "$(wc -l < "$work/told")" = 2 ] || fail "too much is said"
# The place that is said is the place that kubectl shows.
line=$(KUBECONFIG="$work/none" kubectl get service -n telemetry --server "$address" --cache-dir "$work/cache" -o json |
  python3 -c 'import json,sys; print(json.dumps(json.load(sys.stdin)["items"][0], indent=4).splitlines()[15])')
grep -q '"name": "otlp"' <<< "$line" || fail "line 16 is another one: $line"

run -n telemetry -s "$address" --as dev --as-uid 7 --as-group one --as-group two --token made-up -o json
[ "$code" = 1 ] || fail "one namespace ends with $code"
python3 -c 'import json,sys; assert len(json.load(open(sys.argv[1]))["findings"]) == 2' "$work/said" || fail "no JSON"
grep -q '^/api/v1/namespaces/telemetry/services.*Impersonate-User=dev Impersonate-Uid=7' "$work/log" || fail "not asked as dev"

# Files without a namespace go where kubectl would put them.
printf 'apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: {name: more}\nspec:\n  parentRefs: [{name: egde}]\n  rules: [{backendRefs: [{name: collector, port: 4317}]}]\n' > "$work/route.yaml"
run -n telemetry -s "$address" -f "$work/route.yaml" -o concise
grep -q 'route.yaml:5:23: error\[unknown-parent\]' "$work/said" || fail "the file is not judged against the cluster"

# A flag that kubectl does not know would end every call.
run -A -s "$address" --insecure-skip-tls-verify --request-timeout 5s --disable-compression --certificate-authority '' \
  --client-certificate '' --client-key '' --tls-server-name '' --username '' --password '' --cluster '' --user '' --context '' -q
[ "$code" = 1 ] || fail "a flag is not taken: $code"

run -A --server http://127.0.0.1:1
[ "$code" = 2 ] && grep -q 'was refused' "$work/told" || fail "no server ends with $code"
echo "kubectl: ok"
