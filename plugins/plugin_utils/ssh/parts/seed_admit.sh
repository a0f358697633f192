# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# A control-plane machine of the seed lets another machine in, which SSH attests. Needs the parts seed_kubeadm and seed_access.
#
# $c_joining, $c_joining_role, $c_joining_address: the other machine; $c_join_request, $c_join_recipient: PEM, as its part seed_key made them.
# Its control host has compared the subject of the request.

# ID of the member that lived on that machine before, if there is one. A member that never started has no name.
former_member() {
    etcd_here member list 2>/dev/null |
        awk -F', ' -v name="$c_joining" -v url="https://$c_joining_address:2380" '$3 == name || $4 == url { print $1; exit }'
}

# A machine that comes back empty or half joined: kubeadm takes its old Node for a running one, and etcd its old member for one with data.
forget_former_life() {
    local member=''
    [ -z "$(as_admin get node "$c_joining" --ignore-not-found -o name 2>/dev/null)" ] ||
        step "Forget the Node $c_joining of before" as_admin delete node "$c_joining" --ignore-not-found
    [ "$c_joining_role" = worker ] || member=$(former_member)
    [ -z "$member" ] || step "Forget the etcd member $c_joining of before" etcd_here member remove "$member"
}

# What kubeadm copies by hand or by its certificate key, and the key for Secrets; readable only for the machine that asked.
authorities() {
    local encryption=encryption-config.yaml pki="$ROOT/etc/kubernetes/pki"
    [ -f "$pki/$encryption" ] || encryption=''
    # shellcheck disable=SC2086
    tar -cf - -C "$pki" ca.crt ca.key sa.pub sa.key front-proxy-ca.crt front-proxy-ca.key etcd/ca.crt etcd/ca.key $encryption |
        openssl cms -encrypt -binary -aes-256-cbc -outform PEM /dev/fd/4 4<<RECIPIENT
$c_join_recipient
RECIPIENT
}

part_seed_admit() {
    local certificate keys
    [ "$mode" = apply ] || return 0
    forget_former_life
    certificate=$(sign_request "$c_join_request" 1 2>/dev/null) || fail "The access of $c_joining can't be signed with /etc/kubernetes/pki/ca.key"
    say text "admission_certificate $(printf '%s\n' "$certificate" | encoded)"
    text admission_ca "$ROOT/etc/kubernetes/pki/ca.crt"
    [ "$c_joining_role" != worker ] || return 0
    keys=$(authorities 2>/dev/null) || fail "The authorities of the seed can't be encrypted for $c_joining"
    say text "admission_keys $(printf '%s\n' "$keys" | encoded)"
}
