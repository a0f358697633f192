# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Other software on the host, and what an earlier life left there. Reads only. Meaning of every fact: module_utils/_host/other_software.py.

# As systemd searches them: a file hides those of its name in later directories.
UNIT_DIRECTORIES='/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system'
SYSCTL_DIRECTORIES='/etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d /lib/sysctl.d'
PROGRAMS='containerd containerd-shim-runc-v2 ctr runc kubelet kubeadm kubectl'
OTHER_KUBERNETES='k3s k3s-agent rke2-server rke2-agent k0scontroller k0sworker snap.microk8s.daemon-kubelite crio'
CNI_PLUGINS='bandwidth bridge dhcp dummy firewall host-device host-local ipvlan loopback macvlan portmap ptp sbr static tap tuning vlan vrf'

# lines KEY: a list from stdin, one item a line.
lines() { say text "$1 $(encoded)"; }

has_mark() { [ -e "$ROOT/etc/kubernetes/cluster" ] || [ -e "$ROOT/etc/kubernetes/seed" ]; }

# Whether this collection has begun to install here: then what lies in its places is its own.
has_begun() { has_mark || [ -d "$STATE/artefacts" ]; }

first_line_is_ours() { head -n 1 "$1" 2>/dev/null | grep -q '^# Written by kubermatic\.caas'; }

there() { [ -e "$1" ] || [ -L "$1" ]; }

cni_configuration() {
    local path
    for path in "$ROOT"/etc/cni/net.d/*.conf "$ROOT"/etc/cni/net.d/*.conflist "$ROOT"/etc/cni/net.d/*.json; do
        ! there "$path" || printf '%s\n' "${path#"$ROOT"}"
    done
}

# A disk of its own has lost+found.
filled_directories() {
    local path
    for path in /var/lib/containerd /var/lib/kubelet /var/lib/cni /run/flannel /var/log/pods; do
        [ -z "$(within 5 find "$ROOT$path/" -mindepth 1 -maxdepth 1 ! -name lost+found 2>/dev/null | head -n 1)" ] || printf '%s\n' "$path"
    done
}

strange_files() {
    local path
    for path in /etc/containerd/config.toml /etc/systemd/system/containerd.service /etc/systemd/system/kubelet.service; do
        ! there "$ROOT$path" || [ "$(readlink "$ROOT$path")" = /dev/null ] || first_line_is_ours "$ROOT$path" || printf '%s\n' "$path"
    done
    for path in $PROGRAMS; do ! there "$ROOT/usr/local/bin/$path" || printf '%s\n' "/usr/local/bin/$path"; done
    for path in $CNI_PLUGINS; do ! there "$ROOT/opt/cni/bin/$path" || printf '%s\n' "/opt/cni/bin/$path"; done
}

other_kubernetes() {
    local unit directory
    for unit in $OTHER_KUBERNETES; do
        for directory in $UNIT_DIRECTORIES; do
            [ ! -f "$ROOT$directory/$unit.service" ] || { printf '%s\n' "$directory/$unit.service" && break; }
        done
    done
}

# masked UNIT: an empty file does it, too.
masked() {
    local path="$ROOT/etc/systemd/system/$1.service"
    [ "$(readlink "$path")" = /dev/null ] || { [ -f "$path" ] && [ ! -s "$path" ]; }
}

masked_units() {
    local unit
    for unit in containerd kubelet; do ! masked "$unit" || printf '%s\n' "$unit"; done
}

# files_in DIRECTORIES SUBDIRECTORY: *.conf that count, in the order of DIRECTORIES. SUBDIRECTORY may be empty.
files_in() {
    local directory path seen=/
    for directory in $1; do
        for path in "$ROOT$directory$2"/*.conf; do
            there "$path" || continue
            case $seen in *"/${path##*/}/"*) continue ;; esac
            seen="$seen${path##*/}/"
            printf '%s\n' "$path"
        done
    done
}

# UNIT PATH KEYS, with tabs between.
drop_ins() {
    local unit path
    for unit in containerd kubelet; do
        files_in "$UNIT_DIRECTORIES" "/$unit.service.d" | while read -r path; do
            printf '%s\t%s\t%s\n' "$unit" "${path#"$ROOT"}" "$(sed -n 's/^[[:space:]]*\([A-Z][A-Za-z]*\)[[:space:]]*=.*/\1/p' "$path" 2>/dev/null | sort -u | tr '\n' ' ')"
        done
    done
}

# PATH KEY VALUE, with tabs between: those of forwarding and of bridges. A key may be written with slashes.
sysctl_settings() {
    local path key value
    files_in "$SYSCTL_DIRECTORIES" '' | while read -r path; do
        sed -n 's/^[[:space:]]*-\{0,1\}\(net[./][^=[:space:]]*\)[[:space:]]*=[[:space:]]*\([0-9]*\).*/\1 \2/p' "$path" 2>/dev/null | tr / . |
            while read -r key value; do
                case $key in *.forwarding | *.ip_forward | *.bridge-nf-call-*) printf '%s\t%s\t%s\n' "${path#"$ROOT"}" "$key" "$value" ;; esac
            done
    done
}

# Words: on, and what its rules allow already: input, forward, vxlan, kubelet.
ufw() {
    local rules="$ROOT/etc/ufw/user.rules" defaults="$ROOT/etc/default/ufw"
    grep -q '^ENABLED=yes' "$ROOT/etc/ufw/ufw.conf" 2>/dev/null || return 0
    printf 'on '
    ! grep -q '^DEFAULT_INPUT_POLICY="*ACCEPT' "$defaults" 2>/dev/null || printf 'input '
    ! grep -q '^DEFAULT_FORWARD_POLICY="*ACCEPT' "$defaults" 2>/dev/null || printf 'forward '
    ! grep -q -e '^### tuple ### allow udp 8472 ' -e '^### tuple ### allow any \(any\|8472\) ' "$rules" 2>/dev/null || printf 'vxlan '
    ! grep -q -e '^### tuple ### allow tcp 10250 ' -e '^### tuple ### allow any \(any\|10250\) ' "$rules" 2>/dev/null || printf 'kubelet '
}

firewalld() {
    local zones="$ROOT/etc/firewalld/zones"
    within 5 systemctl is-active --quiet firewalld 2>/dev/null || return 0
    printf 'on '
    ! grep -q '<source ' "$zones/trusted.xml" 2>/dev/null || printf 'forward '
    ! grep -q -e 'port="8472".*udp' -e 'udp.*port="8472"' "$zones"/*.xml 2>/dev/null || printf 'vxlan '
    ! grep -q -e 'port="10250".*tcp' -e 'tcp.*port="10250"' "$zones"/*.xml 2>/dev/null || printf 'kubelet '
}

swap_at_boot() { awk '$1 !~ /^#/ && $3 == "swap" && $4 !~ /(^|,)noauto(,|$)/ { found = 1 } END { exit !found }' "$ROOT/etc/fstab" 2>/dev/null; }

part_other_software() {
    fact has_mark "$(yes_no has_mark)"
    fact has_begun "$(yes_no has_begun)"
    cni_configuration | lines cni_configuration
    fact interfaces "$(cd "$ROOT/sys/class/net" 2>/dev/null && printf '%s ' *)"
    masked_units | lines masked_units
    drop_ins | lines drop_ins
    sysctl_settings | lines sysctl_settings
    fact swap_at_boot "$(yes_no swap_at_boot)"
    fact ufw "$(ufw)"
    fact firewalld "$(firewalld)"
    has_mark && return 0
    filled_directories | lines filled_directories
    strange_files | lines strange_files
    other_kubernetes | lines other_kubernetes
}
