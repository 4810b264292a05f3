"""Makes what a runbook needs in the AWS of AWS_ENDPOINT_URL; prints a subnet and a security group, as JSON.

The argument is JSON as well: {"functions": {NAME: ENVIRONMENT}, "tasks": {FAMILY: ENVIRONMENT}, "cluster": NAME}. What an
environment is good for is the server's business.
"""

import io
import json
import sys
import zipfile

import boto3

ROLE_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def role():
    roles = boto3.client("iam")
    answer = roles.create_role(
        RoleName="reports", AssumeRolePolicyDocument=json.dumps(ROLE_TRUST)
    )
    return answer["Role"]["Arn"]


def make_function(name, environment, role):
    """A Lambda function; its code never runs."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", "def handle(event, context):\n    return event\n")
    boto3.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role,
        Handler="handler.handle",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": environment},
    )


def make_task_definition(family, environment):
    """A definition with two revisions, since runbooks name the second."""
    container = {
        "name": "report",
        "image": "report",
        "memory": 512,
        "environment": [
            {"name": name, "value": value} for name, value in environment.items()
        ],
    }
    for _ in range(2):
        boto3.client("ecs").register_task_definition(
            family=family,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[container],
        )


def network():
    """A subnet and the security group of the account's default network."""
    ec2 = boto3.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    groups = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
    )["SecurityGroups"]
    return {"subnet": subnet["SubnetId"], "securityGroup": groups[0]["GroupId"]}


def main():
    wanted = json.loads(sys.argv[1])
    lambda_role = role()
    for name, environment in wanted["functions"].items():
        make_function(name, environment, lambda_role)
    for family, environment in wanted["tasks"].items():
        make_task_definition(family, environment)
    boto3.client("ecs").create_cluster(clusterName=wanted["cluster"])
    print(json.dumps(network()))


main()
