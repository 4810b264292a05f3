//! The actions that calls need.
//!
//! Nearly always an action is called like the operation, and its prefix like the name that the service's requests are
//! signed with. The lists here are what the Service Authorization Reference says otherwise; they were reviewed by hand.

use crate::ir::ApiCall;

/// Prefixes of services that sign their requests with another name.
const PREFIXES: [(&str, &str); 8] = [
    ("IoTSecuredTunneling", "iot"),
    ("awsssoportal", "sso"),
    ("cloudcontrolapi", "cloudformation"),
    ("iotdata", "iot"),
    ("iot-jobs-data", "iotjobsdata"),
    ("monitoring", "cloudwatch"),
    ("mturk-requester", "mechanicalturk"),
    ("tagging", "tag"),
];

/// Operations, by the name of their service for Boto3, that need other actions, or none.
const OTHERS: [(&str, &str, &[&str]); 101] = [
    ("bedrock-runtime", "Converse", &["bedrock:InvokeModel"]),
    (
        "bedrock-runtime",
        "ConverseStream",
        &["bedrock:InvokeModelWithResponseStream"],
    ),
    ("budgets", "CreateBudget", &["budgets:ModifyBudget"]),
    ("budgets", "CreateNotification", &["budgets:ModifyBudget"]),
    ("budgets", "CreateSubscriber", &["budgets:ModifyBudget"]),
    ("budgets", "DeleteBudget", &["budgets:ModifyBudget"]),
    ("budgets", "DeleteNotification", &["budgets:ModifyBudget"]),
    ("budgets", "DeleteSubscriber", &["budgets:ModifyBudget"]),
    ("budgets", "DescribeBudget", &["budgets:ViewBudget"]),
    (
        "budgets",
        "DescribeBudgetPerformanceHistory",
        &["budgets:ViewBudget"],
    ),
    ("budgets", "DescribeBudgets", &["budgets:ViewBudget"]),
    (
        "budgets",
        "DescribeNotificationsForBudget",
        &["budgets:ViewBudget"],
    ),
    (
        "budgets",
        "DescribeSubscribersForNotification",
        &["budgets:ViewBudget"],
    ),
    ("budgets", "UpdateBudget", &["budgets:ModifyBudget"]),
    ("budgets", "UpdateNotification", &["budgets:ModifyBudget"]),
    ("budgets", "UpdateSubscriber", &["budgets:ModifyBudget"]),
    (
        "cloudfront",
        "CreateDistributionWithTags",
        &["cloudfront:CreateDistribution", "cloudfront:TagResource"],
    ),
    (
        "cloudfront",
        "CreateStreamingDistributionWithTags",
        &[
            "cloudfront:CreateStreamingDistribution",
            "cloudfront:TagResource",
        ],
    ),
    ("dynamodb", "BatchExecuteStatement", PARTIQL),
    ("dynamodb", "ExecuteStatement", PARTIQL),
    ("dynamodb", "ExecuteTransaction", PARTIQL),
    ("dynamodb", "TransactGetItems", &["dynamodb:GetItem"]),
    (
        "dynamodb",
        "TransactWriteItems",
        &[
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ],
    ),
    (
        "kms",
        "ReEncrypt",
        &["kms:ReEncryptFrom", "kms:ReEncryptTo"],
    ),
    (
        "lambda",
        "GetLayerVersionByArn",
        &["lambda:GetLayerVersion"],
    ),
    ("lambda", "Invoke", &["lambda:InvokeFunction"]),
    ("lambda", "InvokeAsync", &["lambda:InvokeFunction"]),
    (
        "lambda",
        "InvokeWithResponseStream",
        &["lambda:InvokeFunction"],
    ),
    ("s3", "CompleteMultipartUpload", &["s3:PutObject"]),
    ("s3", "CopyObject", &["s3:GetObject", "s3:PutObject"]),
    ("s3", "CreateMultipartUpload", &["s3:PutObject"]),
    ("s3", "CreateSession", &["s3express:CreateSession"]),
    (
        "s3",
        "DeleteBucketAnalyticsConfiguration",
        &["s3:PutAnalyticsConfiguration"],
    ),
    ("s3", "DeleteBucketCors", &["s3:PutBucketCORS"]),
    (
        "s3",
        "DeleteBucketEncryption",
        &["s3:PutEncryptionConfiguration"],
    ),
    (
        "s3",
        "DeleteBucketIntelligentTieringConfiguration",
        &["s3:PutIntelligentTieringConfiguration"],
    ),
    (
        "s3",
        "DeleteBucketInventoryConfiguration",
        &["s3:PutInventoryConfiguration"],
    ),
    (
        "s3",
        "DeleteBucketLifecycle",
        &["s3:PutLifecycleConfiguration"],
    ),
    (
        "s3",
        "DeleteBucketMetricsConfiguration",
        &["s3:PutMetricsConfiguration"],
    ),
    (
        "s3",
        "DeleteBucketOwnershipControls",
        &["s3:PutBucketOwnershipControls"],
    ),
    (
        "s3",
        "DeleteBucketReplication",
        &["s3:PutReplicationConfiguration"],
    ),
    ("s3", "DeleteBucketTagging", &["s3:PutBucketTagging"]),
    ("s3", "DeleteObjects", &["s3:DeleteObject"]),
    (
        "s3",
        "DeletePublicAccessBlock",
        &["s3:PutBucketPublicAccessBlock"],
    ),
    (
        "s3",
        "GetBucketAccelerateConfiguration",
        &["s3:GetAccelerateConfiguration"],
    ),
    (
        "s3",
        "GetBucketAnalyticsConfiguration",
        &["s3:GetAnalyticsConfiguration"],
    ),
    ("s3", "GetBucketCors", &["s3:GetBucketCORS"]),
    (
        "s3",
        "GetBucketEncryption",
        &["s3:GetEncryptionConfiguration"],
    ),
    (
        "s3",
        "GetBucketIntelligentTieringConfiguration",
        &["s3:GetIntelligentTieringConfiguration"],
    ),
    (
        "s3",
        "GetBucketInventoryConfiguration",
        &["s3:GetInventoryConfiguration"],
    ),
    (
        "s3",
        "GetBucketLifecycle",
        &["s3:GetLifecycleConfiguration"],
    ),
    (
        "s3",
        "GetBucketLifecycleConfiguration",
        &["s3:GetLifecycleConfiguration"],
    ),
    (
        "s3",
        "GetBucketMetricsConfiguration",
        &["s3:GetMetricsConfiguration"],
    ),
    (
        "s3",
        "GetBucketNotificationConfiguration",
        &["s3:GetBucketNotification"],
    ),
    (
        "s3",
        "GetBucketReplication",
        &["s3:GetReplicationConfiguration"],
    ),
    (
        "s3",
        "GetObjectAttributes",
        &["s3:GetObject", "s3:GetObjectAttributes"],
    ),
    (
        "s3",
        "GetObjectLockConfiguration",
        &["s3:GetBucketObjectLockConfiguration"],
    ),
    (
        "s3",
        "GetPublicAccessBlock",
        &["s3:GetBucketPublicAccessBlock"],
    ),
    ("s3", "HeadBucket", &["s3:ListBucket"]),
    ("s3", "HeadObject", &["s3:GetObject"]),
    (
        "s3",
        "ListBucketAnalyticsConfigurations",
        &["s3:GetAnalyticsConfiguration"],
    ),
    (
        "s3",
        "ListBucketIntelligentTieringConfigurations",
        &["s3:GetIntelligentTieringConfiguration"],
    ),
    (
        "s3",
        "ListBucketInventoryConfigurations",
        &["s3:GetInventoryConfiguration"],
    ),
    (
        "s3",
        "ListBucketMetricsConfigurations",
        &["s3:GetMetricsConfiguration"],
    ),
    ("s3", "ListBuckets", &["s3:ListAllMyBuckets"]),
    (
        "s3",
        "ListDirectoryBuckets",
        &["s3express:ListAllMyDirectoryBuckets"],
    ),
    (
        "s3",
        "ListMultipartUploads",
        &["s3:ListBucketMultipartUploads"],
    ),
    ("s3", "ListObjectVersions", &["s3:ListBucketVersions"]),
    ("s3", "ListObjects", &["s3:ListBucket"]),
    ("s3", "ListObjectsV2", &["s3:ListBucket"]),
    ("s3", "ListParts", &["s3:ListMultipartUploadParts"]),
    (
        "s3",
        "PutBucketAccelerateConfiguration",
        &["s3:PutAccelerateConfiguration"],
    ),
    (
        "s3",
        "PutBucketAnalyticsConfiguration",
        &["s3:PutAnalyticsConfiguration"],
    ),
    ("s3", "PutBucketCors", &["s3:PutBucketCORS"]),
    (
        "s3",
        "PutBucketEncryption",
        &["s3:PutEncryptionConfiguration"],
    ),
    (
        "s3",
        "PutBucketIntelligentTieringConfiguration",
        &["s3:PutIntelligentTieringConfiguration"],
    ),
    (
        "s3",
        "PutBucketInventoryConfiguration",
        &["s3:PutInventoryConfiguration"],
    ),
    (
        "s3",
        "PutBucketLifecycle",
        &["s3:PutLifecycleConfiguration"],
    ),
    (
        "s3",
        "PutBucketLifecycleConfiguration",
        &["s3:PutLifecycleConfiguration"],
    ),
    (
        "s3",
        "PutBucketMetricsConfiguration",
        &["s3:PutMetricsConfiguration"],
    ),
    (
        "s3",
        "PutBucketNotificationConfiguration",
        &["s3:PutBucketNotification"],
    ),
    (
        "s3",
        "PutBucketReplication",
        &["s3:PutReplicationConfiguration"],
    ),
    (
        "s3",
        "PutObjectLockConfiguration",
        &["s3:PutBucketObjectLockConfiguration"],
    ),
    (
        "s3",
        "PutPublicAccessBlock",
        &["s3:PutBucketPublicAccessBlock"],
    ),
    ("s3", "SelectObjectContent", &["s3:GetObject"]),
    ("s3", "UploadPart", &["s3:PutObject"]),
    ("s3", "UploadPartCopy", &["s3:GetObject", "s3:PutObject"]),
    (
        "s3",
        "WriteGetObjectResponse",
        &["s3-object-lambda:WriteGetObjectResponse"],
    ),
    (
        "s3control",
        "DeletePublicAccessBlock",
        &["s3:PutAccountPublicAccessBlock"],
    ),
    (
        "s3control",
        "GetPublicAccessBlock",
        &["s3:GetAccountPublicAccessBlock"],
    ),
    (
        "s3control",
        "PutPublicAccessBlock",
        &["s3:PutAccountPublicAccessBlock"],
    ),
    ("sns", "PublishBatch", &["sns:Publish"]),
    (
        "sqs",
        "ChangeMessageVisibilityBatch",
        &["sqs:ChangeMessageVisibility"],
    ),
    ("sqs", "DeleteMessageBatch", &["sqs:DeleteMessage"]),
    ("sqs", "SendMessageBatch", &["sqs:SendMessage"]),
    // These are answered to anyone who is signed in.
    ("cognito-identity", "GetId", &[]),
    ("cognito-identity", "GetOpenIdToken", &[]),
    ("sts", "AssumeRoleWithSAML", &[]),
    ("sts", "AssumeRoleWithWebIdentity", &[]),
    ("sts", "GetCallerIdentity", &[]),
    ("sts", "GetSessionToken", &[]),
];

