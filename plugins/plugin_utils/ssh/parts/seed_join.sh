# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# A machine joins a seed that exists, by kubeadm. Needs the parts seed_kubeadm and seed_key, and an admission (see seed_admit.sh).
#
# $c_server: URL of the seed's API server; $c_admission_ca, $c_admission_certificate: PEM; $c_admission_keys: the seed's authorities, encrypted for
# the key of seed_key, for a control-plane machine. (Not needed in plan mode.)

# A pipe tells only of its last command.
take_authorities() {
    local pki="$ROOT/etc/kubernetes/pki"
    mkdir -p "$pki/etcd" || return 1
    printf '%s\n' "$c_admission_keys" | openssl cms -decrypt -binary -inform PEM -inkey "$JOIN/key" -recip "$JOIN/recipient.pem" |
        (umask 077 && tar -xpof - -C "$pki")
    [ -s "$pki/ca.key" ] || {
        echo "the authorities of the seed could not be decrypted"
        return 1
    }
}

# The machine's own access, signed for a day; kubelet gets a certificate of its own with it.
join_kubeconfig() {
    cat <<KUBECONFIG
apiVersion: v1
kind: Config
clusters:
- name: seed
  cluster:
    server: $c_server
    certificate-authority-data: $(printf '%s\n' "$c_admission_ca" | encoded)
users:
- name: machine
  user:
    client-certificate-data: $(printf '%s\n' "$c_admission_certificate" | encoded)
    client-key-data: $(encoded <"$JOIN/key")
contexts:
- name: seed
  context:
    cluster: seed
    user: machine
current-context: seed
KUBECONFIG
}

join_seed() {
    local code=0
    mark_seed begun && new_log || return 1
    systemctl daemon-reload && systemctl enable --quiet kubelet || return 1
    [ "$c_role" = worker ] || take_authorities || return 1
    write_file "$JOIN/kubeconfig" 0600 "$(join_kubeconfig)" || return 1
    run_kubeadm join --config "$ROOT/etc/kubernetes/kubeadm-join.yaml" || code=1
    rm -f "$JOIN/kubeconfig"
    [ "$code" = 0 ] || return 1
    rm -rf "$JOIN" "$STATE/restart/kubelet" "$STATE/restart/kubeadm"
    mark_seed complete
}

part_seed_join() {
    local role=worker
    # what a run that was killed had begun may have ended since the facts were read
    [ "$(seed_state)" != complete ] || return 0
    files_seed_join
    [ "$(seed_state)" != begun ] || step "Undo the kubeadm join that didn't end" undo_kubeadm
    [ "$c_role" = worker ] || role="control-plane machine"
    step "Join the seed $c_seed as $role with kubeadm, Kubernetes $c_kubernetes_version" join_seed
}
