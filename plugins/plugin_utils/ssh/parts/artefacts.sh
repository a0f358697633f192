# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154,SC2153
# Released binaries: all are fetched and checked first, only then anything is changed: files of this part, then the binaries.
#
# script.py defines `artefacts COMMAND`, which calls COMMAND once per artefact with
#   NAME VERSION URL SUMS PIN KIND DIRECTORY UNIT
# SUMS: URL of the SHA-256 file, PIN: expected SHA-256 (empty: as SUMS says), KIND: file or tar, UNIT: restarted after (may be empty).
# $c_fetch_only: leaves it at fetching; a later run finds the files in $STAGE.
# $STATE/artefacts/NAME records what is installed: "NAME VERSION SHA256", then one sha256sum line per file. $STATE/artefacts/.NAME.stat holds what stat
# said of these files before they were summed.

found_unchanged=' '
# Seconds of silence: a mirror that has to fetch a file itself first needs some.
PATIENCE=${c_patience:-30}
# blocks of 512 bytes, for bash perhaps of 1024: no file of a release has a gigabyte
MOST_BLOCKS=${c_most_blocks:-2097152}
# bytes of a list of sums
MOST_SUMS=1000000
STALLED="it stopped sending, three times for $PATIENCE s. Look after the mirror, then run this again"

# get URL FILE: FILE may be - for stdout. Says why on stderr.
get() {
    local code=0 words=''
    if have curl; then
        { words=$(ulimit -f "$MOST_BLOCKS" &&
            through_proxy curl -fsSL --connect-timeout 20 --retry 2 --speed-limit 1000 --speed-time "$PATIENCE" -o "$2" "$1" 2>&1 >&4) || code=$?; } 4>&1
        case $words in *'too slow'*) words=$STALLED ;; esac
        case $code in 153 | 63) words='it is larger than 1 GB' ;; esac
    else
        (ulimit -f "$MOST_BLOCKS" && through_proxy wget -q -T "$PATIENCE" -t 3 -O "$2" "$1") || code=$?
        case $code in
        4) words="no connection, or $STALLED" ;;
        5) words='the TLS certificate was not accepted' ;;
        3 | 153) words='it is larger than 1 GB, or the disk is full' ;;
        8) words='the server answered with an error, such as 404' ;;
        *) words="wget ended with status $code" ;;
        esac
    fi
    [ "$code" = 0 ] || { echo "$words" >&2 && return 1; }
}

# checksum_for FILE: picks its SHA-256 from stdin, either a bare sum or "SUM  FILE" lines.
checksum_for() {
    awk -v file="$1" '
        function hex(text) { return length(text) == 64 && tolower(text) !~ /[^0-9a-f]/ }
        NF == 1 && hex($1) { bare = tolower($1) }
        NF == 2 && hex($1) { sub(/^\*/, "", $2); sub(/^.*\//, "", $2); if ($2 == file) named = tolower($1) }
        END { print named ? named : bare }'
}

sha256_of() { sha256sum "$1" | cut -d ' ' -f 1; }

# The change time (%z) goes on with every write and can't be set back.
look_at() { stat -c '%i %s %y %z %n' "$@" 2>/dev/null; }

files_of_artefact() { tail -n +2 "$STATE/artefacts/$1" | cut -d ' ' -f 3-; }

# A run does not read hundreds of megabytes again to find out whether they are unchanged.
# shellcheck disable=SC2046
untouched() { [ -s "$STATE/artefacts/.$1.stat" ] && look_at $(files_of_artefact "$1") | cmp -s - "$STATE/artefacts/.$1.stat"; }

unchanged() { untouched "$1" || tail -n +2 "$STATE/artefacts/$1" | sha256sum -c >/dev/null 2>&1; }

artefact_installed() {
    record "$1"
    [ "$recorded_version" = "$2" ] || return 1
    [ -z "$5" ] || [ "$recorded_sum" = "$5" ] || return 1
    case $found_unchanged in *" $1 "*) return 0 ;; esac
    unchanged "$1" || return 1
    found_unchanged="$found_unchanged$1 "
}

give_up() {
    drop_downloads
    fail "$1"
}

# expected_sum NAME VERSION URL SUMS PIN
expected_sum() {
    local sums
    [ -z "$5" ] || { echo "$5" && return 0; }
    # a mirror may go on for ever
    sums=$({ get "$4" - 2>&1 || echo "$marker"; } | head -c "$MOST_SUMS")
    case $sums in *"$marker") give_up "$1 $2 can't be checked: $4: $(last_line "${sums%"$marker"}")" ;; esac
    sums=$(printf '%s\n' "$sums" | checksum_for "${3##*/}")
    [ -n "$sums" ] || give_up "$1 $2 can't be checked: $4 holds no SHA-256 of ${3##*/}"
    echo "$sums"
}

