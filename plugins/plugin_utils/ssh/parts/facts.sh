# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# What the host is and what is on it. Reads only. Meaning and units of every fact: module_utils/_host/capabilities.py.

os_release() { sed -n "/^$1=/ { s/^$1=//; s/[\"']//g; p; q; }" "$ROOT/etc/os-release" 2>/dev/null; }

cgroup_version() {
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo 2; else echo 1; fi
}

# Size of the file system where the path is or would be, and what is free of it, in KiB.
disk() {
    local directory="$ROOT$1"
    while [ ! -d "$directory" ]; do directory=$(dirname "$directory"); done
    within 5 df -Pk "$directory" | awk 'NR == 2 { print $2, $4 }'
}

free_mib() { disk "$1" | awk '{ print int($2 / 1024) }'; }

free_percent() { disk "$1" | awk '{ print int($1 ? $2 * 100 / $1 : 100) }'; }

# CAP_SYS_RESOURCE is bit 24 of the effective set.
cap_sys_resource() {
    local set
    set=$(awk '$1 == "CapEff:" { print $2 }' /proc/self/status)
    [ $(((0x$set >> 24) & 1)) = 1 ]
}

oom_score_lowerable() { (echo -999 >/proc/self/oom_score_adj); }

# Listening TCP ports of the ones asked for, from /proc: ss and netstat may be missing or old.
ports_in_use() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v ports="$*" '
        BEGIN { count = split(ports, list, " "); for (i = 1; i <= count; i++) wanted[sprintf("%04X", list[i])] = list[i] }
        $4 == "0A" { port = substr($2, length($2) - 3); if (port in wanted) { printf "%s ", wanted[port]; delete wanted[port] } }'
}

# DEVICE=ADDRESS/PREFIX, with ",passing" for those that come and go: further addresses of a network, temporary and withdrawn ones.
# kube-ipvs0 carries the addresses of all Services.
addresses() {
    if have ip; then ip -o addr show scope global 2>/dev/null | awk '$2 != "kube-ipvs0" {
        passing = ""; for (i = 5; i <= NF; i++) if ($i ~ /^(secondary|temporary|deprecated|tentative)$/) passing = ",passing"
        print $2 "=" $4 passing }'; else
        hostname -I 2>/dev/null | tr ' ' '\n' | sed -n 's/^\(..*\)$/unknown=\1/p'
    fi | tr '\n' ' '
}

# The address this host uses when it talks to $1.
source_address() { ip -o route get "$1" 2>/dev/null | sed -n 's/.* src \([^ ]*\).*/\1/p'; }

missing_tools() {
    local tool
    for tool in awk base64 chmod cmp cut df find grep mktemp mount mv openssl sed sha256sum sort stat systemctl tar tr uname umount; do
        have "$tool" || printf '%s ' "$tool"
    done
    have curl || have wget || printf 'curl '
}

kernel_feature() {
    case $1 in
    overlay) grep -qw overlay /proc/filesystems || within 5 modprobe -n overlay ;;
    br_netfilter) [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || within 5 modprobe -n br_netfilter ;;
    esac >/dev/null 2>&1
}

# Nothing but what a resolver reads of them leaves the host. $c_resolver: one more, that kubelet_config names.
resolv_confs() {
    local path
    for path in /etc/resolv.conf /run/systemd/resolve/resolv.conf ${c_resolver:+"$c_resolver"}; do
        [ ! -f "$ROOT$path" ] || say text "resolv_conf:$path $(sed -n -e '/^[[:space:]]*nameserver[[:space:]]/p' -e '/^[[:space:]]*search[[:space:]]/p' "$ROOT$path" | encoded)"
    done
}

artefact_facts() {
    local path
    for path in "$STATE"/artefacts/*; do
        [ -f "$path" ] || continue
        record "${path##*/}"
        fact "installed_${path##*/}" "$recorded_version"
        fact "checksum_${path##*/}" "$recorded_sum"
    done
}

# What an upgrade that has not ended keeps of the versions before it.
upgrade_facts() {
    local path version
    [ -e "$PREVIOUS/began" ] || return 0
    fact upgrade_began yes
    for path in "$PREVIOUS"/artefacts/*; do
        [ ! -f "$path" ] || { IFS=' ' read -r _ version _ <"$path" && fact "former_${path##*/}" "$version"; }
    done
}

