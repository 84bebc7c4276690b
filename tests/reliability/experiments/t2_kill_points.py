"""The process is killed at the k-th call of each kind that touches the disk, for every k."""

import threading

from harness.experiment import Skipped
from harness.server import NotReady
from harness.strace import CALLS, usable

TITLE = "kill points"
PASS = "the auditor finds nothing wrong after a kill at any call"


def points(run):
    """(call, k): every k up to where a run no longer dies; C takes a seeded sample."""
    if run.size == "C":
        chosen = [(call, run.random.randint(1, 12)) for call in CALLS for _ in range(2)]
        run.random.shuffle(chosen)
        return chosen
    return [(call, k) for call in CALLS for k in range(1, run.pick(0, 60, 250))]


def run(run):
    if reason := usable():
        raise Skipped(reason)
    exhausted, killed = {}, 0
    for call, k in points(run):
        if exhausted.get(call, 10**9) <= k and run.size != "C":
            continue
        run.cycles += 1
        data, journal = run.folder / f"data-{call}-{k}", run.journal(f"journal-{call}-{k}", fsync=False)
        server = run.server(data, strace=["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={k}"])
        client = run.client(journal, f"{call}{k}", depth=3, batch=10)
        try:
            server.start(60)
            client.run(server, threading.Event(), 10)
            server.stop()
        except NotReady:
            pass
        if server.process.returncode == -9:
            killed += 1
        else:
            exhausted[call] = min(exhausted.get(call, 10**9), k)
        server.kill()
        run.settle_wrongs([client])
        again = run.server(data)
        try:
            again.start(60)
        except NotReady as error:
            run.fail(f"{call} {k}: it does not start again: {error}")
            continue
        before = len(run.failures)
        run.audit(journal, again)
        run.failures[before:] = [f"{call} {k}: {failure}" for failure in run.failures[before:]]
        again.stop()
        run.seen_crash(again)
    run.figures = {"killed": killed}
