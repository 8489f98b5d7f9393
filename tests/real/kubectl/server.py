"""An API server as far as kubectl needs one to list objects: the recorded lists of testdata/cluster behind discovery.

Usage: server.py FOLDER LOG. Prints its port. Secrets may not be listed; a kind without a list is not served. LOG gets a line
for each request: its path, and as whom it was made.
"""
import glob
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder, log = sys.argv[1:]
served = {}  # (group, version) to plural to (kind, items)
for file in glob.glob(f"{folder}/*.json"):
    plural, _, group = os.path.basename(file).removesuffix(".json").partition(".")
    items = json.load(open(file))["items"]
    version = items[0]["apiVersion"].rpartition("/")[2] if items else "v1"
    kind = items[0]["kind"] if items else plural
    served.setdefault((group, version), {})[plural] = (kind, items)
served.setdefault(("", "v1"), {})["secrets"] = ("Secret", None)
CLUSTER_WIDE = ("namespaces", "gatewayclasses")


def root(group, version):
    return f"/apis/{group}/{version}" if group else "/api/v1"


def resources(group, version):
    def entry(plural, kind):
        namespaced = plural not in CLUSTER_WIDE
        return {"name": plural, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": ["get", "list"]}

    known = served[group, version]
    name = f"{group}/{version}" if group else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name,
            "resources": [entry(plural, kind) for plural, (kind, _) in known.items()]}


def groups():
    def entry(group, version):
        one = {"groupVersion": f"{group}/{version}", "version": version}
        return {"name": group, "versions": [one], "preferredVersion": one}

    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [entry(*both) for both in served if both[0]]}


def refusal(code, reason, message):
    return code, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code, "message": message}


def answer(path):
    if path == "/api":
        return 200, {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        return 200, groups()
    for (group, version), known in served.items():
        base = root(group, version)
        if path == base:
            return 200, resources(group, version)
        words = path.removeprefix(f"{base}/").split("/")
        if not path.startswith(f"{base}/"):
            continue
        namespace = words[1] if words[0] == "namespaces" and len(words) > 2 else None
        plural = words[2] if namespace else words[0]
        if plural == "secrets":
            return refusal(403, "Forbidden", 'secrets is forbidden: User "dev" cannot list resource "secrets" in API group ""')
        if plural in known:
            kind, items = known[plural]
            own = [item for item in items if namespace in (None, item["metadata"].get("namespace"))]
            name = f"{group}/{version}" if group else version
            return 200, {"kind": f"{kind}List", "apiVersion": name, "metadata": {}, "items": own}
    return refusal(404, "NotFound", "the server could not find the requested resource")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0]
        names = ("Impersonate-User", "Impersonate-Uid", "Impersonate-Group", "Authorization")
        with open(log, "a") as file:
            file.write(" ".join([self.path] + [f"{name}={self.headers.get(name)}" for name in names]) + "\n")
        code, body = answer(path.rstrip("/"))
        body = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
