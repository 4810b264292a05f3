//! Each mistake that an author can make in a runbook like the example is found: where it is, with a code and a way out.

use std::fmt::Write;

use serde_json::Value;

use runbookc_tests::folder::{Folder, read};
use runbookc_tests::paths::{compiler, example, outside};
use runbookc_tests::process::run;

/// What runbooks of this kind call their parts, by the words that stand for them in the edits below.
type Names = [(&'static str, &'static str); 10];

const EXAMPLE: Names = [
    ("FirstFunction", "ExportFunction"),
    ("Task", "ReportTask"),
    ("Cluster", "ReportCluster"),
    ("Clustr", "ReportClustr"),
    ("first", "exportOrders"),
    ("run", "startReport"),
    ("wait", "waitForReport"),
    ("last", "publishReport"),
    ("rest", "letLogsArrive"),
    ("duration", "PT5S"),
];

const SEED: Names = [
    ("FirstFunction", "FunctionName1"),
    ("Task", "TaskDefName"),
    ("Cluster", "Cluster"),
    ("Clustr", "Clustr"),
    ("first", "lambda1"),
    ("run", "ecs"),
    ("wait", "waitecscontainer1"),
    ("last", "lambda2"),
    ("rest", "Sleep"),
    ("duration", "PT3S"),
];

/// An edit: the first place of a text is replaced. `«»` stand around what must be reported.
struct Mistake {
    find: &'static str,
    replace: &'static str,
    code: &'static str,
}

const fn mistake(find: &'static str, replace: &'static str, code: &'static str) -> Mistake {
    Mistake {
        find,
        replace,
        code,
    }
}

const MISTAKES: [Mistake; 23] = [
    // The flow.
    mistake(
        "    onFailure: 'step:<rest>'",
        "    nextStep: «nowhere»\n    onFailure: 'step:<rest>'",
        "RB0203",
    ),
    mistake("'step:<rest>'", "'step:«<rest>s»'", "RB0203"),
    mistake("'step:<rest>'", "'«stp:<rest>»'", "RB0213"),
    mistake("- name: <last>\n", "- name: «<first>»\n", "RB0202"),
    mistake("    isEnd: true", "    nextStep: «<first>»", "RB0208"),
    mistake(
        "    isEnd: true",
        "    isEnd: true\n    nextStep: «<rest>»",
        "RB0210",
    ),
    mistake("timeoutSeconds: 300", "«timeoutSecond»: 300", "RB0104"),
    // References.
    mistake(
        "cluster: '{{<Cluster>}}'",
        "cluster: '{{«<Clustr>»}}'",
        "RB0204",
    ),
    mistake("'{{<run>.taskArn}}'", "'{{<run>.«taskarn»}}'", "RB0205"),
    mistake("'{{<FirstFunction>}}'", "'{{«<run>.taskArn»}}'", "RB0211"),
    mistake(
        "cluster: '{{<Cluster>}}'",
        "cluster: «{{<Cluster>}}»",
        "RB0102",
    ),
    // The call.
    mistake("Service: ECS", "Service: «ECZ»", "RB0402"),
    mistake("Api: RunTask", "Api: «RunTsk»", "RB0403"),
    mistake(
        "cluster: '{{<Cluster>}}'",
        "«clusterr»: '{{<Cluster>}}'",
        "RB0404",
    ),
    mistake(
        "action: 'aws:executeAwsApi'",
        "action: '«aws:executeAwsApi»'",
        "RB0405",
    ),
    mistake("weight: 1", "weight: «heavy»", "RB0406"),
    mistake(
        "assignPublicIp: ENABLED",
        "assignPublicIp: «ENABELD»",
        "RB0407",
    ),
    // The answer.
    mistake("$.tasks[0].taskArn", "$«.task»[0].taskArn", "RB0307"),
    mistake("Type: String\n", "Type: «MapList»\n", "RB0308"),
    mistake(
        "containers[0].exitCode",
        "containers[0]«.exitcode»",
        "RB0307",
    ),
    mistake("- '0'", "- '«zero»'", "RB0309"),
    // Values of other actions.
    mistake("Duration: <duration>", "Duration: «3 seconds»", "RB0408"),
    mistake(
        "  - name: <run>\n",
        "  - name: decide
    action: aws:branch
    inputs:
      Choices:
        - Variable: '{{<first>.StatusCode}}'
          «NumericEquals»: 200
          NextStep: <run>
    isEnd: true
  - name: <run>\n",
        "RB0310",
    ),
];

