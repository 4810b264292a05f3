//! Instances, images, tags and stacks, for real: the built binary calls moto's server.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use runbookc_tests::folder::Folder;
use runbookc_tests::moto::{Moto, Request};
use runbookc_tests::paths::{compiler, kept, repository};
use runbookc_tests::process::run;

const SUCCESS: i32 = 0;
const FAILED: i32 = 1;

const RUNBOOK: &str = r#"
schemaVersion: '0.3'
description: Makes an image of a new instance and a copy of that, or a stack, and takes everything down but the copy.
parameters:
  What: {type: String, allowedValues: [images, stacks, instance]}
  Image: {type: String, default: ami-0}
  Subnet: {type: String, default: subnet-0}
  Instance: {type: String, default: i-0123456789abcdef0}
  Then: {type: String, default: running}
  Stack: {type: String, default: queues}
  Missing: {type: String, default: queues}
mainSteps:
  - name: choose
    action: aws:branch
    inputs:
      Choices:
        - {NextStep: create, Variable: '{{ What }}', StringEquals: stacks}
        - {NextStep: bring, Variable: '{{ What }}', StringEquals: instance}
  - name: launch
    action: aws:runInstances
    inputs:
      ImageId: '{{ Image }}'
      InstanceType: t3.micro
      MinInstanceCount: 2
      MaxInstanceCount: 2
      SubnetId: '{{ Subnet }}'
      TagSpecifications:
        - ResourceType: instance
          Tags: [{Key: from, Value: 'runbook {{ automation:EXECUTION_ID }}'}]
  - name: tag
    action: aws:createTags
    inputs:
      ResourceIds: '{{ launch.InstanceIds }}'
      Tags: [{Key: day, Value: monday}, {Key: empty, Value: ''}]
  - name: stop
    action: aws:changeInstanceState
    inputs: {InstanceIds: '{{ launch.InstanceIds }}', DesiredState: stopped, Force: true}
  - name: start
    action: aws:changeInstanceState
    inputs: {InstanceIds: ['{{ launch.InstanceIds }}'], DesiredState: '{{ Then }}'}
  - name: first
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeInstances, InstanceIds: '{{ launch.InstanceIds }}'}
    outputs:
      - {Name: Id, Selector: '$.Reservations[0].Instances[0].InstanceId', Type: String}
  - name: bake
    action: aws:createImage
    inputs: {InstanceId: '{{ first.Id }}', ImageName: baked, NoReboot: true}
  - name: copy
    action: aws:copyImage
    inputs: {SourceRegion: '{{ global:REGION }}', SourceImageId: '{{ bake.ImageId }}', ImageName: copied}
  - name: remove
    action: aws:deleteImage
    inputs: {ImageId: '{{ bake.ImageId }}'}
  - name: terminate
    action: aws:changeInstanceState
    isEnd: true
    inputs: {InstanceIds: '{{ launch.InstanceIds }}', DesiredState: terminated}
  - name: create
    action: aws:createStack
    inputs:
      StackName: '{{ Stack }}'
      TemplateBody: |
        Parameters: {Name: {Type: String}}
        Resources: {Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: {Ref: Name}}}}
      Parameters: [{ParameterKey: Name, ParameterValue: orders}]
  - name: drop
    action: aws:deleteStack
    isEnd: true
    inputs: {StackName: '{{ Missing }}'}
  - name: bring
    action: aws:changeInstanceState
    inputs: {InstanceIds: ['{{ Instance }}'], DesiredState: '{{ Then }}'}
outputs:
  - launch.InstanceIds
  - launch.InstanceStates
  - stop.InstanceStates
  - start.InstanceStates
  - terminate.InstanceStates
  - bake.ImageId
  - copy.ImageId
  - copy.ImageState
  - create.StackStatus
"#;

/// A server, what instances can be launched from, and a stack that is called `taken`.
struct Account {
    moto: Moto,
    folder: Folder,
    image: Value,
    subnet: Value,
}

impl Account {
    fn new() -> Self {
        let moto = Moto::start();
        let mut made = moto.script(&script(), &json!({"stack": "taken"}));
        Self {
            moto,
            folder: Folder::new(),
            image: made["image"].take(),
            subnet: made["subnet"].take(),
        }
    }

    /// Runs the binary, and gives the execution and the calls that it has made.
    #[track_caller]
    fn run(&self, parameters: Value, code: i32) -> (Value, Vec<String>) {
        let file = self.folder.write("parameters.json", parameters.to_string());
        let mut command = Command::new(binary());
        command
            .args(["run", "--output", "json", "--parameters"])
            .arg(file);
        self.moto.record();
        let ran = run(self.moto.seen_by(&mut command)).expect_code(code);
        let mut calls: Vec<String> = self.moto.recorded().iter().filter_map(call).collect();
        calls.dedup();
        (ran.json()["AutomationExecution"].take(), calls)
    }

