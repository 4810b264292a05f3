#!/usr/bin/env python3
"""How long `runbookc check` takes, whole processes: of the example, and of folders of runbooks.

    python3 tests/benchmarks/check.py [RUNBOOK_OR_FOLDER...]

builds this repository's compiler and checks the example, and every runbook and folder that is named, again
and again. Medians, the fastest run beside them: on a machine that does other work, that one is nearer to
what the check itself takes. Needs Rust and Python 3.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RUNBOOKC = REPOSITORY / "target/release/runbookc"
EXAMPLE = REPOSITORY / "examples/ecs-run-task/runbook.yaml"


def main():
    build = ["cargo", "build", "--quiet", "--release", "--package", "runbookc"]
    subprocess.run(build, cwd=REPOSITORY, check=True)
    for path in [EXAMPLE, *map(Path, sys.argv[1:])]:
        times = 20 if path.is_dir() else 200
        measured, summary = checked(path, times)
        median = statistics.median(measured) * 1000
        print(f"{path.name}: {median:.1f} ms, the fastest of {times} {min(measured) * 1000:.1f} ms; {summary}")


def checked(path, times):
    """The seconds of so many checks, and what they say."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run = subprocess.run(
            [RUNBOOKC, "check", path],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "NO_COLOR": "1"},
        )
        seconds.append(time.perf_counter() - start)
        if run.returncode not in (0, 1):
            sys.exit(run.stderr)
    return seconds, run.stderr.splitlines()[-1]


if __name__ == "__main__":
    main()
