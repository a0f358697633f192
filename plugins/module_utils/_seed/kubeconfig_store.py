# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The control host's own kubeconfig of a seed: its key is made here and stays here."""
from __future__ import annotations

import base64
import contextlib
import os
from datetime import UTC, datetime, timedelta

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import kubeconfig_store as kubeconfig_file
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509

try:
    import yaml
except ImportError:
    yaml = None

USER, GROUP = "kubermatic-caas", "kubeadm:cluster-admins"
DAYS = 365
RENEW_BEFORE = timedelta(days=30)


def must_be_of(path: str, server: str) -> None:
    """Raises InvalidInput if the file is something else than a kubeconfig of that server; no file is fine."""
    # of such a path nothing can be there, and nothing be made
    if (os.path.lexists(path) or "\0" in path) and (found := kubeconfig_file.read(path).server) != server:
        raise InvalidInput(f"This kubeconfig is for {found}, not for {server}", where=f"seed_kubeconfig {path}",
                           fix="name another path, or move the file away if it is out of date")


def serves(path: str, server: str, ca_pem: str) -> bool:
    """True if the file gives access to that server and authority, for long enough, and only its owner can read it."""
    if not os.path.lexists(path) or os.stat(path).st_mode & 0o077:
        return False
    access = kubeconfig_file.read(path)
    if access.server != server or access.ca_pem.strip() != ca_pem.strip():
        return False
    try:
        facts = x509.describe(access.client_cert_pem, key_pem=access.client_key_pem, authorities=[ca_pem])
    except InvalidInput:
        return False
    return bool(facts.key_matches and facts.issuer_fingerprint) and facts.not_after - datetime.now(UTC) > RENEW_BEFORE


def write(path: str, *, name: str, server: str, ca_pem: str, certificate_pem: str, key_pem: str) -> None:
    """By atomic replace, readable by the owner only."""
    content = {
        "apiVersion": "v1", "kind": "Config", "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": server, "certificate-authority-data": _encoded(ca_pem)}}],
        "users": [{"name": USER, "user": {"client-certificate-data": _encoded(certificate_pem), "client-key-data": _encoded(key_pem)}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": USER}}],
    }
    directory, base = os.path.split(os.path.abspath(path))
    # one name: what a killed run left is gone with the next
    new = os.path.join(directory, f".{base}.new")
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            yaml.safe_dump(content, file, sort_keys=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except OSError as error:
        raise CaasError("The seed's kubeconfig can't be written", where=path, why=error.strerror or str(error)) from None


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
