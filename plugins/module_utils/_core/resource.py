# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The frame of every module: observe, plan, apply, report. The only place that knows check mode and diff."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Options, check_limits
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step

Progress = Callable[[str], None]


class Resource(ABC):
    """One noun. A subclass reads in observe, decides in plan, acts in apply."""

    OPTIONS: ClassVar[Options] = ()
    # made of them
    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {}
    # further keyword arguments of AnsibleModule: required_if, mutually_exclusive, ...
    CONSTRAINTS: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if "OPTIONS" in vars(cls):
            cls.ARGUMENT_SPEC = argument_spec(cls.OPTIONS)

    def __init__(self, params: dict[str, Any], *, holder: str, check_mode: bool, progress: Progress) -> None:
        """params: validated by ARGUMENT_SPEC; holder: identity of this run for locks; progress: prints one line at once.

        check_mode is for observe and report only, where what can be read depends on what a former step would have made.
        """
        self.params, self.holder, self.check_mode, self.progress = params, holder, check_mode, progress

    @abstractmethod
    def observe(self) -> Any:
        """Read what is there. Writes nothing."""

    @abstractmethod
    def plan(self, observed: Any) -> Plan:
        """Decide from what was observed. Sends no request: tests/unit/test_plans.py holds that."""

    def locked(self, plan: Plan) -> AbstractContextManager[Any]:
        """Held around apply, such as the cluster's lock. Entered only if there is something to do.

        It yields True if others may have changed something between observe and this moment. Then the plan is made again.
        """
        return nullcontext()

    def must_hold_lock(self) -> None:
        """Raises if what locked holds was lost meanwhile."""

    @abstractmethod
    def apply(self, observed: Any, plan: Plan) -> None:
        """Everything the plan says; safe to repeat. Called only if it says something.

        Most resources do step after step (SteppingResource). Where the other side may have changed under the lock, as at a provider, it may do more or less.
        """

    def finish(self, observed: Any, plan: Plan) -> None:
        """Wait for what the steps caused, still under the lock. Also runs when there was nothing to do, without the lock; then it must be quick."""

    def report(self, observed: Any, plan: Plan) -> dict[str, Any]:
        """Further keys of the module's result."""
        return {}


class SteppingResource(Resource):
    """Carries out one step after the other."""

    @abstractmethod
    def apply_step(self, step: Step) -> None:
        """Carry out one step; safe to repeat."""

    def apply(self, observed: Any, plan: Plan) -> None:
        for step in plan:
            self.must_hold_lock()
            self.progress(step.title)
            self.apply_step(step)


class ReadingResource(Resource):
    """Changes nothing."""

    def plan(self, observed: Any) -> Plan:
        return Plan()

    def apply(self, observed: Any, plan: Plan) -> None:
        """The plan is empty."""


def run(resource: Resource) -> dict[str, Any]:
    """Observe, plan, and unless in check mode apply. Returns the module's result; raises CaasError."""
    observed, plan = looked_at(resource)
    if resource.check_mode:
        for step in plan:
            resource.progress(f"would: {step.title}")
    else:
        if plan:
            with resource.locked(plan) as may_have_changed:
                if may_have_changed:
                    observed = resource.observe()
                    plan = resource.plan(observed)
                if plan:
                    resource.apply(observed, plan)
                resource.finish(observed, plan)
        else:
            resource.finish(observed, plan)
    return result_of(resource, observed, plan)


def run_if_unchanged(resource: Resource) -> dict[str, Any] | None:
    """What run returns if there is nothing to do. None if there is something; then nothing was done. Raises CaasError."""
    observed, plan = looked_at(resource)
    if plan:
        return None
    if not resource.check_mode:
        resource.finish(observed, plan)
    return result_of(resource, observed, plan)


def looked_at(resource: Resource) -> tuple[Any, Plan]:
    """What was observed, and what is to be done."""
    check_limits(resource.OPTIONS, resource.params)
    observed = resource.observe()
    return observed, resource.plan(observed)


def result_of(resource: Resource, observed: Any, plan: Plan) -> dict[str, Any]:
    return {"changed": bool(plan), "steps": plan.titles(), "diff": plan.diff(), **resource.report(observed, plan)}
