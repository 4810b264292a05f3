#!/bin/sh
# Plays the five outcomes of a runbook like the one that this project began with: Lambda, ECS RunTask,
# wait for the container's exit code, Lambda, and a Sleep for what fails.
#
#     tests/seed-scenarios.sh PATH-OF-THE-RUNBOOK
#
# The runbook stays as it is. Its steps have to be called lambda1, ecs, waitecscontainer1, lambda2 and Sleep.
# $RUNBOOKC is the compiler to use; without it, the workspace's own is built.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 RUNBOOK" >&2
    exit 2
fi
runbook=$1

compiler() {
    if [ -n "${RUNBOOKC:-}" ]; then
        "$RUNBOOKC" "$@"
    else
        manifest=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)/Cargo.toml
        cargo run --quiet --manifest-path "$manifest" --package runbookc -- "$@"
    fi
}

scenarios=$(mktemp -d)
trap 'rm -rf "$scenarios"' EXIT

# Answers that several scenarios share.
lambda1='  lambda1: {StatusCode: 200, Payload: "null"}'
task='arn:aws:ecs:us-east-1:111122223333:task/test1/00000000000000000000000000000001'
ecs="  ecs: {tasks: [{taskArn: '$task', lastStatus: PROVISIONING}], failures: []}"
waiting="    - {tasks: [{lastStatus: PENDING, containers: [{lastStatus: PENDING}]}]}
    - {tasks: [{lastStatus: RUNNING, containers: [{lastStatus: RUNNING}]}]}"
stopped() {
    echo "    - {tasks: [{lastStatus: STOPPED, containers: [{lastStatus: STOPPED, exitCode: $1}]}]}"
}
raised='{StatusCode: 200, FunctionError: Unhandled, Payload: "{\"errorType\": \"KeyError\", \"errorMessage\": \"gone\"}"}'
calls_up_to_wait="    - Lambda.Invoke: {FunctionName: test, InvocationType: RequestResponse}
    - ECS.RunTask: {cluster: test1, taskDefinition: 'test12345:2', overrides: null}
    - ECS.DescribeTasks: {cluster: test1, tasks: ['$task']}"

cat >"$scenarios/1-success.yaml" <<END
description: everything succeeds, and the Sleep is never reached
answers:
$lambda1
$ecs
  waitecscontainer1:
$waiting
$(stopped 0)
  lambda2: {StatusCode: 200, Payload: "null"}
expect:
  status: Success
  steps: [{lambda1: Success}, {ecs: Success}, {waitecscontainer1: Success}, {lambda2: Success}]
  outputs: {ecs.taskArn: '$task'}
  calls:
$calls_up_to_wait
    - Lambda.Invoke: {FunctionName: test2}
END

cat >"$scenarios/2-lambda1-fails.yaml" <<END
description: the first function raises an error
answers:
  lambda1: $raised
expect:
  status: Failed
  steps: [{lambda1: Failed}, {Sleep: Success}]
  failure: gone
  calls: [Lambda.Invoke]
END

cat >"$scenarios/3-task-definition-unknown.yaml" <<END
description: the revision of the task definition does not exist
answers:
$lambda1
  ecs: {error: {code: ClientException, message: TaskDefinition not found.}}
expect:
  status: Failed
  steps: [{lambda1: Success}, {ecs: Failed}, {Sleep: Success}]
  failure: TaskDefinition not found.
  calls: [Lambda.Invoke, ECS.RunTask]
END

cat >"$scenarios/4-container-fails.yaml" <<END
description: the container exits with 1, and the wait runs out
answers:
$lambda1
$ecs
  waitecscontainer1:
$waiting
$(stopped 1)
expect:
  status: TimedOut
  steps: [{lambda1: Success}, {ecs: Success}, {waitecscontainer1: TimedOut}, {Sleep: Success}]
  failure: Step timed out
  calls:
$calls_up_to_wait
END

cat >"$scenarios/5-lambda2-fails.yaml" <<END
description: the last function raises an error, which does not lead to the Sleep
answers:
$lambda1
$ecs
  waitecscontainer1:
$(stopped 0)
  lambda2: $raised
expect:
  status: Failed
  steps: [{lambda1: Success}, {ecs: Success}, {waitecscontainer1: Success}, {lambda2: Failed}]
  failure: gone
  calls:
$calls_up_to_wait
    - Lambda.Invoke: {FunctionName: test2, InvocationType: RequestResponse}
END

compiler test "$runbook" --scenarios "$scenarios"
