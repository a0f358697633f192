# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The customer's cluster: its name, and what follows from the name."""
from __future__ import annotations

import re
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown

LONGEST_NAME = 40
LABEL_CLUSTER = "kubermatic.caas/cluster"
# of a namespace that is not the one in which the cluster got its first thing at a cloud; an administrator of the seed writes it
LABEL_UID = "kubermatic.caas/uid"
LABEL_MANAGED_BY = "app.kubernetes.io/managed-by"
MANAGED_BY = "kubermatic.caas"
# groups and hosts that an inventory has anyway, and what Kubernetes calls its own
RESERVED_NAMES = frozenset({"all", "ungrouped", "localhost", "seeds", "seed-nodes", "clusters", "nodes", "kubernetes", "default"})

_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?", re.ASCII)
_RULE = f"use up to {LONGEST_NAME} lower-case letters, digits and '-', first a letter, last a letter or digit"


def name_mistake(name: Any) -> str:
    """Why this can't be the name of a cluster, "" if it can."""
    if not isinstance(name, str):
        return "it is not a string"
    if not name:
        return "it is empty"
    if len(name) > LONGEST_NAME:
        return f"it has {len(name)} characters, and {LONGEST_NAME} is the most"
    if name in RESERVED_NAMES:
        return "this word is reserved"
    if _NAME.fullmatch(name):
        return ""
    if name != name.strip():
        return "it begins or ends with white space"
    if "_" in name:
        return "'_' is not allowed in names of Kubernetes"
    if not name.isascii():
        return "it holds characters other than a to z, 0 to 9 and '-'"
    if name != name.lower():
        return "it has upper-case letters"
    if not name[0].isalpha():
        return "it does not begin with a letter"
    if name[-1] == "-":
        return "it ends with '-'"
    return "it holds characters other than a to z, 0 to 9 and '-'"


def cluster_name(name: Any, *, where: str = "cluster") -> str:
    """The name itself. Raises InvalidInput with a line that says what is wrong with it."""
    why = name_mistake(name)
    if why:
        fix = "choose another word" if isinstance(name, str) and name in RESERVED_NAMES else _RULE
        raise InvalidInput(f"Cluster name {shown(name)} is not valid", where=where, why=why, fix=fix)
    return name


def namespace_of(name: str) -> str:
    """The namespace of the seed that holds a cluster."""
    return f"cluster-{name}"


def group_of(name: str) -> str:
    """The inventory group of a cluster and its nodes; a group's name may hold no '-'."""
    return "cluster_" + name.replace("-", "_")


def labels(name: str) -> dict[str, str]:
    """Labels of everything in the seed that belongs to a cluster."""
    return {LABEL_MANAGED_BY: MANAGED_BY, LABEL_CLUSTER: name}
