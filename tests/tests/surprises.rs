//! What surprises people who know other workflow languages (spec 0.1, 4.4), one test each, by compiling and running.

use std::sync::OnceLock;

use serde_json::{Value, json};

use runbookc_tests::folder::Folder;
use runbookc_tests::paths::compiler;
use runbookc_tests::process::{Ran, run};

#[test]
fn names_of_parameters_are_letters_and_digits_only() {
    let found = check(
        "parameters:\n  my_id: {type: String, default: a}\n\
         mainSteps:\n  - {name: my_step, action: 'aws:sleep', inputs: {Duration: PT1S}}\n",
    );
    assert!(found.stdout.contains("error[RB0201]"), "{}", found.stdout);
    assert!(found.stdout.contains("my_id"), "{}", found.stdout);
    assert!(!found.stdout.contains("my_step"), "{}", found.stdout);
}

#[test]
fn double_braces_around_a_word_in_a_script_have_no_escape() {
    let found = check(
        "mainSteps:\n  - name: render\n    action: aws:executeScript\n    inputs:\n      Runtime: python3.11\n      Handler: f\n      \
         Script: |\n        def f(events, context):\n            return '{{user}} {{ .Go }} {{#if}}'\n",
    );
    assert!(found.stdout.contains("error[RB0204]"), "{}", found.stdout);
    assert!(
        found.stdout.contains("1 error"),
        "other braces pass: {}",
        found.stdout
    );
}

#[test]
fn step_graph_must_be_free_of_circles() {
    let found = check(
        "mainSteps:\n  \
         - {name: a, action: 'aws:sleep', inputs: {Duration: PT1S}}\n  \
         - {name: b, action: 'aws:sleep', inputs: {Duration: PT1S}, nextStep: a}\n",
    );
    assert!(found.stdout.contains("error[RB0208]"), "{}", found.stdout);
    assert!(found.stdout.contains('b'), "{}", found.stdout);
}

#[test]
fn jump_after_a_failure_does_not_rescue_the_execution() {
    let record = played("rescue", "{}");
    assert_eq!(statuses(&record), "a Failed, c Success");
    assert_eq!(record["AutomationExecutionStatus"], "Failed");
    // What was jumped over was never reached.
    assert_eq!(step(&record, "b")["StepStatus"], "Pending");

    let record = played("rescueUncritical", "{}");
    assert_eq!(record["AutomationExecutionStatus"], "Success");
    let record = played("continues", "{}");
    assert_eq!(record["AutomationExecutionStatus"], "Success");
    let record = played("continuesCritical", "{}");
    assert_eq!(record["AutomationExecutionStatus"], "Failed");
}

#[test]
fn selector_that_matches_nothing_fails_no_step_and_is_false_in_a_branch() {
    let record = everything();
    assert_eq!(step(record, "look")["StepStatus"], "Success");
    assert_eq!(step(record, "look")["Outputs"].get("platform"), None);
    assert_eq!(
        step(record, "isWindows")["ValidNextSteps"],
        json!(["describe"])
    );
}

#[test]
fn list_of_one_element_becomes_a_scalar() {
    let outputs = &step(everything(), "look")["Outputs"];
    assert_eq!(outputs["only"], json!(["i-0aaaaaaaaaaaaaaaa"]));
    assert_eq!(outputs["cores"], json!(["4"]));
}

#[test]
fn reference_to_a_list_inside_a_list_stands_for_its_elements() {
    let inputs = &step(everything(), "describe")["Inputs"];
    let ids: Value = json_text(&inputs["InstanceIds"]);
    assert_eq!(
        ids,
        json!([
            "i-0aaaaaaaaaaaaaaaa",
            "i-0bbbbbbbbbbbbbbbb",
            "i-0cccccccccccccccc"
        ])
    );

    let inputs = &step(everything(), "attribute")["Inputs"];
    assert_eq!(
        json_text(&inputs["InstanceId"]),
        json!("i-0aaaaaaaaaaaaaaaa")
    );
}

#[test]
fn everything_that_is_reported_is_text() {
    let record = everything();
    let inputs = &step(record, "attribute")["Inputs"];
    assert_eq!(inputs["Attribute"], "\"instanceType\"");
    let outputs = step(record, "look")["Outputs"].as_object();
    for (name, values) in outputs.into_iter().flatten() {
        let texts = values
            .as_array()
            .map(|values| values.iter().all(Value::is_string));
        assert_eq!(texts, Some(true), "{name}");
    }
}

#[test]
fn document_output_holds_a_sentence_until_its_step_has_succeeded() {
    const SENTENCE: &str = "No output available yet because the step is not successfully executed";
    let outputs = &everything()["Outputs"];
    assert_eq!(outputs["look.only"], json!(["i-0aaaaaaaaaaaaaaaa"]));
    assert_eq!(outputs["never.id"], json!([SENTENCE]));
    let record = played(
        "everything",
        "{answers: {ec2.DescribeInstances: {error: {code: Unlucky, message: no}}}}",
    );
    assert_eq!(record["Outputs"]["look.only"], json!([SENTENCE]));
}

