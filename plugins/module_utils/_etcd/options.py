# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be said of etcd."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options

ETCD_MEMBERS: Options = (
    *CLUSTER,
    Option("etcd_replicas", "Number of members.", type="int", choices=(1, 3, 5), required=True),
    Option("etcd_storage", (
        "Size of the volume of each member. Volumes that are smaller grow, and new members get such volumes. The StatefulSet is made anew for that, "
        "while its pods run on.",
        "Volumes that are directories (local-path-provisioner) have no size that could grow.",
        "Empty, volumes stay as they are."), default=""),
    Option("wait_timeout", "Seconds to wait for one member.", type="int", default=300),
)
ETCD_MAINTENANCE: Options = (
    *CLUSTER,
    Option("interruption", "Whether a cluster with a single member of etcd may be away for as long as its defragmentation takes.", type="bool",
           default=False, variable="etcd_interruption"),
)
