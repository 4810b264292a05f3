//! Scripts that are stopped or dropped, and what is left of them.

use std::fs;
use std::future::pending;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use runbook_runtime::script::{Ending, Printing, Script};
use serde_json::json;

use crate::{map, python, returns, run, surroundings, wait};

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

/// A script that does not listen to SIGTERM, nor does its child.
fn deaf(mark: &Path) -> Script {
    Script {
        payload: map(json!({"mark": mark})),
        ..python(
            "import os, signal, subprocess, time\ndef handler(e, c):\n  signal.signal(signal.SIGTERM, signal.SIG_IGN)\n  print('started', flush=True)\n  child = subprocess.Popen(['sleep', '1000'])\n  with open(e['mark'] + '.part', 'w') as file:\n    file.write(f'{os.getpid()} {child.pid}')\n  os.rename(e['mark'] + '.part', e['mark'])\n  while True:\n    time.sleep(1000)",
        )
    }
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
