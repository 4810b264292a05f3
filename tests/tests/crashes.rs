//! Processes that are killed at any moment: what was done is done once, and every execution comes to its end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use runbook_runtime::caller::EffectId;
use runbook_runtime::event::Change;
use runbook_runtime::journal::Journal;
use runbook_runtime::store::Store;
use serde_json::Value;

use runbookc_tests::effects::Effects;
use runbookc_tests::folder::{Folder, read};
use runbookc_tests::paths::{compiler, outside};
use runbookc_tests::process::{Ran, run};

/// The five steps of a job in a container: a function, a task, the wait for its end, a pause, a function.
const JOB: &str = "
schemaVersion: '0.3'
parameters:
  Run: {type: String}
mainSteps:
  - name: export
    action: aws:invokeLambdaFunction
    inputs: {FunctionName: export, Payload: 'export-{{ Run }}'}
  - name: ecs
    action: aws:executeAwsApi
    inputs: {Service: ecs, Api: RunTask, taskDefinition: report, group: '{{ Run }}'}
    outputs: [{Name: task, Selector: '$.tasks[0].taskArn', Type: String}]
  - name: wait
    action: aws:waitForAwsResourceProperty
    inputs:
      Service: ecs
      Api: DescribeTasks
      tasks: ['{{ ecs.task }}']
      PropertySelector: '$.tasks[0].lastStatus'
      DesiredValues: [STOPPED]
  - name: nap
    action: aws:sleep
    inputs: {Duration: PT1S}
  - name: publish
    action: aws:invokeLambdaFunction
    inputs: {FunctionName: publish, Payload: 'publish-{{ Run }}'}
outputs: [ecs.task]
";

/// A loop whose iterations start tasks, make images, and count.
const ROUNDS: &str = "
schemaVersion: '0.3'
parameters:
  Run: {type: String}
variables:
  Last: {type: String, default: none}
mainSteps:
  - name: each
    action: aws:loop
    inputs:
      Iterators: [a, b, c, d]
      Steps:
        - name: ecs
          action: aws:executeAwsApi
          inputs: {Service: ecs, Api: RunTask, taskDefinition: report, group: '{{ Run }}-{{ each.CurrentIteratorValue }}'}
        - name: image
          action: aws:executeAwsApi
          inputs: {Service: ec2, Api: CreateImage, InstanceId: i-1, Name: '{{ Run }}-{{ each.CurrentIteratorValue }}'}
        - name: count
          action: aws:updateVariable
          inputs: {Name: 'variable:Last', Value: '{{ each.CurrentIteratorValue }}'}
  - name: nap
    action: aws:sleep
    inputs: {Duration: PT1S}
";

fn build(folder: &Folder, name: &str, text: &str) -> PathBuf {
    let runbook = folder.write(&format!("{name}.yaml"), text);
    let binary = folder.path().join(name);
    run(compiler(["build", "--output"]).arg(&binary).arg(runbook)).expect_code(0);
    binary
}

/// A runbook that is to be killed.
struct Prey {
    binary: PathBuf,
    /// Its parameters in an execution of this name, by which its effects are told from those of others.
    parameters: fn(&str) -> Vec<String>,
}

impl Prey {
    /// One that takes the name as its parameter `Run`.
    fn named(folder: &Folder, name: &str, text: &str) -> Self {
        Self {
            binary: build(folder, name, text),
            parameters: |name| vec!["--Run".to_owned(), name.to_owned()],
        }
    }
}

/// An execution that is killed again and again.
struct Victim<'a> {
    prey: &'a Prey,
    aws: &'a Effects,
    state: &'a Path,
    /// What tells its effects from those of others.
    name: String,
    random: &'a AtomicU64,
    kills: &'a AtomicUsize,
    /// The answers that its journal had at some time, and how often their effects had been done then.
    answers: BTreeMap<String, (Value, usize)>,
}

