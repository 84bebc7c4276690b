"""Ways out of the folder: encodings of ../ in every place that takes a name."""

import re

from harness.experiment import Skipped
from harness.strace import usable
from harness.wire import Closed

TITLE = "path traversal"
PASS = "no encoding reaches a file; nothing outside the data directory is opened"

UPS = ("../", "..%2f", "..%2F", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "%252e%252e%252f", "..%c0%af", "..%ef%bc%8f", "....//", "..;/",
       "%2e%2e%5c", ".%2e/", "..%00/", "%uff0e%uff0e%u2215")
TARGETS = ("etc/passwd", "etc%2fpasswd", "root/.bashrc", "proc/self/environ")
PLACES = ("/{}", "/docs/{}", "/static/{}", "/api/v1/users/{}", "/api/v1/personalization/profile/{}", "/api/v1/personalization/interactions/{}",
          "/api/v1/tenants/{}", "/openapi.json/{}")


def paths():
    for place in PLACES:
        for up in UPS:
            for target in TARGETS[:2] if place != "/{}" else TARGETS:
                for times in (1, 6):
                    yield place.format(up * times + target)
    yield "//etc/passwd"
    yield "/..//..//etc/passwd"
    yield "/api/v1/users/%2Fetc%2Fpasswd"
    yield "file:///etc/passwd"


def run(run):
    if reason := usable():
        raise Skipped(reason)
    data = run.folder / "data"
    server = run.server(data, strace=["-e", "trace=openat,open,creat,mkdir,rename,unlink"]).start(60)
    trace = run.folder / "server.log.strace"
    settled = trace.stat().st_size
    chosen = list(paths())
    if run.size == "C":
        chosen = run.random.sample(chosen, 240)
    for path in chosen:
        run.cycles += 1
        with server.connect() as connection:
            try:
                answer = connection.request("GET", path)
            except Closed:
                continue  # hanging up on nonsense is an answer too
        if b"root:" in answer.body or b"PATH=" in answer.body:
            run.fail(f"{path} showed a file")
        if answer.status >= 500:
            run.fail(f"{path} was answered {answer.status}: {answer.body[:200]!r}")
    with server.connect() as connection:
        for name in ("../../evil", "..%2f..%2fevil", "a/../../evil"):
            run.cycles += 1
            connection.request("POST", "/api/v1/tenants", {"id": name, "name": name})
            connection.request("POST", "/api/v1/events", {"user_id": name, "event": "view"}, [("X-Tenant", "default")])
    server.stop()
    with open(trace, encoding="utf-8", errors="replace") as file:
        file.seek(settled)
        opened = re.findall(r'(?:openat\(AT_FDCWD, |open\(|creat\(|mkdir\(|rename\(|unlink\()"([^"]+)"', file.read())
    # The allocator, the clock and the sanitizers look at /proc and /sys for themselves.
    outside = sorted({name for name in opened if not name.startswith((str(data), "/proc/self/", "/proc/sys/", "/sys/", "/dev/", "/usr/share/zoneinfo", "/etc/localtime"))})
    for name in outside[:10]:
        run.fail(f"opened {name}")
    run.figures = {"paths": run.cycles, "files opened": len(set(opened))}
    run.seen_crash(server)
