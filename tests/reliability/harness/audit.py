"""The auditor: clients write down what they are about to send, on disk, before they send it, and what was acknowledged
after. Whatever happens to the server, afterwards its story must agree with theirs:

- every acknowledged event is there exactly once, every other one at most once, and nothing else is there;
- of one connection's unacknowledged requests, those that survived come before those that did not (no hole), and of one request a
  person's events survived together or not at all (several people of one request may be cut apart);
- sending all unknown ones again makes each of them count exactly once;
- what is derived agrees with the events: counts, and a profile folded again from the log is the same profile.
"""

import json
import os
import random
import threading
import urllib.parse

from .wire import Closed

KINDS = ("view", "click", "add_to_cart", "purchase", "like", "a name of our own")


class Entry:
    __slots__ = ("id", "user", "kind", "connection", "number", "request", "acked", "body")

    def __init__(self, id_, user, kind, connection, number, request, body):
        self.id, self.user, self.kind = id_, user, kind
        self.connection, self.number, self.request = connection, number, request
        self.acked = False
        self.body = body


class Journal:
    """Intents and acknowledgements of one run. The file is what an auditor would hold in hand after a power cut."""

    def __init__(self, path, fsync=True):
        self.entries = {}
        self.fsync = fsync
        self.lock = threading.Lock()
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def close(self):
        os.close(self.file)

    def _write(self, lines):
        os.write(self.file, "".join(line + "\n" for line in lines).encode())
        if self.fsync:
            os.fdatasync(self.file)

    def intend(self, entries):
        self._write([f"intent {entry.id} {entry.connection} {entry.number}" for entry in entries])
        with self.lock:
            for entry in entries:
                self.entries[entry.id] = entry

    def acknowledge(self, entries):
        for entry in entries:
            entry.acked = True
        self._write([f"ack {entry.id}" for entry in entries])

    def unknown(self):
        with self.lock:
            return [entry for entry in self.entries.values() if not entry.acked]


class Client:
    """One connection's worth of load: requests of one or a few events, several of them in the pipe."""

    def __init__(self, journal, name, seed, depth=4, batch=5, users=3):
        self.journal, self.name, self.depth, self.batch = journal, name, depth, batch
        self.random = random.Random(seed)
        self.users = [f"{name}-{index}" for index in range(users)] + ["everybody"]
        self.number = 0
        self.requests = 0
        self.refusals = {}
        self.wrong = []

    def make(self, count):
        """One request's worth of events."""
        made = []
        self.requests += 1
        for _ in range(count):
            self.number += 1
            user, kind = self.random.choice(self.users), self.random.choice(KINDS)
            body = {"id": f"{self.name}.{self.number}", "user_id": user, "event": kind,
                    "item_id": f"item-{self.random.randrange(50)}", "properties": {"n": self.number, "pad": "x" * self.random.randrange(200)}}
            made.append(Entry(body["id"], user, kind, self.name, self.number, self.requests, body))
        return made

    def send(self, connection, entries):
        bodies = [entry.body for entry in entries]
        connection.send("POST", "/api/v1/events", bodies[0] if len(bodies) == 1 else bodies)

    def settle(self, connection, entries):
        answer = connection.receive()
        if answer.good:
            told = answer.json() if answer.body else {}
            if told.get("rejected"):
                self.wrong.append(f"{self.name}: a good event was rejected: {json.dumps(told['rejected'])[:300]}")
            else:
                self.journal.acknowledge(entries)
        else:
            self.refusals[answer.status] = self.refusals.get(answer.status, 0) + 1
        return answer

    def round(self, connection):
        """One pipe full of requests. Raises Closed when the server goes away in the middle."""
        pipe = []
        for _ in range(self.random.randint(1, self.depth)):
            entries = self.make(1 if self.random.random() < 0.5 else self.random.randint(2, self.batch))
            self.journal.intend(entries)
            self.send(connection, entries)
            pipe.append(entries)
        for entries in pipe:
            self.settle(connection, entries)

    def run(self, server, stop, rounds=None):
        """Until told to stop, or the server is gone, or so many rounds were made. Never raises."""
        done = 0
        try:
            with server.connect() as connection:
                while not stop.is_set() and (rounds is None or done < rounds):
                    self.round(connection)
                    done += 1
        except Closed:
            pass


