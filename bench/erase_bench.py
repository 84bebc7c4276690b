#!/usr/bin/env python3
"""How long others' writes wait while somebody who did much is erased.

    bench/erase_bench.py [--build build/release] [--events 1000000] [--rate 100] [--before 10]

One person gets so many events; then single durable events of others go out at a steady rate on a few connections, each timed from when it was
due, before the erasure and during it. Reads of another profile go along. Prints the percentiles of both, and how long the erasure took.
"""
import argparse
import http.client
import json
import os
import shutil
import tempfile
import threading
import time
import urllib.parse

from measure import ROOT_KEY, Attune, row

BATCH = 1_000
CONNECTIONS = 8


class Caller:
    def __init__(self, url):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=900)

    def __call__(self, method, path, body=None):
        self.connection.request(method, path, json.dumps(body) if body is not None else None,
                                {"Authorization": f"Bearer {ROOT_KEY}", "X-Tenant": "default", "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, text


def event_of(user, number):
    return {"id": f"{user}-{number}", "user_id": user, "event": "view", "item_id": f"item-{number % 5000}",
            "properties": {"category": f"c{number % 40}", "n": number, "note": "x" * (number % 60)}}


def fill(url, events):
    call = Caller(url)
    for first in range(0, events, BATCH):
        status, text = call("POST", "/api/v1/events", [event_of("long", n) for n in range(first, min(first + BATCH, events))])
        assert status == 200, (status, text)


class Others:
    """Steady load: `rate` requests a second in all, every one due at its own moment, whatever became of the one before."""

    def __init__(self, url, rate):
        self.url, self.rate = url, rate
        self.waits = {"write": [], "read": []}
        self.failed = 0
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(CONNECTIONS)]
        self.began = time.perf_counter()
        for thread in self.threads:
            thread.start()

    def run(self, which):
        call, turn = Caller(self.url), which
        while not self.stop.is_set():
            due = self.began + turn / self.rate
            if (early := due - time.perf_counter()) > 0:
                time.sleep(early)
            is_read = turn % 10 == 9
            status, _ = call("GET", "/api/v1/personalization/profile/other-1") if is_read else \
                call("POST", "/api/v1/events", event_of(f"other-{turn % 1000}", turn))
            if status != 200:
                self.failed += 1
            self.waits["read" if is_read else "write"].append((due, time.perf_counter() - due))
            turn += CONNECTIONS

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def tell(name, waits, begin, end):
    some = sorted(wait * 1e3 for due, wait in waits if begin <= due < end)
    if some:
        worst = max((pair for pair in waits if begin <= pair[0] < end), key=lambda pair: pair[1])[0]
        print(f"  {name:<14} {len(some):6} requests, p50 {some[len(some) // 2]:.2f} ms, p99 {some[int(len(some) * 0.99)]:.2f} ms, "
              f"at most {some[-1]:.2f} ms, {worst - begin:.1f} s into it", flush=True)
    return some[-1] if some else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--before", type=float, default=10, help="seconds of load before the erasure, and after it")
    args = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="attune-erase-")
    server = Attune(os.path.join(args.build, "src/app/attune"), directory, cpus="0,1")
    try:
        began = time.monotonic()
        fill(server.url, args.events)
        Caller(server.url)("POST", "/api/v1/events", event_of("other-1", -1))
        server.settle()
        print(f"{args.events} events of one person in {time.monotonic() - began:.1f} s", flush=True)
        others = Others(server.url, args.rate)
        time.sleep(args.before)
        begin = time.perf_counter()
        status, text = Caller(server.url)("DELETE", "/api/v1/users/long")
        end = time.perf_counter()
        time.sleep(args.before)
        others.end()
        print(f"erased in {end - begin:.2f} s, answered {status} {text[:200].decode()}; {others.failed} requests of others failed")
        for kind, waits in others.waits.items():
            tell(f"{kind}s before", waits, others.began, begin)
            most = tell(f"{kind}s meanwhile", waits, begin, end)
            tell(f"{kind}s after", waits, end, float("inf"))
            row(f"longest wait of a {kind} while a person of {args.events} events is erased", most, 50.0, "ms", 1.0)
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