public_key_of_certificate() { openssl x509 -pubkey -noout -in "$1"; }

pair_matches() {
    [ -s "$1" ] && [ -s "$2" ] && [ "$(public_key_of_certificate "$1")" = "$(openssl pkey -pubout -in "$2")" ]
}

certificate_of() { sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p' "$1"; }

part_facts() {
    local pki="$ROOT/var/lib/kubelet/pki"
    # the error names a program that hangs, at once
    within 5 systemctl show -p Version >/dev/null 2>&1 || :
    within 5 df -Pk "$ROOT/" >/dev/null 2>&1 || :
    fact epoch "$(date +%s)"
    fact os_id "$(os_release ID)"
    fact os_version "$(os_release VERSION_ID)"
    fact os_name "$(os_release PRETTY_NAME)"
    fact kernel "$(uname -r)"
    fact architecture "$(uname -m)"
    fact init "$(cat /proc/1/comm)"
    fact systemd "$(systemctl --version 2>/dev/null | awk 'NR == 1 { print $2 }')"
    fact cgroup_version "$(cgroup_version)"
    fact virtualization "$(systemd-detect-virt 2>/dev/null)"
    fact memory_mib "$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)"
    fact cpus "$(grep -c '^processor' /proc/cpuinfo)"
    fact free_mib_usr "$(free_mib /usr/local/bin)"
    fact free_mib_containerd "$(free_mib /var/lib/containerd)"
    fact free_mib_kubelet "$(free_mib /var/lib/kubelet)"
    fact free_percent_containerd "$(free_percent /var/lib/containerd)"
    fact free_percent_kubelet "$(free_percent /var/lib/kubelet)"
    fact free_mib_downloads "$(free_mib /var/lib/kubermatic-caas)"
    fact swap "$(yes_no grep -q '^/' /proc/swaps)"
    fact hostname "$(cat /proc/sys/kernel/hostname)"
    fact machine_id "$(cat "$ROOT/etc/machine-id" 2>/dev/null)"
    fact addresses "$(addresses)"
    [ -z "${c_towards:-}" ] || fact source_address "$(source_address "$c_towards")"
    fact ports_in_use "$(ports_in_use 6443 2379 2380 10248 10249 10250 10256 10257 10259)"
    fact cap_sys_resource "$(yes_no cap_sys_resource)"
    fact oom_score_lowerable "$(yes_no oom_score_lowerable)"
    fact overlay "$(yes_no kernel_feature overlay)"
    fact br_netfilter "$(yes_no kernel_feature br_netfilter)"
    fact module_directory "$(yes_no test -d "/lib/modules/$(uname -r)")"
    resolv_confs
    fact missing_tools "$(missing_tools)"
    fact containerd_unit "$(unit_file containerd.service)"
    fact kubelet_unit "$(unit_file kubelet.service)"
    fact containerd_active "$(yes_no within 5 systemctl is-active --quiet containerd)"
    fact kubelet_active "$(yes_no within 5 systemctl is-active --quiet kubelet)"
    fact kubeadm_node "$(yes_no test -e "$ROOT/etc/kubernetes/kubelet.conf")"
    artefact_facts
    upgrade_facts
    fact sandbox_image "$(sed -n 's/^[[:space:]]*sandbox = "\(.*\)"$/\1/p' "$ROOT/etc/containerd/config.toml" 2>/dev/null)"
    text mark "$ROOT/etc/kubernetes/cluster"
    text ca_bundle "$ROOT/etc/kubernetes/pki/ca.crt"
    text serving_certificate "$pki/kubelet.crt"
    fact serving_pair "$(yes_no pair_matches "$pki/kubelet.crt" "$pki/kubelet.key")"
    fact client_pair "$(yes_no pair_matches "$pki/kubelet-client-current.pem" "$pki/kubelet-client-current.pem")"
    # the current client file also holds the private key: only its certificate leaves the host
    [ ! -r "$pki/kubelet-client-current.pem" ] ||
        say text "client_certificate $(certificate_of "$pki/kubelet-client-current.pem" | encoded)"
}