#[test]
fn every_mistake_in_the_example_is_found() {
    check_all(&read(&example().join("runbook.yaml")), &EXAMPLE);
}

#[test]
fn every_mistake_in_the_seed_is_found() {
    match outside("RUNBOOKC_SEED") {
        Some(seed) => check_all(&read(&seed), &SEED),
        None => eprintln!("skipped: set RUNBOOKC_SEED to the seed's runbook"),
    }
}

fn check_all(text: &str, names: &Names) {
    let folder = Folder::new();
    let mut wrong = String::new();
    for mistake in &MISTAKES {
        if let Err(problem) = check(&folder, text, names, mistake) {
            let edit = filled(mistake.replace, names);
            writeln!(wrong, "{} for {edit:?}: {problem}", mistake.code)
                .expect("memory can be written");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn check(folder: &Folder, text: &str, names: &Names, mistake: &Mistake) -> Result<(), String> {
    let edited = edited(text, names, mistake);
    let (start, rest) = edited.split_once('«').expect("the place is marked");
    let (marked, end) = rest.split_once('»').expect("the place is marked");
    let file = folder.write("runbook.yaml", [start, marked, end].concat());
    let expected = format!(
        "error[{}] {} to {}",
        mistake.code,
        place(start),
        place(&[start, marked].concat())
    );

    let ran = run(compiler(["check", "--format", "json"]).arg(file));
    if ran.code != Some(1) {
        return Err(format!(
            "exit code {:?}\n{}{}",
            ran.code, ran.stdout, ran.stderr
        ));
    }
    let findings = ran.json();
    match findings.as_array().map(Vec::as_slice) {
        Some([finding]) if shown(finding) != expected => Err(format!(
            "{} ({}), not {expected}",
            shown(finding),
            finding["message"]
        )),
        Some([finding]) if !has_way_out(finding) => Err("there is no way out".to_owned()),
        Some([_]) => Ok(()),
        _ => Err(format!("not one finding: {}", messages(&findings))),
    }
}

fn shown(finding: &Value) -> String {
    format!(
        "{}[{}] {}:{} to {}:{}",
        finding["severity"].as_str().unwrap_or_default(),
        finding["code"].as_str().unwrap_or_default(),
        finding["line"],
        finding["column"],
        finding["endLine"],
        finding["endColumn"]
    )
}

fn messages(findings: &Value) -> String {
    let findings = findings.as_array().into_iter().flatten();
    findings
        .map(|finding| format!("\n  {} ({})", shown(finding), finding["message"]))
        .collect()
}

fn has_way_out(finding: &Value) -> bool {
    let holds = |name: &str| {
        finding[name]
            .as_array()
            .is_some_and(|list| !list.is_empty())
    };
    holds("help") || holds("edits")
}

fn edited(text: &str, names: &Names, mistake: &Mistake) -> String {
    let (find, replace) = (filled(mistake.find, names), filled(mistake.replace, names));
    assert!(text.contains(&find), "the runbook has no {find:?}");
    let mut edited = text.replacen(&find, &replace, 1);
    if mistake.code == "RB0405" {
        let line = filled("      taskDefinition: '{{<Task>}}'\n", names);
        assert!(edited.contains(&line), "the runbook has no {line:?}");
        edited = edited.replacen(&line, "", 1);
    }
    edited
}

fn filled(text: &str, names: &Names) -> String {
    names.iter().fold(text.to_owned(), |text, (word, name)| {
        text.replace(&format!("<{word}>"), name)
    })
}

/// The line and column behind a text.
fn place(before: &str) -> String {
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    format!("{line}:{column}")
}
