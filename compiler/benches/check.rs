//! How long a check takes per step, for runbooks of 100 to 10,000 steps: what it costs must grow with them, no faster.
//!
//! All of it counts, from the text to the program. The steps are of several kinds, and use one another's outputs.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark is for developers"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use runbookc::catalogue::Catalogue;
use runbookc::source::Source;

const SIZES: [usize; 3] = [100, 1_000, 10_000];

const HEAD: &str = "\
schemaVersion: '0.3'
parameters:
  Cluster: {type: String, default: demo}
  Ids: {type: StringList, default: [i-0123456789abcdef0]}
variables:
  seen: {type: String, default: ''}
mainSteps:
";

/// API calls whose outputs are used, with a branch after each.
fn calls(number: usize) -> String {
    format!(
        "  - name: run{number}
    action: aws:executeAwsApi
    inputs: {{Service: ecs, Api: RunTask, cluster: '{{{{ Cluster }}}}', taskDefinition: 'job:{number}'}}
    outputs:
      - {{Name: arn, Selector: '$.tasks[0].taskArn', Type: String}}
      - {{Name: names, Selector: '$.tasks..containers..name', Type: StringList}}
  - name: wait{number}
    action: aws:waitForAwsResourceProperty
    timeoutSeconds: 300
    onFailure: step:rest{number}
    inputs:
      Service: ecs
      Api: DescribeTasks
      cluster: '{{{{ Cluster }}}}'
      tasks: ['{{{{ run{number}.arn }}}}']
      PropertySelector: $.tasks[0].lastStatus
      DesiredValues: [STOPPED]
  - name: decide{number}
    action: aws:branch
    inputs:
      Choices:
        - {{NextStep: rest{number}, Variable: '{{{{ run{number}.arn }}}}', StartsWith: 'arn:'}}
      Default: stop{number}
  - name: stop{number}
    action: aws:changeInstanceState
    inputs: {{InstanceIds: ['{{{{ Ids }}}}'], DesiredState: stopped}}
  - name: rest{number}
    action: aws:sleep
    inputs: {{Duration: PT1S}}
"
    )
}

/// Loops with a variable and a script inside.
fn loops(number: usize) -> String {
    format!(
        "  - name: each{number}
    action: aws:loop
    inputs:
      Iterators: '{{{{ Ids }}}}'
      Steps:
        - name: note{number}
          action: aws:updateVariable
          inputs: {{Name: 'variable:seen', Value: '{{{{ each{number}.CurrentIteratorValue }}}}'}}
        - name: look{number}
          action: aws:executeAwsApi
          inputs: {{Service: ec2, Api: DescribeInstances, InstanceIds: ['{{{{ variable:seen }}}}']}}
          outputs:
            - {{Name: state, Selector: '$.Reservations[0].Instances[0].State.Name', Type: String}}
        - name: judge{number}
          action: aws:executeScript
          inputs:
            Runtime: python3.11
            Handler: main
            InputPayload: {{state: '{{{{ look{number}.state }}}}'}}
            Script: |
              def main(events, context):
                  return {{'good': events['state'] == 'running'}}
        - name: pause{number}
          action: aws:sleep
          inputs: {{Duration: PT1S}}
"
    )
}

/// Steps that use the output of the first one, all of them.
fn fan(number: usize) -> String {
    let first = match number {
        0 => {
            "  - name: first
    action: aws:executeAwsApi
    inputs: {Service: sts, Api: GetCallerIdentity}
    outputs:
      - {Name: account, Selector: $.Account, Type: String}
"
        }
        _ => "",
    };
    format!(
        "{first}  - name: tag{number}
    action: aws:createTags
    inputs:
      ResourceIds: ['{{{{ Ids }}}}']
      Tags: [{{Key: account, Value: '{{{{ first.account }}}}'}}]
"
    )
}

/// A runbook of so many steps.
fn runbook(steps: usize, group: fn(usize) -> String) -> Source {
    let of_a_group = group(1).matches("- name: ").count();
    let mut text = HEAD.to_owned();
    for number in 0..steps / of_a_group {
        write!(text, "{}", group(number)).unwrap();
    }
    Source::new("long.yaml", text)
}

/// Times checks, and says what a step costs.
fn measure(criterion: &mut Criterion, name: &str, steps: usize, group: fn(usize) -> String) {
    let source = runbook(steps, group);
    let catalogue = Catalogue::embedded();
    let found = runbookc::compile(&source, catalogue).diagnostics;
    assert!(!found.has_errors(), "{:?}", found.into_vec());
    let (mut best, mut criterion) = (Duration::MAX, criterion.benchmark_group(name));
    criterion
        .throughput(Throughput::Elements(steps.try_into().unwrap()))
        .sample_size(10);
    criterion.bench_function(BenchmarkId::from_parameter(steps), |bencher| {
        bencher.iter_custom(|times| {
            let started = Instant::now();
            for _ in 0..times {
                black_box(runbookc::compile(&source, catalogue));
            }
            let taken = started.elapsed();
            best = best.min(taken / u32::try_from(times).unwrap());
            taken
        });
    });
    criterion.finish();
    if best < Duration::MAX {
        let microseconds = best.as_secs_f64() * 1e6 / f64::from(u32::try_from(steps).unwrap());
        println!("{name}, {steps} steps: {microseconds:.1} µs per step");
    }
}

fn checks(criterion: &mut Criterion) {
    for steps in SIZES {
        measure(criterion, "calls and branches", steps, calls);
    }
    for steps in SIZES {
        measure(criterion, "loops and scripts", steps, loops);
    }
    for steps in SIZES {
        measure(criterion, "one output used by all", steps, fan);
    }
}

criterion_group!(benches, checks);
criterion_main!(benches);
