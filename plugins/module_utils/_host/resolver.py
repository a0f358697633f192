# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which resolv.conf of a host its pods get, and whether they can use what it says."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

PLAIN, RESOLVED = "/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"
# the kubelet's own limits; three of the 32 domains are the cluster's
NAMESERVERS, DOMAINS, CHARACTERS = 3, 29, 2048
ADVICE = "Put a server there that pods can reach, or name another file by kubelet_config: {resolvConf: /path}"


@dataclass(frozen=True, slots=True)
class Resolver:
    """A resolv.conf. there: the host has the file."""

    path: str
    there: bool = False
    nameservers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()

    @property
    def loopback(self) -> tuple[str, ...]:
        return tuple(address for address in self.nameservers if is_loopback(address))


def is_loopback(text: str) -> bool:
    try:
        return ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def read(path: str, texts: Mapping[str, str]) -> Resolver:
    """texts: path to content, of the files that the host has."""
    nameservers: list[str] = []
    search: tuple[str, ...] = ()
    for line in texts.get(path, "").splitlines():
        key, *values = line.split() or [""]
        if key == "nameserver" and values:
            nameservers.append(values[0])
        elif key == "search":
            search = tuple(values)
    return Resolver(path, path in texts, tuple(nameservers), search)


def is_resolved(texts: Mapping[str, str]) -> bool:
    """Whether systemd-resolved's own list counts: it does unless an administrator wrote other servers into /etc/resolv.conf."""
    if RESOLVED not in texts:
        return False
    plain = read(PLAIN, texts)
    return not plain.nameservers or bool(plain.loopback) or plain.nameservers == read(RESOLVED, texts).nameservers


def of_pods(texts: Mapping[str, str], kubelet_config: Mapping[str, Any], *, resolved: bool) -> Resolver:
    """resolved: without a word in kubelet_config they get what systemd-resolved writes."""
    return read(kubelet_config.get("resolvConf", RESOLVED if resolved else PLAIN), texts)


def objections(found: Resolver) -> list[str]:
    if found.path and not found.there and found.path != PLAIN:
        return [f"The file {found.path}, which resolvConf of kubelet_config names, is not on this host. Put it there, or leave resolvConf out"]
    if found.nameservers and found.loopback == found.nameservers:
        return [f"{found.path} names only {' and '.join(found.nameservers)}, where pods find no DNS server: CoreDNS would fail. {ADVICE}"]
    return []


def warnings(found: Resolver) -> list[str]:
    if not found.nameservers:
        return [f"{found.path or 'An empty resolvConf'} names no nameserver: pods get no DNS but the cluster's own, and CoreDNS can't ask others. {ADVICE}"]
    lines = []
    if found.loopback:
        lines.append(f"{found.path} names {' and '.join(found.loopback)}, which pods can't reach: from time to time a name is not found. {ADVICE}")
    if len(found.nameservers) > NAMESERVERS:
        lines.append(f"{found.path} names {len(found.nameservers)} nameservers: pods get the first {NAMESERVERS}")
    if len(found.search) > DOMAINS or len(" ".join(found.search)) > CHARACTERS:
        lines.append(f"{found.path} searches {len(found.search)} domains: pods get no more than {DOMAINS} of them and {CHARACTERS} characters")
    return lines
