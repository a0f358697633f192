# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the module manifests."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import SEED
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options

MANIFESTS: Options = (
    *SEED,
    Option("cluster", (
        "Name of the customer cluster for which the set is. Before its first change, the module takes the lock of the cluster for the whole run of "
        "ansible-playbook.",
        "Without it, the set belongs to the seed itself.")),
    Option("target", (
        "The API in which the module creates the objects: that of the seed or that of the customer's O(cluster).",
        "With V(cluster) the module waits until that API is ready. If it does not exist yet, check mode shows all objects as to be created."),
        choices=("seed", "cluster"), default="seed"),
    Option("set", (
        "Name of the set. The module writes it into the label C(kubermatic.caas/set) of all objects of the set.",
        "Two sets of the same name in one API and for the same O(cluster) delete each other's objects."), required=True),
    Option("namespace", (
        "The only namespace in which the set may have objects, and the namespace of manifests that name none. Rights in this namespace are enough.",
        "The default is C(cluster-<name>) for O(target=seed) with O(cluster). Otherwise the set may have objects in all namespaces and outside of them.")),
    Option("manifests", (
        "The manifests. Each item is a string with one or more YAML documents.",
        "The annotation C(kubermatic.caas/wave) is the number of a manifest's wave, such as V(\"1\"). By default a manifest is in wave V(\"0\"). The module "
        "begins a wave when all objects of the waves before it are ready.",
        "With the annotation C(kubermatic.caas/wait: \"false\") the module does not wait for an object. With C(kubermatic.caas/wait: started), if this run "
        "creates the object, the module begins the next wave as soon as all pods of the object run, and waits at the end until they are ready.",
        "An empty list deletes all objects of the set."), type="list", elements="raw", required=True, secret=True),
    Option("wait_timeout", "Seconds to wait until the objects of a wave are ready. They count for each wave anew.", type="int", default=300),
    Option("others_wait", (
        "Whether other clusters wait until this task ends, as clusters of the same play do.",
        "If so, the module waits only 5 seconds for the API of the cluster, and for objects that this task does not change and that were ready before."),
        type="bool", default=False),
    Option("measure_api", (
        "Whether the API of O(cluster) is asked ten times a second while this task changes something, and RV(api) tells how it answered."),
        type="bool", default=False),
    Option("prune", (
        "Whether the module deletes objects that are no longer in the set, after all others are ready.",
        "It never deletes Namespaces, PersistentVolumes, PersistentVolumeClaims and CustomResourceDefinitions, because they contain what does not belong to "
        "the set."),
        type="bool", default=True),
    Option("leave", (
        "Objects of the set that the module leaves as they are if they exist, each as kind and name, such as V(StatefulSet/etcd). It does not change or "
        "delete them, and does not wait for them."), type="list", elements="str", default=[]),
)
