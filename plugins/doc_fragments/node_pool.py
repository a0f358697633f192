# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of every module that brings the machines of a node pool to a number, whatever their provider."""
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  pool:
    description:
      - Name of the node pool. At most as long as leaves room for the name of a machine, C(<cluster>-<pool>-<number>), in 52 characters.
      - Lower-case letters, digits and C(-); the first is a letter, the last a letter or a digit.
    type: str
    required: true
  node_count:
    description: How many machines there shall be, from 0 to 1000. Needed for O(state=present).
    type: raw
  min_node_count:
    description: The least that O(node_count) may be. 0 if not given.
    type: raw
  max_node_count:
    description: The most that O(node_count) may be. 1000 if not given.
    type: raw
  ready_nodes:
    description: Names of nodes that are ready. Machines of others are removed first.
    type: list
    elements: str
    default: []
  nodes:
    description:
      - Names of nodes that are there and are to stay. Machines that are none are removed before all others, as a run that was killed may have emptied them.
      - Without it nothing is said about that.
    type: list
    elements: str
  surplus:
    description:
      - V(remove) removes machines that are too many.
      - V(keep) keeps them, and tells them as RV(surplus), so that their nodes can be drained first. With O(state=absent) they go anyway.
    type: str
    choices: [remove, keep]
    default: remove
  remove:
    description:
      - Names of machines to remove, as an earlier task told them as RV(surplus), after their nodes were drained. Only these go, and nothing else is decided or
        done, whatever has changed since. Those that are gone already are left out.
      - Without it the module decides. Not looked at with O(state=absent).
    type: list
    elements: str
  shortage:
    description:
      - V(make) makes machines that are missing.
      - V(refuse) fails before anything is changed if some are missing, V(tell) only says so. In both cases nothing that a pool needs beside its machines is
        made or changed either. Meant for a pool of which only the record of the cluster says what its machines are like.
    type: str
    choices: [make, refuse, tell]
    default: make
  wait_timeout:
    description: How many seconds machines may take to run, or to be gone.
    type: int
    default: 600
  allowed_stages:
    description: Launch stages that the provider may have. A pool that has machines there already is not refused.
    type: list
    elements: str
    choices: [alpha, beta, public, deprecated]
    default: [beta, public]
"""
