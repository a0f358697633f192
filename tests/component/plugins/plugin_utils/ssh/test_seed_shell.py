# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The shell parts of a seed under every shell that is here, on a directory in place of a host's root. kubeadm itself runs on lab hosts."""
from __future__ import annotations

import base64
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import HostFile
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed import admission as seed_admission
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh import script
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import HostFailed, Remote

SHELLS = [shell for shell in (["dash"], ["bash"]) if shutil.which(shell[0])]
CONFIG = {"seed": "fra1", "machine": "fra1-a", "role": "control_plane", "kubernetes_version": "1.36.3", "images": [], "certificate_days": 365,
          "alone": True, "first": True, "encryption_goal": "keep", "encryption_config": ""}
MARK = "seed=fra1\nmachine=fra1-a\nkubernetes_version=1.36.3\nstate={}\n"
ENCRYPTED = "resources:\n  - resources: [secrets]\n    providers:\n      - secretbox: {keys: [{name: key1, secret: \"a2V5\"}]}\n      - identity: {}\n"
KUBEADM = HostFile("/etc/kubernetes/kubeadm.yaml", "kind: InitConfiguration\n", mode="0600", part="seed", restarts="kubeadm")


@pytest.fixture(params=SHELLS, ids=" ".join)
def host(request, tmp_path) -> Remote:
    def execute(command: str, data: bytes) -> dict:
        done = subprocess.run([*request.param, "-s"], input=data, capture_output=True, check=False, timeout=60)
        return {"rc": done.returncode, "stdout": done.stdout.decode(), "stderr": done.stderr.decode()}

    for name in ("run", "etc/kubernetes/pki", "var/lib"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "etc/kubernetes/pki/encryption-config.yaml").write_text(ENCRYPTED)
    remote = Remote(execute, "fra1-a")
    remote.root = tmp_path
    return remote


def run(host: Remote, *parts: str, mode: str = "plan", files=(), **config):
    return host.run(script.assemble(parts, mode=mode, files=files, config={"root": str(host.root), **CONFIG, **config}))


def titles(answer) -> list[str]:
    return [step.title for step in answer.steps]


@pytest.mark.parametrize(("state", "expected"), [
    ("", ["Write /etc/kubernetes/kubeadm.yaml", "Initialise the seed fra1 with kubeadm, Kubernetes 1.36.3"]),
    ("begun", ["Write /etc/kubernetes/kubeadm.yaml", "Undo the kubeadm init that didn't end", "Initialise the seed fra1 with kubeadm, Kubernetes 1.36.3"]),
    ("complete", ["Write /etc/kubernetes/kubeadm.yaml", "Bring the new configuration to the seed"]),
])
def test_the_mark_decides_what_is_done(host, state, expected):
    if state:
        (host.root / "etc/kubernetes/seed").write_text(MARK.format(state))
    found = titles(run(host, "seed_kubeadm", "seed_encryption", "seed", "seed_change", "seed_access", files=[KUBEADM]))
    assert [title for title in found if not title.endswith("kubelet")] == expected
    assert not (host.root / "etc/kubernetes/kubeadm.yaml").exists()


def test_a_machine_that_joined_meanwhile_neither_asks_nor_joins_again(host):
    (host.root / "etc/kubernetes/seed").write_text(MARK.format("complete"))
    answer = run(host, "seed_kubeadm", "seed_key", "seed_join", mode="apply", role="worker", server="https://198.51.100.10:6443")
    assert titles(answer) == [] and "join_request" not in answer.facts


def test_an_unchanged_complete_seed_is_left_alone(host):
    (host.root / "etc/kubernetes/seed").write_text(MARK.format("complete"))
    (host.root / "etc/kubernetes/kubeadm.yaml").write_text(KUBEADM.content)
    (host.root / "etc/kubernetes/kubeadm.yaml").chmod(0o600)
    found = titles(run(host, "seed_kubeadm", "seed_encryption", "seed", "seed_change", "seed_access", files=[KUBEADM]))
    assert [title for title in found if not title.endswith("kubelet")] == []


