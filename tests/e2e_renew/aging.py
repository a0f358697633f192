# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes certificates of a seed and a cluster end sooner: signed anew by the authorities that they have, as they are, for a shorter life."""
from __future__ import annotations

import base64
from typing import Any

import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import ClusterNames, wanted_certificates
from e2e.world import World

PKI, KUBELET = "/etc/kubernetes/pki", "/var/lib/kubelet/pki"
# certificate of a machine of a seed -> its authority
SEED = {"apiserver": "ca", "apiserver-kubelet-client": "ca", "apiserver-etcd-client": "etcd/ca", "front-proxy-client": "front-proxy-ca",
        "etcd/server": "etcd/ca", "etcd/peer": "etcd/ca", "etcd/healthcheck-client": "etcd/ca"}
CONFS = ("admin.conf", "super-admin.conf", "controller-manager.conf", "scheduler.conf")


def again(certificate: str, key: str, authority: tuple[str, str], **life: int) -> str:
    """The same certificate for the same key. life: days, minutes."""
    facts = x509.describe(certificate)
    return x509.issue(*authority, cn=facts.common_name, organizations=sorted(facts.organizations), dns=sorted(facts.dns), ips=sorted(facts.ips),
                      usages=sorted(facts.usages), key_pem=key, **life)[0]


class Aging:
    def __init__(self, world: World, lab: str) -> None:
        self.world, self.lab, self.machine = world, lab, f"{lab}-seed-1"

    def run(self, host: str, command: str) -> str:
        return self.world.lab("exec", self.lab, host, "--", "sh", "-c", command)

    def write(self, host: str, path: str, text: str) -> None:
        self.run(host, f"echo {base64.b64encode(text.encode()).decode()} | base64 -d >{path}")

    def control_plane(self, cluster: str, **life: int) -> None:
        """Its pods still have what they read before."""
        api, namespace = KubeApi.from_kubeconfig(str(self.world.seed_kubeconfig)), f"cluster-{cluster}"
        for wanted in wanted_certificates(ClusterNames(cluster, namespace, "", "", "")):
            (authority, authority_key), (certificate, key) = (self._pair(api, namespace, name) for name in (wanted.authority, wanted.name))
            shorter = again(certificate, key, (authority, authority_key), **life)
            api.request("PATCH", f"/api/v1/namespaces/{namespace}/secrets/{wanted.name}",
                        body={"data": {"tls.crt": base64.b64encode(shorter.encode()).decode()}}, content_type="application/merge-patch+json")

    def node(self, cluster: str, host: str, **life: int) -> None:
        api = KubeApi.from_kubeconfig(str(self.world.seed_kubeconfig))
        authority = self._pair(api, f"cluster-{cluster}", "kubelet-ca")
        certificate, key = (self.run(host, f"cat {KUBELET}/kubelet.{end}") for end in ("crt", "key"))
        self.write(host, f"{KUBELET}/kubelet.crt", again(certificate, key, authority, **life))
        self.run(host, "systemctl restart kubelet")

    def seed(self, **life: int) -> None:
        authorities = {name: tuple(self.run(self.machine, f"cat {PKI}/{name}.{end}") for end in ("crt", "key")) for name in set(SEED.values())}
        for name, authority in SEED.items():
            certificate, key = (self.run(self.machine, f"cat {PKI}/{name}.{end}") for end in ("crt", "key"))
            self.write(self.machine, f"{PKI}/{name}.crt", again(certificate, key, authorities[authority], **life))
        for name in CONFS:
            self.write(self.machine, f"/etc/kubernetes/{name}", self._conf(self.run(self.machine, f"cat /etc/kubernetes/{name}"), authorities["ca"], **life))
        path = self.world.seed_kubeconfig
        path.write_text(self._conf(path.read_text(), authorities["ca"], **life))

    def kubelet_of_seed(self, **life: int) -> None:
        authority = tuple(self.run(self.machine, f"cat {PKI}/ca.{end}") for end in ("crt", "key"))
        both = self.run(self.machine, f"cat {KUBELET}/kubelet-client-current.pem")
        key = both[both.index("-----BEGIN EC PRIVATE KEY") if "BEGIN EC PRIVATE" in both else both.index("-----BEGIN PRIVATE"):]
        self.write(self.machine, f"{KUBELET}/kubelet-client-current.pem", again(both, key, authority, **life) + key)

    @staticmethod
    def _conf(text: str, authority: tuple[str, ...], **life: int) -> str:
        config: dict[str, Any] = yaml.safe_load(text)
        user = config["users"][0]["user"]
        certificate, key = (base64.b64decode(user[f"client-{name}-data"]).decode() for name in ("certificate", "key"))
        user["client-certificate-data"] = base64.b64encode(again(certificate, key, authority, **life).encode()).decode()
        return yaml.safe_dump(config)

    @staticmethod
    def _pair(api: KubeApi, namespace: str, name: str) -> tuple[str, str]:
        data = (api.get("v1", "Secret", name, namespace) or {})["data"]
        return base64.b64decode(data["tls.crt"]).decode(), base64.b64decode(data["tls.key"]).decode()
