//! Habits from elsewhere: what other languages, tools and earlier documents call a thing that has another name here.
//!
//! They are too far from the right names to be slips of the pen, and yet leave no doubt. Names are compared without
//! regard to case, `-` and `_`.

mod instead;

pub(crate) use instead::{
    NO_INPUTS, NO_OPERATORS, NO_PARAMETER_KEYS, NO_RUNBOOK_KEYS, NO_STEP_KEYS, PASSED_ON,
};

/// Other names, each with the one it has here.
pub(crate) type Habits = [(&'static str, &'static str)];

/// Keys of the document.
pub(crate) const RUNBOOK_KEYS: &Habits = &[
    ("steps", "mainSteps"),
    ("tasks", "mainSteps"),
    ("params", "parameters"),
    ("inputs", "parameters"),
    ("vars", "variables"),
    ("role", "assumeRole"),
    ("roleArn", "assumeRole"),
    ("automationAssumeRole", "assumeRole"),
    ("version", "schemaVersion"),
];

/// Keys of a parameter or variable.
pub(crate) const PARAMETER_KEYS: &Habits = &[
    ("pattern", "allowedPattern"),
    ("regex", "allowedPattern"),
    ("enum", "allowedValues"),
    ("options", "allowedValues"),
    ("choices", "allowedValues"),
    ("minLength", "minChars"),
    ("maxLength", "maxChars"),
    ("defaultValue", "default"),
    ("value", "default"),
];

/// Keys of a step.
pub(crate) const STEP_KEYS: &Habits = &[
    ("id", "name"),
    ("stepName", "name"),
    ("type", "action"),
    ("uses", "action"),
    ("parameters", "inputs"),
    ("with", "inputs"),
    ("args", "inputs"),
    ("timeout", "timeoutSeconds"),
    ("retries", "maxAttempts"),
    ("maxRetries", "maxAttempts"),
    ("attempts", "maxAttempts"),
    ("next", "nextStep"),
    ("goto", "nextStep"),
    ("onSuccess", "nextStep"),
    ("onError", "onFailure"),
    ("end", "isEnd"),
    ("critical", "isCritical"),
    ("comment", "description"),
];

/// Keys of an output.
pub(crate) const OUTPUT_KEYS: &Habits = &[
    ("value", "Selector"),
    ("path", "Selector"),
    ("jsonPath", "Selector"),
    ("key", "Name"),
    ("dataType", "Type"),
];

/// Keys of a choice or condition.
pub(crate) const CHOICE_KEYS: &Habits = &[
    ("next", "NextStep"),
    ("goto", "NextStep"),
    ("numericGreaterThan", "NumericGreater"),
    ("numericLessThan", "NumericLesser"),
    ("numericLess", "NumericLesser"),
    ("numericGreaterThanEquals", "NumericGreaterOrEquals"),
    ("numericGreaterThanOrEquals", "NumericGreaterOrEquals"),
    ("numericLessThanEquals", "NumericLesserOrEquals"),
    ("numericLessThanOrEquals", "NumericLesserOrEquals"),
    ("stringEqualsIgnoreCase", "EqualsIgnoreCase"),
    ("equals", "StringEquals"),
    ("stringContains", "Contains"),
    ("stringStartsWith", "StartsWith"),
    ("stringEndsWith", "EndsWith"),
];

/// Types.
pub(crate) const TYPES: &Habits = &[
    ("list", "StringList"),
    ("array", "StringList"),
    ("list<string>", "StringList"),
    ("list<number>", "StringList"),
    ("list<integer>", "StringList"),
    ("commaDelimitedList", "StringList"),
    ("string[]", "StringList"),
    ("[string]", "StringList"),
    ("map", "StringMap"),
    ("object", "StringMap"),
    ("dict", "StringMap"),
    ("number", "Integer"),
    ("int", "Integer"),
    ("bool", "Boolean"),
    ("str", "String"),
    ("text", "String"),
    ("secureString", "String"),
];

/// What `onFailure` and `onCancel` can say.
pub(crate) const HANDLERS: &Habits = &[
    ("ignore", "Continue"),
    ("next", "Continue"),
    ("proceed", "Continue"),
    ("resume", "Continue"),
    ("skip", "Continue"),
    ("cancel", "Abort"),
    ("end", "Abort"),
    ("exit", "Abort"),
    ("fail", "Abort"),
    ("stop", "Abort"),
    ("terminate", "Abort"),
    // This is no handler, but what is meant.
    ("retry", "maxAttempts"),
];

