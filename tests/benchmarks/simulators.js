// The example on the other side: the five steps by hand, since @cdklabs/cdk-ssm-documents reads neither
// aws:invokeLambdaFunction nor onFailure from a document. Stubbed answers, no real sleeping. Prints the result as JSON.
//
//     node cdk.js ANSWERS-AS-JSON

'use strict';

const { Stack } = require('aws-cdk-lib');
const ssm = require('@cdklabs/cdk-ssm-documents');

const answers = JSON.parse(process.argv[2]);

/** Answers as a scenario does: by step, successive calls in turn, the last one again and again. */
class ScenarioInvoker {
  calls = [];
  lambdas = [answers.exportOrders, answers.publishReport];
  looks = [...answers.waitForReport];

  invoke({ awsApi }) {
    this.calls.push(awsApi);
    switch (awsApi) {
      case 'invoke':
        return this.lambdas.shift();
      case 'runTask':
        return answers.startReport;
      case 'describeTasks':
        return this.looks.length > 1 ? this.looks.shift() : this.looks[0];
      default:
        throw new Error(`an unexpected call: ${awsApi}`);
    }
  }
}

const text = (name, defaultValue) => ssm.Input.ofTypeString(name, { defaultValue });
const variable = (name) => ssm.StringVariable.of(name);

const stack = new Stack();
const runbook = new ssm.AutomationDocument(stack, 'Report', {
  docInputs: [
    text('ExportFunction', 'export-orders'),
    text('PublishFunction', 'publish-report'),
    text('ReportTask', 'sales-report:2'),
    text('ReportCluster', 'reporting'),
    text('ReportSubnet', 'subnet-0aa11bb22cc33dd44'),
    text('ReportSecurityGroup', 'sg-0ee55ff66aa77bb88'),
  ],
});
const ecs = new ssm.AwsService('ecs', 'ECS');
const onFailure = ssm.OnFailure.invokeStep(ssm.StepRef.fromName('letLogsArrive'));
const lambda = (name, functionName, more) =>
  new ssm.InvokeLambdaFunctionStep(stack, name, {
    functionName: variable(functionName),
    invocationType: ssm.HardCodedString.of('RequestResponse'),
    ...more,
  });

runbook.addStep(lambda('exportOrders', 'ExportFunction', { onFailure }));
runbook.addStep(
  new ssm.AwsApiStep(stack, 'startReport', {
    service: ecs,
    pascalCaseApi: 'RunTask',
    apiParams: {
      taskDefinition: variable('ReportTask'),
      cluster: variable('ReportCluster'),
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [variable('ReportSubnet')],
          securityGroups: [variable('ReportSecurityGroup')],
          assignPublicIp: 'ENABLED',
        },
      },
    },
    outputs: [{ name: 'taskArn', selector: '$.tasks[0].taskArn', outputType: ssm.DataTypeEnum.STRING }],
    onFailure,
  }),
);
runbook.addStep(
  new ssm.WaitForResourceStep(stack, 'waitForReport', {
    service: ecs,
    pascalCaseApi: 'DescribeTasks',
    apiParams: { cluster: variable('ReportCluster'), tasks: [variable('startReport.taskArn')] },
    selector: '$.tasks[0].containers[0].exitCode',
    desiredValues: [0],
    timeoutSeconds: 300,
    onFailure,
  }),
);
runbook.addStep(lambda('publishReport', 'PublishFunction', { isEnd: true }));
runbook.addStep(new ssm.SleepStep(stack, 'letLogsArrive', { sleepSeconds: 5, isEnd: true }));

const awsInvoker = new ScenarioInvoker();
const result = ssm.Simulation.ofAutomation(runbook, { awsInvoker, sleepHook: new ssm.MockSleep() }).simulate({
  ReportTask: 'sales-report:7',
});
// The package writes its progress to standard output, so this is the last line.
console.log(
  JSON.stringify({
    succeeded: result.responseCode === ssm.ResponseCode.SUCCESS,
    steps: result.executedSteps,
    calls: awsInvoker.calls,
  }),
);