#[test]
fn desired_values_of_booleans_are_spelled_as_python_spells_them() {
    assert_eq!(step(everything(), "isOptimized")["StepStatus"], "Success");
}

#[test]
fn command_waits_for_the_agent_and_tells_its_output_only_when_there_is_one() {
    let once = json!({"CommandInvocations": [{"CommandPlugins": [{"ResponseCode": 3, "Output": "hello"}]}]});
    let record = played("command", &command(&once));
    let outputs = &step(&record, "ask")["Outputs"];
    assert_eq!(outputs["ResponseCode"], json!(["3"]));
    assert_eq!(outputs["Output"], json!(["hello"]));

    let twice = json!({"CommandInvocations": [{"CommandPlugins": [{"Output": "a"}]}, {"CommandPlugins": [{"Output": "b"}]}]});
    let record = played("command", &command(&twice));
    assert_eq!(step(&record, "ask")["StepStatus"], "Success");
    assert_eq!(step(&record, "ask")["Outputs"].get("Output"), None);

    let absent =
        r#"{"answers": {"ssm.DescribeInstanceInformation": {"InstanceInformationList": []}}}"#;
    let record = played("command", absent);
    assert_eq!(record["AutomationExecutionStatus"], "TimedOut");
    let message = record["FailureMessage"].as_str().unwrap_or_default();
    assert!(
        message.contains("verifying the SSM Agent availability on the target instance(s)"),
        "{message}"
    );
}

#[test]
fn default_may_hold_references_and_its_pattern_sees_them_unexpanded() {
    let inputs = &step(everything(), "name")["Inputs"];
    assert_eq!(
        json_text(&inputs["Tags"])[0]["Value"],
        "of 111122223333 in us-east-1"
    );
}

/// What `runbookc check` says of a document.
fn check(body: &str) -> Ran {
    let folder = Folder::new();
    let file = folder.write("runbook.yaml", format!("schemaVersion: '0.3'\n{body}"));
    let ran = run(compiler(["check"]).arg(file)).expect_code(1);
    Ran {
        stdout: format!("{}{}", ran.stdout, ran.stderr),
        ..ran
    }
}

/// The record of the runbook that shows most of it, compiled and run once.
fn everything() -> &'static Value {
    static RECORD: OnceLock<Value> = OnceLock::new();
    RECORD.get_or_init(|| {
        played(
            "everything",
            r#"{"answers": {
                "look": {"Reservations": [{"Instances": [
                    {"InstanceId": "i-0aaaaaaaaaaaaaaaa", "EbsOptimized": true, "CpuOptions": {"CoreCount": 4}}
                ]}]},
                "describe": {"Reservations": []},
                "attribute": {"InstanceId": "i-0aaaaaaaaaaaaaaaa"},
                "isOptimized": {"Reservations": [{"Instances": [{"EbsOptimized": true}]}]},
                "name": {}
            }}"#,
        )
    })
}

/// The record of one of the runbooks below, played with a scenario.
fn played(runbook: &str, scenario: &str) -> Value {
    let (_, text) = RUNBOOKS
        .into_iter()
        .find(|(name, _)| *name == runbook)
        .unwrap_or_else(|| panic!("there is a runbook {runbook}"));
    let folder = Folder::new();
    let file = folder.write(&format!("{runbook}.yaml"), text);
    let scenario = folder.write("scenario.yaml", scenario);
    let mut command = compiler(["run"]);
    command
        .arg(file)
        .args(["--", "--output", "json", "--simulate"])
        .arg(scenario);
    run(&mut command).json()["AutomationExecution"].clone()
}

fn step<'a>(record: &'a Value, name: &str) -> &'a Value {
    let steps = record["StepExecutions"].as_array();
    let found = steps
        .into_iter()
        .flatten()
        .find(|step| step["StepName"] == name);
    found.unwrap_or_else(|| panic!("the record has a step {name}: {record}"))
}

/// The steps that ran.
fn statuses(record: &Value) -> String {
    let steps = record["StepExecutions"].as_array();
    let ran = steps
        .into_iter()
        .flatten()
        .filter(|step| step["StepStatus"] != "Pending");
    let texts =
        ran.map(|step| format!("{} {}", step["StepName"], step["StepStatus"]).replace('"', ""));
    texts.collect::<Vec<_>>().join(", ")
}

/// The value that a member of `Inputs` spells.
fn json_text(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap_or_default()).unwrap_or_default()
}

