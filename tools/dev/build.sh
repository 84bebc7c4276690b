# Configuring and building presets. Ninja decides what is stale; a build with nothing to do takes under a second.
# shellcheck shell=bash

configure() {
    local preset="$1"
    if [[ ! -e build/$preset/build.ninja || CMakePresets.json -nt build/$preset/build.ninja ]]; then
        step "configure ($preset)" cmake --preset "$preset"
        touch -c "build/$preset/build.ninja"
    fi
}

# build_targets PRESET TARGET…
build_targets() {
    local preset="$1"
    shift
    configure "$preset"
    step "build ($preset: $*)" ninja -C "build/$preset" "$@"
}

attune_binary() { printf 'build/%s/src/app/attune' "$1"; }
