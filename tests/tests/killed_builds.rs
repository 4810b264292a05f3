//! A build that is killed, at whatever moment, harms no later one.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use runbookc_tests::folder::Folder;
use runbookc_tests::paths::compiler;
use runbookc_tests::process::run;

const KILLS: u32 = 50;

/// Operations of ECS that need no input, so that every choice of them is a sound runbook.
const OPERATIONS: [&str; 8] = [
    "DescribeCapacityProviders",
    "DescribeClusters",
    "DiscoverPollEndpoint",
    "ListAccountSettings",
    "ListClusters",
    "ListServices",
    "ListTaskDefinitions",
    "ListTasks",
];

#[test]
#[ignore = "takes a quarter of an hour; run with `cargo test -p runbookc-tests --test killed_builds -- --ignored --nocapture`"]
fn a_build_after_a_killed_one_gives_a_working_binary() {
    let folder = Folder::new();
    // As long as the first build may take: no later one takes longer.
    let mut longest = Duration::from_secs(90);
    let mut killed = 0;
    for round in 1..=KILLS {
        let mut random = Random::of(round);
        let operations = chosen(&mut random);
        let runbook = folder.write("runbook.yaml", runbook(&operations));
        let scenario = folder.write("scenario.yaml", scenario(&operations));
        let moment = longest.mul_f64(random.fraction());
        let whole_group = random.fraction() < 0.5;
        killed += u32::from(kill(&folder, &runbook, moment, whole_group));

        let start = Instant::now();
        let binary = build(&folder, &runbook);
        longest = start.elapsed().max(Duration::from_secs(2));
        expect_success(Path::new(&binary), &scenario);
        println!(
            "round {round}: {killed} killed, the last after {moment:.1?}; built anew in {longest:.1?}"
        );
    }
    assert!(killed > KILLS / 3, "only {killed} builds were killed");
}

/// Some of the operations, so that a crate has to be pruned in another way than before.
fn chosen(random: &mut Random) -> Vec<&'static str> {
    let all = OPERATIONS.into_iter();
    all.filter(|_| random.fraction() < 0.5).collect()
}

fn runbook(operations: &[&str]) -> String {
    let steps = operations.iter().map(|operation| {
        format!(
            "  - name: call{operation}\n    action: aws:executeAwsApi\n    inputs: {{Service: ecs, Api: {operation}}}\n"
        )
    });
    let steps: String = steps.collect();
    format!(
        "schemaVersion: '0.3'\nmainSteps:\n  - name: wait\n    action: aws:sleep\n    inputs: {{Duration: PT1M}}\n{steps}"
    )
}

fn scenario(operations: &[&str]) -> String {
    let answers = operations
        .iter()
        .map(|operation| format!("  ecs.{operation}: {{}}\n"));
    let answers: String = answers.collect();
    format!("description: all calls succeed\nanswers:\n{answers}expect: {{status: Success}}\n")
}

fn command(folder: &Folder, runbook: &Path) -> Command {
    let mut command = compiler(["build"]);
    command
        .arg(runbook)
        .env("RUNBOOKC_CACHE_DIR", folder.path().join("cache"));
    command
}

/// Begins a build and kills it, alone or with the cargo that it runs; says whether it was still at it.
fn kill(folder: &Folder, runbook: &Path, moment: Duration, whole_group: bool) -> bool {
    let mut command = command(folder, runbook);
    command
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut build = command.spawn().expect("the compiler starts");
    thread::sleep(moment);
    let was_running = build.try_wait().expect("a child can be asked").is_none();
    let group = if whole_group { "-" } else { "" };
    let target = format!("{group}{}", build.id());
    run(Command::new("kill").args(["-KILL", "--", &target]));
    build.wait().expect("a child ends");
    was_running
}

fn build(folder: &Folder, runbook: &Path) -> String {
    let built = run(&mut command(folder, runbook)).expect_code(0);
    assert!(!built.stderr.contains("warning"), "{}", built.stderr);
    built.stdout.trim().to_owned()
}

fn expect_success(binary: &Path, scenario: &Path) {
    let mut command = Command::new(binary);
    command.args(["run", "--simulate"]).arg(scenario);
    run(&mut command).expect_code(0);
}

/// Numbers that are the same in every run of the test (SplitMix64).
struct Random(u64);

impl Random {
    fn of(seed: u32) -> Self {
        Self(u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A number from 0 up to 1.
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from((mixed >> 32) as u32) / f64::from(u32::MAX)
    }
}