/// What stands before names of a kind, and what the name begins with here.
pub(crate) const NAMESPACES: &Habits = &[
    ("param", ""),
    ("params", ""),
    ("parameter", ""),
    ("parameters", ""),
    ("input", ""),
    ("inputs", ""),
    ("step", ""),
    ("steps", ""),
    ("output", ""),
    ("outputs", ""),
    ("var", "variable:"),
    ("vars", "variable:"),
    ("variable", "variable:"),
    ("variables", "variable:"),
    ("global", "global:"),
    ("automation", "automation:"),
];

/// The pseudo parameters of CloudFormation.
pub(crate) const PSEUDO_PARAMETERS: &Habits = &[
    ("AWS::AccountId", "global:ACCOUNT_ID"),
    ("AWS::Partition", "global:AWS_PARTITION"),
    ("AWS::Region", "global:REGION"),
];

/// Functions of CloudFormation, and how a runbook says the same.
pub(crate) const FUNCTIONS: &Habits = &[
    (
        "Ref",
        "CloudFormation's functions work in templates only; a parameter is referred to as `'{{ Name }}'`",
    ),
    (
        "GetAtt",
        "CloudFormation's functions work in templates only; an output of a step is referred to as `'{{ step.Output }}'`",
    ),
    (
        "Fn::GetAtt",
        "CloudFormation's functions work in templates only; an output of a step is referred to as `'{{ step.Output }}'`",
    ),
    ("Sub", TEXT),
    ("Fn::Sub", TEXT),
    ("Join", TEXT),
    ("Fn::Join", TEXT),
];

const TEXT: &str = "CloudFormation's functions work in templates only; here references stand in the text itself: `'a-{{ Name }}'`";

/// The values of a loop.
pub(crate) const LOOP_VALUES: &Habits = &[
    ("item", "CurrentIteratorValue"),
    ("element", "CurrentIteratorValue"),
    ("value", "CurrentIteratorValue"),
    ("currentValue", "CurrentIteratorValue"),
    ("currentItem", "CurrentIteratorValue"),
    ("currentIteratorValue", "CurrentIteratorValue"),
    ("counter", "CurrentIteration"),
    ("index", "CurrentIteration"),
    ("iteration", "CurrentIteration"),
    ("currentIteration", "CurrentIteration"),
];

/// Services by the names that IAM, the CLI and people have for them.
pub(crate) const SERVICES: &Habits = &[
    ("aoss", "opensearchserverless"),
    ("awsConfig", "config"),
    ("deploy", "codedeploy"),
    ("elasticFileSystem", "efs"),
    ("elasticMapReduce", "emr"),
    ("elasticSearch", "es"),
    ("monitoring", "cloudwatch"),
    ("msk", "kafka"),
    ("parameterStore", "ssm"),
    ("s3api", "s3"),
    ("simpleNotificationService", "sns"),
    ("simpleQueueService", "sqs"),
    ("simpleSystemsManager", "ssm"),
    ("states", "stepfunctions"),
    ("systemsManager", "ssm"),
    ("tag", "resourcegroupstaggingapi"),
];

/// Inputs of actions that call an API.
pub(crate) const API_INPUTS: &Habits = &[
    ("client", "Service"),
    ("serviceName", "Service"),
    ("action", "Api"),
    ("apiName", "Api"),
    ("method", "Api"),
    ("operation", "Api"),
    ("property", "PropertySelector"),
    ("selector", "PropertySelector"),
    ("desired", "DesiredValues"),
    ("expected", "DesiredValues"),
    ("values", "DesiredValues"),
];

