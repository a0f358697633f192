# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Secrets are encrypted in etcd. Needs the part seed_kubeadm; comes before the part seed, as an API server does not start whose
# flags name a file that is not there.
#
# The key is made on the machine that is initialised. Others get it with the authorities when they join. A seed that was made before there was
# encryption gets it in an order in which every API server can read what any of them writes:
#   1. each machine gets the file with the order "read": as it is written now, and by the key;
#   2. each machine gets the order "write": new Secrets are written by the key;
#   3. all Secrets are written anew, until none in etcd is as before.
# A seed of one control-plane machine takes all three steps at once.
#
# $c_encryption_goal: keep, write (step 2) or rewrite (step 3); $c_encryption_config: the file of another machine, encrypted for the seed's authority;
# $c_alone: whether the seed has one control-plane machine.

ENCRYPTION=$ROOT/etc/kubernetes/pki/encryption-config.yaml
# written before the order changes, removed when all Secrets are written anew
UNENCRYPTED=$STATE/secrets-before-encryption
API_SERVER=$ROOT/etc/kubernetes/manifests/kube-apiserver.yaml
PKI=$ROOT/etc/kubernetes/pki

# encryption_providers ORDER KEY: the text of the file.
encryption_providers() {
    local key="      - secretbox: {keys: [{name: key1, secret: \"$2\"}]}" plain='      - identity: {}' first second
    if [ "$1" = read ]; then first=$plain second=$key; else first=$key second=$plain; fi
    printf '%s\n' 'apiVersion: apiserver.config.k8s.io/v1' 'kind: EncryptionConfiguration' 'resources:' '  - resources: [secrets]' '    providers:' \
        "$first" "$second"
}

# Nothing, if there is no file.
encryption_order() {
    [ -s "$ENCRYPTION" ] || return 0
    if sed -n '/providers:/{n;p;q;}' "$ENCRYPTION" | grep -q identity; then echo read; else echo write; fi
}

# A printf of the shell is no process, so the key is on no command line.
write_encryption() { write_file "$ENCRYPTION" 0600 "$(encryption_providers "$1" "$2")
"; }

make_encryption() { write_encryption "$1" "$(head -c 32 /dev/urandom | base64)"; }

key_in() { sed -n 's/.*secret: "\([A-Za-z0-9+/=]*\)".*/\1/p'; }

encryption_key() { key_in <"$ENCRYPTION"; }

order_encryption() {
    [ -n "$(encryption_key)" ] || {
        echo "$ENCRYPTION is not as it was made here"
        return 1
    }
    write_encryption "$1" "$(encryption_key)"
}

remember_unencrypted() { mkdir -p "$STATE" && : >"$UNENCRYPTED"; }

encrypt_at_once() { remember_unencrypted && make_encryption write; }

encrypt_from_now_on() { remember_unencrypted && order_encryption write; }

# All control-plane machines have the authority's key.
share_encryption() {
    openssl cms -encrypt -binary -aes-256-cbc -outform PEM "$PKI/ca.crt" <"$ENCRYPTION"
}

shared_encryption() {
    printf '%s\n' "$c_encryption_config" | openssl cms -decrypt -binary -inform PEM -inkey "$PKI/ca.key" -recip "$PKI/ca.crt" 2>/dev/null
}

take_encryption() {
    local text
    text=$(shared_encryption)
    [ -n "$text" ] || {
        echo "it could not be decrypted with /etc/kubernetes/pki/ca.key"
        return 1
    }
    write_file "$ENCRYPTION" 0600 "$text
"
}

# Number of Secrets in etcd that are not encrypted, nothing if etcd doesn't say. Base64 of "k8s:enc:" begins with azhzOmVuYzp.
unencrypted_secrets() {
    etcd_here get /registry/secrets/ --prefix -w json | tr ',' '\n' |
        awk '/"header":/ { told = 1 } /^"value":"/ && !/^"value":"azhzOmVuYzp/ { count++ } END { if (told) print count + 0 }'
}

# An API server needs up to a minute to see the other order, and it refuses to replace a Secret that another client changed: so repeat until all are encrypted.
rewrite_secrets() {
    local tries=0 left
    until left=$(unencrypted_secrets) && [ "$left" = 0 ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || {
            echo "${left:-unknown how many} Secrets are still as before"
            return 1
        }
        as_admin get secrets --all-namespaces -o json 2>/dev/null | as_admin replace -f - >/dev/null 2>&1
        sleep 3
    done
    rm -f "$UNENCRYPTED"
}

key_of_complete_machine() {
    if [ "$c_first" = no ]; then
        [ "$mode" = plan ] || [ -n "$c_encryption_config" ] || fail "The key for Secrets is on another machine of the seed, and did not come from there. Repeat"
        step "Take over the key with which Secrets are encrypted in etcd" take_encryption
    elif grep -q encryption-provider-config "$API_SERVER" 2>/dev/null; then
        fail "The key with which Secrets are encrypted in etcd is gone. Bring back $ENCRYPTION from another control-plane machine or a backup"
    elif [ "$c_alone" = yes ]; then
        step "Make a key with which Secrets are encrypted in etcd" encrypt_at_once
    else
        step "Make a key with which Secrets are encrypted in etcd" make_encryption read
    fi
}

# Two runs that were cut off may have made a key each. As long as nothing was written by it, one of them can go.
has_another_key() {
    [ -n "$c_encryption_config" ] && [ "$(shared_encryption | key_in)" != "$(encryption_key)" ] || return 1
    [ "$(encryption_order)" = read ] || fail "The key of $ENCRYPTION is not the one of the seed's first machine, and Secrets may be written by either"
}

part_seed_encryption() {
    [ "$(seed_state)" = complete ] || return 0
    if [ ! -s "$ENCRYPTION" ]; then
        key_of_complete_machine
    elif has_another_key; then
        step "Take over the key with which Secrets are encrypted in etcd" take_encryption
    elif [ "$c_encryption_goal" != keep ] && [ "$(encryption_order)" = read ]; then
        step "Encrypt new Secrets in etcd" encrypt_from_now_on
    fi
}
