# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of every module that talks to a seed, and of every module that works on one cluster."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options

SEED_KUBECONFIG = Option("seed_kubeconfig", (
    "Path of a kubeconfig for the seed, the Kubernetes cluster that hosts the control planes.",
    "Rights in the namespace of the cluster are enough once that namespace exists.",
    "It must hold its certificates and keys itself. References to files, C(exec) and C(auth-provider) are refused."), type="path", required=True)
CLUSTER_NAME = Option("cluster", (
    "Name of the customer cluster. Its control plane lives in the namespace C(cluster-<name>) of the seed.",
    "At most 40 lower-case letters, digits and C(-); the first is a letter, the last a letter or a digit."), required=True)
SEED: Options = (SEED_KUBECONFIG,)
CLUSTER: Options = (*SEED, CLUSTER_NAME)
