"""The wall clock jumps under the running server: an hour, ten years, to 1970, across a summer-time change, by jitter."""

import datetime
import json
import math
import struct
import threading
import time

from harness.experiment import Skipped

TITLE = "clock jumps"
PASS = "order by log and not by clock, nothing negative or NaN, nothing lost, recompute agrees"

HOUR, YEAR = 3600.0, 365.25 * 86400


def until(year, month, day, hour, minute, second):
    """Seconds from now to that moment."""
    return datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.timezone.utc).timestamp() - time.time()


def offsets():
    """(name, seconds): the last two sit right before a summer-time change and a leap second."""
    yield from (("-1 h", -HOUR), ("+1 h", HOUR), ("+10 years", 10 * YEAR), ("1970", until(1970, 1, 1, 0, 0, 10)),
                ("summer time", until(2026, 3, 29, 0, 59, 58)), ("leap second", until(2016, 12, 31, 23, 59, 58)),
                ("-10 ms", -0.01), ("+10 ms", 0.01), ("real", 0.0))


def numbers_of(value, path=""):
    if isinstance(value, bool):
        return
    if isinstance(value, (int, float)):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers_of(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from numbers_of(inner, f"{path}/{index}")


def sane(run, server, users, label):
    with server.connect() as connection:
        for user in users:
            answer = connection.request("GET", f"/api/v1/personalization/profile/{user}")
            if not answer.good:
                continue
            for path, number in numbers_of(json.loads(answer.body)):
                signed = "/interests/" in path or "/value" in path  # a dislike is below zero
                if math.isnan(number) or math.isinf(number) or (number < 0 and not signed):
                    run.fail(f"{label}: profile of {user}: {path} is {number}")


def run(run):
    if run.clock_shim is None:
        raise Skipped("no clock shim was named (--clock-shim)")
    stamp = run.folder / "offset"
    stamp.write_bytes(struct.pack("=q", 0))
    fake = {"LD_PRELOAD": str(run.clock_shim), "ATTUNE_CLOCK_OFFSET_FILE": str(stamp)}
    data, journal = run.folder / "data", run.journal(fsync=False)
    server = run.server(data, environment=fake).start(60)
    clients = run.clients(journal, 2, "t", depth=2)
    users = [user for client in clients for user in client.users]
    for _ in range(run.pick(1, 10, 50)):
        for offset, seconds in offsets():
            run.cycles += 1
            with open(stamp, "r+b") as file:  # in place: the server has it mapped
                file.write(struct.pack("=q", int(seconds * 1e6)))
            time.sleep(0.02)
            for client in clients:
                client.run(server, threading.Event(), 2)
                if client.refusals:
                    run.fail(f"clock {offset}: events without a time of their own were answered {client.refusals}")
                    client.refusals.clear()
            if not server.alive():
                run.fail(f"clock {offset}: the server ended: {server.said()[-1500:]}")
                return
            sane(run, server, users, f"clock {offset}")
    run.settle_wrongs(clients)
    run.audit(journal, server)
    server.stop()
    run.seen_crash(server)
    again = run.server(data).start()
    run.audit(journal, again)
    sane(run, again, users, "back on the real clock")
    again.stop()
