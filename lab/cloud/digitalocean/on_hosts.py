# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DigitalOcean's API in a lab, whose droplets are hosts of the lab. A process of its own, one per lab.

Below /lab/ it tells what it was asked (GET heard), and is told what shall go wrong: PUT silent {"count": 1} for machines that run with SSH dead,
PUT faults {"kind": "the reply is lost", "method": "POST"} for one request.
"""
from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict
from datetime import datetime
from typing import Any

from lab.cloud.clock import RealClock
from lab.cloud.digitalocean.account import Account, Droplet, Thing
from lab.cloud.digitalocean.api import Api
from lab.cloud.digitalocean.messages import error
from lab.cloud.digitalocean.server import Cloud
from lab.cloud.faults import Fault, once
from lab.cloud.process import place
from lab.cloud.rest_server import Answer, Request
from lab.hosts import files, ssh_keys, state
from lab.hosts.machines import Machines, State

# seconds until it is active, of a droplet that is being made
BOOTING = float("inf")


class Droplets:
    """Droplets of an account as machines of a lab. What the account holds is written down, so that a restarted process knows it."""

    def __init__(self, lab: state.Lab) -> None:
        self.machines, self.clock, self.file = Machines(lab, "digitalocean"), RealClock(), lab.directory / "cloud.json"
        self.account = Account(self.clock.now, boots=lambda: BOOTING)
        self.silent = 0
        self.lock = threading.Lock()
        self.load()
        public = ssh_keys.user_key(lab).with_suffix(".pub").read_text()
        if not any(key["public_key"] == public for key in self.account.keys.values()):
            self.account.add_key("lab", public)

    def create(self, droplet: Droplet) -> None:
        keys = [key["public_key"] for key in self.account.keys.values() if {str(key["id"]), key["fingerprint"]} & set(droplet.ssh_keys)]
        silent, self.silent = self.silent > 0, max(0, self.silent - 1)
        droplet.address = self.machines.create(str(droplet.id), droplet.name, keys, silent=silent).host.address
        threading.Thread(target=self.follow, args=(droplet,), daemon=True).start()

    def delete(self, droplet: Droplet) -> None:
        self.machines.remove(str(droplet.id))

    def follow(self, droplet: Droplet) -> None:
        """Until its machine has started, or never will."""
        while (machine := self.machines.get(str(droplet.id))) and machine.state is State.STARTING:
            time.sleep(0.1)
        if machine:
            failed = machine.state is State.FAILED
            droplet.boots = None if failed else (self.clock.now() - droplet.created).total_seconds()
            self.save()

    def save(self) -> None:
        with self.lock:
            droplets, things = ([written(one) for one in list(held.values())] for held in (self.account.droplets, self.account.things))
            kept = {"droplets": droplets, "things": things, "tags": self.account.tags, "keys": list(self.account.keys.values()), "next": self.account.number()}
            files.write(self.file, json.dumps(kept))

    def load(self) -> None:
        if not self.file.exists():
            return
        kept = json.loads(self.file.read_text())
        self.account.tags = kept["tags"]
        self.account.keys = {key["id"]: key for key in kept["keys"]}
        self.account._next_id = kept["next"]
        self.account.things = {one["id"]: Thing(**read(one)) for one in kept["things"]}
        for one in kept["droplets"]:
            droplet = Droplet(**read(one))
            self.account.droplets[droplet.id] = droplet
            if droplet.gone is None and self.machines.adopt(str(droplet.id), droplet.address).state is State.FAILED:
                droplet.boots = None


def written(one: Droplet | Thing) -> dict[str, Any]:
    return {**asdict(one), "created": one.created.isoformat(), "gone": one.gone and one.gone.isoformat()}


def read(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "created": datetime.fromisoformat(one["created"]), "gone": one["gone"] and datetime.fromisoformat(one["gone"])}


class WrittenDown(Api):
    """Before anybody is answered."""

    def __init__(self, droplets: Droplets) -> None:
        super().__init__(droplets.account, on_create=droplets.create, on_delete=droplets.delete)
        self.save = droplets.save

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if request.method != "GET":
            self.save()
        return answer


class Control:
    def __init__(self, droplets: Droplets) -> None:
        self.droplets = droplets
        self.cloud: Cloud | None = None

    def __call__(self, method: str, path: str, body: Any) -> Answer:
        given = body if isinstance(body, dict) else {}
        if (method, path) == ("PUT", "silent"):
            self.droplets.silent = int(given.get("count", 1))
            return Answer(200, {})
        if (method, path) == ("PUT", "faults"):
            wanted = given.get("method", "GET")
            self.cloud.faults = once(Fault(given["kind"]), lambda request: request.method == wanted)
            return Answer(200, {})
        return error(404, "GET heard, PUT silent or PUT faults")


def main() -> None:
    here = place(__doc__)
    droplets = Droplets(state.existing(here.lab))
    control = Control(droplets)
    control.cloud = Cloud(WrittenDown(droplets), droplets.clock, address=here.address, port=here.port, control=control)
    control.cloud.serve()


if __name__ == "__main__":
    main()
