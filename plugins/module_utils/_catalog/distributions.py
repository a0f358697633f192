# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Distributions that hosts are known to run, and what each of them ships. What a host can do is measured on it, never concluded from its name:
a row tells what to expect, and which package of the distribution brings a newer kernel."""
from __future__ import annotations

from dataclasses import dataclass

Minor = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Distribution:
    """id, version: ID and VERSION_ID of its /etc/os-release. kernel, systemd, cgroup_version: as it is installed.

    newer_kernel: the newest that its own archive has beside that one, in newer_package; only where that makes a difference to a node.
    """

    id: str
    version: str
    kernel: Minor
    systemd: int
    cgroup_version: int
    newer_kernel: Minor | None = None
    newer_package: str = ""

    @property
    def name(self) -> str:
        return f"{self.id.capitalize()} {self.version}"


ROWS = (
    # 4.15 would be no help: upstream's next step is 4.19
    Distribution("ubuntu", "16.04", (4, 4), 229, 1),
    Distribution("ubuntu", "18.04", (4, 15), 237, 1, (5, 4), "linux-generic-hwe-18.04"),
    Distribution("ubuntu", "20.04", (5, 4), 245, 1, (5, 15), "linux-generic-hwe-20.04"),
    Distribution("ubuntu", "22.04", (5, 15), 249, 2),
    Distribution("ubuntu", "24.04", (6, 8), 255, 2),
    Distribution("ubuntu", "26.04", (7, 0), 259, 2),
    Distribution("debian", "11", (5, 10), 247, 2, (6, 1), "linux-image-amd64 of bullseye-backports"),
    Distribution("debian", "12", (6, 1), 252, 2),
    Distribution("debian", "13", (6, 12), 257, 2),
)
_BY_RELEASE = {(row.id, row.version): row for row in ROWS}


def find(os_id: str, os_version: str) -> Distribution | None:
    return _BY_RELEASE.get((os_id, os_version))


def known() -> str:
    """The names as a user reads them: "Ubuntu 16.04, 18.04 and 20.04, Debian 11 and 12"."""
    versions: dict[str, list[str]] = {}
    for row in ROWS:
        versions.setdefault(row.id.capitalize(), []).append(row.version)
    return ", ".join(f"{name} {', '.join(all_but_last)} and {last}" for name, (*all_but_last, last) in versions.items())
