//! The inputs that actions have by themselves, beside the members of an API (spec 5).

use crate::document::Type;

/// An input of an action.
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only the command line shows all of it")
)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnInput {
    /// Its name.
    pub(crate) name: &'static str,
    /// The type that it takes.
    pub(crate) kind: Type,
    /// Whether it must be given.
    pub(crate) required: bool,
    /// Its values, if only these are allowed.
    pub(crate) values: &'static [&'static str],
}

/// The inputs of an action, in the order of its documentation.
pub(crate) fn own_inputs(action: &str) -> &'static [OwnInput] {
    const NAMING: [OwnInput; 2] = [
        required("Service", Type::String),
        required("Api", Type::String),
    ];
    const PROPERTY: [OwnInput; 4] = [
        NAMING[0],
        NAMING[1],
        required("PropertySelector", Type::String),
        required("DesiredValues", Type::StringList),
    ];
    match action {
        "aws:executeAwsApi" => &NAMING,
        "aws:assertAwsResourceProperty" | "aws:waitForAwsResourceProperty" => &PROPERTY,
        "aws:invokeLambdaFunction" => &LAMBDA,
        "aws:changeInstanceState" => &CHANGE_INSTANCE_STATE,
        "aws:createImage" => &CREATE_IMAGE,
        "aws:copyImage" => &COPY_IMAGE,
        "aws:deleteImage" => &DELETE_IMAGE,
        "aws:createTags" => &CREATE_TAGS,
        "aws:createStack" => &CREATE_STACK,
        "aws:deleteStack" => &DELETE_STACK,
        "aws:executeAutomation" => &AUTOMATION,
        "aws:executeStateMachine" => &STATE_MACHINE,
        "aws:runCommand" => &COMMAND,
        "aws:runInstances" => &RUN_INSTANCES,
        "aws:executeScript" => &SCRIPT,
        "aws:invokeWebhook" => &WEBHOOK,
        "aws:approve" => &APPROVE,
        "aws:pause" => &PAUSE,
        "aws:sleep" => &SLEEP,
        "aws:branch" => &BRANCH,
        "aws:loop" => &LOOP,
        "aws:updateVariable" => &UPDATE_VARIABLE,
        _ => &[],
    }
}

/// Those of `aws:invokeLambdaFunction` (spec 5.16).
pub(super) const LAMBDA: [OwnInput; 7] = [
    required("FunctionName", Type::String),
    optional("Qualifier", Type::String),
    one_of("InvocationType", &["Event", "RequestResponse", "DryRun"]),
    one_of("LogType", &["None", "Tail"]),
    optional("ClientContext", Type::String),
    optional("InputPayload", Type::StringMap),
    optional("Payload", Type::String),
];

/// Those of `aws:sleep` (spec 5.21): one of them is needed.
pub(super) const SLEEP: [OwnInput; 2] = [
    optional("Duration", Type::String),
    optional("Timestamp", Type::String),
];

/// Those of `aws:approve` (spec 5.1): `Approvers` are needed, or what change templates have instead.
const APPROVE: [OwnInput; 5] = [
    optional("Approvers", Type::StringList),
    optional("EnhancedApprovals", Type::StringMap),
    optional("NotificationArn", Type::String),
    optional("Message", Type::String),
    optional("MinRequiredApprovals", Type::Integer),
];

/// The members of `EnhancedApprovals`.
pub(super) const ENHANCED: [OwnInput; 2] = [
    optional("NotificationArn", Type::String),
    required("Approvers", Type::MapList),
];

/// The members of a line of its `Approvers`.
pub(super) const LINE: [OwnInput; 3] = [
    required("approver", Type::String),
    OwnInput {
        required: true,
        ..one_of(
            "type",
            &["IamUser", "IamGroup", "IamRole", "SSOUser", "SSOGroup"],
        )
    },
    optional("minRequiredApprovals", Type::Integer),
];

/// Those of `aws:changeInstanceState` (spec 5.4).
const CHANGE_INSTANCE_STATE: [OwnInput; 6] = [
    required("InstanceIds", Type::StringList),
    OwnInput {
        required: true,
        ..one_of("DesiredState", &["running", "stopped", "terminated"])
    },
    optional("CheckStateOnly", Type::Boolean),
    optional("Force", Type::Boolean),
    optional("FailOnUnexpectedStopped", Type::Boolean),
    optional("AdditionalInfo", Type::String),
];

