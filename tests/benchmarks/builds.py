#!/usr/bin/env python3
"""How long builds take: pruned SDK crates against the whole ones, both sides in one run.

    python3 tests/benchmarks/builds.py [PART...]

builds this repository's compiler, fetches all crates, and then builds everything below in caches
of its own, which begin empty. Parts: seed, ec2, ten, simulated, warm, release; all of them take
more than half an hour on two cores. Nothing else should run meanwhile. Needs Rust and Python 3.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RUNBOOKC = REPOSITORY / "target/release/runbookc"
EXAMPLE = REPOSITORY / "examples/ecs-run-task/runbook.yaml"
SCENARIO = REPOSITORY / "examples/ecs-run-task/scenarios/report-published.yaml"

# Calls nothing but what every binary calls: tokio, hyper, rustls, the AWS runtime, credentials.
BASE = """\
schemaVersion: '0.3'
mainSteps:
  - name: wait
    action: aws:sleep
    inputs: {Duration: PT1M}
"""

STEP = """\
  - name: {name}
    action: aws:executeAwsApi
    inputs: {{Service: {service}, Api: {api}{inputs}}}
"""

EC2 = [("ec2", "DescribeInstances", ""), ("ec2", "RunInstances", ", MinCount: 1, MaxCount: 1")]

TEN = [
    ("cloudformation", "DescribeStacks", ""),
    ("cloudwatch", "DescribeAlarms", ""),
    ("dynamodb", "ListTables", ""),
    ("ecs", "ListTasks", ""),
    ("iam", "ListRoles", ""),
    ("lambda", "ListFunctions", ""),
    ("rds", "DescribeDBInstances", ""),
    ("s3", "ListBuckets", ""),
    ("sns", "ListTopics", ""),
    ("ssm", "ListCommands", ""),
]


def runbook(calls):
    steps = [
        STEP.format(name=f"call{number}", service=service, api=api, inputs=inputs)
        for number, (service, api, inputs) in enumerate(calls)
    ]
    return "schemaVersion: '0.3'\nmainSteps:\n" + "".join(steps)


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.runbooks = {
            "base": BASE,
            "seed": EXAMPLE.read_text(),
            "ec2": runbook(EC2),
            "ten": runbook(TEN),
        }
        for name, text in self.runbooks.items():
            self.path(name).write_text(text)
        self.known = {}

    def path(self, name):
        return self.folder / f"{name}.yaml"

    def cache(self, name, side):
        return self.folder / f"cache-{name}-{side}"

    def binary(self, name, side):
        return self.folder / f"bin-{name}-{side}"

    def build(self, name, side, *flags):
        """Seconds of one `runbookc build`; the cache goes on as it is."""
        command = [RUNBOOKC, "build", self.path(name), "-o", self.binary(name, side), *flags]
        if side.startswith("stock"):
            command.append("--stock-sdk")
        return timed(command, RUNBOOKC_CACHE_DIR=str(self.cache(name, side)))

    def cold(self, name, side, *flags):
        """Seconds of a build in an empty cache, measured once."""
        if (name, side) not in self.known:
            shutil.rmtree(self.cache(name, side), ignore_errors=True)
            self.known[name, side] = self.build(name, side, *flags)
        return self.known[name, side]

    def default_features(self, name):
        """Seconds of a build of the same program, the SDK crates as most people use them."""
        crate = self.emit(name)
        for manifest in (crate / "Cargo.toml", crate / "vendor/runbook-runtime/Cargo.toml"):
            lines = manifest.read_text().splitlines(keepends=True)
            manifest.write_text("".join(map(with_default_features, lines)))
        subprocess.run(["cargo", "fetch", "-q"], cwd=crate, check=True)
        return timed(["cargo", "build", "-q"], cwd=crate, CARGO_TARGET_DIR=str(crate / "target"))

    def emit(self, name):
        crate = self.folder / f"crate-{name}"
        command = [RUNBOOKC, "build", self.path(name), "--emit", "crate", "--vendor", "-o", crate]
        subprocess.run(command, check=True)
        return crate

    def fetch(self):
        for name in self.runbooks:
            subprocess.run(["cargo", "fetch", "-q"], cwd=self.emit(name), check=True)


def with_default_features(line):
    if re.match(r"aws-(sdk-|config)", line):
        return line.replace("default-features = false, ", "")
    return line


def timed(command, cwd=None, **environment):
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        sys.exit(f"{command} failed:\n{done.stdout}{done.stderr}")
    return time.monotonic() - start


def show(what, ours, theirs, note=""):
    print(f"{what:58} {ours:7.1f} {theirs:7.1f} {ours / theirs:7.2f}  {note}", flush=True)


def megabytes(path):
    return path.stat().st_size / 1e6


def seed(bench):
    pruned = bench.cold("seed", "pruned")
    show("example, cold: pruned, stock", pruned, bench.cold("seed", "stock"), "s")
    show("example, cold: pruned, default features", pruned, bench.default_features("seed"), "s")


def beyond_base(bench, name, what):
    pruned, stock = bench.cold(name, "pruned"), bench.cold(name, "stock")
    show(f"{what}, cold: pruned, stock", pruned, stock, "s")
    base = {side: bench.cold("base", side) for side in ("pruned", "stock")}
    # Each side's own base: that of stock holds whole crates for credentials.
    show(f"{what}, beyond the base", pruned - base["pruned"], stock - base["stock"], "s")


def ec2(bench):
    beyond_base(bench, "ec2", "two operations of EC2")


def ten(bench):
    beyond_base(bench, "ten", "ten services")


def simulated(bench):
    ours = bench.cold("seed", "simulated", "--simulated")
    show("example, cold: simulated only, stock", ours, bench.cold("seed", "stock"), "s")


def warm(bench):
    for side in ("pruned", "stock"):
        bench.cold("seed", side)
    text = bench.runbooks["seed"]
    times = {"pruned": [], "stock": []}
    for number in range(5):
        bench.path("seed").write_text(text.replace("PT5S", f"PT{number + 6}S"))
        for side, seconds in times.items():
            seconds.append(bench.build("seed", side))
    bench.path("seed").write_text(text)
    ours, theirs = (sorted(times[side])[2] for side in ("pruned", "stock"))
    show("example, after an edit (median of 5): pruned, stock", ours, theirs, "s")
    again = bench.build("seed", "pruned")
    again = bench.build("seed", "pruned")
    print(f"{'example, after no edit':58} {again:7.1f}", flush=True)


def release(bench):
    ours = bench.cold("seed", "pruned-release", "--release")
    theirs = bench.cold("seed", "stock-release", "--release")
    show("example, release, cold: pruned, stock", ours, theirs, "s")
    sizes = (megabytes(bench.binary("seed", f"{side}-release")) for side in ("pruned", "stock"))
    show("example, release binary: pruned, stock", *sizes, "MB")
    if bench.binary("seed", "pruned").exists() and bench.binary("seed", "stock").exists():
        sizes = (megabytes(bench.binary("seed", side)) for side in ("pruned", "stock"))
        show("example, debug binary: pruned, stock", *sizes, "MB")


PARTS = {part.__name__: part for part in (seed, ec2, ten, simulated, warm, release)}


def main():
    wanted = sys.argv[1:] or PARTS
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        sys.exit(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    command = ["cargo", "build", "-q", "--release", "-p", "runbookc"]
    subprocess.run(command, cwd=REPOSITORY, check=True)
    with tempfile.TemporaryDirectory(prefix="runbookc-benchmark-") as folder:
        bench = Bench(Path(folder))
        bench.fetch()
        print(f"{'':58} {'ours':>7} {'theirs':>7} {'ratio':>7}")
        for part in wanted:
            PARTS[part](bench)


if __name__ == "__main__":
    main()
