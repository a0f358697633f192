# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The record of a cluster as a ConfigMap in its namespace."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LABEL_CLUSTER, labels, namespace_of
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi

NAME, KEY = "cluster-record", "record.json"
# hosts of one run may write at the same moment: each attempt that fails means that another succeeded
ATTEMPTS = 20


def of_config_map(config_map: dict[str, Any] | None) -> Record | None:
    """The record in the ConfigMap, None if there is none. Raises InvalidInput if it can't be read."""
    text = ((config_map or {}).get("data") or {}).get(KEY)
    if config_map is None or text is None:
        return None
    where = f"ConfigMap {config_map['metadata']['namespace']}/{NAME}"
    try:
        found = Record.of(text)
        if namespace_of(found.cluster) != config_map["metadata"]["namespace"]:
            raise ValueError("it belongs to another cluster")
        return found
    except ValueError as error:
        raise InvalidInput("The record of the cluster can't be read", where=where, why=str(error),
                           fix="use a newer release of this collection, or restore the ConfigMap") from error


def read(api: KubeApi, namespace: str) -> Record | None:
    return of_config_map(api.get("v1", "ConfigMap", NAME, namespace))


def read_all(api: KubeApi) -> dict[str, Record | InvalidInput]:
    """Namespace -> its record, of all clusters of a seed by one request; the error in place of one that can't be read."""
    found: dict[str, Record | InvalidInput] = {}
    for config_map in api.list("v1", "ConfigMap", None, LABEL_CLUSTER, field_selector=f"metadata.name={NAME}"):
        try:
            known = of_config_map(config_map)
        except InvalidInput as error:
            known = error
        if known is not None:
            found[config_map["metadata"]["namespace"]] = known
    return found


def write(api: KubeApi, namespace: str, change: Callable[[Record | None], Record]) -> Record:
    """Stores change(what is there now), by compare-and-swap; writes nothing if that changes nothing."""
    for _attempt in range(ATTEMPTS):
        old = api.get("v1", "ConfigMap", NAME, namespace)
        record = of_config_map(old)
        new = change(record)
        if record is not None and new == record:
            return new
        try:
            if old is None:
                api.create(_config_map(namespace, new))
            else:
                api.replace({**old, "data": {**(old.get("data") or {}), KEY: new.stored()}})
        except ApiError as error:
            if error.status != 409:
                raise
            continue
        return new
    raise ApiError(f"The record of cluster {namespace} can't be written, because other processes keep changing it", status=409, reason="Conflict",
                   where=f"ConfigMap {namespace}/{NAME}", fix="find out which ones, then run this again")


def _config_map(namespace: str, record: Record) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": NAME, "namespace": namespace, "labels": labels(record.cluster)}, "data": {KEY: record.stored()}}
