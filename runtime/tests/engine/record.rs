//! The record, and what observers are told (spec 7.3 to 7.5).

use std::sync::Mutex;

use expect_test::expect;
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::engine::Engine;
use runbook_runtime::event::Event;
use runbook_runtime::observer::{Activity, Observer, View};
use runbook_runtime::record::{Record, Simulation};
use runbook_runtime::store::MemoryStore;

use crate::sheets::Everything;
use crate::toy::{ScriptedCaller, Toy, morning, run, start};

#[tokio::test]
async fn record_has_the_shape_of_the_service() {
    let record = run::<Everything>(Everything::script).await.record;
    let text = serde_json::to_string_pretty(&record).unwrap();
    expect![[r#"
        {
          "AutomationExecution": {
            "AutomationExecutionId": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
            "DocumentName": "everything",
            "DocumentVersion": "1",
            "ExecutionStartTime": "2026-01-31T08:00:00.101000+00:00",
            "ExecutionEndTime": "2026-01-31T08:01:19.101000+00:00",
            "AutomationExecutionStatus": "Failed",
            "StepExecutions": [
              {
                "StepName": "create",
                "Action": "aws:executeAwsApi",
                "OnFailure": "Abort",
                "MaxAttempts": 3,
                "ExecutionStartTime": "2026-01-31T08:00:00.101000+00:00",
                "ExecutionEndTime": "2026-01-31T08:00:02.101000+00:00",
                "StepStatus": "Success",
                "Inputs": {
                  "Service": "\"toy\"",
                  "Api": "\"Do\"",
                  "Name": "\"web\""
                },
                "Outputs": {
                  "value": [
                    "done"
                  ],
                  "OutputPayload": [
                    "{\"Value\":\"done\"}"
                  ]
                },
                "StepExecutionId": "f3875641-fe5e-532d-a0fb-e7ea39c4b420",
                "OverriddenParameters": {},
                "ValidNextSteps": [
                  "wait"
                ]
              },
              {
                "StepName": "wait",
                "Action": "aws:executeAwsApi",
                "TimeoutSeconds": 600,
                "ExecutionStartTime": "2026-01-31T08:00:02.101000+00:00",
                "ExecutionEndTime": "2026-01-31T08:00:19.101000+00:00",
                "StepStatus": "Success",
                "Inputs": {
                  "Service": "\"toy\"",
                  "Api": "\"Do\"",
                  "PropertySelector": "\"$.Status\"",
                  "DesiredValues": "[\"READY\"]"
                },
                "Outputs": {
                  "OutputPayload": [
                    "{\"Status\":\"READY\"}"
                  ]
                },
                "StepExecutionId": "84146ec0-7aa5-510a-8fef-c1b849572bbe",
                "OverriddenParameters": {},
                "ValidNextSteps": [
                  "choose"
                ]
              },
              {
                "StepName": "choose",
                "Action": "aws:branch",
                "ExecutionStartTime": "2026-01-31T08:00:19.101000+00:00",
                "ExecutionEndTime": "2026-01-31T08:00:19.101000+00:00",
                "StepStatus": "Success",
                "Inputs": {},
                "StepExecutionId": "45d57e0c-739a-5660-9d50-84cb08499004",
                "OverriddenParameters": {},
                "ValidNextSteps": [
                  "rest"
                ]
              },
              {
                "StepName": "skipped",
                "Action": "aws:executeAwsApi",
                "StepStatus": "Pending"
              },
              {
                "StepName": "rest",
                "Action": "aws:sleep",
                "ExecutionStartTime": "2026-01-31T08:00:19.101000+00:00",
                "ExecutionEndTime": "2026-01-31T08:01:19.101000+00:00",
                "StepStatus": "Success",
                "Inputs": {
                  "Duration": "\"PT1M\""
                },
                "StepExecutionId": "09ae8c7c-c679-56ec-9f95-0ee491fc31e9",
                "OverriddenParameters": {},
                "ValidNextSteps": [
                  "invoke"
                ]
              },
              {
                "StepName": "invoke",
                "Action": "aws:invokeLambdaFunction",
                "OnFailure": "Continue",
                "ExecutionStartTime": "2026-01-31T08:01:19.101000+00:00",
                "ExecutionEndTime": "2026-01-31T08:01:19.101000+00:00",
                "StepStatus": "Failed",
                "Inputs": {},
                "Outputs": {
                  "value": [
                    "half"
                  ],
                  "OutputPayload": [
                    "{\"StatusCode\":200,\"FunctionError\":\"Unhandled\",\"Payload\":{\"errorType\":\"KeyError\",\"errorMessage\":\"'x'\"}}"
                  ]
                },
                "FailureMessage": "Step fails when it is Execute/Cancelling action. The Lambda function failed with Unhandled error: KeyError: 'x'. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.",
                "FailureDetails": {
                  "FailureStage": "Invocation",
                  "FailureType": "Action",
                  "Details": {
                    "FunctionError": [
                      "Unhandled"
                    ],
                    "errorMessage": [
                      "'x'"
                    ],
                    "errorType": [
                      "KeyError"
                    ]
                  }
                },
                "StepExecutionId": "fc9b8558-023f-564c-aae8-1e5d10be28f1",
                "OverriddenParameters": {},
                "IsEnd": true,
                "IsCritical": true
              }
            ],
            "StepExecutionsTruncated": false,
            "Parameters": {
              "Name": [
                "web"
              ]
            },
            "Outputs": {
              "create.value": [
                "done"
              ],
              "skipped.value": [
                "No output available yet because the step is not successfully executed"
              ],
              "invoke.value": [
                "No output available yet because the step is not successfully executed"
              ]
            },
            "FailureMessage": "Step fails when it is Execute/Cancelling action. The Lambda function failed with Unhandled error: KeyError: 'x'. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.",
            "Mode": "Auto",
            "ExecutedBy": "arn:aws-cn:iam::111122223333:user/dev",
            "Targets": [],
            "ResolvedTargets": {
              "ParameterValues": [],
              "Truncated": false
            }
          }
        }"#]].assert_eq(&text);
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
}

#[tokio::test]
async fn simulated_record_says_so_beside_the_execution() {
    let store = MemoryStore::new();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(Everything::script, &clock);
    let mut start = start();
    start.simulation = Some(Simulation::Scenario("happy.yaml".into()));
    let record = Engine::<Toy<Everything>>::new(&caller, &clock, &store)
        .run(start)
        .await
        .unwrap();
    let json = serde_json::to_value(&record).unwrap();
    assert_eq!(json["Simulation"]["Scenario"], "happy.yaml");
}

/// Writes down what it is told.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Observer for Notes {
    fn observe(&self, _: &Event, view: &View) {
        let step = view.step.as_ref().map(|step| {
            let activity = match &step.activity {
                Activity::Waiting {
                    found: Some(found), ..
                } => format!("found {found}"),
                activity => format!("{activity:?}")
                    .split(' ')
                    .next()
                    .unwrap_or("")
                    .to_owned(),
            };
            let seconds = step.elapsed.as_secs();
            format!(
                " {} {} {seconds} s {activity}",
                step.definition.name, step.status
            )
        });
        let line = format!(
            "{} s {}{}",
            view.elapsed().as_secs(),
            view.status,
            step.unwrap_or_default()
        );
        self.0.lock().unwrap().push(line);
    }
}

#[tokio::test]
async fn observer_is_told_everything_in_order() {
    let store = MemoryStore::new();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(Everything::script, &clock);
    let notes = Notes::default();
    let engine = Engine::<Toy<Everything>>::new(&caller, &clock, &store).observer(&notes);
    engine.run(start()).await.unwrap();
    let text = notes.0.into_inner().unwrap().join("\n");
    expect![[r#"
        0 s Pending
        0 s InProgress
        0 s InProgress create InProgress 0 s Deciding
        0 s InProgress create InProgress 0 s Calling
        0 s InProgress create InProgress 0 s Deciding
        0 s InProgress create InProgress 0 s Retrying
        1 s InProgress create InProgress 1 s Deciding
        1 s InProgress create InProgress 1 s Calling
        1 s InProgress create InProgress 1 s Deciding
        1 s InProgress create InProgress 1 s Waiting
        2 s InProgress create InProgress 2 s Calling
        2 s InProgress create InProgress 2 s Deciding
        2 s InProgress create Success 2 s Ended
        2 s InProgress wait InProgress 0 s Deciding
        2 s InProgress wait InProgress 0 s Calling
        2 s InProgress wait InProgress 0 s Deciding
        2 s InProgress wait InProgress 0 s found the text "STARTING"
        4 s InProgress wait InProgress 2 s Calling
        4 s InProgress wait InProgress 2 s Deciding
        4 s InProgress wait InProgress 2 s found the text "STARTING"
        8 s InProgress wait InProgress 6 s Calling
        8 s InProgress wait InProgress 6 s Deciding
        8 s InProgress wait InProgress 6 s found the text "STARTING"
        16 s InProgress wait InProgress 14 s Calling
        19 s InProgress wait InProgress 17 s Deciding
        19 s InProgress wait Success 17 s Ended
        19 s InProgress choose InProgress 0 s Deciding
        19 s InProgress choose Success 0 s Ended
        19 s InProgress rest InProgress 0 s Deciding
        19 s InProgress rest InProgress 0 s Waiting
        79 s InProgress rest Success 60 s Ended
        79 s InProgress invoke InProgress 0 s Deciding
        79 s InProgress invoke InProgress 0 s Calling
        79 s InProgress invoke InProgress 0 s Deciding
        79 s InProgress invoke Failed 0 s Ended
        79 s Failed invoke Failed 0 s Ended"#]]
    .assert_eq(&text);
}
