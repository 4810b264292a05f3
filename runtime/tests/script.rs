//! Scripts, run by the machine's own Python and PowerShell.
#![cfg(all(unix, feature = "script"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests may panic"
)]

use std::fs;
use std::future::{Future, pending};
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use expect_test::{Expect, expect};
use runbook_runtime::failure::Failure;
use runbook_runtime::script::{
    Attachment, Aws, Credentials, Ending, Kept, Language, Note, Printing, ProbeError, Requirement,
    Run, Runtime, Script, ScriptError, Surroundings, fill, probe,
};
use runbook_runtime::value::Document;
use serde_json::json;

#[test]
fn a_handler_gets_events_and_context_and_its_value_is_the_payload() {
    let script = Script {
        payload: map(json!({"ids": ["i-1", "i-2"], "count": 2})),
        context: map(json!({"global:REGION": "eu-west-1"})),
        ..python("def handler(a, b):\n  return [a['ids'], a['count'] + 1, b['global:REGION']]")
    };
    returns(&script, r#"{"Payload":[["i-1","i-2"],3,"eu-west-1"]}"#);
}

#[test]
fn none_is_no_payload() {
    returns(&python("def handler(events, context):\n  pass"), "{}");
}

#[test]
fn a_returned_list_is_cut_to_a_hundred_elements() {
    let ran = go(&python("def handler(e, c):\n  return tuple(range(1000))"));
    let payload = finished(&ran).as_ref().unwrap()["Payload"].as_array();
    assert_eq!(payload.unwrap().len(), 100);
}

#[test]
fn text_of_every_language_survives() {
    returns(
        &python("def handler(e, c):\n  return 'Grüße, ☕ \\n'"),
        r#"{"Payload":"Grüße, ☕ \n"}"#,
    );
}

#[test]
fn what_is_printed_is_no_answer() {
    let ran = go(&python(
        "import sys\ndef handler(e, c):\n  print('{\"returned\": 1}')\n  print('oh', file=sys.stderr)\n  return 2",
    ));
    assert_eq!(finished(&ran).as_ref().unwrap(), &json!({"Payload": 2}));
    assert_eq!(ran.output.stdout.text, "{\"returned\": 1}\n");
    assert_eq!(ran.output.stderr.text, "oh\n");
}

#[test]
fn of_long_outputs_the_end_is_kept() {
    let ran = go(&python(
        "def handler(e, c):\n  print('a' * 100_000)\n  print('the end')",
    ));
    let stdout = &ran.output.stdout;
    assert_eq!(stdout.text.len(), Kept::LIMIT);
    assert!(stdout.text.ends_with("a\nthe end\n"));
    assert_eq!(stdout.dropped, 100_001 + 8 - Kept::LIMIT as u64);
    assert!(
        stdout
            .to_string()
            .starts_with("[34473 bytes before this are not kept]\naaa")
    );
}

#[test]
fn an_exception_fails_with_the_traceback_of_the_script_alone() {
    fails(
        "def f(events):\n    return events['x']\n\ndef handler(events, context):\n    return f(events)",
        expect![[r#"
            Step fails when it is Poll action status for completion. Traceback (most recent call last):
              File "FOLDER/customer_script.py", line 5, in handler
                return f(events)
              File "FOLDER/customer_script.py", line 2, in f
                return events['x']

            KeyError - 'x'. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."#]],
    );
}

#[test]
fn failures_before_the_call_of_the_handler_tell_what_is_wrong() {
    fails(
        "def handler(events, context)\n  pass",
        expect![
            "Step fails when it is Poll action status for completion. SyntaxError - expected ':' (customer_script.py, line 1). Please refer to Automation Service Troubleshooting Guide for more diagnosis details."
        ],
    );
    fails(
        "raise RuntimeError('no')",
        expect![[r#"
            Step fails when it is Poll action status for completion. Traceback (most recent call last):
              File "FOLDER/customer_script.py", line 1, in <module>
                raise RuntimeError('no')

            RuntimeError - no. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."#]],
    );
    fails(
        "def other(events, context): pass",
        expect![
            "Step fails when it is Poll action status for completion. AttributeError - module 'customer_script' has no attribute 'handler'. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."
        ],
    );
}

#[test]
fn values_that_are_no_json_fail() {
    for (value, reason) in [
        (
            "{1, 2}",
            "TypeError: Object of type set is not JSON serializable",
        ),
        (
            "float('nan')",
            "ValueError: Out of range float values are not JSON compliant",
        ),
        (
            "handler",
            "TypeError: Object of type function is not JSON serializable",
        ),
    ] {
        let ran = go(&python(&format!("def handler(e, c):\n  return {value}")));
        let Err(ScriptError::NotJson(found)) = finished(&ran) else {
            panic!("{ran:?}");
        };
        assert!(found.starts_with(reason), "{found}");
    }
}

#[test]
fn a_payload_of_more_than_100_kb_fails() {
    let ran = go(&python("def handler(e, c):\n  return 'a' * 102_400"));
    let error = ScriptError::TooLarge {
        size: 102_402,
        limit: 102_400,
    };
    assert_eq!(finished(&ran), &Err(error));
    let fits = go(&python("def handler(e, c):\n  return 'a' * 102_398"));
    assert!(finished(&fits).is_ok());
}

#[test]
fn a_process_that_ends_without_an_answer_fails_with_its_last_words() {
    let ran = go(&python(
        "import os, sys\ndef handler(e, c):\n  print('bad luck', file=sys.stderr, flush=True)\n  os._exit(3)",
    ));
    expect![[r#"
        The script ended with exit status: 3 before its handler returned:
        bad luck"#]]
    .assert_eq(&finished(&ran).as_ref().unwrap_err().to_string());
    let ran = go(&python(
        "import sys\ndef handler(e, c):\n  sys.exit('enough')",
    ));
    let Err(ScriptError::Raised(traceback)) = finished(&ran) else {
        panic!("{ran:?}");
    };
    assert!(
        traceback.ends_with("\n\nSystemExit - enough"),
        "{traceback}"
    );
}

#[test]
fn every_attempt_has_a_private_folder_of_its_own_which_is_removed() {
    let script = python(
        "import os, stat\ndef handler(e, c):\n  open('left', 'w').close()\n  mode = stat.S_IMODE(os.stat('.').st_mode)\n  return [os.getcwd(), oct(mode), sorted(os.listdir('.'))]",
    );
    let [first, second] = [(); 2].map(|()| finished(&go(&script)).clone().unwrap());
    assert_ne!(first["Payload"][0], second["Payload"][0]);
    for found in [first, second] {
        assert_eq!(found["Payload"][1], "0o700");
        assert_eq!(found["Payload"][2], json!(["customer_script.py", "left"]));
        let folder = found["Payload"][0].as_str().unwrap();
        assert!(!Path::new(folder).exists());
    }
}

const ENVIRONMENT: &str = "import os\ndef handler(e, c):\n  return {k: v for k, v in os.environ.items() if k.startswith(('AWS_', 'BOTO'))}";

#[test]
fn a_script_without_credentials_has_no_way_to_any() {
    let ran = go(&python(ENVIRONMENT));
    let found = finished(&ran).clone().unwrap();
    expect![[r#"
        {
          "Payload": {
            "AWS_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REGION": "eu-west-1",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "BOTO_CONFIG": "/dev/null"
          }
        }"#]]
    .assert_eq(&sorted(&found));
}

#[test]
fn a_script_has_the_credentials_that_it_is_given() {
    let credentials = Credentials {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "secret".to_owned(),
        session_token: Some("token".to_owned()),
    };
    assert_eq!(format!("{credentials:?}"), "Credentials(AKIDEXAMPLE)");
    let mut surroundings = surroundings();
    surroundings.aws.credentials = Some(credentials);
    surroundings.aws.endpoint = Some("http://127.0.0.1:1".to_owned());
    let ran = wait(run(&python(ENVIRONMENT), &surroundings, pending::<()>()));
    let payload = &finished(&ran).as_ref().unwrap()["Payload"];
    assert_eq!(payload["AWS_ACCESS_KEY_ID"], "AKIDEXAMPLE");
    assert_eq!(payload["AWS_SECRET_ACCESS_KEY"], "secret");
    assert_eq!(payload["AWS_SESSION_TOKEN"], "token");
    assert_eq!(payload["AWS_ENDPOINT_URL"], "http://127.0.0.1:1");
}

#[test]
fn nothing_else_of_the_environment_is_inherited() {
    let script = python(
        "import os\ndef handler(e, c):\n  return [os.environ.get('CARGO_MANIFEST_DIR'), 'PATH' in os.environ]",
    );
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    returns(&script, r#"{"Payload":[null,true]}"#);
}

#[test]
fn handlers_and_modules_are_found_in_attachments() {
    let archive = archive(&[
        (
            "main.py",
            "from helpers.text import loud\ndef go(e, c):\n  return loud('zip')",
        ),
        ("helpers/__init__.py", ""),
        ("helpers/text.py", "def loud(text):\n  return text.upper()"),
    ]);
    let attached = |name: &str, content: Vec<u8>, handler: &str, text: &str| Script {
        attachment: Some(Attachment {
            name: name.to_owned(),
            content: Some(content),
        }),
        handler: Some(handler.to_owned()),
        ..python(text)
    };
    returns(
        &attached("a.zip", archive.clone(), "main.go", ""),
        r#"{"Payload":"ZIP"}"#,
    );
    returns(
        &attached(
            "a.zip",
            archive,
            "handler",
            "from main import go\ndef handler(e, c):\n  return go(e, c) * 2",
        ),
        r#"{"Payload":"ZIPZIP"}"#,
    );
    let single = b"def f(e, c):\n  return 'py'".to_vec();
    returns(
        &attached("one.py", single.clone(), "one.f", ""),
        r#"{"Payload":"py"}"#,
    );
    // A file alone needs no name: the guide's own sample gives none.
    returns(&attached("one.py", single, "f", ""), r#"{"Payload":"py"}"#);
}

#[test]
fn attachments_cannot_leave_the_folder() {
    let outside = archive(&[("fine.py", ""), ("../../evil.py", "")]);
    refused(
        "a.zip",
        outside,
        expect![
            "The attachment `a.zip` cannot be used: its entry `../../evil.py` lies outside the folder of the script"
        ],
    );
    refused(
        "a.zip",
        link(),
        expect!["The attachment `a.zip` cannot be used: its entry `way` is a link"],
    );
    refused(
        "../evil.py",
        Vec::new(),
        expect!["The attachment `../evil.py` cannot be used: its name must not hold a folder"],
    );
    refused(
        "data.tar.gz",
        Vec::new(),
        expect!["The attachment `data.tar.gz` cannot be used: it must be a `.zip` or a `.py` file"],
    );
    refused(
        "a.zip",
        b"no archive".to_vec(),
        expect!["The attachment `a.zip` cannot be used: invalid Zip archive: Could not find EOCD"],
    );
}

#[test]
fn a_stopped_script_ends_with_all_its_children() {
    // The child inherits neither the folder's name nor a handler for SIGTERM; it writes its own process id.
    let started = tempfile::tempdir().unwrap();
    let mark = started.path().join("children");
    let script = Script {
        payload: map(json!({"mark": mark})),
        ..python(
            "import os, subprocess, time\ndef handler(e, c):\n  child = subprocess.Popen(['sleep', '1000'])\n  with open(e['mark'] + '.part', 'w') as file:\n    file.write(f'{os.getpid()} {child.pid}')\n  os.rename(e['mark'] + '.part', e['mark'])\n  time.sleep(1000)",
        )
    };
    let ran = wait(run(&script, &surroundings(), appears(&mark, "stop")));
    assert!(matches!(ran.ending, Ending::Stopped("stop")), "{ran:?}");
    assert_gone(&mark);
    assert_eq!(ran.left_behind, None);
}

#[test]
fn a_script_that_ignores_termination_is_killed() {
    let started = tempfile::tempdir().unwrap();
    let mark = started.path().join("children");
    let script = deaf(&mark);
    let ran = wait(run(&script, &surroundings(), appears(&mark, 7)));
    assert!(matches!(ran.ending, Ending::Stopped(7)), "{ran:?}");
    assert_eq!(ran.output.stdout.text, "started\n");
    assert_gone(&mark);
}

#[test]
fn a_dropped_run_is_killed() {
    let started = tempfile::tempdir().unwrap();
    let mark = started.path().join("children");
    let script = deaf(&mark);
    wait(async {
        let surroundings = surroundings();
        tokio::select! {
            _ = run(&script, &surroundings, pending::<()>()) => panic!("it never ends"),
            () = appears(&mark, ()) => {}
        }
    });
    assert_gone(&mark);
}

#[test]
fn what_a_dropped_run_has_printed_can_be_seen() {
    let printing = Printing::default();
    let script =
        python("import time\ndef handler(e, c):\n  print('so far', flush=True)\n  time.sleep(600)");
    wait(async {
        let surroundings = surroundings();
        let run = runbook_runtime::script::run(&script, &surroundings, &printing, pending::<()>());
        let printed = async {
            while printing.output().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::select! {
            _ = run => panic!("it never ends"),
            () = printed => {}
        }
    });
    assert_eq!(printing.output().stdout.text, "so far\n");
}

#[test]
fn references_are_filled_in_one_after_the_other() {
    let text = "a = '{{ X }}'\nb = '{{Y}}'\nc = '{{ X }}'\n";
    let values = ["{{Y}}", "y", "x"].map(str::to_owned);
    let [first, second, third] = values;
    let filled = fill(
        text,
        [("{{ X }}", first), ("{{Y}}", second), ("{{ X }}", third)],
    );
    assert_eq!(filled, "a = '{{Y}}'\nb = 'y'\nc = 'x'\n");
}

#[test]
fn children_that_a_script_leaves_behind_end_with_it() {
    let started = tempfile::tempdir().unwrap();
    let mark = started.path().join("children");
    let script = Script {
        payload: map(json!({"mark": mark})),
        ..python(
            "import subprocess\ndef handler(e, c):\n  child = subprocess.Popen(['sleep', '1000'])\n  with open(e['mark'], 'w') as file:\n    file.write(str(child.pid))\n  return 'done'",
        )
    };
    returns(&script, r#"{"Payload":"done"}"#);
    assert_gone(&mark);
}

#[test]
fn scripts_run_at_once_in_their_own_folders() {
    let script = python("import os\ndef handler(e, c):\n  return os.getcwd()");
    let surroundings = surroundings();
    let (first, second) = wait(async {
        tokio::join!(
            run(&script, &surroundings, pending::<()>()),
            run(&script, &surroundings, pending::<()>())
        )
    });
    assert_ne!(finished(&first), finished(&second));
}

#[test]
fn the_probe_tells_versions_and_missing_modules() {
    let python = |version: (u32, u32), modules| Requirement {
        step: "convert",
        runtime: Runtime::python(version.0, version.1),
        modules,
    };
    let aws = surroundings().aws;
    let notes = wait(probe(&[python((3, 0), &["json"])], &aws)).unwrap();
    let [Note::OtherVersion { found, .. }] = notes.as_slice() else {
        panic!("{notes:?}");
    };
    let note = notes[0].to_string();
    assert_eq!(
        note,
        format!("scripts for Python 3.0 run with {found}, which is installed here")
    );
    let same = wait(probe(&[python(found.version, &[])], &aws));
    assert_eq!(same, Ok(Vec::new()));

    let missing = wait(probe(&[python(found.version, &["no_such_module"])], &aws));
    let Err(ProbeError::NoModule {
        step,
        module,
        python,
    }) = &missing
    else {
        panic!("{missing:?}");
    };
    assert_eq!((*step, module.as_str()), ("convert", "no_such_module"));
    assert!(
        missing
            .as_ref()
            .unwrap_err()
            .to_string()
            .ends_with(&format!("help: {python} -m pip install no_such_module"))
    );
}

#[test]
fn powershell_gets_its_input_by_the_environment() {
    if !has_powershell() {
        return eprintln!("skipped: there is no pwsh");
    }
    let script = Script {
        runtime: Runtime::power_shell(7, 4),
        handler: None,
        payload: map(json!({"name": "x"})),
        ..python(
            "$in = $env:InputPayload | ConvertFrom-Json\nreturn @{ greeting = \"hi $($in.name)\" }",
        )
    };
    returns(&script, r#"{"Payload":{"greeting":"hi x"}}"#);
    let script = Script {
        text: "throw 'no'".to_owned(),
        ..script
    };
    let ran = go(&script);
    assert!(
        matches!(finished(&ran), Err(ScriptError::Raised(_))),
        "{ran:?}"
    );
}

#[test]
fn a_missing_interpreter_is_told_with_a_way_out() {
    if has_powershell() {
        return eprintln!("skipped: there is a pwsh");
    }
    let script = Script {
        runtime: Runtime::power_shell(7, 4),
        ..python("return 1")
    };
    expect!["`pwsh` is not installed, which runs scripts in PowerShell; install PowerShell 7, or put the folder of `pwsh` into PATH"]
        .assert_eq(&finished(&go(&script)).as_ref().unwrap_err().to_string());
    let needed = Requirement {
        step: "convert",
        runtime: Runtime::power_shell(7, 4),
        modules: &[],
    };
    let found = wait(probe(&[needed], &surroundings().aws));
    assert_eq!(
        found,
        Err(ProbeError::NoInterpreter {
            language: Language::PowerShell
        })
    );
}

fn python(text: &str) -> Script {
    Script {
        runtime: Runtime::python(3, 11),
        text: text.to_owned(),
        handler: Some("handler".to_owned()),
        payload: serde_json::Map::new(),
        context: serde_json::Map::new(),
        attachment: None,
    }
}

/// A script that does not listen to SIGTERM, nor does its child.
fn deaf(mark: &Path) -> Script {
    Script {
        payload: map(json!({"mark": mark})),
        ..python(
            "import os, signal, subprocess, time\ndef handler(e, c):\n  signal.signal(signal.SIGTERM, signal.SIG_IGN)\n  print('started', flush=True)\n  child = subprocess.Popen(['sleep', '1000'])\n  with open(e['mark'] + '.part', 'w') as file:\n    file.write(f'{os.getpid()} {child.pid}')\n  os.rename(e['mark'] + '.part', e['mark'])\n  while True:\n    time.sleep(1000)",
        )
    }
}

fn surroundings() -> Surroundings {
    let aws = Aws {
        region: "eu-west-1".to_owned(),
        credentials: None,
        endpoint: None,
    };
    Surroundings {
        grace: Duration::from_millis(300),
        ..Surroundings::new(aws)
    }
}

fn map(value: Document) -> serde_json::Map<String, Document> {
    value.as_object().unwrap().clone()
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

async fn run<T>(
    script: &Script,
    surroundings: &Surroundings,
    stop: impl Future<Output = T>,
) -> Run<T> {
    runbook_runtime::script::run(script, surroundings, &Printing::default(), stop).await
}

fn go(script: &Script) -> Run<()> {
    wait(run(script, &surroundings(), pending()))
}

fn finished<T: std::fmt::Debug>(ran: &Run<T>) -> &Result<Document, ScriptError> {
    match &ran.ending {
        Ending::Finished(result) => result,
        Ending::Stopped(reason) => panic!("stopped: {reason:?}"),
    }
}

fn returns(script: &Script, answer: &str) {
    let ran = go(script);
    match finished(&ran) {
        Ok(found) => assert_eq!(found.to_string(), answer),
        Err(error) => panic!("{error}\n{}", ran.output.stderr),
    }
}

fn fails(text: &str, expected: Expect) {
    let ran = go(&python(text));
    let failure = Failure::from(finished(&ran).as_ref().unwrap_err());
    let pattern = failure.message.split("File \"").nth(1);
    let folder = pattern
        .and_then(|rest| rest.split_once("/customer_script"))
        .map(|(folder, _)| folder);
    let message = match folder {
        Some(folder) => failure.message.replace(folder, "FOLDER"),
        None => failure.message,
    };
    expected.assert_eq(&message);
}

fn refused(name: &str, content: Vec<u8>, expected: Expect) {
    let script = Script {
        attachment: Some(Attachment {
            name: name.to_owned(),
            content: Some(content),
        }),
        ..python("def handler(e, c): pass")
    };
    expected.assert_eq(&finished(&go(&script)).as_ref().unwrap_err().to_string());
}

fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn link() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("way", "/etc", zip::write::SimpleFileOptions::default())
        .unwrap();
    writer.finish().unwrap().into_inner()
}

/// Gives `reason` once a file is there.
async fn appears<T>(file: &Path, reason: T) -> T {
    while !file.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    reason
}

/// The processes whose ids are in a file come to their end.
fn assert_gone(file: &Path) {
    let ids = fs::read_to_string(file).unwrap();
    for id in ids.split_whitespace() {
        // What was killed may take a moment to be gone; what survives sleeps far longer than these tries last.
        let gone = (0..1000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            !is_running(id)
        });
        assert!(gone, "process {id} is still there");
    }
}

/// Whether a process runs; one that has ended but was not waited for does not.
fn is_running(id: &str) -> bool {
    let shown = Command::new("ps")
        .args(["-o", "stat=", "-p", id])
        .output()
        .unwrap();
    let state = String::from_utf8(shown.stdout).unwrap();
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

fn has_powershell() -> bool {
    Command::new("pwsh").arg("-Version").output().is_ok()
}

fn sorted(document: &Document) -> String {
    let mut copy = document.clone();
    copy.sort_all_objects();
    serde_json::to_string_pretty(&copy).unwrap()
}
