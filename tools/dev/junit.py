"""Counts a ctest JUnit report: "total passed failed skipped", then one line for each test that failed or was skipped."""

import sys
import xml.etree.ElementTree as xml

total = 0
failed, skipped = [], []
for case in xml.parse(sys.argv[1]).getroot().iter("testcase"):
    total += 1
    status = case.get("status")
    if status == "fail" or case.find("failure") is not None:
        failed.append(case.get("name"))
    elif status in ("notrun", "disabled") or case.find("skipped") is not None:
        skipped.append(case.get("name"))
print(total, total - len(failed) - len(skipped), len(failed), len(skipped))
for name in failed:
    print("failed", name)
for name in skipped:
    print("skipped", name)