const PARTIQL: &[&str] = &[
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
];

/// Members that need an action of their own when they are given.
const MEMBERS: [(&str, &str, &str); 19] = [
    ("ec2", "TagSpecifications", "ec2:CreateTags"),
    ("ecs", "tags", "ecs:TagResource"),
    ("docdb", "Tags", "rds:AddTagsToResource"),
    ("dynamodb", "Tags", "dynamodb:TagResource"),
    ("elbv2", "Tags", "elasticloadbalancing:AddTags"),
    ("events", "Tags", "events:TagResource"),
    ("kms", "Tags", "kms:TagResource"),
    ("lambda", "Tags", "lambda:TagResource"),
    ("logs", "tags", "logs:TagResource"),
    ("neptune", "Tags", "rds:AddTagsToResource"),
    ("rds", "Tags", "rds:AddTagsToResource"),
    ("s3", "ACL", "s3:PutObjectAcl"),
    ("s3", "Tagging", "s3:PutObjectTagging"),
    ("secretsmanager", "Tags", "secretsmanager:TagResource"),
    ("sns", "Tags", "sns:TagResource"),
    ("sqs", "tags", "sqs:TagQueue"),
    ("ssm", "Tags", "ssm:AddTagsToResource"),
    ("stepfunctions", "tags", "states:TagResource"),
    ("cloudwatch", "Tags", "cloudwatch:TagResource"),
];

