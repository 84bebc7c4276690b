#!/bin/sh
# Server CPU per request (user + system, from the kernel) against nginx's `return 200` with the same body, under the
# same load, in alternating runs. The server and nginx have one core, wrk the other.
#     bench/http_bench.sh BUILD_DIRECTORY [ROUNDS] [SECONDS]
set -eu
build=${1:?usage: http_bench.sh BUILD_DIRECTORY [ROUNDS] [SECONDS]}
rounds=${2:-5}
seconds=${3:-2}
program=$(find "$build" -name http_bench -type f | head -n 1)
[ -n "$program" ] || { echo "http_bench is not built in $build (target http_bench)" >&2; exit 1; }
for tool in nginx wrk taskset; do command -v $tool > /dev/null || PATH=$PATH:/usr/sbin; command -v $tool > /dev/null || { echo "needs $tool" >&2; exit 1; }; done
work=$(mktemp -d)
ours= theirs=
trap '[ -z "$ours" ] || kill $ours 2> /dev/null; [ -z "$theirs" ] || kill $theirs 2> /dev/null; rm -rf "$work"' EXIT

mkfifo "$work/hold"
taskset -c 0 "$program" serve 0 < "$work/hold" > "$work/port" &
ours=$!
exec 9> "$work/hold"
while [ ! -s "$work/port" ]; do sleep 0.05; done
ours_port=$(cat "$work/port")

small=$(printf '{"padding":"%s"}' "$(head -c 286 /dev/zero | tr '\0' x)")
large=$(printf '{"padding":"%s"}' "$(head -c 1486 /dev/zero | tr '\0' x)")
theirs_port=$((ours_port > 40000 ? ours_port - 1000 : ours_port + 1000))
cat > "$work/nginx.conf" << CONF
daemon off; worker_processes 1; pid $work/pid; error_log $work/error.log;
events { worker_connections 2048; }
http {
    access_log off; keepalive_requests 1000000000; default_type application/json;
    client_body_temp_path $work/b; proxy_temp_path $work/p; fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
    server {
        listen 127.0.0.1:$theirs_port;
        location = /small { return 200 '$small'; }
        location = /large { return 200 '$large'; }
    }
}
CONF
taskset -c 0 nginx -c "$work/nginx.conf" -p "$work" 2> /dev/null &
theirs=$!
sleep 0.5
worker=$(pgrep -P $theirs | head -n 1)

ticks() { cut -d ' ' -f 14,15 "/proc/$1/stat" | tr ' ' + | xargs -I{} sh -c 'echo $(({}))'; }
# NAME PID PORT PATH: one run, a line "cpu_us p99 rate" appended to the name's file
measure() {
    before=$(ticks "$2")
    taskset -c 1 wrk -t1 -c64 -d"${seconds}s" --latency "http://127.0.0.1:$3$4" > "$work/out"
    after=$(ticks "$2")
    requests=$(awk '/requests in/ {print $1}' "$work/out")
    p99=$(awk '$1 == "99%" {print $2}' "$work/out")
    grep -q 'Non-2xx' "$work/out" && { echo "answers other than 200 from $1" >&2; exit 1; }
    awk -v a="$after" -v b="$before" -v n="$requests" -v p="$p99" -v s="$seconds" \
        'BEGIN {printf "%.2f %s %.0f\n", (a - b) * 10000 / n, p, n / s}' >> "$work/$1$(basename "$4")"
}
median() { sort -n "$1" | awk '{v[NR] = $1; p[NR] = $2; r[NR] = $3} END {m = int((NR + 1) / 2); print v[m], p[m], r[m], v[1]}'; }

for path in /small /large; do
    round=0
    while [ $round -lt "$rounds" ]; do
        measure attune $ours "$ours_port" $path
        measure nginx "$worker" "$theirs_port" $path
        round=$((round + 1))
    done
    set -- $(median "$work/attune$(basename $path)") $(median "$work/nginx$(basename $path)")
    awk -v path=$path -v a="$1" -v ap="$2" -v ar="$3" -v am="$4" -v n="$5" -v np="$6" -v nr="$7" -v nm="$8" 'BEGIN {
        printf "%-7s attune %.2f us CPU a request (least %.2f), p99 %s, %d/s; nginx %.2f (%.2f), p99 %s, %d/s; ratio %.2f (least %.2f)\n",
            path, a, am, ap, ar, n, nm, np, nr, a / n, am / nm }'
done
exec 9>&-
