# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Recipes belong together: every release and image finds its programs, and an artefact's key follows what goes into it."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import lookup
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import cloud_images
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import INTEGRATIONS
from lab.artefacts import build, catalogue, gobuild, recipes, toolchain, userland
from lab.artefacts.errors import BuildError
from lab.artefacts.store import Artefact, Store
from lab.artefacts.toolchain import Toolchain

GO = Toolchain(Path("/usr/bin/go"), "1.26.8")
CRANE = next(recipe for recipe in recipes.GO if recipe.name == "crane")


def artefacts(*versions: str, go: Toolchain = GO, architecture: str = "amd64") -> dict[str, Artefact]:
    found = catalogue.artefacts(versions or (recipes.KUBERNETES,), go, architecture, Store(Path("/cache")))
    assert len({artefact.directory for artefact in found}) == len(found)
    return {artefact.title: artefact for artefact in found}


def key(recipe: recipes.GoRecipe = CRANE, go: Toolchain = GO, architecture: str = "amd64") -> str:
    return gobuild.artefact(recipe, go, architecture, Path("/logs")).key


@pytest.mark.parametrize("other", [
    {"version": "0.21.10"}, {"modules": ("github.com/other/crane",)}, {"programs": {"crane": "github.com/other"}},
    {"stamps": {"main.version": "1"}}, {"cgo": True}, {"tags": "seccomp"}, {"source": "pause.go"}, {"libraries_of_kubernetes": True},
])
def test_the_key_changes_with_the_recipe(other: dict):
    assert key(replace(CRANE, **other)) != key()


def test_the_key_changes_with_the_libraries(monkeypatch: pytest.MonkeyPatch):
    shares, shares_not = replace(CRANE, libraries_of_kubernetes=True), CRANE
    before = key(shares), key(shares_not)
    monkeypatch.setattr(gobuild, "KUBERNETES", "1.36.4")
    assert key(shares) != before[0]
    assert key(shares_not) == before[1]


def test_the_key_changes_with_the_toolchain_and_the_architecture():
    assert key(go=replace(GO, version="1.27.0")) != key()
    assert key(architecture="arm64") != key()


def test_the_key_stays_where_nothing_that_goes_in_differs():
    assert key(replace(CRANE, seconds=99)) == key()
    assert key(go=replace(GO, go=Path("/opt/go/bin/go"))) == key()


def test_images_and_releases_follow_their_programs():
    before, after = artefacts(), artefacts(go=replace(GO, version="1.27.0"))
    for title in ("release-containerd 2.2.0", "image-etcd 3.6.15", "image-kube-proxy 1.36.3"):
        assert before[title].key != after[title].key
    assert before["userland"].key == after["userland"].key
    assert before["base-userland"].key == after["base-userland"].key


def test_another_version_of_kubernetes_changes_nothing_of_the_first():
    one, two = artefacts(), artefacts("1.36.3", "1.37.2")
    added = {"kubernetes", "release-kubernetes", "image-kube-apiserver", "image-kube-controller-manager",
             "image-kube-scheduler", "image-kube-proxy"}
    assert set(two) - set(one) == {f"{name} 1.37.2" for name in added}
    assert {title: artefact.key for title, artefact in one.items()}.items() <= {title: artefact.key for title, artefact in two.items()}.items()
    assert two["kubernetes 1.36.3"].roots == ("bin",)
    assert two["kubernetes 1.37.2"].roots == ()


@pytest.mark.parametrize("recipe", [*recipes.RELEASES, *recipes.IMAGES], ids=lambda recipe: getattr(recipe, "name", recipe.of))
def test_programs_of_releases_and_images_are_built(recipe: recipes.Release | recipes.Image):
    clouds = [recipe for found in recipes.CLOUDS.values() for recipe in found]
    built = {known.name: set(known.programs) for known in (recipes.kubernetes(recipes.KUBERNETES), *recipes.GO, *clouds)} | {"userland": set()}
    assert set(recipe.files.values()) <= built[recipe.of]


def test_every_recipe_is_used():
    used = {recipe.of for recipe in (*recipes.RELEASES, *recipes.IMAGES)} | set(recipes.CONTROL_HOST)
    assert {recipe.name for recipe in recipes.GO} <= used


