# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From what a cluster is to the features it uses; from these to the ones that are not allowed."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import features
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.features import Feature
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import TRUST, UNKNOWN, LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import variables
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import POOL_LABEL
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import NO_PROVIDER

DEFAULT_PROXY_MODE = "nftables"
_DISTRIBUTION = re.compile(r"(?:(Debian) GNU/Linux ([0-9]{1,3})|(Ubuntu) ([0-9]{2}\.[0-9]{2}))\b", re.ASCII)
# a customer's node may say anything of itself; only what is known here is repeated
_OTHER = "another"


def known(option: str, value: Any) -> Feature:
    """The feature, at stage UNKNOWN if the list has no such value."""
    return features.find(option, value) or Feature(option, value, UNKNOWN, "Not known to this release of the collection")


def used(values: Mapping[str, Any]) -> tuple[Feature, ...]:
    """Features behind the variables of a cluster; what a record leaves out is not guessed."""
    found = [known("kubernetes_version", version(values["kubernetes_version"]))] if values.get("kubernetes_version") else []
    add_ons, proxy = values.get("add_ons"), values.get("kube_proxy_config")
    flat = {**values, **{f"add_ons.{name}": on for name, on in (add_ons.items() if isinstance(add_ons, Mapping) else ())}}
    if flat.get("cloud_provider") == NO_PROVIDER:
        flat.pop("cloud_credentials", None)
    if isinstance(proxy, Mapping) and flat.get("add_ons.kube_proxy"):
        flat["kube_proxy_config.mode"] = proxy.get("mode") or DEFAULT_PROXY_MODE
    return (*found, *(feature for feature in features.CHOICES if feature.option in flat and feature.covers(feature.option, flat[feature.option])))


def used_by(record: Record | None) -> tuple[Feature, ...]:
    """Features that a cluster has, or was about to get when its creation ended."""
    if record is None:
        return ()
    values = variables(record.spec)
    bound = [entry.get("provider") for entry in record.pools.values() if isinstance(entry, dict)]
    providers = tuple(known("provider", provider) for provider in sorted({one for one in bound if one and isinstance(one, str)}))
    return (*used({**values, "kubernetes_version": record.versions.get("kubernetes") or values.get("kubernetes_version")}), *providers)


def used_on(nodes: Iterable[Mapping[str, Any]] | None) -> tuple[Feature, ...]:
    """Features that its nodes bring along, each once."""
    found: dict[str, Feature] = {}
    for node in nodes or ():
        said = (node.get("status") or {}).get("nodeInfo") or {}
        brought = {
            "provider": known("provider", "hosts"),
            "kubeletVersion": known("kubernetes_version", version(said.get("kubeletVersion"))),
            "osImage": known("node_distribution", distribution(said.get("osImage"))),
            "architecture": architecture(said.get("architecture"))}
        if POOL_LABEL in ((node.get("metadata") or {}).get("labels") or {}):
            # the record tells where it is
            del brought["provider"]
        # a kubelet that never came says nothing
        found.update({feature.name: feature for field, feature in brought.items() if field == "provider" or said.get(field)})
    return tuple(found.values())


def version(said: Any) -> str:
    """"1.36.3" of "v1.36.3"."""
    return str((KubernetesVersion.of(said) if isinstance(said, str) else None) or _OTHER)


def distribution(image: Any) -> str:
    """"Debian 12" of "Debian GNU/Linux 12 (bookworm)"."""
    match = _DISTRIBUTION.match(image) if isinstance(image, str) else None
    return " ".join(part for part in match.groups() if part) if match else _OTHER


def architecture(said: Any) -> Feature:
    return features.find("node_architecture", said) or known("node_architecture", _OTHER)


def least_trusted(found: Iterable[Feature]) -> str:
    """The stage that counts for the whole; UNKNOWN for nothing."""
    return str(min((feature.stage for feature in found), key=TRUST.index, default=UNKNOWN))


def shown(found: Iterable[Feature]) -> dict[str, dict[str, str]]:
    """Name of a feature -> its stage and the date of its end of life, "" if none; least trusted first."""
    return {feature.name: {"stage": str(feature.stage), "end_of_life": feature.end_of_life}
            for feature in sorted(found, key=lambda one: TRUST.index(one.stage))}


def told(feature: Feature) -> str:
    """Name, stage and, if there is one, end of life: "kubernetes_version: 1.33.13 is deprecated and will be removed on 2026-12-28"."""
    gone = feature.option == "kubernetes_version" and feature.stage == LaunchStage.DEPRECATED and feature not in features.VERSIONS
    return f"{feature.name} is {feature.stage}" + (
        f" and will be removed on {feature.end_of_life}" if feature.end_of_life else " and this release no longer offers it" if gone else "")


def instead(feature: Feature, allowed: Sequence[str]) -> str:
    """What else could be written in its place, "" if nothing is allowed."""
    others = [other for other in features.every() if other.option == feature.option and other.stage in allowed]
    return max(others, key=lambda other: TRUST.index(other.stage)).name if others else ""


def leaving(found: Iterable[Feature]) -> list[str]:
    """A line for each that is deprecated: its end of life, and what to do."""
    stays = (LaunchStage.PUBLIC, LaunchStage.BETA)
    return [f"{told(feature)}. {_way_out(feature, instead(feature, stays))}".removesuffix(". ") for feature in found if feature.stage == LaunchStage.DEPRECATED]


def _way_out(feature: Feature, better: str) -> str:
    if feature.option == "kubernetes_version":
        return f"You can still manage what runs with it after that day, but upstream no longer fixes it. Upgrade to {better} (playbook upgrade)"
    return f"Move to {better} before that day" if better else ""


def check(cluster: str, wanted: Iterable[Feature], had: Iterable[Feature], allowed: Sequence[str]) -> None:
    """Raises InvalidInput if something is wanted at a stage that is not allowed.

    had: features that the cluster has already. They are not refused, or a cluster could not be looked after any more on the day when
    something it uses gets deprecated.
    """
    kept = {feature.name for feature in had}
    refused = [feature for feature in wanted if feature.stage not in allowed and feature.name not in kept]
    if not refused:
        return
    others = ", ".join(filter(None, (instead(feature, allowed) for feature in refused)))
    stages = ", ".join(stage for stage in LaunchStage if stage in allowed or stage in [feature.stage for feature in refused])
    raise InvalidInput(f"Cluster {cluster} uses features that are not allowed: {', '.join(map(told, refused))}",
                       why=f"the allowed stages are {' and '.join(allowed)}" if allowed else "no stage is allowed",
                       fix=(f"write {others}, or " if others else "") + f"set allowed_stages: [{stages}]")
