//! What runs scripts: the one that is there, and the one that is missing.

use std::process::Command;

use expect_test::expect;
use runbook_runtime::script::{
    Language, Note, ProbeError, Requirement, Runtime, Script, ScriptError, probe,
};
use serde_json::json;

use crate::{finished, go, map, python, returns, surroundings, wait};

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

fn has_powershell() -> bool {
    Command::new("pwsh").arg("-Version").output().is_ok()
}
