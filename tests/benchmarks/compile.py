#!/usr/bin/env python3
"""How the time to compile a runbook grows with its steps: it should be as many seconds for each of them.

    python3 tests/benchmarks/compile.py [STEPS...]

builds this repository's compiler, writes runbooks of 100, 1000 and 4000 mixed steps, and measures for each
of them `runbookc check`, `runbookc build --emit crate`, and `cargo check` of the crate with its dependencies
compiled already. The last column says how much more a step takes than in the first runbook. Their sizes are
far beyond the 64 KB that the service takes, which is a warning. Needs Rust and Python 3.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RUNBOOKC = REPOSITORY / "target/release/runbookc"

HEAD = """\
schemaVersion: '0.3'
parameters:
  Cluster: {type: String, default: demo}
  Ids: {type: StringList, default: [i-0123456789abcdef0]}
variables:
  seen: {type: String, default: ''}
mainSteps:
"""

# A group of steps that use one another's outputs; every group leads to the next.
GROUP = """\
  - name: run{n}
    action: aws:executeAwsApi
    inputs: {{Service: ecs, Api: RunTask, cluster: '{{{{ Cluster }}}}', taskDefinition: 'job:{n}'}}
    outputs:
      - {{Name: arn, Selector: '$.tasks[0].taskArn', Type: String}}
      - {{Name: names, Selector: '$.tasks..containers..name', Type: StringList}}
  - name: wait{n}
    action: aws:waitForAwsResourceProperty
    timeoutSeconds: 300
    onFailure: step:rest{n}
    inputs:
      Service: ecs
      Api: DescribeTasks
      cluster: '{{{{ Cluster }}}}'
      tasks: ['{{{{ run{n}.arn }}}}']
      PropertySelector: $.tasks[0].lastStatus
      DesiredValues: [STOPPED]
  - name: note{n}
    action: aws:updateVariable
    inputs: {{Name: 'variable:seen', Value: '{{{{ run{n}.arn }}}}'}}
  - name: decide{n}
    action: aws:branch
    inputs:
      Choices:
        - NextStep: stop{n}
          And:
            - {{Variable: '{{{{ run{n}.arn }}}}', StartsWith: 'arn:'}}
            - Not: {{Variable: '{{{{ variable:seen }}}}', StringEquals: none}}
      Default: rest{n}
  - name: stop{n}
    action: aws:changeInstanceState
    inputs: {{InstanceIds: ['{{{{ Ids }}}}'], DesiredState: stopped}}
  - name: rest{n}
    action: aws:sleep
    inputs: {{Duration: PT1S}}
"""
STEPS_OF_A_GROUP = 6


def runbook(steps):
    groups = (steps + STEPS_OF_A_GROUP - 1) // STEPS_OF_A_GROUP
    return HEAD + "".join(GROUP.format(n=number) for number in range(groups))


def timed(command, **options):
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.monotonic() - start


def measure(folder, steps):
    """Seconds of check, emission and cargo check."""
    source = folder / f"steps{steps}.yaml"
    source.write_text(runbook(steps))
    crate = folder / f"crate{steps}"
    check = timed([RUNBOOKC, "check", source])
    emit = timed([RUNBOOKC, "build", source, "--emit", "crate", "--vendor", "-o", crate])
    environment = os.environ | {"CARGO_TARGET_DIR": str(folder / "target")}
    command = ["cargo", "check", "-q", "--no-default-features"]
    timed(command, cwd=crate, env=environment)
    main = crate / "src/main.rs"
    main.write_text(main.read_text())
    return check, emit, timed(command, cwd=crate, env=environment)


def main():
    sizes = [int(size) for size in sys.argv[1:]] or [100, 1000, 4000]
    build = ["cargo", "build", "-q", "--release", "-p", "runbookc"]
    subprocess.run(build, cwd=REPOSITORY, check=True)
    print(f"{'steps':>6} {'check':>8} {'emit':>8} {'cargo check':>12} {'ms per step':>12} {'ratio':>6}")
    first = None
    with tempfile.TemporaryDirectory(prefix="runbookc-benchmark-") as folder:
        for steps in sizes:
            times = measure(Path(folder), steps)
            per_step = sum(times) * 1000 / steps
            first = first or per_step
            check, emit, cargo = times
            print(f"{steps:6} {check:7.2f}s {emit:7.2f}s {cargo:11.2f}s {per_step:12.2f} {per_step / first:6.2f}", flush=True)


if __name__ == "__main__":
    main()
