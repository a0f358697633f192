# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""registry_mirrors: which hosts containerd asks before a registry itself."""
from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._core.url import hidden
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import FIRST_LINE, HostFile, quoted

DIRECTORY = "/etc/containerd/certs.d"
# containerd's word for all registries that have no directory of their own
ANY = "_default"
REGISTRY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")
URL = re.compile(r"""https?://[^\s/@?#"'\\]+(/[^\s@?#"'\\]*)?""")
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
KEYS = ("url", "ca", "override_path")


@dataclass(frozen=True, slots=True)
class Mirror:
    """ca: PEM of who signed its certificate, "" if the host trusts it anyway. override_path: the URL's path is where images are, nothing is added."""

    url: str
    ca: str = ""
    override_path: bool = False


def read(value: Any) -> dict[str, tuple[Mirror, ...]]:
    """Registry to its mirrors in the order in which they are asked. Raises InvalidInput. What is empty counts as not said."""
    if not isinstance(value or {}, Mapping):
        raise refused(f"it is of type {type(value).__name__}, not a mapping")
    found = {str(registry): tuple(mirrors(registry, given)) for registry, given in (value or {}).items() if given not in (None, "", [], {})}
    return {registry: tuple(dict.fromkeys(several)) for registry, several in found.items() if several}


def refused(why: str, fix: str = "write it like {docker.io: https://mirror.example}") -> InvalidInput:
    return InvalidInput("registry_mirrors can't be used", why=why, fix=fix)


def mirrors(registry: Any, given: Any) -> Iterator[Mirror]:
    if registry != ANY and not (isinstance(registry, str) and REGISTRY.fullmatch(registry)):
        raise refused(f"{shown(registry)} is not a registry", "name it as images do, such as registry.example:5000, without https:// and without a path")
    urls: set[str] = set()
    for one in given if isinstance(given, list) else [given]:
        if one in (None, ""):
            continue
        found = mirror(registry, one)
        if found.url in urls:
            raise refused(f"{registry} has {found.url} twice", "leave one of them out")
        urls.add(found.url)
        yield found


def mirror(registry: str, given: Any) -> Mirror:
    words = given if isinstance(given, Mapping) else {"url": given}
    strange = sorted(str(key) for key in words if key not in KEYS)
    if strange:
        raise refused(f"a mirror of {registry} has no {shown(strange[0])}", f"it has {', '.join(KEYS)}")
    url = words.get("url")
    if not isinstance(url, str) or not URL.fullmatch(url):
        raise refused(f"{shown(hidden(url) if isinstance(url, str) else type(url).__name__)} is not the URL of a mirror of {registry}",
                      "write one like https://mirror.example, without user, password and query")
    override = words.get("override_path")
    if override not in (None, True, False):
        raise refused(f"the mirror {url} has override_path {shown(override)}", "write true or false")
    url = url.rstrip("/")
    return Mirror(url, authority(url, words.get("ca")), override_path=names_api(url) if override is None else override)


def unprotected(registries: Mapping[str, tuple[Mirror, ...]]) -> list[str]:
    """A sentence if images come over plain http."""
    found = sorted({one.url for several in registries.values() for one in several if one.url.startswith("http://")})
    return [f"Images come over http from {', '.join(found)}: anyone on the network path can replace what runs. Use mirrors with https"] if found else []


def names_api(url: str) -> bool:
    """containerd adds /v2 to a path that doesn't end with it, also where it is in the middle, as in https://harbor.example/v2/dockerhub."""
    return "/v2/" in urlsplit(url).path


def authority(url: str, given: Any) -> str:
    if given in (None, ""):
        return ""
    found = CERTIFICATE.findall(given) if isinstance(given, str) else []
    if not found or not all(map(is_certificate, found)):
        raise refused(f"the ca of {url} is not a certificate", "give the PEM text, such as \"{{ lookup('file', 'mirror-ca.pem') }}\"")
    # what else stands in the file, such as a key, stays where it is
    return "".join(f"{pem}\n" for pem in found)


def is_certificate(pem: str) -> bool:
    """At least in its form: base64 of a DER sequence."""
    try:
        return ssl.PEM_cert_to_DER_cert(pem).startswith(b"\x30")
    except ValueError:
        return False


def server(registry: str) -> str:
    """What is asked if no mirror has an image. Without a line it is the registry that the image names."""
    if registry == ANY:
        return ""
    return f"server = {quoted('https://registry-1.docker.io' if registry == 'docker.io' else f'https://{registry}')}\n\n"


def host(one: Mirror, ca_path: str) -> str:
    return (f'[host.{quoted(one.url)}]\n  capabilities = ["pull", "resolve"]\n'
            + ("  override_path = true\n" if one.override_path else "") + (f"  ca = {quoted(ca_path)}\n" if one.ca else ""))


def files(registries: Mapping[str, tuple[Mirror, ...]]) -> Iterator[HostFile]:
    """containerd reads them anew for every image: nothing has to be restarted."""
    for registry, several in sorted(registries.items()):
        paths = [f"{DIRECTORY}/{registry}/mirror-{number}.crt" for number in range(1, len(several) + 1)]
        yield HostFile(f"{DIRECTORY}/{registry}/hosts.toml", FIRST_LINE + server(registry) + "\n".join(map(host, several, paths)))
        yield from (HostFile(path, FIRST_LINE + one.ca) for one, path in zip(several, paths, strict=True) if one.ca)
