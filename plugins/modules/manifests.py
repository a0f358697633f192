#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: manifests
short_description: Bring a set of manifests into a seed or a cluster
description:
  - Makes one API contain exactly the objects of a set. It creates what is missing, updates what differs by server-side apply with the field manager
    C(kubermatic-caas), and deletes what a former run of the set created and the set no longer contains.
  - Fields that the manifests don't name belong to others and stay as they are. The module reverts changes by hand to fields that they name.
  - Before its first change the module lets the server check every object by a dry run, unless the object depends on something that is still missing.
  - The whole set takes one connection and one process, however many manifests it has.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.manifests
  - kubermatic.caas.attributes
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
api:
  description: How the API of the cluster answered meanwhile.
  returned: with O(measure_api), if something was changed
  type: dict
  contains:
    requests:
      description: How often it was asked.
      type: int
      sample: 143
    failed:
      description: How many of these requests failed.
      type: int
      sample: 0
    longest_gap:
      description: The longest time without an answer, in seconds.
      type: float
      sample: 0.4
    error:
      description: Why the last request that failed did so, empty if none did.
      type: str
      sample: ""
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
  description: What the module did, or would do in check mode, as sentences.
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
