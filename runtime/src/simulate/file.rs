//! Scenario files: a scenario as YAML or JSON.

use jiff::Timestamp;

use crate::duration::{parse_instant, parse_length};
use crate::value::{Document, Map};

use super::fields::{Reader, join, take};
use super::people;
use super::places::{Place, Places};
use super::problem::{ScenarioErrors, ScenarioProblem};
use super::scenario::{
    Answer, CancelAt, Expect, ExpectedCall, Form, Key, SaidTo, Scenario, Stored, Stub,
};

const MEMBERS: &[&str] = &[
    "description",
    "parameters",
    "region",
    "account",
    "start",
    "answers",
    "ssm",
    "signals",
    "cancel",
    "expect",
];

impl Scenario {
    /// Reads a scenario from YAML or JSON. `file` is what messages call it.
    ///
    /// # Errors
    /// With everything that is wrong with the file.
    pub fn read(text: &str, file: &str) -> Result<Self, ScenarioErrors> {
        let mut reader = Reader::default();
        let places = Places::of(text);
        let scenario = match document(text) {
            Ok(document) => Some(Self {
                places: places.clone(),
                ..scenario(&mut reader, document, file)
            }),
            Err(problem) => {
                reader.problems.push(problem);
                None
            }
        };
        scenario
            .filter(|_| reader.problems.is_empty())
            .ok_or_else(|| ScenarioErrors {
                file: file.to_owned(),
                problems: reader.problems,
                places,
            })
    }
}

/// The file as data. YAML is read as YAML first, because that finds duplicate keys.
fn document(text: &str) -> Result<Document, ScenarioProblem> {
    let yaml: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| malformed(&error))?;
    serde_json::to_value(yaml).map_err(|error| ScenarioProblem::Syntax {
        place: None,
        problem: error.to_string(),
    })
}

fn malformed(error: &serde_yaml::Error) -> ScenarioProblem {
    let location = error.location();
    let place = location.map(|location| Place {
        line: location.line(),
        column: location.column(),
    });
    // The place stands before the message.
    let said = place.map(|Place { line, column }| format!(" at line {line} column {column}"));
    ScenarioProblem::Syntax {
        place,
        problem: match said {
            Some(said) => error.to_string().replacen(&said, "", 1),
            None => error.to_string(),
        },
    }
}

fn scenario(reader: &mut Reader, document: Document, file: &str) -> Scenario {
    let mut members = reader.members("", document, MEMBERS);
    let mut scenario = Scenario::empty(file, Form::File);
    let texts = [
        ("description", &mut scenario.description),
        ("region", &mut scenario.region),
        ("account", &mut scenario.account),
    ];
    for (name, text) in texts {
        let given = take(&mut members, name).and_then(|value| reader.text(name, value));
        *text = given.unwrap_or_else(|| std::mem::take(text));
    }
    let mut part = |name| take(&mut members, name).unwrap_or(Document::Null);
    scenario.parameters = reader.map("parameters", part("parameters"));
    scenario.start = start(reader, part("start")).unwrap_or(scenario.start);
    let answers = entries(reader, "answers", part("answers"));
    let stubs = answers.map(|(key, value)| Stub {
        answers: self::answers(reader, &key.path, value),
        key,
    });
    scenario.stubs = stubs.collect();
    let stored = entries(reader, "ssm", part("ssm"));
    let stored = stored.map(|(key, value)| Stored::read(reader, key, value));
    scenario.stored = stored.collect();
    let signals = entries(reader, "signals", part("signals"));
    let signals = signals.map(|(key, value)| SaidTo {
        said: people::said(reader, &key.path, value),
        key,
    });
    scenario.signals = signals.collect();
    scenario.cancel = cancel(reader, part("cancel"));
    scenario.expect = expect(reader, part("expect"));
    scenario
}

/// A map whose keys are what its values are about.
fn entries(
    reader: &mut Reader,
    member: &'static str,
    value: Document,
) -> impl Iterator<Item = (Key, Document)> + use<> {
    let entries = reader.map(member, value).into_iter();
    entries.map(move |(name, value)| (Key::in_file(member, name), value))
}

fn start(reader: &mut Reader, value: Document) -> Option<Timestamp> {
    const WANTED: &str = "an instant such as 2026-01-31T12:00:00Z";
    match value {
        Document::Null => None,
        value => reader.parsed("start", value, WANTED, parse_instant),
    }
}

fn answers(reader: &mut Reader, path: &str, value: Document) -> Vec<Answer> {
    match value {
        Document::Array(list) if list.is_empty() => reader
            .wrong(path, &Document::Array(list), "at least one answer")
            .into_iter()
            .collect(),
        Document::Array(list) => list
            .into_iter()
            .enumerate()
            .filter_map(|(index, value)| answer(reader, &format!("{path}[{index}]"), value))
            .collect(),
        single => answer(reader, path, single).into_iter().collect(),
    }
}

