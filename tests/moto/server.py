"""moto's server with better answers: where its own are of no use to a runbook, they are replaced.

Takes the arguments of `python -m moto.server`. What differs:

- ECS: a task stops at the second look. Its container has an exit code only then: EXIT_CODE in its environment, else 0.
- ECS: a task that does not exist is a failure with the reason MISSING.
- Lambda: a function that does not exist is an error. One with ERROR in its environment fails with that message; all
  others answer null. Either way there is a tail of the log for those who ask for it.
- Systems Manager: `systems_manager.py` tells; resource groups: `resource_groups.py`.
- An operation that moto lacks is a 501, and no page of HTML with a status that clients try again.
"""

import base64
import functools
import json

from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.ecs.models import Task
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.server import main

# What it defines is there as soon as it is imported.
import resource_groups  # noqa: F401
import systems_manager  # noqa: F401


def replaces(owner, name):
    """Puts the decorated function in the place of a method, which it gets as its first argument."""

    def replace(function):
        setattr(owner, name, functools.partialmethod(function, getattr(owner, name)))
        return function

    return replace


@replaces(Task, "__init__")
def start_task(task, moto, *arguments, **options):
    moto(task, *arguments, **options)
    task._transitions = [("PROVISIONING", "RUNNING"), ("RUNNING", "STOPPED")]
    task._status = "PROVISIONING"
    look_into_containers(task)


def look_into_containers(task):
    """Brings the containers to where their task is. An attribute that is None is not sent."""
    stopped = task.last_status == "STOPPED"
    for container in task.containers:
        container.last_status = task.last_status
        container.exitCode = exit_code(container) if stopped else None


def exit_code(container):
    environment = {entry["name"]: entry["value"] for entry in container.environment or []}
    return int(environment.get("EXIT_CODE", "0"))


@replaces(EC2ContainerServiceResponse, "describe_tasks")
def describe_tasks(response, moto):
    answer = moto(response).result
    for task in answer["tasks"]:
        look_into_containers(task)
    found = {name for task in answer["tasks"] for name in (task.task_arn, task.id)}
    missing = [name for name in response._get_param("tasks") if name not in found]
    failures = [{"arn": name, "reason": "MISSING"} for name in missing]
    return ActionResult({**answer, "failures": failures})


@replaces(LambdaSimpleBackend, "invoke")
def invoke(backend, _moto, name, qualifier, _body, _headers, response_headers):
    function = backend.get_function(name, qualifier)
    error = (function.environment_vars or {}).get("ERROR")
    log = f"[ERROR] {error}\n" if error else "REPORT Duration: 1.00 ms\n"
    response_headers["x-amz-log-result"] = base64.b64encode(log.encode()).decode()
    if error is None:
        return b"null"
    response_headers["x-amz-function-error"] = "Unhandled"
    return json.dumps({"errorMessage": error, "errorType": "Exception"}).encode()


class AbsentOperation(ServiceException):
    code = "NotImplemented"


@replaces(BaseResponse, "call_action")
def call_action(response, moto):
    try:
        return moto(response)
    except NotImplementedError as absent:
        answer = ActionResult(AbsentOperation(str(absent)))
        _status, headers, body = response.serialized(answer)
        return 501, headers, body


main()