/// The actions that a call needs.
pub(super) fn of(call: &ApiCall) -> Vec<String> {
    let service = call.service.name.as_str();
    let operation = call.operation.name.as_str();
    let mut actions = match other(service, operation) {
        Some(others) => others.iter().map(|action| (*action).to_owned()).collect(),
        None => vec![usual(call)],
    };
    actions.extend(of_members(call));
    actions
}

fn other(service: &str, operation: &str) -> Option<&'static [&'static str]> {
    let mut others = OTHERS.iter();
    let (_, _, actions) =
        others.find(|(other, name, _)| (*other, *name) == (service, operation))?;
    Some(actions)
}

/// The operations of a service that need just the action of this name, which is none of them.
pub(crate) fn operations_of(service: &str, action: &str) -> Vec<&'static str> {
    let is_it = |needed: &str| {
        needed
            .split_once(':')
            .is_some_and(|(_, name)| name == action)
    };
    let others = OTHERS
        .iter()
        .filter(|(of, _, needed)| *of == service && matches!(needed, [only] if is_it(only)));
    others.map(|(_, operation, _)| *operation).collect()
}

/// The action that is called like the operation. API Gateway knows only what is done to a path.
fn usual(call: &ApiCall) -> String {
    let signed = call.service.signing_name.as_str();
    let prefix = PREFIXES.iter().find(|(name, _)| *name == signed);
    let prefix = prefix.map_or(signed, |(_, prefix)| prefix);
    match call.service.name.as_str() {
        "apigateway" | "apigatewayv2" => format!("apigateway:{}", call.operation.http_method),
        "apigatewaymanagementapi" => "execute-api:ManageConnections".to_owned(),
        _ => format!("{prefix}:{}", call.operation.name),
    }
}

