//! Parameters: by flags, files, standard input and scenarios, the nearer before the farther.

use expect_test::expect;
use runbook_runtime::cli::Exit;
use serde_json::{Value, json};

use crate::{Files, HAPPY, reading, run};

fn supplied(arguments: &[&str], input: &'static str) -> Value {
    let files = Files::new(
        &arguments
            .join("")
            .replace(|letter: char| !letter.is_alphanumeric(), ""),
        &[
            ("it.yaml", HAPPY),
            (
                "parameters.yaml",
                "Cluster: file\nCount: 2\nFunction: live\n",
            ),
        ],
    );
    let arguments: Vec<_> = arguments
        .iter()
        .map(|argument| argument.replace("FILES", &files.0.display().to_string()))
        .collect();
    let mut all = vec!["run", "--output", "json", "--quiet", "--simulate"];
    let scenario = files.path("it.yaml");
    all.push(&scenario);
    all.extend(arguments.iter().map(String::as_str));
    let ran = reading(&all, input);
    assert_eq!((ran.exit, ran.errors.as_str()), (Exit::Success, ""));
    let record: Value = serde_json::from_str(&ran.output).unwrap();
    record["AutomationExecution"]["Parameters"].clone()
}

#[test]
fn nearer_sources_of_parameters_win() {
    assert_eq!(supplied(&[], ""), json!({"Cluster": ["demo"]}));
    assert_eq!(
        supplied(&["--parameters", "FILES/parameters.yaml"], ""),
        json!({"Cluster": ["file"], "Count": ["2"], "Function": ["live"]})
    );
    assert_eq!(
        supplied(
            &[
                "--parameters",
                "FILES/parameters.yaml",
                "--param",
                "Cluster=param",
                "--param",
                "Count=3",
                "--Count",
                "4"
            ],
            ""
        ),
        json!({"Cluster": ["param"], "Count": ["4"], "Function": ["live"]})
    );
    assert_eq!(
        supplied(&["--cluster", "alias"], ""),
        json!({"Cluster": ["alias"]})
    );
    assert_eq!(
        supplied(&["--parameters", "-"], r#"{"Count": ["7"]}"#),
        json!({"Cluster": ["demo"], "Count": ["7"]})
    );
}

#[test]
fn all_problems_with_parameters_are_told_before_anything_runs() {
    let ran = run(&[
        "run",
        "--Count",
        "many",
        "--param",
        "Fun=x",
        "--Function",
        "prod",
    ]);
    assert_eq!((ran.exit, ran.output.as_str()), (Exit::Usage, ""));
    expect![[r#"
        error: 4 problems with the parameters
          the runbook has no parameter `Fun`
          `Cluster` (String) is required, but not given: The cluster to run in.
          `Count`: the text "many" is not an Integer in decimal digits
          `Function` cannot be the text "prod"; allowed are "test", "live"
    "#]]
    .assert_eq(&ran.errors);
}

#[test]
fn an_unknown_flag_is_refused_with_a_near_one() {
    let ran = run(&["run", "--Clustr", "x"]);
    assert_eq!(ran.exit, Exit::Usage);
    assert!(ran.errors.contains("--Cluster"), "{}", ran.errors);
}
