#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint
short_description: Give the API of a cluster an address and ports
description:
  - Creates the Service C(kube-apiserver) in the namespace of the cluster before anything runs behind it, so that certificates and nodes get the final address.
    Stores address and ports in the ConfigMap C(endpoint).
  - With O(expose=node_port) konnectivity has a Service of its own, C(konnectivity-server). The Service of the API prefers the pod on the machine at which a
    connection arrives. But agents have to reach each konnectivity server, even if all of them arrive at one machine, as they do behind a virtual address. The
    module splits a Service for both, which older releases created; the ports and the connections of agents stay.
  - A port has the same number everywhere. With O(expose=node_port) the seed chooses it, and it is then the port of the node, of the Service and of the pod. If
    somebody deletes the Service, the module creates it again with the ports in the ConfigMap.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - kubermatic.caas.options.endpoint
  - kubermatic.caas.attributes
seealso:
  - module: kubermatic.caas.pki
"""

EXAMPLES = r"""
- name: Get an address for the cluster
  kubermatic.caas.endpoint:
    seed_kubeconfig: ~/.kube/fra1
    cluster: demo
    address: 198.51.100.10
  register: endpoint
"""

RETURN = r"""
address:
  description: IP address or DNS name of the cluster. Empty in check mode before a load balancer exists.
  returned: success
  type: str
  sample: 198.51.100.10
port:
  description: Port of the API server. 0 in check mode before the seed has chosen it.
  returned: success
  type: int
  sample: 31234
konnectivity_port:
  description: Port at which konnectivity agents reach their server. 0 in check mode before the seed has chosen it.
  returned: success
  type: int
  sample: 31235
steps:
  description: What the module did, or would do in check mode, as sentences.
  returned: success
  type: list
  elements: str
  sample:
    - Create Service cluster-demo/kube-apiserver (ports chosen by the seed)
    - Create ConfigMap cluster-demo/endpoint (address 198.51.100.10)
"""

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.endpoint_resource import EndpointResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system import as_module


def main() -> None:
    as_module.main(EndpointResource)


if __name__ == "__main__":
    main()
