"""Tells of the EC2 and the CloudFormation in the AWS of AWS_ENDPOINT_URL.

The argument is JSON: {"stack": NAME} makes a stack of this name and prints what instances can be launched from; {} prints
what is there.
"""

import json
import sys

import boto3

TEMPLATE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


def main():
    wanted = json.loads(sys.argv[1])
    ec2 = boto3.client("ec2")
    stacks = boto3.client("cloudformation")
    if "stack" in wanted:
        stacks.create_stack(
            StackName=wanted["stack"], TemplateBody=json.dumps(TEMPLATE)
        )
        image = ec2.describe_images()["Images"][0]["ImageId"]
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        print(json.dumps({"image": image, "subnet": subnet}))
    else:
        print(json.dumps(found(ec2, stacks)))


def found(ec2, stacks):
    reservations = ec2.describe_instances()["Reservations"]
    instances = [
        instance for group in reservations for instance in group["Instances"]
    ]
    return {
        "instances": {
            instance["InstanceId"]: {
                "state": instance["State"]["Name"],
                "tags": {tag["Key"]: tag["Value"] for tag in instance["Tags"]},
            }
            for instance in instances
        },
        "images": {
            image["ImageId"]: image["Name"]
            for image in ec2.describe_images(Owners=["self"])["Images"]
        },
        "stacks": [
            stack["StackName"]
            for stack in stacks.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])[
                "StackSummaries"
            ]
        ],
        "queues": boto3.client("sqs").list_queues().get("QueueUrls", []),
    }


if __name__ == "__main__":
    main()
