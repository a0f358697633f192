#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: seed_admission
short_description: A machine of a seed lets another machine in
version_added: 0.1.0
description:
  - The host of the task is a control-plane machine of a seed. It signs the certificate request of a machine that is to join, for one day, which SSH to both
    machines attests. For a control-plane machine it also hands out the authorities of the seed, encrypted for a key that never left the machine
    that joins. So neither the control host nor its logs see a private key, and no bootstrap token exists.
  - If the machine was a part of the seed before and comes back empty, its former Node and etcd member are removed first.
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.attributes
options:
  seed:
    description: Name of the seed.
    type: str
    required: true
  machine:
    description: Name of the machine that lets the other one in, which is that of its Node.
    type: str
    required: true
  request:
    description: RV(kubermatic.caas.seed_node#module:request) of the machine that joins.
    type: dict
    required: true
    suboptions:
      machine:
        description: Name of the machine that joins.
        type: str
        required: true
      seed_role:
        description: What it will do in the seed.
        type: str
        choices: [control_plane, worker]
        required: true
      address:
        description: Its own IPv4 address.
        type: str
        required: true
      request:
        description: Certificate request, PEM.
        type: str
        required: true
      recipient:
        description: Certificate for which the authorities are encrypted, PEM.
        type: str
        required: true
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

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.admission_options import ARGUMENT_SPEC


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="seed_admission only works as the action plugin of the same name, on the control host.")


if __name__ == "__main__":
    main()
