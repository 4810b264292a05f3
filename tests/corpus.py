#!/usr/bin/env python3
"""What becomes of a folder of runbooks: checked all, and those without an error compiled.

    python3 tests/corpus.py FOLDER [--aws]

builds this repository's compiler and checks every runbook below FOLDER (*.yaml, *.yml, *.json) with it; a table says how
often each code was found. Then the runbooks without an error are emitted as modules of one crate, and `cargo check`
compiles that without the SDK. With --aws a sample is also compiled with its calls of the SDK, against pruned crates: as
few runbooks as together have every action and every service that occurs in the folder.

What fails is named, runbook by runbook, and the exit code is 1: a runbook that the compiler panics on, or whose Rust
does not compile. Findings are no failures. Everything is written below target/corpus. Needs Rust and Python 3.
"""

import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SCRATCH = REPOSITORY / "target/corpus"
RUNBOOKC = REPOSITORY / "target/debug/runbookc"
CHUNK = 50

# Why a runbook without an error cannot be emitted: what it needs beside it is not there, or has errors itself.
NOT_ALONE = ("error[RB0416]", "starts a runbook that has errors")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--aws", action="store_true", help="compile a sample with the SDK, too")
    arguments = parser.parse_args()

    run(["cargo", "build", "--quiet", "--package", "runbookc"], cwd=REPOSITORY, check=True)
    runbooks = sorted(path for path in arguments.folder.rglob("*") if path.suffix in {".yaml", ".yml", ".json"})
    findings, failures = check(runbooks)
    print_table(runbooks, findings)
    with_errors = {finding["file"] for finding in findings if finding["severity"] == "error"}
    sound = [path for path in runbooks if str(path) not in with_errors and path not in failures]

    emitted, refused = emit(sound)
    failures += refused
    failures += compile_all(emitted)
    if arguments.aws:
        failures += build_sample(emitted)
    for path in failures:
        print(f"FAILED {path}")
    sys.exit(1 if failures else 0)


def run(command, **options):
    return subprocess.run(command, text=True, errors="replace", **options)


# Checking


def check(runbooks):
    """All findings, and the runbooks that there is no verdict on."""
    findings, failures = [], []
    start = time.time()
    for first in range(0, len(runbooks), CHUNK):
        chunk = runbooks[first : first + CHUNK]
        found = check_some(chunk)
        if found is None:
            for path in chunk:
                alone = check_some([path])
                failures += [path] if alone is None else []
                findings += alone or []
        else:
            findings += found
    print(f"checked {len(runbooks)} runbooks in {time.time() - start:.1f} s")
    return findings, failures


def check_some(paths):
    ran = run([RUNBOOKC, "check", "--format", "json", *paths], capture_output=True)
    if ran.returncode not in (0, 1):
        return None
    return json.loads(ran.stdout)


def print_table(runbooks, findings):
    counts = collections.Counter((finding["code"], finding["severity"]) for finding in findings)
    files = collections.defaultdict(set)
    for finding in findings:
        files[finding["code"], finding["severity"]].add(finding["file"])
    print(f"{'code':8} {'severity':9} {'findings':>8} {'runbooks':>8}")
    for (code, severity), count in sorted(counts.items()):
        print(f"{code:8} {severity:9} {count:8} {len(files[code, severity]):8}")


# Compiling without the SDK


def emit(runbooks):
    """The crates of the runbooks below target/corpus/crates, and the runbooks that cannot be emitted."""
    crates = SCRATCH / "crates"
    shutil.rmtree(crates, ignore_errors=True)
    emitted, failures, incomplete = [], [], 0
    for number, path in enumerate(runbooks):
        folder = crates / f"r{number:04}"
        ran = run([RUNBOOKC, "build", "--emit", "crate", "--output", folder, path], capture_output=True)
        if ran.returncode == 0:
            emitted.append(Emitted(path, folder))
        elif any(reason in ran.stderr for reason in NOT_ALONE):
            incomplete += 1
        else:
            failures.append(path)
            print(ran.stderr)
    print(f"emitted {len(emitted)} runbooks; {incomplete} need attachments or other runbooks that are not right there")
    return emitted, failures


class Emitted:
    """A runbook and the crate that was made of it."""

    def __init__(self, path, folder):
        self.path = path
        self.folder = folder
        self.name = folder.name
        self.module = next(file.parent for file in folder.glob("src/*/mod.rs"))
        definition = (self.module / "mod.rs").read_text()
        self.actions = set(re.findall(r'action: "(aws:\w+)"', definition))
        calls = re.findall(r"calls: &\[(.*?)\]", definition, re.DOTALL)
        self.services = {service for call in calls for service in re.findall(r'"([\w-]+)\.', call)}
        manifest = (folder / "Cargo.toml").read_text()
        runtime = re.search(r"^runbook-runtime = .*features = \[(.*)\]", manifest, re.MULTILINE)
        self.features = set(re.findall(r'"([\w-]+)"', runtime.group(1)))
        sdk = re.findall(r"^aws-sdk-.* = \{.*\}$", manifest, re.MULTILINE)
        self.sdk = {line.replace("optional = true, ", "") for line in sdk}


