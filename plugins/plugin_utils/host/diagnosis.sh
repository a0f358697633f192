# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Why a kubelet or containerd doesn't do its work, as its own journal says. Reads only.

part_diagnosis() {
    local unit line
    for unit in containerd kubelet; do
        if ! systemctl is-active --quiet "$unit"; then
            line=$(journalctl -u "$unit" -n 40 -o cat --no-pager 2>/dev/null | grep -v '^\(Started\|Stopped\|Starting\|Stopping\) ' | grep -i -e err -e fail | tail -n 1)
            fact complaint "$unit doesn't run: ${line:-see journalctl -u $unit on the host}"
            return 0
        fi
    done
    line=$(journalctl -u kubelet -n 200 -o cat --no-pager 2>/dev/null | grep '^E[0-9]' | tail -n 1)
    [ -z "$line" ] || fact complaint "kubelet says: ${line#*] }"
}
