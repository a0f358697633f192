# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A cloud as a process of its own, one per lab."""
from __future__ import annotations

import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """lab: its name. address, port: where the cloud listens."""

    lab: str
    address: str
    port: int


def place(description: str | None) -> Place:
    """From the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--lab", required=True)
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, required=True)
    return Place(**vars(parser.parse_args()))
