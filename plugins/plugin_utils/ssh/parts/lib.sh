# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Words that every part is written in. script.py puts $marker, $mode and the configuration (c_...) in front.
#
# Everything a command prints goes to stderr; fd 3 carries the answer, one line per message (see remote.py).

ROOT=${c_root:-}
STATE=$ROOT/var/lib/kubermatic-caas
# downloads, each named by its SHA-256
STAGE=$STATE/staging
# programs and configuration from before an upgrade, see keep.sh
# shellcheck disable=SC2034
PREVIOUS=$STATE/previous
restarts=' '

say() { printf '%s %s %s\n' "$marker" "$1" "$2" >&3; }

# fail SENTENCE: the one line the user sees. Status 3 tells callers around a subshell that it has been said.
fail() {
    say error "$1"
    exit 3
}

have() { command -v "$1" >/dev/null 2>&1; }

# busybox had another syntax once
has_timeout=$(if timeout 9 true >/dev/null 2>&1; then echo yes; else echo no; fi)

# within SECONDS COMMAND...: ends a command that hangs, such as on a file system whose server is away. Fails then, with the one line.
within() {
    local seconds="$1" code=0
    shift
    if [ "$has_timeout" = yes ]; then timeout -s KILL "$seconds" "$@" || code=$?; else "$@" || code=$?; fi
    case $code in 124 | 137) fail "${1##*/} doesn't answer within $seconds s on this host. Look what hangs: ${*}" ;; esac
    return "$code"
}

# through_proxy COMMAND...: with the proxy only for what is fetched; kubeadm would hand it on to what it starts.
through_proxy() {
    [ -z "${c_http_proxy:-}${c_https_proxy:-}" ] || set -- env ${c_http_proxy:+"http_proxy=$c_http_proxy"} \
        ${c_https_proxy:+"https_proxy=$c_https_proxy"} ${c_no_proxy:+"no_proxy=$c_no_proxy"} "$@"
    "$@"
}

# One word of base64; "=" stands for nothing.
encoded() {
    local text
    text=$(base64 | tr -d '\n')
    printf '%s' "${text:-=}"
}

fact() { say fact "$1=$2"; }

# text KEY PATH: a whole file, for facts of several lines.
text() { [ ! -r "$2" ] || say text "$1 $(encoded <"$2")"; }

yes_no() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }

# Unit file in use, empty if there is none.
unit_file() { within 5 systemctl show -p FragmentPath "$1" 2>/dev/null | sed 's/^FragmentPath=//'; }

# Hundredths of a second since boot: date +%N is not everywhere.
now() {
    local seconds
    read -r seconds _ </proc/uptime
    echo "${seconds%.*}${seconds#*.}"
}

last_line() { printf '%s\n' "$1" | grep -v '^[[:space:]]*$' | tail -n 1; }

# step SENTENCE COMMAND...: the only way to change something. The command runs in a subshell.
step() {
    local sentence="$1" began output code
    shift
    say changed "$sentence"
    [ "$mode" = apply ] || return 0
    began=$(now)
    output=$("$@" 2>&1) || {
        code=$?
        [ "$code" != 3 ] || exit 3
        fail "$sentence: $(last_line "${output:-$1 ended with status $code}")"
    }
    [ -z "$output" ] || printf '%s\n' "$output" >&2
    say took "$(($(now) - began))"
}

# needs_restart UNIT: remembered on the host before the change, so that a killed run doesn't forget it.
needs_restart() {
    [ -n "$1" ] || return 0
    restarts="$restarts$1 "
    [ "$mode" = apply ] || return 0
    if ! mkdir -p "$STATE/restart" || ! : >"$STATE/restart/$1"; then fail "Can't write $STATE/restart/$1"; fi
}

write_file() {
    mkdir -p "$(dirname "$1")" || return 1
    (umask 077 && printf '%s' "$3" >"$1.caas-new") || return 1
    chmod "$2" "$1.caas-new" && mv -f "$1.caas-new" "$1"
}

same_file() {
    [ -f "$1" ] && [ ! -L "$1" ] && [ "$(stat -c %a "$1")" = "${2#0}" ] && printf '%s' "$3" | cmp -s - "$1"
}

# file PATH MODE UNIT CONTENT: the file has this content; UNIT (may be empty) is restarted if it hadn't.
file() {
    local before=-
    same_file "$ROOT$1" "$2" "$4" && return 0
    [ ! -f "$ROOT$1" ] || before=$(encoded <"$ROOT$1")
    say diff "$1 $before $(printf '%s' "$4" | encoded)"
    needs_restart "$3"
    step "Write $1" write_file "$ROOT$1" "$2" "$4"
}

# record NAME: what is known of an installed artefact. Sets recorded_version and recorded_sum, empty if there is nothing.
# shellcheck disable=SC2034
record() {
    recorded_version='' recorded_sum=''
    [ ! -f "$STATE/artefacts/$1" ] || IFS=' ' read -r _ recorded_version recorded_sum <"$STATE/artefacts/$1" || :
}

drop_downloads() {
    rm -rf "$STAGE" || return 1
    rmdir "$STATE" 2>/dev/null || :
}

# absent PATH: the file isn't there.
absent() {
    [ -e "$ROOT$1" ] || [ -L "$ROOT$1" ] || return 0
    step "Remove $1" rm -f "$ROOT$1"
}

restart_unit() {
    within 60 systemctl daemon-reload && within 60 systemctl enable --quiet "$1" && within 240 systemctl restart "$1" && rm -f "$STATE/restart/$1"
}

# service UNIT: enabled, running, and restarted if something that it reads has changed.
service() {
    if ! within 20 systemctl is-active --quiet "$1" 2>/dev/null; then
        step "Start $1" restart_unit "$1"
    elif [ -e "$STATE/restart/$1" ] || case $restarts in *" $1 "*) : ;; *) false ;; esac; then
        step "Restart $1" restart_unit "$1"
    elif ! within 20 systemctl is-enabled --quiet "$1" 2>/dev/null; then
        step "Enable $1" within 60 systemctl enable --quiet "$1"
    fi
}

# One run at a time on a host; the lock goes with the process. What a run that was killed began here goes on, such as a slow download, and is
# waited for. $c_lock_wait: seconds.
lock_host() {
    have flock || return 0
    exec 9>"$ROOT/run/kubermatic-caas.lock"
    flock -w "${c_lock_wait:-300}" 9 || fail "Another run is changing this host. Wait until it has ended, then repeat"
}

begin() {
    [ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || fail "The user $(id -un) is not root on this host. Set become: true (and ansible_become_password if sudo asks for one)"
    [ "$mode" != apply ] || lock_host
}
