//! What a runbook must be allowed to do: the actions of its calls, and the roles that it hands over.

#![allow(clippy::panic, clippy::unwrap_used)]

use expect_test::{Expect, expect};
use runbookc::catalogue::Catalogue;
use runbookc::permissions::{Needs, Statements, needs, policy};
use runbookc::source::Source;

/// The needs of a runbook with these steps.
fn of(parameters: &str, steps: &str) -> Vec<Needs> {
    let text = format!("schemaVersion: '0.3'\n{parameters}mainSteps:\n{steps}");
    let compiled = runbookc::compile(&Source::new("runbook.yaml", text), Catalogue::embedded());
    let found: Vec<_> = compiled
        .diagnostics
        .iter()
        .map(|found| &found.message)
        .collect();
    needs(&compiled.runbook.unwrap_or_else(|| panic!("{found:?}")))
}

/// Checks the actions that calls need, a line each: the operation, further inputs, and behind an arrow the actions.
#[track_caller]
fn need(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (call, expected) = line.split_once("->").unwrap();
        let (service, call) = call.trim().split_once('.').unwrap();
        let step = format!(
            "  - name: call\n    action: aws:executeAwsApi\n    inputs: {{Service: {service}, Api: {call}}}\n"
        );
        let needs = of("", &step).into_iter();
        let actions: Vec<String> = needs.flat_map(|needs| needs.actions).collect();
        assert_eq!(actions.join(", "), expected.trim(), "{line}");
    }
}

