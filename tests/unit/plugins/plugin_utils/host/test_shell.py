# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The shell parts under every shell that is here, on a directory in place of a host's root, and against a real web server."""
from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import shutil
import subprocess
import tarfile
import threading
import time
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._plan.artefacts import Artefact
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.host_files import HostFile
from ansible_collections.kubermatic.caas.plugins.plugin_utils.host import script
from ansible_collections.kubermatic.caas.plugins.plugin_utils.host.remote import HostFailed, Remote

PARTS = sorted(script.PARTS.glob("*.sh"))
SHELLS = [shell for shell in (["dash"], ["bash"], ["busybox", "sh"]) if shutil.which(shell[0])]


@pytest.fixture(params=SHELLS, ids=" ".join)
def host(request, tmp_path) -> Remote:
    def execute(command: str, data: bytes) -> dict:
        assert command == "sh -s"
        done = subprocess.run([*request.param, "-s"], input=data, capture_output=True, check=False, timeout=60)
        return {"rc": done.returncode, "stdout": "Welcome!\n" + done.stdout.decode(), "stderr": done.stderr.decode()}

    (tmp_path / "root" / "run").mkdir(parents=True)
    remote = Remote(execute, "web-1")
    remote.root = tmp_path / "root"
    return remote


def run(host: Remote, parts, mode, *, files=(), artefacts=(), **config):
    return host.run(script.assemble(parts, mode=mode, files=files, artefacts=artefacts, config={"root": str(host.root), **config}))