def test_go_mod():
    recipe = replace(recipes.kubernetes("1.37.2"), programs={"kubelet": "k8s.io/kubernetes/cmd/kubelet"})
    assert gobuild.go_mod(recipe, "1.26.8", {"k8s.io/api": "v0.37.2", "k8s.io/kubernetes": "v1.37.2"}).splitlines() == [
        "module lab/kubernetes", "go 1.26.8", "require k8s.io/kubernetes v1.37.2", "replace k8s.io/api => k8s.io/api v0.37.2",
        "tool k8s.io/kubernetes/cmd/kubelet"]


def test_what_runs_for_a_cloud_is_the_version_that_the_product_takes():
    images = cloud_images(lookup(recipes.KUBERNETES).as_dict(), "registry.k8s.io", dict.fromkeys(INTEGRATIONS, ""))
    assert images["aws_cloud_controller_manager"] == f"registry.k8s.io/provider-aws/cloud-controller-manager:v{recipes.CLOUDS['aws'][0].version}"


def test_what_runs_for_a_cloud_is_built_where_it_is_asked_for():
    one, two = artefacts(), {one.title for one in catalogue.artefacts([recipes.KUBERNETES], GO, "amd64", Store(Path("/cache")), ["aws"])}
    assert two - set(one) == {"aws-cloud-controller-manager 1.36.2", "image-provider-aws/cloud-controller-manager 1.36.2"}


def test_staging_modules_are_those_of_the_own_repository():
    text = ("module k8s.io/kubernetes\nrequire k8s.io/api v0.0.0\nreplace (\n\tk8s.io/api => ./staging/src/k8s.io/api\n"
            "\texample.org/fork => example.org/ours v1.2.3\n)\nreplace k8s.io/kms => ./staging/src/k8s.io/kms\n")
    assert gobuild.staging_modules(text) == ["k8s.io/api", "k8s.io/kms"]


def test_modules_of_packages():
    assert gobuild.module_versions("\nk8s.io/api v0.36.3\ngolang.org/x/net v0.49.0\n\nk8s.io/api v0.36.3\n") == {
        "k8s.io/api": "v0.36.3", "golang.org/x/net": "v0.49.0"}


def test_a_program_keeps_its_own_version_where_kubernetes_has_another():
    recipe = replace(CRANE, programs={})
    assert gobuild.go_mod(recipe, "1.26.8", {CRANE.modules[0]: "v0.1.0", "golang.org/x/net": "v0.49.0"}).splitlines() == [
        "module lab/crane", "go 1.26.8", f"require {CRANE.modules[0]} v{CRANE.version}", "replace golang.org/x/net => golang.org/x/net v0.49.0"]


@pytest.mark.parametrize(("package", "name"), [
    ("k8s.io/kubernetes/cmd/kubelet", "kubelet"), ("go.etcd.io/etcd/server/v3", "server"), ("github.com/coredns/coredns", "coredns"),
])
def test_executable_name(package: str, name: str):
    assert gobuild.executable_name(package, CRANE) == name


@pytest.mark.parametrize(("text", "version", "enough"), [
    ("go version go1.26.8 linux/amd64", "1.26.8", True), ("go version go1.27 linux/arm64", "1.27", True),
    ("go version go1.25.9 linux/amd64", "1.25.9", False), ("go version devel +abc linux/amd64", "", False), ("", "", False),
    ("go version go2.0.1 linux/amd64", "2.0.1", True),
])
def test_toolchain_version(text: str, version: str, enough: bool):
    assert toolchain.parsed(text) == version
    assert toolchain.new_enough(version) is enough


@pytest.mark.parametrize("version", ["v1.36.3", "1.36", "1.36.3-rc.1", "latest", "", "2.0.0"])
def test_a_wrong_version_is_refused_before_anything_is_done(version: str, tmp_path: Path):
    with pytest.raises(BuildError, match="is not a Kubernetes version"):
        build.ensure([version], tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_iptables_links_lead_to_a_program_of_the_package():
    assert set(userland.CHOSEN) >= {"usr/sbin/iptables", "usr/sbin/iptables-save", "usr/sbin/ip6tables-restore"}
    assert set(userland.CHOSEN.values()) == {"xtables-nft-multi"}
