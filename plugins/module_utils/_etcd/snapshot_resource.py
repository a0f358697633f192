# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Takes a snapshot of a cluster's etcd, and lists those that there are."""
from __future__ import annotations

import base64
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd import snapshot_cipher as cipher
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd import snapshot_manifest as manifests
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.etcdctl_client import Etcdctl, EtcdRefused
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import MemberStatus, member_name
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.options import ETCD_SNAPSHOT
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods import pods_of
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods_client import EtcdReader
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_call import Checked
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_client import snapshot_of
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_manifest import MANIFEST, SNAPSHOT, Manifest
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_store import DirectoryStore
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.status import size
from ansible_collections.kubermatic.caas.plugins.module_utils._system import private_file


@dataclass(frozen=True, slots=True)
class Observed:
    """member: of which a snapshot is to be taken, None if snapshots are only listed. key: fingerprint."""

    files: tuple[str, ...]
    member: MemberStatus | None = None
    uid: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    key: str = ""


class EtcdSnapshotResource(SteppingResource, ClusterResource):
    OPTIONS = ETCD_SNAPSHOT

    @cached_property
    def store(self) -> DirectoryStore:
        return DirectoryStore(os.path.abspath(self.params["snapshot_directory"]))

    @cached_property
    def key(self) -> bytes | None:
        """None if snapshots are not to be encrypted. Raises InvalidInput."""
        if not self.params["snapshot_encrypted"]:
            return None
        path = self.params["snapshot_key_file"]
        if not path:
            raise InvalidInput("A snapshot needs a key", where="snapshot_key_file", fix=f"{cipher.HOW_TO_MAKE}; or set snapshot_encrypted to false")
        found = private_file.read(os.path.abspath(path))
        if found is None:
            raise InvalidInput(f"{path} is not there", where="snapshot_key_file", fix=cipher.HOW_TO_MAKE)
        if found.mode & 0o077:
            raise InvalidInput(f"Others may read {path}", where="snapshot_key_file", why=f"its mode is {found.mode:04o}",
                               fix=f"close it to them: chmod 600 {path}")
        return cipher.key_of(found.content, path)

    @property
    def fingerprint(self) -> str:
        return cipher.fingerprint(self.key) if self.key else ""

    def locked(self, plan: Plan) -> AbstractContextManager[Any]:
        # nothing of the cluster changes, and etcd answers a change of members meanwhile, too; only the files need one run at a time
        return self.store.held(self.cluster)

    def must_hold_lock(self) -> None:
        return

    def observe(self) -> Observed:
        if self.params["state"] == "listed":
            return Observed(tuple(self.store.list()))
        self.store.must_be_usable()
        key = self.fingerprint
        self.reach_seed()
        namespace = self.seed_namespace()
        if not namespace:
            raise InvalidInput(f"Cluster {self.cluster} is not there", where=self.seed.server, why=f"namespace {self.namespace} can't be read",
                               fix="name a cluster that exists, or bind the operator's Role of this collection in that namespace")
        record = record_store.read(self.seed, self.namespace)
        return Observed(tuple(self.store.list()), self.member(), namespace["metadata"]["uid"], tuple((record.versions if record else {}).items()), key)

    def member(self) -> MemberStatus:
        """One that has the last revision. Rather not the leader, which has more to do."""
        seen = EtcdReader(self.seed, self.namespace).seen()
        ready = pods_of(seen).ready if seen else frozenset()
        if not ready:
            raise NotReady(f"No member of the etcd of cluster {self.cluster} is ready", where=f"namespace {self.namespace}",
                           fix="ansible-playbook kubermatic.caas.status shows why")
        try:
            members = Etcdctl(self.seed, self.namespace, min(ready)).status(ready)
        except EtcdRefused as error:
            raise NotReady(f"No member of the etcd of cluster {self.cluster} answers", where=error.where, why=error.why) from None
        return max(members, key=lambda member: (member.revision, not member.leads, -member.ordinal))

    def plan(self, observed: Observed) -> Plan:
        if observed.member is None:
            return Plan()
        kept = self.params["snapshots_kept"] - 1
        old = manifests.superseded(manifests.names_of(self.cluster, observed.files), kept)
        steps = [Step(f"Remove {file}, which a run that was killed left in {self.store.path}", Unfinished(file))
                 for file in manifests.unfinished_of(self.cluster, observed.files)]
        steps.append(Step(f"Take a snapshot of {member_name(observed.member.ordinal)} of cluster {self.cluster}, {size(observed.member.size)}, "
                          f"into {self.store.path}", observed))
        return Plan((*steps, *(Step(f"Remove snapshot {name}, as {self.params['snapshots_kept']} are kept", Superseded(name)) for name in old)))

    def apply_step(self, step: Step) -> None:
        match step.target:
            case Unfinished(file):
                self.store.remove(file)
            case Superseded(name):
                # without its manifest a snapshot counts no more
                self.store.remove(name + MANIFEST)
                self.store.remove(name + SNAPSHOT)
            case Observed():
                self.take(step.target)

    def take(self, observed: Observed) -> None:
        begin, now = time.monotonic(), datetime.now(UTC)
        while (name := manifests.name_of(self.cluster, now)) + SNAPSHOT in self.store.list():
            time.sleep(1)
            now = datetime.now(UTC)
        try:
            self.store.write(name + SNAPSHOT, self.sealed(self.read(observed.member.ordinal)))
            manifest = self.verified(name, now, observed)
        except CaasError:
            self.store.remove(name + SNAPSHOT)
            raise
        self.store.write(name + MANIFEST, [manifest.text().encode()])
        self.progress(f"{os.path.join(self.store.path, name)}{SNAPSHOT} has {size(manifest.stored_size)} after {time.monotonic() - begin:.1f} s")

    def read(self, ordinal: int) -> Iterator[bytes]:
        certificate = {key: base64.b64decode(value).decode() for key, value in self.needed("Secret", "etcd-client").items()}
        return snapshot_of(self.seed, self.namespace, ordinal, certificate, self.needed("ConfigMap", "ca-bundle")["etcd-ca.crt"])

    def sealed(self, blobs: Iterable[bytes]) -> Iterable[bytes]:
        return cipher.encrypted(blobs, self.key, os.urandom(cipher.SALT)) if self.key else blobs

    def verified(self, name: str, now: datetime, observed: Observed) -> Manifest:
        """Of what is stored, read again."""
        stored, digest, checked = 0, hashlib.sha256(), Checked()

        def read() -> Iterator[bytes]:
            nonlocal stored
            for blob in self.store.read(name + SNAPSHOT):
                stored += len(blob)
                digest.update(blob)
                yield blob

        for blob in cipher.decrypted(read(), self.key) if self.key else read():
            checked.seen(blob)
        checked.must_be_whole()
        versions = dict(observed.versions)
        return Manifest(manifests.FORMAT, self.cluster, observed.uid, f"{now:%Y-%m-%dT%H:%M:%SZ}", versions.get("kubernetes", ""), versions.get("etcd", ""),
                        observed.member.revision, checked.size, stored, digest.hexdigest(), observed.key)

    def needed(self, kind: str, name: str) -> dict[str, str]:
        found = self.seed.get("v1", kind, name, self.namespace)
        if found is None:
            raise NotReady(f"{kind} {self.namespace}/{name} is missing", where=self.seed.server, fix="ansible-playbook kubermatic.caas.create_cluster makes it")
        return found["data"]

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        return {"snapshots": [self.listed(name) for name in manifests.names_of(self.cluster, self.store.list())]}

    def listed(self, name: str) -> dict[str, Any]:
        path = os.path.join(self.store.path, name)
        text = b"".join(self.store.read(name + MANIFEST)).decode(errors="replace")
        return {"path": path + SNAPSHOT, **asdict(manifests.manifest_of(text, path + MANIFEST))}


@dataclass(frozen=True, slots=True)
class Unfinished:
    file: str


@dataclass(frozen=True, slots=True)
class Superseded:
    name: str
