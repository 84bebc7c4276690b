"""Somebody with a long history is erased, and the process is killed at the k-th call of each kind that touches the disk."""

import pathlib
import re
import subprocess
import threading
import time

from harness.audit import load, stored_ids
from harness.experiment import Skipped
from harness.server import sanitizer_environment
from harness.strace import usable
from harness.wire import Closed

TITLE = "erasure killed at every step"
PASS = "all of the person is there, or nobody reads any of it and the rest goes by itself; nobody else loses anything"
CALLS = ("write", "pwrite64", "fdatasync", "openat", "unlink")
BATCH = 500


def long_event(number):
    return {"id": f"long.{number}", "user_id": "long", "event": "view", "item_id": f"item-{number % 50}"}


def store_with_long_history(run, events):
    """A stopped directory in which one person did so much, between what others did, and the others' journal."""
    data, journal = run.folder / "known", run.journal(fsync=False)
    server = run.server(data).start()
    clients = run.clients(journal, 2, "other", batch=10)
    with server.connect() as connection:
        for first in range(0, events, BATCH):
            answer = connection.request("POST", "/api/v1/events", [long_event(n) for n in range(first, first + BATCH)])
            if not answer.good:
                run.fail(f"the history was not taken: {answer.status} {answer.body[:300]!r}")
            for thread in load(server, clients, threading.Event(), 1):
                thread.join()
    run.settle_wrongs(clients)
    everything = stored_events(server)
    server.stop()
    return data, journal, everything - events


def stored_events(server):
    with server.connect() as connection:
        text = connection.request("GET", "/metrics").body.decode()
    return int(float(re.search(r"^attune_store_events (\S+)$", text, re.M).group(1)))


def erase(server):
    """The status, or None when the server went away."""
    try:
        with server.connect() as connection:
            return connection.request("DELETE", "/api/v1/users/long").status
    except Closed:
        return None


def kill_at(server, call, k):
    """Lets the k-th such call of a thread be its process's last, from now on."""
    tracer = subprocess.Popen(["strace", "-f", "-q", "-o", "/dev/null", "-p", str(server.process.pid), "-e", f"trace={call}",
                               "-e", f"inject={call}:signal=SIGKILL:when={k}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and server.alive() and not is_traced(server.process.pid):
        time.sleep(0.01)
    return tracer


def is_traced(pid):
    """Every thread of it. One that ends while it is looked at says nothing: it is looked at again."""
    try:
        return all("TracerPid:\t0" not in (task / "status").read_text() for task in pathlib.Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return False


def check(run, data, journal, events, others):
    """Whether the erasure had begun when the process was killed."""
    server = run.server(data).start(60)
    with server.connect() as connection:
        there = stored_ids(connection, "long")
    if there is not None and len(there) != events:
        run.fail(f"{len(there)} of {events} events of the erased are read")
    run.audit(journal, server, retry=False)
    if there is not None and (status := erase(server)) != 204:
        run.fail(f"erasing again was answered {status}")
    deadline = time.monotonic() + 30
    while (rest := stored_events(server)) != others and time.monotonic() < deadline:
        time.sleep(0.02)
    if rest != others:
        run.fail(f"{rest} events are stored where others have {others}")
    with server.connect() as connection:
        told = connection.request("POST", "/api/v1/events", [long_event(n) for n in range(0, events, events // 10)]).json()
        if told["accepted"] != 10:
            run.fail(f"what was erased cannot be sent anew: {told}")
    run.audit(journal, server, retry=False)
    server.stop()
    verified = subprocess.run([str(run.binary), "verify", str(data)], capture_output=True, text=True, timeout=120, check=False,
                              env=sanitizer_environment(False))
    if verified.returncode != 0:
        run.fail(f"verify: {verified.stdout[-500:]}{verified.stderr[-500:]}")
    return there is None


def run(run):
    if reason := usable():
        raise Skipped(reason)
    events = run.pick(3_500, 3_500, 20_000)
    known, journal, others = store_with_long_history(run, events)
    points = [(call, k) for call in CALLS for k in range(1, run.pick(9, 30, 100))]
    if run.size == "C":
        points = run.random.sample(points, 6)
    killed, begun, exhausted = 0, 0, {}
    for call, k in points:
        if exhausted.get(call, k) < k:
            continue
        run.cycles += 1
        before = len(run.failures)
        server = run.server(run.copy(known, "data")).start(60)
        tracer = kill_at(server, call, k)
        if (status := erase(server)) not in (None, 204):
            run.fail(f"erasing was answered {status}")
        if status is None:
            killed += 1
        else:
            exhausted[call] = k
        server.kill()
        tracer.kill()
        tracer.wait(30)
        begun += check(run, run.folder / "data", journal, events, others) and status is None
        run.failures[before:] = [f"{call} {k}: {failure}" for failure in run.failures[before:]]
    run.figures = {"killed": killed, "in the middle": begun}
