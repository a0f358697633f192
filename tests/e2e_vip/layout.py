# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the lab of these tests looks like."""
from __future__ import annotations

import os

LAB = os.environ.get("E2E_VIP_LAB", "e2e-vip")
MACHINES = [f"{LAB}-seed-{number}" for number in (1, 2, 3)]
NODE, CLUSTER = f"{LAB}-host-1", "demo"
# members of etcd on three machines let the two replicas spread, too
VARIABLES = {"etcd_replicas": 3, "control_plane_replicas": 2}
# last number of the virtual address, which no host of a lab has
ADDRESS = 5
