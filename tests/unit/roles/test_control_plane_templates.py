# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the role control_plane stores: rendered by Ansible's own lookup, compared with files to read, and judged by rules.

UPDATE=1 writes the files anew; look at the difference before it is committed.
"""
from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._pki.renewal import REREAD
from unit.roles.rendered import ADD_ONS, CLOUD, TEMPLATES, UID, VARIANTS, render, rendered, role_variable, values

# the one in C, which is several times as fast, where it is there
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
GOLDEN = Path(__file__).parent / "golden"
PAIRS = [(variant, template) for variant in VARIANTS for template in TEMPLATES]


def objects(variant: str, side: str) -> Iterator[dict[str, Any]]:
    for template in TEMPLATES:
        if template.startswith(side):
            yield from (item for item in yaml.load_all(render(template, variant), Loader=LOADER) if item)


def pods(variant: str, side: str) -> list[tuple[str, dict[str, Any]]]:
    return [(item["metadata"]["name"], item["spec"]["template"]["spec"])
            for item in objects(variant, side) if item["kind"] in ("Deployment", "StatefulSet", "DaemonSet")]


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", []), *pod["containers"]]


@pytest.mark.parametrize(("variant", "template"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_golden(variant: str, template: str):
    text = render(template, variant)
    # several documents in a file, which linters of the repository's own YAML don't want
    path = GOLDEN / variant / template.replace(".yaml.j2", ".golden")
    if variant != "default" and text == render(template, "default"):
        assert not path.exists(), f"{path} equals the one of default: remove it"
        return
    if os.environ.get("UPDATE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert text == path.read_text(), "renew with UPDATE=1 if this is meant"


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_secret_is_rendered(variant: str):
    """Secrets are the business of the module pki alone."""
    for side in ("seed", "cluster"):
        assert "Secret" not in {item["kind"] for item in objects(variant, side)}


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_leaves_the_namespace_of_the_seed(variant: str):
    for item in objects(variant, "seed"):
        assert "namespace" not in item["metadata"], item["metadata"]["name"]
        assert item["kind"] in {"ConfigMap", "Service", "Deployment", "StatefulSet", "PodDisruptionBudget", "NetworkPolicy"}


@pytest.mark.parametrize("variant", VARIANTS)
def test_pods_in_the_seed_have_no_token_and_few_rights(variant: str):
    assert len(pods(variant, "seed")) == 4
    for name, pod in pods(variant, "seed"):
        assert pod["automountServiceAccountToken"] is False, name
        assert "serviceAccountName" not in pod, name
        context = pod["securityContext"]
        assert context["runAsNonRoot"] is True, name
        assert context["runAsUser"] == context["fsGroup"] > 0, name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in containers(pod):
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False, name
            assert own["readOnlyRootFilesystem"] is True, name
            assert own["capabilities"]["drop"] == ["ALL"], name
            assert set(own["capabilities"].get("add", [])) <= {"NET_BIND_SERVICE"}, name


@pytest.mark.parametrize("side", ["seed", "cluster"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_container_says_what_it_needs(variant: str, side: str):
    for name, pod in pods(variant, side):
        for container in containers(pod):
            assert set(container["resources"]["requests"]) == {"cpu", "memory"}, (name, container["name"])


@pytest.mark.parametrize("side", ["seed", "cluster"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_pod_runs_under_a_seccomp_profile(variant: str, side: str):
    for name, pod in pods(variant, side):
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_changed_secret_or_config_restarts_the_pods_that_mount_it(variant: str):
    for item in objects(variant, "seed"):
        if item["kind"] not in ("Deployment", "StatefulSet"):
            continue
        template = item["spec"]["template"]
        hashes = {key.removeprefix("kubermatic.caas/hash-"): value for key, value in template["metadata"]["annotations"].items()}
        for volume in template["spec"]["volumes"]:
            if ("secret" in volume or "configMap" in volume) and volume["name"] not in REREAD.get(item["metadata"]["name"], ()):
                assert hashes.get(volume["name"]), f"{item['metadata']['name']}: {volume['name']}"


@pytest.mark.parametrize("side", ["seed", "cluster"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_everything_mounted_is_a_volume_and_the_other_way_round(variant: str, side: str):
    claims = {"data"}
    for name, pod in pods(variant, side):
        volumes = {volume["name"] for volume in pod.get("volumes", [])}
        mounted = {mount["name"] for container in containers(pod) for mount in container.get("volumeMounts", [])}
        assert mounted - claims == volumes, name


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_component_of_the_seed_may_be_reached_only_as_a_policy_says(variant: str):
    policies = [item for item in objects(variant, "seed") if item["kind"] == "NetworkPolicy"]
    denied = next(policy["spec"] for policy in policies if policy["metadata"]["name"] == "default-deny")
    assert denied == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert [policy["metadata"]["name"] for policy in policies if {} in policy["spec"].get("egress", [])] == []
    blocks = [(policy["metadata"]["name"], to["ipBlock"]) for policy in policies for rule in policy["spec"].get("egress", []) for to in rule.get("to", [])
              if "ipBlock" in to]
    named = [] if VARIANTS[variant]["cluster"]["add_ons"]["konnectivity"] else ["192.0.2.0/24", "203.0.113.7/32"]
    assert blocks == [("kube-apiserver", {"cidr": network}) for network in named]


def test_two_replicas_and_three_members():
    by_name = {(item["kind"], item["metadata"]["name"]): item for item in objects("replicated", "seed")}
    apiserver = by_name["Deployment", "kube-apiserver"]["spec"]
    assert apiserver["replicas"] == 2
    sidecar = apiserver["template"]["spec"]["initContainers"][0]
    assert "--server-count=2" in sidecar["command"]
    servers = next(flag for flag in apiserver["template"]["spec"]["containers"][0]["command"] if flag.startswith("--etcd-servers="))
    assert servers.count("https://etcd-") == 3
    etcd = by_name["StatefulSet", "etcd"]["spec"]
    assert etcd["replicas"] == 3
    assert "--initial-cluster=$(INITIAL_CLUSTER)" in etcd["template"]["spec"]["containers"][0]["command"]
    # pods of a cluster that changes its size are not restarted for it
    (smaller,) = (item for item in yaml.safe_load_all(rendered("seed/etcd.yaml.j2", values(spread=True))) if item["kind"] == "StatefulSet")
    assert etcd["template"] == smaller["spec"]["template"]


def test_members_of_etcd_share_no_machine_where_there_are_enough():
    rules = {variant: dict(pods(variant, "seed"))["etcd"]["affinity"]["podAntiAffinity"] for variant in ("default", "replicated")}
    (required,) = rules["replicated"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert required == {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "etcd"}}}
    assert list(rules["default"]) == ["preferredDuringSchedulingIgnoredDuringExecution"]


def test_a_member_of_etcd_may_be_defragmented_for_ten_minutes():
    """It answers no probe meanwhile."""
    (etcd,) = (item for item in objects("default", "seed") if item["kind"] == "StatefulSet")
    probe = etcd["spec"]["template"]["spec"]["containers"][0]["livenessProbe"]
    assert probe["failureThreshold"] * min(probe["periodSeconds"], probe["timeoutSeconds"]) >= 600


@pytest.mark.parametrize(("variant", "together"), [("default", {"etcd"}), ("replicated", set())])
def test_a_cluster_with_one_etcd_lives_and_waits_on_its_machine_others_are_spread(variant: str, together: set[str]):
    for name, pod in pods(variant, "seed"):
        rules = pod["affinity"]
        kinds = {"podAffinity": set(), "podAntiAffinity": set()}
        for kind, rule in rules.items():
            for term in rule.get("preferredDuringSchedulingIgnoredDuringExecution", []):
                kinds[kind].add(term["podAffinityTerm"]["labelSelector"]["matchLabels"]["app.kubernetes.io/name"])
        stays = {item["key"].rpartition("/")[2] for item in pod.get("tolerations", []) if "tolerationSeconds" not in item}
        if name != "etcd":
            assert kinds == {"podAffinity": together, "podAntiAffinity": set() if together else {name}}
        assert bool(stays) is (name == "etcd" or bool(together)), name


@pytest.mark.parametrize("variant", VARIANTS)
def test_replicas_in_a_cluster_never_share_a_node_and_may_be_replaced_where_there_is_one_node(variant: str):
    several = [item for item in objects(variant, "cluster") if item["kind"] == "Deployment" and item["spec"].get("replicas", 1) > 1]
    assert [item["metadata"]["name"] for item in several] == ["coredns"]
    for item in several:
        (rule,) = item["spec"]["template"]["spec"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        assert rule["topologyKey"] == "kubernetes.io/hostname"
        assert rule["labelSelector"]["matchLabels"].items() <= item["spec"]["template"]["metadata"]["labels"].items()
        # without it a new pod would wait until the old one is gone, which stays until the new one is ready
        assert rule["matchLabelKeys"] == ["pod-template-hash"]
        # the pod that waits for a node does not keep a rollout from going on
        assert item["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 1
        assert item["metadata"]["annotations"]["kubermatic.caas/wait"] == "false"


def test_customers_have_a_part_of_the_corefile_that_no_run_writes():
    by_name = {(item["kind"], item["metadata"]["name"]): item for item in objects("default", "cluster")}
    corefile = by_name["ConfigMap", "coredns"]["data"]["Corefile"]
    assert corefile.index("import /etc/coredns-custom/*.override\n}") < corefile.index("import /etc/coredns-custom/*.server")
    assert ("ConfigMap", "coredns-custom") not in by_name
    pod = by_name["Deployment", "coredns"]["spec"]["template"]["spec"]
    assert {"name": "custom", "configMap": {"name": "coredns-custom", "optional": True}} in pod["volumes"]
    assert {"name": "custom", "mountPath": "/etc/coredns-custom", "readOnly": True} in pod["containers"][0]["volumeMounts"]


def test_user_config_is_merged_and_never_a_template():
    proxy = next(item for item in objects("configured", "cluster") if item["kind"] == "ConfigMap" and item["metadata"]["name"] == "kube-proxy")
    config = yaml.safe_load(proxy["data"]["config.yaml"])
    assert config["mode"] == "iptables"
    assert config["conntrack"] == {"min": 0, "tcpEstablishedTimeout": "{{ 7 * 7 }}"}
    assert config["clusterCIDR"] == "10.244.0.0/16"


def test_every_add_on_has_a_template():
    from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import ADD_ONS as KNOWN
    from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import CLOUD_ADD_ONS

    assert set(ADD_ONS) == set(KNOWN)
    assert all(set(add_ons) == set(CLOUD_ADD_ONS) for add_ons in CLOUD.values())
    at_clouds = {template for add_ons in CLOUD.values() for templates in add_ons.values() for template in templates}
    assert set(ADD_ONS.values()) | at_clouds <= set(TEMPLATES)


@pytest.mark.parametrize(("chosen", "expected"), [
    ({}, []), ({"cloud_provider": "digitalocean"}, ["cloud-controller-manager-rbac", "digitalocean-cloud-controller-manager", "csi-rbac", "do-csi-plugin"]),
    ({"cloud_provider": "aws"}, ["cloud-controller-manager-rbac", "aws-cloud-controller-manager", "csi-rbac", "aws-ebs-csi-driver"]),
    ({"cloud_provider": "aws", "add_ons": {"csi": False}}, ["cloud-controller-manager-rbac", "aws-cloud-controller-manager"])], ids=str)
def test_a_cloud_brings_its_add_ons(chosen: dict[str, Any], expected: list[str]):
    variables = role_variable("control_plane_add_ons", control_plane_spec={
        "cluster": values(**chosen)["cluster"], "cloud_templates": CLOUD.get(chosen.get("cloud_provider"), {})})
    plain = [f"cluster/{name}.yaml.j2" for name in ("rbac", "kubernetes-endpoint", "kube-proxy", "coredns", "flannel", "konnectivity-agent", "metrics-server")]
    assert variables == [*plain, *(f"cluster/{name}.yaml.j2" for name in expected)]


@pytest.mark.parametrize(("variant", "template", "words"), [
    ("digitalocean", "cluster/digitalocean-cloud-controller-manager.yaml.j2", [UID]),
    ("digitalocean", "cluster/do-csi-plugin.yaml.j2", [f"--do-tag=kubermatic-caas:{UID}"]),
    ("aws", "cluster/aws-cloud-controller-manager.yaml.j2", [f"KubernetesClusterID = {UID}", f"--cluster-name={UID}"]),
    ("aws", "cluster/aws-ebs-csi-driver.yaml.j2", [f"--k8s-tag-cluster-id={UID}", f"--extra-tags=kubermatic-caas={UID}"])])
def test_what_they_make_at_the_cloud_carries_the_uid_of_the_cluster(variant: str, template: str, words: list[str]):
    text = render(template, variant)
    assert all(word in text for word in words)


@pytest.mark.parametrize(("options", "template", "word"), [
    ({"cloud_provider": "digitalocean"}, "digitalocean-cloud-controller-manager", 'value: "https://api.digitalocean.com/"'),
    ({"cloud_provider": "digitalocean", "digitalocean_url": "https://do.example.org:8443/v2"}, "digitalocean-cloud-controller-manager",
     'value: "https://do.example.org:8443/"'),
    ({"cloud_provider": "digitalocean", "digitalocean_url": "https://do.example.org/v2/"}, "do-csi-plugin", "--url=https://do.example.org/\n"),
    ({"cloud_provider": "aws", "aws_url": "https://aws.example.org"}, "aws-cloud-controller-manager",
     'name: AWS_ENDPOINT_URL\n              value: "https://aws.example.org"'),
    ({"cloud_provider": "aws", "cloud_credentials": "machines", "aws_url": "https://aws.example.org"}, "aws-ebs-csi-driver",
     'name: AWS_EC2_ENDPOINT\n              value: "https://aws.example.org"')], ids=str)
def test_what_runs_for_a_cloud_asks_where_the_cloud_is(options: dict[str, Any], template: str, word: str):
    text = rendered(f"cluster/{template}.yaml.j2", values(**options))
    assert word in text and list(yaml.safe_load_all(text))


@pytest.mark.parametrize("template", sorted({name for add_ons in CLOUD.values() for names in add_ons.values() for name in names}))
def test_no_key_is_asked_for_where_machines_prove_themselves(template: str):
    uses = "secretKeyRef" in render(template, "default")
    assert uses is (not template.endswith("-rbac.yaml.j2"))
    if "aws" in template:
        assert "secretKeyRef" not in render(template, "aws")


def test_the_seed_knows_of_a_cloud_only_that_there_is_one():
    """What talks to a cloud, and its credentials, are in the customer's cluster: nothing in the seed can reach a cloud."""
    flags = {variant: render("seed/kube-controller-manager.yaml.j2", variant).count("--cloud-provider=external") for variant in VARIANTS}
    assert flags == {variant: int(variant in ("digitalocean", "aws")) for variant in VARIANTS}
    for template in TEMPLATES:
        if template.startswith("seed/") and "kube-controller-manager" not in template:
            assert render(template, "digitalocean") == render(template, "default")


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_container_of_the_seed_has_a_memory_limit(variant: str):
    for name, pod in pods(variant, "seed"):
        for container in containers(pod):
            limit = container["resources"]["limits"]["memory"]
            environment = {item["name"]: item.get("value") for item in container["env"]}
            # Go's own limit in MiB: nine tenths
            assert limit.endswith(("Gi", "Mi")), name
            assert environment["GOMEMLIMIT"].endswith("MiB"), name


