# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Why a kubelet or containerd doesn't do its work, as its own journal says. Reads only.

journal() { within 10 journalctl -u "$1" -n 200 -o cat --no-pager 2>/dev/null; }

# The last thing of that sort that it said, without date and source line.
last_complaint() {
    journal "$1" | grep -e '^[EF][0-9]' -e 'level=error' -e 'level=fatal' -e '^Error' -e '^panic: ' -e 'Failed to execute ' | tail -n 1 | sed 's/^[EF][0-9][^]]*] //'
}

part_diagnosis() {
    local unit
    for unit in containerd kubelet; do
        within 10 systemctl is-active --quiet "$unit" && continue
        fact stopped "$unit doesn't run: $(last_complaint "$unit")"
        return 0
    done
    fact complaint "kubelet says: $(last_complaint kubelet)"
}
