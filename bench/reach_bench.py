#!/usr/bin/env python3
"""What the whole server must reach, each figure beside its floor, in one run.

    bench/reach_bench.py [--build build/release] [--people 1000000] [--events 10] [--rounds 5] [SECTION …]
    bench/reach_bench.py --shop-people 20000 --shop-events 50 recommend

Sections: read cold one batch config recommend memory connections. CPU figures are user + system time of the server from the kernel; the floor
for requests is nginx `return 200` with the same bytes under the same load in the same run.
"""
import argparse
import functools
import json
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import measure
from measure import Attune, Nginx, in_turns, row, wrk

HERE = os.path.dirname(os.path.abspath(__file__))
LUA = os.path.join(HERE, "wrk")


def call(url, method, path, key, body=None, headers=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url + path, data=data, method=method,
                                     headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json", **(headers or {})})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


def service_key(server):
    return call(server.url, "POST", "/api/v1/keys", measure.ROOT_KEY, {"name": "bench", "role": "service"},
                {"X-Tenant": "default"})["key"]


class World:
    """One filled directory for the sections that read, filled when the first of them asks for it."""

    def __init__(self, args):
        self.args = args
        self.root = args.work or tempfile.mkdtemp(prefix="attune-reach-")
        self.binary = os.path.join(args.build, "src/app/attune")

    @functools.cached_property
    def dir(self):
        directory = os.path.join(self.root, f"world-{self.args.people}x{self.args.events}")
        if not os.path.exists(directory):
            subprocess.run([os.path.join(self.args.build, "bench/fill"), directory, str(self.args.people), str(self.args.events)], check=True)
        return directory

    @functools.cached_property
    def shop_dir(self):
        """With a catalogue, and people who look at what is in it."""
        args = self.args
        size = [str(args.shop_people), str(args.shop_events), str(args.shop_items)]
        directory = os.path.join(self.root, "shop-" + "x".join(size))
        if not os.path.exists(directory):
            subprocess.run([os.path.join(args.build, "bench/fill"), directory, *size], check=True)
        return directory

    def close(self):
        if not self.args.work:
            shutil.rmtree(self.root, ignore_errors=True)


def read_section(world):
    args = world.args
    server = Attune(world.binary, world.dir).settle()
    try:
        key = service_key(server)
        some = call(server.url, "GET", "/api/v1/personalization/profile/u17", key)
        body = json.dumps(some, separators=(",", ":"))
        nginx = Nginx(body)
        hot = min(args.people, 20_000)
        ours = lambda: wrk(server.url, server.pid, f"{LUA}/profile_read.lua", arguments=(hot, key))
        floor = lambda: wrk(nginx.url, nginx.pid, f"{LUA}/plain.lua", arguments=("GET",))
        ours()
        a, b = in_turns(args.rounds, ours, floor)
        print(f"profile read: {len(body)} bytes a body, {a['rps']:.0f} requests/s, p99 {a['p99_ms']:.2f} ms at full load; errors {a['errors']:.0f}")
        row(f"profile read, hot, {args.people} people: CPU a request", a["cpu_us"], b["cpu_us"], "us", 1.3)
        half = wrk(server.url, server.pid, f"{LUA}/profile_read.lua", arguments=(hot, key, a["rps"] / 2, 64))
        row(f"profile read, hot, half load ({half['rps']:.0f} requests/s): p99", half["p99_ms"], 2.0, "ms", 1.0)
        nginx.stop()
    finally:
        server.stop()


def cold_section(world):
    """Every read is of a person that this process has not seen, on one connection."""
    server = Attune(world.binary, world.dir)
    try:
        key = service_key(server)
        sock = socket.create_connection(tuple([server.url[7:].split(":")[0], int(server.url.rsplit(":", 1)[1])]))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        people = random.Random(3).sample(range(world.args.people), min(3_000, world.args.people))
        times = []
        for person in people:
            began = time.perf_counter()
            sock.sendall(f"GET /api/v1/personalization/profile/u{person} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += sock.recv(65536)
            head, _, rest = answer.partition(b"\r\n\r\n")
            assert b" 200 " in head.split(b"\r\n")[0], head
            length = int(next(l for l in head.split(b"\r\n") if l.lower().startswith(b"content-length:")).split(b":")[1])
            while len(rest) < length:
                rest += sock.recv(65536)
            times.append((time.perf_counter() - began) * 1e3)
        times.sort()
        print(f"cold read: p50 {times[len(times) // 2]:.3f} ms")
        row("profile read, cold (checkpoint + tail): p99", times[int(len(times) * 0.99)], 5.0, "ms", 1.0)
    finally:
        server.stop()


def one_section(world):
    args = world.args
    with tempfile.TemporaryDirectory(prefix="attune-reach-one-") as data:
        server = Attune(world.binary, data)
        try:
            key = service_key(server)
            nginx = Nginx('{"accepted":1,"duplicates":0,"rejected":[]}')
            run = iter(range(1_000_000))
            before = server.metric("attune_store_syncs_total"), server.metric("attune_store_events")
            ours = lambda: wrk(server.url, server.pid, f"{LUA}/one_event.lua", connections=256, arguments=(100_000, key, next(run)))
            floor = lambda: wrk(nginx.url, nginx.pid, f"{LUA}/plain.lua", connections=256, arguments=("POST", 190))
            a, b = in_turns(args.rounds, ours, floor)
            syncs = server.metric("attune_store_syncs_total") - before[0]
            events = server.metric("attune_store_events") - before[1]
            group = max(1, round(events / max(syncs / 2, 1)))  # a commit syncs the log and the mark
            stored = bare_rocksdb(args, 1_200_000 // group, group)
            together = b["cpu_us"] + stored["cpu_us_per_event"]
            print(f"one event a request: {a['rps']:.0f} requests/s, p99 {a['p99_ms']:.2f} ms, errors {a['errors']:.0f}, "
                  f"{group} events a commit; bare RocksDB takes {stored['cpu_us_per_event']:.1f} us CPU an event for such commits, "
                  f"nginx and it together {together:.1f} us, {together / b['cpu_us']:.2f} times nginx")
            row("one durable event a request, 256 connections: CPU a request", a["cpu_us"], b["cpu_us"], "us", 2.5)
            nginx.stop()
        finally:
            server.stop()


def bare_rocksdb(args, *wanted):
    command = ["taskset", "-c", "0,1", os.path.join(args.build, "bench/bare_rocksdb"), *map(str, wanted)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def batch_section(world):
    """The floor is a program that writes the same records to RocksDB with the same batching and syncs, and nothing else."""
    args = world.args
    bare = bare_rocksdb(args)
    with tempfile.TemporaryDirectory(prefix="attune-reach-batch-") as data:
        server = Attune(world.binary, data, cpus="0,1")
        try:
            key = service_key(server)
            run = iter(range(1_000_000))
            results = [wrk(server.url, server.pid, f"{LUA}/batch.lua", connections=4, seconds=5, arguments=(100_000, key, next(run)))
                       for _ in range(args.rounds)]
            rate = statistics.median(r["rps"] for r in results) * 1_000
            cpu = statistics.median(r["cpu_us"] for r in results) / 1_000
            print(f"ingest in batches of 1,000: {cpu:.2f} us CPU an event (bare RocksDB {bare['cpu_us_per_event']:.2f}), "
                  f"p99 {statistics.median(r['p99_ms'] for r in results):.0f} ms, errors {sum(r['errors'] for r in results)}")
            row("durable ingest over HTTP, batches of 1,000: events/s", rate, bare["events_per_second"], "ev/s", 0.5, lower_is_better=False)
        finally:
            server.stop()


def rule(number, relevant):
    """Relevant ones ask for a device, half of them for each; the others for a plan that nobody has."""
    plan = {"==": [{"var": "context.device" if relevant else "context.plan"}, ["mobile", "desktop"][number % 2] if relevant else f"plan-{number}"]}
    return {"name": f"rule {number}", "contexts": ["dashboard"], "priority": number % 10, "condition": {"and": [plan, {">=": [{"var": "profile.behaviour.events"}, number % 5]}]},
            "actions": [{"path": f"custom.path{number % 50}", "value": number}]}


def experiment(number):
    """One that everybody takes part in, with a configuration of its own."""
    return {"name": f"experiment {number}", "hypothesis": "it helps", "layer": f"layer-{number}", "minimum_effect": 0.1, "plan": {"baseline_mean": 0.2},
            "variants": [{"name": "control", "weight": 0.5}, {"name": "treatment", "weight": 0.5, "config": {"experiments": {f"e{number}": number}}}],
            "metrics": [{"name": "sales", "role": "primary", "kind": "conversion", "event": "purchase"}]}


def config_section(world):
    """50 relevant rules, 20 flags and 5 experiments; then among 4,950 rules that are not."""
    args = world.args
    people = 5_000
    with tempfile.TemporaryDirectory(prefix="attune-reach-config-") as data:
        server = Attune(world.binary, data)
        try:
            key = service_key(server)
            as_tenant = {"X-Tenant": "default"}
            call(server.url, "POST", "/api/v1/events", key, [{"user_id": f"u{i}", "event": "page", "properties": {"path": "/home"}} for i in range(people)] +
                 [{"user_id": "u0", "event": "purchase"}])  # what experiments count has been seen
            for i in range(20):
                call(server.url, "PUT", f"/api/v1/flags/flag-{i}", measure.ROOT_KEY,
                     {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "off",
                      "targeting": {"fractional": [["on", 50], ["off", 50]]} if i % 2 else {}}, as_tenant)
            for i in range(5):
                call(server.url, "PUT", f"/api/v1/experiments/e{i}", measure.ROOT_KEY, experiment(i), as_tenant)
                call(server.url, "POST", f"/api/v1/experiments/e{i}:start", measure.ROOT_KEY, {}, as_tenant)
            for total in (50, 5_000):
                call(server.url, "POST", "/api/v1/definitions:apply", measure.ROOT_KEY,
                     {"rules": {f"r{i}": rule(i, i < 50) for i in range(total)}}, as_tenant)
                body = json.dumps(call(server.url, "POST", "/api/v1/personalization/config", key,
                                       {"user_id": "u7", "context": {"name": "dashboard", "device": "mobile"}}), separators=(",", ":"))
                nginx = Nginx(body)
                ours = lambda: wrk(server.url, server.pid, f"{LUA}/config.lua", arguments=(people, key))
                floor = lambda: wrk(nginx.url, nginx.pid, f"{LUA}/plain.lua", arguments=("POST", 70))
                ours()
                a, b = in_turns(args.rounds, ours, floor)
                print(f"configuration, {total} rules: {len(body)} bytes, {a['rps']:.0f} requests/s, p99 {a['p99_ms']:.2f} ms at full load, errors {a['errors']:.0f}")
                row(f"configuration of 50 relevant rules among {total}, 20 flags, 5 experiments: CPU a request", a["cpu_us"], b["cpu_us"], "us", 2.0 if total == 50 else 4.0)
                half = wrk(server.url, server.pid, f"{LUA}/config.lua", arguments=(people, key, a["rps"] / 2, 64))
                row(f"… half load ({half['rps']:.0f} requests/s): p99", half["p99_ms"], 2.0, "ms", 1.0)
                nginx.stop()
        finally:
            server.stop()


PLACEMENT = {
    "name": "Bench", "limit": 10,
    "sources": [{"kind": "model", "weight": 0.5, "limit": 200}, {"kind": "after", "weight": 0.25, "limit": 150},
                {"kind": "interests", "weight": 0.15, "limit": 100}, {"kind": "popular", "weight": 0.1, "limit": 100}],
    "filter": {"<": [{"var": "item.price"}, {"var": "context.budget"}]},
    "boosts": [{"condition": {"in": ["t1", {"var": "item.tags"}]}, "factor": 1.2}],
    "caps": [{"by": "brand", "max": 2}], "exclude_seen": [{"events": ["purchase"]}],
    "diversity": {"method": "mmr", "strength": 0.3}, "exploration": {"slots": 1}}


def wait_for(what, done, seconds=1800):
    until = time.monotonic() + seconds
    while not (answer := done()):
        if time.monotonic() > until:
            raise RuntimeError(f"{what} takes over {seconds} s")
        time.sleep(0.2)
    return answer


def train(server):
    """Begins a run of iALS; answers how to ask for its state."""
    as_tenant = {"X-Tenant": "default"}
    run = call(server.url, "POST", "/api/v1/models:train", measure.ROOT_KEY, {"learner": "ials", "publish": True}, as_tenant)
    return lambda: call(server.url, "GET", f"/api/v1/models/{run['id']}", measure.ROOT_KEY, headers=as_tenant)["state"]


def recommend_section(world):
    """Whole answers over HTTP at a fixed rate, server and load on the same two cores; then the same beside a training run."""
    args = world.args
    server = Attune(world.binary, world.shop_dir, cpus="0,1")
    try:
        key = service_key(server)
        call(server.url, "PUT", "/api/v1/placements/bench", measure.ROOT_KEY, PLACEMENT, {"X-Tenant": "default"})
        probe = {"user_id": "u7", "placement": "bench", "context": {"budget": 80}}
        reading = time.monotonic()
        state = train(server)  # reads the log to its end first
        wait_for("training", lambda: state() in ("published", "failed", "skipped"))
        print(f"{args.shop_items} items, {args.shop_people} people with {args.shop_events} events each; trained {time.monotonic() - reading:.1f} s after the start")
        answer = call(server.url, "POST", "/api/v1/recommendations", key, probe)
        assert len(answer["items"]) == 10 and not answer["fallbacks"], answer

        def load(what, rate, seconds=10):
            arguments = (what, args.shop_people, args.shop_items, key) + ((rate, 64) if rate else ())
            return wrk(server.url, server.pid, f"{LUA}/recommend.lua", seconds=seconds, cpus="0,1", arguments=arguments)

        def say(name, one, p50, p99):
            print(f"{name}: {one['rps']:.0f} requests/s, {one['cpu_us'] / 1e3:.2f} ms CPU each, errors {one['errors']:.0f}")
            if p50:
                row(f"{name}: p50", one["p50_ms"], p50, "ms", 1.0)
            row(f"{name}: p99", one["p99_ms"], p99, "ms", 1.0)

        load("recommendations", 500, 5)
        full = load("recommendations", 0)
        row("recommendations at full load: requests/s", full["rps"], 1_000, "req/s", 1.0, lower_is_better=False)
        say("recommendations, 1,000/s", load("recommendations", 1_000), 3.0, 10.0)
        say("rank 300 items, 300/s", load("rank", 300), None, 2.0)
        say("homepage, 100/s", load("homepage", 100), 5.0, 15.0)
        quiet = load("recommendations", 500)
        state = train(server)
        beside = load("recommendations", 500)
        still = state()
        say("recommendations, 500/s", quiet, 3.0, 10.0)
        say(f"recommendations, 500/s beside a training run ({still} at the end)", beside, 3.0, 10.0)
        print(f"memory {measure.memory_mb(server.pid):.0f} MB, at most {measure.memory_mb(server.pid, 'VmHWM'):.0f} MB")
    finally:
        server.stop()


def memory_section(world):
    """The budget is what the two settings that bound memory allow: the store's and the profiles'."""
    args = world.args
    for store_mb, cache_mb in ((128, 384), (256, 768)):
        budget_mb = store_mb + cache_mb
        server = Attune(world.binary, world.dir, env={"ATTUNE_STORE_MEMORY_BYTES_MAX": str(store_mb << 20),
                                                      "ATTUNE_CACHE_BYTES_MAX": str(cache_mb << 20)})
        try:
            row(f"open {args.people} people, {args.people * args.events} events: ready", server.ready_seconds, 3.0, "s", 1.0)
            key = service_key(server)
            wrk(server.url, server.pid, f"{LUA}/profile_read.lua", connections=64, seconds=20, arguments=(args.people, key))
            row(f"memory after random reads, budget {budget_mb} MB", measure.memory_mb(server.pid), budget_mb, "MB", 1.2)
        finally:
            server.stop()


def connections_section(world):
    wanted = 10_000
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(20_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    server = Attune(world.binary, world.dir, cpus="0,1", extra=["--connections-max", "12000"])
    try:
        key = service_key(server)
        host, port = server.url[7:].split(":")
        before = measure.memory_mb(server.pid)
        request = f"GET /api/v1/personalization/profile/u1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
        open_ones = []
        for i in range(wanted):
            sock = socket.socket()
            sock.bind((f"127.0.0.{2 + i % 8}", 0))
            sock.connect((host, int(port)))
            sock.sendall(request)
            sock.recv(65536)
            open_ones.append(sock)
        time.sleep(1)
        each_kb = (measure.memory_mb(server.pid) - before) * 1024 / wanted
        row(f"memory of an idle connection, {wanted} open", each_kb, 20.0, "KB", 1.0)
        served = 0
        for sock in open_ones:
            sock.sendall(request)
            served += sock.recv(12).startswith(b"HTTP/1.1 200")
        print(f"{served} of {wanted} open connections answered again")
    finally:
        server.stop()


SECTIONS = {"read": read_section, "cold": cold_section, "one": one_section, "batch": batch_section, "config": config_section,
            "recommend": recommend_section, "memory": memory_section, "connections": connections_section}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10, help="events a person")
    parser.add_argument("--shop-people", type=int, default=20_000)
    parser.add_argument("--shop-events", type=int, default=50, help="events a person of the shop")
    parser.add_argument("--shop-items", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", help="keep the filled world here for the next run")
    parser.add_argument("sections", nargs="*", default=list(SECTIONS))
    args = parser.parse_args()
    measure.need("wrk", "nginx", "taskset")
    world = World(args)
    try:
        for section in args.sections or SECTIONS:
            SECTIONS[section](world)
    finally:
        world.close()


if __name__ == "__main__":
    sys.exit(main())