def test_a_change_that_a_killed_run_left_behind_is_still_known(host):
    (host.root / "etc/kubernetes/seed").write_text(MARK.format("complete"))
    (host.root / "etc/kubernetes/kubeadm.yaml").write_text(KUBEADM.content)
    (host.root / "etc/kubernetes/kubeadm.yaml").chmod(0o600)
    (host.root / "var/lib/kubermatic-caas/restart").mkdir(parents=True)
    (host.root / "var/lib/kubermatic-caas/restart/kubeadm").touch()
    assert "Bring the new configuration to the seed" in titles(run(host, "seed_kubeadm", "seed_encryption", "seed", "seed_change", files=[KUBEADM]))


def test_facts_name_what_another_kubeadm_left(host):
    assert run(host, "facts", "seed_facts").facts["kubeadm_remains"] == ""
    (host.root / "etc/kubernetes/admin.conf").touch()
    (host.root / "var/lib/etcd/member").mkdir(parents=True)
    remains = run(host, "facts", "seed_facts").facts["kubeadm_remains"].split()
    assert remains == [f"{host.root}/etc/kubernetes/admin.conf", f"{host.root}/var/lib/etcd/member"]


def test_the_control_host_gets_a_certificate_for_its_own_key(host):
    ca, ca_key = x509.self_signed_ca("kubernetes")
    (host.root / "etc/kubernetes/pki/ca.crt").write_text(ca)
    (host.root / "etc/kubernetes/pki/ca.key").write_text(ca_key)
    key = x509.new_key()
    request = x509.request(key, cn="kubermatic-caas", organizations=["kubeadm:cluster-admins"])
    assert "control_host_certificate" not in run(host, "facts", "seed_access", certificate_request=request).facts
    before = {path for path in host.root.rglob("*") if path.is_file()}
    facts = run_access(host, request)
    said = x509.describe(facts["control_host_certificate"], key_pem=key, authorities=[ca])
    assert (said.common_name, said.organizations, said.usages) == ("kubermatic-caas", {"kubeadm:cluster-admins"}, {"client"})
    assert said.key_matches and said.issuer_fingerprint == x509.fingerprint(ca)
    assert not said.is_authority
    assert facts["cluster_ca"] == ca
    assert {path.name for path in host.root.rglob("*") if path.is_file() and path not in before} == {"kubermatic-caas.lock"}


def run_access(host: Remote, request: str) -> dict[str, str]:
    return run(host, "facts", "seed_access", mode="apply", certificate_request=request).facts


def test_a_missing_authority_is_said_in_one_line(host):
    request = x509.request(x509.new_key(), cn="kubermatic-caas")
    with pytest.raises(HostFailed, match=r"can't be signed with /etc/kubernetes/pki/ca\.key"):
        run_access(host, request)


def joining(host: Remote, role: str) -> tuple[str, str]:
    """The machine asks, the seed (here: another directory) lets it in, the machine takes what it got. Returns what travelled, and its kubeconfig."""
    ready = run(host, "seed_kubeadm", "seed_key", mode="apply", machine="fra1-b", role=role)
    assert titles(ready) == ["Make a key to join the seed with"]
    assert titles(run(host, "seed_kubeadm", "seed_key", machine="fra1-b", role=role)) == []
    seed_admission.check_request("fra1-b", ready.facts["join_request"])
    with pytest.raises(InvalidInput, match="asks for something else"):
        seed_admission.check_request("fra1-c", ready.facts["join_request"])
    seed = host.root / "seed"
    let_in = host.run(script.assemble(("seed_kubeadm", "seed_access", "seed_admit"), mode="apply", config={
        **CONFIG, "root": str(seed), "joining": "fra1-b", "joining_role": role, "joining_address": "192.0.2.8",
        "join_request": ready.facts["join_request"], "join_recipient": ready.facts["join_recipient"]})).facts
    part = script.assemble(("seed_kubeadm", "seed_key", "seed_join"), mode="apply", config={
        **CONFIG, "root": str(host.root), "machine": "fra1-b", "role": role, "server": "https://192.0.2.7:6443",
        **{name: let_in.get(name, "") for name in ("admission_ca", "admission_certificate", "admission_keys")}})
    take = "begin; " + ("take_authorities || fail no; " if role == "control_plane" else "") + 'join_kubeconfig >"$ROOT/kubeconfig"; say done .\n'
    host.run(script.Script(part.text.replace("main </dev/null\n", take), part.marker, part.mode))
    return "".join(let_in.values()) + part.text, (host.root / "kubeconfig").read_text()