def load(server, clients, stop=None, rounds=None):
    """Runs the clients on a thread each; returns the threads."""
    stop = stop or threading.Event()
    threads = [threading.Thread(target=client.run, args=(server, stop, rounds), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    return threads


def quote(text):
    return urllib.parse.quote(text, safe="")


def stored_ids(connection, user):
    """All event ids that the server lists for a user, oldest last; None when it knows no such user."""
    ids, cursor = [], None
    while True:
        path = f"/api/v1/personalization/interactions/{quote(user)}?limit=500"
        answer = connection.request("GET", path + (f"&cursor={quote(cursor)}" if cursor else ""))
        if answer.status == 404 and not ids:
            return None
        if not answer.good:
            raise ReadRefused(answer.status, answer.body[:300].decode(errors="replace"))
        page = answer.json()
        ids += [item["id"] for item in page["items"]]
        cursor = page.get("cursor")
        if not cursor:
            return ids


class ReadRefused(Exception):
    """The server said that it cannot tell: damage that is noticed is not a silent loss."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status = status


class Auditor:
    def __init__(self, journal):
        self.journal = journal

    def users(self, entries):
        by_user = {}
        for entry in entries:
            by_user.setdefault(entry.user, []).append(entry)
        return by_user

    def audit(self, server, only_users=None, retry=True):
        """The violations, as sentences. Afterwards, with `retry`, nothing is unknown any more."""
        entries = [entry for entry in list(self.journal.entries.values()) if only_users is None or entry.user in only_users]
        problems = []
        with server.connect() as connection:
            survived = set()
            for user, mine in sorted(self.users(entries).items()):
                problems += self.presence(connection, user, mine, survived)
            problems += self.holes(entries, survived)
            if retry and not problems:
                problems += self.retry(connection, [entry for entry in entries if not entry.acked])
                for user, mine in sorted(self.users(entries).items()):
                    problems += self.presence(connection, user, mine, set())
                    problems += self.derived(connection, user, mine)
        return problems

    def presence(self, connection, user, mine, survived):
        ids = stored_ids(connection, user) or []
        counts = {}
        for id_ in ids:
            counts[id_] = counts.get(id_, 0) + 1
        survived.update(counts)
        known = {entry.id for entry in mine}
        for entry in mine:
            there = counts.get(entry.id, 0)
            if entry.acked and there != 1:
                yield f"{entry.id} of {user} was acknowledged and is there {there} times"
            elif there > 1:
                yield f"{entry.id} of {user} is there {there} times"
        for id_ in counts:
            if id_ not in known:
                yield f"{user} has {id_}, which nobody sent"

    def holes(self, entries, survived):
        by_connection, together = {}, {}
        for entry in entries:
            if not entry.acked:
                by_connection.setdefault(entry.connection, []).append(entry)
                together.setdefault((entry.connection, entry.request, entry.user), []).append(entry)
        for (_, _, user), mine in sorted(together.items()):
            if len({entry.id in survived for entry in mine}) > 1:
                yield f"of what one request said of {user} only a part survived: {[entry.id for entry in mine if entry.id in survived]}"
        for connection, mine in sorted(by_connection.items()):
            mine.sort(key=lambda entry: entry.number)
            missing = None
            for entry in mine:
                if entry.id not in survived:
                    missing = missing or entry
                elif missing is not None and missing.request < entry.request:
                    yield f"a hole in what {connection} sent: {missing.id} is gone but the later {entry.id} survived"
                    break

    def retry(self, connection, unknown):
        for entry in unknown:
            answer = connection.request("POST", "/api/v1/events", entry.body)
            if not answer.good:
                yield f"the retry of {entry.id} was answered {answer.status}: {answer.body[:200]!r}"
            else:
                self.journal.acknowledge([entry])

    def derived(self, connection, user, mine):
        path = f"/api/v1/personalization/profile/{quote(user)}"
        before = connection.request("GET", path)
        again = connection.request("POST", path + "/recompute")
        after = connection.request("GET", path)
        if not (before.good and again.good and after.good):
            yield f"profile of {user}: {before.status}, recompute {again.status}, again {after.status}"
            return
        profile, told = before.json(), again.json()
        if told.get("changed"):
            yield f"recompute says that the profile of {user} was not what the log tells"
        if profile != after.json():
            yield f"the profile of {user} is another one after a recompute"
        events = {entry.id: entry.kind for entry in mine}
        behaviour = profile["behaviour"]
        if behaviour["events"] != len(events):
            yield f"the profile of {user} counts {behaviour['events']} events, there are {len(events)}"
        for kind in set(events.values()):
            expected = sum(1 for other in events.values() if other == kind)
            counted = behaviour["counts"].get(kind, {}).get("count", 0)
            if counted != expected:
                yield f"the profile of {user} counts {counted} of '{kind}', there are {expected}"
