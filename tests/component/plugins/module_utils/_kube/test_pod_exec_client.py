# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[4]

# each thread begins while another one is in the middle of loading the library
STAGGERED = """
import threading, time
import conftest
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import pod_exec_client as pod_exec
errors = []
def load(number):
    time.sleep(0.03 * number)
    try:
        pod_exec.library()
    except Exception as error:
        errors.append(error)
threads = [threading.Thread(target=load, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(errors)
"""


def test_threads_that_come_one_after_the_other_all_get_the_library():
    """status asks the etcds of several clusters side by side."""
    pytest.importorskip("kubernetes")
    done = subprocess.run([sys.executable, "-c", STAGGERED], check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(TESTS)})
    assert done.stdout == "[]\n", done.stderr
