# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The templates of the role control_plane, rendered as the role does it, for a few clusters."""
from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar

from ansible_collections.kubermatic.caas.plugins.lookup.rendered import LookupModule
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import CLUSTER_SPEC
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import ADD_ONS as NAMES
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import CLOUD_ADD_ONS
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_rules import wanted
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import AUTHORITIES, ClusterNames, wanted_certificates
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import INTEGRATIONS

ROLE = Path(__file__).resolve().parents[3] / "roles" / "control_plane"
TEMPLATES = sorted(str(path.relative_to(ROLE / "templates")) for path in (ROLE / "templates").glob("*/*.j2"))
ADD_ONS: dict[str, Any] = yaml.safe_load((ROLE / "vars" / "main.yml").read_text())["control_plane_switchable"]
CLOUD: dict[str, Any] = {name: dict(one.templates) for name, one in INTEGRATIONS.items()}
KUBELET_CA = "-----BEGIN CERTIFICATE-----\nkubelet-ca\n-----END CERTIFICATE-----\n"
UID = "0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11"


def values(*, address: str = "198.51.100.10", port: int = 31443, konnectivity_port: int = 31444, spread: bool = False, **options: Any) -> dict[str, Any]:
    """What the role hands to its templates for a cluster with these options of cluster_spec."""
    given = {"cluster": "demo", "kubernetes_version": "1.36.3", "seed_kubeconfig": "/home/user/.kube/fra1", "seed_address": address,
             **options, "add_ons": dict.fromkeys((*NAMES, *CLOUD_ADD_ONS), True) | options.get("add_ons", {})}
    # the rest has its defaults
    spec, dummy = wanted(ArgumentSpecValidator(argument_spec(CLUSTER_SPEC)).validate(given).validated_parameters)
    names = [certificate.name for certificate in wanted_certificates(ClusterNames("demo", spec.namespace, address, "10.96.0.1", "cluster.local"))]
    objects = [*AUTHORITIES[:3], *names, "ca-bundle", "service-account-key", "encryption-config", *AUTHORITIES[3:], "kubelet-ca-bundle"]
    return {"cluster": spec.as_dict(), "endpoint": {"address": address, "port": port, "konnectivity_port": konnectivity_port},
            "etcd": {"spread": spread},
            "cloud": {"uid": UID, "tag": f"kubermatic-caas:{UID}", "hash": "f00d0000f00d0000"},
            "pki": {"hashes": {name: f"{number:016x}" for number, name in enumerate(objects)}, "kubelet_ca_bundle": KUBELET_CA}}


VARIANTS: dict[str, dict[str, Any]] = {
    "default": values(),
    "replicated": values(control_plane_replicas=2, etcd_replicas=3, spread=True),
    "digitalocean": values(cloud_provider="digitalocean"),
    "aws": values(cloud_provider="aws", cloud_credentials="machines", kubernetes_version="1.33"),
    "bare": values(add_ons=dict.fromkeys(NAMES, False), node_networks=["192.0.2.0/24", "203.0.113.7/32"]),
    "configured": values(cluster_audit_log=True, etcd_storage="8Gi", etcd_storage_class="fast", etcd_storage_moves=True, kubernetes_version="1.33",
                         control_plane_priority_class="customers", control_plane_size="medium",
                         control_plane_resources={"kube_apiserver": {"memory_limit": "6Gi"}},
                         kube_proxy_config={"mode": "iptables", "conntrack": {"min": 0, "tcpEstablishedTimeout": "{{ 7 * 7 }}"}}),
}


@cache
def _loader() -> DataLoader:
    init_plugin_loader()
    return DataLoader()


def role_variable(name: str, **registered: Any) -> Any:
    """A variable of the role. registered: results of its tasks, such as control_plane_spec."""
    variables = _loader().load_from_file(str(ROLE / "vars" / "main.yml"), trusted_as_template=True)
    return Templar(loader=_loader(), variables={**variables, **registered}).template(variables[name])


def role_values(**registered: Any) -> dict[str, Any]:
    """What the role hands to its templates."""
    return role_variable("control_plane_values", **registered)


def source(template: str) -> str:
    """The text of a template, with the parts that it includes in their places."""
    return _whole(ROLE / "templates" / template, (ROLE / "templates" / template).parent)


def _whole(path: Path, parts: Path) -> str:
    return re.sub(r'{% include "([^"]+)" %}\n', lambda found: _whole(parts / found[1], parts), path.read_text())


def rendered(template: str, template_vars: dict[str, Any]) -> str:
    (text,) = LookupModule(loader=_loader()).run([str(ROLE / "templates" / template)], variables={}, values=template_vars)
    return text


@cache
def render(template: str, variant: str) -> str:
    return rendered(template, VARIANTS[variant])