def compile_all(emitted):
    """Compiles one crate that has all runbooks as modules; gives those that do not compile."""
    krate = SCRATCH / "all"
    shutil.rmtree(krate, ignore_errors=True)
    write_crate(krate, emitted, with_sdk=False)
    return compile_crate(krate, emitted)


def write_crate(krate, emitted, with_sdk):
    sources = krate / "src"
    sources.mkdir(parents=True)
    (krate / "Cargo.toml").write_text(manifest(emitted, with_sdk))
    modules = []
    for one in emitted:
        module = one.module.name
        shutil.copytree(one.module, sources / one.name / module)
        sdk = f'    #[path = "{module}/aws.rs"]\n    pub mod {module}_aws;\n' if with_sdk else ""
        modules.append(f"/// {one.path.name}\npub mod {one.name} {{\n    pub mod {module};\n{sdk}}}\n")
    (sources / "lib.rs").write_text("//! All runbooks.\n\n" + "\n".join(modules))


def manifest(emitted, with_sdk):
    features = set().union(*(one.features for one in emitted))
    dependencies = set()
    if with_sdk:
        features.add("aws")
        dependencies = set().union(*(one.sdk for one in emitted))
    listed = ", ".join(f'"{feature}"' for feature in sorted(features))
    return (
        '[package]\nname = "runbooks"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n'
        "[profile.dev]\ndebug = false\n\n[dependencies]\n"
        f'runbook-runtime = {{ path = "{REPOSITORY / "runtime"}", features = [{listed}] }}\n'
        + "".join(f"{line}\n" for line in sorted(dependencies))
        + "\n"
    )


def compile_crate(krate, emitted):
    start = time.time()
    environment = {**os.environ, "CARGO_TARGET_DIR": str(SCRATCH / "target"), "CARGO_INCREMENTAL": "0"}
    ran = run(
        ["cargo", "check", "--quiet", "--message-format", "json"], cwd=krate, env=environment, capture_output=True
    )
    errors = list(compiler_errors(ran.stdout))
    for text in errors:
        print(text)
    seconds = time.time() - start
    print(f"compiled {len(emitted)} runbooks of {krate.name} in {seconds:.1f} s: exit code {ran.returncode}", flush=True)
    names = {name for text in errors for name in re.findall(r"src/(r\d{4})/", text)}
    failures = [one.path for one in emitted if one.name in names]
    if ran.returncode != 0 and not failures:
        print(ran.stderr)
        failures = [krate]
    return failures


def compiler_errors(lines):
    for line in lines.splitlines():
        message = json.loads(line).get("message")
        if isinstance(message, dict) and message["level"] == "error":
            yield message["rendered"]


# Building with the SDK


def build_sample(emitted):
    """Compiles one crate that has a sample of the runbooks, with their calls of the SDK; gives those that fail."""
    sample, actions, services = choose(emitted)
    print(f"a sample of {len(sample)} runbooks has {len(actions)} actions and {len(services)} services")
    print(f"actions: {', '.join(sorted(actions))}\nservices: {', '.join(sorted(services))}", flush=True)
    krate = SCRATCH / "sample"
    shutil.rmtree(krate, ignore_errors=True)
    write_crate(krate, sample, with_sdk=True)
    environment = {**os.environ, "RUNBOOKC_CACHE_DIR": str(SCRATCH / "cache")}
    called = [argument for one in sample for argument in ("--runbook", one.path)]
    pruned = run(
        [RUNBOOKC, "sdk", "prune", "--manifest-path", krate / "Cargo.toml", *called],
        env=environment,
        capture_output=True,
    )
    if pruned.returncode != 0:
        print(pruned.stderr)
        return [krate]
    with open(krate / "Cargo.toml", "a") as manifest:
        manifest.write(pruned.stdout)
    suspects = compile_crate(krate, sample)
    # The SDK may lack what is newer than it; a build by itself takes that into account.
    return [path for path in suspects if not builds_alone(path, environment)]


def builds_alone(path, environment):
    ran = run([RUNBOOKC, "build", path], env=environment, capture_output=True)
    newer_than_sdk = "error[RB0503]" in ran.stderr
    print(f"alone, {path} {'builds' if ran.returncode == 0 else 'is newer than the SDK' if newer_than_sdk else 'fails'}")
    return ran.returncode == 0 or newer_than_sdk


def choose(emitted):
    """Few runbooks that have all actions and all services, those first that add most."""
    parts = lambda one: one.actions | one.services
    missing = set().union(*map(parts, emitted))
    actions = {part for part in missing if part.startswith("aws:")}
    services = missing - actions
    sample = []
    while missing:
        best = max(emitted, key=lambda one: len(parts(one) & missing))
        sample.append(best)
        missing -= parts(best)
    return sample, actions, services


if __name__ == "__main__":
    main()
