# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# A node becomes a plain host again. Only a host with our mark is touched; the mark goes last, so that a killed run goes on where it was.

MARK=$ROOT/etc/kubernetes/cluster
DATA='/var/lib/kubelet /var/lib/containerd /run/containerd /var/lib/cni /run/flannel /run/nri /var/log/pods /var/log/containers /var/lib/kubermatic-caas'
# made by kubelet, and by mounts of pods, on a host that has none
MADE='/usr/libexec/kubernetes /lib/modules'
UNITS='kubelet containerd'

# Those of this host alone: /proc also shows processes of containers that are hosts themselves, and their shims are not ours.
shims() {
    local path here
    here=$(readlink /proc/self/ns/pid)
    grep -l containerd-shim-runc-v2 /proc/[0-9]*/cmdline 2>/dev/null | while read -r path; do
        path=${path%/cmdline}
        [ "$(readlink "$path/ns/pid" 2>/dev/null)" = "$here" ] || continue
        case $(readlink "$path/exe" 2>/dev/null) in */usr/local/bin/containerd-shim-runc-v2*) echo "${path#/proc/}" ;; esac
    done
}

# descendants PID...: they and all below them. A process name may hold blanks and brackets.
descendants() {
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v roots="$*" '
        { pid = $1; sub(/^.*\) [^ ]+ /, ""); parent[pid] = $1 }
        END {
            count = split(roots, list, " ")
            for (i = 1; i <= count; i++) chosen[list[i]] = 1
            do { more = 0; for (pid in parent) if (!(pid in chosen) && (parent[pid] in chosen)) more = chosen[pid] = 1 } while (more)
            for (pid in chosen) print pid
        }'
}

kill_containers() {
    local tries=0 list
    while list=$(shims) && [ -n "$list" ]; do
        # shellcheck disable=SC2046,SC2086
        kill -KILL $(descendants $list) 2>/dev/null
        tries=$((tries + 1))
        [ "$tries" -lt 50 ] || { echo "processes $(echo "$list" | tr '\n' ' ')don't end"; return 1; }
        sleep 0.2
    done
}

# Deepest first; directories that are mounts of the host itself stay.
pod_mounts() {
    awk -v root="$ROOT" '
        BEGIN { n = split("/var/lib/kubelet/ /var/lib/containerd/ /run/containerd/ /run/netns/cni-", places, " ") }
        { for (i = 1; i <= n; i++) if (index($2, root places[i]) == 1) print $2 }' /proc/self/mounts | sort -r
}

unmount_all() {
    local escaped path failed
    failed=$(pod_mounts | while read -r escaped; do
        path=$(printf '%b' "$escaped")
        within 20 umount "$path" 2>/dev/null || within 20 umount -l "$path" || echo "$path"
    done)
    [ -z "$failed" ] || { echo "$failed" | head -n 1; return 1; }
}

interfaces() {
    local path
    for path in cni0 flannel.1 flannel-v6.1 kube-ipvs0; do [ ! -e "/sys/class/net/$path" ] || printf '%s ' "$path"; done
}

remove_interfaces() {
    local name
    for name in $(interfaces); do ip link delete "$name" || return 1; done
}

iptables_tools() {
    local found='' name
    for name in iptables-legacy iptables-nft ip6tables-legacy ip6tables-nft; do have "$name-save" && found=yes && echo "$name"; done
    [ -n "$found" ] || for name in iptables ip6tables; do ! have "$name-save" || echo "$name"; done
}

nft_tables() { ! have nft || nft list tables 2>/dev/null | awk '$3 ~ /^(kube-proxy|flannel-ipv[46])$/ { print $2 ":" $3 }'; }

# From what a TOOL-save says to what TOOL-restore --noflush does: chains of Kubernetes and jumps to them go, and no rule of others is touched, whatever
# its comment says. Nothing if there are none.
without_our_chains() {
    awk '
        function ours(name) { return name ~ /^(KUBE|CNI|FLANNEL)-/ }
        /^[*]/ { table = $0; emptied = jumps = removed = "" }
        /^:/ && ours(substr($1, 2)) { emptied = emptied $1 " - [0:0]\n"; removed = removed "-X " substr($1, 2) "\n" }
        /^-A / && !ours($2) && ours($NF) && $(NF - 1) ~ /^-[jg]$/ { jumps = jumps "-D" substr($0, 3) "\n" }
        /^COMMIT/ && emptied jumps != "" { printf "%s\n%s%s%sCOMMIT\n", table, emptied, jumps, removed }'
}

has_firewall_rules() {
    local tool
    [ -z "$(nft_tables)" ] || return 0
    for tool in $(iptables_tools); do [ -z "$("$tool-save" 2>/dev/null | without_our_chains)" ] || return 0; done
    return 1
}

remove_firewall_rules() {
    local tool table changes
    for table in $(nft_tables); do nft delete table "${table%%:*}" "${table#*:}" || return 1; done
    for tool in $(iptables_tools); do
        changes=$("$tool-save" 2>/dev/null | without_our_chains)
        [ -z "$changes" ] || printf '%s\n' "$changes" | "$tool-restore" --noflush || return 1
    done
}

# What lies in a directory and came after the host was marked: add-ons put files there, of which no list exists.
newer_than_mark() { [ ! -d "$ROOT$1" ] || find "$ROOT$1" -type f -newer "$MARK"; }

