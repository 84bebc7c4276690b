"""The wall clock jumps under the running server: an hour, ten years, to 1970, across a summer-time change, by jitter."""

import glob
import json
import math
import threading
import time

from harness.experiment import Skipped
from harness.server import NotReady

TITLE = "clock jumps"
PASS = "order by log and not by clock, nothing negative or NaN, nothing lost, recompute agrees"

OFFSETS = ("-1h", "+1h", "+10y", "@1970-01-01 00:00:10", "@2026-03-29 01:59:58", "@2016-12-31 23:59:58", "-0.01", "+0.01", "+0")


def faketime_library():
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not found:
        raise Skipped("libfaketime is not installed")
    return found[0]


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
    library = faketime_library()
    stamp = run.folder / "faketime"
    stamp.write_text("+0\n")
    fake = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(stamp), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_XRESET": "1"}
    data, journal = run.folder / "data", run.journal(fsync=False)
    try:
        server = run.server(data, environment=fake).start(60)
    except NotReady as error:
        raise Skipped(f"this build does not run under libfaketime: {str(error)[:200]}") from error
    clients = run.clients(journal, 2, "t", depth=2)
    users = [user for client in clients for user in client.users]
    for _ in range(run.pick(1, 10, 50)):
        for offset in OFFSETS:
            run.cycles += 1
            stamp.write_text(offset + "\n")
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
