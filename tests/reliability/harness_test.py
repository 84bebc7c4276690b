"""The auditor is only worth something if it finds planted faults: it is turned on an imitation that has them."""

import os
import pathlib
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from harness.audit import load  # noqa: E402
from harness.experiment import Run  # noqa: E402


def kill_once(bug, rounds=None):
    """The failures that one kill -9 under load turns up."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run("self", HERE / "fake/attune", "C", 7, folder, None)
        journal = run.journal()
        server = run.server(run.folder / "data", environment={"ATTUNE_FAKE_BUG": bug}).start()
        stop = threading.Event()
        clients = run.clients(journal, 4)
        threads = load(server, clients, stop, rounds)
        deadline = time.monotonic() + 30
        while sum(entry.acked for entry in list(journal.entries.values())) < 60 and time.monotonic() < deadline:
            time.sleep(0.02)
        server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        again = run.server(run.folder / "data", environment={"ATTUNE_FAKE_BUG": bug}).start()
        run.audit(journal, again)
        run.clean_up()
        return run.failures, journal


class Harness(unittest.TestCase):
    def test_a_server_that_keeps_its_word_passes(self):
        failures, journal = kill_once("")
        self.assertEqual(failures, [])
        self.assertGreater(len(journal.entries), 50)
        self.assertEqual(journal.unknown(), [], "the audit ends with everything known")

    def test_a_lost_event_is_found(self):
        failures, _ = kill_once("lose")
        self.assertTrue(any("was acknowledged and is there 0 times" in failure for failure in failures), failures)

    def test_a_double_event_is_found(self):
        # Only a retry doubles it: an event that is unknown to the client but did survive.
        with tempfile.TemporaryDirectory() as folder:
            run = Run("self", HERE / "fake/attune", "C", 7, folder, None)
            journal = run.journal()
            server = run.server(run.folder / "data", environment={"ATTUNE_FAKE_BUG": "twice"}).start()
            client = run.client(journal, "c")
            client.run(server, threading.Event(), 3)
            for entry in journal.entries.values():
                entry.acked = False
            run.audit(journal, server)
            run.clean_up()
            self.assertTrue(any("is there 2 times" in failure for failure in run.failures), run.failures)

    def test_a_hole_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            run = Run("self", HERE / "fake/attune", "C", 7, folder, None)
            journal = run.journal()
            server = run.server(run.folder / "data", environment={"ATTUNE_FAKE_BUG": "hole"}).start()
            client = run.client(journal, "c")
            client.run(server, threading.Event(), 20)
            server.kill()
            for entry in journal.entries.values():
                entry.acked = False
            again = run.server(run.folder / "data").start()
            run.audit(journal, again)
            run.clean_up()
            self.assertTrue(any("a hole in what c sent" in failure for failure in run.failures), run.failures)

    def test_a_profile_that_is_no_fold_of_the_log_is_found(self):
        failures, _ = kill_once("stale")
        self.assertTrue(any("the profile of" in failure for failure in failures), failures)

    def test_the_journal_is_on_disk_before_anything_is_sent(self):
        with tempfile.TemporaryDirectory() as folder:
            run = Run("self", HERE / "fake/attune", "C", 7, folder, None)
            journal = run.journal()
            entries = run.client(journal, "c").make(3)
            journal.intend(entries)
            self.assertEqual(len((run.folder / "journal").read_text().splitlines()), 3)
            os.close(journal.file)


if __name__ == "__main__":
    unittest.main()
