"""The power goes: the data lies on a file system of its own whose log and caches are cut off in mid-air."""

import fcntl
import os
import struct
import subprocess
import threading
import time

from harness.audit import load
from harness.experiment import Skipped

TITLE = "power cut"
PASS = "every acknowledged event is there after the file system was cut off without flushing its log"

FS_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32)
NO_LOG_FLUSH = 2


def shell(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


class LoopDisk:
    def __init__(self, folder):
        self.image, self.mount = folder / "disk.img", folder / "mnt"
        self.mount.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(256 << 20)
        made = shell("mkfs.ext4", "-q", "-F", str(self.image))
        if made.returncode != 0:
            raise Skipped(f"no ext4 image can be made: {made.stderr.strip()}")

    def attach(self):
        done = shell("mount", "-o", "loop", str(self.image), str(self.mount))
        if done.returncode != 0:
            raise Skipped(f"loop mounts are not permitted here: {done.stderr.strip()}")

    def detach(self):
        for _ in range(50):
            if shell("umount", str(self.mount)).returncode == 0:
                return
            time.sleep(0.1)

    def cut(self):
        handle = os.open(self.mount, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, FS_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(handle)


def run(run):
    disk = LoopDisk(run.folder)
    disk.attach()
    try:
        cycles(run, disk)
    finally:
        run.clean_up()
        disk.detach()


def cycles(run, disk):
    journal = run.journal()
    for cycle in range(run.pick(5, 200, 1000)):
        run.cycles = cycle + 1
        server = run.server(disk.mount / "data").start()
        if cycle and not run.audit(journal, server):
            return
        stop = threading.Event()
        clients = run.clients(journal, 4, f"p{cycle}-")
        threads = load(server, clients, stop)
        time.sleep(run.random.uniform(0.1, 0.8))
        try:
            disk.cut()
        except OSError as error:
            raise Skipped(f"the file system cannot be cut off here: {error}") from error
        time.sleep(0.1)
        server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        run.settle_wrongs(clients)
        disk.detach()
        disk.attach()
    server = run.server(disk.mount / "data").start()
    run.audit(journal, server)
    server.stop()
    run.figures = {"events": len(journal.entries)}
