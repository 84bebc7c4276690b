#!/usr/bin/env bash
# Runs end-to-end suites against a server of their own: tests/e2e/run.sh --attune BINARY [SUITE…]
#
# A suite is a folder here with an executable `run`. It gets ATTUNE_URL, ATTUNE_ROOT_KEY, ATTUNE_KEY (a service key of the
# tenant "default"), ATTUNE_WRITE_KEY (an ingest key) and ATTUNE_BINARY. Exit code 77 means skipped, with the reason printed.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

[[ ${1:-} == --attune && -n ${2:-} ]] || { echo "usage: $0 --attune BINARY [SUITE…]" >&2; exit 2; }
ATTUNE_BINARY="$(realpath "$2")"
shift 2
suites=("$@")
if (( ! ${#suites[@]} )); then
    for suite in "$here"/*/run; do suites+=("$(basename "$(dirname "$suite")")"); done
fi

folder="$(mktemp -d)"
server=""
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    if [[ -n $server ]] && kill -0 "$server" 2>/dev/null; then kill -KILL "$server"; fi
    rm -rf "$folder"
}
trap clean_up EXIT

export ATTUNE_BINARY ATTUNE_ROOT_KEY="root-key-of-the-end-to-end-tests-0123456789"
: >"$folder/log"
"$ATTUNE_BINARY" serve --listen 127.0.0.1:0 --data-dir "$folder/data" 2>"$folder/log" &
server=$!
ATTUNE_URL=""
for _ in {1..600}; do
    ATTUNE_URL="$(sed -n 's/.*attune: ready on \(http:[^ ]*\).*/\1/p' "$folder/log")"
    [[ -z $ATTUNE_URL ]] || break
    kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; echo "the server ended" >&2; exit 1; }
    sleep 0.05
done
[[ -n $ATTUNE_URL ]] || { cat "$folder/log" >&2; echo "not ready after 30 s" >&2; exit 1; }
export ATTUNE_URL

make_key() {
    curl -sS --fail-with-body "$ATTUNE_URL/api/v1/keys" -H "Authorization: Bearer $ATTUNE_ROOT_KEY" -H 'X-Tenant: default' \
        -H 'Content-Type: application/json' -d "{\"name\":\"e2e $1\",\"role\":\"$1\"}" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["key"])'
}
ATTUNE_KEY="$(make_key service)"
ATTUNE_WRITE_KEY="$(make_key ingest)"
export ATTUNE_KEY ATTUNE_WRITE_KEY

status=0
skipped=0
for suite in "${suites[@]}"; do
    echo "== $suite"
    result=0
    "$here/$suite/run" || result=$?
    if (( result == 77 )); then
        skipped=$((skipped + 1))
    elif (( result )); then
        status=1
        echo "== $suite FAILED ($result)"
    fi
done

kill -TERM "$server"
ended=0
wait "$server" || ended=$?
if (( ended )); then
    status=1
    echo "the server ended with $ended instead of 0"
fi
if (( status )); then tail -n 50 "$folder/log"; fi
if (( ! status && skipped == ${#suites[@]} )); then status=77; fi
exit "$status"
