"""The disk fills up: writes are refused in words, everything else goes on, and it heals when space returns."""

import os
import subprocess
import time

from harness.experiment import Skipped
from harness.wire import Closed

TITLE = "full disk"
PASS = "writes answer 507 or 503, reads and erasure go on, no abort, heals by itself, auditor clean"
DISK_MB = 64


def fill(run, server, journal, seconds):
    """Writes until refused for good; the statuses seen."""
    client = run.client(journal, f"fill{run.cycles}", depth=2, batch=200)
    started = time.monotonic()
    try:
        with server.connect() as connection:
            while time.monotonic() - started < seconds and not {507, 503} & set(client.refusals):
                client.round(connection)
    except Closed as error:
        run.fail(f"the server went away while the disk filled up: {error}")
    run.settle_wrongs([client])
    return client.refusals


def write_once(server, journal, client):
    entries = client.make(1)
    journal.intend(entries)
    with server.connect() as connection:
        client.send(connection, entries)
        return client.settle(connection, entries).status


def cycle(run, mount, data, journal):
    server = run.server(data).start()
    writer = run.client(journal, f"w{run.cycles}")
    first = write_once(server, journal, writer)
    if first not in (200, 201, 202):
        run.fail(f"an event on an empty disk was answered {first}")
        return server
    with server.connect() as connection:  # somebody to erase while the disk is full
        connection.request("POST", "/api/v1/events", {"user_id": "to-erase", "event": "view"})
    # A file takes most of the room, so that the rest fills in seconds; it goes away again for the healing.
    free = os.statvfs(mount)
    ballast = mount / "ballast"
    with open(ballast, "wb") as file:
        left = max(0, free.f_bavail * free.f_frsize - (6 << 20))
        while left > 0:
            left -= file.write(b"\1" * min(left, 1 << 20))
    refusals = fill(run, server, journal, 60)
    if not {507, 503} & set(refusals):
        run.fail(f"the full disk was never answered with 507 or 503, but with {refusals}")
    if server.alive():
        with server.connect() as connection:
            name = writer.users[0]
            if (status := connection.request("GET", f"/api/v1/users/{name}").status) not in (200, 404):
                run.fail(f"a read on a full disk was answered {status}")
            if (status := connection.request("DELETE", "/api/v1/users/to-erase").status) not in (200, 202, 204):
                run.fail(f"an erasure on a full disk was answered {status}")
    ballast.unlink()
    healed = None
    for _ in range(100):
        try:
            healed = write_once(server, journal, writer)
        except Closed as error:
            run.fail(f"the server is gone after the full disk: {error}")
            break
        if healed in (200, 201, 202):
            break
        time.sleep(0.1)
    else:
        run.fail(f"10 s after space returned a write is still answered {healed}")
    return server


def run(run):
    mount = run.folder / "mnt"
    mount.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", mount], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Skipped(f"a tmpfs cannot be mounted here: {done.stderr.strip()}")
    try:
        journal = run.journal(fsync=False)
        for number in range(run.pick(1, 10, 50)):
            run.cycles = number + 1
            server = cycle(run, mount, mount / "data", journal)
            if server.alive():
                run.audit(journal, server)
                server.stop()
            run.seen_crash(server)
        again = run.server(mount / "data").start()
        run.audit(journal, again)
        again.stop()
    finally:
        run.clean_up()
        subprocess.run(["umount", mount], check=False)
