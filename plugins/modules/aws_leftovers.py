#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: aws_leftovers
short_description: What a cluster made at AWS, and its end with proof
description:
  - Finds instances, classic and other load balancers with their target groups, network interfaces, security groups, snapshots, volumes, elastic IPs and key
    pairs of a customer cluster, in the regions in which it had something.
  - Its own is what carries the tag C(kubermatic-caas=<uid>) or C(kubernetes.io/cluster/<uid>=owned). Nothing else is ever touched, whatever it is called, and
    whatever objects of the cluster name it.
  - A rule of another security group that names one of the cluster is taken back, as it was written for it.
  - What is near to it but perhaps somebody else's is told as RV(kept) and stays. So does what is to outlive the cluster (reclaim policy Retain), what was
    lent to it, what another cluster marked, too, and what is attached to an instance without the cluster's tag.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.seed
  - kubermatic.caas.cluster
  - kubermatic.caas.leftovers
  - kubermatic.caas.aws
  - kubermatic.caas.attributes
options:
  region:
    description:
      - A region in which the cluster has something, beside those that its record knows of its node pools.
      - If not given, the environment variable E(AWS_REGION) or E(AWS_DEFAULT_REGION) where the module runs.
    type: str
"""

EXAMPLES = r"""
- name: What does cluster demo have at AWS
  kubermatic.caas.aws_leftovers:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
  register: things

- name: None of it any more
  kubermatic.caas.aws_leftovers:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    state: absent
"""

RETURN = r"""
found:
  description: What was the cluster's when the module began.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: What AWS calls it, such as V(volume) or V(security group).
      type: str
      returned: success
      sample: volume
    id:
      description: Its id at AWS.
      type: str
      returned: success
      sample: vol-0123456789abcdef0
    name:
      description: Its name there.
      type: str
      returned: success
      sample: pvc-0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11
    why:
      description: How it is known to be the cluster's.
      type: str
      returned: success
      sample: which carries the cluster's tag
kept:
  description: What is near to the cluster but not certainly its own, in the same form. It stays.
  returned: success
  type: list
  elements: dict
  sample: []
unchecked:
  description: What could not be looked at, as sentences.
  returned: success
  type: list
  elements: str
  sample: []
residual:
  description: What is left. Always empty, as the module fails and names what is left, and why.
  returned: O(state=absent)
  type: list
  elements: str
  sample: []
steps:
  description: What was done, or in check mode would be done, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Delete volume pvc-1 (vol-0123456789abcdef0) at AWS, which carries the cluster's tag"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.orphans_resource import AwsLeftoversResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(AwsLeftoversResource)


if __name__ == "__main__":
    main()