    fn contents(&self) -> Value {
        self.moto.script(&script(), &json!({}))
    }
}

fn script() -> PathBuf {
    repository().join("tests/moto/account.py")
}

/// The binary, which all tests share.
fn binary() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Folder::new();
        let runbook = folder.write("instances.yaml", RUNBOOK);
        let binary = kept("instances").join("instances");
        run(compiler(["build", "--output"]).arg(&binary).arg(runbook)).expect_code(0);
        binary
    })
}

/// The operation; nothing for a call that is no business of the runbook.
fn call(request: &Request) -> Option<String> {
    if request.service == "sts" {
        return None;
    }
    let mut members = request.body.split('&');
    let action = members.find_map(|member| member.strip_prefix("Action="));
    Some(action.unwrap_or(&request.path).to_owned())
}

#[test]
fn image_is_made_of_an_instance_and_outlives_it() {
    let account = Account::new();
    let parameters = json!({"What": "images", "Image": account.image, "Subnet": account.subnet});
    let (execution, calls) = account.run(parameters, SUCCESS);

    let outputs = &execution["Outputs"];
    assert_eq!(
        outputs["launch.InstanceStates"],
        json!(["running", "running"])
    );
    assert_eq!(
        outputs["stop.InstanceStates"],
        json!(["stopped", "stopped"])
    );
    assert_eq!(
        outputs["start.InstanceStates"],
        json!(["running", "running"])
    );
    assert_eq!(outputs["copy.ImageState"], json!(["available"]));
    assert_eq!(
        outputs["terminate.InstanceStates"],
        json!(["terminated", "terminated"])
    );

    let left = account.contents();
    let instances = left["instances"].as_object().expect("a map");
    let ids: Vec<&String> = instances.keys().collect();
    assert_eq!(outputs["launch.InstanceIds"], json!(ids));
    for instance in instances.values() {
        let id = execution["AutomationExecutionId"].as_str().expect("text");
        let tags = json!({"day": "monday", "empty": "", "from": format!("runbook {id}")});
        assert_eq!(*instance, json!({"state": "terminated", "tags": tags}));
    }
    // Of the images only the copy is left.
    let copy = outputs["copy.ImageId"][0].as_str().expect("text");
    assert_eq!(left["images"], json!({copy: "copied"}));

    assert_eq!(
        calls,
        [
            "RunInstances",
            "DescribeInstanceStatus",
            "CreateTags",
            "DescribeTags",
            "StopInstances",
            "DescribeInstanceStatus",
            "StartInstances",
            "DescribeInstanceStatus",
            "DescribeInstances",
            "CreateImage",
            "DescribeImages",
            "CopyImage",
            "DescribeImages",
            "DeregisterImage",
            "DeleteSnapshot",
            "TerminateInstances",
            "DescribeInstanceStatus",
        ]
    );
}

#[test]
fn stack_is_created_and_deleted() {
    let account = Account::new();
    let (execution, calls) = account.run(json!({"What": "stacks"}), SUCCESS);

    let status = &execution["Outputs"]["create.StackStatus"];
    assert_eq!(*status, json!(["CREATE_COMPLETE"]));
    let left = account.contents();
    assert_eq!(left["stacks"], json!(["taken"]));
    assert_eq!(left["queues"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        calls,
        [
            "DescribeStacks",
            "CreateStack",
            "DescribeStacks",
            "DeleteStack",
            "DescribeStacks",
        ]
    );
}

#[test]
fn what_is_not_there_fails_the_step() {
    let account = Account::new();
    let refusals = [
        (
            json!({"What": "instance"}),
            "(InvalidInstanceID.NotFound) when calling the StartInstances operation",
        ),
        (json!({"What": "instance", "Then": "asleep"}), "asleep"),
        (
            json!({"What": "images", "Image": account.image, "Subnet": "subnet-0"}),
            "Step fails when it's launching the instance(s). Get Exception from RunInstances API of ec2 Service.",
        ),
        (
            json!({"What": "stacks", "Stack": "taken"}),
            "(AlreadyExistsException) when calling the CreateStack operation",
        ),
        (
            json!({"What": "stacks", "Missing": "none"}),
            "(ValidationError) when calling the DescribeStacks operation",
        ),
    ];
    for (parameters, expected) in refusals {
        let (execution, _) = account.run(parameters, FAILED);
        let message = execution["FailureMessage"].as_str().unwrap_or_default();
        assert!(message.contains(expected), "{message}");
    }
}
