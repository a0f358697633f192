# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load balancers of the first kind: moto, and the health check that one has from the beginning."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .answers import Answer, Request

SERVICE, VERSION = "elasticloadbalancing", "2012-06-01"


def answer(request: Request, moto: Callable[[Request], Answer]) -> Answer:
    made = moto(request)
    if (request.action, request.version) == ("CreateLoadBalancer", VERSION) and made.status == 200:
        port = request.params["Listeners.member.1.InstancePort"]
        check = {"Target": f"TCP:{port}", "Interval": "30", "Timeout": "5", "UnhealthyThreshold": "2", "HealthyThreshold": "10"}
        moto(replace(request, action="ConfigureHealthCheck", params={
            "LoadBalancerName": request.params["LoadBalancerName"], **{f"HealthCheck.{name}": value for name, value in check.items()}}))
    return made
