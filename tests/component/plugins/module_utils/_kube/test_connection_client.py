# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]


def test_the_package_kubernetes_is_not_loaded_in_every_run():
    """It takes a quarter of a second, and is only needed for kubeconfigs that run a program for their credentials."""
    module = "ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client"
    code = f"import conftest, sys, {module}; print('kubernetes' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, text=True, capture_output=True, cwd=ROOT / "tests")
    assert done.stdout == "False\n"
