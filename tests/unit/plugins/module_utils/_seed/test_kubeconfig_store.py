# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import kubeconfig_store as kubeconfig_file
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import kubeconfig_store as seed_kubeconfig

SERVER = "https://198.51.100.10:6443"
CA, CA_KEY = x509.self_signed_ca("kubernetes")


@pytest.fixture
def path(tmp_path) -> str:
    return str(tmp_path / "kube" / "fra1")


def write(path: str, *, days: int = 365, server: str = SERVER) -> None:
    certificate, key = x509.issue(CA, CA_KEY, cn=seed_kubeconfig.USER, organizations=[seed_kubeconfig.GROUP], days=days)
    seed_kubeconfig.write(path, name="fra1", server=server, ca_pem=CA, certificate_pem=certificate, key_pem=key)


def test_what_is_written_can_be_used_and_is_nobody_elses(path, tmp_path):
    write(path)
    access = kubeconfig_file.read(path)
    assert (access.server, access.ca_pem) == (SERVER, CA)
    assert seed_kubeconfig.serves(path, SERVER, CA)
    file = tmp_path / "kube" / "fra1"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == ["fra1"]


def test_no_file(path):
    seed_kubeconfig.must_be_of(path, SERVER)
    assert not seed_kubeconfig.serves(path, SERVER, CA)


def test_a_file_of_another_cluster_stays(path):
    write(path, server="https://203.0.113.1:6443")
    with pytest.raises(InvalidInput, match=r"is for https://203\.0\.113\.1:6443, not for"):
        seed_kubeconfig.must_be_of(path, SERVER)
    assert not seed_kubeconfig.serves(path, SERVER, CA)


def test_renewed_in_time(path):
    write(path, days=29)
    assert not seed_kubeconfig.serves(path, SERVER, CA)
    write(path, days=31)
    assert seed_kubeconfig.serves(path, SERVER, CA)


def test_a_seed_that_was_built_anew_has_another_authority(path):
    write(path)
    assert not seed_kubeconfig.serves(path, SERVER, x509.self_signed_ca("kubernetes")[0])


def test_readable_by_others_is_mended(path, tmp_path):
    write(path)
    (tmp_path / "kube" / "fra1").chmod(0o644)
    assert not seed_kubeconfig.serves(path, SERVER, CA)


def test_what_a_killed_run_left_is_replaced(path, tmp_path):
    (tmp_path / "kube").mkdir()
    (tmp_path / "kube" / ".fra1.new").write_text("half")
    write(path)
    assert [entry.name for entry in (tmp_path / "kube").iterdir()] == ["fra1"]


def test_a_link_is_replaced_and_not_followed(path, tmp_path):
    (tmp_path / "kube").mkdir()
    (tmp_path / "other").write_text("mine")
    (tmp_path / "kube" / "fra1").symlink_to(tmp_path / "other")
    write(path)
    assert (tmp_path / "other").read_text() == "mine"
    assert not (tmp_path / "kube" / "fra1").is_symlink()


def test_nowhere_to_write(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CaasError, match="can't be written"):
        write(str(tmp_path / "file" / "fra1"))


def test_a_path_that_can_not_be_is_refused_before_there_is_a_seed(tmp_path):
    with pytest.raises(InvalidInput, match="can't be read"):
        seed_kubeconfig.must_be_of(f"{tmp_path}/\0", "https://198.51.100.10:6443")
