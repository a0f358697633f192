#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: seed_ready
short_description: Wait until a seed is ready
version_added: 0.1.0
description:
  - Waits until every Node of the seed is Ready and takes pods, and its DNS is available. Changes nothing.
  - In check mode it doesn't wait, and returns in RV(missing) what it would wait for.
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.seed_ready
  - kubermatic.caas.attributes.reads
"""

EXAMPLES = r"""
- name: The seed is ready
  kubermatic.caas.seed_ready:
    seed_kubeconfig: ~/.kube/fra1
"""

RETURN = r"""
missing:
  description: What the seed waits for; empty if it is ready.
  type: list
  elements: str
  returned: always
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.ready_resource import SeedReadyResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(SeedReadyResource)


if __name__ == "__main__":
    main()
