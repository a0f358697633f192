# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Inventory from the records that clusters leave in their seeds."""
from __future__ import annotations

DOCUMENTATION = r"""
name: clusters
short_description: Make the clusters of seeds hosts of the inventory
description:
  - Every cluster has a record in its namespace of the seed. This plugin makes each cluster an inventory host, in the groups C(clusters),
    C(cluster_<name>) and C(phase_<phase>), with C(-) in names replaced by C(_).
  - So a cluster that somebody created without an inventory file (C(-e cluster=demo), a survey) is in the inventory from then on.
  - The plugin sets the variables with which the cluster was created or changed on the group C(cluster_<name>). Other sources of
    the inventory (C(group_vars), files) take precedence over the record.
  - Everybody who has the Role of this collection in a namespace can write the record there. So the plugin does not return registries, addresses of clouds
    and node pools of the record as variables, and nothing in it is evaluated as a template.
  - The plugin sets the state of the cluster on its host, as C(cluster_phase), C(cluster_since), C(cluster_last_error), C(cluster_node_error),
    C(cluster_versions) and C(cluster_node_pools).
  - Every seed becomes a host in the group C(seeds), unless another source has it already.
  - Reads only. Needs the right to list ConfigMaps in all namespaces of the seed.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
extends_documentation_fragment:
  - ansible.builtin.constructed
options:
  plugin:
    description: Must be V(kubermatic.caas.clusters). The name of the file ends in C(caas.yml) or C(caas.yaml).
    type: str
    required: true
    choices: [kubermatic.caas.clusters]
  seeds:
    description:
      - Name of each seed and the path of its kubeconfig. A relative path starts at the inventory file.
      - With O(strict=false), the plugin leaves out a seed that it can't read, with a warning; with O(strict=true) this is an error. In both cases it leaves out
        a single cluster whose record it can't use, with a warning, because others may write the record.
    type: dict
    required: true
requirements:
  - urllib3 (Python library)
"""

EXAMPLES = r"""
# inventory/caas.yml
plugin: kubermatic.caas.clusters
seeds:
  fra1: ~/.kube/fra1
  nyc1: kubeconfigs/nyc1
keyed_groups:
  - prefix: kubernetes
    key: kubernetes_version
"""

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.inventory import ClusterHost, check_unique, host
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi


class InventoryModule(BaseInventoryPlugin, Constructable):
    NAME = "kubermatic.caas.clusters"

    def verify_file(self, path: str) -> bool:
        return super().verify_file(path) and path.endswith(("caas.yml", "caas.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        for group in ("seeds", "clusters"):
            inventory.add_group(group)
        hosts: list[ClusterHost] = []
        for seed, kubeconfig in sorted(self.get_option("seeds").items()):
            where = os.path.normpath(Path(path).resolve().parent / Path(str(kubeconfig)).expanduser())
            self.add_seed(str(seed), where)
            for found in self.clusters(str(seed), where):
                try:
                    check_unique(hosts, found)
                    self.add_cluster(found)
                except (CaasError, AnsibleError) as error:
                    self.warn(error)
                else:
                    hosts.append(found)

    def clusters(self, seed: str, kubeconfig: str) -> list[ClusterHost]:
        try:
            api = KubeApi.from_kubeconfig(kubeconfig)
            records = record.read_all(api)
            api.close()
        except CaasError as error:
            self.skip(error)
            return []
        found = []
        for namespace, known in sorted(records.items()):
            try:
                found.append(host(seed, namespace, known))
            except CaasError as error:
                self.warn(error)
        return found

    def skip(self, error: CaasError) -> None:
        if self.get_option("strict"):
            raise AnsibleParserError(error.line()) from error
        self.warn(error)

    def warn(self, error: Exception) -> None:
        """Of one cluster: a broken record must not break the inventory of other clusters."""
        self.display.warning(error.line() if isinstance(error, CaasError) else str(error))

    def add_seed(self, name: str, kubeconfig: str) -> None:
        known = self.inventory.get_host(name)
        self.inventory.add_host(name, group="seeds")
        if known is None:
            self.inventory.set_variable(name, "ansible_connection", "local")
        self.set_unless_known(name, {"seed_kubeconfig": kubeconfig})

    def add_cluster(self, cluster: ClusterHost) -> None:
        known = self.inventory.get_host(cluster.name)
        for group in (cluster.group, cluster.phase_group):
            self.inventory.add_group(group)
        for group in ("clusters", cluster.group, cluster.phase_group):
            self.inventory.add_host(cluster.name, group=group)
        if known is None:
            self.inventory.set_variable(cluster.name, "ansible_connection", "local")
        self.set_unless_known(cluster.group, cluster.wanted)
        self.set_unless_known(cluster.name, cluster.seen)
        self.construct(cluster)

    def construct(self, cluster: ClusterHost) -> None:
        strict, all_variables = self.get_option("strict"), {**cluster.wanted, **cluster.seen}
        self._set_composite_vars(self.get_option("compose"), all_variables, cluster.name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), all_variables, cluster.name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), all_variables, cluster.name, strict=strict)

    def set_unless_known(self, name: str, variables: dict[str, Any]) -> None:
        """Sets variables of a host or a group that an earlier source of the inventory did not set."""
        entity = self.inventory.groups.get(name) or self.inventory.get_host(name)
        for key, value in variables.items():
            if key not in entity.vars:
                self.inventory.set_variable(name, key, value)