@pytest.fixture
def authorities(host) -> dict[str, str]:
    (host.root / "etc/kubernetes/pki/encryption-config.yaml").unlink()
    pki = host.root / "seed" / "etc" / "kubernetes" / "pki"
    (pki / "etcd").mkdir(parents=True)
    (host.root / "seed" / "run").mkdir()
    made = {}
    for name in ("ca", "front-proxy-ca", "etcd/ca"):
        made[f"{name}.crt"], made[f"{name}.key"] = x509.self_signed_ca(name)
    made |= {"sa.key": x509.new_key(), "sa.pub": "public", "encryption-config.yaml": "the key for Secrets"}
    for name, text in made.items():
        (pki / name).write_text(text)
        (pki / name).chmod(0o600 if is_secret(name) else 0o644)
    return made


def is_secret(name: str) -> bool:
    return name.endswith((".key", ".yaml"))


def test_a_control_plane_machine_gets_the_authorities_and_nobody_else_can_read_them(host, authorities):
    travelled, kubeconfig = joining(host, "control_plane")
    for name, text in authorities.items():
        taken = host.root / "etc/kubernetes/pki" / name
        assert taken.read_text() == text
        assert taken.stat().st_mode & 0o777 == (0o600 if is_secret(name) else 0o644)
        if is_secret(name):
            assert text not in travelled
            assert base64.b64encode(text.encode()).decode()[:40] not in travelled
    access = yaml.safe_load(kubeconfig)
    certificate, key = (base64.b64decode(access["users"][0]["user"][f"client-{name}-data"]).decode() for name in ("certificate", "key"))
    said = x509.describe(certificate, key_pem=key, authorities=[authorities["ca.crt"]])
    assert (said.common_name, said.organizations, said.usages) == ("system:node:fra1-b", {"system:nodes"}, {"client"})
    assert said.key_matches and said.issuer_fingerprint == x509.fingerprint(authorities["ca.crt"])
    assert said.not_after - datetime.now(UTC) <= timedelta(days=1)
    assert key not in travelled
    assert access["clusters"][0]["cluster"]["server"] == "https://192.0.2.7:6443"


def test_a_worker_gets_no_authority(host, authorities):
    travelled, dummy = joining(host, "worker")
    assert "BEGIN CMS" not in travelled
    assert not list((host.root / "etc/kubernetes/pki").iterdir())


@pytest.mark.parametrize(("state", "expected"), [
    ("", ["Make a key to join the seed with", "Join the seed fra1 as worker with kubeadm, Kubernetes 1.36.3"]),
    ("begun", ["Make a key to join the seed with", "Undo the kubeadm join that didn't end", "Join the seed fra1 as worker with kubeadm, Kubernetes 1.36.3"]),
])
def test_a_look_at_a_machine_that_would_join(host, state, expected):
    if state:
        (host.root / "etc/kubernetes/seed").write_text(MARK.format(state))
    before = set(host.root.rglob("*"))
    assert titles(run(host, "seed_kubeadm", "seed_key", "seed_join", role="worker", server="https://192.0.2.7:6443")) == expected
    assert set(host.root.rglob("*")) == before


def test_a_worker_follows_the_address_of_its_seed(host):
    (host.root / "etc/kubernetes/seed").write_text(MARK.format("complete"))
    (host.root / "etc/kubernetes/kubelet.conf").write_text("clusters:\n- cluster:\n    server: https://192.0.2.7:6443\n  name: x\n")
    here = titles(run(host, "seed_kubeadm", "seed_worker", role="worker", server="https://192.0.2.7:6443"))
    moved = titles(run(host, "seed_kubeadm", "seed_worker", role="worker", server="https://192.0.2.1:6443"))
    assert [title for title in moved if title not in here] == ["Lead the kubelet to https://192.0.2.1:6443"]


