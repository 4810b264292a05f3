//! Runs that outlive their process, and people who tell them something from elsewhere: a real binary, several processes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use runbookc_tests::folder::Folder;
use runbookc_tests::paths::compiler;
use runbookc_tests::process::{Ran, run};
use runbookc_tests::stand_in::{ACCOUNT, Roles, StandIn};

const RUNBOOK: &str = "
schemaVersion: '0.3'
description: Sleeps, asks and pauses.
parameters:
  Nap: {type: String, default: PT0S}
  Secret: {type: String, default: none}
mainSteps:
  - name: nap
    action: aws:sleep
    onCancel: step:tidy
    inputs: {Duration: '{{ Nap }}'}
  - name: ask
    action: aws:approve
    inputs: {Approvers: [ana, ben], Message: 'Go on?'}
  - name: look
    action: aws:pause
    onCancel: step:tidy
    inputs: {}
    isEnd: true
  - name: tidy
    action: aws:executeAwsApi
    inputs: {Service: sts, Api: GetCallerIdentity}
    isEnd: true
outputs: [ask.ApprovalStatus]
";

/// Binaries of the runbook and of another version of it, built once.
fn binaries() -> &'static (Folder, PathBuf, PathBuf) {
    static BINARIES: OnceLock<(Folder, PathBuf, PathBuf)> = OnceLock::new();
    BINARIES.get_or_init(|| {
        let folder = Folder::new();
        let build = |folder_name: &str, text: &str| {
            let runbook = folder.path().join(folder_name).join("gate.yaml");
            runbookc_tests::folder::write(&runbook, text);
            let binary = folder.path().join(folder_name).join("gate");
            run(compiler(["build", "--output"]).arg(&binary).arg(runbook)).expect_code(0);
            binary
        };
        let first = build("first", RUNBOOK);
        let second = build("second", &RUNBOOK.replace("Go on?", "Really go on?"));
        (folder, first, second)
    })
}

fn user(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

/// A machine with an AWS, and a folder for state.
struct Machine(StandIn);

impl Machine {
    fn new() -> Self {
        Self(StandIn::start(Roles::Denied))
    }

    fn command(&self, binary: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary);
        self.0.seen_by(command.args(arguments));
        command
    }

    fn gate(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(&binaries().1, arguments))
    }

    /// Starts a run whose standard input is closed, and waits until it has come to a step.
    fn start(&self, arguments: &[&str], step: &str) -> Run<'_> {
        let mut command = self.command(&binaries().1, &["run", "--output", "json"]);
        command.args(arguments).stdin(Stdio::null());
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut run = Run {
            machine: self,
            child: child.unwrap(),
            id: String::new(),
        };
        run.id = self.wait_for(step);
        run
    }

    /// Waits until the newest run is at a step, and gives its id.
    fn wait_for(&self, step: &str) -> String {
        let patience = Instant::now();
        while patience.elapsed() < Duration::from_secs(60) {
            if let Some(newest) = self.list().first()
                && newest["CurrentStepName"] == step
                && (step == "nap" || newest["AutomationExecutionStatus"] == "Waiting")
            {
                return newest["AutomationExecutionId"].as_str().unwrap().to_owned();
            }
            sleep(Duration::from_millis(20));
        }
        panic!("no run has come to `{step}`: {:?}", self.list());
    }

    fn list(&self) -> Vec<Value> {
        let list = self.gate(&["list", "--output", "json"]).expect_code(0);
        list.json().as_array().unwrap().clone()
    }
}

struct Run<'a> {
    machine: &'a Machine,
    child: Child,
    id: String,
}

