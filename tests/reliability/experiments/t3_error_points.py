"""The k-th call fails, once or from then on, with EIO or ENOSPC; while serving, and while starting again."""

import threading

from harness.experiment import Skipped
from harness.server import NotReady
from harness.strace import usable

TITLE = "error points"
PASS = "no crash, no acknowledgement after a failed sync, auditor clean after the next start"
CALLS = ("write", "pwrite64", "fdatasync", "fsync", "rename", "ftruncate")


def points(run):
    every = [(call, error, k, sticky) for call in CALLS for error in ("EIO", "ENOSPC")
             for k in range(1, run.pick(12, 30, 120)) for sticky in (False, True)]
    return run.random.sample(every, run.pick(14, 300, len(every))) if run.size != "R" else every


def inject(call, error, k, sticky):
    return ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={k}{'+' if sticky else ''}"]


def attempt(run, data, journal, name, strace):
    """One run under the fault. What the server may do: refuse to start, answer with errors, or end with a code of its own."""
    server = run.server(data, strace=strace)
    client = run.client(journal, name, depth=3, batch=10)
    try:
        server.start(5)  # the failing write may be the very line that says it is ready
        client.run(server, threading.Event(), 8)
    except NotReady:
        pass
    server.stop(20)
    run.settle_wrongs([client])
    run.seen_crash(server)
    return server.process.returncode


def run(run):
    if reason := usable():
        raise Skipped(reason)
    ended = 0
    for call, error, k, sticky in points(run):
        run.cycles += 1
        label = f"{call} {error} {k}{'+' if sticky else ''}"
        data, journal = run.folder / f"data-{run.cycles}", run.journal(f"journal-{run.cycles}", fsync=False)
        before = len(run.failures)
        ended += attempt(run, data, journal, f"e{run.cycles}", inject(call, error, k, sticky)) != 0
        if run.cycles % 3 == 0:  # and once more while it recovers
            attempt(run, data, journal, f"r{run.cycles}", inject(call, error, max(1, k // 2), sticky))
        again = run.server(data)
        try:
            again.start(60)
            run.audit(journal, again)
            again.stop()
            run.seen_crash(again)
        except NotReady as error:
            run.fail(f"it does not start again without the fault: {error}")
        run.failures[before:] = [f"{label}: {failure}" for failure in run.failures[before:]]
    run.figures = {"ended by the fault": ended}
