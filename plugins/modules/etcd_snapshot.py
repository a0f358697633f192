#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_snapshot
short_description: Take a snapshot of the etcd of a cluster
description:
  - Takes a snapshot of the etcd of a cluster and stores it, encrypted, in a directory of the control host, or lists the snapshots that are there.
  - The snapshot is read from one member through the API of the seed. Nothing is written in its pod.
  - After it was written, the module reads the file again and checks it. Only then it removes older snapshots.
  - Each call takes another snapshot and reports a change.
  - The module changes nothing in the seed or in the cluster, and doesn't take the lock of the cluster.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.etcd_snapshot
  - kubermatic.caas.attributes
seealso:
  - module: kubermatic.caas.etcd_maintenance
"""

EXAMPLES = r"""
- name: Take a snapshot
  kubermatic.caas.etcd_snapshot:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    snapshot_directory: /var/backups/clusters
    snapshot_key_file: /etc/kubermatic-caas/snapshot.key
"""

RETURN = r"""
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Take a snapshot of etcd-1 of cluster demo, 12 MiB, into /var/backups/clusters"]
snapshots:
  description: The snapshots of the cluster that are there now, the oldest first, each with the path of its file and what its manifest says.
  returned: success
  type: list
  elements: dict
  sample:
    - {path: /var/backups/clusters/demo-20260131T120000Z.snapshot, format: 1, cluster: demo, uid: 5f0c7a0e-0000-4000-8000-000000000000,
       time: "2026-01-31T12:00:00Z", kubernetes_version: 1.36.3, etcd_version: 3.6.15, revision: 4711, size: 12582944, stored_size: 12583248,
       sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, key: 1f8ac10f23c5b5bc}
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_resource import EtcdSnapshotResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(EtcdSnapshotResource)


if __name__ == "__main__":
    main()
