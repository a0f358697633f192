# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Downloads against a real web server: fetched, checked, installed, replaced, dropped."""
from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import HostFile
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import HostFailed
from component.plugins.plugin_utils.ssh.mirror import Mirror, archive, wanted
from component.plugins.plugin_utils.ssh.shells import SHELLS, run, tree


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


def without_looks(host) -> dict[str, str]:
    """Everything but what stat said: a file that comes anew has another time."""
    return {path: content for path, content in tree(host.root).items() if not path.endswith(".stat")}


def test_a_damaged_binary_is_installed_again(host, mirror):
    artefacts = wanted(mirror)
    run(host, ["artefacts"], "apply", artefacts=artefacts)
    before = without_looks(host)
    (host.root / "usr/local/bin/tool").write_text("damaged")
    assert [step.title for step in run(host, ["artefacts"], "apply", artefacts=artefacts).steps] == ["Install tool 1.0.0"]
    assert without_looks(host) == before
    assert run(host, ["artefacts"], "apply", artefacts=artefacts).steps == []


def count_sums(host) -> Callable[[], int]:
    """Begins to count how often sha256sum runs on the host; call it for the number so far."""
    inner, record = host.execute, host.root.parent / "sums"
    counting = f'\nsha256sum() {{ echo >>{record}; command sha256sum "$@"; }}\nhave() {{ '.encode()
    host.execute = lambda command, data: inner(command, data.replace(b"\nhave() { ", counting))
    return lambda: len(record.read_text().splitlines()) if record.exists() else 0


def test_what_nobody_wrote_to_is_not_read_again(host, mirror):
    artefacts = wanted(mirror)
    run(host, ["artefacts"], "apply", artefacts=artefacts)
    sums = count_sums(host)
    assert run(host, ["artefacts"], "plan", artefacts=artefacts).steps == []
    assert sums() == 0


def test_a_change_is_seen_whose_time_was_put_back(host, mirror):
    artefacts = wanted(mirror)
    run(host, ["artefacts"], "apply", artefacts=artefacts)
    tool = host.root / "usr/local/bin/tool"
    before = tool.stat()
    with tool.open("r+b") as file:
        file.write(b"TOOL")
    os.utime(tool, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (tool.stat().st_size, tool.stat().st_mtime_ns, tool.stat().st_ino) == (before.st_size, before.st_mtime_ns, before.st_ino)
    assert run(host, ["artefacts"], "plan", artefacts=artefacts).plan.titles() == ["Install tool 1.0.0"]


def test_files_that_an_earlier_release_installed_are_summed_once_in_a_run(host, mirror):
    artefacts = wanted(mirror)
    run(host, ["artefacts"], "apply", artefacts=artefacts)
    for path in (host.root / "var/lib/kubermatic-caas/artefacts").glob(".*"):
        path.unlink()
    before, sums = tree(host.root), count_sums(host)
    assert run(host, ["artefacts"], "apply", artefacts=artefacts).steps == []
    assert (sums(), tree(host.root)) == (len(artefacts), before)


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


# what only comes drop by drop is left to curl: wget knows no lowest speed
@pytest.mark.parametrize("host", SHELLS[:1], indirect=True, ids=" ".join)
@pytest.mark.parametrize(("downloader", "speed", "path"), [
    ("curl", 0, "/1.0.0/tool"), ("curl", 0, "/1.0.0/tool.sha256"), ("curl", 50, "/1.0.0/tool"), ("wget", 0, "/1.0.0/tool"), ("wget", 0, "/1.0.0/tool.sha256"),
], indirect=["downloader"])
def test_a_mirror_that_stalls(host, mirror, downloader, speed, path):
    artefacts = wanted(mirror)
    mirror.files["/1.0.0/tool"] *= 1000  # not at once through every buffer
    mirror.slow[path] = speed
    began = time.monotonic()
    with pytest.raises(HostFailed, match=f"tool 1.0.0 can't be (fetched|checked): http.*{path}: .*it stopped sending.*Look after the mirror") as failed:
        run(host, ["artefacts"], "apply", artefacts=artefacts, patience=1)
    assert "\n" not in failed.value.line()
    assert time.monotonic() - began < 15
    assert tree(host.root) == {}


@pytest.mark.parametrize(("downloader", "path", "why"), [
    ("curl", "/1.0.0/tool", "larger than 1 GB"), ("wget", "/1.0.0/tool", "larger than 1 GB"),
    ("curl", "/1.0.0/tool.sha256", "holds no SHA-256"), ("wget", "/1.0.0/tool.sha256", "holds no SHA-256"),
], indirect=["downloader"])
def test_a_mirror_without_end_fills_neither_disk_nor_memory(host, mirror, downloader, path, why):
    artefacts = wanted(mirror)
    mirror.endless.add(path)
    with pytest.raises(HostFailed, match=f"tool 1.0.0 can't be (fetched|checked): http.*{path}.*{why}"):
        run(host, ["artefacts"], "apply", artefacts=artefacts, most_blocks=2000)
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


def test_downloads_go_through_the_proxy(host, mirror, downloader):
    url = "http://upstream.example/tool"
    mirror.files |= {url: b"tool", f"{url}.sha256": hashlib.sha256(b"tool").hexdigest().encode()}
    run(host, ["artefacts"], "apply", artefacts=[Artefact("tool", "1.0.0", url, f"{url}.sha256")], http_proxy=mirror.url, no_proxy="localhost")
    assert (host.root / "usr/local/bin/tool").read_bytes() == b"tool"
    assert mirror.asked == [f"{url}.sha256", url]


def test_what_is_excepted_does_not(host, mirror, downloader):
    nobody = "http://127.0.0.1:9"
    artefacts = wanted(mirror)
    with pytest.raises(HostFailed):
        run(host, ["artefacts"], "apply", artefacts=artefacts, http_proxy=nobody, no_proxy="localhost")
    run(host, ["artefacts"], "apply", artefacts=artefacts, http_proxy=nobody, https_proxy=nobody, no_proxy="localhost,127.0.0.1")
    assert (host.root / "usr/local/bin/tool").exists()
