"""The disk takes two seconds for a sync, then fails one."""

import threading
import time

from harness.audit import load
from harness.experiment import Skipped
from harness.server import NotReady
from harness.strace import usable
from harness.wire import Closed

TITLE = "slow and failing sync"
PASS = "slow: memory stays bounded, too much is refused with 503 or 429; failing: no acknowledgement, ends with a code of its own within 1 s"


def slow(run):
    journal = run.journal("journal-slow", fsync=False)
    server = run.server(run.folder / "slow").start()
    server.stop()
    server = run.server(run.folder / "slow", strace=["-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:delay_enter=500000"])
    server.start(120)
    before = server.rss_kb()
    clients = run.clients(journal, 16, "slow", depth=8, batch=50)
    stop = threading.Event()
    threads = load(server, clients, stop)
    time.sleep(run.pick(4, 30, 120))
    growth = server.rss_kb() - before
    stop.set()
    server.kill()
    for thread in threads:
        thread.join()
    run.settle_wrongs(clients)
    if growth > 300_000:
        run.fail(f"memory grew by {growth} kB while the disk was slow")
    refused = sum(count for client in clients for count in client.refusals.values())
    odd = {status for client in clients for status in client.refusals} - {503, 429}
    if odd:
        run.fail(f"a slow disk was answered with {sorted(odd)}")
    return {"growth kB": growth, "refused": refused}, journal


def failing(run, k):
    journal = run.journal(f"journal-{k}", fsync=False)
    data = run.folder / f"failing-{k}"
    run.server(data).start().stop()
    server = run.server(data, strace=["-e", "trace=fdatasync,fsync", "-e", f"inject=fdatasync,fsync:error=EIO:when={k}+"])
    try:
        server.start(60)
    except NotReady:
        run.seen_crash(server)
        return data, journal, None
    client = run.client(journal, f"eio{k}", depth=1)
    ended_after = None
    try:
        with server.connect() as connection:
            for _ in range(200):
                client.round(connection)
                if client.refusals:
                    break
    except Closed:
        pass
    refused_at = time.monotonic()
    if client.refusals or not server.alive():
        code = server.wait_exit(5)
        ended_after = time.monotonic() - refused_at
        if code is None:
            run.fail(f"sync {k} failed and the process goes on")
        elif code <= 0:
            run.fail(f"sync {k} failed and the process ended with {code}")
        elif ended_after > 1 + (2 if run.size == "C" else 0):
            run.fail(f"sync {k} failed and the process took {ended_after:.1f} s to end")
    server.kill()
    run.seen_crash(server)
    run.settle_wrongs([client])
    return data, journal, ended_after


def run(run):
    if reason := usable():
        raise Skipped(reason)
    run.cycles = 1
    run.figures, journal = slow(run)
    again = run.server(run.folder / "slow").start()
    run.audit(journal, again)
    again.stop()
    for k in range(1, run.pick(4, 20, 100)):
        run.cycles += 1
        data, journal, ended_after = failing(run, k)
        if ended_after is not None:
            run.figures["ended after s"] = round(max(ended_after, run.figures.get("ended after s", 0)), 2)
        again = run.server(data).start()
        run.audit(journal, again)
        again.stop()
