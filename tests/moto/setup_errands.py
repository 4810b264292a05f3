"""Makes what the errands need in the AWS of AWS_ENDPOINT_URL: a state machine, a document, and a role; prints their names.

The argument is JSON: {"machine": DEFINITION, "document": NAME}.
"""

import json
import sys

import boto3

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    ],
}

RUNBOOK = {
    "schemaVersion": "0.3",
    "mainSteps": [
        {"name": "rest", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
    ],
}


def main():
    wanted = json.loads(sys.argv[1])
    role = boto3.client("iam").create_role(
        RoleName="helper", AssumeRolePolicyDocument=json.dumps(TRUST)
    )["Role"]["Arn"]
    machine = boto3.client("stepfunctions").create_state_machine(
        name="orders", definition=json.dumps(wanted["machine"]), roleArn=role
    )["stateMachineArn"]
    boto3.client("ssm").create_document(
        Name=wanted["document"],
        Content=json.dumps(RUNBOOK),
        DocumentType="Automation",
        DocumentFormat="JSON",
    )
    print(json.dumps({"role": role, "machine": machine}))


main()