fn check(needs: &[Needs], expected: Expect) {
    let lines = needs.iter().map(|needs| {
        let step = needs.step.as_deref().unwrap_or("-");
        let actions: Vec<&str> = needs.actions.iter().map(String::as_str).collect();
        format!(
            "{step}: {} {:?} {:?}\n",
            actions.join(" "),
            needs.roles,
            needs.remark
        )
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn actions_are_called_as_policies_call_them() {
    need(
        "
        ecs.ListClusters -> ecs:ListClusters
        cloudwatch.DescribeAlarms -> cloudwatch:DescribeAlarms
        elbv2.DescribeLoadBalancers -> elasticloadbalancing:DescribeLoadBalancers
        stepfunctions.ListStateMachines -> states:ListStateMachines
        emr.ListClusters -> elasticmapreduce:ListClusters
        resourcegroupstaggingapi.GetResources -> tag:GetResources
        logs.DescribeLogGroups -> logs:DescribeLogGroups
        sesv2.ListContactLists -> ses:ListContactLists
        ",
    );
}

#[test]
fn some_operations_need_other_actions() {
    need(
        "
        s3.ListBuckets -> s3:ListAllMyBuckets
        s3.ListObjectsV2, Bucket: b -> s3:ListBucket
        s3.HeadObject, Bucket: b, Key: k -> s3:GetObject
        s3.CopyObject, Bucket: b, Key: k, CopySource: b/l -> s3:GetObject, s3:PutObject
        apigateway.GetRestApis -> apigateway:GET
        apigateway.CreateApiKey -> apigateway:POST
        sts.GetCallerIdentity ->
        ",
    );
}

#[test]
fn tags_that_are_given_along_need_an_action_of_their_own() {
    need(
        "
        ssm.PutParameter, Name: a, Value: b, Type: String, Tags: [{Key: a, Value: b}] -> ssm:AddTagsToResource, ssm:PutParameter
        s3.PutObject, Bucket: b, Key: k, Tagging: a=b -> s3:PutObject, s3:PutObjectTagging
        ec2.CreateTags, Resources: [i-0123456789abcdef0], Tags: [{Key: a, Value: b}] -> ec2:CreateTags
        ",
    );
}

/// Every action of several calls, and the roles that are handed over.
const STEPS: &str = "
  - name: launch_one
    action: aws:runInstances
    inputs: {ImageId: ami-0123456789abcdef0, IamInstanceProfileName: '{{ Profile }}'}
  - name: launchone
    action: aws:changeInstanceState
    inputs: {InstanceIds: ['{{ launch_one.InstanceIds }}'], DesiredState: stopped}
  - name: start
    action: aws:executeAutomation
    inputs: {DocumentName: Other, RuntimeParameters: {AutomationAssumeRole: '{{ Role }}'}}
  - name: task
    action: aws:executeAwsApi
    inputs: {Service: ecs, Api: RunTask, taskDefinition: web, overrides: {taskRoleArn: 'arn:aws:iam::111122223333:role/web'}}
  - name: function
    action: aws:executeAwsApi
    inputs: {Service: lambda, Api: UpdateFunctionConfiguration, FunctionName: web, Role: '{{ Known }}'}
  - name: look
    action: aws:executeAwsApi
    inputs: {Service: sts, Api: AssumeRole, RoleArn: '{{ Role }}', RoleSessionName: look}
  - name: evaluate
    action: aws:executeScript
    inputs: {Runtime: python3.11, Handler: main, Script: 'def main(events, context): pass'}
  - name: make
    action: aws:createStack
    inputs: {StackName: orders, TemplateURL: 'https://example.com/orders.yaml', RoleARN: 'arn:aws:iam::111122223333:role/stacks'}
  - name: rest
    action: aws:sleep
    inputs: {Duration: PT1S}
";

const PARAMETERS: &str = "
parameters:
  Profile: {type: String}
  Role: {type: String}
  Known: {type: String, default: 'arn:aws:iam::111122223333:role/functions'}
";

#[test]
fn actions_and_roles_of_every_step() {
    check(
        &of(PARAMETERS, STEPS),
        expect![[r#"
        launch_one: ec2:DescribeInstanceStatus ec2:RunInstances [OfProfile("{{ Profile }}")] None
        launchone: ec2:DescribeInstanceStatus ec2:StopInstances [] None
        start: ssm:GetAutomationExecution ssm:StartAutomationExecution ssm:StopAutomationExecution [Later("{{ Role }}")] Some("what the runbook that it starts needs is not among this")
        task: ecs:RunTask [Arn("arn:aws:iam::111122223333:role/web")] None
        function: lambda:UpdateFunctionConfiguration [Arn("arn:aws:iam::111122223333:role/functions")] None
        look: sts:AssumeRole [] None
        evaluate:  [] Some("what its script calls is not known here")
        make: cloudformation:CreateStack cloudformation:DeleteStack cloudformation:DescribeStacks [Arn("arn:aws:iam::111122223333:role/stacks")] None
    "#]],
    );
}

#[test]
fn defaults_of_parameter_store_are_read_before_the_first_step() {
    let parameters = "parameters:\n  Image: {type: String, default: '{{ ssm:/images/web }}'}\n";
    let steps = "  - name: look\n    action: aws:executeAwsApi\n    inputs: {Service: ec2, Api: DescribeImages, ImageIds: ['{{ Image }}']}\n";
    check(
        &of(parameters, steps),
        expect![[r#"
        -: ssm:GetParameters [] None
        look: ec2:DescribeImages [] None
    "#]],
    );
}

#[test]
fn a_policy_can_be_pasted() {
    let needs = of(PARAMETERS, STEPS);
    let together = format!("{:#}", policy(&needs, Statements::Together));
    expect![[r#"
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": [
                "cloudformation:CreateStack",
                "cloudformation:DeleteStack",
                "cloudformation:DescribeStacks",
                "ec2:DescribeInstanceStatus",
                "ec2:RunInstances",
                "ec2:StopInstances",
                "ecs:RunTask",
                "lambda:UpdateFunctionConfiguration",
                "ssm:GetAutomationExecution",
                "ssm:StartAutomationExecution",
                "ssm:StopAutomationExecution",
                "sts:AssumeRole"
              ],
              "Resource": "*"
            },
            {
              "Effect": "Allow",
              "Action": "iam:PassRole",
              "Resource": [
                "arn:aws:iam::111122223333:role/functions",
                "arn:aws:iam::111122223333:role/stacks",
                "arn:aws:iam::111122223333:role/web"
              ]
            }
          ]
        }"#]]
    .assert_eq(&together);
    let by_steps = policy(&needs, Statements::BySteps);
    let names: Vec<&str> = by_steps["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["Sid"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "launchone",
            "launchone2",
            "start",
            "task",
            "function",
            "look",
            "make"
        ]
    );
}

#[test]
fn a_runbook_that_calls_nothing_needs_nothing() {
    let needs = of(
        "",
        "  - name: rest\n    action: aws:sleep\n    inputs: {Duration: PT1S}\n",
    );
    assert!(needs.is_empty());
}
