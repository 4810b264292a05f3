"""Systems Manager where moto has nothing: agents, what commands print, and automations.

- An agent is online at the second look.
- A command runs at the first look, and is over at the second. It prints its `commands`, and fails if one is `exit 1`. One
  that is to `sleep` runs until it is cancelled.
- An automation of a document that exists runs at the first look, and is over at the second. Its outputs are the parameters
  that it was given. It fails if one is called `Fail`; if one is called `Sleep`, it runs until it is stopped.
"""

import uuid

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ssm.responses import SimpleSystemManagerResponse


class InvalidCommandId(ServiceException):
    code = "InvalidCommandId"


class AutomationDefinitionNotFound(ServiceException):
    code = "AutomationDefinitionNotFoundException"


class AutomationExecutionNotFound(ServiceException):
    code = "AutomationExecutionNotFoundException"


def answers(function):
    """Makes a function an operation of the service. It gets the response, whose parameters are the operation's input."""

    def answer(response):
        return ActionResult(function(response, response._get_param))

    setattr(SimpleSystemManagerResponse, function.__name__, answer)
    return function


def kept(response, name):
    """Something that moto's backend lacks, kept for as long as that lives."""
    return vars(response.ssm_backend).setdefault(name, {})


@answers
def describe_instance_information(response, given):
    seen = kept(response, "seen_agents")
    instances = [
        {"InstanceId": name, "PingStatus": "Online" if name in seen else "Inactive"}
        for name in given("Filters")[0]["Values"]
    ]
    seen.update({instance["InstanceId"]: True for instance in instances})
    return {"InstanceInformationList": instances}


def command_of(response, given):
    """A command, and the looks at it: how often, and whether it was cancelled."""
    commands = response.ssm_backend.list_commands(given("CommandId"), None)
    if not commands:
        raise InvalidCommandId("no such command")
    looks = kept(response, "seen_commands").setdefault(commands[0].command_id, {"times": 0})
    return commands[0], looks


@answers
def list_commands(response, given):
    command, looks = command_of(response, given)
    looks["times"] += 1
    commands = command.parameters["commands"]
    if looks.get("cancelled"):
        command.status = "Cancelled"
    elif looks["times"] == 1 or "sleep" in commands:
        command.status = "InProgress"
    else:
        command.status = "Failed" if "exit 1" in commands else "Success"
    return {"Commands": [command.response_object()]}


@answers
def list_command_invocations(response, given):
    command, _ = command_of(response, given)
    plugin = {
        "Name": "aws:runShellScript",
        "Status": command.status,
        "ResponseCode": 1 if command.status == "Failed" else 0,
        "Output": "\n".join(command.parameters["commands"]),
    }
    invocations = [
        {"CommandId": command.command_id, "InstanceId": name, "CommandPlugins": [plugin]}
        for name in command.instance_ids
    ]
    return {"CommandInvocations": invocations}


@answers
def cancel_command(response, given):
    _, looks = command_of(response, given)
    looks["cancelled"] = True
    return {}


@answers
def start_automation_execution(response, given):
    if given("DocumentName") not in response.ssm_backend._documents:
        raise AutomationDefinitionNotFound("no such document")
    execution = {
        "AutomationExecutionId": str(uuid.uuid4()),
        "DocumentName": given("DocumentName"),
        "Parameters": given("Parameters") or {},
    }
    automations = kept(response, "automations")
    automations[execution["AutomationExecutionId"]] = execution
    return {"AutomationExecutionId": execution["AutomationExecutionId"]}


def automation_of(response, given):
    execution = kept(response, "automations").get(given("AutomationExecutionId"))
    if execution is None:
        raise AutomationExecutionNotFound("no such execution")
    return execution


@answers
def get_automation_execution(response, given):
    execution = automation_of(response, given)
    parameters = execution["Parameters"]
    status = execution.get("AutomationExecutionStatus")
    if status is None or (status == "InProgress" and "Sleep" in parameters):
        execution["AutomationExecutionStatus"] = "InProgress"
    elif status == "InProgress" and "Fail" in parameters:
        execution["AutomationExecutionStatus"] = "Failed"
        execution["FailureMessage"] = "it was to fail"
    elif status == "InProgress":
        execution["AutomationExecutionStatus"] = "Success"
        execution["Outputs"] = {
            f"given.{name}": values for name, values in parameters.items()
        }
    return {"AutomationExecution": execution}


@answers
def stop_automation_execution(response, given):
    automation_of(response, given)["AutomationExecutionStatus"] = "Cancelled"
    return {}
