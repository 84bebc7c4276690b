# Saying what happens: each step is announced, timed and logged; what failed is shown with the place of its log.
# shellcheck shell=bash

dev_started=$EPOCHREALTIME
dev_passed=0
dev_failed=0
dev_skipped=0
dev_failures=()
dev_said=""  # by what failed: told at the end, where it is looked for

say() { printf '%s\n' "attune: $*"; }
die() { printf '%s\n' "attune: $*" >&2; exit 1; }

seconds_since() { LC_ALL=C awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }'; }

log_of() { mkdir -p build/log; printf 'build/log/%s.log' "${1//[^a-zA-Z0-9]/-}"; }

# attempt NAME COMMAND…: runs it with its output in a log; says how it went and how long it took.
attempt() {
    local name="$1" log started
    shift
    log="$(log_of "$name")"
    started=$EPOCHREALTIME
    printf '  %-34s ' "$name"
    if "$@" >"$log" 2>&1 </dev/null; then
        printf 'ok      %8s\n' "$(seconds_since "$started")"
        return 0
    fi
    printf 'FAILED  %8s   log: %s\n' "$(seconds_since "$started")" "$log"
    tail -n "${ATTUNE_LOG_LINES:-60}" "$log" | sed 's/^/      /'
    return 1
}

# step: what the rest cannot do without. check: what is counted, and does not stop the rest.
step() { attempt "$@" || { printf '\n%s passed, %s failed\n' "$dev_passed" "$((dev_failed + 1))"; exit 1; }; }

check() {
    if attempt "$@"; then
        dev_passed=$((dev_passed + 1))
    else
        dev_failed=$((dev_failed + 1))
        dev_failures+=("$1")
        dev_said+="$1:"$'\n'"$(tail -n 25 "$(log_of "$1")" | sed 's/^/    /')"$'\n'
    fi
}

summary() {
    local name
    printf '\n%s' "$dev_said"
    for name in "${dev_failures[@]:-}"; do
        if [[ -n $name ]]; then printf 'failed: %s\n' "$name"; fi
    done
    say "took $(seconds_since "$dev_started")"
    local skipped=""
    if (( dev_skipped )); then skipped=", $dev_skipped skipped"; fi
    printf '%s passed, %s failed%s\n' "$dev_passed" "$dev_failed" "$skipped"
    if (( dev_failed )); then exit 1; fi
}

# What the working tree holds, tracked and untracked, as one hash: a pass is a pass of this.
tree_hash() { git ls-files -co --exclude-standard -z | sort -z | xargs -0 sha1sum 2>/dev/null | sha1sum | cut -d' ' -f1; }

remember_pass() {
    if (( dev_failed == 0 )); then
        mkdir -p build
        printf '%s %s %s %s\n' "$(tree_hash)" "$dev_passed" "$dev_skipped" "$(date -u +%FT%TZ)" >build/passed
    fi
}

passed_before() {
    local hash passed skipped when
    [[ -r build/passed ]] || return 1
    read -r hash passed skipped when <build/passed
    [[ $hash == "$(tree_hash)" ]] || return 1
    say "nothing changed since everything passed at $when; './dev test --again' runs it anyway"
    dev_passed=$passed
    dev_skipped=$skipped
    summary
}
