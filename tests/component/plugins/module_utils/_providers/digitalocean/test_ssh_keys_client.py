# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import subprocess
from pathlib import Path

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.ssh_keys_client import DigitalOceanKeys
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.ssh_key import fingerprint
from worlds.digitalocean import world
from worlds.world import UID

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody"


def test_the_fingerprint_is_the_one_that_ssh_shows(tmp_path: Path):
    (tmp_path / "key.pub").write_text(PUBLIC_KEY + "\n")
    shown = subprocess.run(["ssh-keygen", "-l", "-E", "md5", "-f", tmp_path / "key.pub"], check=True, text=True, stdout=subprocess.PIPE).stdout
    assert shown.split()[1] == f"MD5:{fingerprint(PUBLIC_KEY)}"


def test_only_keys_of_the_pool_are_its_own():
    with world() as here:
        keys = DigitalOceanKeys(here.api(), UID, "web")
        keys.make(PUBLIC_KEY)
        keys.make(PUBLIC_KEY)
        for number, name in enumerate((f"kubermatic-caas:{UID}", f"kubermatic-caas:{UID}:db:1", f"kubermatic-caas:{UID}:web2:1", "kubermatic-caas:x:web:1")):
            here.account.add_key(name, f"ssh-ed25519 AAA{number}")
        (own,) = keys.own()
        assert own.name == keys.name(PUBLIC_KEY) and keys.is_known(PUBLIC_KEY)
        keys.remove(own)
        keys.remove(own)
        assert keys.own() == [] and not keys.is_known(PUBLIC_KEY) and len(here.account.keys) == 4