/// A scenario in which the agent is there at once, and the command succeeds.
fn command(invocations: &Value) -> String {
    let scenario = json!({"answers": {
        "ssm.DescribeInstanceInformation": {"InstanceInformationList": [
            {"InstanceId": "i-0aaaaaaaaaaaaaaaa", "PingStatus": "Online"}
        ]},
        "ssm.SendCommand": {"Command": {"CommandId": "11111111-2222-3333-4444-555555555555", "Status": "Pending"}},
        "ssm.ListCommands": {"Commands": [{"Status": "Success"}]},
        "ssm.ListCommandInvocations": invocations,
    }});
    scenario.to_string()
}

const RUNBOOKS: [(&str, &str); 6] = [
    ("everything", EVERYTHING),
    (
        "rescue",
        "schemaVersion: '0.3'\nmainSteps:\n  \
         - {name: a, action: 'aws:sleep', inputs: {Timestamp: '{{ T }}'}, onFailure: 'step:c'}\n  \
         - {name: b, action: 'aws:sleep', inputs: {Duration: PT1S}}\n  \
         - {name: c, action: 'aws:sleep', inputs: {Duration: PT1S}}\n\
         parameters: {T: {type: String, default: never}}\n",
    ),
    (
        "rescueUncritical",
        "schemaVersion: '0.3'\nmainSteps:\n  \
         - {name: a, action: 'aws:sleep', inputs: {Timestamp: '{{ T }}'}, onFailure: 'step:c', isCritical: false}\n  \
         - {name: b, action: 'aws:sleep', inputs: {Duration: PT1S}}\n  \
         - {name: c, action: 'aws:sleep', inputs: {Duration: PT1S}}\n\
         parameters: {T: {type: String, default: never}}\n",
    ),
    (
        "continues",
        "schemaVersion: '0.3'\nmainSteps:\n  \
         - {name: a, action: 'aws:sleep', inputs: {Timestamp: '{{ T }}'}, onFailure: Continue}\n  \
         - {name: b, action: 'aws:sleep', inputs: {Duration: PT1S}}\n\
         parameters: {T: {type: String, default: never}}\n",
    ),
    (
        "continuesCritical",
        "schemaVersion: '0.3'\nmainSteps:\n  \
         - {name: a, action: 'aws:sleep', inputs: {Timestamp: '{{ T }}'}, onFailure: Continue, isCritical: true}\n  \
         - {name: b, action: 'aws:sleep', inputs: {Duration: PT1S}}\n\
         parameters: {T: {type: String, default: never}}\n",
    ),
    (
        "command",
        "schemaVersion: '0.3'\nmainSteps:\n  \
         - name: ask\n    action: aws:runCommand\n    timeoutSeconds: 60\n    inputs:\n      \
         DocumentName: AWS-RunShellScript\n      InstanceIds: [i-0aaaaaaaaaaaaaaaa]\n      \
         Parameters: {commands: [hostname]}\n",
    ),
];

const EVERYTHING: &str = r#"
schemaVersion: '0.3'
parameters:
  Others: {type: StringList, default: [i-0bbbbbbbbbbbbbbbb, i-0cccccccccccccccc]}
  Label:
    type: String
    default: 'of {{ global:ACCOUNT_ID }} in {{ Where }}'
    allowedPattern: '^of \{\{ global:ACCOUNT_ID \}\} in .*$'
  Where: {type: String, default: '{{ global:REGION }}'}
mainSteps:
  - name: look
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeInstances}
    outputs:
      - {Name: only, Selector: '$.Reservations..Instances..InstanceId', Type: String}
      - {Name: all, Selector: '$.Reservations..Instances..InstanceId', Type: StringList}
      - {Name: cores, Selector: '$.Reservations..CpuOptions.CoreCount', Type: Integer}
      - {Name: platform, Selector: '$.Reservations[0].Instances[0].Platform', Type: String}
  - name: isWindows
    action: aws:branch
    inputs:
      Choices:
        - {NextStep: never, Variable: '{{ look.platform }}', StringEquals: Windows}
      Default: describe
  - name: never
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeVolumes}
    outputs:
      - {Name: id, Selector: '$.Volumes[0].VolumeId', Type: String}
  - name: describe
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeInstances, InstanceIds: ['{{ look.all }}', '{{ Others }}']}
  - name: attribute
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeInstanceAttribute, Attribute: instanceType, InstanceId: '{{ look.all }}'}
  - name: isOptimized
    action: aws:assertAwsResourceProperty
    inputs:
      Service: ec2
      Api: DescribeInstances
      PropertySelector: $.Reservations[0].Instances[0].EbsOptimized
      DesiredValues: ['True']
  - name: name
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: CreateTags, Resources: ['{{ look.only }}'], Tags: [{Key: Name, Value: '{{ Label }}'}]}
outputs: [look.only, never.id]
"#;