ENCRYPT = ("seed_kubeadm", "seed_encryption", "seed_encrypted")
ENCRYPTED_VALUE = "azhzOmVuYzpzZWNyZXRib3g6dg=="
ETCD = """
etcd_here() {
    printf '{"header":{"revision":9},"kvs":[{"key":"L3I=","value":"%s"},{"key":"L3M=","value":"VALUE"}],"count":2}' "$(cat "$ROOT/secret")"
}
as_admin() { [ "$1" = get ] && echo secrets || { cat >/dev/null && printf VALUE >"$ROOT/secret"; }; }
sleep() { :; }
""".replace("VALUE", ENCRYPTED_VALUE)


@pytest.fixture
def complete(host) -> Remote:
    """A complete machine that was made without encryption. Its etcd is two lines of shell."""
    (host.root / "etc/kubernetes/pki/encryption-config.yaml").unlink()
    ca, key = x509.self_signed_ca("kubernetes")
    for name, text in {"etc/kubernetes/seed": MARK.format("complete"), "etc/kubernetes/pki/ca.crt": ca, "etc/kubernetes/pki/ca.key": key,
                       "secret": base64.b64encode(b"k8s\0 plain").decode()}.items():
        (host.root / name).write_text(text)
    return host


def encrypt(host: Remote, mode: str = "apply", **config):
    made = script.assemble(ENCRYPT, mode=mode, config={"root": str(host.root), **CONFIG, **config})
    return host.run(script.Script(made.text.replace("main() {", ETCD + "main() {"), made.marker, made.mode))


def encryption(host: Remote) -> tuple[list[str], str]:
    """Names of the providers in their order, and the key."""
    file = host.root / "etc/kubernetes/pki/encryption-config.yaml"
    assert file.stat().st_mode & 0o777 == 0o600
    resources, = yaml.safe_load(file.read_text())["resources"]
    assert resources["resources"] == ["secrets"]
    providers = [(name, value) for provider in resources["providers"] for name, value in provider.items()]
    return [name for name, dummy in providers], next(value["keys"][0]["secret"] for name, value in providers if name == "secretbox")


def test_a_seed_of_one_machine_encrypts_at_once_what_it_has_and_what_comes(complete):
    expected = ["Make a key with which Secrets are encrypted in etcd", "Write all Secrets anew, encrypted"]
    before = set(complete.root.rglob("*"))
    assert titles(encrypt(complete, "plan")) == expected and set(complete.root.rglob("*")) == before
    answer = encrypt(complete)
    assert titles(answer) == expected and answer.facts["encryption"] == "done"
    order, key = encryption(complete)
    assert order == ["secretbox", "identity"] and len(base64.b64decode(key)) == 32
    assert base64.b64decode((complete.root / "secret").read_text()).startswith(b"k8s:enc:secretbox:")
    assert titles(encrypt(complete)) == [] and encryption(complete)[1] == key


def test_a_run_that_was_cut_off_before_all_secrets_were_written_anew_is_ended_by_the_next(complete):
    encrypt(complete, encryption_goal="keep")
    (complete.root / "secret").write_text("cGxhaW4=")
    (complete.root / "var/lib/kubermatic-caas/secrets-before-encryption").touch()
    assert titles(encrypt(complete)) == ["Write all Secrets anew, encrypted"]


def test_several_machines_first_learn_to_read_then_write_then_nothing_is_left_as_before(complete):
    several = {"alone": False}
    made = encrypt(complete, **several)
    assert (made.facts["encryption"], encryption(complete)[0]) == ("read", ["identity", "secretbox"])
    shared, key = made.facts["encryption_config"], encryption(complete)[1]
    assert "BEGIN CMS" in shared and key not in shared
    file = complete.root / "etc/kubernetes/pki/encryption-config.yaml"
    first = file.read_text()
    file.unlink()
    # another machine, which has the same authority
    other = {**several, "first": False, "encryption_config": shared}
    assert titles(encrypt(complete, **other)) == ["Take over the key with which Secrets are encrypted in etcd"]
    assert file.read_text() == first and titles(encrypt(complete, **other)) == []
    written = encrypt(complete, encryption_goal="write", **other)
    assert titles(written) == ["Encrypt new Secrets in etcd"] and written.facts["encryption"] == "write"
    assert encryption(complete) == (["secretbox", "identity"], key)
    # not before all write by the key
    assert titles(encrypt(complete, **other)) == []
    assert titles(encrypt(complete, encryption_goal="rewrite", **other)) == ["Write all Secrets anew, encrypted"]
    assert encrypt(complete, **other).facts["encryption"] == "done"


