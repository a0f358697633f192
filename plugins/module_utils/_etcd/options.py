# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the modules for etcd."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, from_variables

ETCD_MEMBERS: Options = (
    *CLUSTER,
    Option("etcd_replicas", "Number of members of etcd.", type="int", choices=(1, 3, 5), required=True),
    Option("etcd_storage", (
        "Size of the volume of each member, such as V(4Gi). The module grows smaller volumes, and new members get volumes of this size. It replaces the "
        "StatefulSet for that; its pods keep running.",
        "Volumes that are directories (local-path-provisioner) have no fixed size, so they need not grow.",
        "By default volumes keep their size."), default=""),
    Option("wait_timeout", "Seconds to wait until a member has joined or left. They count for each member anew.", type="int", default=300),
)
ETCD_MAINTENANCE: Options = (
    *CLUSTER,
    Option("interruption", (
        "Whether the API of a cluster with a single member of etcd may be unavailable during the defragmentation. With several members it stays "
        "available in any case."), type="bool", default=False, variable="etcd_interruption"),
)
ETCD_SNAPSHOT: Options = (
    *CLUSTER,
    Option("state", "V(present) takes a snapshot now. V(listed) only lists those that there are.", choices=("present", "listed"), default="present"),
    *from_variables(
        Option("snapshot_directory", (
            "Directory of the control host for snapshots of all clusters. The module makes it, with mode 0700, if it is missing. No other user may have rights "
            "on it."), type="path", required=True),
        Option("snapshot_encrypted", (
            "Whether the module encrypts snapshots, by AES-256-GCM. A snapshot that is not encrypted shows everything in the cluster but its Secrets, which "
            "etcd stores encrypted."), type="bool", default=True),
        Option("snapshot_key_file", (
            "Path of a file of the control host with the key for snapshots: exactly 32 random bytes, as C(head -c 32 /dev/urandom) writes them. No other "
            "user may have rights on it.",
            "Required to take a snapshot, unless O(snapshot_encrypted=false). Nobody can read a snapshot without its key: keep a copy elsewhere."),
            type="path"),
        Option("snapshots_kept", (
            "Number of snapshots of this cluster that stay. The module removes older ones after it has checked the new one."), type="int", default=7,
            least=1, most=10000),
    ),
)
