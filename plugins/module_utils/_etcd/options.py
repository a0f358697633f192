# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the modules for etcd."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options

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
