# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When does a control plane answer? Asked from outside, by nobody in particular."""
from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable

PAUSE = 0.05
PATIENCE = 180


def wait_for_readyz(address: str, port: int, must_run: Callable[[], None]) -> None:
    """Returns when GET /readyz says yes. must_run: raises if there is nothing to wait for any more."""
    until(lambda: _ready(address, port), must_run)


def until(done: Callable[[], bool], must_run: Callable[[], None]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        must_run()
        if time.monotonic() > end:
            raise TimeoutError(f"still nothing after {PATIENCE} s")
        time.sleep(PAUSE)


def _ready(address: str, port: int) -> bool:
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(address, port, timeout=5, context=anybody)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