/// That of `aws:pause`: not documented, but in published runbooks.
const PAUSE: [OwnInput; 1] = [optional("Message", Type::String)];

/// Those of `aws:createImage` (spec 5.6).
const CREATE_IMAGE: [OwnInput; 5] = [
    required("InstanceId", Type::String),
    required("ImageName", Type::String),
    optional("ImageDescription", Type::String),
    optional("NoReboot", Type::Boolean),
    optional("BlockDeviceMappings", Type::MapList),
];

/// Those of `aws:copyImage` (spec 5.5).
const COPY_IMAGE: [OwnInput; 7] = [
    required("SourceRegion", Type::String),
    required("SourceImageId", Type::String),
    required("ImageName", Type::String),
    optional("ImageDescription", Type::String),
    optional("Encrypted", Type::Boolean),
    optional("KmsKeyId", Type::String),
    optional("ClientToken", Type::String),
];

/// Those of `aws:deleteImage` (spec 5.9).
const DELETE_IMAGE: [OwnInput; 1] = [required("ImageId", Type::String)];

/// Those of `aws:createTags` (spec 5.8).
const CREATE_TAGS: [OwnInput; 3] = [
    required("ResourceIds", Type::StringList),
    required("Tags", Type::MapList),
    one_of(
        "ResourceType",
        &["EC2", "ManagedInstance", "MaintenanceWindow", "Parameter"],
    ),
];

/// Those of `aws:createStack` (spec 5.7): `TemplateBody` or `TemplateURL` is needed.
const CREATE_STACK: [OwnInput; 15] = [
    required("StackName", Type::String),
    optional("TemplateBody", Type::String),
    optional("TemplateURL", Type::String),
    optional("Parameters", Type::MapList),
    OwnInput {
        kind: Type::StringList,
        ..one_of("Capabilities", &CAPABILITIES)
    },
    optional("DisableRollback", Type::Boolean),
    one_of("OnFailure", &["DO_NOTHING", "ROLLBACK", "DELETE"]),
    optional("ClientRequestToken", Type::String),
    optional("NotificationARNs", Type::StringList),
    optional("ResourceTypes", Type::StringList),
    optional("RoleARN", Type::String),
    optional("StackPolicyBody", Type::String),
    optional("StackPolicyURL", Type::String),
    optional("Tags", Type::MapList),
    optional("TimeoutInMinutes", Type::Integer),
];

const CAPABILITIES: [&str; 3] = [
    "CAPABILITY_IAM",
    "CAPABILITY_NAMED_IAM",
    "CAPABILITY_AUTO_EXPAND",
];

/// Those of `aws:deleteStack` (spec 5.10).
const DELETE_STACK: [OwnInput; 4] = [
    required("StackName", Type::String),
    optional("ClientRequestToken", Type::String),
    optional("RetainResources", Type::StringList),
    optional("RoleARN", Type::String),
];

/// Those of `aws:executeAutomation` (spec 5.11).
pub(super) const AUTOMATION: [OwnInput; 10] = [
    required("DocumentName", Type::String),
    optional("DocumentVersion", Type::String),
    optional("RuntimeParameters", Type::StringMap),
    optional("TargetParameterName", Type::String),
    optional("Targets", Type::MapList),
    optional("TargetMaps", Type::MapList),
    optional("MaxConcurrency", Type::String),
    optional("MaxErrors", Type::String),
    optional("TargetLocations", Type::MapList),
    optional("Tags", Type::MapList),
];

/// `Values` of a target that is none to look up.
pub(super) const TARGET: OwnInput = required("Values", Type::StringList);

/// Those of `aws:executeStateMachine` (spec 5.14).
const STATE_MACHINE: [OwnInput; 3] = [
    required("stateMachineArn", Type::String),
    optional("name", Type::String),
    optional("input", Type::String),
];

