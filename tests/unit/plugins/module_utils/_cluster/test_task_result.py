# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What was registered of a task, or seen of it by looking ahead."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.task_result import LOOK, registered

SEEN = {LOOK: {"unchanged": True, "results": {"control_plane_noted": {"phase": "Running"}}}}


@pytest.mark.parametrize(("variables", "found"), [
    ({}, {}), (SEEN, {"phase": "Running"}), ({LOOK: {"failed": True}}, {}), ({"control_plane_noted": "text"}, {}),
    ({**SEEN, "control_plane_noted": {"phase": "Creating"}}, {"phase": "Creating"})], ids=str)
def test_a_task_is_asked_before_the_look_ahead(variables: dict[str, Any], found: dict[str, Any]):
    assert registered(variables, "control_plane_noted") == found
