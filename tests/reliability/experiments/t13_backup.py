"""Backups are made under load; each is restored into an empty folder, and damaged byte by byte."""

import json
import os
import subprocess
import threading
import time

from harness.audit import load
from harness.server import ROOT_KEY, sanitizer_environment

TITLE = "backup and restore"
PASS = "a restored backup has everything acknowledged before it began; every flipped byte is noticed"


def attune(run, *arguments):
    environment = {**os.environ, "ATTUNE_ROOT_KEY": ROOT_KEY, **sanitizer_environment(False)}
    return subprocess.run([str(run.binary), *map(str, arguments)], capture_output=True, text=True, env=environment, timeout=300, check=False)


def back_up(run, server, target):
    """While it serves and is written to."""
    with server.connect() as connection:
        answer = connection.request("POST", "/api/v1/backups", {"directory": str(target)})
        while answer.good:
            answer = connection.request("GET", f"/api/v1/backups?directory={target}")
            status = json.loads(answer.body)
            if not status["running"]:
                return subprocess.CompletedProcess([], 1 if "last_error" in status else 0, "", str(status))
            time.sleep(0.1)
    return subprocess.CompletedProcess([], 1, "", answer.body.decode(errors="replace"))


def restore_and_audit(run, target, journal, cycle):
    restored = run.folder / f"restored-{cycle}"
    started = time.monotonic()
    done = attune(run, "restore", target, "--data-dir", restored)
    if done.returncode != 0:
        run.fail(f"restore: {done.stdout[-500:]}{done.stderr[-1500:]}")
        return 0.0
    server = run.server(restored).start(60)
    run.audit(journal, server, retry=False)
    server.stop()
    return time.monotonic() - started


def flips(run, target):
    """How many of the one-byte flips in the backup `attune verify` noticed."""
    files = sorted(path for path in target.rglob("*") if path.is_file() and path.stat().st_size)
    missed = 0
    for _ in range(run.pick(12, 1000, 5000)):
        path = run.random.choice(files)
        data = bytearray(path.read_bytes())
        at = run.random.randrange(len(data))
        original = data[at]
        data[at] ^= 1 << run.random.randrange(8)
        path.write_bytes(data)
        done = attune(run, "verify", target)
        if done.returncode == 0:
            missed += 1
            run.fail(f"a flipped bit at {at} of {path.relative_to(target)} went unnoticed")
        elif done.returncode < 0 or "AddressSanitizer" in done.stderr:
            run.fail(f"verify crashed on a flipped bit at {at} of {path.relative_to(target)}: {done.stderr[-1500:]}")
        data[at] = original
        path.write_bytes(data)
    return missed


def run(run):
    data, target = run.folder / "data", run.folder / "backup"
    server = run.server(data, arguments=["--backup-dir", str(run.folder)]).start()
    everything = run.journal(fsync=False)
    restore_times = []
    for cycle in range(run.pick(2, 100, 300)):
        run.cycles = cycle + 1
        # What is acknowledged before the backup begins has a journal of its own: of what comes during it nothing is promised.
        before = run.journal(f"before-{cycle}", fsync=False)
        for thread in load(server, run.clients(before, 3, f"b{cycle}-"), rounds=4):
            thread.join()
        stop = threading.Event()
        threads = load(server, run.clients(everything, 3, f"d{cycle}-"), stop)
        done = back_up(run, server, target)
        stop.set()
        for thread in threads:
            thread.join()
        if done.returncode != 0:
            run.fail(f"backup: {done.stdout[-500:]}{done.stderr[-1500:]}")
            break
        only_before = run.journal(f"audit-{cycle}", fsync=False)
        only_before.entries = {id_: entry for id_, entry in before.entries.items() if entry.user != "everybody"}
        restore_times.append(restore_and_audit(run, target, only_before, cycle))
    server.stop()
    if not run.failures:
        run.figures["missed flips"] = flips(run, target)
        run.figures["restore s"] = round(max(restore_times), 2)
