//! What is printed beside the result: logs, and nothing of what is masked.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

mod console;
mod ecs_run_task;

use std::sync::Mutex;

use console::Ran;
use ecs_run_task::EcsRunTask;
use expect_test::expect;
use runbook_runtime::cli::{Exit, Program};
use runbook_runtime::report::Form;
use serde_json::{Value, json};

/// The service tells the value in the middle of its error, and again quoted.
const REFUSED: &str = r#"
answers:
  Lambda.Invoke: {StatusCode: 200}
  ECS.RunTask: {error: {code: ClusterNotFoundException, message: 'no xtopsecretx: {"name":"topsecret"}'}}
"#;

/// Plays [`REFUSED`]; gives the exit code, and what was printed as a result and beside it.
fn run(arguments: &[&str]) -> (Exit, String, String) {
    // What `tracing` knows of who listens, it knows for all threads: one command at a time, as in any other process.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock();
    let folder = tempfile::TempDir::new().unwrap();
    let scenario = folder.path().join("it.yaml");
    std::fs::write(&scenario, REFUSED).unwrap();
    let scenario = scenario.display().to_string();
    let arguments = [["run", "--simulate", &scenario].as_slice(), arguments].concat();
    let program = Program::<EcsRunTask>::new();
    let Ran {
        exit,
        output,
        errors,
    } = console::execute(Form::Lines, &program, &arguments, "");
    (exit, output, errors)
}

const HIDDEN: [&str; 4] = ["--Cluster", "topsecret", "--mask", "Cluster"];

#[test]
fn without_a_mask_everything_is_shown() {
    let (exit, output, errors) = run(&["--Cluster", "topsecret"]);
    assert_eq!(exit, Exit::Failed);
    assert!(output.contains("xtopsecretx") && errors.contains("xtopsecretx"));
}

#[test]
fn a_masked_value_is_hidden_in_progress_and_summary() {
    let (exit, output, errors) = run(&HIDDEN);
    assert_eq!(exit, Exit::Failed);
    for text in [output, errors] {
        assert!(text.contains(r#"no x***x: {"name":"***"}"#), "{text}");
        assert!(!text.contains("topsecret"), "{text}");
    }
}

#[test]
fn a_masked_value_is_hidden_in_the_record() {
    let (_, output, _) = run(&[&HIDDEN[..], &["--output", "json"]].concat());
    assert!(!output.contains("topsecret"), "{output}");
    let record: Value = serde_json::from_str(&output).unwrap();
    let execution = &record["AutomationExecution"];
    assert_eq!(execution["Parameters"]["Cluster"], json!(["***"]));
    let step = execution["StepExecutions"].as_array().unwrap().iter();
    let step = step.clone().find(|step| step["StepName"] == "ecs").unwrap();
    assert_eq!(step["Inputs"]["cluster"], "\"***\"");
}

#[test]
fn a_masked_value_is_hidden_in_complaints_about_it() {
    let (exit, _, errors) = run(&["--Cluster", "TOP secret", "--mask", "Cluster"]);
    assert_eq!(exit, Exit::Usage);
    assert!(
        errors.contains("Cluster") && errors.contains("***"),
        "{errors}"
    );
    assert!(!errors.contains("secret"), "{errors}");
}

#[test]
fn what_stands_everywhere_cannot_be_masked() {
    for arguments in [
        ["--Cluster", "top", "--mask", "Cluster"],
        ["--Cluster", "topsecret", "--mask", "Count"],
    ] {
        let (exit, output, errors) = run(&arguments);
        assert_eq!(exit, Exit::Usage);
        assert_eq!(output, "");
        let refused = format!("`--mask {}`", arguments[3]);
        assert!(errors.contains(&refused), "{errors}");
        assert!(errors.contains("shorter than 4 characters"), "{errors}");
    }
}

#[test]
fn only_a_parameter_can_be_masked() {
    let (exit, _, errors) = run(&["--Cluster", "topsecret", "--mask", "Clutser"]);
    assert_eq!(exit, Exit::Usage);
    assert!(errors.contains("'Cluster'"), "{errors}");
}

#[test]
fn nothing_is_logged_unasked() {
    let (_, _, errors) = run(&["--Cluster", "demo", "-v"]);
    assert!(
        !errors.contains("INFO") && !errors.contains("DEBUG"),
        "{errors}"
    );
}

#[test]
fn verbose_twice_logs_steps_and_calls() {
    let (_, _, errors) = run(&["--Cluster", "demo", "-vv"]);
    let log = errors
        .lines()
        .filter(|line| !line.starts_with("simulated  "));
    let log: Vec<&str> = log.collect();
    expect![[r#"
        2026-01-01T12:00:00Z INFO execution started execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true
        2026-01-01T12:00:00Z INFO step started execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=lambda1
        2026-01-01T12:00:00Z DEBUG call made execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=lambda1 calls=Lambda.Invoke attempt=1 number=1
        2026-01-01T12:00:00Z DEBUG call answered execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=lambda1 calls=Lambda.Invoke number=1 milliseconds=0
        2026-01-01T12:00:00Z INFO step ended execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=lambda1 status=Success milliseconds=0
        2026-01-01T12:00:00Z INFO step started execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=ecs
        2026-01-01T12:00:00Z DEBUG call made execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=ecs calls=ECS.RunTask attempt=1 number=1
        2026-01-01T12:00:00Z WARN call failed execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=ecs number=1 milliseconds=0 error="An error occurred (ClusterNotFoundException) when calling the RunTask operation: no xtopsecretx: {\"name\":\"topsecret\"}"
        2026-01-01T12:00:00Z INFO step ended execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=ecs status=Failed milliseconds=0 failure="Step fails when it is Execute/Cancelling action. An error occurred (ClusterNotFoundException) when calling the RunTask operation: no xtopsecretx: {\"name\":\"topsecret\"}. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."
        2026-01-01T12:00:00Z INFO step started execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=Sleep
        2026-01-01T12:00:00Z DEBUG waiting execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=Sleep until=2026-01-01T12:00:03Z reason=sleep
        2026-01-01T12:00:03Z INFO step ended execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true step=Sleep status=Success milliseconds=3000
        2026-01-01T12:00:03Z INFO execution ended execution=bfa56338-630c-52d6-9378-bf9cd82f7dbd runbook=ecs-run-task simulated=true status=Failed"#]].assert_eq(&log.join("\n"));
}

#[test]
fn a_log_for_programs_has_an_object_on_every_line_and_no_masked_value() {
    let (_, _, errors) = run(&[&HIDDEN[..], &["--log-format", "json"]].concat());
    let lines = errors.lines().map(serde_json::from_str);
    let lines: Vec<Value> = lines.collect::<Result<_, _>>().unwrap();
    let failed = lines.iter().find(|line| line["message"] == "call failed");
    let failed = failed.unwrap();
    assert_eq!(failed["level"], "WARN");
    assert_eq!(failed["step"], "ecs");
    assert_eq!(failed["simulated"], true);
    assert!(failed["error"].as_str().unwrap().contains("no x***x"));
    assert!(!errors.contains("topsecret"));
    // Calls that succeed are for who wants to see more.
    assert!(lines.iter().all(|line| line["level"] != "DEBUG"));
}