/// Those of `aws:runCommand` (spec 5.19): `InstanceIds` or `Targets` is needed.
const COMMAND: [OwnInput; 16] = [
    required("DocumentName", Type::String),
    optional("DocumentVersion", Type::String),
    optional("InstanceIds", Type::StringList),
    optional("Targets", Type::MapList),
    optional("Parameters", Type::StringMap),
    optional("Comment", Type::String),
    optional("DocumentHash", Type::String),
    optional("DocumentHashType", Type::String),
    optional("NotificationConfig", Type::StringMap),
    optional("OutputS3BucketName", Type::String),
    optional("OutputS3KeyPrefix", Type::String),
    optional("ServiceRoleArn", Type::String),
    optional("TimeoutSeconds", Type::Integer),
    optional("CloudWatchOutputConfig", Type::StringMap),
    optional("MaxConcurrency", Type::String),
    optional("MaxErrors", Type::String),
];

/// Those of `aws:runInstances` (spec 5.20).
const RUN_INSTANCES: [OwnInput; 25] = [
    required("ImageId", Type::String),
    optional("InstanceType", Type::String),
    optional("MinInstanceCount", Type::Integer),
    optional("MaxInstanceCount", Type::Integer),
    optional("AdditionalInfo", Type::String),
    optional("BlockDeviceMappings", Type::MapList),
    optional("ClientToken", Type::String),
    optional("DisableApiTermination", Type::Boolean),
    optional("EbsOptimized", Type::Boolean),
    optional("IamInstanceProfileArn", Type::String),
    optional("IamInstanceProfileName", Type::String),
    optional("InstanceInitiatedShutdownBehavior", Type::String),
    optional("KernelId", Type::String),
    optional("KeyName", Type::String),
    optional("MetadataOptions", Type::StringMap),
    optional("Monitoring", Type::Boolean),
    optional("NetworkInterfaces", Type::MapList),
    optional("Placement", Type::StringMap),
    optional("PrivateIpAddress", Type::String),
    optional("RamdiskId", Type::String),
    optional("SecurityGroupIds", Type::StringList),
    optional("SecurityGroups", Type::StringList),
    optional("SubnetId", Type::String),
    optional("TagSpecifications", Type::MapList),
    optional("UserData", Type::String),
];

/// Those of `aws:executeScript` (spec 5.13).
const SCRIPT: [OwnInput; 5] = [
    OwnInput {
        required: true,
        ..one_of("Runtime", &RUNTIMES)
    },
    optional("Handler", Type::String),
    optional("Script", Type::String),
    optional("InputPayload", Type::StringMap),
    optional("Attachment", Type::String),
];

/// Those of `aws:invokeWebhook` (spec 5.17).
const WEBHOOK: [OwnInput; 2] = [
    required("IntegrationName", Type::String),
    optional("Body", Type::String),
];

/// The values of `Runtime`, those of today first.
pub(super) const RUNTIMES: [&str; 10] = [
    "python3.11",
    "python3.10",
    "PowerShell 7.4",
    "python3.9",
    "python3.8",
    "python3.7",
    "python3.6",
    "PowerShell 7.0",
    "PowerShell Core 6.0",
    "dotnetcore2.1",
];

/// Those of `aws:branch` (spec 5.3).
const BRANCH: [OwnInput; 2] = [
    required("Choices", Type::MapList),
    optional("Default", Type::String),
];

/// Those of `aws:loop` (spec 5.15), without `Steps`: `Iterators` or `LoopCondition` is needed.
const LOOP: [OwnInput; 4] = [
    optional("Iterators", Type::StringList),
    OwnInput {
        values: &["String", "Integer", "Boolean", "StringMap"],
        ..optional("IteratorDataType", Type::String)
    },
    optional("LoopCondition", Type::StringMap),
    optional("MaxIterations", Type::Integer),
];

/// Those of `aws:updateVariable` (spec 5.22). The value has the variable's type.
const UPDATE_VARIABLE: [OwnInput; 2] = [
    required("Name", Type::String),
    required("Value", Type::String),
];

const fn required(name: &'static str, kind: Type) -> OwnInput {
    OwnInput {
        name,
        kind,
        required: true,
        values: &[],
    }
}

const fn optional(name: &'static str, kind: Type) -> OwnInput {
    OwnInput {
        required: false,
        ..required(name, kind)
    }
}

const fn one_of(name: &'static str, values: &'static [&'static str]) -> OwnInput {
    OwnInput {
        values,
        ..optional(name, Type::String)
    }
}
