#!/usr/bin/env python3
"""Compares a simulated run of the example with @cdklabs/cdk-ssm-documents, the other simulator of these runbooks.

    python3 tests/benchmarks/simulators.py [RUNS]

needs Cargo, Node.js and npm; nothing is installed outside the target folder. Both sides play the example's success with
the answers of its scenario, as whole processes, in turns. Prints medians and ratios; fails if a side does not succeed.
Memory is what GNU time reports as the peak. Where there is none, the peak is taken by this script, and then includes its own
before it became the child: see the line of `true`, a program that does nothing.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "target" / "simulators"
EXAMPLE = REPOSITORY / "examples" / "ecs-run-task"
SCENARIO = EXAMPLE / "scenarios" / "report-published.yaml"
PACKAGE = "@cdklabs/cdk-ssm-documents"
DEPENDENCIES = {PACKAGE: "0.0.74", "aws-cdk-lib": "2.189.1", "constructs": "10.5.1"}
GNU_TIME = shutil.which("time") if sys.platform == "linux" else None
STEPS = ["exportOrders", "startReport", "waitForReport", "publishReport"]


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    FOLDER.mkdir(parents=True, exist_ok=True)
    sides = {"true": ["true"], "runbookc": runbookc(), PACKAGE: cdk()}
    succeeded = {"true": lambda output: True, "runbookc": runbookc_succeeded, PACKAGE: cdk_succeeded}
    measured = {name: [] for name in sides}
    # The first round warms the file cache and is not counted.
    for round_number in range(runs + 1):
        for name, command in sides.items():
            output, seconds, kilobytes = run(command)
            if not succeeded[name](output):
                sys.exit(f"{name} did not succeed:\n{output}")
            if round_number > 0:
                measured[name].append((seconds, kilobytes))
    report(runs, measured)


def runbookc():
    binary = FOLDER / "nightly-report"
    build = ["cargo", "run", "--quiet", "--package", "runbookc", "--", "build"]
    build += ["--simulated", "--release", "--output", binary, EXAMPLE / "runbook.yaml"]
    environment = {"RUNBOOKC_CACHE_DIR": str(FOLDER / "cache"), **os.environ}
    subprocess.run(build, cwd=REPOSITORY, env=environment, check=True)
    return [binary, "run", "--simulate", SCENARIO, "--output", "json"]


def cdk():
    manifest = {"private": True, "dependencies": DEPENDENCIES}
    (FOLDER / "package.json").write_text(json.dumps(manifest))
    subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=FOLDER, check=True
    )
    script = FOLDER / "cdk.js"
    script.write_text((Path(__file__).with_suffix(".js")).read_text())
    return ["node", script, json.dumps(scenario()["answers"])]


def scenario():
    """The scenario as data, by the YAML parser that the package brings along."""
    load = "console.log(JSON.stringify(require(process.argv[1]).load(fs.readFileSync(process.argv[2], 'utf8'))))"
    parser = FOLDER / "node_modules" / PACKAGE / "node_modules" / "js-yaml"
    command = ["node", "-e", load, parser, SCENARIO]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def run(command):
    """The output of a command, how long it took in seconds, and its peak of memory in KiB."""
    peak = FOLDER / "peak"
    peak.unlink(missing_ok=True)
    measured = [GNU_TIME, "-f", "%M", "-o", peak, *command] if GNU_TIME else command
    begin = time.perf_counter()
    child = subprocess.Popen(measured, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command} ended with {child.returncode}:\n{output}")
    if GNU_TIME:
        return output, seconds, int(peak.read_text())
    # Bytes on macOS, KiB elsewhere.
    unit = 1024 if sys.platform == "darwin" else 1
    return output, seconds, usage.ru_maxrss / unit


def runbookc_succeeded(output):
    execution = json.loads(output)["AutomationExecution"]
    steps = {step["StepName"]: step["StepStatus"] for step in execution["StepExecutions"]}
    succeeded = [name for name, status in steps.items() if status == "Success"]
    return execution["AutomationExecutionStatus"] == "Success" and succeeded == STEPS


def cdk_succeeded(output):
    result = json.loads(output.splitlines()[-1])
    looks = result["calls"].count("describeTasks")
    return result["succeeded"] and result["steps"] == STEPS and looks == 3


def report(runs, measured):
    medians = {}
    print(f"{runs} runs each, in turns; medians")
    for name, values in measured.items():
        seconds, kilobytes = (statistics.median(column) for column in zip(*values))
        medians[name] = seconds, kilobytes
        print(f"{name:28} {seconds * 1000:9.1f} ms {kilobytes / 1024:8.1f} MiB")
    faster, smaller = (theirs / ours for ours, theirs in zip(medians["runbookc"], medians[PACKAGE]))
    print(f"runbookc is {faster:.0f} times faster and {smaller:.0f} times smaller")


if __name__ == "__main__":
    main()
