# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decides what of a running control plane gets new certificates, and which pods have to read them.

A certificate is renewed as it is: same subject, names, usages and type of key. So this works for what any release of the collection has made.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifest_set import HASH
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import KEY_TYPES, CertificateFacts
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import CertificateWanted
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki import Issue, Observed, nothing_is_lost, renewal_reason

# workloads in the order in which their pods are replaced
ORDER = (("StatefulSet", "etcd"), ("Deployment", "kube-apiserver"), ("Deployment", "kube-controller-manager"), ("Deployment", "kube-scheduler"))
# what a program reads again for every connection: its pods stay, and a cluster with one member of etcd has no gap
REREAD = {"etcd": frozenset({"etcd-server", "etcd-peer"})}


@dataclass(frozen=True, slots=True)
class Restart:
    """The pods of a workload are replaced, one after the other."""

    kind: str
    name: str


def as_it_is(wanted: CertificateWanted, facts: CertificateFacts) -> CertificateWanted:
    return replace(wanted, common_name=facts.common_name, organizations=facts.organizations, dns=facts.dns, ips=facts.ips, usages=facts.usages)


def key_type(facts: CertificateFacts) -> str:
    return facts.key_type if facts.key_type in KEY_TYPES else KEY_TYPES[0]


def plan_renewal(namespace: str, table: Iterable[CertificateWanted], observed: Observed, workloads: Mapping[str, Mapping[str, Any]],
                 hashes: Mapping[str, str], now: datetime, within: timedelta) -> Plan:
    """Steps whose targets are Issue or Restart. table: which certificates a control plane has; hashes: name of an object to the hash of its data now.

    workloads: by name, as the API shows them.
    """
    table = tuple(table)
    nothing_is_lost(namespace, table, observed)
    issues = tuple(_issues(namespace, table, observed, now, within))
    renewed = frozenset(step.target.certificate.name for step in issues)
    return Plan((*issues, *_restarts(workloads, hashes, renewed)))


def _issues(namespace: str, table: Iterable[CertificateWanted], observed: Observed, now: datetime, within: timedelta) -> Iterator[Step]:
    for wanted in table:
        facts = observed.leaves.get(wanted.name)
        if facts is None:
            continue
        same = as_it_is(wanted, facts)
        reason = renewal_reason(same, facts, observed.authorities.get(wanted.authority), now, facts.key_type, within)
        if reason:
            yield Step(f"Renew Secret {namespace}/{wanted.name}: {reason}", Issue(same), before=f"valid until: {facts.not_after:%Y-%m-%d}\n",
                       after="valid until: a year from the day of issue\n", header=f"Secret {namespace}/{wanted.name}")


def _restarts(workloads: Mapping[str, Mapping[str, Any]], hashes: Mapping[str, str], renewed: frozenset[str]) -> Iterator[Step]:
    for kind, name in ORDER:
        if name in workloads and (stale(name, workloads[name], hashes) or (read_by(name, workloads[name]) & renewed)):
            yield Step(f"Replace the pods of {name}, one after the other", Restart(kind, name))


def annotations(workload: Mapping[str, Any]) -> Mapping[str, str]:
    return workload["spec"]["template"]["metadata"].get("annotations") or {}


def read_by(name: str, workload: Mapping[str, Any]) -> frozenset[str]:
    """Names of the objects for whose sake its pods are replaced."""
    return frozenset(key.removeprefix(HASH) for key in annotations(workload) if key.startswith(HASH)) - REREAD.get(name, frozenset())


def stale(name: str, workload: Mapping[str, Any], hashes: Mapping[str, str]) -> dict[str, str]:
    """Annotations that differ from what its pods should have read; as they are to be. A killed run leaves such."""
    has = annotations(workload)
    return {f"{HASH}{one}": hashes[one] for one in sorted(read_by(name, workload)) if hashes.get(one) and has[f"{HASH}{one}"] != hashes[one]}