impl Run<'_> {
    /// Runs a command about the run.
    fn tell(&self, command: &str, arguments: &[&str]) -> Ran {
        let arguments = [&[command, &self.id[..8]], arguments].concat();
        self.machine.gate(&arguments)
    }

    fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.id
    }

    fn end(self) -> Ran {
        let output = self.child.wait_with_output().unwrap();
        Ran {
            command: "run".to_owned(),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

fn statuses(record: &Value) -> Vec<String> {
    let steps = record["AutomationExecution"]["StepExecutions"]
        .as_array()
        .unwrap();
    let status = |step: &Value| {
        format!(
            "{} {}",
            step["StepName"].as_str().unwrap(),
            step["StepStatus"].as_str().unwrap()
        )
    };
    steps.iter().map(status).collect()
}

#[test]
fn people_decide_from_another_terminal() {
    let machine = Machine::new();
    let run = machine.start(&[], "ask");

    let refused = run.tell("approve", &["--as", &user("eve")]).expect_code(1);
    let line = format!(
        "error: refused: {} is none of the approvers of `ask`: ana, ben\n",
        user("eve")
    );
    assert_eq!(refused.stderr, line);
    let refused = run.tell("resume", &["ask"]).expect_code(1);
    assert!(
        refused.stderr.contains("cannot be resumed"),
        "{}",
        refused.stderr
    );

    let asked = Instant::now();
    let approved = run
        .tell(
            "approve",
            &["ask", "--as", &user("ana"), "--comment", "fine"],
        )
        .expect_code(0);
    assert_eq!(approved.stdout, format!("approved by {}\n", user("ana")));
    assert!(asked.elapsed() < Duration::from_secs(5));

    machine.wait_for("look");
    run.tell("resume", &["look"]).expect_code(0);
    let ran = run.end().expect_code(0);
    let record = ran.json();
    assert_eq!(
        statuses(&record),
        ["nap Success", "ask Success", "look Success", "tidy Pending"]
    );
    let decision =
        &record["AutomationExecution"]["StepExecutions"][1]["Outputs"]["ApproverDecisions"][0];
    assert!(
        decision.as_str().unwrap().contains("\"Comment\":\"fine\""),
        "{decision}"
    );
    let closed = "standard input is closed: nobody here can decide about `ask`; it waits until";
    assert!(ran.stderr.contains(closed), "{}", ran.stderr);
}

#[test]
fn a_decision_before_its_time_is_refused() {
    let machine = Machine::new();
    let run = machine.start(&["--Nap", "PT1H"], "nap");
    let refused = run.tell("reject", &["--as", &user("ana")]).expect_code(1);
    assert_eq!(
        refused.stderr,
        "error: refused: no step waits for a signal\n"
    );
    run.tell("cancel", &[]).expect_code(0);
    run.end().expect_code(4);
}

#[test]
fn a_run_is_cancelled_from_another_terminal_and_its_handler_runs() {
    let machine = Machine::new();
    let run = machine.start(&["--Nap", "PT1H"], "nap");
    run.tell("cancel", &[]).expect_code(0);
    let record = run.end().expect_code(4).json();
    assert_eq!(
        statuses(&record),
        [
            "nap Cancelled",
            "ask Pending",
            "look Pending",
            "tidy Success"
        ]
    );
    let ended = machine.list()[0]["AutomationExecutionId"].clone();
    let late = machine
        .gate(&["cancel", ended.as_str().unwrap()])
        .expect_code(1);
    assert!(
        late.stderr.contains("has ended: Cancelled"),
        "{}",
        late.stderr
    );
}

#[test]
fn a_run_ends_after_the_step_under_way() {
    let machine = Machine::new();
    let run = machine.start(&["--Nap", "PT3S"], "nap");
    run.tell("stop", &["--complete"]).expect_code(0);
    let record = run.end().expect_code(0).json();
    assert_eq!(
        record["AutomationExecution"]["AutomationExecutionStatus"],
        "Success"
    );
    assert_eq!(
        statuses(&record),
        ["nap Success", "ask Pending", "look Pending", "tidy Pending"]
    );
}

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
    let ran = machine
        .gate(&["resume", &id[..8], "--output", "json"])
        .expect_code(0);
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

#[test]
fn an_interactive_run_asks_before_each_step() {
    let machine = Machine::new();
    let mut command = machine.command(&binaries().1, &["run", "--interactive", "--output", "json"]);
    let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = streams.stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A step that is not the next one is not started.
    stdin.write_all(b"start ask\nstart nap\n").unwrap();
    machine.wait_until(|newest| {
        newest["CurrentStepName"] == "ask" && newest["AutomationExecutionStatus"] == "Waiting"
    });
    stdin.write_all(b"complete\n").unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record["AutomationExecution"]["Mode"], "Interactive");
    assert_eq!(statuses(&record)[..2], ["nap Success", "ask Pending"]);
    assert!(
        told.contains("refused: `ask` does not wait for a signal, `nap` does"),
        "{told}"
    );

    // From another terminal.
    let run = machine.start_interactive();
    run.tell("start", &["nap"]).expect_code(0);
    run.tell("stop", &["--complete"]).expect_code(0);
    assert_eq!(statuses(&run.end().expect_code(0).json())[1], "ask Pending");
}

impl Machine {
    fn wait_until(&self, holds: impl Fn(&Value) -> bool) -> String {
        let patience = Instant::now();
        while patience.elapsed() < Duration::from_secs(60) {
            if let Some(newest) = self.list().first().filter(|newest| holds(newest)) {
                return newest["AutomationExecutionId"].as_str().unwrap().to_owned();
            }
            sleep(Duration::from_millis(20));
        }
        panic!("{:?}", self.list());
    }

    fn start_interactive(&self) -> Run<'_> {
        let mut command =
            self.command(&binaries().1, &["run", "--interactive", "--output", "json"]);
        let streams = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = streams.spawn().unwrap();
        let id = self.wait_until(|newest| newest["AutomationExecutionStatus"] == "Waiting");
        Run {
            machine: self,
            child,
            id,
        }
    }
}

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

