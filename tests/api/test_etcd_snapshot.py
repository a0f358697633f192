# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A snapshot of a real etcd, by TLS and with a client certificate, is read in one piece, and etcdutl restores it."""
from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_client import read_snapshot, tls_context
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.port_forward_client import TlsPort
from api.bare_api import free_port, program

NAME = "etcd-0.etcd.cluster-demo.svc"
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
SENT = 24 << 20


class Socket:
    """In place of the connection through the API server."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive(self) -> bytes:
        return self.socket.recv(1 << 16)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("pki")
    (directory / "extensions").write_text(f"subjectAltName=DNS:{NAME},IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
    for words in (("req", "-x509", *EC, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=ca"),
                  ("req", *EC, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=etcd"),
                  ("x509", "-req", "-in", "tls.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out", "tls.crt", "-extfile", "extensions")):
        subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True)
    return directory


@pytest.fixture(scope="module")
def etcd(pki: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Its port. It has as many bytes as make flow control necessary several times."""
    port, peer, directory = free_port(), f"http://127.0.0.1:{free_port()}", tmp_path_factory.mktemp("etcd")
    url = f"https://127.0.0.1:{port}"
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([
            program("etcd"), "--name=etcd-0", f"--data-dir={directory}/data", f"--listen-client-urls={url}", f"--advertise-client-urls={url}",
            f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=etcd-0={peer}", "--client-cert-auth=true",
            "--trusted-ca-file=ca.crt", "--cert-file=tls.crt", "--key-file=tls.key", "--enable-grpc-gateway=false"], cwd=pki, stdout=log, stderr=log)
    try:
        ctl = [program("etcdctl"), f"--endpoints={url}", "--cacert=ca.crt", "--cert=tls.crt", "--key=tls.key"]
        end = time.monotonic() + 30
        while subprocess.run([*ctl, "endpoint", "health"], cwd=pki, capture_output=True, check=False).returncode:
            assert time.monotonic() < end, (directory / "log").read_text()
            time.sleep(0.2)
        for number in range(SENT >> 20):
            subprocess.run([*ctl, "put", f"key-{number}"], cwd=pki, input=os.urandom(1 << 20), capture_output=True, check=True)
        yield port
    finally:
        process.kill()
        process.wait()


def test_a_snapshot_is_read_and_can_be_restored(etcd: int, pki: Path, tmp_path: Path):
    certificate = {name: (pki / name).read_text() for name in ("tls.crt", "tls.key")}
    connection = TlsPort(Socket(etcd), tls_context(certificate, (pki / "ca.crt").read_text()), NAME)
    pieces = list(read_snapshot(connection))
    assert max(map(len, pieces)) <= 1 << 20
    (tmp_path / "snapshot").write_bytes(b"".join(pieces))
    assert (tmp_path / "snapshot").stat().st_size > SENT
    restored = subprocess.run([program("etcdutl"), "snapshot", "restore", "snapshot", "--data-dir=data"], cwd=tmp_path, capture_output=True, text=True,
                              check=False)
    assert restored.returncode == 0, restored.stderr


def test_a_server_with_another_name_gets_no_request(etcd: int, pki: Path):
    certificate = {name: (pki / name).read_text() for name in ("tls.crt", "tls.key")}
    with pytest.raises(OSError, match="Hostname mismatch"):
        TlsPort(Socket(etcd), tls_context(certificate, (pki / "ca.crt").read_text()), "etcd-0.etcd.cluster-shop.svc")
