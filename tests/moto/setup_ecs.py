"""Makes what the example needs in the AWS of AWS_ENDPOINT_URL, and prints its names as JSON."""

import io
import json
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


def function(name, role):
    """A Lambda function; what it does is moto's business."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", "def handle(event, context):\n    return event\n")
    boto3.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role,
        Handler="handler.handle",
        Code={"ZipFile": code.getvalue()},
    )
    return name


def task_definition(family):
    """A definition with two revisions, since the runbook names the second."""
    for _ in range(2):
        answer = boto3.client("ecs").register_task_definition(
            family=family,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "report", "image": "report", "memory": 512}],
        )
    return f"{family}:{answer['taskDefinition']['revision']}"


def network():
    """A subnet and the security group of the account's default network."""
    ec2 = boto3.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    groups = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
    )["SecurityGroups"]
    return subnet["SubnetId"], groups[0]["GroupId"]


def main():
    role = boto3.client("iam").create_role(
        RoleName="reports", AssumeRolePolicyDocument=json.dumps(ROLE_TRUST)
    )["Role"]["Arn"]
    subnet, group = network()
    parameters = {
        "ExportFunction": function("night-export", role),
        "PublishFunction": function("night-publish", role),
        "ReportTask": task_definition("night-report"),
        "ReportCluster": boto3.client("ecs").create_cluster(clusterName="night")["cluster"][
            "clusterName"
        ],
        "ReportSubnet": subnet,
        "ReportSecurityGroup": group,
    }
    print(json.dumps(parameters))


main()
