"""What an experiment is given and what it hands back."""

import pathlib
import random
import shutil
import threading

from .audit import Auditor, Client, Journal, load
from .server import Server
from .wire import Closed


class Skipped(Exception):
    """This machine does not allow the experiment; the reason is printed, never swallowed."""


class Run:
    """One experiment at one size. Everything random comes from `random`, which the printed seed repeats."""

    def __init__(self, name, binary, size, seed, folder, build):
        self.name, self.binary, self.size, self.seed, self.build = name, binary, size, seed, build
        self.random = random.Random(f"{name}:{seed}")
        self.folder = pathlib.Path(folder)
        self.failures = []
        self.figures = {}
        self.cycles = 0
        self.servers = []
        self.clock_shim = None

    def pick(self, c, n, r):
        """How many cycles this size means."""
        return {"C": c, "N": n, "R": r}[self.size]

    def fail(self, what):
        self.failures.append(f"cycle {self.cycles}: {what}")

    def server(self, data_dir, **options):
        server = Server(self.binary, data_dir, self.folder / "server.log", **options)
        self.servers.append(server)
        return server

    def copy(self, source, name):
        target = self.folder / name
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(source, target)
        return target

    def journal(self, name="journal", fsync=True):
        return Journal(self.folder / name, fsync)

    def client(self, journal, name, **options):
        return Client(journal, name, f"{self.seed}:{name}", **options)

    def clients(self, journal, count, prefix="c", **options):
        return [self.client(journal, f"{prefix}{index}", **options) for index in range(count)]

    def settle_wrongs(self, clients):
        for client in clients:
            for wrong in client.wrong:
                self.fail(wrong)
            client.wrong.clear()

    def audit(self, journal, server, **options):
        try:
            problems = Auditor(journal).audit(server, **options)
        except Closed as error:
            problems = [f"the server went away during the audit ({error}): {server.said()[-1500:]}"]
        for problem in problems[:20]:
            self.fail(problem)
        return not problems

    def seen_crash(self, server):
        found = server.crashed()
        if found:
            self.fail(f"{found}\n{server.said()[-4000:]}")
        return bool(found)

    def known_store(self, events_rounds=20):
        """A data directory with acknowledged events, stopped in good order, and its journal."""
        data = self.folder / "known"
        journal = self.journal("known-journal", fsync=False)
        server = self.server(data).start()
        clients = self.clients(journal, 2, "known", batch=10)
        for thread in load(server, clients, threading.Event(), events_rounds):
            thread.join()
        self.settle_wrongs(clients)
        code = server.stop()
        if code != 0:
            self.fail(f"SIGTERM ended with {code}: {server.said()[-1500:]}")
        return data, journal

    def clean_up(self):
        for server in self.servers:
            server.kill()
