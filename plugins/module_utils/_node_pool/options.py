# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be said of node pools."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import ALLOWED_STAGES, POD_CIDR
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER, SEED_KUBECONFIG
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, as_variables, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._node.options import NODE
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry

_REGIONS = ", ".join(f"E({variable})" for one in registry.DESCRIPTIONS.values() for variable in one.environment.get("region", ())[:1])
MACHINE_TIMEOUT = Option("wait_timeout", "Seconds to wait until machines run, or are deleted.", type="int", default=600, variable="machine_timeout")
NODE_LABELS = Option("node_labels", "Labels of all nodes of the cluster, beside those of their pools.", type="dict", default={})
NODE_TAINTS = Option("node_taints", "Taints of all nodes of the cluster, beside those of their pools.", type="list", elements="dict", default=[])
SSH_TIMEOUT = Option("ssh_timeout", "Seconds to wait until a new machine answers over SSH.", type="int", default=180)
NODE_POOL: Options = (
    *CLUSTER,
    Option("provider", "Where the machines are. What it takes of these options, and what it makes beside machines, is in docs/node_pools.md.",
           choices=tuple(registry.DESCRIPTIONS), required=True),
    Option("pool", (
        "Name of the node pool. The name of a machine, C(<cluster>-<pool>-<number>), has at most 52 characters.",
        "Lower-case letters, digits and C(-); the first is a letter, the last a letter or a digit."), required=True),
    Option("state", (
        "V(present) brings the pool to O(node_count) machines.",
        "V(absent) removes all its machines and what it has beside them, and looks whether any of it, or of the machines' disks, is left.",
        "V(fit) only asks the provider whether it offers such machines. The cluster need not exist for that."),
        choices=("present", "absent", "fit"), default="present"),
    Option("node_count", "Number of machines, from 0 to 1000. Needed for O(state=present).", type="raw"),
    Option("min_node_count", "Smallest O(node_count) allowed. By default 0.", type="raw"),
    Option("max_node_count", "Largest O(node_count) allowed. By default 1000.", type="raw"),
    Option("region", (
        "The provider's name of the region, such as V(fra1) or V(eu-central-1). Needed for O(state=present). A pool stays in its region.",
        f"If not given, what the provider's own tools take from the environment where the module runs, such as {_REGIONS}; for O(state=absent) also the one "
        "that is noted in the record.")),
    Option("zones", (
        "Zones of the region over which machines are spread, at providers that have zones. The provider chooses if not given."), type="list", elements="str"),
    Option("size", "The provider's name of the size of a machine. Needed for O(state=present). Existing machines keep theirs."),
    Option("image", "The provider's name or id of the image. Needed for O(state=present). Existing machines keep theirs."),
    Option("disk", "GiB of the root disk of new machines. Where the size determines the disk, the least that it must have.", type="int"),
    Option("network", "The provider's id of the private network for the machines. The default one if not given."),
    Option("subnets", (
        "Ids of subnets of one network over which machines are spread, at providers that have them. Excludes O(zones) and O(network)."),
        type="list", elements="str"),
    Option("public_address", (
        "Whether new machines get a public IPv4 address, at providers that leave the choice. By default the setting of their subnet."), type="bool"),
    Option("ssh_keys", (
        "Keys of the account, by the provider's names. The owner of a private key can log in."),
        type="list", elements="str", aliases=("key_name",)),
    Option("ssh_public_key", (
        "One line of a public key, such as C(~/.ssh/id_ed25519.pub) has, that may log in.",
        "The module adds it to the account when it creates a machine, and removes it with the pool. Existing machines keep theirs.")),
    Option("ssh_cidrs", (
        "IPv4 networks that may reach the machines by SSH, such as V(203.0.113.7/32) for the control host.",
        "With it the pool has a firewall. It allows SSH from there, and between nodes UDP 8472 (flannel) and TCP 10250 "
        "(kubelet). It allows all outgoing connections."), type="list", elements="str"),
    Option("security_groups", (
        "Ids of security groups for new machines, in place of one that the module creates, at providers that have them. They have to allow SSH, and "
        "connections between nodes."), type="list", elements="str"),
    Option("tags", "Further tags for new machines. They can't begin with C(kubermatic-caas).", type="list", elements="str"),
    Option("host_keys", (
        "Whether the provider is asked for the SSH host keys of machines that are not in O(ready_nodes), if it knows them, one request each.",
        "Some show what cloud-init printed on the console only minutes after the start. The module does not wait for it."), type="bool", default=False),
    Option("ready_nodes", "Names of nodes that are ready. The module removes other machines first.", type="list", elements="str", default=[]),
    Option("nodes", (
        "Names of the nodes that stay. The module first removes machines that are none of them, as a run that was killed may have drained them.",
        "Without it, the module does not know which machines are nodes."), type="list", elements="str"),
    Option("surplus", (
        "V(remove) removes machines that are too many.",
        "V(keep) keeps them and returns them as RV(surplus), so that their nodes can be drained first. O(state=absent) removes them anyway."),
        choices=("remove", "keep"), default="remove"),
    Option("remove", (
        "Names of machines to remove, as an earlier task returned them as RV(surplus), after their nodes were drained. The module removes only these and "
        "does nothing else, whatever has changed since. It ignores those that are gone already.",
        "Without it the module decides. O(state=absent) ignores it."), type="list", elements="str"),
    Option("shortage", (
        "V(make) makes machines that are missing.",
        "V(refuse) fails before anything is changed if some are missing, V(tell) only says so. In both cases nothing that a pool needs beside its "
        "machines is made or changed either. Meant for a pool that only the record of the cluster describes."),
        choices=("make", "refuse", "tell"), default="make"),
    *from_variables(MACHINE_TIMEOUT, ALLOWED_STAGES),
    *registry.options(registry.ACCESS),
)
NODE_POOLS: Options = (
    *CLUSTER,
    Option("state", (
        "V(checked) only looks, V(noted) also writes what the pools are into the record.",
        "V(known) only tells which pools have machines, and looks at no variable."), choices=("checked", "noted", "known"), default="checked"),
    *from_variables(
        Option("node_pools", (
            "The node pools of the cluster, a list. A pool that is only in the record stays as it is there.",
            "Each has C(name), C(provider), C(node_count), C(region), C(size) and C(image), and perhaps C(ssh_keys), C(ssh_public_key), C(ssh_cidrs), "
            "C(ssh_user), C(zones), C(disk), C(network), C(tags), C(labels), C(taints), C(min_node_count) and C(max_node_count); at some providers also "
            "C(node_address), C(subnets), C(public_address) and C(security_groups).",
            "Without C(node_count), a pool has the one of its record.",
            "Credentials of a provider, such as its token, have variables of their own."),
            type="raw"),
        Option("pool", "Only this pool. Meant for the command line.", type="raw"),
        Option("node_count", (
            "How many machines it shall have, in place of what the inventory or the record say. Without O(pool) the cluster must have one pool. Meant for the "
            "command line."), type="raw"),
        Option("pod_cidr", f"IPv4 network of the pods, of which every node takes a C(/24). Without it that of the cluster's record, or V({POD_CIDR.default})."),
        ALLOWED_STAGES,
    ),
    Option("needed", "Whether to fail if there is no pool.", type="bool", default=False),
    Option("ready", "Whether to return RV(ready_nodes). The cluster must answer then.", type="bool", default=False),
    Option("own_nodes", "Number of nodes beside the machines of pools. All nodes together need room in O(pod_cidr).", type="int", default=0),
)
NODE_POOL_HOSTS: Options = (
    *CLUSTER,
    Option("pools", "The pools as M(kubermatic.caas.node_pools) returns them.", type="list", elements="dict", required=True),
    Option("machines", "Name of a pool and its machines, as the module of its provider returns them.", type="dict", required=True),
    Option("contact", "Whether to log in to machines. V(false) only removes the host keys of those that are gone.", type="bool", default=True),
    Option("every", "Whether to log in to all machines, not only to those whose node is missing, not ready or differs.", type="bool", default=False),
    *from_variables(NODE_LABELS, NODE_TAINTS, SSH_TIMEOUT),
    Option("known_hosts", (
        "A file of this run, into which the keys are written for ssh, also in check mode.",
        "On the control host, the default is a file in the temporary directory of the run."), type="path"),
    Option("ssh_arguments", "Further arguments of ssh, such as a way through another host.", default=""),
)
# variables of the role that its later tasks take, and its first one looks at
TAKEN_LATER: Options = from_variables(
    NODE_LABELS, NODE_TAINTS, SSH_TIMEOUT, MACHINE_TIMEOUT, *(one for one in NODE if one.name in ("drain_timeout", "node_drain")))
ROLE: Options = (SEED_KUBECONFIG, *as_variables(NODE_POOLS), *as_variables(TAKEN_LATER))
