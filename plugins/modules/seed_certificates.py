#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: seed_certificates
short_description: Renew the certificates of a machine of a seed
version_added: 0.1.0
description:
  - The host of the task is a control-plane machine of a seed that M(kubermatic.caas.seed_node) built. The module renews certificates that expire within
    O(renew_within_days) days, or have expired, by C(kubeadm certs renew all), and restarts kube-apiserver, kube-controller-manager and kube-scheduler of the
    machine. etcd reads its certificates again for every connection. The kubelet renews its own certificate itself; the module renews one that has expired.
  - If the seed has several control-plane machines, use the module for one after the other. It waits until the machine's part of the control plane is ready
    again.
  - Nothing else of the machine changes.
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.seed_certificates
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: Renew what ends within a month
  kubermatic.caas.seed_certificates:
    seed: fra1
    machine: fra1-a
    seed_kubeconfig: ~/.kube/fra1
  become: true
"""

RETURN = r"""
first_end:
  description: The certificate of the machine that ends first after this run, or in check mode now. Empty if there is none.
  returned: success
  type: dict
  sample: {name: apiserver, ends: "2027-11-27T17:41:23Z", days_left: 364}
warnings:
  description: A sentence for each authority that ends within 180 days.
  returned: success
  type: list
  elements: str
  sample: []
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["Renew the certificates of fra1-a: apiserver end soon", "Start the control plane of fra1-a with them"]
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import SEED_CERTIFICATES
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.only_as_action(SEED_CERTIFICATES, "seed_certificates only works as the action plugin of the same name, on the control host.")


if __name__ == "__main__":
    main()
