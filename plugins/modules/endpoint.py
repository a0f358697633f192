#!/usr/bin/python
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint
short_description: Give the API of a cluster an address and ports
description:
  - Creates the Service C(kube-apiserver) in the namespace of the cluster before anything runs behind it, so that certificates
    and nodes can be given the final address. Notes address and ports in the ConfigMap C(endpoint).
  - With O(expose=node_port) konnectivity has a Service of its own, C(konnectivity-server). That of the API prefers the pod on the machine to which a
    connection came. Agents have to reach each konnectivity server, also where all of them come to one machine, as behind a virtual address. A Service for
    both, as older releases made it, is divided; the ports stay, and so do the connections of agents.
  - A port has one number everywhere. With O(expose=node_port) it is chosen by the seed, and is then the port of the node, of the Service and of
    the pod. If the Service was deleted, it comes back with the ports that the ConfigMap knows.
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
  description: What was done, or in check mode would be done, as sentences.
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
