#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: seed_spread
short_description: Spread the DNS of a seed over its machines
version_added: 0.1.0
description:
  - The pods of the DNS of a seed that kubeadm built start on the first machine. They would be lost with it, even if other machines joined since. If all of its
    pods run on one machine and another one can take a pod, the module moves one of them. The others answer meanwhile.
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.seed_spread
  - kubermatic.caas.attributes
"""

EXAMPLES = r"""
- name: One machine can be lost without the DNS of the seed
  kubermatic.caas.seed_spread:
    seed_kubeconfig: ~/.kube/fra1
"""

RETURN = r"""
steps:
  description: What the module did, or would do in check mode, as sentences.
  type: list
  elements: str
  returned: always
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.dns_spread_resource import SeedSpreadResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(SeedSpreadResource)


if __name__ == "__main__":
    main()
