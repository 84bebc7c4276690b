#!/usr/bin/env python3
"""What a server of a million people, 100,000 items and 20 million interactions holds in memory, from its start to its answers.

    build/release/bench/fill DIRECTORY 1000000 20 100000
    bench/memory_bench.py DIRECTORY [--build build/release] [--people 1000000] [--answers 20000] [--seconds 3600]

Prints a line a step: seconds since the start, what is resident, the most that ever was. Trains an iALS model and publishes it; then
answers recommendations for people at random. Leaves the directory with a model, a placement and a checkpoint more.
"""
import argparse
import os
import random
import time

import measure
from measure import Attune
from reach_bench import PLACEMENT, call, service_key, train, wait_for

BUDGET_MB = 4096


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory")
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--answers", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=3_600, help="the longest that one step may take")
    args = parser.parse_args()
    began = time.monotonic()
    server = Attune(os.path.join(args.build, "src/app/attune"), args.directory, cpus="0,1")

    def say(what):
        print(f"{time.monotonic() - began:8.1f} s  {measure.cpu_seconds(server.pid):8.1f} s CPU  {measure.memory_mb(server.pid):6.0f} MB, "
              f"at most {measure.memory_mb(server.pid, 'VmHWM'):6.0f} MB  {what}", flush=True)

    try:
        say("ready")
        wait_for("reading", lambda: server.metric("attune_activity_warming_tenants") == 0, args.seconds)
        say("knows what everybody did")
        key = service_key(server)
        call(server.url, "PUT", "/api/v1/placements/bench", measure.ROOT_KEY, PLACEMENT, {"X-Tenant": "default"})
        state = train(server)
        ended = wait_for("training", lambda: state() if state() in ("published", "failed", "skipped") else None, args.seconds)
        say(f"iALS {ended}")
        chance = random.Random(7)
        for _ in range(args.answers):
            user = f"u{chance.randrange(args.people)}"
            answer = call(server.url, "POST", "/api/v1/recommendations", key, {"user_id": user, "placement": "bench", "context": {"budget": 80}})
            assert answer["items"], answer
        say(f"{args.answers} recommendations")
        measure.row("memory at the most", measure.memory_mb(server.pid, "VmHWM"), BUDGET_MB, "MB", 1.0)
    finally:
        stopping = time.monotonic()
        server.stop()
        print(f"stopped in {time.monotonic() - stopping:.1f} s")


if __name__ == "__main__":
    main()
