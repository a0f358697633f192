# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be said of a set of manifests."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import SEED
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options

MANIFESTS: Options = (
    *SEED,
    Option("cluster", (
        "Name of the customer cluster that the set is for. Before the first change its lock is taken for the whole run of ansible-playbook.",
        "Without it, the set belongs to the seed itself.")),
    Option("target", (
        "The API that gets the objects, the seed or the customer's O(cluster).",
        "V(cluster) waits until that API is ready. In check mode, if it does not exist yet, everything is shown as to be created."),
        choices=("seed", "cluster"), default="seed"),
    Option("set", (
        "Name of the set, the value of the label C(kubermatic.caas/set) of its objects.",
        "Two sets of the same name in one API and for the same O(cluster) take away each other's objects."), required=True),
    Option("namespace", (
        "The only namespace that the set may write to. It is the namespace of manifests that name none; rights in it are enough.",
        "By default C(cluster-<name>) for O(target=seed) with O(cluster), else there is no such limit and objects belonging to no namespace are allowed.")),
    Option("manifests", (
        "The manifests, each item a text of one or more YAML documents.",
        "The annotation C(kubermatic.caas/wave) gives a manifest a wave, such as V(\"1\"). A wave begins when everything in the waves before it is "
        "ready. Without it a manifest is in wave V(\"0\").",
        "With the annotation C(kubermatic.caas/wait) of V(\"false\") nobody waits for an object. With V(started) the next wave begins, if this run "
        "creates the object, as soon as all of its pods run; that they are ready is waited for at the end.",
        "An empty list takes the whole set away."), type="list", elements="raw", required=True, secret=True),
    Option("wait_timeout", "How many seconds each wave may take until it is ready.", type="int", default=300),
    Option("others_wait", (
        "Whether other clusters wait for this one, as those of one play do.",
        "What this task does not change, and was ready before, may take 5 seconds then to be ready. So may the API of the cluster."),
        type="bool", default=False),
    Option("prune", (
        "Whether objects are deleted that the set no longer holds, after everything else is ready.",
        "Namespaces, PersistentVolumes and their claims, and CustomResourceDefinitions always stay, as they hold what is not of the set."),
        type="bool", default=True),
    Option("leave", (
        "Objects of the set that stay as they are if they are there, each as kind and name, such as V(StatefulSet/etcd). They are neither changed, "
        "deleted nor waited for."), type="list", elements="str", default=[]),
)