def test_the_priority_that_the_seed_offers_is_that_of_all_pods():
    found = role_variable("control_plane_values", control_plane_spec={"cluster": {"priority_class": "system-cluster-critical"}},
                          control_plane_endpoint={"address": "", "port": 1, "konnectivity_port": 2}, control_plane_pki={}, control_plane_etcd={"spread": True})
    assert found["cluster"]["priority_class"] == "system-cluster-critical"
    given = values(control_plane_priority_class="system-cluster-critical")
    for template in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        for item in yaml.safe_load_all(rendered(f"seed/{template}.yaml.j2", given)):
            if item and item["kind"] in ("Deployment", "StatefulSet"):
                assert item["spec"]["template"]["spec"]["priorityClassName"] == "system-cluster-critical"


def test_pods_leave_a_machine_that_is_gone_if_their_data_can_follow():
    """Without tolerations of their own, they get those of Kubernetes: five minutes."""
    for moves in (False, True):
        template_vars = values(etcd_storage_moves=moves)
        for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"):
            (workload,) = (item for item in yaml.safe_load_all(rendered(f"seed/{name}.yaml.j2", template_vars))
                           if item and item["kind"] in ("Deployment", "StatefulSet"))
            assert bool(workload["spec"]["template"]["spec"].get("tolerations")) is not moves, name


def test_what_is_known_of_the_order_of_changes_is_that_of_the_waves():
    """_seed/room.py looks whether the seed has room for each step of a change."""
    from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.container_resources import POD_NAMES
    from ansible_collections.kubermatic.caas.plugins.module_utils._seed.room import STEPS

    waves: dict[int, set[str]] = {}
    for item in objects("default", "seed"):
        if item["kind"] in ("Deployment", "StatefulSet"):
            waves.setdefault(int(item["metadata"]["annotations"]["kubermatic.caas/wave"]), set()).add(item["metadata"]["name"])
    assert [waves[number] for number in sorted(waves)] == [set(step) for step in STEPS]
    assert sorted(name for step in STEPS for name in step) == sorted(POD_NAMES)
