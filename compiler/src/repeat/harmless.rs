//! Calls that do nothing twice: those that only read, and those that set what is set already.
//!
//! The models mark some operations as read-only and some as idempotent, but few, and not all of them truly (IVS
//! `StartViewerSessionRevocation` is marked as read-only). So what counts is how an operation is called, and the lists.

/// How operations that only read begin.
const READING: [&str; 9] = [
    "BatchDescribe",
    "BatchGet",
    "Describe",
    "Filter",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Search",
];

/// Operations that only read although they are called otherwise.
const READING_TOO: &[(&str, &[&str])] = &[
    (
        "cloudformation",
        &["EstimateTemplateCost", "ValidateTemplate"],
    ),
    ("cloudfront", &["TestFunction"]),
    (
        "config",
        &["SelectAggregateResourceConfig", "SelectResourceConfig"],
    ),
    ("dynamodb", &["Query", "Scan"]),
    ("events", &["TestEventPattern"]),
    ("iam", &["SimulateCustomPolicy", "SimulatePrincipalPolicy"]),
    ("logs", &["TestMetricFilter"]),
    ("route53", &["TestDNSAnswer"]),
    ("servicediscovery", &["DiscoverInstances"]),
];

/// Operations that do something although they are called like those that only read.
const NOT_READING: &[(&str, &[&str])] = &[
    // What it gives is given once.
    ("appconfigdata", &["GetLatestConfiguration"]),
    // Sends a message to the user.
    ("cognito-idp", &["GetUserAttributeVerificationCode"]),
    // Stores the event.
    ("frauddetector", &["GetEventPrediction"]),
    // Gives credentials.
    ("cloudwatchomni", &["GetSpaceDataAccess"]),
    ("s3control", &["GetDataAccess"]),
    // Takes a task, and starts its time.
    ("stepfunctions", &["GetActivityTask"]),
    // Reports what was sampled.
    ("xray", &["GetSamplingTargets"]),
];

/// Operations that bring something to a state, and leave it there when they are called again with the same input. What is
/// gone already may be an error then, which is what the step tells.
const SETTING: &[(&str, &[&str])] = &[
    (
        "autoscaling",
        &[
            "ResumeProcesses",
            "SetDesiredCapacity",
            "SuspendProcesses",
            "UpdateAutoScalingGroup",
        ],
    ),
    ("cloudtrail", &["StartLogging", "StopLogging"]),
    (
        "ec2",
        &[
            "AttachVolume",
            "CreateTags",
            "DeleteSecurityGroup",
            "DeleteSnapshot",
            "DeleteTags",
            "DeleteVolume",
            "DeregisterImage",
            "DetachVolume",
            "ModifyImageAttribute",
            "ModifyInstanceAttribute",
            "ModifyInstanceMetadataOptions",
            "ModifySnapshotAttribute",
            "StartInstances",
            "StopInstances",
            "TerminateInstances",
        ],
    ),
    ("ecs", &["StopTask"]),
    (
        "elbv2",
        &["ModifyLoadBalancerAttributes", "SetSecurityGroups"],
    ),
    (
        "iam",
        &[
            "AttachRolePolicy",
            "AttachUserPolicy",
            "DetachRolePolicy",
            "DetachUserPolicy",
            "PutRolePolicy",
            "TagInstanceProfile",
            "TagPolicy",
            "TagRole",
            "TagUser",
        ],
    ),
    ("kms", &["DisableKeyRotation", "EnableKeyRotation"]),
    (
        "lambda",
        &[
            "DeleteFunctionConcurrency",
            "PutFunctionConcurrency",
            "PutProvisionedConcurrencyConfig",
            "UpdateAlias",
        ],
    ),
    ("logs", &["PutRetentionPolicy"]),
    (
        "rds",
        &[
            "AddTagsToResource",
            "StartDBCluster",
            "StartDBInstance",
            "StopDBCluster",
            "StopDBInstance",
        ],
    ),
    (
        "resourcegroupstaggingapi",
        &["TagResources", "UntagResources"],
    ),
    (
        "s3",
        &[
            "DeleteBucketPolicy",
            "PutBucketEncryption",
            "PutBucketLogging",
            "PutBucketPolicy",
            "PutBucketTagging",
            "PutBucketVersioning",
            "PutPublicAccessBlock",
        ],
    ),
    ("s3control", &["PutPublicAccessBlock"]),
    ("sns", &["SetTopicAttributes"]),
    ("sqs", &["SetQueueAttributes"]),
    ("ssm", &["AddTagsToResource", "RemoveTagsFromResource"]),
];

/// How operations are called that set tags, in whatever service.
const TAGGING: [&str; 2] = ["TagResource", "UntagResource"];

/// Whether a call sets what the same call has set already, so that nothing is done twice.
pub(super) fn sets(names: (&str, &str)) -> bool {
    TAGGING.contains(&names.1) || is_in(SETTING, names)
}

/// Whether a call changes nothing.
pub(super) fn reads(names: (&str, &str)) -> bool {
    let (_, operation) = names;
    if is_in(READING_TOO, names) {
        return true;
    }
    READING.iter().any(|word| begins(operation, word))
        && !gives_credentials(operation)
        && !is_in(NOT_READING, names)
}

/// What somebody may act with is made anew by every call, even if it is only got.
fn gives_credentials(operation: &str) -> bool {
    operation.contains("Credentials") || operation.contains("Token")
}

/// Whether a word stands at the beginning of a name, and not only its letters.
fn begins(name: &str, word: &str) -> bool {
    let rest = name.strip_prefix(word);
    rest.is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_ascii_lowercase()))
}

fn is_in(list: &[(&str, &[&str])], (service, operation): (&str, &str)) -> bool {
    let mut rows = list.iter();
    rows.any(|(name, operations)| *name == service && operations.contains(&operation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn whatever_is_listed_exists() {
        for (service, operations) in [READING_TOO, NOT_READING, SETTING].concat() {
            let service = Catalogue::embedded().find(service).unwrap();
            for name in operations {
                let operation = service.operation(name);
                assert_eq!(operation.map(|found| &*found.name), Some(*name));
            }
        }
    }

    #[test]
    fn reading_is_told_from_what_is_only_called_so() {
        let reading = [
            ("ec2", "DescribeInstances"),
            ("s3", "HeadObject"),
            ("secretsmanager", "GetSecretValue"),
            ("dynamodb", "BatchGetItem"),
            ("dynamodb", "Query"),
            ("logs", "FilterLogEvents"),
        ];
        let other = [
            ("sts", "GetSessionToken"),
            ("sts", "GetFederationToken"),
            ("sts", "AssumeRole"),
            ("ecr", "GetAuthorizationToken"),
            ("redshift", "GetClusterCredentials"),
            ("sqs", "ReceiveMessage"),
            ("stepfunctions", "GetActivityTask"),
            ("ec2", "CreateImage"),
            ("ec2", "RebootInstances"),
            ("ssm", "SendCommand"),
            ("ssm", "PutParameter"),
            ("lambda", "Invoke"),
            ("ivs", "StartViewerSessionRevocation"),
            ("license-manager", "CheckoutLicense"),
        ];
        assert_eq!(reading.map(reads), [true; 6]);
        assert_eq!(other.map(|names| reads(names) || sets(names)), [false; 14]);
        assert!(sets(("ec2", "StopInstances")));
        assert!(!reads(("ec2", "StopInstances")));
    }
}
