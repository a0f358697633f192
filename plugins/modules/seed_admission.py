#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: seed_admission
short_description: Let another machine join a seed
version_added: 0.1.0
description:
  - The host of the task is a control-plane machine of a seed. It signs the certificate request of a machine that is going to join, for one day; SSH to both
    machines proves which they are. If the new machine is a control-plane machine, it also gets the CAs of the seed, encrypted for a key that never leaves it.
    So neither the control host nor its logs see a private key, and there is no bootstrap token.
  - If the machine was a part of the seed before and comes back empty, the module first removes its former Node and etcd member.
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.seed_admission
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: Get the machine ready to join
  kubermatic.caas.seed_node:
    seed: fra1
    machine: fra1-b
    seed_address: 198.51.100.10
    seed_kubeconfig: ~/.kube/fra1
    control_planes: [fra1-a, fra1-b, fra1-c]
    server: https://198.51.100.10:6443
  delegate_to: fra1-b
  become: true
  register: ready

- name: The seed lets it in
  kubermatic.caas.seed_admission:
    seed: fra1
    machine: fra1-a
    request: "{{ ready.request }}"
  delegate_to: fra1-a
  become: true
  register: let_in
"""

RETURN = r"""
steps:
  description: What was done, in plain words. Empty unless the machine was a part of the seed before.
  type: list
  elements: str
  returned: always
  sample: ["Forget the Node fra1-b of before"]
admission:
  description: What the other machine joins with, O(kubermatic.caas.seed_node#module:admission). Of use only with its private key.
  type: dict
  returned: success
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import SEED_ADMISSION
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.only_as_action(SEED_ADMISSION, "seed_admission only works as the action plugin of the same name, on the control host.")


if __name__ == "__main__":
    main()