fetch_artefact() {
    local expected reason found began
    artefact_installed "$@" && return 0
    expected=$(expected_sum "$@") || exit $?
    eval "expected_$1=\$expected"
    [ "$mode" = apply ] || return 0
    # the name is the content: what is there under this name has been checked before
    [ ! -f "$STAGE/$expected" ] || return 0
    began=$(now)
    mkdir -p "$STAGE" || fail "Can't make $STAGE"
    reason=$(get "$3" "$STAGE/part" 2>&1) || give_up "$1 $2 can't be fetched: $3: $(last_line "$reason")"
    found=$(sha256_of "$STAGE/part")
    [ "$found" = "$expected" ] || give_up "$1 $2 was refused: $3 has SHA-256 $found, but $expected was expected${5:+ (pinned)}. Nothing was installed"
    mv "$STAGE/part" "$STAGE/$expected"
    say note "Fetched $1 $2 in $(seconds $(($(now) - began)))"
}

seconds() { awk -v hundredths="$1" 'BEGIN { printf "%.1f s", hundredths / 100 }'; }

# place SOURCE TARGET: by rename, a running program keeps its old file.
place() {
    mkdir -p "$(dirname "$2")" && cp "$1" "$2.caas-new" && chmod 0755 "$2.caas-new" && mv -f "$2.caas-new" "$2"
}

# unpacked ARCHIVE KIND NAME: a directory with the files as they are to lie under DIRECTORY.
unpacked() {
    rm -rf "$STAGE/unpack" && mkdir "$STAGE/unpack" || return 1
    case $2 in
    tar) tar -xzof "$1" -C "$STAGE/unpack" ;;
    *) cp "$1" "$STAGE/unpack/$3" ;;
    esac
}

install_artefact() {
    local expected='' member new="$STATE/artefacts/.$1.caas-new" old="$STATE/artefacts/$1" looks="$STATE/artefacts/.$1.stat" sum path
    eval "expected=\$expected_$1"
    unpacked "$STAGE/$expected" "$6" "$1" && mkdir -p "$STATE/artefacts" || return 1
    echo "$1 $2 $expected" >"$new"
    rm -f "$looks" "$looks.caas-new"
    # names in release archives hold no blanks
    for member in $(cd "$STAGE/unpack" && find . -type f | sed 's|^\./||' | sort); do
        place "$STAGE/unpack/$member" "$ROOT$7/$member" || return 1
        look_at "$ROOT$7/$member" >>"$looks.caas-new"
        sha256sum "$ROOT$7/$member" >>"$new" || return 1
    done
    if [ -f "$old" ]; then
        tail -n +2 "$old" | while read -r sum path; do
            [ -z "$sum" ] || grep -q -F "  $path" "$new" || rm -f "$path"
        done
    fi
    mv -f "$new" "$old" && mv -f "$looks.caas-new" "$looks"
}

ensure_artefact() {
    artefact_installed "$@" && return 0
    needs_restart "$8"
    if [ -n "$recorded_version" ] && [ "$recorded_version" != "$2" ]; then
        step "Replace $1 $recorded_version by $2" install_artefact "$@"
    else
        step "Install $1 $2" install_artefact "$@"
    fi
}

part_artefacts() {
    artefacts fetch_artefact
    [ "${c_fetch_only:-no}" = no ] || return 0
    files_artefacts
    artefacts ensure_artefact
    [ "$mode" != apply ] || rm -rf "$STAGE"
}
