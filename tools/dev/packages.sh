# Debian packages: what tools/packages.txt names and dpkg does not know is installed.
# shellcheck shell=bash

# wanted_packages TAG…: the names of untagged packages and of those with one of the tags.
wanted_packages() {
    local tags=" $* " line name word wanted
    while read -r line; do
        line="${line%%#*}"
        read -r name rest <<<"$line"
        [[ -n ${name:-} ]] || continue
        wanted=1
        for word in ${rest:-}; do
            case "$word" in
                @*) [[ $tags == *" $word "* ]] || wanted=0 ;;
                unless=*) if command -v "${word#unless=}" >/dev/null; then wanted=0; fi ;;
            esac
        done
        if (( wanted )); then printf '%s\n' "$name"; fi
    done <tools/packages.txt
}

missing_packages() {
    local wanted
    wanted="$(wanted_packages "$@")"
    # shellcheck disable=SC2016 # dpkg-query's own placeholders
    # dpkg-query fails when it does not know a name; what it prints for the others is still right.
    comm -23 <(sort -u <<<"$wanted") \
        <(xargs dpkg-query -W -f '${db:Status-Status} ${Package}\n' <<<"$wanted" 2>/dev/null |
            sed -n 's/^installed //p' | sort -u)
}

need_packages() {
    local missing root=()
    command -v dpkg-query >/dev/null || die "this needs Debian 12 (dpkg is not here); see docs/getting-started.md"
    missing="$(missing_packages "$@")"
    [[ -n $missing ]] || return 0
    if (( EUID != 0 )); then
        command -v sudo >/dev/null || die "as root, first: apt-get install ${missing//$'\n'/ }"
        root=(sudo)
    fi
    say "installing ${missing//$'\n'/ }"
    step "package lists" "${root[@]}" apt-get update
    # shellcheck disable=SC2086 # one word a package
    step "packages" "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends $missing
}
