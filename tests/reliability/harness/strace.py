"""Faults by strace: which calls there are to fail, and whether this machine lets us."""

import functools
import shutil
import subprocess

CALLS = ("write", "pwrite64", "fdatasync", "fsync", "rename", "ftruncate", "unlink", "openat")


@functools.cache
def usable():
    """Why not, or an empty string."""
    if not shutil.which("strace"):
        return "strace is not installed"
    done = subprocess.run(["strace", "-D", "-f", "-q", "-o", "/dev/null", "-e", "trace=write", "-e", "inject=write:error=EIO:when=1",
                           "/bin/echo", "x"], capture_output=True, text=True, check=False)
    return "" if done.returncode != 0 else "strace cannot inject faults here (ptrace is not permitted)"
