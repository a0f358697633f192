# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import multiprocessing
import os
import signal
import time

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.plugin_utils import this_run

# as ansible-playbook makes its workers
FORK = multiprocessing.get_context("fork")


def looks(answers, again) -> None:
    """A worker: tells whether its run lives, and once more when it is asked to look again."""
    for dummy in range(2):
        try:
            this_run.must_live()
            answers.send("lives")
        except CaasError as error:
            answers.send(error.line())
        again.wait(30)


def run_of_two_workers(answers, again, over) -> None:
    """The second worker holds copies of whatever the run had open for the first one."""
    FORK.Process(target=looks, args=(answers, again)).start()
    FORK.Process(target=over.wait, args=(30,)).start()
    answers.send("both are there")
    time.sleep(60)


def test_a_worker_notices_that_its_run_was_killed_while_another_worker_goes_on():
    answers, answering = FORK.Pipe(duplex=False)
    again, over = FORK.Event(), FORK.Event()
    run = FORK.Process(target=run_of_two_workers, args=(answering, again, over))
    run.start()
    try:
        assert sorted(answers.recv() for dummy in range(2)) == ["both are there", "lives"]
        os.kill(run.pid, signal.SIGKILL)
        os.waitpid(run.pid, 0)
        again.set()
        assert answers.poll(30)
        assert answers.recv().startswith(f"This run was killed. Ansible-playbook (pid {run.pid}) has ended")
    finally:
        over.set()


def identity(dummy: int) -> str:
    return this_run.holder()


def test_workers_of_one_run_have_one_identity():
    with FORK.Pool(2) as pool:
        identities = set(pool.map(identity, range(4)))
    assert len(identities) == 1 and str(os.getpid()) in identities.pop()
