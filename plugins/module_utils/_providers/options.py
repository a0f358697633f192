# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be said of what a cluster has at its providers: the options of the modules for that."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import CREDENTIALS

CLOUD_CREDENTIALS: Options = (
    *CLUSTER,
    Option("cloud_provider", "The cloud.", choices=tuple(registry.INTEGRATIONS), required=True),
    Option("state", (
        "V(present) brings the Secret to what is given.",
        "V(fit) only looks whether there are credentials, given or in the cluster, and fails if not. The cluster need not exist for that."),
        choices=("present", "fit"), default="present"),
    Option("cloud_credentials", (
        "V(secret) stores what is given.",
        "V(machines) stores nothing, and takes away what was stored before, as the machines have a role that allows it. Not every cloud has such roles."),
        choices=CREDENTIALS, default=CREDENTIALS[0]),
    Option("wait_timeout", "How many seconds the API of the cluster may take to answer.", type="int", default=300),
    Option("others_wait", (
        "Whether other clusters wait for this one, as those of one play do.",
        "The API of the cluster may take 5 seconds then to answer."), type="bool", default=False),
    *registry.options(registry.CREDENTIALS),
)
CLOUD_RESOURCES: Options = (
    *CLUSTER,
    Option("provider", "Only what it has there. Without it, at every provider that it has, or had, to do with, as its record says.",
           choices=tuple(registry.DESCRIPTIONS)),
    Option("state", (
        "V(listed) only looks.",
        "V(noted) also notes in the record of the cluster what its own objects want to keep, so that it stays when the cluster itself doesn't answer "
        "any more.",
        "V(absent) notes it, deletes it, and asks the provider again until nothing is left. Only for a cluster in phase C(Deleting)."),
        choices=("listed", "noted", "absent"), default="listed"),
    Option("wait_timeout", "Seconds to wait at each provider until everything is deleted.", type="int", default=600, variable="cloud_wait_timeout"),
    *registry.options(registry.RESOURCES),
)