/// Waits until the executions for the targets of a run are at these steps.
fn wait_for_targets(run: &Run<'_>, wanted: &[&str]) {
    let patience = Instant::now();
    let at = || {
        let shown = run.tell("show", &["--output", "json"]).json();
        let children = shown["ChildExecutions"].as_array().into_iter().flatten();
        let at = children.map(|child| {
            let execution = &child["AutomationExecution"];
            let step = execution["CurrentStepName"].as_str();
            let status = execution["AutomationExecutionStatus"].as_str();
            step.or(status).unwrap_or_default().to_owned()
        });
        at.collect::<Vec<_>>()
    };
    while at() != wanted {
        assert!(patience.elapsed() < Duration::from_secs(60), "{:?}", at());
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn letter_reaches_the_one_of_several_that_it_is_for() {
    let machine = Machine::new();
    let targets = [
        "--target-parameter",
        "Secret",
        "--target",
        "one",
        "two",
        "three",
    ];
    let errors = ["--max-errors", "1"];
    let mut command = machine.command(&binaries().1, &["run", "--output", "json"]);
    command.args(targets).args(errors).stdin(Stdio::null());
    let streams = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = streams.spawn().unwrap();
    let id = machine.wait_until(|_| true);
    let run = Run {
        machine: &machine,
        child,
        id,
    };
    let ana = user("ana");
    let say = |what: &str, step: &str| run.tell(what, &[step, "--as", &ana]);

    // One runs first, and alone.
    wait_for_targets(&run, &["ask"]);
    // It has no process of its own: nobody drives it beside its parent, and no letter to it is lost.
    let shown = run.tell("show", &["--output", "json"]).json();
    let child = &shown["ChildExecutions"][0]["AutomationExecution"];
    let child = child["AutomationExecutionId"].as_str().unwrap();
    for command in ["resume", "cancel", "approve", "forget"] {
        let ran = machine.gate(&[command, child]).expect_code(2);
        let told = format!(
            "error: execution {child} belongs to execution {} of `gate`",
            run.id
        );
        assert!(ran.stderr.starts_with(&told), "{}", ran.stderr);
    }
    say("approve", "[1]/ask").expect_code(0);
    wait_for_targets(&run, &["look"]);
    say("resume", "[1]/look").expect_code(0);

    wait_for_targets(&run, &["Success", "ask", "ask"]);
    say("approve", "[3]/ask").expect_code(0);
    wait_for_targets(&run, &["Success", "ask", "look"]);
    say("reject", "[2]/ask").expect_code(0);
    wait_for_targets(&run, &["Success", "Failed", "look"]);
    say("resume", "[3]/look").expect_code(0);
    let record = run.end().expect_code(0).json();
    assert_eq!(
        statuses(&record),
        ["one Success", "two Failed", "three Success"]
    );
}

/// The lines of a log that say something of a level.
fn of_level<'t>(text: &'t str, level: &str) -> Vec<&'t str> {
    let lines = text.lines();
    lines
        .filter(|line| line.contains(&format!(" {level} ")))
        .collect()
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

const EACH: &str = "
schemaVersion: '0.3'
description: Tells who it is for, and naps.
parameters:
  Name: {type: String}
  Nap: {type: String, default: PT0S}
mainSteps:
  - name: tell
    action: aws:executeAwsApi
    inputs: {Service: sns, Api: Publish, TopicArn: 'arn:aws:sns:us-east-1:111122223333:names', Message: '{{ Name }}'}
  - name: nap
    action: aws:sleep
    inputs: {Duration: '{{ Nap }}'}
";

#[test]
fn run_for_several_targets_goes_on_where_it_was_killed() {
    let folder = Folder::new();
    let runbook = folder.write("each.yaml", EACH);
    let maps = "[{Name: ana}, {Name: ben, Nap: PT20S}, {Name: cas}, {Name: dan}]";
    let maps = folder.write("maps.yaml", maps);
    let binary = folder.path().join("each");
    run(compiler(["build", "--output"]).arg(&binary).arg(runbook)).expect_code(0);
    let machine = Machine::new();
    let each = |arguments: &[&str]| run(&mut machine.command(&binary, arguments));

    let mut command = machine.command(&binary, &["run", "--max-concurrency", "2"]);
    let command = command.arg("--target-maps").arg(maps).stdin(Stdio::null());
    let streams = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = streams.spawn().unwrap();
    // The others have come and gone; one naps.
    let summary = |record: &Value| record["AutomationExecution"]["TargetsSummary"].clone();
    let almost = json!({"TotalCount": 4, "StartedCount": 4, "CompletedCount": 3, "SuccessfulCount": 3, "FailedCount": 0});
    let patience = Instant::now();
    let (id, before) = loop {
        assert!(patience.elapsed() < Duration::from_secs(60), "nobody naps");
        sleep(Duration::from_millis(20));
        let list = each(&["list", "--output", "json"]).expect_code(0).json();
        let Some(id) = list[0]["AutomationExecutionId"].as_str().map(str::to_owned) else {
            continue;
        };
        let record = each(&["show", &id, "--output", "json"]).json();
        if summary(&record) == almost {
            break (id, record);
        }
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(machine.0.calls("Publish").len(), 4);

    let logs = each(&["logs", &id]).expect_code(0);
    for line in ["[Name=ana] tell", "[Name=ben Nap=PT20S] nap"] {
        assert!(logs.stdout.contains(line), "{line}\n{}", logs.stdout);
    }
    let resumed = each(&["resume", &id, "--output", "json"]).expect_code(0);
    // What had ended was not run again, and who napped went on.
    assert_eq!(machine.0.calls("Publish").len(), 4);
    let after = resumed.json();
    assert_eq!(summary(&after)["SuccessfulCount"], 4);
    assert_eq!(after["ChildExecutions"][0], before["ChildExecutions"][0]);
    assert_eq!(
        statuses(&after),
        [
            "Name=ana Success",
            "Name=ben Nap=PT20S Success",
            "Name=cas Success",
            "Name=dan Success"
        ]
    );
    assert!(
        resumed.stderr.contains("[Name=ben Nap=PT20S] nap"),
        "{}",
        resumed.stderr
    );
    assert!(!resumed.stderr.contains("[Name=ana]"), "{}", resumed.stderr);
}
