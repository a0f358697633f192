#!/usr/bin/env bash
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# Two threads that import parts of the Python client of Kubernetes for the first time, one a little later than the other: one of them gets an ImportError.
# Expected: Python's import lock makes the second thread wait. Seen: the package imports its modules in a circle, so Python breaks the deadlock between
# the two threads, and shows one of them a module that is half made. A program that loads the client when it needs it, in a pool of threads, fails so.
# Way out: import it under a lock of one's own, or before the threads begin.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q kubernetes==37.0.1
cat >"$folder/threads.py" <<'PYTHON'
import sys
import threading
import time
from importlib.metadata import version

errors = []


def load(number):
    time.sleep(0.03 * number)
    try:
        from kubernetes.client import Configuration
        from kubernetes.stream import ws_client
    except ImportError as error:
        errors.append(str(error).partition(" (")[0])


threads = [threading.Thread(target=load, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"kubernetes {version('kubernetes')}, Python {sys.version.split()[0]}: {len(threads)} threads, errors: {errors}")
sys.exit(0 if errors else 1)
PYTHON
# whether it happens is a matter of time, so it has some attempts
for attempt in 1 2 3 4 5; do
    if "$folder/venv/bin/python" "$folder/threads.py"; then echo "Seen in attempt $attempt."; exit 0; fi
done
echo "No thread had an error: the behaviour has changed."
exit 1
