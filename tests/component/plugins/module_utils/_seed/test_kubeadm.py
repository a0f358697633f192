# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What kubeadm says of the files that are written for it."""
from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._seed import kubeadm
from unit.plugins.module_utils._seed.test_kubeadm import OLD, PLAIN, SEED, documents

CACHE = Path(os.environ.get("LAB_CACHE", Path.home() / ".cache" / "kubermatic-caas-lab"))


@pytest.fixture
def program() -> str:
    found = shutil.which("kubeadm", path=f"{CACHE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")
    return found or pytest.fail("kubeadm is missing: run `make lab-build` first.", pytrace=False)


@pytest.mark.parametrize("able", [PLAIN, OLD])
def test_kubeadm_itself_accepts_it(program, able, tmp_path):
    file = tmp_path / "kubeadm.yaml"
    seed = replace(SEED, audit_log=True, kube_proxy_config={"conntrack": {"maxPerCore": 0}})
    file.write_text(yaml.safe_dump_all(documents(seed, able)))
    subprocess.run([program, "config", "validate", "--config", file], check=True)
    listed = subprocess.run([program, "config", "images", "list", "--config", file], check=True, capture_output=True, text=True).stdout.split()
    assert {image for image in listed if "/pause:" not in image} == {image for image in kubeadm.images(seed) if "/pause:" not in image}


@pytest.mark.parametrize("role", ["control_plane", "worker"])
def test_kubeadm_itself_accepts_a_joining_machine(program, role, tmp_path):
    file, access = tmp_path / "join.yaml", tmp_path / "kubeconfig"
    # it looks whether the file is there
    access.touch()
    wanted = kubeadm.join_configuration(SEED, OLD, machine="fra1-b", address="192.0.2.8", role=role)
    file.write_text(yaml.safe_dump(wanted).replace(kubeadm.JOIN_KUBECONFIG, str(access)))
    subprocess.run([program, "config", "validate", "--config", file], check=True)
