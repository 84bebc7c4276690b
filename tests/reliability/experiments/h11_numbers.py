"""Times and numbers at and beyond the edges."""

import datetime
import json

TITLE = "timestamps and numbers"
PASS = "outside 2000 to tomorrow: 422 or 400 that names the field; no NaN anywhere; the sanitizers are silent"

BAD_TIMES = ("0000-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
             "-0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01", "yesterday", "",
             "2262-04-11T23:47:16.854775807Z", "+275760-09-13T00:00:00Z")
BAD_TIME_VALUES = ("-9223372036854775808", "-1", "0", "2147483648", "9223372036854775807", "1767225600000000000", "true", "{}", "[]", "1e300")
BAD_VALUES = ("1e309", "-1e309", "1e999999", '"NaN"', "Infinity", "0x10", ".5", "5.")
EDGE_VALUES = ("0", "-0.0", "1e308", "-1e308", "5e-324", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "1.7976931348623157e308")


def post(connection, member):
    return connection.request("POST", "/api/v1/events", b'{"user_id":"h11","event":"purchase",' + member.encode() + b"}")


def must_refuse(run, connection, member, field):
    run.cycles += 1
    answer = post(connection, member)
    if answer.status not in (400, 422):
        run.fail(f"{member} was answered {answer.status}: {answer.body[:200]!r}")
    elif field.encode() not in answer.body and b"error" not in answer.body:
        run.fail(f"the refusal of {member} does not name {field}: {answer.body[:300]!r}")


def run(run):
    server = run.server(run.folder / "data").start()
    with server.connect() as connection:
        for time in BAD_TIMES:
            must_refuse(run, connection, f'"time":{json.dumps(time)}', "/time")
        for time in BAD_TIME_VALUES:
            must_refuse(run, connection, f'"time":{time}', "/time")
        late = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=30)
        must_refuse(run, connection, f'"time":"{late:%Y-%m-%dT%H:%M:%SZ}"', "/time")
    for value in BAD_VALUES:
        with server.connect() as connection:
            must_refuse(run, connection, f'"value":{value}', "value")
    with server.connect() as connection:
        for value in EDGE_VALUES:
            run.cycles += 1
            answer = post(connection, f'"value":{value}')
            if answer.status >= 500:
                run.fail(f"value {value} was answered {answer.status}")
        profile = connection.request("GET", "/api/v1/personalization/profile/h11")
        for word in (b"nan", b"inf", b"NaN", b"Infinity"):
            if b":" + word in profile.body or b":-" + word in profile.body:
                run.fail(f"the profile holds {word.decode()}")
        json.loads(profile.body)
        again = connection.request("POST", "/api/v1/personalization/profile/h11/recompute")
        if not again.good or again.json().get("changed"):
            run.fail(f"recompute after edge values: {again.status} {again.body[:200]!r}")
    server.stop()
    run.seen_crash(server)