/// An answer, or what an only member says: that it is an error, that a script is to run, or that this is the answer.
fn answer(reader: &mut Reader, path: &str, mut value: Document) -> Option<Answer> {
    if let Document::Object(members) = &mut value
        && members.len() == 1
    {
        if let Some(error) = take(members, "error") {
            return service_error(reader, &join(path, "error"), error);
        }
        if members.get("run") == Some(&Document::Bool(true)) {
            return Some(Answer::Run);
        }
        if let Some(answer) = take(members, "answer") {
            return Some(Answer::Success(reader.map(&join(path, "answer"), answer)));
        }
    }
    Answer::success(reader, path, value)
}

/// What Boto3 says where a service says nothing.
const UNKNOWN: &str = "Unknown";

fn service_error(reader: &mut Reader, path: &str, value: Document) -> Option<Answer> {
    if !value.is_object() {
        let wanted = "an error such as `{code: ThrottlingException, message: slow down}`";
        return reader.wrong(path, &value, wanted);
    }
    let mut members = reader.members(path, value, &["code", "message"]);
    let message = take(&mut members, "message")
        .and_then(|value| reader.text(&join(path, "message"), value))
        .unwrap_or_else(|| UNKNOWN.to_owned());
    let code = take(&mut members, "code").unwrap_or(Document::Null);
    let code_path = join(path, "code");
    match code {
        Document::String(code) => Some(Answer::Error { code, message }),
        other => reader.wrong(
            &code_path,
            &other,
            "an error code such as ThrottlingException",
        ),
    }
}

fn cancel(reader: &mut Reader, value: Document) -> Option<CancelAt> {
    if value.is_null() {
        return None;
    }
    let members = reader.members("cancel", value, &["during", "after"]);
    let (name, value) = reader.pair(
        "cancel",
        Document::Object(members),
        "either `during` or `after`",
    )?;
    let path = join("cancel", &name);
    match name.as_str() {
        "during" => reader.text(&path, value).map(|name| {
            CancelAt::During(Key {
                name,
                path,
                form: Form::File,
            })
        }),
        _ => reader
            .parsed(&path, value, "a duration such as PT30S", parse_length)
            .map(CancelAt::After),
    }
}

fn expect(reader: &mut Reader, value: Document) -> Expect {
    let known = [
        "status",
        "steps",
        "outputs",
        "variables",
        "failure",
        "calls",
    ];
    let mut members = reader.members("expect", value, &known);
    let mut part = |name| take(&mut members, name).filter(|value| !value.is_null());
    Expect {
        status: part("status").and_then(|value| status(reader, "expect.status", value)),
        steps: part("steps").map(|value| expected_steps(reader, value)),
        outputs: reader.map("expect.outputs", part("outputs").unwrap_or_default()),
        variables: reader.map("expect.variables", part("variables").unwrap_or_default()),
        failure: part("failure").and_then(|value| reader.text("expect.failure", value)),
        calls: part("calls").map(|value| expected_calls(reader, value)),
    }
}

fn status(reader: &mut Reader, path: &str, value: Document) -> Option<String> {
    const STATUSES: [&str; 4] = ["Success", "Failed", "TimedOut", "Cancelled"];
    one_of(
        reader,
        path,
        value,
        &STATUSES,
        "Success, Failed, TimedOut or Cancelled",
    )
}

fn step_status(reader: &mut Reader, path: &str, value: Document) -> Option<String> {
    const STATUSES: [&str; 5] = ["Success", "Failed", "TimedOut", "Cancelled", "Exited"];
    one_of(
        reader,
        path,
        value,
        &STATUSES,
        "Success, Failed, TimedOut, Cancelled or, for loops, Exited",
    )
}

fn one_of(
    reader: &mut Reader,
    path: &str,
    value: Document,
    texts: &[&str],
    wanted: &'static str,
) -> Option<String> {
    reader.parsed(path, value, wanted, |text| {
        let known = texts.contains(&text);
        known.then(|| text.to_owned()).ok_or(())
    })
}

fn expected_steps(reader: &mut Reader, value: Document) -> Vec<(String, String)> {
    const STEPS: &str = "a list of the steps that run, such as `[{stop: Success}]`,";
    const STEP: &str = "one step with its status, such as `stop: Success`,";
    let list = reader.list("expect.steps", value, STEPS);
    let step = |(index, value)| {
        let path = format!("expect.steps[{index}]");
        let (name, value) = reader.pair(&path, value, STEP)?;
        let status = step_status(reader, &join(&path, &name), value)?;
        Some((name, status))
    };
    list.into_iter().enumerate().filter_map(step).collect()
}

fn expected_calls(reader: &mut Reader, value: Document) -> Vec<ExpectedCall> {
    const CALLS: &str =
        "a list of all calls, such as `[ECS.RunTask, {ECS.StopTask: {cluster: demo}}]`,";
    const CALL: &str = "one call with its inputs, such as `ECS.StopTask: {cluster: demo}`,";
    let list = reader.list("expect.calls", value, CALLS);
    let call = |(index, value)| {
        let path = format!("expect.calls[{index}]");
        if let Document::String(api) = value {
            return Some(ExpectedCall {
                api,
                inputs: Document::Object(Map::new()),
            });
        }
        let (api, inputs) = reader.pair(&path, value, CALL)?;
        let inputs = Document::Object(reader.map(&join(&path, &api), inputs));
        Some(ExpectedCall { api, inputs })
    };
    list.into_iter().enumerate().filter_map(call).collect()
}
