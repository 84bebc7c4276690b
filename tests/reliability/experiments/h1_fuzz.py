"""Everything that a fuzzer ever found is replayed; N and R search on."""

import pathlib
import subprocess

from harness.experiment import Skipped

TITLE = "fuzz"
PASS = "0 findings"


def run(run):
    tool = pathlib.Path(__file__).resolve().parents[3] / "tools/fuzz"
    if run.build is None or not (pathlib.Path(run.build) / "fuzz").is_dir():
        raise Skipped("no build with fuzz targets was named (--build)")
    search = ["--seconds", str(run.pick(0, 600, 86_400)), "--seed", str(run.seed % 2**32)]
    done = subprocess.run([tool, "--build", run.build, *(["--replay"] if run.size == "C" else search)],
                          capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    run.cycles = len(lines) - 1
    if done.returncode != 0:
        run.fail(done.stdout[-4000:] + done.stderr[-500:])
