# The checks that `./dev test` counts.
# shellcheck shell=bash

static_checks() {
    check "format" tools/format --check
    check "layers" tools/check_layers
    check "tidy" tools/tidy
    check "tools' own tests" python3 -m unittest discover -s tests/tools -p '*_test.py'
    check "shell scripts" shellcheck --external-sources dev .ci/run tools/dev/*.sh tools/format tests/e2e/run.sh tests/e2e/*/run tests/install/run
}

# run_ctest PRESET REGEX: each ctest test counts as one; skipped ones are named.
run_ctest() {
    local preset="$1" filter="$2" log report counts started status=0 only=()
    # Under ThreadSanitizer only what has threads: the modules' tests of ATTUNE_THREADED_MODULES.
    if [[ $preset == tsan ]]; then only=(-L threads); fi
    log="$(log_of "ctest $preset")"
    report="build/log/ctest-$preset.xml"
    rm -f "$report"
    started=$EPOCHREALTIME
    printf '  %-34s ' "tests ($preset)"
    TSAN_OPTIONS="suppressions=$PWD/tools/tsan.supp:halt_on_error=1:second_deadlock_stack=1" \
        ctest --test-dir "build/$preset" -j "$(nproc)" --output-on-failure --output-junit "$PWD/$report" \
        "${only[@]}" ${filter:+-R "$filter"} >"$log" 2>&1 </dev/null || status=$?
    [[ -r $report ]] || { printf 'FAILED\n'; tail -n 40 "$log"; dev_failed=$((dev_failed + 1)); return 0; }
    counts="$(python3 tools/dev/junit.py "$report")"
    local total passed failed skipped
    read -r total passed failed skipped <<<"$(head -n 1 <<<"$counts")"
    dev_passed=$((dev_passed + passed))
    dev_failed=$((dev_failed + failed))
    dev_skipped=$((dev_skipped + skipped))
    if (( failed || status )); then
        printf 'FAILED  %8s   %s of %s failed, log: %s\n' "$(seconds_since "$started")" "$failed" "$total" "$log"
        if (( ! failed )); then dev_failed=$((dev_failed + 1)); dev_failures+=("ctest ($preset)"); fi
        local name
        while read -r name; do dev_failures+=("$name ($preset)"); done < <(sed -n 's/^failed //p' <<<"$counts")
        grep -nE '\*\*\*Failed|\*\*\*Timeout|\[  FAILED|ERROR: |Failure$|^FAIL' "$log" | head -n 40 | sed 's/^/      /' || true
        dev_said+="$(python3 tools/dev/junit.py --said "$report")"$'\n'
    else
        printf 'ok      %8s   %s tests\n' "$(seconds_since "$started")" "$passed"
    fi
    sed -n 's/^skipped /      skipped: /p' <<<"$counts"
}