impl Victim<'_> {
    fn random(&self, below: u64) -> u64 {
        let step = |seed: u64| {
            let next = seed.wrapping_mul(6_364_136_223_846_793_005);
            Some(next.wrapping_add(1_442_695_040_888_963_407))
        };
        let seed = self
            .random
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
        (seed.unwrap_or_default() >> 33) % below
    }

    fn spawn(&self, arguments: &[&str]) -> (Child, PathBuf) {
        let told = self.state.join(format!("{}.stderr", self.name));
        let errors = std::fs::File::create(&told).unwrap();
        let mut command = Command::new(&self.prey.binary);
        command.args(arguments).arg("--state-dir").arg(self.state);
        let streams = self
            .aws
            .seen_by(&mut command)
            .stdin(Stdio::null())
            .stderr(errors);
        (streams.stdout(Stdio::piped()).spawn().unwrap(), told)
    }

    /// Runs to the end, through so many kills at most.
    fn run(&mut self, most: usize) -> Ran {
        let mut id: Option<String> = None;
        for killed in 0.. {
            let parameters = (self.prey.parameters)(&self.name);
            let arguments = match id.as_deref() {
                Some(id) => vec!["resume", id, "--output", "json", "--on-unknown", "repeat"],
                None => ["run", "--output", "json"]
                    .into_iter()
                    .chain(parameters.iter().map(String::as_str))
                    .collect(),
            };
            let (child, told) = self.spawn(&arguments);
            let patience = match killed < most {
                true => Duration::from_millis(30 + self.random(1500)),
                false => Duration::from_secs(120),
            };
            if let Some(ran) = ended_within(child, patience, &told) {
                // Killed before its first commit, an execution never was.
                if ran.stderr.contains("the journal knows no execution") {
                    id = None;
                    continue;
                }
                return ran;
            }
            assert!(killed < most, "it does not end: {}", read(&told));
            self.kills.fetch_add(1, Ordering::Relaxed);
            id = id.or_else(|| {
                let told = read(&told);
                let (_, rest) = told.split_once("execution ")?;
                rest.get(..36).map(str::to_owned)
            });
            if let Some(id) = &id {
                self.look(id);
            }
        }
        unreachable!("the last process is not killed")
    }

    /// Compares the journal with what it was before.
    fn look(&mut self, id: &str) {
        let journal = Journal::open(self.state).unwrap();
        for event in journal.events(id.parse().unwrap()).unwrap() {
            let Change::Answered { effect, answer } = event.change else {
                continue;
            };
            let key = format!(
                "{}/{}/{}/{}",
                effect.step, effect.attempt, effect.call, effect.number
            );
            let (answer, done) = (Arc::unwrap_or_clone(answer), self.done(&effect));
            let (before, done_before) = self
                .answers
                .entry(key.clone())
                .or_insert((answer.clone(), done));
            assert_eq!(*before, answer, "{key} of {}", self.name);
            assert_eq!(*done_before, done, "{key} of {} was done again", self.name);
        }
    }

    /// How often an effect without a token was done.
    fn done(&self, effect: &EffectId) -> usize {
        let item = effect
            .step
            .split_once('[')
            .map(|(_, rest)| match rest.get(..1) {
                Some("1") => "a",
                Some("2") => "b",
                Some("3") => "c",
                _ => "d",
            });
        let name = &self.name;
        match (effect.step_name(), item) {
            ("export" | "lambda1", _) => self.aws.others(&format!("Invoke export-{name}")),
            ("publish" | "lambda2", _) => self.aws.others(&format!("Invoke publish-{name}")),
            ("image", Some(item)) => self.aws.others(&format!("CreateImage {name}-{item}")),
            _ => 0,
        }
    }
}

/// Waits for the end of a process, and kills it when its time is up.
fn ended_within(mut child: Child, patience: Duration, told: &Path) -> Option<Ran> {
    let started = Instant::now();
    // Its output is short enough for the pipe.
    while started.elapsed() < patience {
        if child.try_wait().unwrap().is_some() {
            let output = child.wait_with_output().unwrap();
            return Some(Ran {
                command: "the binary".to_owned(),
                code: output.status.code(),
                stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
                stderr: read(told),
            });
        }
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

/// Kills executions of a runbook until there have been so many kills, several at once, with one journal.
fn kill_many(prey: &Prey, seed: u64, wanted: usize, check: impl Fn(&Effects, &str, &Value) + Sync) {
    let aws = Effects::start();
    let state = Folder::new();
    let (random, kills) = (AtomicU64::new(seed), AtomicUsize::new(0));
    let number = AtomicUsize::new(0);
    let ended = Mutex::new(0);
    thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| {
                while kills.load(Ordering::Relaxed) < wanted {
                    let name = format!("run{}", number.fetch_add(1, Ordering::Relaxed));
                    let mut victim = Victim {
                        prey,
                        aws: &aws,
                        state: state.path(),
                        name: name.clone(),
                        random: &random,
                        kills: &kills,
                        answers: BTreeMap::new(),
                    };
                    let record = victim.run(12).expect_code(0).json();
                    let execution = &record["AutomationExecution"];
                    assert_eq!(execution["AutomationExecutionStatus"], "Success");
                    victim.look(execution["AutomationExecutionId"].as_str().unwrap());
                    check(&aws, &name, execution);
                    *ended.lock().unwrap() += 1;
                }
            });
        }
    });
    assert!(kills.load(Ordering::Relaxed) >= wanted);
    println!(
        "{} kills, {} executions",
        kills.load(Ordering::Relaxed),
        ended.lock().unwrap()
    );
}

