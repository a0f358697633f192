# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Files of the kubelet, and the keys of the host with requests for their certificates. No key leaves the host.
#
# $c_node_name; $c_wants: which certificates are to be made anew, words of "client" and "serving".

PKI=$ROOT/var/lib/kubelet/pki

wants() { case " $c_wants " in *" $1 "*) : ;; *) false ;; esac; }

# New keys lie beside the old ones until their certificate has come.
new_key() {
    mkdir -p "$PKI" && chmod 0700 "$PKI" &&
        (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$1.caas-new") && mv -f "$1.caas-new" "$1"
}

request() { openssl req -new -sha256 -key "$1" -subj "/O=system:nodes/CN=system:node:$c_node_name"; }

key_with_request() {
    wants "$1" || return 0
    [ -f "$PKI/$1.key.pending" ] || step "Make a key for the kubelet's $1 certificate" new_key "$PKI/$1.key.pending"
    [ "$mode" = plan ] || say text "$1_request $(request "$PKI/$1.key.pending" | encoded)"
}

part_kubelet() {
    files_kubelet
    key_with_request client
    key_with_request serving
}
