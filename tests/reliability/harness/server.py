"""One Attune process under test: started, asked whether it is ready, killed or stopped, its words kept in a file."""

import os
import pathlib
import re
import signal
import subprocess
import time

from .wire import Closed, Connection

ROOT_KEY = "root-key-of-the-reliability-experiments-0123456789"
_READY = re.compile(r"attune: ready on http://([0-9.]+|\[[0-9a-f:]+\]):(\d+)")


class NotReady(Exception):
    """The process ended, or said nothing in time."""


def sanitizer_environment(traced):
    """Leak checking needs ptrace for itself, so a traced process goes without."""
    asan = "detect_leaks=0:" if traced else ""
    return {"ASAN_OPTIONS": asan + "abort_on_error=0:exitcode=86:allocator_may_return_null=1",
            "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=86"}


class Server:
    def __init__(self, binary, data_dir, log, arguments=(), environment=None, strace=(), faults_stop=True):
        self.binary = pathlib.Path(binary)
        self.data_dir = pathlib.Path(data_dir)
        self.log = pathlib.Path(log)
        self.arguments = list(arguments)
        self.environment = dict(environment or {})
        self.strace = list(strace)
        self.faults_stop = faults_stop
        self.process = None
        self.address = None
        self.said_before = 0

    def command(self):
        command = [str(self.binary), "serve", "--listen", "127.0.0.1:0", "--data-dir", str(self.data_dir), *self.arguments]
        if self.strace:
            # -D: the tracer is the grandchild, so that the process we hold, and its exit code, are the server's own.
            command = ["strace", "-D", "-f", "-q", "-o", str(self.log) + ".strace", *self.strace, *command]
        return command

    def launch(self):
        self.address = None
        self.said_before = self.log.stat().st_size if self.log.exists() else 0
        environment = {**os.environ, "ATTUNE_ROOT_KEY": ROOT_KEY, **sanitizer_environment(bool(self.strace)), **self.environment}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                                            start_new_session=True)
        return self

    def said(self):
        with open(self.log, "rb") as log:
            log.seek(self.said_before)
            return log.read().decode(errors="replace")

    def wait_ready(self, seconds=30.0):
        """Seconds until it answered /readyz with 200; raises NotReady when it ends or takes longer."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if self.process.poll() is not None:
                raise NotReady(f"exit code {self.process.returncode}: {self.said()[-2000:]}")
            if self.address is None and (found := _READY.search(self.said())):
                self.address = (found.group(1).strip("[]"), int(found.group(2)))
            if self.address is not None:
                try:
                    with Connection(self.address, timeout=5) as connection:
                        if connection.request("GET", "/readyz").status == 200:
                            return time.monotonic() - started
                except Closed:
                    pass
            time.sleep(0.01)
        raise NotReady(f"not ready after {seconds} s: {self.said()[-2000:]}")

    def start(self, seconds=30.0):
        self.launch()
        try:
            self.ready_after = self.wait_ready(seconds)
        except NotReady:
            self.kill()
            raise
        return self

    def connect(self, tenant="default", key=ROOT_KEY, timeout=30.0):
        return Connection(self.address, [("Authorization", f"Bearer {key}"), ("X-Tenant", tenant)], timeout)

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        if self.alive():
            self.process.kill()
        if self.process is not None:
            self.process.wait()

    def stop(self, seconds=30.0):
        """SIGTERM; the exit code, or None when it had to be killed."""
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def wait_exit(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def rss_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def crashed(self):
        """What a process under no fault at all must never show: a sanitizer report or a signal that is not ours."""
        words = self.said()
        found = re.search(r"(ERROR: AddressSanitizer[^\n]*|runtime error:[^\n]*|ATTUNE_CHECK[^\n]*|Assertion[^\n]*failed[^\n]*)", words)
        if found:
            return found.group(1)
        code = self.process.returncode
        if code is not None and code < 0 and -code not in (signal.SIGKILL, signal.SIGTERM):
            return f"ended by {signal.Signals(-code).name}"
        return None
