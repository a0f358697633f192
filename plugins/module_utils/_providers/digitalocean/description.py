# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DigitalOcean, as data."""
from __future__ import annotations

import re

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.api_url import checked
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import BalancerAnnotations, Component, Description, Integration, Option

URL = "https://api.digitalocean.com/v2/"


def checked_url(url: str) -> str:
    """With a slash at its end. Raises InvalidInput."""
    found = checked(url, api="DigitalOcean's API", like=URL, shows="the token to anyone on the network path", where="digitalocean_url")
    return found.rstrip("/") + "/"


DESCRIPTION = Description(
    name="digitalocean", title="DigitalOcean", library="python-digitalocean", url=URL, check_url=checked_url,
    access=(Option("digitalocean_token", ("Token of DigitalOcean's API.",), secret=True, environment=("DIGITALOCEAN_TOKEN",), credential=True),),
    ssh_user="root", pool_options=("node_address",), nodes_at_public_addresses=True, firewall_of_the_cluster=True,
    integration=Integration(
        what="Services and volumes get load balancers and volumes of DigitalOcean",
        # names of Secrets and keys are those that other tools for these clouds look for, too
        driver="dobs.csi.digitalocean.com", provider_id=re.compile(r"digitalocean://[1-9][0-9]{0,15}", re.ASCII), machine_id="digitalocean://{id}",
        sample="digitalocean://3164444", secret="digitalocean", keys={"access-token": "cluster_digitalocean_token"},
        key_texts={"cluster_digitalocean_token": "Token of DigitalOcean's API that is stored in the cluster."},
        registry="docker.io/digitalocean", registry_text="Registry and path that have DigitalOcean's images.",
        url_text="Address of DigitalOcean's API, at which the add-ons of that cloud ask.",
        components=(Component("digitalocean_cloud_controller_manager", "{registry}/digitalocean-cloud-controller-manager", "v0.1.71",
                              unrecorded={"": "v0.1.71"}),
                    Component("do_csi_plugin", "{registry}/do-csi-plugin", "v4.16.0", unrecorded={"": "v4.16.0"})),
        templates={"cloud_controller_manager": ("cluster/cloud-controller-manager-rbac.yaml.j2", "cluster/digitalocean-cloud-controller-manager.yaml.j2"),
                   "csi": ("cluster/csi-rbac.yaml.j2", "cluster/do-csi-plugin.yaml.j2")},
        # what DigitalOcean's cloud controller manager reads of a Service
        balancer=BalancerAnnotations(id="kubernetes.digitalocean.com/load-balancer-id", name="service.beta.kubernetes.io/do-loadbalancer-name",
                                     disowned="service.beta.kubernetes.io/do-loadbalancer-disown")))
