# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ansible-playbook that a worker works for. Workers outlive one that was killed, and must not go on then: another run may have begun."""
from __future__ import annotations

import multiprocessing
import os

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._system.run_identity import of_process


def holder() -> str:
    """Identity of the run: workers of one ansible-playbook share it as parent. Raises CaasError if the run was killed."""
    must_live()
    parent = multiprocessing.parent_process()
    return of_process(parent.pid if parent and parent.pid else os.getppid())


def must_live() -> None:
    """Raises CaasError if the run was killed."""
    parent = multiprocessing.parent_process()
    # parent.is_alive() says yes as long as a worker forked later is there: that one holds a copy of the pipe whose end it waits for
    if parent and os.getppid() != parent.pid:
        raise CaasError("This run was killed", why=f"ansible-playbook (pid {parent.pid}) has ended", fix="run it again, it resumes where it stopped")
