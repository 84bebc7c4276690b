"""Keys made to collide under libstdc++'s hash and under the identity, against keys drawn at random."""

import time

TITLE = "hash flood"
PASS = "crafted keys cost at most 3 times what random ones do"

# Bucket counts that libstdc++'s tables grow through: numbers that are multiples of these share a bucket under the identity.
PRIMES = (107897, 218971, 444487)


def crafted(count, random):
    """Ids that collide in the last bits and in libstdc++'s prime buckets when taken as numbers, and share long prefixes."""
    prime = random.choice(PRIMES)
    for number in range(count):
        yield f"{number * prime:020d}"


def at_random(count, random):
    for _ in range(count):
        yield f"{random.getrandbits(64):020d}"


def seconds_for(server, ids, member):
    """One person for user ids; property names of one event where the member is None."""
    ids = list(ids)
    started = time.monotonic()
    with server.connect(timeout=120) as connection:
        for at in range(0, len(ids), 1000):
            part = ids[at:at + 1000]
            if member is None:
                bodies = [{"user_id": "flood", "event": "view", "properties": dict.fromkeys(part[n:n + 150], 1)} for n in range(0, len(part), 150)]
            else:
                bodies = [{"user_id": "flood", "event": "view", member: id_} for id_ in part]
            answer = connection.request("POST", "/api/v1/events", bodies)
            if not answer.good:
                return None, answer
    return time.monotonic() - started, None


def run(run):
    count = run.pick(4_000, 100_000, 100_000)
    server = run.server(run.folder / "data").start()
    for member in ("item_id", "event", "user_id", "id", None):
        run.cycles += 1
        plain, refused = seconds_for(server, at_random(count, run.random), member)
        bad, refused_bad = seconds_for(server, crafted(count, run.random), member)
        if refused or refused_bad:
            answer = refused or refused_bad
            run.fail(f"{member or 'property names'}: {answer.status} {answer.body[:200]!r}")
            continue
        ratio = bad / plain
        run.figures[member or "names"] = round(ratio, 2)
        if ratio > 3 and bad > 1:
            run.fail(f"{member or 'property names'}: crafted keys took {bad:.2f} s, random ones {plain:.2f} s")
    server.stop()
    run.seen_crash(server)
