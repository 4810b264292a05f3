#!/usr/bin/env python3
"""What a call costs in a real run beyond the bare wire, against moto's server.

    python3 tests/benchmarks/calls.py [ROUNDS]

needs Cargo and Python 3; moto is installed by pip below target/. A runbook makes 1,000 calls of STS GetCallerIdentity in
nested loops, with the journal on; the bare wire is the same request over one connection that is kept open. Both sides take
turns, and a short run tells what a start costs. Prints the median of what a call takes on both sides and the difference.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "target" / "calls"
MOTO = "moto[server]==5.2.5"
CALLS = 1000

RUNBOOK = """
schemaVersion: '0.3'
parameters:
  Outer: {type: StringList}
mainSteps:
  - name: outer
    action: aws:loop
    inputs:
      Iterators: '{{ Outer }}'
      Steps:
        - name: inner
          action: aws:loop
          inputs:
            Iterators: [%s]
            Steps:
              - name: who
                action: aws:executeAwsApi
                inputs: {Service: sts, Api: GetCallerIdentity}
                outputs: [{Name: arn, Selector: $.Arn, Type: String}]
""" % ", ".join(f"i{number}" for number in range(100))


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    FOLDER.mkdir(parents=True, exist_ok=True)
    binary = build()
    with Moto() as moto:
        runs, wires = [], []
        # The first round warms the server and is not counted.
        for number in range(rounds + 1):
            start = run(binary, moto, 1)
            whole = run(binary, moto, 10)
            wire = bare(moto.port, 900) / 900
            if number > 0:
                runs.append((whole - start) / 900)
                wires.append(wire)
    ours, theirs = statistics.median(runs) * 1000, statistics.median(wires) * 1000
    print(f"a call in a run: {ours:.2f} ms; on the bare wire: {theirs:.2f} ms; beyond it: {ours - theirs:.2f} ms")


def build():
    text = FOLDER / "calls.yaml"
    text.write_text(RUNBOOK)
    binary = FOLDER / "calls"
    command = ["cargo", "run", "--quiet", "--package", "runbookc", "--", "build", "--release"]
    subprocess.run([*command, "--output", binary, text], cwd=REPOSITORY, check=True)
    return binary


def run(binary, moto, outer):
    """The seconds of a run of so many hundred calls."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as state:
        command = [binary, "run", "--quiet", "--state-dir", state, "--Outer"]
        command += [f"o{number}" for number in range(outer)]
        started = time.perf_counter()
        subprocess.run(command, env=moto.environment(), check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - started


def bare(port, calls):
    """The seconds of the same requests over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    scope = "test/20260101/us-east-1/sts/aws4_request"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
    }
    started = time.perf_counter()
    for _ in range(calls):
        connection.request("POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", headers)
        connection.getresponse().read()
    return time.perf_counter() - started


class Moto:
    """moto's server, as long as it is needed."""

    def __enter__(self):
        environment = FOLDER / "python"
        python = environment / "bin" / "python"
        if not (environment / "complete").exists():
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", MOTO], check=True)
            (environment / "complete").touch()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [python, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.server = subprocess.Popen(command, env=self.environment(), **quiet)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/moto-api/data.json").read()
                return self
            except OSError:
                time.sleep(0.1)
        sys.exit("moto's server does not answer")

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()

    def environment(self):
        others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {
            **others,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }


if __name__ == "__main__":
    main()
