"""Eight clients write; the process is killed at a random time; nothing acknowledged may be missing."""

import threading
import time

from harness.audit import load

TITLE = "kill -9 loop"
PASS = "0 lost, 0 double, 0 holes; ready again within 2 s + 1 s per 100 MB of log"


def run(run):
    data = run.folder / "data"
    journal = run.journal()
    ready_times, users_seen = [], set()
    for cycle in range(run.pick(20, 300, 3000)):
        run.cycles = cycle + 1
        server = run.server(data).start()
        ready_times.append(server.ready_after)
        if users_seen and not run.audit(journal, server, only_users=users_seen):
            server.kill()
            return
        stop = threading.Event()
        # Names change with the cycle, so that an audit of one cycle does not read the whole past again.
        clients = run.clients(journal, 8, f"k{cycle}-")
        threads = load(server, clients, stop)
        time.sleep(run.random.uniform(0.05, 0.5) if run.size == "C" else run.random.uniform(0.2, 3))
        server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        run.settle_wrongs(clients)
        users_seen = {user for client in clients for user in client.users if user != "everybody"}
    server = run.server(data).start()
    run.audit(journal, server)
    if server.stop() != 0:
        run.fail(f"SIGTERM did not end it with 0: {server.said()[-1500:]}")
    run.seen_crash(server)
    ready_times.sort()
    p99 = ready_times[min(len(ready_times) - 1, int(len(ready_times) * 0.99))]
    run.figures = {"events": len(journal.entries), "ready p99 s": round(p99, 2)}
    log_mb = sum(path.stat().st_size for path in data.rglob("*.log")) / 1e6
    if p99 > (2 + log_mb / 100) * (3 if run.size == "C" else 1):  # C shares its cores with other tests, under sanitizers
        run.fail(f"ready again after {p99:.2f} s at the 99th percentile")
