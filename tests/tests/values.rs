//! Values on their way through a built binary: as they are supplied, through references, selectors and conversions, into
//! the calls and the record (spec 2.3, 3.3, 3.4, 3.7).

use std::path::Path;

use serde_json::{Map, Value, json};

use runbookc_tests::folder::Folder;
use runbookc_tests::paths::compiler;
use runbookc_tests::process::{Ran, run};

#[test]
fn defaults_go_through_references_and_selectors_into_calls() {
    let record = played(&[]).record();
    let inputs = inputs(&record, "find");
    assert_eq!(
        inputs["Filters"],
        json!([
            { "Name": "state", "Values": ["in us-east-1"] },
            { "Name": "text", "Values": ["last in us-east-1"] },
        ])
    );
    assert_eq!(inputs["MaxResults"], 3);
    assert_eq!(inputs["DryRun"], false);
    assert_eq!(inputs["InstanceIds"], json!(["i-0123456789abcdef0"]));
}

#[test]
fn selectors_of_every_kind_give_what_the_outputs_declare() {
    let record = played(&[]).record();
    let outputs = &step(&record, "find")["Outputs"];
    for (name, expected) in [
        (
            "several",
            json!([r#"{"InstanceId":"i-1","ImageId":"ami-1"}"#]),
        ),
        ("first", json!(["i-1", "i-2", "i-3", "i-3"])),
        ("range", json!(["i-2"])),
        ("last", json!(["i-3"])),
        ("count", json!(["2"])),
        ("counted", json!(["2"])),
        ("running", json!(["i-1"])),
        ("large", json!(["4"])),
        ("tags", json!([r#"{"Key":"a","Value":"b"}"#])),
    ] {
        assert_eq!(outputs[name], expected, "{name}");
    }
    assert_eq!(outputs.get("none"), None);
}

#[test]
fn lists_of_maps_are_spliced_and_embedded() {
    let record = played(&[]).record();
    let inputs = inputs(&record, "tag");
    assert_eq!(
        inputs["Tags"],
        json!([
            { "Key": "team", "Value": "a" },
            { "Key": "counted", "Value": r#"2 of [{"Key":"a","Value":"b"}]"# },
            { "Key": "a", "Value": "b" },
        ])
    );
    assert_eq!(
        inputs["Resources"],
        json!(["i-1", "i-2", "i-3", "i-3", "i-3"])
    );
}

#[test]
fn output_that_is_not_there_is_false_in_a_branch_and_fails_an_input() {
    let record = played(&[]).record();
    assert_eq!(step(&record, "decide")["StepStatus"], "Success");
    let absent = step(&record, "absent");
    assert_eq!(absent["StepStatus"], "Failed");
    let message = absent["FailureMessage"].as_str().unwrap_or_default();
    assert!(message.contains("`find.none` has no value"), "{message}");
}

#[test]
fn values_are_supplied_by_flag_by_name_and_by_file() {
    let folder = Folder::new();
    let file = folder.write(
        "parameters.yaml",
        "Text: from the file\nNumber: 1\nMap: {Name: file, Values: []}\nTexts: [a, b]\n",
    );
    let file = file.display().to_string();
    let record = played(&[
        "--parameters",
        &file,
        "--param",
        "Number=7",
        "--Truth",
        "TRUE",
        "--Texts",
        "x",
        "--Texts",
        "{{ global:REGION }}",
        "--Maps",
        r#"[{"Key": "k", "Value": "{{ Text }}"}]"#,
    ])
    .record();
    let inputs = inputs(&record, "find");
    assert_eq!(
        inputs["Filters"],
        json!([
            { "Name": "file", "Values": [] },
            { "Name": "text", "Values": ["x", "us-east-1", "last from the file"] },
        ])
    );
    assert_eq!(inputs["MaxResults"], 7);
    assert_eq!(inputs["DryRun"], true);
    assert_eq!(
        self::inputs(&record, "tag")["Tags"][0],
        json!({ "Key": "k", "Value": "from the file" })
    );
}

#[test]
fn constraints_hold_for_every_type_and_all_are_told_at_once() {
    let ran = played(&[
        "--Text",
        "x",
        "--Number",
        "many",
        "--Texts",
        r#"["a","b","c","d"]"#,
        "--Map",
        r#"{"Name": "a", "Values": [], "Other": 1}"#,
        "--Maps",
        "[]",
    ]);
    assert_eq!(ran.0.code, Some(2), "{}", ran.0.stderr);
    for name in ["Text", "Number", "Texts", "Map", "Maps"] {
        let told = ran
            .0
            .stderr
            .lines()
            .any(|line| line.contains(&format!("`{name}`")));
        assert!(told, "{name} in\n{}", ran.0.stderr);
    }
}

#[test]
fn length_of_a_map_is_that_of_its_text() {
    let long = json!({ "Name": "x".repeat(60), "Values": [] }).to_string();
    let ran = played(&["--Map", &long]);
    assert_eq!(ran.0.code, Some(2), "{}", ran.0.stderr);
    assert!(ran.0.stderr.contains("83 characters"), "{}", ran.0.stderr);
}

#[test]
fn map_that_the_api_does_not_take_is_refused_before_the_call() {
    let record = played(&["--Map", r#"{"Nam": "state", "Values": "x"}"#]).record();
    let find = step(&record, "find");
    assert_eq!(find["StepStatus"], "Failed");
    assert_eq!(find["FailureDetails"]["FailureStage"], "InputValidation");
    let message = find["FailureMessage"].as_str().unwrap_or_default();
    for words in [
        "Parameter validation failed:\n",
        "Unknown parameter in Filters[0]: \"Nam\", must be one of: Name, Values\n",
        "Invalid type for parameter Filters[0].Values, value: x, type: <class 'str'>, valid types: \
         <class 'list'>, <class 'tuple'>",
    ] {
        assert!(message.contains(words), "{words} in\n{message}");
    }
}

/// A simulated run of `tests/values/runbook.yaml`.
struct Played(Ran);

impl Played {
    #[track_caller]
    fn record(self) -> Value {
        self.0.json()["AutomationExecution"].clone()
    }
}

fn played(arguments: &[&str]) -> Played {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("values");
    let mut command = compiler(["run"]);
    command
        .arg(folder.join("runbook.yaml"))
        .args(["--", "--output", "json", "--simulate"])
        .arg(folder.join("scenario.yaml"))
        .args(arguments);
    Played(run(&mut command))
}

#[track_caller]
fn step<'a>(record: &'a Value, name: &str) -> &'a Value {
    let steps = record["StepExecutions"].as_array();
    let mut steps = steps.into_iter().flatten();
    steps
        .find(|step| step["StepName"] == name)
        .unwrap_or_else(|| panic!("the record has a step {name}: {record}"))
}

/// The inputs of a step; the record has them as JSON texts.
#[track_caller]
fn inputs(record: &Value, name: &str) -> Map<String, Value> {
    let inputs = step(record, name)["Inputs"].as_object();
    let texts = inputs.into_iter().flatten();
    let value = |text: &Value| serde_json::from_str(text.as_str()?).ok();
    texts
        .filter_map(|(name, text)| Some((name.clone(), value(text)?)))
        .collect()
}