def test_two_keys_are_told_and_one_that_nothing_was_written_by_goes(complete):
    encrypt(complete, alone=False)
    shared = encrypt(complete, alone=False).facts["encryption_config"]
    file = complete.root / "etc/kubernetes/pki/encryption-config.yaml"
    first, key = file.read_text(), encryption(complete)[1]
    file.write_text(first.replace(key, base64.b64encode(b"x" * 32).decode()))
    other = {"alone": False, "first": False, "encryption_config": shared}
    assert titles(encrypt(complete, **other)) == ["Take over the key with which Secrets are encrypted in etcd"]
    assert file.read_text() == first
    file.unlink()
    encrypt(complete)
    with pytest.raises(HostFailed, match="is not the one of the seed's first machine"):
        encrypt(complete, **other)


def test_a_lost_key_is_never_replaced_by_a_new_one(complete):
    """What was written by the old one could not be read any more."""
    (complete.root / "etc/kubernetes/manifests").mkdir()
    (complete.root / "etc/kubernetes/manifests/kube-apiserver.yaml").write_text("- --encryption-provider-config=/etc/kubernetes/pki/encryption-config.yaml\n")
    with pytest.raises(HostFailed, match="Bring back"):
        encrypt(complete)
    assert not (complete.root / "etc/kubernetes/pki/encryption-config.yaml").exists()


CERTIFICATES, MONTH = ("seed_kubeadm", "seed_access", "seed_certificates"), 30 * 86400


def certified(host: Remote, days: int) -> None:
    """apiserver and admin.conf, as kubeadm lays them down."""
    ca, ca_key = x509.self_signed_ca("kubernetes")
    certificate, key = x509.issue(ca, ca_key, cn="kube-apiserver", usages=["server"], days=days)
    (host.root / "etc/kubernetes/pki/apiserver.crt").write_text(certificate)
    (host.root / "etc/kubernetes/pki/ca.crt").write_text(ca)
    user = {"client-certificate-data": base64.b64encode(certificate.encode()).decode(), "client-key-data": base64.b64encode(key.encode()).decode()}
    (host.root / "etc/kubernetes/admin.conf").write_text(yaml.safe_dump({"users": [{"name": "admin", "user": user}]}))


@pytest.mark.parametrize(("days", "expected"), [
    (200, []), (31, []),
    (29, ["Renew the certificates of fra1-a: apiserver, admin.conf end soon", "Start the control plane of fra1-a with them"])])
def test_what_ends_soon_is_renewed_and_static_pods_start_with_it(host, days: int, expected: list[str]):
    certified(host, days)
    answer = run(host, *CERTIFICATES, renew_within=MONTH)
    assert [title for title in titles(answer) if not title.endswith("kubelet")] == expected
    ends = datetime.strptime(answer.facts["ends_apiserver"], "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    assert timedelta(days=days - 1) < ends - datetime.now(UTC) <= timedelta(days=days)
    assert set(answer.facts) == {"ends_apiserver", "ends_admin.conf", "authority_ca"}
    assert not (host.root / "var/lib/kubermatic-caas").exists()


def test_a_run_that_was_killed_before_static_pods_started_anew_goes_on(host):
    certified(host, 300)
    note = host.root / "var/lib/kubermatic-caas/restart/static-pods"
    note.parent.mkdir(parents=True)
    note.touch()
    found = titles(run(host, *CERTIFICATES, renew_within=MONTH))
    assert [title for title in found if not title.endswith("kubelet")] == ["Start the control plane of fra1-a with them"]


def test_an_access_of_the_kubelet_that_has_ended_is_renewed(host, monkeypatch):
    certified(host, 300)
    pki = host.root / "var/lib/kubelet/pki"
    pki.mkdir(parents=True)
    monkeypatch.setattr(x509, "_now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    (pki / "kubelet-client-current.pem").write_text(x509.issue(*x509.self_signed_ca("kubernetes"), cn="system:node:fra1-a", days=30)[0])
    assert "Renew the access of the kubelet of fra1-a, which has ended" in titles(run(host, *CERTIFICATES, renew_within=MONTH))
