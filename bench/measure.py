"""What the whole-server benchmarks share: processes pinned to one core each, CPU time from the kernel, wrk, nginx.

On a shared machine a wall rate swings several-fold, so the figure that counts is server CPU time per request (user + system,
from /proc), against nginx answering the same bytes under the same load in the same run, taken in turns A B A B.
"""
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")


def need(*programs):
    missing = [p for p in programs if not shutil.which(p) and not os.path.exists("/usr/sbin/" + p)]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed (apt-get install wrk nginx-light)")
        sys.exit(0)


def children(pid):
    found = [pid]
    for parent in found:
        for task in os.listdir(f"/proc/{parent}/task"):
            try:
                with open(f"/proc/{parent}/task/{task}/children") as f:
                    found += [int(c) for c in f.read().split()]
            except OSError:
                pass
    return found


def cpu_seconds(pid):
    total = 0.0
    for p in children(pid):
        try:
            with open(f"/proc/{p}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            total += (int(fields[11]) + int(fields[12])) / TICKS
        except OSError:
            pass
    return total


def memory_mb(pid, field="VmRSS"):
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    return 0.0


class Attune:
    """A server of ours on a data directory, pinned to `cpus` (as taskset takes them)."""

    def __init__(self, binary, data_dir, cpus="0", extra=(), env=None):
        self.key = "atk_bench_root"
        environment = dict(os.environ, ATTUNE_ROOT_KEY=ROOT_KEY, **(env or {}))
        started = time.monotonic()
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log", delete=False)
        self.process = subprocess.Popen(
            ["taskset", "-c", cpus, binary, "serve", "--listen", "127.0.0.1:0", "--data-dir", data_dir, *extra],
            stderr=self.log, stdout=subprocess.DEVNULL, env=environment)
        self.url = None
        while self.url is None:
            with open(self.log.name) as f:
                ready = re.search(r"attune: ready on (http://\S+)", f.read())
            if ready:
                self.url = ready.group(1)
            elif self.process.poll() is not None:
                with open(self.log.name) as f:
                    raise RuntimeError("the server did not start:\n" + f.read())
            else:
                time.sleep(0.005)
        self.ready_seconds = time.monotonic() - started
        self.pid = self.process.pid

    def settle(self):
        """Waits until the log that was there at the start is read, which is no part of what requests cost."""
        spent, now = -1.0, cpu_seconds(self.pid)
        while now - spent > 0.02:
            time.sleep(0.5)
            spent, now = now, cpu_seconds(self.pid)
        return self

    def metric(self, name):
        request = urllib.request.Request(self.url + "/metrics", headers={"Authorization": f"Bearer {ROOT_KEY}"})
        text = urllib.request.urlopen(request).read().decode()
        return sum(float(m.group(1)) for m in re.finditer(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.M))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        os.unlink(self.log.name)


ROOT_KEY = "bench-root-key-0123456789abcdef0123456789"


class Nginx:
    """`return 200` with a given body and the headers that we send too, one worker on `cpus`."""

    def __init__(self, body, cpus="0", port=18099):
        self.dir = tempfile.mkdtemp(prefix="attune-bench-nginx-")
        # A parameter may have 4,096 bytes at most, so a longer body is put together from pieces.
        pieces = [body[i:i + 1_500] for i in range(0, len(body), 1_500)]
        escaped = [p.replace("\\", "\\\\").replace("'", "\\'").replace("$", "${dollar}") for p in pieces]
        setting = "".join(f"set $piece{i} '{text}';\n" for i, text in enumerate(escaped))
        whole = "".join(f"${{piece{i}}}" for i in range(len(pieces)))
        with open(self.dir + "/nginx.conf", "w") as f:
            f.write(f"""worker_processes 1; daemon off; pid {self.dir}/pid; error_log {self.dir}/error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; geo $dollar {{ default "$"; }}
  client_body_temp_path {self.dir}; proxy_temp_path {self.dir}; fastcgi_temp_path {self.dir};
  uwsgi_temp_path {self.dir}; scgi_temp_path {self.dir};
  server {{ listen 127.0.0.1:{port} reuseport; default_type application/json;
    location / {{ {setting} return 200 "{whole}"; }} }} }}
""")
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen(["taskset", "-c", cpus, nginx, "-p", self.dir, "-c", self.dir + "/nginx.conf"],
                                        stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}"
        for _ in range(400):
            try:
                urllib.request.urlopen(self.url).read()
                break
            except OSError:
                time.sleep(0.01)
        self.pid = self.process.pid

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.dir, ignore_errors=True)


def wrk(url, pid, script, connections=64, seconds=3, cpus="1", arguments=()):
    """One load; answers {'requests', 'rps', 'cpu_us', 'p50_ms', 'p99_ms', 'errors'}."""
    before = cpu_seconds(pid)
    out = subprocess.run(["taskset", "-c", cpus, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script,
                          url, "--", *map(str, arguments)], capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(pid) - before
    requests = int(re.search(r"(\d+) requests in", out).group(1))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)

    def latency(percent):
        m = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", out)
        return float(m.group(1)) * {"us": 1e-3, "ms": 1, "s": 1e3}[m.group(2)] if m else float("nan")

    return {"requests": requests, "rps": requests / seconds, "cpu_us": used / max(requests, 1) * 1e6,
            "p50_ms": latency(50), "p99_ms": latency(99), "errors": int(bad.group(1)) if bad else 0}


def in_turns(rounds, *loads):
    """Runs the loads A B A B …; answers the median of each figure for each load."""
    runs = [[] for _ in loads]
    for _ in range(rounds):
        for kept, load in zip(runs, loads):
            kept.append(load())
    return [{k: statistics.median(r[k] for r in kept) for k in kept[0]} for kept in runs]


def row(name, figure, floor, unit, goal, lower_is_better=True):
    ratio = figure / floor if floor else float("nan")
    met = ratio <= goal if lower_is_better else ratio >= goal
    sign = "<=" if lower_is_better else ">="
    print(f"{name:<58} {figure:>10.2f} {unit:<9} floor {floor:>10.2f}  ratio {ratio:>5.2f}  goal {sign} {goal:<5} {'met' if met else 'MISSED'}",
          flush=True)
    return met
