# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

# its assertions shall tell both sides, as those of a test file do
pytest.register_assert_rewrite("component.plugins.module_utils._providers.machine_contract")
