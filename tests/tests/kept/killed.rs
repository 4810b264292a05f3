//! Runs that were killed, and go on in another process.

use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use runbookc_tests::process::run;
use runbookc_tests::stand_in::ACCOUNT;

use crate::{Machine, binaries, statuses, user};

#[test]
fn a_killed_run_goes_on_where_it_was_and_knows_what_was_said() {
    let machine = Machine::new();
    let run = machine.start(&["--Secret", "kept"], "ask");
    run.tell("approve", &["--as", &user("ana")]).expect_code(0);
    machine.wait_for("look");
    let id = run.kill();

    let cut = &machine.list()[0];
    assert_eq!(cut["CutOff"], true);
    let listed = machine.gate(&["list"]).expect_code(0).stdout;
    assert!(
        listed.contains("Waiting") && listed.contains("cut off: look"),
        "{listed}"
    );

    // What is said meanwhile counts when somebody runs it again.
    let later = machine
        .gate(&["resume", &id, "look", "--as", &user("ana")])
        .expect_code(0);
    assert!(
        later.stdout.starts_with("nobody runs execution"),
        "{}",
        later.stdout
    );
    // Until it does, nobody refuses it, however long that takes.
    machine.0.slow_down(Duration::from_secs(2));
    let ran = machine
        .gate(&["resume", &id[..8], "--output", "json"])
        .expect_code(0);
    machine.0.slow_down(Duration::ZERO);
    assert!(
        ran.stderr.contains("goes on; it was cut off at"),
        "{}",
        ran.stderr
    );
    let record = ran.json();
    assert_eq!(record["AutomationExecution"]["AutomationExecutionId"], id);
    assert_eq!(
        record["AutomationExecution"]["Parameters"],
        json!({"Secret": ["kept"]})
    );
    assert_eq!(statuses(&record)[2], "look Success");

    // A run that has ended only shows what came of it.
    let shown = machine
        .gate(&["show", &id, "--output", "json"])
        .expect_code(0);
    assert_eq!(shown.json(), record);
    let again = machine
        .gate(&["resume", &id, "--output", "json"])
        .expect_code(0);
    assert_eq!(again.json(), record);
}

#[test]
fn what_a_killed_run_has_promised_is_kept_by_whoever_goes_on() {
    let machine = Machine::new();
    let run = machine.start(&["--Nap", "PT3S"], "nap");
    let told = run.tell("stop", &["--complete"]).expect_code(0);
    assert_eq!(told.stdout, "ends after the step under way\n");
    let id = run.kill();

    let ran = machine
        .gate(&["resume", &id, "--output", "json"])
        .expect_code(0);
    assert_eq!(
        statuses(&ran.json()),
        ["nap Success", "ask Pending", "look Pending", "tidy Pending"]
    );
}

#[test]
fn an_execution_goes_on_in_no_other_account() {
    let machine = Machine::new();
    let id = machine.start(&[], "ask").kill();
    machine.0.move_to("444455556666");
    let refused = machine.gate(&["resume", &id]).expect_code(5);
    assert_eq!(
        refused.stderr,
        format!(
            "error: execution {id} has begun in account {ACCOUNT}, and would go on in account 444455556666: \
             nothing that it has made is there\n\
             help: continue it with credentials of that account: sign in to it, or set AWS_PROFILE\n\
             help: nothing is lost; `resume {id}` goes on from there\n"
        )
    );

    // What was asked for while nobody ran it comes before anything else.
    machine.gate(&["cancel", &id]).expect_code(0);
    machine.0.move_to(ACCOUNT);
    let record = machine
        .gate(&["resume", &id, "--output", "json"])
        .expect_code(4);
    assert_eq!(statuses(&record.json())[1], "ask Cancelled");
}

#[test]
fn one_process_runs_an_execution_and_the_other_says_who() {
    let machine = Machine::new();
    let run = machine.start(&[], "ask");
    let held = run.tell("resume", &[]).expect_code(5);
    let line = format!(
        "error: execution {} is being run by process {} since ",
        run.id,
        run.child.id()
    );
    assert!(held.stderr.starts_with(&line), "{}", held.stderr);
    let id = run.kill();

    // Of two at once, one goes on.
    let mut both: Vec<Child> = (0..2)
        .map(|_| {
            let mut command = machine.command(&binaries().1, &["resume", &id]);
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let patience = Instant::now();
    let loser = loop {
        let ended = both
            .iter_mut()
            .position(|child| child.try_wait().unwrap().is_some());
        if let Some(position) = ended {
            break both.remove(position);
        }
        assert!(patience.elapsed() < Duration::from_secs(30));
        sleep(Duration::from_millis(10));
    };
    let winner = both.remove(0);
    let lost = loser.wait_with_output().unwrap();
    assert_eq!(lost.status.code(), Some(5));
    let told = String::from_utf8_lossy(&lost.stderr).into_owned();
    assert!(
        told.contains(&format!("is being run by process {}", winner.id())),
        "{told}"
    );
    machine.gate(&["cancel", &id]).expect_code(0);
    assert_eq!(winner.wait_with_output().unwrap().status.code(), Some(4));
}

#[test]
fn another_version_of_the_runbook_goes_on_only_by_force() {
    let machine = Machine::new();
    let id = machine.start(&[], "ask").kill();
    let second = &binaries().2;
    let other = run(&mut machine.command(second, &["resume", &id])).expect_code(5);
    assert!(
        other
            .stderr
            .contains("was started from another version of gate.yaml"),
        "{}",
        other.stderr
    );
    assert!(other.stderr.contains("--force"), "{}", other.stderr);
    run(&mut machine.command(second, &["reject", &id, "--as", &user("ben")])).expect_code(0);
    let forced = run(&mut machine.command(second, &["resume", &id, "--force", "--output", "json"]))
        .expect_code(1);
    assert_eq!(statuses(&forced.json())[1], "ask Failed");
}
