"""Makes resources that targets can mean, in the AWS of AWS_ENDPOINT_URL.

The argument is JSON, {"tagged": N}: so many instances, and a bucket, have the tag Stage=prod, and are the group `web`. Beside
them there is an instance without a tag, and one that is terminated. Prints the ids of the instances that are there.
"""

import json
import sys

import boto3

TAG = {"Key": "Stage", "Value": "prod"}
QUERY = {
    "ResourceTypeFilters": ["AWS::AllSupported"],
    "TagFilters": [{"Key": "Stage", "Values": ["prod"]}],
}


def main():
    wanted = json.loads(sys.argv[1])
    ec2 = boto3.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]

    def launch(count, **options):
        launched = ec2.run_instances(ImageId=image, MinCount=count, MaxCount=count, **options)
        return [instance["InstanceId"] for instance in launched["Instances"]]

    tags = [{"ResourceType": "instance", "Tags": [TAG]}]
    tagged = launch(wanted["tagged"], TagSpecifications=tags)
    plain = launch(1)
    ec2.terminate_instances(InstanceIds=launch(1))

    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="things")
    s3.put_bucket_tagging(Bucket="things", Tagging={"TagSet": [TAG]})
    boto3.client("resource-groups").create_group(
        Name="web",
        ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": json.dumps(QUERY)},
    )
    print(json.dumps({"tagged": tagged, "plain": plain}))


if __name__ == "__main__":
    main()