#[test]
fn job_that_is_killed_a_hundred_times_does_everything_once() {
    let folder = Folder::new();
    let job = Prey::named(&folder, "job", JOB);
    kill_many(&job, 1, 110, |aws, name, execution| {
        assert_eq!(aws.tasks(name), 1, "tasks of {name}");
        // The output is that of the one task.
        assert_eq!(
            execution["Outputs"]["ecs.task"].as_array().unwrap().len(),
            1
        );
    });
}

#[test]
fn seed_that_is_killed_a_hundred_times_does_everything_once() {
    let Some(seed) = outside("RUNBOOKC_SEED") else {
        return eprintln!("skipped: set RUNBOOKC_SEED to the seed's runbook");
    };
    let folder = Folder::new();
    let seed = Prey {
        binary: build(&folder, "seed", &read(&seed)),
        parameters: |name| {
            let function =
                |number, what| [format!("--FunctionName{number}"), format!("{what}-{name}")];
            let cluster = ["--Cluster".to_owned(), name.to_owned()];
            [function(1, "export"), function(2, "publish"), cluster].concat()
        },
    };
    kill_many(&seed, 3, 110, |aws, name, execution| {
        assert_eq!(aws.tasks(name), 1, "tasks of {name}");
        for what in ["export", "publish"] {
            assert!(aws.others(&format!("Invoke {what}-{name}")) >= 1);
        }
        let statuses = execution["StepExecutions"].as_array().unwrap().iter();
        let statuses: Vec<_> = statuses
            .map(|step| step["StepStatus"].as_str().unwrap())
            .collect();
        assert_eq!(
            statuses,
            ["Success", "Success", "Success", "Success", "Pending"]
        );
    });
}

#[test]
fn loop_that_is_killed_a_hundred_times_does_everything_once() {
    let folder = Folder::new();
    let rounds = Prey::named(&folder, "rounds", ROUNDS);
    kill_many(&rounds, 2, 110, |aws, name, execution| {
        for item in ["a", "b", "c", "d"] {
            assert_eq!(
                aws.tasks(&format!("{name}-{item}")),
                1,
                "tasks of {name}-{item}"
            );
            assert!(aws.others(&format!("CreateImage {name}-{item}")) >= 1);
        }
        assert_eq!(execution["Variables"]["Last"], serde_json::json!(["d"]));
        assert_eq!(execution["StepExecutions"].as_array().unwrap().len(), 14);
    });
}

/// A disk that is soon full, until this value goes.
struct SmallDisk(Folder);

