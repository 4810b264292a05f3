//! What is around a script: its folder, its environment, its attachments.

use std::future::pending;
use std::io::{Cursor, Write};
use std::path::Path;

use expect_test::{Expect, expect};
use runbook_runtime::script::{Attachment, Credentials, Script};
use runbook_runtime::value::Document;
use serde_json::json;

use crate::{finished, go, python, returns, run, surroundings, wait};

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

/// What is about AWS in the environment. Where the machine's certificates lie is its own.
const ENVIRONMENT: &str = "import os\ndef handler(e, c):\n  return {k: v for k, v in os.environ.items() if k.startswith(('AWS_', 'BOTO')) and k != 'AWS_CA_BUNDLE'}";

#[test]
fn a_script_without_credentials_has_no_way_to_any() {
    let ran = go(&python(ENVIRONMENT));
    let found = finished(&ran).clone().unwrap();
    expect![[r#"
        {
          "Payload": {
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

fn sorted(document: &Document) -> String {
    let mut copy = document.clone();
    copy.sort_all_objects();
    serde_json::to_string_pretty(&copy).unwrap()
}
