"""Too much of everything: bodies, headers, addresses, parameters, batches."""

from harness.wire import Closed

TITLE = "size"
PASS = "413, 414, 431 or 400, early; memory does not follow the sender"

MB = 1 << 20


def answer_to(server, data, timeout=20):
    """The status, 'closed' when the server hung up without one."""
    with server.connect(timeout=timeout) as connection:
        try:
            connection.send_raw(data)
        except Closed:
            pass  # it may hang up before it has read everything; its answer may still be in the pipe
        try:
            return connection.receive().status
        except Closed:
            return "closed"


def post(server, body_head, body=b"", path="/api/v1/events"):
    with server.connect() as connection:
        fixed = connection.fixed
    return f"POST {path} HTTP/1.1\r\nHost: x\r\n{fixed}Content-Type: application/json\r\n{body_head}\r\n".encode() + body


def chunks(total):
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    return piece * (total // 0x10000) + b"0\r\n\r\n"


def cases(server):
    big = 80 * MB
    yield "a declared body of 80 MB", post(server, f"Content-Length: {big}\r\n", path="/api/v1/personalization/track-interactions"), {413}
    yield "a chunked body of 80 MB", post(server, "Transfer-Encoding: chunked\r\n", chunks(big)), {413, 400, "closed"}
    yield "a length of 2^64", post(server, "Content-Length: 18446744073709551616\r\n"), {400, 413}
    yield "a negative length", post(server, "Content-Length: -1\r\n"), {400}
    yield "two lengths", post(server, "Content-Length: 2\r\nContent-Length: 3\r\n", b"{}"), {400}
    yield "length and chunked", post(server, "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"), {400}
    yield "a chunk size of 2^64", post(server, "Transfer-Encoding: chunked\r\n", b"10000000000000000\r\n"), {400, 413}
    yield "100,000 headers", post(server, "".join(f"X-{n}: 1\r\n" for n in range(100_000))), {431, 400, "closed"}
    yield "a header of 1 MB", post(server, "X-Big: " + "a" * MB + "\r\n"), {431, 400, "closed"}
    yield "an address of 1 MB", b"GET /" + b"a" * MB + b" HTTP/1.1\r\nHost: x\r\n\r\n", {414, 431, 400, "closed"}
    query = "&".join(f"p{n}=1" for n in range(1_000_000)).encode()
    yield "1,000,000 parameters", b"GET /healthz?" + query + b" HTTP/1.1\r\nHost: x\r\n\r\n", {414, 431, 400, "closed"}
    event = b'{"user_id":"u","event":"view"},'
    batch = b"[" + event * 1_000_000 + event[:-1] + b"]"
    yield "a batch of 1,000,000", post(server, f"Content-Length: {len(batch)}\r\n", batch), {413, 400, 422}
    short = b'{"user_id":"u","event":"view"}'
    yield "a string of 1 MB", post(server, f"Content-Length: {MB - 100}\r\n", b'{"user_id":"' + b"a" * (MB - 114) + b'"}'), {400, 413, 422}
    yield "a body in good order", post(server, f"Content-Length: {len(short)}\r\n", short), {200, 201, 202}


def run(run):
    server = run.server(run.folder / "data").start()
    answer_to(server, post(server, "Content-Length: 30\r\n", b'{"user_id":"u","event":"view"}'))
    before = server.rss_kb()
    for _ in range(run.pick(1, 20, 200)):
        for name, data, expected in cases(server):
            run.cycles += 1
            status = answer_to(server, data)
            if status not in expected:
                run.fail(f"{name} was answered {status}, not {sorted(map(str, expected))}")
            if not server.alive():
                run.fail(f"{name} ended the server: {server.said()[-2000:]}")
                return
    growth = (server.rss_kb() - before) // 1024
    run.figures = {"rss growth MB": growth}
    if growth > 256:  # AddressSanitizer keeps what was freed for a while (its quarantine is 256 MB)
        run.fail(f"memory grew by {growth} MB")
    server.stop()
    run.seen_crash(server)