/// Inputs of other actions.
pub(crate) const INPUTS: &[(&str, &Habits)] = &[
    (
        "aws:approve",
        &[
            ("minApprovals", "MinRequiredApprovals"),
            ("topicArn", "NotificationArn"),
        ],
    ),
    (
        "aws:branch",
        &[
            ("cases", "Choices"),
            ("else", "Default"),
            ("otherwise", "Default"),
        ],
    ),
    (
        "aws:changeInstanceState",
        &[("instances", "InstanceIds"), ("state", "DesiredState")],
    ),
    ("aws:copyImage", IMAGE),
    ("aws:createImage", IMAGE),
    (
        "aws:createStack",
        &[("template", "TemplateBody"), ("name", "StackName")],
    ),
    (
        "aws:createTags",
        &[("resources", "ResourceIds"), ("instanceIds", "ResourceIds")],
    ),
    (
        "aws:executeAutomation",
        &[
            ("document", "DocumentName"),
            ("inputs", "RuntimeParameters"),
            ("parameters", "RuntimeParameters"),
            ("runbook", "DocumentName"),
        ],
    ),
    (
        "aws:executeScript",
        &[
            ("code", "Script"),
            ("source", "Script"),
            ("function", "Handler"),
            ("arguments", "InputPayload"),
            ("input", "InputPayload"),
            ("parameters", "InputPayload"),
            ("payload", "InputPayload"),
            ("language", "Runtime"),
        ],
    ),
    (
        "aws:invokeLambdaFunction",
        &[
            ("function", "FunctionName"),
            ("functionArn", "FunctionName"),
            ("input", "InputPayload"),
        ],
    ),
    (
        "aws:loop",
        &[
            ("condition", "LoopCondition"),
            ("items", "Iterators"),
            ("body", "Steps"),
        ],
    ),
    (
        "aws:runCommand",
        &[
            ("document", "DocumentName"),
            ("instances", "InstanceIds"),
            ("runtimeParameters", "Parameters"),
        ],
    ),
    (
        "aws:runInstances",
        &[
            ("maxCount", "MaxInstanceCount"),
            ("minCount", "MinInstanceCount"),
        ],
    ),
    ("aws:updateVariable", &[("variable", "Name")]),
];

const IMAGE: &Habits = &[("description", "ImageDescription"), ("name", "ImageName")];

/// The members of lists that hold what other languages write as a mapping of keys to values.
const PAIRS: [(&str, &str); 7] = [
    ("Key", "Value"),
    ("Name", "Value"),
    ("Name", "Values"),
    ("key", "value"),
    ("name", "value"),
    ("OutputKey", "OutputValue"),
    ("ParameterKey", "ParameterValue"),
];

/// The members of a key and its value among those of an element.
pub(crate) fn pair(members: &[&str]) -> Option<(&'static str, &'static str)> {
    let has = |(key, value): &(&str, &str)| members.contains(key) && members.contains(value);
    PAIRS.into_iter().find(has)
}

/// What an action says in another way than by an input of this name.
pub(crate) fn no_input(action: &str, written: &str) -> Option<&'static str> {
    let (_, inputs) = NO_INPUTS.iter().find(|(name, _)| *name == action)?;
    meant(inputs, written)
}

/// The output of an action that is called otherwise elsewhere.
pub(crate) fn output(action: &str, written: &str) -> Option<&'static str> {
    let (_, outputs) = OUTPUTS.iter().find(|(name, _)| *name == action)?;
    meant(outputs, written)
}

/// The input of an action that is called otherwise elsewhere.
pub(crate) fn input(action: &str, written: &str) -> Option<&'static str> {
    let of_action = INPUTS.iter().find(|(name, _)| *name == action);
    meant(of_action.map_or(API_INPUTS, |(_, inputs)| inputs), written)
}

/// Outputs of steps by other names.
pub(crate) const OUTPUTS: &[(&str, &Habits)] = &[
    (
        "aws:approve",
        &[("decision", "ApprovalStatus"), ("status", "ApprovalStatus")],
    ),
    (
        "aws:runCommand",
        &[
            ("exitCode", "ResponseCode"),
            ("returnCode", "ResponseCode"),
            ("standardOutput", "Output"),
            ("standardOutputContent", "Output"),
            ("stdout", "Output"),
        ],
    ),
    (
        "aws:executeScript",
        &[("output", "Payload"), ("result", "Payload")],
    ),
    (
        "aws:invokeLambdaFunction",
        &[("output", "Payload"), ("response", "Payload")],
    ),
    (
        "aws:executeAutomation",
        &[
            ("automationExecutionId", "ExecutionId"),
            ("outputs", "Output"),
        ],
    ),
    ("aws:executeStateMachine", &[("executionOutput", "output")]),
];

/// What documents of other kinds are, each by a key at the top that runbooks do not have.
pub(crate) const DOCUMENTS: &Habits = &[
    ("AWSTemplateFormatVersion", TEMPLATE),
    ("Resources", TEMPLATE),
    ("StartAt", "a state machine of Step Functions"),
    ("States", "a state machine of Step Functions"),
    ("jobs", "a workflow"),
    ("runtimeConfig", "a Command document"),
    ("Statement", "a policy"),
    ("Content", ANSWER),
    ("answers", SCENARIO),
    ("expect", SCENARIO),
];

