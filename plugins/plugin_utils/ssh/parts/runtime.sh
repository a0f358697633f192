# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Kernel settings and containerd. Its files come from module_utils/_host/files.py.

kernel_feature_loaded() {
    case $1 in
    overlay) grep -qw overlay /proc/filesystems ;;
    br_netfilter) [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] ;;
    esac
}

# May be built in: only what is missing is loaded.
kernel_module() { kernel_feature_loaded "$1" || step "Load kernel module $1" within 60 modprobe "$1"; }

set_sysctl() { echo "$2" >"$1"; }

# sysctl_is KEY=VALUE; in plan mode the key may not exist before its module is loaded.
sysctl_is() {
    local key="${1%%=*}" value="${1#*=}" path
    path=/proc/sys/$(printf '%s' "$key" | tr . /)
    [ "$(cat "$path" 2>/dev/null)" = "$value" ] || step "Set $key to $value" set_sysctl "$path" "$value"
}

# Files of mirrors that are no longer wanted. Only those with our first line are ours.
old_registry_mirrors() {
    local path
    for path in "$ROOT"/etc/containerd/certs.d/*/hosts.toml "$ROOT"/etc/containerd/certs.d/*/mirror-*.crt; do
        [ -f "$path" ] || continue
        case " ${c_registry_files:-} " in *" ${path#"$ROOT"} "*) continue ;; esac
        ! head -n 1 "$path" | grep -q '^# Written by kubermatic\.caas' || absent "${path#"$ROOT"}"
    done
}

part_runtime() {
    local setting
    kernel_module overlay
    kernel_module br_netfilter
    files_runtime
    for setting in ${c_sysctls:-}; do sysctl_is "$setting"; done
    old_registry_mirrors
    service containerd
}
