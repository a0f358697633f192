# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lab as an Ansible inventory: its seed, its machines, and where they get Kubernetes from."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import files, servers, ssh_keys
from .product_vars import lab_product_vars
from .state import Lab

REGISTRIES = ("registry.k8s.io", "ghcr.io", "docker.io")


def write(lab: Lab) -> Path:
    """Writes the inventory directory and returns it. JSON is YAML, and needs no library here."""
    directory = lab.directory / "inventory"
    files.write(directory / "hosts.yml", json.dumps(hosts(lab), indent=2) + "\n")
    files.write(directory / "group_vars" / "all.yml", json.dumps(variables(lab), indent=2) + "\n")
    return directory


def hosts(lab: Lab) -> dict[str, Any]:
    """Groups seeds, seed_nodes and nodes; which cluster a node belongs to is the test's to say."""
    seed_hosts = [host for host in lab.hosts if host.role in ("seed", "worker")]
    seed = {"ansible_connection": "local", "seed_kubeconfig": str(lab.directory / "lab.kubeconfig")}
    if seed_hosts:
        # the product knows no load balancer, only an address
        seed["seed_address"] = lab.gateway if lab.has_balancer else seed_hosts[0].address
    groups = {
        "seeds": {"lab": seed},
        "seed_nodes": {host.name: {"ansible_host": host.address, "seed": "lab", **({"seed_role": "worker"} if host.role == "worker" else {})}
                       for host in seed_hosts},
        "nodes": {host.name: {"ansible_host": host.address} for host in lab.hosts if host.role == "host"},
    }
    return {"all": {"children": {name: {"hosts": members} for name, members in groups.items()}}}


def variables(lab: Lab) -> dict[str, Any]:
    mirror, registry = (servers.url(lab, name) for name in ("mirror", "registry"))
    return {
        "ansible_user": ssh_keys.USER,
        "ansible_ssh_private_key_file": str(ssh_keys.user_key(lab)),
        "ansible_ssh_common_args": f"-o UserKnownHostsFile={ssh_keys.known_hosts(lab)} -o StrictHostKeyChecking=yes",
        "kubernetes_mirror": mirror,
        "github_mirror": mirror,
        "registry_mirrors": dict.fromkeys(REGISTRIES, registry),
        **({"digitalocean_url": f"{servers.url(lab, 'digitalocean')}/v2/"} if "digitalocean" in lab.clouds else {}),
        **({"aws_url": servers.url(lab, "aws")} if "aws" in lab.clouds else {}),
        **lab_product_vars,
    }
