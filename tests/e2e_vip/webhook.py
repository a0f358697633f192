# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An admission webhook that a customer runs on a node, behind a Service. It denies every ConfigMap named 'tell', so that an answer shows that it was asked."""
from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from e2e.world import World

NAME, PORT, WORD = "teller", 9443, "the webhook was asked"
HOOK = f"""#!/bin/sh
length=0
while read -r line; do
    line=$(printf %s "$line" | tr -d '\\r' | tr A-Z a-z)
    [ -n "$line" ] || break
    case "$line" in content-length:*) length=${{line#content-length:}};; esac
done
uid=$(head -c $length | grep -o '"uid":"[^"]*"' | head -n 1)
body='{{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{{'"$uid"',"allowed":false,"status":{{"message":"{WORD}"}}}}}}'
printf 'HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n%s' ${{#body}} "$body"
"""


def certificate(directory: Path) -> tuple[str, str]:
    """Certificate and key, as PEM."""
    files = directory / f"{NAME}.crt", directory / f"{NAME}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}.default.svc",
                    "-addext", f"subjectAltName=DNS:{NAME}.default.svc", "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files[0].read_text(), files[1].read_text()


def start(world: World, cluster: str, lab: str, node: str, address: str) -> None:
    """Runs it on the node, and has kube-apiserver ask it."""
    crt, key = certificate(world.directory)
    for path, text in (("/root/hook.sh", HOOK), ("/root/hook.crt", crt), ("/root/hook.key", key)):
        subprocess.run(["podman", "exec", "--interactive", node, "sh", "-c", f"umask 077; cat >{path}; chmod 700 {path}"], input=text, text=True, check=True)
    listen = f"OPENSSL-LISTEN:{PORT},reuseaddr,fork,verify=0,cert=/root/hook.crt,key=/root/hook.key"
    # one of a former run is stopped
    run = f"systemd-run --quiet --collect --unit=hook socat {listen} EXEC:/root/hook.sh"
    world.lab("exec", lab, node, "--", "sh", "-c", f"systemctl stop hook 2>/dev/null; {run}")
    file = world.directory / "webhook.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests(address, crt)}))
    world.kubectl(cluster, "apply", "-f", str(file))


def manifests(address: str, crt: str) -> list[dict[str, Any]]:
    return [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": NAME, "namespace": "default"}, "spec": {"ports": [{"name": "https", "port": 443}]}},
        {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
         "metadata": {"name": NAME, "namespace": "default", "labels": {"kubernetes.io/service-name": NAME}},
         "addressType": "IPv4", "endpoints": [{"addresses": [address]}], "ports": [{"name": "https", "port": PORT}]},
        {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": NAME},
         "webhooks": [{"name": f"{NAME}.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None", "failurePolicy": "Fail", "timeoutSeconds": 5,
                       "clientConfig": {"service": {"name": NAME, "namespace": "default"}, "caBundle": base64.b64encode(crt.encode()).decode()},
                       "matchConditions": [{"name": "tell", "expression": "request.name == 'tell'"}],
                       "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"], "operations": ["CREATE"], "scope": "*"}]}]}]
