"""Reads a ctest JUnit report.

    junit.py REPORT          "total passed failed skipped", then one line for each test that failed or was skipped
    junit.py --said REPORT   the end of what each test that failed has said
"""

import sys
import xml.etree.ElementTree as xml

LINES_MAX = 25


def is_failed(case):
    return case.get("status") == "fail" or case.find("failure") is not None


def is_skipped(case):
    return case.get("status") in ("notrun", "disabled") or case.find("skipped") is not None


cases = list(xml.parse(sys.argv[-1]).getroot().iter("testcase"))
failed = [case for case in cases if is_failed(case)]
skipped = [case for case in cases if is_skipped(case) and not is_failed(case)]
if sys.argv[1] == "--said":
    for case in failed:
        print(f"{case.get('name')}:")
        for line in (case.findtext("system-out") or "").strip().splitlines()[-LINES_MAX:]:
            print(f"    {line[:300]}")
else:
    print(len(cases), len(cases) - len(failed) - len(skipped), len(failed), len(skipped))
    for case in failed:
        print("failed", case.get("name"))
    for case in skipped:
        print("skipped", case.get("name"))
