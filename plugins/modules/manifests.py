#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: manifests
short_description: Bring a set of manifests into a seed or a cluster
description:
  - Makes one API hold exactly the objects of a set. What is missing is created, what differs is updated by server-side apply with the
    field manager C(kubermatic-caas), what a former run of the set made and the set no longer holds is deleted.
  - Fields that the manifests don't name belong to others and stay as they are. Changes by hand to fields that they name are taken back.
  - Before its first change the module lets the server check every object by a dry run, as far as it depends on nothing that is still missing.
  - The whole set takes one connection and one process, however many manifests it has.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.seed
  - kubermatic.caas.attributes
options:
  cluster:
    description:
      - Name of the customer cluster that the set is for. Before the first change its lock is taken for the whole run of ansible-playbook.
      - Without it, the set belongs to the seed itself.
    type: str
  target:
    description:
      - The API that gets the objects, the seed or the customer's O(cluster).
      - V(cluster) waits until that API is ready. In check mode, if it does not exist yet, everything is shown as to be created.
    type: str
    choices: [seed, cluster]
    default: seed
  set:
    description:
      - Name of the set, the value of the label C(kubermatic.caas/set) of its objects.
      - Two sets of the same name in one API and for the same O(cluster) take away each other's objects.
    type: str
    required: true
  namespace:
    description:
      - The only namespace that the set may write to. It is the namespace of manifests that name none; rights in it are enough.
      - By default C(cluster-<name>) for O(target=seed) with O(cluster), else there is no such limit and objects belonging to no namespace are allowed.
    type: str
  manifests:
    description:
      - The manifests, each item a text of one or more YAML documents.
      - The annotation C(kubermatic.caas/wave) gives a manifest a wave, such as V("1"). A wave begins when everything in the waves before it
        is ready. Without it a manifest is in wave V("0").
      - With the annotation C(kubermatic.caas/wait) of V("false") nobody waits for an object. With V(started) the next wave begins, if this run
        creates the object, as soon as all of its pods run; that they are ready is waited for at the end.
      - An empty list takes the whole set away.
    type: list
    elements: raw
    required: true
  wait_timeout:
    description: How many seconds each wave may take until it is ready.
    type: int
    default: 300
  others_wait:
    description:
      - Whether other clusters wait for this one, as those of one play do.
      - What this task does not change, and was ready before, may take 5 seconds then to be ready. So may the API of the cluster.
    type: bool
    default: false
  prune:
    description:
      - Whether objects are deleted that the set no longer holds, after everything else is ready.
      - Namespaces, PersistentVolumes and their claims, and CustomResourceDefinitions always stay, as they hold what is not of the set.
    type: bool
    default: true
  leave:
    description:
      - Objects of the set that stay as they are if they are there, each as kind and name, such as V(StatefulSet/etcd). They are neither changed, deleted
        nor waited for.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: The control plane of cluster demo runs
  kubermatic.caas.manifests:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    set: control-plane
    manifests:
      - "{{ lookup('ansible.builtin.template', 'etcd.yaml.j2') }}"
      - "{{ lookup('ansible.builtin.template', 'kube-apiserver.yaml.j2') }}"

- name: CoreDNS runs inside cluster demo
  kubermatic.caas.manifests:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    target: cluster
    set: add-ons
    manifests:
      - "{{ lookup('ansible.builtin.template', 'coredns.yaml.j2') }}"
"""

RETURN = r"""
objects:
  description: The objects of the set.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: Kind of the object.
      type: str
      sample: Deployment
    name:
      description: Name of the object.
      type: str
      sample: kube-apiserver
    namespace:
      description: Its namespace, empty for an object that belongs to none.
      type: str
      sample: cluster-demo
steps:
  description: What was done, or in check mode would be done, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Create Deployment cluster-demo/kube-apiserver"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifests_resource import ManifestsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(ManifestsResource)


if __name__ == "__main__":
    main()