impl SmallDisk {
    /// Nothing where this user may not mount one.
    fn mount() -> Option<Self> {
        let folder = Folder::new();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]);
        let mounted = mount.arg(folder.path()).stderr(Stdio::null()).status();
        mounted
            .is_ok_and(|status| status.success())
            .then(|| Self(folder))
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }

    /// Leaves no room.
    fn fill(&self) {
        let mut filler = std::fs::File::create(self.filler()).unwrap();
        while std::io::Write::write_all(&mut filler, &[0; 512]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn run_whose_disk_is_full_keeps_what_was_done_and_goes_on_later() {
    let folder = Folder::new();
    let rounds = Prey::named(&folder, "rounds", ROUNDS);
    let binary = &rounds.binary;
    let aws = Effects::start();
    let mut stopped = 0;
    for round in 0..12 {
        let Some(disk) = SmallDisk::mount() else {
            println!("this user may not mount a disk: nothing was tried");
            return;
        };
        let (random, kills) = (AtomicU64::new(round), AtomicUsize::new(0));
        let name = format!("full{round}");
        let victim = Victim {
            prey: &rounds,
            aws: &aws,
            state: disk.0.path(),
            name: name.clone(),
            random: &random,
            kills: &kills,
            answers: BTreeMap::new(),
        };
        let mut command = Command::new(binary);
        command.args(["run", "--output", "json", "--Run", &name, "--state-dir"]);
        let streams = aws.seen_by(command.arg(disk.0.path())).stdin(Stdio::null());
        let child = streams
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(80 + victim.random(900)));
        disk.fill();
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        disk.free();
        let ran = match output.status.code() {
            Some(0) => String::from_utf8_lossy(&output.stdout).into_owned(),
            Some(5) => {
                stopped += 1;
                assert!(
                    told.contains("the journal cannot be written")
                        || told.contains("cannot be used"),
                    "{told}"
                );
                let list = |state: &Path| {
                    let mut list = Command::new(binary);
                    run(list
                        .args(["list", "--output", "json", "--state-dir"])
                        .arg(state))
                    .expect_code(0)
                    .json()
                };
                match list(disk.0.path())[0]["AutomationExecutionId"].as_str() {
                    Some(id) => {
                        let mut resume = Command::new(binary);
                        // No call is in doubt: there was room for every answer.
                        resume
                            .args(["resume", id, "--output", "json", "--state-dir"])
                            .arg(disk.0.path());
                        run(aws.seen_by(&mut resume)).expect_code(0).stdout
                    }
                    // It was full before anything was done.
                    None => continue,
                }
            }
            code => panic!("{code:?}: {told}"),
        };
        let record: Value = serde_json::from_str(&ran).unwrap();
        assert_eq!(
            record["AutomationExecution"]["AutomationExecutionStatus"],
            "Success"
        );
        for item in ["a", "b", "c", "d"] {
            assert_eq!(aws.tasks(&format!("{name}-{item}")), 1);
            assert_eq!(
                aws.others(&format!("CreateImage {name}-{item}")),
                1,
                "{told}"
            );
        }
    }
    assert!(stopped > 3, "the disk has stopped {stopped} runs");
}

/// Scripts one after the other, of which the first waits until the disk is full.
const SCRIPTS: &str = "
schemaVersion: '0.3'
parameters:
  Folder: {type: String}
mainSteps:
  - name: each
    action: aws:loop
    inputs:
      Iterators: [a, b, c, d]
      Steps:
        - name: note
          action: aws:executeScript
          inputs:
            Runtime: python3.11
            Handler: main
            InputPayload: {folder: '{{ Folder }}', item: '{{ each.CurrentIteratorValue }}'}
            Script: |
              import os, time
              def main(events, context):
                  with open(events['folder'] + '/done', 'a') as done:
                      done.write(events['item'])
                  while not os.path.exists(events['folder'] + '/full'):
                      time.sleep(0.01)
";

#[test]
fn what_is_answered_when_the_disk_is_full_already_is_kept() {
    let Some(disk) = SmallDisk::mount() else {
        println!("this user may not mount a disk: nothing was tried");
        return;
    };
    let folder = Folder::new();
    let binary = build(&folder, "scripts", SCRIPTS);
    let aws = Effects::start();
    let done = || std::fs::read_to_string(folder.path().join("done")).unwrap_or_default();
    let mut command = Command::new(&binary);
    command
        .args(["run", "--output", "json", "--Folder"])
        .arg(folder.path());
    let streams = aws.seen_by(command.arg("--state-dir").arg(disk.0.path()));
    let child = streams.stderr(Stdio::piped()).spawn().unwrap();
    while done().is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    disk.fill();
    folder.write("full", "");
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(5), "{told}");
    assert!(
        told.contains("there is no room on the disk for another answer"),
        "{told}"
    );
    disk.free();

    let id = told
        .split("resume ")
        .nth(1)
        .and_then(|rest| rest.split('`').next());
    let mut resume = Command::new(&binary);
    resume
        .args(["resume", id.unwrap(), "--state-dir"])
        .arg(disk.0.path());
    // Nothing is in doubt, so nothing is asked.
    run(aws.seen_by(&mut resume)).expect_code(0);
    assert_eq!(done(), "abcd");
}
