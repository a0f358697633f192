# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The option of every module that works on one customer cluster, beside those of the fragment `seed`."""
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cluster:
    description:
      - Name of the customer cluster. Its control plane lives in the namespace C(cluster-<name>) of the seed.
      - At most 40 lower-case letters, digits and C(-); the first is a letter, the last a letter or a digit.
    type: str
    required: true
notes:
  - Before its first change, the module takes the lock of the cluster, a Lease in its namespace, for the whole run of ansible-playbook.
    If another run holds it, the module fails at once and says who that is.
"""
