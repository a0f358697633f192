# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decides whether a user's kubeconfig is written anew."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import CertificateFacts

LONGEST = timedelta(days=365)
LONGEST_NAME = 64
RENEW_BELOW = 0.25
CLOCK_SKEW = timedelta(minutes=5)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LIFETIME = re.compile(r"([1-9][0-9]{0,5})([mhd])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """authorities: fingerprints of the bundle; authority_end: when the signing authority ends.

    server, authorities and authority_end are empty if the cluster doesn't exist yet.
    """

    cluster: str
    user: str
    group: str
    lifetime: timedelta
    server: str = ""
    authorities: frozenset[str] = frozenset()
    authority_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A kubeconfig of the form that is written here. certificate: None if it can't be read or its key doesn't fit."""

    cluster: str
    user: str
    server: str
    authorities: frozenset[str]
    certificate: CertificateFacts | None
    is_private: bool


def lifetime(text: str) -> timedelta:
    """From "90m", "24h" or "30d". Raises InvalidInput."""
    match = _LIFETIME.fullmatch(text.strip())
    found = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if not timedelta() < found <= LONGEST:
        raise InvalidInput(f"Lifetime {text[:60]!r} can't be used", where="lifetime",
                           why="it is longer than a year" if match else "it is not a number with a unit",
                           fix="write it like 90m, 24h or 30d, 365d at most")
    return found


def subject(text: str, *, where: str) -> str:
    """Name of a user or group, as a certificate can hold it. Raises InvalidInput."""
    if text and text.isprintable() and text == text.strip() and len(text) <= LONGEST_NAME:
        return text
    raise InvalidInput(f"{where.capitalize()} {text[:80]!r} can't be used", where=where,
                       fix=f"use 1 to {LONGEST_NAME} printable characters, not beginning or ending with a space")


def foreign(path: str, cluster: str, found: Found | None) -> InvalidInput:
    """The error for a file that is not to be overwritten. found: None if it has another form."""
    what = f"a kubeconfig of cluster {found.cluster}" if found else "something other than a kubeconfig written by this module"
    return InvalidInput(f"{path} is not overwritten", where="path", why=f"it holds {what}",
                        fix=f"give another path for cluster {cluster}, or move the file away")


def plan_kubeconfig(path: str, wanted: Wanted, found: Found | None, now: datetime) -> Plan:
    """found: None if there is no file, or an empty one. Raises InvalidInput if the file is of another cluster."""
    if found and found.cluster != wanted.cluster:
        raise foreign(path, wanted.cluster, found)
    reason = "" if found is None else renewal_reason(wanted, found, now)
    if found is not None and not reason:
        return Plan()
    title = f"Write kubeconfig {path}" + (f": {reason}" if reason else "")
    after = _text(wanted.server or "chosen later", wanted.user, frozenset({wanted.group}), f"{_told(wanted.lifetime)} after it was written")
    return Plan((Step(title, before=_found_text(found) if found else None, after=after, header=path),))


def renewal_reason(wanted: Wanted, found: Found, now: datetime) -> str:
    """Why a kubeconfig of the same cluster is written anew; empty if it may stay."""
    certificate = found.certificate
    if certificate is None:
        return "its certificate or key can't be used"
    if not found.is_private:
        return "others may read it"
    if found.server != wanted.server:
        return f"the cluster is now at {wanted.server or 'another address'}"
    if found.authorities != wanted.authorities or certificate.issuer_fingerprint not in wanted.authorities:
        return "the cluster has other CAs"
    if (certificate.common_name, certificate.organizations) != (wanted.user, frozenset({wanted.group})):
        return f"it is for user {certificate.common_name}, group {', '.join(sorted(certificate.organizations))}"
    return _time_reason(wanted, certificate, now)


def _time_reason(wanted: Wanted, certificate: CertificateFacts, now: datetime) -> str:
    left = certificate.not_after - now
    if left > wanted.lifetime + CLOCK_SKEW:
        return f"it is valid for longer than {_told(wanted.lifetime)}"
    # one that ends with its authority would not live longer when written anew
    gains = wanted.authority_end is None or certificate.not_after < wanted.authority_end
    if gains and left < wanted.lifetime * RENEW_BELOW:
        return f"{_told(left)} left" if left > timedelta() else f"it expired at {rfc3339(certificate.not_after)}"
    return ""


def rfc3339(moment: datetime) -> str:
    """moment: in UTC."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _told(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes >= 2 * 1440:
        return f"{minutes // 1440}d"
    if minutes >= 2 * 60 or minutes == 60:
        return f"{minutes // 60}h"
    return f"{minutes}m"


def _found_text(found: Found) -> str:
    facts = found.certificate
    if facts is None:
        return _text(found.server, found.user, frozenset(), "unknown")
    return _text(found.server, facts.common_name, facts.organizations, rfc3339(facts.not_after))


def _text(server: str, user: str, groups: frozenset[str], expires: str) -> str:
    return f"server: {server}\nuser: {user}\ngroup: {', '.join(sorted(groups))}\nexpires: {expires}\n"
