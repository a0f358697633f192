# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the lab of these tests looks like."""
from __future__ import annotations

import os

# a name of its own, if several run these tests on one machine
LAB = f"{os.environ.get('E2E_LAB', 'e2e')}-ha"
MACHINES = [f"{LAB}-seed-{number}" for number in (1, 2, 3)]
# its etcd is small enough to be filled by a test
CLUSTERS = {"big": {"etcd_replicas": 3, "control_plane_replicas": 2, "etcd_storage": "256Mi"}, "one": {}, "two": {}}
