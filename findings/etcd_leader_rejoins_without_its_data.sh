#!/usr/bin/env bash
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# A member of etcd whose data directory is gone and that is started again under its old name, with --initial-cluster-state=existing.
# Expected, as for a follower: it ends, because its log lacks what it had acknowledged. Seen, if it led when it ended: the others have chosen a successor
# who assumes nothing about its log, so it rejoins under its old member id without a word, and is filled from the successor.
# So "it ends with a complaint about its log" proves the loss, and "it serves" does not prove that it never lost anything.
set -euo pipefail
folder=$(mktemp -d)
pids=()
finish() {
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    chmod -R u+w "$folder"
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
mkdir server ctl
cat >server/main.go <<'GO'
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
GO
cat >ctl/main.go <<'GO'
package main

import "go.etcd.io/etcd/etcdctl/v3/ctlv3"

func main() { ctlv3.MustStart() }
GO
go mod init finding 2>/dev/null
go get go.etcd.io/etcd/server/v3@v3.6.15 go.etcd.io/etcd/etcdctl/v3@v3.6.15 2>/dev/null
go mod tidy 2>/dev/null
go build -o etcd ./server
go build -o etcdctl ./ctl
./etcd --version | head -n 1

port() { echo $((23790 + $1 * 10 + $2)); }
peers=''
for number in 0 1 2; do peers="$peers${peers:+,}m$number=http://127.0.0.1:$(port "$number" 1)"; done
start() {
    ./etcd --name="m$1" --data-dir="data-$1" --initial-cluster="$peers" --initial-cluster-state="$2" \
        --listen-client-urls="http://127.0.0.1:$(port "$1" 0)" --advertise-client-urls="http://127.0.0.1:$(port "$1" 0)" \
        --listen-peer-urls="http://127.0.0.1:$(port "$1" 1)" --initial-advertise-peer-urls="http://127.0.0.1:$(port "$1" 1)" >"log-$1" 2>&1 &
    pids[$1]=$!
    # bash is not to tell of its end
    disown
}
at() { ./etcdctl --endpoints="http://127.0.0.1:$(port "$1" 0)" "${@:2}"; }
leads() { [ "$(at "$1" endpoint status -w fields | awk -F ' : ' '/^"Leader"/ { leader = $2 } /^"MemberID"/ { id = $2 } END { print leader == id }')" = 1 ]; }
until_it_works() { for _ in $(seq 100); do "$@" >/dev/null 2>&1 && return; sleep 0.3; done; echo "never: $*"; exit 1; }

for number in 0 1 2; do start "$number" new; done
until_it_works at 0 put key-0 x
for number in $(seq 20); do at 0 put "key-$number" x >/dev/null; done
leader=0
until leads "$leader"; do leader=$((leader + 1)); done
other=$(((leader + 1) % 3))
before=$(at "$other" member list | sort)

kill -KILL "${pids[$leader]}"
while kill -0 "${pids[$leader]}" 2>/dev/null; do sleep 0.1; done
rm -rf "data-$leader"
until_it_works at "$other" put successor x
start "$leader" existing
sleep 10
if kill -0 "${pids[$leader]}" && [ "$(at "$leader" get key-20 --print-value-only)" = x ] && [ "$(at "$other" member list | sort)" = "$before" ]; then
    echo "The member that led serves again without its data directory, with the same id, and has what was written before."
else
    tail -n 3 "log-$leader"
    echo "It does not come back like this: the behaviour has changed."
    exit 1
fi
