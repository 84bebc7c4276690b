"""JSON as no encoder writes it."""

import time

TITLE = "hostile JSON"
PASS = "400 or 422 with a problem body, quickly; its neighbours in a batch are taken"


def event(member):
    return b'{"user_id":"h4","event":"view",' + member + b"}"


def refused():
    deep = 100_000
    yield "depth of 100,000 arrays", event(b'"properties":{"a":' + b"[" * deep + b"]" * deep + b"}")
    yield "depth of 100,000 objects", event(b'"properties":' + b'{"a":' * deep + b"1" + b"}" * deep)
    yield "depth of 100,000, never closed", b"[" * deep
    yield "a depth of 65", event(b'"properties":' + b'{"a":' * 65 + b"1" + b"}" * 65)
    yield "a duplicate key", b'{"user_id":"a","user_id":"b","event":"view"}'
    yield "a duplicate key inside", event(b'"properties":{"a":1,"a":2}')
    yield "a duplicate key, escaped", event(b'"properties":{"a":1,"\\u0061":2}')
    yield "1e400", event(b'"value":1e400')
    yield "NaN", event(b'"value":NaN')
    yield "Infinity", event(b'"value":-Infinity')
    yield "a lone high surrogate", event(b'"item_id":"\\ud800"')
    yield "a lone low surrogate", event(b'"item_id":"\\udc00"')
    yield "U+0000 in an id", event(b'"item_id":"a\\u0000b"')
    yield "U+0000 in a property", event(b'"properties":{"a":"\\u0000"}')
    yield "a raw NUL", event(b'"item_id":"a\0b"')
    yield "a raw control character", event(b'"item_id":"a\nb"')
    yield "invalid UTF-8", event(b'"item_id":"\xff\xfe"')
    yield "overlong UTF-8", event(b'"item_id":"\xc0\xaf"')
    yield "a surrogate in UTF-8", event(b'"item_id":"\xed\xa0\x80"')
    yield "two values", event(b'"value":1') + b" {}"
    yield "a trailing comma", b'{"user_id":"h4","event":"view",}'
    yield "single quotes", b"{'user_id':'h4','event':'view'}"
    yield "a comment", b'{"user_id":"h4",/* */"event":"view"}'
    yield "a leading zero", event(b'"value":01')
    yield "a number for a name", b'{"user_id":"h4","event":7}'
    yield "an object for an id", b'{"user_id":{},"event":"view"}'
    yield "a string for a number", event(b'"value":"1"')
    yield "a list for properties", event(b'"properties":[1]')
    yield "half an event", b'{"user_id":"h4","event":"vi'
    yield "nothing", b""
    yield "null", b"null"
    yield "a string", b'"event"'


def taken():
    yield "-0", event(b'"value":-0.0')
    yield "2^53+1 in a property", event(b'"properties":{"n":9007199254740993}')
    yield "a surrogate pair", event(b'"item_id":"\\ud83d\\ude00"')
    yield "space around it", b" \n\t" + event(b'"value":1') + b"\r\n "
    yield "a depth of 32", event(b'"properties":' + b'{"a":' * 32 + b"1" + b"}" * 32)


def run(run):
    server = run.server(run.folder / "data").start()
    slowest = 0.0
    for _ in range(run.pick(1, 50, 500)):
        for name, body in refused():
            run.cycles += 1
            with server.connect() as connection:
                started = time.monotonic()
                answer = connection.request("POST", "/api/v1/events", body)
                slowest = max(slowest, time.monotonic() - started)
            if answer.status not in (400, 413, 422):
                run.fail(f"{name} was answered {answer.status}: {answer.body[:200]!r}")
            elif "problem+json" not in answer.headers.get("content-type", ""):
                run.fail(f"{name} was refused without a problem body")
        for name, body in taken():
            run.cycles += 1
            with server.connect() as connection:
                answer = connection.request("POST", "/api/v1/events", body)
            if not answer.good or (answer.body and answer.json().get("rejected")):
                run.fail(f"{name} was answered {answer.status}: {answer.body[:200]!r}")
    lines = b"\n".join([event(b'"id":"n1"'), b"{broken", event(b'"id":"n2"'), event(b'"id":"n3","value":1e400'), event(b'"id":"n4"')])
    with server.connect() as connection:
        answer = connection.request("POST", "/api/v1/events", lines, [("Content-Type", "application/x-ndjson")])
        page = connection.request("GET", "/api/v1/personalization/interactions/h4?limit=500").json()
    there = {item["id"] for item in page["items"]} & {"n1", "n2", "n3", "n4"}
    if there != {"n1", "n2", "n4"}:
        run.fail(f"of five lines with two bad ones {sorted(there)} were taken; the answer was {answer.status} {answer.body[:300]!r}")
    if slowest > (1.0 if run.size == "C" else 0.1):
        run.fail(f"the slowest refusal took {slowest * 1000:.0f} ms")
    run.figures = {"slowest ms": round(slowest * 1000, 1)}
    server.stop()
    run.seen_crash(server)
