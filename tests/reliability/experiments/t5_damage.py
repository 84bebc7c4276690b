"""A stopped store's files are damaged: whatever is lost must be noticed."""

import shutil
import threading

from harness.audit import Auditor, ReadRefused
from harness.server import NotReady
from harness.wire import Closed

TITLE = "torn files and bit rot"
PASS = "noticed at start or at read, or provably harmless; 0 silent losses, never a crash"
BLOCK = 4096


def cut(path, random, _):
    size = path.stat().st_size
    with open(path, "r+b") as file:
        file.truncate(random.choice([0, size // 2, size * 3 // 4, max(0, size - 7), random.randrange(size + 1)]))


def flip(path, random, _):
    data = bytearray(path.read_bytes())
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        path.write_bytes(data)


def zero(path, random, _):
    data = bytearray(path.read_bytes())
    if data:
        at = random.randrange(len(data)) // BLOCK * BLOCK
        data[at:at + BLOCK] = bytes(len(data[at:at + BLOCK]))
        path.write_bytes(data)


def swap(path, random, _):
    data = bytearray(path.read_bytes())
    if len(data) < 2:
        return
    block = min(BLOCK, len(data) // 2)
    first, second = 0, random.randrange(1, len(data) // block) * block
    data[first:first + block], data[second:second + block] = data[second:second + block], data[first:first + block]
    path.write_bytes(data)


def delete(path, _, __):
    path.unlink()


def double(path, _, __):
    data = path.read_bytes()
    path.write_bytes(data + data)


def older(path, _, old):
    """The file as it was earlier, or gone where it did not exist yet."""
    if old.exists():
        shutil.copy2(old, path)
    else:
        path.unlink()


MUTATIONS = (cut, flip, zero, swap, delete, double, older)


def files_of(data):
    return sorted(path.relative_to(data) for path in data.rglob("*")
                  if path.is_file() and path.stat().st_size and path.name not in ("LOCK", "LOG") and not path.name.startswith("LOG.old"))


def outcome(run, data, journal):
    """'refused', 'noticed', 'harmless' or the losses."""
    server = run.server(data)
    try:
        server.start(60)
    except NotReady:
        if run.seen_crash(server):
            return "crashed"
        return "refused"
    try:
        losses = Auditor(journal).audit(server, retry=False)
    except ReadRefused:
        return "noticed"
    except Closed:
        return "crashed" if run.seen_crash(server) else "noticed"
    finally:
        server.stop()
    return losses or "harmless"


def run(run):
    data, journal = run.known_store()
    old = run.copy(data, "old")
    server = run.server(data).start()
    client = run.client(journal, "later", batch=10)
    client.run(server, threading.Event(), 10)
    server.kill()  # the newest events are in the write-ahead log only
    verdicts = {}
    every = [(mutation, file) for file in files_of(data) for mutation in MUTATIONS]
    if run.size == "C":
        every = run.random.sample(every, min(len(every), 24))
    for _ in range(run.pick(1, 8, 60)):
        for mutation, file in every:
            run.cycles += 1
            damaged = run.copy(data, "damaged")
            mutation(damaged / file, run.random, old / file)
            verdict = outcome(run, damaged, journal)
            if isinstance(verdict, list):
                run.fail(f"{mutation.__name__} of {file}: lost without a word: {verdict[0]} (and {len(verdict) - 1} more)")
                verdict = "silent loss"
            verdicts[verdict] = verdicts.get(verdict, 0) + 1
    untouched = outcome(run, run.copy(data, "untouched"), journal)
    if untouched != "harmless":
        run.fail(f"an undamaged copy: {untouched}")
    run.figures = verdicts
