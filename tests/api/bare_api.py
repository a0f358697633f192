# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A real Kubernetes API without anything behind it: etcd and kube-apiserver as processes on the loopback address."""
from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateBuilder

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from lab import audit

START_TIMEOUT = 300


def program(name: str) -> Path:
    cache = Path(os.environ.get("LAB_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubermatic-caas-lab")
    path = cache / "bin" / name
    if not os.access(path, os.X_OK):
        pytest.fail(f"{path} is missing: run `make lab-build` first.", pytrace=False)
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Seen:
    """Requests that came while someone watched, of people only: "verb resource namespace/name"."""

    requests: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    dry_runs: list[str] = field(default_factory=list)


class BareApi:
    """directory: for keys, data and logs. fsync: etcd waits for the disk, as it does in earnest. Programs run until stop()."""

    def __init__(self, directory: Path, *, fsync: bool = False) -> None:
        self.directory, self.fsync = directory, fsync
        self.processes: list[subprocess.Popen] = []
        self.port = free_port()
        self.server = f"https://127.0.0.1:{self.port}"
        self.ca_pem, self.ca_key_pem = x509.self_signed_ca("bare-api")
        self.audit_log = directory / "audit.log"

    def start(self) -> None:
        """Returns when it is ready."""
        self.launch()
        self._wait()

    def launch(self) -> None:
        etcd = f"http://127.0.0.1:{free_port()}"
        peer = f"http://127.0.0.1:{free_port()}"
        self._run("etcd", "--data-dir", self.directory / "etcd", *([] if self.fsync else ["--unsafe-no-fsync"]), "--listen-client-urls", etcd,
                  "--advertise-client-urls", etcd, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                  "--initial-cluster", f"default={peer}")
        certificate, key = x509.issue(self.ca_pem, self.ca_key_pem, cn="kube-apiserver", ips=["127.0.0.1"], usages=["server"], days=1)
        signer = self._private("service-account.key", x509.new_key("rsa-2048"))
        policy = self._private("audit-policy.yaml", json.dumps({
            "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [{"level": "Metadata"}]}))
        self._run("kube-apiserver", "--etcd-servers", etcd, "--bind-address=127.0.0.1", "--secure-port", self.port,
                  "--endpoint-reconciler-type=none", "--advertise-address=127.0.0.1", "--service-cluster-ip-range=10.96.0.0/16",
                  "--tls-cert-file", self._private("tls.crt", certificate), "--tls-private-key-file", self._private("tls.key", key),
                  "--client-ca-file", self._private("ca.crt", self.ca_pem), "--authorization-mode=RBAC", "--allow-privileged=true",
                  "--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file", signer,
                  "--service-account-signing-key-file", signer, "--disable-admission-plugins=ServiceAccount",
                  "--audit-policy-file", policy, "--audit-log-path", self.audit_log, "--audit-log-mode=blocking")

    def must_run(self) -> None:
        """Fails with the last words of the log if a program has ended."""
        ended = [process.args[0] for process in self.processes if process.poll() is not None]
        if ended:
            self._fail(ended)

    def stop(self) -> None:
        # nothing of it is used again: no reason to wait for a graceful end
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def restart_api_server(self) -> None:
        """On the same address; returns while it is still down."""
        ended = self.processes.pop()
        ended.kill()
        ended.wait()
        self._run(*ended.args)

    def kubeconfig(self, user: str = "admin", groups: tuple[str, ...] = ("system:masters",)) -> str:
        """Path of a new kubeconfig for a user of any name."""
        certificate, key = x509.issue(self.ca_pem, self.ca_key_pem, cn=user, organizations=groups, days=1)
        return str(self._private(f"{user}-{uuid.uuid4().hex[:6]}.kubeconfig", json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "bare",
            "contexts": [{"name": "bare", "context": {"cluster": "bare", "user": user}}],
            "clusters": [{"name": "bare", "cluster": {"server": self.server, "certificate-authority-data": encoded(self.ca_pem)}}],
            "users": [{"name": user, "user": {"client-certificate-data": encoded(certificate), "client-key-data": encoded(key)}}]})))

    def expired_kubeconfig(self) -> str:
        """One whose certificate ended a day ago."""
        path = Path(self.kubeconfig("late"))
        config = json.loads(path.read_text())
        key = x509.new_key()
        good = x509.load_certificate(x509.issue(self.ca_pem, self.ca_key_pem, cn="late", organizations=["system:masters"], days=1, key_pem=key)[0])
        now = datetime.now(UTC)
        ended = (CertificateBuilder(good.issuer, good.subject, good.public_key(), good.serial_number, now - timedelta(days=2), now - timedelta(days=1))
                 .sign(x509.load_key(self.ca_key_pem), SHA256()))
        certificate = ended.public_bytes(Encoding.PEM).decode()
        config["users"][0]["user"] = {"client-certificate-data": encoded(certificate), "client-key-data": encoded(key)}
        path.write_text(json.dumps(config))
        return str(path)

    def api(self, user: str = "admin", groups: tuple[str, ...] = ("system:masters",)) -> KubeApi:
        return KubeApi.from_kubeconfig(self.kubeconfig(user, groups))

    @contextlib.contextmanager
    def watched(self) -> Iterator[Seen]:
        """What the audit log says about the time inside; filled in at the end, also after an error."""
        seen, begin, read_before = Seen(), datetime.now(UTC), self.audit_log.stat().st_size
        try:
            yield seen
        finally:
            self._fill(seen, begin, read_before)

    def _fill(self, seen: Seen, begin: datetime, read_before: int) -> None:
        lines = self._audit_lines(read_before)
        seen.writes = [f"{write.verb} {write.resource} {write.namespace}/{write.name}".rstrip("/")
                       for write in audit.writes(lines, since=begin)]
        for event in map(json.loads, lines):
            if datetime.fromisoformat(event["requestReceivedTimestamp"]) >= begin and by_people(event):
                seen.requests.append(told(event))
                if "dryRun=All" in event["requestURI"]:
                    seen.dry_runs.append(told(event))

    def _audit_lines(self, offset: int) -> list[str]:
        """All that were written behind offset until now. They come in order of the answers' ends: once a mark is in, so is all that came before."""
        mark = uuid.uuid4().hex
        self.api("system:mark").request("GET", f"/version?mark={mark}")
        deadline, text = time.monotonic() + 10, ""
        with self.audit_log.open(encoding="utf-8") as log:
            log.seek(offset)
            while mark not in text:
                if time.monotonic() > deadline:
                    pytest.fail("the audit log of the API server stands still")
                time.sleep(0.005)
                text += log.read()
        # of one that was being written at the offset there is only the end, of the last one perhaps only the beginning
        return [line for line in text.rpartition("\n")[0].splitlines() if line.startswith("{")]

    def _private(self, name: str, text: str) -> Path:
        path = self.directory / name
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def _run(self, name: str, *flags: Any) -> None:
        words = [str(program(Path(name).name)), *map(str, flags)]
        with open(self.directory / f"{Path(name).name}.log", "a", encoding="utf-8") as log:
            self.processes.append(subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL))

    def _wait(self) -> None:
        api, deadline = self.api("system:wait"), time.monotonic() + START_TIMEOUT
        while not api.ready():
            self.must_run()
            if time.monotonic() > deadline:
                self._fail("kube-apiserver")
            time.sleep(0.1)
        # roles of the API server's own come a moment later
        while api.get("v1", "Namespace", "kube-system") is None:
            time.sleep(0.05)

    def _fail(self, what: object) -> None:
        log = (self.directory / "kube-apiserver.log").read_text()[-1500:]
        pytest.fail(f"{what} did not come up: {log}", pytrace=False)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def by_people(event: dict[str, Any]) -> bool:
    return not event["user"].get("username", "").startswith("system:")


def told(event: dict[str, Any]) -> str:
    target = event.get("objectRef") or {}
    return f"{event['verb']} {target.get('resource', event['requestURI'])} {target.get('namespace', '')}/{target.get('name', '')}".rstrip("/")