pub(crate) const ANSWER: &str = "a document in an envelope, as `GetDocument` answers";
pub(crate) const TEMPLATE: &str = "a CloudFormation template";
pub(crate) const SCENARIO: &str = "a scenario";

/// Steps of Command documents, and how a runbook has them done.
pub(crate) const COMMANDS: &Habits = &[
    (
        "aws:runShellScript",
        "a runbook has an `aws:runCommand` step with `DocumentName: AWS-RunShellScript`, and the lines under `Parameters: {commands: […]}`",
    ),
    (
        "aws:runPowerShellScript",
        "a runbook has an `aws:runCommand` step with `DocumentName: AWS-RunPowerShellScript`, and the lines under `Parameters: {commands: […]}`",
    ),
    ("aws:applications", COMMAND),
    ("aws:cloudWatch", COMMAND),
    ("aws:configureDocker", COMMAND),
    ("aws:configurePackage", COMMAND),
    ("aws:domainJoin", COMMAND),
    ("aws:downloadContent", COMMAND),
    ("aws:psModule", COMMAND),
    ("aws:refreshAssociation", COMMAND),
    ("aws:runDockerAction", COMMAND),
    ("aws:runDocument", COMMAND),
    ("aws:softwareInventory", COMMAND),
    ("aws:updateAgent", COMMAND),
    ("aws:updateSsmAgent", COMMAND),
];

const COMMAND: &str = "keep it in a Command document, and run that with an `aws:runCommand` step";

/// Actions of other names.
pub(crate) const ACTIONS: &Habits = &[
    ("aws:executePython", "aws:executeScript"),
    ("aws:runScript", "aws:executeScript"),
    ("aws:script", "aws:executeScript"),
    ("aws:choice", "aws:branch"),
    ("aws:switch", "aws:branch"),
    ("aws:if", "aws:branch"),
    ("aws:wait", "aws:sleep"),
    ("aws:delay", "aws:sleep"),
    ("aws:foreach", "aws:loop"),
    ("aws:map", "aws:loop"),
    ("aws:while", "aws:loop"),
    ("aws:lambda", "aws:invokeLambdaFunction"),
    ("aws:invokeFunction", "aws:invokeLambdaFunction"),
    ("aws:callApi", "aws:executeAwsApi"),
    ("aws:runAutomation", "aws:executeAutomation"),
    ("aws:startAutomationExecution", "aws:executeAutomation"),
    ("aws:sendCommand", "aws:runCommand"),
    ("aws:manualApproval", "aws:approve"),
    ("aws:setVariable", "aws:updateVariable"),
];

/// The name here of what has another one elsewhere.
pub(crate) fn meant(habits: &Habits, written: &str) -> Option<&'static str> {
    let (_, name) = habits
        .iter()
        .find(|(habit, _)| plain(habit).eq(plain(written)))?;
    Some(name)
}

/// What stands in the quotes that word processors write.
pub(crate) fn without_quotes(text: &str) -> Option<&str> {
    let inner = text.strip_prefix(['“', '”', '„', '‘', '’'])?;
    inner.strip_suffix(['“', '”', '‘', '’'])
}

fn plain(name: &str) -> impl Iterator<Item = char> {
    let letters = name.chars().filter(|next| !matches!(next, '-' | '_'));
    letters.map(|next| next.to_ascii_lowercase())
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::check::own_inputs;

    #[test]
    fn what_is_meant_exists() {
        for (action, inputs) in INPUTS {
            let own: Vec<&str> = own_inputs(action).iter().map(|input| input.name).collect();
            let has = |name: &str| own.contains(&name) || (*action, name) == ("aws:loop", "Steps");
            for (_, name) in *inputs {
                assert!(has(name), "{action} {name}");
            }
        }
        for (_, action) in ACTIONS {
            let known = !own_inputs(action).is_empty();
            assert!(known, "{action}");
        }
        for (written, name) in SERVICES {
            let catalogue = Catalogue::embedded();
            assert!(catalogue.find(name).is_some(), "{name}");
            assert!(catalogue.find(written).is_none(), "{written}");
        }
    }
}
