# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the lab of these tests looks like."""
from __future__ import annotations

LAB = "e2e-ha"
MACHINES = [f"{LAB}-seed-{number}" for number in (1, 2, 3)]
CLUSTERS = {"big": {"etcd_replicas": 3, "control_plane_replicas": 2}, "one": {}, "two": {}}
