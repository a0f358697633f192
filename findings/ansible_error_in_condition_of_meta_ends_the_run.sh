#!/usr/bin/env bash
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# A condition that can't be evaluated for one host, of a task with ansible.builtin.meta: the run ends there for all hosts and plays.
# Expected: as with any other module, that host fails, a rescue catches it, and the other hosts go on. Seen: neither a failed host nor a recap; the rescue, the
# other host and the next play are left out. So one host of the inventory that lacks a variable ends the run of all others.
# Way out: such conditions need a default for everything that a host may lack.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q ansible-core==2.19.14
cd "$folder"
cat >hosts.yml <<'YAML'
all: {hosts: {first: {ansible_connection: local}, second: {ansible_connection: local}}}
YAML
playbook() {
    cat <<YAML
- hosts: all
  gather_facts: false
  tasks:
    - block:
        - $1
          when: inventory_hostname == 'first' and no_variable
      rescue:
        - debug: {msg: rescued}
    - debug: {msg: goes on}
- hosts: second
  gather_facts: false
  tasks:
    - debug: {msg: next play}
YAML
}
# run TASK: which of the messages appeared, and whether there was a recap
run() {
    local output code=0 word seen=""
    playbook "$1" >play.yml
    output=$(ANSIBLE_NOCOLOR=1 venv/bin/ansible-playbook -i hosts.yml play.yml 2>&1) || code=$?
    for word in rescued "goes on" "next play" "PLAY RECAP"; do
        [[ $output != *"$word"* ]] || seen="$seen [$word]"
    done
    echo "exit $code,$seen"
}
version=$(venv/bin/ansible-playbook --version)
echo "${version%%$'\n'*}"
with_debug=$(run "debug: {msg: a task}") with_meta=$(run "meta: end_host")
echo "debug with that condition: $with_debug"
echo "meta with that condition:  $with_meta"
[ "$with_debug" = "exit 0, [rescued] [goes on] [next play] [PLAY RECAP]" ] && [ "$with_meta" = "exit 1," ]
