# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.description import checked_url as aws_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.description import URL as DIGITALOCEAN_URL
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.description import checked_url as digitalocean_url


@pytest.mark.parametrize(("given", "known"), [
    (DIGITALOCEAN_URL, DIGITALOCEAN_URL), ("https://do.example.org/v2", "https://do.example.org/v2/"),
    ("http://127.0.0.1:8090/v2//", "http://127.0.0.1:8090/v2/")])
def test_digitalocean_with_a_slash_at_its_end(given: str, known: str):
    assert digitalocean_url(given) == known


@pytest.mark.parametrize("url", [
    "", "https://ec2.eu-central-1.amazonaws.com", "http://localhost:8091", "http://[::1]:8091", "https://aws.example.org/some/path"])
def test_aws_as_it_was_written(url: str):
    assert aws_url(url) == url


@pytest.mark.parametrize("url", [
    "ec2.example.org", "ftp://example.org", "https://", "https://user@example.org", "https://example.org/?a=b", "https://example.org/#a",
    "https://example.org:port", "https://example.org:99999", "https://[::1", "https://example.org/$(id)", "https://example.org/{{ 7 * 7 }}",
    "https://example.org/a b", "https://example.org/\n", "https://example.org/\x1b[31m", 'https://example.org/"'])
@pytest.mark.parametrize("check", [aws_url, digitalocean_url])
def test_what_is_no_address(check, url: str):
    with pytest.raises(InvalidInput, match="can't be the address of"):
        check(url)


@pytest.mark.parametrize("check", [aws_url, digitalocean_url])
def test_over_plain_http_only_this_machine_is_asked(check):
    with pytest.raises(InvalidInput, match="on the network path"):
        check("http://example.org/v2/")
