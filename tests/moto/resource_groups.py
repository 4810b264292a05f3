"""Resource groups where moto has nothing: what is in a group.

A group is a query for a tag. Its members come two on a page, with the account's bucket of the same tag among them.
"""

import json

from moto.core.responses import ActionResult
from moto.resourcegroups import urls
from moto.resourcegroups.responses import ResourceGroupsResponse
from moto.resourcegroupstaggingapi.models import resourcegroupstaggingapi_backends

PAGE = 2


def resource(arn):
    kind = "AWS::EC2::Instance" if ":instance/" in arn else "AWS::S3::Bucket"
    return {"ResourceArn": arn, "ResourceType": kind}


def list_group_resources(response):
    group = response.resourcegroups_backend.get_group(response._get_param("Group"))
    query = json.loads(group.resource_query["Query"])
    tagging = resourcegroupstaggingapi_backends[response.current_account][response.region]
    _, tagged = tagging.get_resources(resources_per_page=1000, tags_per_page=9999, tag_filters=query["TagFilters"])
    arns = sorted(found.arn for found in tagged)
    start = int(response._get_param("NextToken") or 0)
    page = [resource(arn) for arn in arns[start : start + PAGE]]
    more = start + PAGE < len(arns)
    return ActionResult(
        {
            "Resources": [{"Identifier": identifier} for identifier in page],
            "ResourceIdentifiers": page,
            "NextToken": str(start + PAGE) if more else None,
        }
    )


ResourceGroupsResponse.list_group_resources = list_group_resources
urls.url_paths["{0}/list-group-resources$"] = ResourceGroupsResponse.dispatch
