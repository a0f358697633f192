# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When a kubeconfig is written anew."""
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.kubeconfig import (
    Found,
    Wanted,
    lifetime,
    plan_kubeconfig,
    renewal_reason,
    rfc3339,
    subject,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import CertificateFacts

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
CERTIFICATE = CertificateFacts("admin", frozenset({"ops"}), frozenset(), frozenset(), frozenset({"client"}), NOW - HOUR, NOW + 20 * HOUR,
                               "ecdsa-p256", False, "f", issuer_fingerprint="ca", key_matches=True)
WANTED = Wanted("demo", "admin", "ops", 24 * HOUR, "https://192.0.2.1:31234", frozenset({"ca"}), NOW + 9999 * HOUR)
FOUND = Found("demo", "admin", "https://192.0.2.1:31234", frozenset({"ca"}), CERTIFICATE, is_private=True)


def lasting(left: timedelta) -> Found:
    return replace(FOUND, certificate=replace(CERTIFICATE, not_after=NOW + left))


@pytest.mark.parametrize(("found", "reason"), [
    (FOUND, ""),
    (lasting(6 * HOUR), ""),
    (lasting(6 * HOUR - timedelta(seconds=1)), "5h left"),
    (lasting(timedelta(minutes=59)), "59m left"),
    (lasting(timedelta()), "it expired at 2026-06-01T00:00:00Z"),
    (lasting(24 * HOUR + timedelta(minutes=4)), ""),
    (lasting(30 * HOUR), "it is valid for longer than 24h"),
    (replace(FOUND, certificate=None), "its certificate or key can't be used"),
    (replace(FOUND, is_private=False), "others may read it"),
    (replace(FOUND, server="https://192.0.2.9:31234"), "the cluster is now at https://192.0.2.1:31234"),
    (replace(FOUND, authorities=frozenset({"other"})), "the cluster has other CAs"),
    (replace(FOUND, certificate=replace(CERTIFICATE, issuer_fingerprint="")), "the cluster has other CAs"),
    (replace(FOUND, certificate=replace(CERTIFICATE, common_name="jane")), "it is for user jane, group ops"),
])
def test_reason(found: Found, reason: str):
    assert renewal_reason(WANTED, found, NOW) == reason
    titles = plan_kubeconfig("/root/demo", WANTED, found, NOW).titles()
    assert titles == ([f"Write kubeconfig /root/demo: {reason}"] if reason else [])


def test_one_that_ends_with_its_authority_is_kept():
    wanted = replace(WANTED, authority_end=NOW + HOUR)
    assert renewal_reason(wanted, lasting(HOUR), NOW) == ""
    assert renewal_reason(wanted, lasting(HOUR / 2), NOW) == "30m left"


def test_a_missing_one_is_written():
    (step,) = plan_kubeconfig("/root/demo", WANTED, None, NOW)
    assert (step.title, step.before) == ("Write kubeconfig /root/demo", None)
    assert step.after == "server: https://192.0.2.1:31234\nuser: admin\ngroup: ops\nexpires: 24h after it was written\n"


def test_that_of_another_cluster_is_not_overwritten():
    with pytest.raises(InvalidInput, match="It holds a kubeconfig of cluster shop"):
        plan_kubeconfig("/root/demo", WANTED, replace(FOUND, cluster="shop"), NOW)


@pytest.mark.parametrize(("text", "expected"), [("90m", 1.5 * HOUR), ("24h", 24 * HOUR), ("30d", 720 * HOUR), ("8760h", 8760 * HOUR)])
def test_lifetimes(text: str, expected: timedelta):
    assert lifetime(text) == expected


@pytest.mark.parametrize("text", ["", "24", "h", "0h", "-1h", "1.5h", "1y", "24 h", "8761h", "1h30m", "٣h"])
def test_what_is_no_lifetime(text: str):
    with pytest.raises(InvalidInput, match=r"^Lifetime .* can't be used \(lifetime\)"):
        lifetime(text)


@given(st.text(max_size=20))
def test_any_text_is_a_lifetime_or_refused(text: str):
    try:
        assert timedelta() < lifetime(text) <= timedelta(days=365)
    except InvalidInput as error:
        assert "\n" not in error.line()


@pytest.mark.parametrize("text", ["", " jane", "a\nb", "x" * 65])
def test_names_that_no_certificate_can_hold(text: str):
    with pytest.raises(InvalidInput):
        subject(text, where="user")


def test_moments():
    assert rfc3339(NOW) == "2026-06-01T00:00:00Z"