fn of_members(call: &ApiCall) -> impl Iterator<Item = String> {
    let service = call.service.name.as_str();
    // Operations on tags themselves, on what is there already, and on buckets, whose ACL is another one.
    const NOT: [&str; 9] = [
        "Add",
        "CopyObject",
        "CreateBucket",
        "Describe",
        "Get",
        "List",
        "PutBucket",
        "Tag",
        "Untag",
    ];
    let changes = !NOT
        .iter()
        .any(|start| call.operation.name.starts_with(start));
    let given = move |name: &str| call.input.iter().any(|field| field.name == name);
    let needed = MEMBERS
        .iter()
        .filter(move |(of, member, _)| changes && *of == service && given(member));
    needed.map(|(_, _, action)| (*action).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn what_is_listed_exists() {
        let catalogue = Catalogue::embedded();
        for (service, operation, _) in OTHERS {
            let found = catalogue.find(service).unwrap();
            let found = found.operation(operation).map(|found| &found.name);
            assert_eq!(found.unwrap(), operation, "{service}");
        }
        for (service, member, _) in MEMBERS {
            let found = catalogue.find(service).unwrap();
            let mut inputs = found
                .operations
                .iter()
                .filter_map(|operation| operation.input);
            let has = |input| {
                found
                    .structure(input)
                    .is_some_and(|it| it.member(member).is_some())
            };
            assert!(inputs.any(has), "{service} {member}");
        }
        let signed: Vec<String> = catalogue
            .services()
            .filter_map(|name| Some(catalogue.find(name)?.signing_name.clone()))
            .collect();
        for (name, _) in PREFIXES {
            assert!(signed.iter().any(|signed| signed == name), "{name}");
        }
    }
}
