//! What is told of runs: again, as it happens, and in the log.

use std::process::Stdio;

use serde_json::Value;

use runbookc_tests::process::run;

use crate::{Machine, binaries, user};

#[test]
fn what_has_happened_is_told_again_and_as_it_happens() {
    let machine = Machine::new();
    let run = machine.start(&[], "ask");
    let logs = run.tell("logs", &[]).expect_code(0).stdout;
    assert!(logs.contains("gate starts, execution "), "{logs}");
    assert!(logs.contains("waits for approval, 0 of 1 given"), "{logs}");
    let mut follow = machine.command(&binaries().1, &["logs", "--follow", &run.id]);
    let follow = follow.stdout(Stdio::piped()).spawn().unwrap();
    run.tell("reject", &["--as", &user("ben"), "--comment", "no"])
        .expect_code(0);
    run.end().expect_code(1);
    let followed = follow.wait_with_output().unwrap();
    let followed = String::from_utf8_lossy(&followed.stdout).into_owned();
    assert!(followed.starts_with(&logs), "{followed}");
    assert!(
        followed.contains(&format!("rejected by {}: no", user("ben"))),
        "{followed}"
    );
}

#[test]
fn executions_that_are_not_there_are_told() {
    let machine = Machine::new();
    for command in ["show", "resume", "cancel", "logs"] {
        let ran = machine.gate(&[command, "0f1e2d"]).expect_code(2);
        let told =
            "error: the journal knows no execution `0f1e2d`\nhelp: `list --all` shows those in ";
        assert!(ran.stderr.starts_with(told), "{}", ran.stderr);
    }
    let listed = machine.gate(&["list"]).expect_code(0);
    assert_eq!(
        listed.stderr,
        "the journal has no such execution of this runbook\n"
    );
}

#[test]
fn log_says_as_much_as_the_environment_or_the_options_want() {
    let machine = Machine::new();
    let ran = |options: &[&str], wanted: Option<&str>| {
        let mut command = machine.command(
            &binaries().1,
            &["run", "--dry-run", "--region", "eu-west-1"],
        );
        command.args(options).stdin(Stdio::null());
        if let Some(wanted) = wanted {
            command.env("RUST_LOG", wanted);
        }
        run(&mut command).expect_code(0).stderr
    };
    let counts = |options: &[&str], wanted: Option<&str>| {
        let text = ran(options, wanted);
        (
            !of_level(&text, "INFO").is_empty(),
            !of_level(&text, "DEBUG").is_empty(),
        )
    };
    assert_eq!(counts(&[], None), (false, false));
    assert_eq!(counts(&["-v"], None), (false, false));
    assert_eq!(counts(&["-vv"], None), (true, true));
    assert_eq!(counts(&[], Some("info")), (true, false));
    assert_eq!(counts(&[], Some("debug")), (true, true));
    // The environment comes before the options, and what it says of others is theirs.
    assert_eq!(counts(&["-vv"], Some("off")), (false, false));
    assert_eq!(
        counts(&[], Some("hyper=debug,aws_config=trace")),
        (false, false)
    );

    let text = ran(&["--log-format", "json"], Some("debug"));
    let lines: Result<Vec<Value>, _> = text.lines().map(serde_json::from_str).collect();
    let lines = lines.unwrap_or_else(|error| panic!("{error}: {text}"));
    let of_nap = lines.iter().filter(|line| line["step"] == "nap");
    let levels: Vec<&str> = of_nap.filter_map(|line| line["level"].as_str()).collect();
    assert!(
        levels.contains(&"INFO") && levels.contains(&"DEBUG"),
        "{text}"
    );
}

/// The lines of a log that say something of a level.
fn of_level<'t>(text: &'t str, level: &str) -> Vec<&'t str> {
    let lines = text.lines();
    lines
        .filter(|line| line.contains(&format!(" {level} ")))
        .collect()
}
