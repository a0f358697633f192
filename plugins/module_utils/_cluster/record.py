# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is remembered of a cluster in its own namespace."""
from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_shape

FORMAT = 1
# bytes up to which a record is stored as it is shown
READABLE = 100_000


class Phase(StrEnum):
    CREATING = "Creating"
    RUNNING = "Running"
    UPDATING = "Updating"
    DELETING = "Deleting"


@dataclass(frozen=True, slots=True)
class Record:
    """phase: a Phase. since: when the phase began, RFC 3339 in UTC. spec: as cluster_spec.recorded gives it.

    versions: component -> version of all that runs, {} until the control plane ran for the first time; records of the first release name only
    kubernetes, see catalogue.running. last_error: of the control plane, one line, "" if none. node_error: the same of its nodes and machines.
    nodes: node name -> what was pinned at its first contact. uid: by which machines at a provider are found, "" until there
    are any; only a note, as the namespace says which one counts, see _cluster/uid.py. pools: node pool -> its provider and its intent log, see
    _node_pool/intent_log.py.
    upgrade: the last one, {} before the first: from, to (versions of Kubernetes), began, ended ("" until it has), accepted (names of gates),
    api (how it answered meanwhile: requests, failed, longest_gap in seconds).
    cloud: what is to stay at its cloud, also when the cluster itself doesn't answer any more, see _providers/orphans.py.
    """

    cluster: str
    phase: str
    since: str
    spec: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    last_error: str = ""
    nodes: dict[str, Any] = field(default_factory=dict)
    uid: str = ""
    pools: dict[str, Any] = field(default_factory=dict)
    cloud: dict[str, Any] = field(default_factory=dict)
    node_error: str = ""
    upgrade: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """Deterministic JSON, as it is shown."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    def stored(self) -> str:
        """The same as it is stored: white space that helps people to read takes a third of the room, which thousands of machines need."""
        text = self.text()
        return text if len(text) <= READABLE else json.dumps({"format": FORMAT, **asdict(self)}, separators=(",", ":"), sort_keys=True, ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> Record:
        """The record that the text holds. Raises ValueError with the reason if it holds none that can be read.

        A user who may write in the namespace may write it, so everything in it has its type afterwards, and nothing in it is an order: see docs/security.md.
        """
        data = record_shape.loaded(text)
        if not isinstance(data, dict) or "format" not in data:
            raise ValueError("it is not a record")
        if isinstance(data["format"], bool) or not isinstance(data["format"], int) or data["format"] != FORMAT:
            raise ValueError(f"it has format {str(data['format'])[:20]}, and only format {FORMAT} is known here")
        known = {one.name: data[one.name] for one in fields(cls) if one.name in data}
        missing = [name for name in ("cluster", "phase", "since") if name not in known]
        if missing:
            raise ValueError(f"{', '.join(missing)} missing")
        for name, value in known.items():
            record_shape.check(name, value)
        return cls(**known)