def tree(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() + oct(path.stat().st_mode)
            for path in sorted(root.rglob("*")) if path.is_file() and path.name != "kubermatic-caas.lock"}


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.stem)
def test_every_part_can_be_read_by_every_shell(shell, part):
    subprocess.run([*shell, "-n", str(part)], check=True)


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.stem)
def test_shellcheck(part):
    done = subprocess.run(["shellcheck", str(part)], capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_facts(host):
    facts = run(host, ["facts"], "plan", towards="127.0.0.1").facts
    assert int(facts["memory_mib"]) > 100
    assert facts["cgroup_version"] in ("1", "2")
    assert facts["kernel"].strip()
    assert tree(host.root) == {}


QUOTED = """it's "quoted" $HOME `id` $(id) \\ % %s\n\ttab\n\n"""


def test_a_file_is_written_once_and_exactly(host):
    file = HostFile("/etc/x/y.conf", QUOTED, mode="0600", part="artefacts")
    planned = run(host, ["artefacts"], "plan", files=[file])
    assert [step.title for step in planned.steps] == ["Write /etc/x/y.conf"]
    assert (planned.steps[0].before, planned.steps[0].after) == (None, QUOTED)
    assert tree(host.root) == {}
    applied = run(host, ["artefacts"], "apply", files=[file])
    assert [step.title for step in applied.steps] == [step.title for step in planned.steps]
    path = host.root / "etc/x/y.conf"
    assert path.read_text() == QUOTED
    assert path.stat().st_mode & 0o777 == 0o600
    assert run(host, ["artefacts"], "apply", files=[file]).steps == []


@pytest.mark.parametrize("spoil", [lambda path: path.write_text("other"), lambda path: path.chmod(0o644), lambda path: path.unlink()])
def test_a_file_that_was_changed_is_mended(host, spoil):
    file = HostFile("/etc/y.conf", "wanted\n", mode="0600", part="artefacts")
    run(host, ["artefacts"], "apply", files=[file])
    before = tree(host.root)
    spoil(host.root / "etc/y.conf")
    assert len(run(host, ["artefacts"], "apply", files=[file]).steps) == 1
    assert tree(host.root) == before


def test_a_link_is_replaced_and_its_target_left_alone(host):
    (host.root / "etc").mkdir()
    (host.root / "victim").write_text("precious")
    (host.root / "etc/y.conf").symlink_to(host.root / "victim")
    run(host, ["artefacts"], "apply", files=[HostFile("/etc/y.conf", "wanted\n", part="artefacts")])
    assert (host.root / "victim").read_text() == "precious"
    assert not (host.root / "etc/y.conf").is_symlink()


@pytest.mark.parametrize("value", ["$(touch PWNED)", "`touch PWNED`", "'; touch PWNED; '", "a\nb", "\\", "*"])
def test_configuration_is_data(host, value, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    file = HostFile("/etc/evil", value, part="artefacts")
    run(host, ["artefacts"], "apply", files=[file], anything=value)
    assert (host.root / "etc/evil").read_text() == value
    assert not (tmp_path / "PWNED").exists()


def test_a_script_that_is_cut_off_does_nothing(host):
    whole = script.assemble(["artefacts"], mode="apply", config={"root": str(host.root)}, files=[HostFile("/etc/x", "x", part="artefacts")])
    for length in range(0, len(whole.text) - 20, 977):
        with pytest.raises(HostFailed, match="ended early"):
            host.run(script.Script(whole.text[:length], whole.marker, whole.mode))
    assert tree(host.root) == {}


@pytest.mark.skipif(not shutil.which("flock"), reason="flock is not installed")
def test_another_run_on_the_host_is_waited_for(host):
    lock, file = host.root / "run/kubermatic-caas.lock", HostFile("/etc/x", "x", part="artefacts")
    with subprocess.Popen(["flock", str(lock), "sh", "-c", "echo; exec sleep 3"], stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(HostFailed, match=r"Another run is changing this host.*Wait until it has ended"):
            run(host, ["artefacts"], "apply", files=[file], lock_wait=1)
        assert not (host.root / "etc/x").exists()
        run(host, ["artefacts"], "apply", files=[file])
        assert other.poll() == 0
    assert (host.root / "etc/x").read_text() == "x"


# --- artefacts, from a real server ---

def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o755
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


class Mirror:
    """Serves files from memory; counts requests. short: paths whose answer ends before it should; slow: path -> bytes a second, 0 for none."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.short: set[str] = set()
        self.slow: dict[str, int] = {}
        self.over = threading.Event()
        self.asked: list[str] = []
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                mirror.asked.append(self.path)
                content = mirror.files.get(self.path)
                if content is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.path in mirror.slow:
                    self.drip(content, mirror.slow[self.path])
                else:
                    self.wfile.write(content[:-5] if self.path in mirror.short else content)

            def drip(self, content, speed):
                """Until the other side has had enough."""
                with contextlib.suppress(ConnectionError):
                    while not mirror.over.wait(0.1):
                        piece, content = content[:speed // 10], content[speed // 10:]
                        self.wfile.write(piece)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def offer(self, name: str, version: str, content: bytes, **words: str) -> Artefact:
        path = f"/{version}/{name}"
        self.files[path] = content
        self.files[f"{path}.sha256"] = hashlib.sha256(content).hexdigest().encode()
        return Artefact(name, version, self.url + path, f"{self.url}{path}.sha256", **words)


@pytest.fixture
def mirror():
    mirror = Mirror()
    yield mirror
    mirror.over.set()
    mirror.server.shutdown()
    mirror.server.server_close()


@pytest.fixture(params=["curl", "wget"])
def downloader(request, host, monkeypatch):
    """Only one of the two is there, as on minimal hosts."""
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    other = {"curl": "wget", "wget": "curl"}[request.param]
    inner = host.execute
    host.execute = lambda command, data: inner(command, data.replace(
        b"\nhave() { ", f'\nhave() {{ [ "$1" != {other} ] || return 1; '.encode()))
    return request.param


def wanted(mirror: Mirror, version: str = "1.0.0") -> list[Artefact]:
    suite = archive({"bin/suite": f"suite {version}".encode(), "bin/shim": b"shim"})
    return [mirror.offer("suite", version, suite, kind="tar", directory="/usr/local"),
            mirror.offer("tool", version, f"tool {version}".encode())]


def test_artefacts_are_installed_and_then_left_alone(host, mirror, downloader):
    artefacts = wanted(mirror)
    planned = run(host, ["artefacts"], "plan", artefacts=artefacts)
    assert [step.title for step in planned.steps] == ["Install suite 1.0.0", "Install tool 1.0.0"]
    assert tree(host.root) == {}
    applied = run(host, ["artefacts"], "apply", artefacts=artefacts)
    assert [step.title for step in applied.steps] == [step.title for step in planned.steps]
    bin_directory = host.root / "usr/local/bin"
    assert {path.name: path.read_text() for path in bin_directory.iterdir()} == {"suite": "suite 1.0.0", "shim": "shim", "tool": "tool 1.0.0"}
    assert (bin_directory / "tool").stat().st_mode & 0o777 == 0o755
    assert not (host.root / "var/lib/kubermatic-caas/staging").exists()
    mirror.asked.clear()
    before = tree(host.root)
    assert run(host, ["artefacts"], "apply", artefacts=artefacts).steps == []
    assert (mirror.asked, tree(host.root)) == ([], before)


def test_a_damaged_binary_is_installed_again(host, mirror):
    artefacts = wanted(mirror)
    run(host, ["artefacts"], "apply", artefacts=artefacts)
    before = tree(host.root)
    (host.root / "usr/local/bin/tool").write_text("damaged")
    assert [step.title for step in run(host, ["artefacts"], "apply", artefacts=artefacts).steps] == ["Install tool 1.0.0"]
    assert tree(host.root) == before


def test_a_newer_version_replaces_and_takes_away(host, mirror):
    run(host, ["artefacts"], "apply", artefacts=wanted(mirror))
    newer = [mirror.offer("suite", "2.0.0", archive({"bin/suite": b"suite 2"}), kind="tar", directory="/usr/local")]
    applied = run(host, ["artefacts"], "apply", artefacts=newer)
    assert [step.title for step in applied.steps] == ["Replace suite 1.0.0 by 2.0.0"]
    assert sorted(path.name for path in (host.root / "usr/local/bin").iterdir()) == ["suite", "tool"]


def spoil_sum(mirror: Mirror) -> None:
    mirror.files["/1.0.0/tool.sha256"] = b"0" * 64


def spoil_sum_text(mirror: Mirror) -> None:
    mirror.files["/1.0.0/tool.sha256"] = b"<html>login</html>"


def spoil_content(mirror: Mirror) -> None:
    mirror.files["/1.0.0/tool"] = b"evil"


def lose_content(mirror: Mirror) -> None:
    del mirror.files["/1.0.0/tool"]


def lose_sum(mirror: Mirror) -> None:
    del mirror.files["/1.0.0/tool.sha256"]


def cut_content(mirror: Mirror) -> None:
    mirror.short.add("/1.0.0/tool")


@pytest.mark.parametrize(("spoil", "part"), [
    (spoil_sum, "tool 1.0.0 was refused"), (spoil_sum_text, "holds no SHA-256"), (spoil_content, "but [0-9a-f]{64} was expected"),
    (lose_content, "can't be fetched: http.*404"), (lose_sum, "can't be checked: http.*404"), (cut_content, "can't be fetched|was refused"),
])
def test_a_bad_mirror_gives_one_line_and_changes_nothing(host, mirror, downloader, spoil, part):
    artefacts = wanted(mirror)
    spoil(mirror)
    file = HostFile("/etc/kubernetes/cluster", "cluster: demo\n", part="artefacts")
    with pytest.raises(HostFailed, match=part) as failed:
        run(host, ["artefacts"], "apply", artefacts=artefacts, files=[file])
    assert "\n" not in failed.value.line()
    assert tree(host.root) == {}


def test_a_mirror_that_does_not_answer(host, mirror):
    artefacts = wanted(mirror)
    mirror.server.shutdown()
    mirror.server.server_close()
    with pytest.raises(HostFailed, match="can't be checked"):
        run(host, ["artefacts"], "plan", artefacts=artefacts)


@pytest.mark.parametrize("host", SHELLS[:1], indirect=True, ids=" ".join)
@pytest.mark.parametrize(("speed", "path"), [(0, "/1.0.0/tool"), (0, "/1.0.0/tool.sha256"), (50, "/1.0.0/tool")], ids=["content", "sum", "drop by drop"])
def test_a_mirror_that_stalls(host, mirror, downloader, speed, path):
    if speed and downloader == "wget":
        pytest.skip("wget has no lowest speed")
    artefacts = wanted(mirror)
    mirror.files["/1.0.0/tool"] *= 1000  # not at once through every buffer
    mirror.slow[path] = speed
    began = time.monotonic()
    with pytest.raises(HostFailed, match=f"tool 1.0.0 can't be (fetched|checked): http.*{path}: .*it stopped sending.*Look after the mirror") as failed:
        run(host, ["artefacts"], "apply", artefacts=artefacts, patience=1)
    assert "\n" not in failed.value.line()
    assert time.monotonic() - began < 15
    assert tree(host.root) == {}


def test_a_pin_is_believed_more_than_the_mirror(host, mirror):
    artefact = mirror.offer("tool", "1.0.0", b"tool")
    lose_sum(mirror)
    good = Artefact("tool", "1.0.0", artefact.url, artefact.sums, sha256=hashlib.sha256(b"tool").hexdigest())
    run(host, ["artefacts"], "apply", artefacts=[good])
    bad = Artefact("tool", "1.0.0", artefact.url, artefact.sums, sha256="1" * 64)
    with pytest.raises(HostFailed, match=r"\(pinned\)"):
        run(host, ["artefacts"], "apply", artefacts=[bad])


def test_sums_of_many_files(host, mirror):
    artefact = mirror.offer("tool", "1.0.0", b"tool")
    other, right = "1" * 64, hashlib.sha256(b"tool").hexdigest()
    mirror.files["/1.0.0/tool.sha256"] = f"{other}  tool.asc\n{right} *./tool\n{other}  libtool\n".encode()
    assert len(run(host, ["artefacts"], "apply", artefacts=[artefact]).steps) == 1


def test_what_was_fetched_before_a_kill_is_used(host, mirror):
    artefacts = wanted(mirror)
    stage = host.root / "var/lib/kubermatic-caas/staging"
    stage.mkdir(parents=True)
    content = mirror.files["/1.0.0/tool"]
    (stage / hashlib.sha256(content).hexdigest()).write_bytes(content)
    (stage / "part").write_bytes(b"half of something")
    run(host, ["artefacts"], "apply", artefacts=artefacts)
    assert "/1.0.0/tool" not in mirror.asked
    assert not stage.exists()


def test_only_fetched_and_installed_later(host, mirror):
    artefacts = wanted(mirror)
    answer = run(host, ["artefacts"], "apply", artefacts=artefacts, fetch_only=True)
    assert answer.steps == [] and len(answer.notes) == len(artefacts)
    assert all(path.startswith("var/lib/kubermatic-caas/staging/") for path in tree(host.root))
    mirror.asked.clear()
    run(host, ["artefacts"], "apply", artefacts=artefacts)
    assert "/1.0.0/tool" not in mirror.asked
    assert (host.root / "usr/local/bin/tool").is_file()


@pytest.mark.parametrize("part", ["unfetch", "reset"])
def test_downloads_are_dropped(host, mirror, part):
    before = sorted(host.root.rglob("*"))
    run(host, ["artefacts"], "apply", artefacts=wanted(mirror), fetch_only=True)
    fetched = tree(host.root)
    assert run(host, [part], "plan").plan.titles() == ["Drop downloads"]
    assert tree(host.root) == fetched
    assert run(host, [part], "apply").plan.titles() == ["Drop downloads"]
    assert [path for path in sorted(host.root.rglob("*")) if path.is_file() or "kubermatic" in path.name] == [
        *[path for path in before if path.is_file()], host.root / "run/kubermatic-caas.lock"]
    assert run(host, [part], "apply").plan.titles() == []


# --- killed anywhere ---

KILLS = {"before": '    say changed "$sentence"\n', "after": '    say took "$(($(now) - began))"\n'}


def killed_at(whole: script.Script, number: int, where: str) -> script.Script:
    """The script that dies before or after its step of that number."""
    line = KILLS[where]
    assert whole.text.count(line) == 1
    text = whole.text.replace(line, f"{line}    steps_done=$((${{steps_done:-0}} + 1))\n    [ $steps_done != {number} ] || kill -9 $$\n")
    return script.Script(text, whole.marker, whole.mode)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
@pytest.mark.parametrize("where", KILLS)
def test_killed_at_any_step_the_next_run_converges(host, mirror, where, tmp_path):
    artefacts = wanted(mirror)
    files = [HostFile("/etc/kubernetes/cluster", "cluster: demo\n", part="artefacts"), HostFile("/var/lib/kubelet/config.yaml", "x\n", part="kubelet")]

    def whole(root: Path) -> script.Script:
        return script.assemble(["artefacts", "kubelet"], mode="apply", files=files, artefacts=artefacts,
                               config={"root": str(root), "node_name": "web-1", "wants": ["client"]})

    def without_keys(root: Path) -> dict[str, str]:
        """Keys are random, and records name the root."""
        return {path: content[-8:] if path.endswith(".pending") or "/artefacts/" in path else content for path, content in tree(root).items()}

    steps = len(host.run(whole(host.root)).steps)
    right = without_keys(host.root)
    assert steps == 5
    for number in range(1, steps + 1):
        root = tmp_path / f"{where}{number}"
        (root / "run").mkdir(parents=True)
        with pytest.raises(HostFailed, match="ended early"):
            host.run(killed_at(whole(root), number, where))
        host.run(whole(root))
        assert without_keys(root) == right
        assert host.run(whole(root)).steps == []


# --- keys ---

@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_keys_stay_and_requests_go(host):
    planned = run(host, ["kubelet"], "plan", node_name="web-1", wants=["client", "serving"])
    assert len(planned.steps) == 2
    assert tree(host.root) == {}
    applied = run(host, ["kubelet"], "apply", node_name="web-1", wants=["client", "serving"])
    assert [step.title for step in applied.steps] == [step.title for step in planned.steps]
    assert applied.facts["client_request"].startswith("-----BEGIN CERTIFICATE REQUEST-----")
    assert not any("PRIVATE" in text for text in applied.facts.values())
    key = host.root / "var/lib/kubelet/pki/client.key.pending"
    assert key.stat().st_mode & 0o777 == 0o600
    # killed before the certificate came: the same keys ask again
    again = run(host, ["kubelet"], "apply", node_name="web-1", wants=["client", "serving"])
    assert again.steps == []
    assert again.facts["serving_request"]


# --- reset ---

def test_a_host_without_mark_is_left_alone(host):
    (host.root / "var/lib/kubelet").mkdir(parents=True)
    (host.root / "var/lib/kubelet/precious").write_text("x")
    assert run(host, ["reset"], "apply").steps == []
    assert (host.root / "var/lib/kubelet/precious").exists()


def test_reset_takes_away_what_we_wrote_and_nothing_else(host, mirror):
    (host.root / "etc/cni/net.d").mkdir(parents=True)
    (host.root / "etc/cni/net.d/87-podman-bridge.conflist").write_text("{}")
    before = tree(host.root)
    run(host, ["artefacts"], "apply", artefacts=wanted(mirror), files=[HostFile("/etc/kubernetes/cluster", "cluster: demo\n", part="artefacts")])
    for path in ("etc/cni/net.d/10-flannel.conflist", "var/lib/kubelet/config.yaml", "var/lib/containerd/x/y", "etc/kubernetes/pki/ca.crt"):
        (host.root / path).parent.mkdir(parents=True, exist_ok=True)
        (host.root / path).write_text("x")
    planned = run(host, ["reset"], "plan")
    assert "Forget the cluster" in [step.title for step in planned.steps]
    applied = run(host, ["reset"], "apply")
    assert [step.title for step in applied.steps] == [step.title for step in planned.steps]
    assert tree(host.root) == before
    assert run(host, ["reset"], "apply").steps == []
