# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# A kubelet starts anew with a new containerd: one that can't use it would notice that only later. Comes after the part runtime.

part_kubelet_follows() {
    case $restarts in *" containerd "*) needs_restart kubelet ;; esac
}
