# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Four machines become nodes at once, against one."""
from __future__ import annotations

from benchmark.figures import Target
from benchmark.place import Place
from benchmark.unit import Unit
from benchmark.units.d_join import Join

ABOUT = """\
`create_cluster` for a cluster whose control plane runs, with one fresh machine or with four, until all their Nodes are Ready.
"""


def unit(place: Place) -> Unit:
    one, four = Join(place), Join(place, 4)
    return Unit("e", "Join four nodes at once", ABOUT, "s", {"four nodes": four.sample, "one node": one.sample},
                (Target("four nodes", "one node", at_most=2),), samples=3)