installed_files() {
    local record
    for record in "$STATE"/artefacts/*; do [ ! -f "$record" ] || tail -n +2 "$record" | cut -d ' ' -f 3-; done
}

# Files in /etc that carry our first line. Others may stand there, too, with words of ours in them.
configuration() {
    local path
    for path in "$ROOT"/etc/containerd/config.toml "$ROOT"/etc/containerd/certs.d/*/hosts.toml "$ROOT"/etc/containerd/certs.d/*/mirror-*.crt \
        "$ROOT"/etc/systemd/system/containerd.service "$ROOT"/etc/systemd/system/kubelet.service \
        "$ROOT"/etc/sysctl.d/99-kubermatic-caas.conf "$ROOT"/etc/modules-load.d/kubermatic-caas.conf; do
        ! head -n 1 "$path" 2>/dev/null | grep -q '^# Written by kubermatic\.caas' || printf '%s\n' "$path"
    done
}

files_of_node() {
    configuration
    newer_than_mark /etc/cni/net.d
    newer_than_mark /opt/cni/bin
    [ ! -f "$ROOT/etc/kubernetes/pki/ca.crt" ] || printf '%s\n' "$ROOT/etc/kubernetes/pki/ca.crt"
    # last: it is known from a list that goes with the data
    installed_files
}

# Never into another file system: what couldn't be unmounted is not ours to delete.
remove_data() {
    local directory
    for directory in $DATA; do
        [ -d "$ROOT$directory" ] || continue
        find "$ROOT$directory" -xdev -mindepth 1 ! -path "$ROOT$directory/lost+found*" -delete || return 1
        # may be a mount of the host itself
        rmdir "$ROOT$directory" 2>/dev/null || :
    done
}

remove_files() {
    files_of_node | sort -u | while read -r path; do rm -f "$path" || exit 1; done || return 1
    for path in "$ROOT"/etc/containerd/certs.d/* /etc/containerd/certs.d /etc/containerd /etc/kubernetes/pki /etc/cni/net.d /etc/cni /opt/cni/bin /opt/cni \
        /opt/containerd/bin /opt/containerd/lib /opt/containerd; do
        rmdir "$ROOT${path#"$ROOT"}" 2>/dev/null || :
    done
    [ -n "$ROOT" ] || within 60 systemctl daemon-reload
}

data_directories() {
    local directory
    for directory in $DATA; do
        [ ! -d "$ROOT$directory" ] || [ -z "$(find "$ROOT$directory" -mindepth 1 ! -path "$ROOT$directory/lost+found*" | head -n 1)" ] || printf '%s ' "$directory"
    done
}

# Of these: which came after the host was marked, and hold nothing but directories.
made_directories() {
    local path
    for path in $MADE; do
        [ -d "$ROOT$path" ] || continue
        [ -n "$(find "$ROOT$path/" -maxdepth 0 -newer "$MARK")" ] || continue
        [ -n "$(find "$ROOT$path/" ! -type d | head -n 1)" ] || printf '%s ' "$path"
    done
}

remove_made_directories() {
    local path
    for path in $(made_directories); do find "$ROOT$path/" -depth -type d -exec rmdir {} \; || return 1; done
}

in_use() { within 20 systemctl is-active --quiet "$1" || within 20 systemctl is-enabled --quiet "$1"; }

stop_unit() { within 240 systemctl disable --quiet --now "$1"; }

forget() {
    rm -f "$MARK" || return 1
    rmdir "$ROOT/etc/kubernetes" 2>/dev/null || :
}

count() { [ -z "$1" ] && echo 0 && return; printf '%s\n' "$1" | grep -c .; }

part_reset() {
    local unit running='' mounts networks='' rules=no files data made
    if [ ! -f "$MARK" ]; then
        # a run that ended before the host was marked had fetched at most
        [ ! -d "$STAGE" ] || step "Drop downloads" drop_downloads
        return 0
    fi
    # everything is looked at before anything is changed, so that plan and apply say the same
    if [ -z "$ROOT" ]; then
        running=$(shims)
        networks=$(interfaces)
        rules=$(yes_no has_firewall_rules)
        have ip || say warning "The host has no ip command: network interfaces of Kubernetes stay until the next boot"
        [ -n "$(iptables_tools)" ] || have nft || say warning "The host has neither iptables nor nft: rules of kube-proxy stay until the next boot"
    fi
    mounts=$(pod_mounts)
    files=$(files_of_node)
    data=$(data_directories)
    made=$(made_directories)
    for unit in $UNITS; do
        case $(unit_file "$unit.service") in
        "$ROOT/etc/systemd/system/$unit.service") ! in_use "$unit" || step "Stop $unit" stop_unit "$unit" ;;
        esac
    done
    [ -z "$running" ] || step "Stop $(count "$running") pods" kill_containers
    [ -z "$mounts" ] || step "Unmount $(count "$mounts") directories of pods" unmount_all
    [ -z "$networks" ] || step "Remove network interfaces ${networks% }" remove_interfaces
    [ "$rules" = no ] || step "Remove firewall rules of Kubernetes" remove_firewall_rules
    [ -z "$files" ] || step "Remove $(count "$files") files of Kubernetes" remove_files
    [ -z "$data" ] || step "Remove ${data% }" remove_data
    [ -z "$made" ] || step "Remove what pods had made on this host and left empty: ${made% }" remove_made_directories
    step "Forget the cluster" forget
}
