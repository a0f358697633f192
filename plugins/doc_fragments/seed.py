# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The option of every module that talks to a seed."""
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  seed_kubeconfig:
    description:
      - Path of a kubeconfig for the seed, the Kubernetes cluster that hosts the control planes.
      - Rights in the namespace of the cluster are enough once that namespace exists.
      - It must hold its certificates and keys itself. References to files, C(exec) and C(auth-provider) are refused.
    type: path
    required: true
requirements:
  - urllib3 (Python library)
  - cryptography (Python library)
"""
