//! What is masked by `--mask` is not printed, wherever it stands.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

mod ecs_run_task;

use std::ffi::OsString;
use std::io::Write;
use std::sync::{Arc, Mutex};

use ecs_run_task::EcsRunTask;
use runbook_runtime::cli::{Console, Exit, Program, Stream};
use runbook_runtime::report::Form;
use serde_json::{Value, json};

/// The service tells the value in the middle of its error, and again quoted.
const REFUSED: &str = r#"
answers:
  Lambda.Invoke: {StatusCode: 200}
  ECS.RunTask: {error: {code: ClusterNotFoundException, message: 'no xtopsecretx: {"name":"topsecret"}'}}
"#;

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Plays [`REFUSED`]; gives the exit code, and what was printed as a result and beside it.
fn run(arguments: &[&str]) -> (Exit, String, String) {
    let folder = tempfile::TempDir::new().unwrap();
    let scenario = folder.path().join("it.yaml");
    std::fs::write(&scenario, REFUSED).unwrap();
    let (output, errors) = (Buffer::default(), Buffer::default());
    let mut console = Console {
        input: Box::new(std::io::empty()),
        asks: false,
        output: Stream::new(output.clone()),
        errors: Stream::new(errors.clone()),
        form: Form::Lines,
        state: None,
    };
    let scenario = scenario.display().to_string();
    let before = ["runbook", "run", "--simulate", &scenario];
    let arguments = before.iter().chain(arguments).map(OsString::from);
    let exit = Program::<EcsRunTask>::new().execute(arguments, &mut console);
    (exit, output.text(), errors.text())
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
