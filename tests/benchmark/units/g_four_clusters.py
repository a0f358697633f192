# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Four clusters at once, against one."""
from __future__ import annotations

from benchmark.figures import Target
from benchmark.place import Place
from benchmark.unit import Unit, Value

ABOUT = """\
`create_cluster` for clusters without nodes in one seed, until ansible-playbook has ended: four control planes with their add-ons, or one.
"""
WHY = """\
probably the cores. Sixteen programs start on them, and ansible-playbook, the seed and the rest of the lab run there, too; no cluster waits for another,
because their tasks run side by side. The measurement did not separate other load of the machine.
"""


def unit(place: Place) -> Unit:
    return Unit("g", "Create four clusters at once", ABOUT, "s",
                {"four clusters": lambda: created(place, "one", "two", "three", "four"), "one cluster": lambda: created(place, "one")},
                (Target("four clusters", "one cluster", at_most=2.5),), warm=("one cluster",), samples=3, why=WHY)


def created(place: Place, *names: str) -> Value:
    place.clusters(**{name: [] for name in names})
    try:
        return Value(place.start("create_cluster", "--forks", "8").seconds())
    finally:
        place.delete(*names)
