//! Runs that are forgotten.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::{Machine, binaries, user};

#[test]
fn runs_are_forgotten_when_they_have_ended_and_others_when_it_is_said() {
    let machine = Machine::new();
    let ended = machine.start(&["--Secret", "first"], "ask");
    ended.tell("cancel", &[]).expect_code(0);
    let ended = ended.id.clone();
    machine.wait_until(|newest| newest["AutomationExecutionStatus"] == "Cancelled");
    let cut_off = machine.start(&["--Nap", "PT1H"], "nap").kill();
    let running = machine.start(&[], "ask");
    let known = || {
        let list = machine.list().into_iter();
        let ids = list.map(|entry| entry["AutomationExecutionId"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    let forget = |arguments: &[&str]| machine.gate(&[&["forget"], arguments].concat());

    let shown = |id: &str| machine.gate(&["show", id]).expect_code(0).stdout;
    let where_it_is = "gate: Waiting\nit is at ask, run by process ";
    assert!(shown(&running.id).contains(where_it_is));
    let way_on = format!("it was cut off at nap: `resume {cut_off}` goes on\n");
    assert!(shown(&cut_off).ends_with(&way_on));
    let told = told_first(&machine, &["logs", "--follow", &cut_off]);
    assert!(told.starts_with("nobody runs it now; "), "{told}");

    // Nothing goes that is not to go, nor what is named beside it.
    for (arguments, code, told) in [
        (&[][..], 2, "the following required arguments"),
        (
            &[&ended, "0f1e2d"],
            2,
            "the journal knows no execution `0f1e2d`",
        ),
        (
            &[&ended, &cut_off],
            1,
            "was cut off and has not ended: InProgress\nhelp: `resume ",
        ),
        (&["--cut-off", &running.id], 5, " is being run by process "),
        (&["--ended-before", "soon"], 2, "an age such as `30d`"),
        (&["--ended-before", "1h"], 0, "no execution forgotten\n"),
        (
            &["--ended-before", "2026-01-31", "--cut-off"],
            0,
            "no execution forgotten\n",
        ),
        (
            &["--ended-before", "0s", "--dry-run"],
            0,
            "1 execution would be forgotten\n",
        ),
    ] {
        let ran = forget(arguments).expect_code(code);
        assert!(ran.stderr.contains(told), "{arguments:?}: {}", ran.stderr);
        assert_eq!(known(), [&running.id, &cut_off, &ended].map(String::as_str));
    }

    let ran = forget(&["--ended-before", "0s"]).expect_code(0);
    assert!(ran.stdout.starts_with(&ended[..8]), "{}", ran.stdout);
    assert!(ran.stdout.contains("Cancelled"), "{}", ran.stdout);
    assert_eq!(known(), [&running.id, &cut_off].map(String::as_str));
    let ran = forget(&[&cut_off[..8], "--cut-off", "--output", "json"]).expect_code(0);
    assert_eq!(ran.json()[0]["AutomationExecutionId"], *cut_off);
    assert_eq!(known(), [running.id.as_str()]);
    machine.gate(&["resume", &cut_off]).expect_code(2);

    // Who runs has noticed nothing of it.
    let ana = user("ana");
    running.tell("reject", &["--as", &ana]).expect_code(0);
    let id = running.id.clone();
    running.end().expect_code(1);
    forget(&[&id]).expect_code(0);
    assert!(known().is_empty());
}

/// The first line that a command, which does not end by itself, writes as a note.
fn told_first(machine: &Machine, arguments: &[&str]) -> String {
    let mut command = machine.command(&binaries().1, arguments);
    let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    let mut told = String::new();
    let mut notes = BufReader::new(running.stderr.take().unwrap());
    notes.read_line(&mut told).unwrap();
    running.kill().unwrap();
    running.wait().unwrap();
    told
}
