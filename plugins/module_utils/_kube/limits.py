# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How long and how large an answer of a Kubernetes API may be."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """silence: seconds without a byte. read: seconds for one answer to GET as a whole. write: for other requests, which may wait for webhooks.
    doubt: seconds after which an answer to GET is given up if the server itself and its etcd are well, 0 for none: another program withholds it then.
    patience: seconds in which a request may be sent again, and for all pages of a list. come_back: the longest Retry-After that is obeyed.
    most_bytes: of one answer. most_values: in its JSON, as values take memory and not bytes. page: objects in one answer. most_objects: in a list.
    """

    silence: float = 30.0
    read: float = 60.0
    write: float = 120.0
    doubt: float = 0.0
    patience: float = 120.0
    come_back: float = 10.0
    most_bytes: int = 128 << 20
    most_values: int = 20_000_000
    page: int = 500
    most_objects: int = 200_000

    def whole(self, method: str) -> float:
        return self.read if method == "GET" else self.write


SEED = Limits()
# every byte of the answer is a customer's choice, who may have it come from a program of his own; webhooks of his may take 30 s
CUSTOMER = Limits(silence=35.0, read=10.0, write=40.0, doubt=2.0, patience=15.0, come_back=5.0, most_bytes=16 << 20, most_values=1_000_000, page=100,
                  most_objects=10_000)
