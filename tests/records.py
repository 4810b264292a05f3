#!/usr/bin/env python3
"""Checks records of executions against what the AWS command line makes of the answer of SSM GetAutomationExecution.

    python3 tests/records.py FOLDER

Every file of the folder is a record as `run --output json` prints it. Its `AutomationExecution` is read by botocore's own
parser, and held against botocore's own model, member for member; what stands beside it, against the shapes below. Prints how
many records there were, or everything that is wrong, one line each.
"""

import json
import re
import sys
from datetime import datetime, timezone
from pathlib import Path

import botocore.session
from botocore.parsers import create_parser

# As the command line prints a time: milliseconds in six digits, none where they are zero.
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}000)?\+00:00")

# Where the service itself keeps no limits of its model: outputs are longer, and maps that hold nothing are there all the same.
UNLIMITED = {"AutomationParameterMap", "AutomationParameterValue", "AutomationParameterValueList"}

TYPES = {"string": str, "integer": int, "long": int, "boolean": bool}

# What stands beside `AutomationExecution`: name to whether it is a list, and its members.
BESIDE = {
    "Simulation": (False, {"Scenario"}),
    "ScriptOutput": (True, {"StepName", "StandardOutput", "StandardError"}),
}


def main(folder):
    model = botocore.session.get_session().get_service_model("ssm")
    shape = model.operation_model("GetAutomationExecution").output_shape
    files = sorted(Path(folder).iterdir())
    problems = []
    for file in files:
        found = record(json.loads(file.read_text()), shape)
        problems += [f"{file.name}: {problem}" for problem in found]
    print("\n".join(problems) or f"{len(files)} records")
    return 1 if problems else 0


def record(value, shape, path=""):
    """What is wrong with a record, and with those of its children."""
    own = "AutomationExecution"
    if own not in value:
        yield f"{path}: no {own}"
        return
    answer = {own: value[own]}
    yield from differences(answer, shape, path)
    yield from unread(answer, shape, path)
    for name in value.keys() - BESIDE.keys() - {own, "ChildExecutions"}:
        yield f"{path}.{name}: stands beside {own}, and is none of ours"
    for name, (is_list, members) in BESIDE.items():
        if name in value:
            elements = value[name] if is_list else [value[name]]
            if elements == [] or type(elements) is not list:
                yield f"{path}.{name}: {value[name]!r}"
            for element in elements:
                if set(element) != members or not all(type(text) is str for text in element.values()):
                    yield f"{path}.{name}: {element!r}"
    if "ChildExecutions" in value and not value["ChildExecutions"]:
        yield f"{path}.ChildExecutions: empty"
    for index, child in enumerate(value.get("ChildExecutions", [])):
        yield from record(child, shape, f"{path}.ChildExecutions[{index}]")


def differences(value, shape, path):
    """Where a value is not what the model says."""
    kind = shape.type_name
    if kind == "structure":
        if type(value) is not dict:
            yield f"{path}: {value!r} is no structure"
            return
        for name in shape.required_members:
            if name not in value:
                yield f"{path}.{name}: missing"
        for name, member in value.items():
            if name not in shape.members:
                yield f"{path}.{name}: the model has no such member"
            else:
                yield from differences(member, shape.members[name], f"{path}.{name}")
    elif kind == "list":
        if type(value) is not list:
            yield f"{path}: {value!r} is no list"
            return
        yield from length(value, shape, path)
        for index, element in enumerate(value):
            yield from differences(element, shape.member, f"{path}[{index}]")
    elif kind == "map":
        if type(value) is not dict:
            yield f"{path}: {value!r} is no map"
            return
        yield from length(value, shape, path)
        for key, element in value.items():
            yield from differences(key, shape.key, f"{path}.{key}")
            yield from differences(element, shape.value, f"{path}.{key}")
    elif kind == "timestamp":
        if type(value) is not str or not TIMESTAMP.fullmatch(value):
            yield f"{path}: {value!r} is not as the command line prints a time"
    elif type(value) is not TYPES[kind]:
        yield f"{path}: {value!r} is no {kind}"
    else:
        if kind == "string":
            yield from length(value, shape, path)
        if shape.metadata.get("enum") and value not in shape.enum:
            yield f"{path}: {value!r} is none of {shape.enum}"
        pattern = shape.metadata.get("pattern")
        # Python does not know the classes of Unicode.
        if pattern and r"\p{" not in pattern and not re.search(pattern, value):
            yield f"{path}: {value!r} is not {pattern}"


def length(value, shape, path):
    least = shape.metadata.get("min", 0)
    most = shape.metadata.get("max", len(value))
    if shape.name not in UNLIMITED and not least <= len(value) <= most:
        yield f"{path}: {len(value)} long, but {shape.name} has {least} to {most}"


def unread(answer, shape, path):
    """What botocore reads otherwise than it stands there."""
    response = {"status_code": 200, "headers": {}, "body": json.dumps(answer).encode()}
    parsed = create_parser("json").parse(response, shape)
    del parsed["ResponseMetadata"]
    if printed(parsed) != answer:
        yield f"{path}: botocore reads something else: {printed(parsed)}"


def printed(value):
    """A parsed answer as the command line prints it."""
    if isinstance(value, dict):
        return {name: printed(member) for name, member in value.items()}
    if isinstance(value, list):
        return [printed(element) for element in value]
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat()
    return value


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
