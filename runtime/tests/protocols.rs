//! botocore's own output tests, run over our decoder.
//!
//! The data is not part of this repository: `RUNBOOKC_PROTOCOLS` names its directory (`output/`
//! with a file per protocol, `responses/json/` with recorded errors). Without it the tests say
//! that they are skipped.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic and report"
)]

use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use runbook_runtime::decode::{
    ErrorAnswer, Location, Member, Protocol, Response, Shape, decode, decode_error,
};
use runbook_runtime::value::Document;
use serde_json::{Value, json};

/// Cases that are left out, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "RestJsonInputAndOutputWithQuotedStringHeaders",
        "botocore splits the list of a header at every comma, in quotes too, and so do we",
    ),
    (
        "RestJsonInputAndOutputWithTimestampHeaders",
        "botocore splits the list of a header at every comma, also inside HTTP dates; \
         we refuse what is left of the dates",
    ),
    (
        "RestJsonHttpPayloadTraitsWithNoBlobBody",
        "botocore gives an empty text for a blob that is an empty body, and so do we",
    ),
    (
        "RestJsonDeserializesDenseSetMapAndSkipsNull",
        "botocore raises on a null list inside a map; we keep the null, as it does for texts",
    ),
];

#[test]
fn outputs_of_the_json_protocols() {
    run_files(
        &[
            "json.json",
            "json_1_0.json",
            "json_1_0-query-compatible.json",
        ],
        Protocol::Json,
    );
}

#[test]
fn outputs_of_the_rest_json_protocol() {
    run_files(&["rest-json.json"], Protocol::RestJson);
}

#[test]
fn recorded_errors_of_real_services() {
    let Some(directory) = protocols() else { return };
    let directory = directory.join("responses/json");
    let mut count = 0;
    for entry in fs::read_dir(directory.join("errors")).unwrap() {
        let path = entry.unwrap().path();
        let body = fs::read(&path).unwrap();
        let expected = read(directory.join("expected").join(path.file_name().unwrap()));
        let error = decode_error(Protocol::Json, 400, &[], &body, 0).unwrap();
        let found = json!({"Message": error.message, "Code": error.code});
        assert_eq!(found, expected["Error"], "{}", path.display());
        count += 1;
    }
    println!("recorded errors: {count} passed");
}

/// Where the data is, or a note that it is not there.
fn protocols() -> Option<PathBuf> {
    let beside = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/protocols"
    ));
    let directory = std::env::var_os("RUNBOOKC_PROTOCOLS").map_or(beside, PathBuf::from);
    if !directory.is_dir() {
        println!("skipped: RUNBOOKC_PROTOCOLS does not name the directory of the test data");
        return None;
    }
    Some(directory)
}

fn read(path: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn run_files(files: &[&str], protocol: Protocol) {
    let Some(directory) = protocols() else { return };
    let mut failures = Vec::new();
    for file in files {
        let (mut passed, mut left_out) = (0, 0);
        for suite in read(directory.join("output").join(file))
            .as_array()
            .unwrap()
        {
            for case in suite["cases"].as_array().unwrap() {
                match run_case(&suite["shapes"], case, protocol) {
                    Ok(true) => passed += 1,
                    Ok(false) => left_out += 1,
                    Err(failure) => failures.push(format!("{file} {}: {failure}", case["id"])),
                }
            }
        }
        println!("{file}: {passed} passed, {left_out} left out");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Whether the case passed; false when it is left out.
fn run_case(shapes: &Value, case: &Value, protocol: Protocol) -> Result<bool, String> {
    let id = case["id"].as_str().unwrap();
    if LEFT_OUT.iter().any(|(name, _)| *name == id) {
        return Ok(false);
    }
    let http = &case["response"];
    let status = http["status_code"].as_u64().unwrap() as u16;
    let headers = headers(http);
    let body = http["body"].as_str().unwrap_or_default().as_bytes();
    match case.get("errorCode") {
        Some(_) => decode_error(protocol, status, &headers, body, 0)
            .map_err(|error| error.to_string())
            .and_then(|error| same_error(&error, case)),
        None => {
            let response = response(shapes, &case["given"], protocol);
            let answer = decode(&response, status, &headers, body, 0);
            same_answer(&response, answer.map_err(|error| error.to_string())?, case)
        }
    }
    .map(|()| true)
}

fn headers(http: &Value) -> Vec<(String, String)> {
    let headers = http
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    headers
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect()
}

fn same_error(error: &ErrorAnswer, case: &Value) -> Result<(), String> {
    let code = case["errorCode"].as_str().unwrap();
    let message = case.get("errorMessage").and_then(Value::as_str);
    match error.code == code && message.is_none_or(|message| message == error.message) {
        true => Ok(()),
        false => Err(format!("{error:?} instead of {code}: {message:?}")),
    }
}

fn same_answer(response: &Response, mut answer: Document, case: &Value) -> Result<(), String> {
    let metadata = answer
        .as_object_mut()
        .unwrap()
        .remove("ResponseMetadata")
        .unwrap();
    assert_eq!(metadata["HTTPStatusCode"], case["response"]["status_code"]);
    let expected = match response.output {
        Some(shape) => as_answer(shape, &case["result"]),
        None => case["result"].clone(),
    };
    match in_utc(&answer) == expected {
        true => Ok(()),
        false => Err(format!("{answer} instead of {expected}")),
    }
}

/// The expected result in our form: the data has seconds for timestamps and text for blobs.
fn as_answer(shape: &Shape, expected: &Value) -> Value {
    match (shape, expected) {
        (Shape::Structure(structure), Value::Object(map)) => {
            let member = |(name, value): (&String, &Value)| {
                let member = structure.members.iter().find(|member| member.name == name);
                (
                    name.clone(),
                    member.map_or(value.clone(), |member| member_answer(member, value)),
                )
            };
            Value::Object(map.iter().map(member).collect())
        }
        (Shape::List(list), Value::Array(elements)) => elements
            .iter()
            .map(|element| as_answer(list.element, element))
            .collect(),
        (Shape::Map(map), Value::Object(entries)) => entries
            .iter()
            .map(|(key, value)| (key.clone(), as_answer(map.value, value)))
            .collect(),
        (Shape::Blob, Value::String(text)) => BASE64_STANDARD.encode(text).into(),
        (Shape::Timestamp, Value::Number(seconds)) => {
            let milliseconds = (seconds.as_f64().unwrap() * 1000.0).round() as i64;
            Timestamp::from_millisecond(milliseconds)
                .unwrap()
                .to_string()
                .into()
        }
        _ => expected.clone(),
    }
}

fn member_answer(member: &Member, expected: &Value) -> Value {
    match (member.location, expected) {
        (Location::Payload, Value::String(_)) => expected.clone(),
        (Location::JsonHeader, Value::String(text)) => serde_json::from_str(text).unwrap(),
        _ => as_answer(member.shape, expected),
    }
}

/// All texts that are instants in one form, since those with an offset keep it.
fn in_utc(answer: &Value) -> Value {
    match answer {
        Value::String(text) => text.parse().map_or(answer.clone(), |instant: Timestamp| {
            instant.to_string().into()
        }),
        Value::Array(elements) => elements.iter().map(in_utc).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), in_utc(value)))
            .collect(),
        other => other.clone(),
    }
}

fn response(shapes: &Value, given: &Value, protocol: Protocol) -> Response {
    let Some(output) = given.get("output") else {
        return Response::empty(protocol);
    };
    let output = Model { shapes }.shape(output, &mut Vec::new());
    Response {
        protocol,
        output: Some(output),
        wrapper: None,
    }
}

/// A model of botocore, turned into leaked tables.
struct Model<'a> {
    shapes: &'a Value,
}

impl Model<'_> {
    /// The shape of a reference. Circles are unrolled as deep as any of the data goes.
    fn shape(&self, reference: &Value, path: &mut Vec<String>) -> &'static Shape {
        const DEEPEST: usize = 4;
        let name = reference["shape"].as_str().unwrap();
        if path.iter().filter(|above| *above == name).count() > DEEPEST {
            return &Shape::Document;
        }
        path.push(name.to_owned());
        let shape = self.shape_of(&self.shapes[name], path);
        path.pop();
        Box::leak(Box::new(shape))
    }

    fn shape_of(&self, model: &Value, path: &mut Vec<String>) -> Shape {
        match model["type"].as_str().unwrap() {
            "structure" if model["document"] == true => Shape::Document,
            "structure" => self.structure(model, path),
            "list" => Shape::list(self.shape(&model["member"], path)),
            "map" => Shape::map(self.shape(&model["value"], path)),
            "integer" | "long" | "short" | "byte" => Shape::Integer,
            "float" | "double" => Shape::Float,
            "boolean" => Shape::Boolean,
            "blob" => Shape::Blob,
            "timestamp" => Shape::Timestamp,
            "string" | "character" => Shape::String,
            other => unreachable!("the data has no shape of type {other}"),
        }
    }

    fn structure(&self, model: &Value, path: &mut Vec<String>) -> Shape {
        let members = model["members"].as_object().unwrap().iter();
        let members: Vec<Member> = members
            .map(|(name, reference)| {
                let member = Member::new(leaked(name), self.shape(reference, path));
                located(member, reference, model["payload"] == name.as_str())
            })
            .collect();
        match model["union"] == true {
            true => Shape::union(members.leak()),
            false => Shape::structure(members.leak()),
        }
    }
}

fn located(member: Member, reference: &Value, payload: bool) -> Member {
    let wire = reference["locationName"]
        .as_str()
        .map_or(member.wire, leaked);
    match reference["location"].as_str() {
        _ if payload => member.payload(),
        Some("header") if reference["jsonvalue"] == true => member.json_header(wire),
        Some("header") => member.header(wire),
        Some("headers") => member.headers(wire),
        Some("statusCode") => member.status(),
        _ => member.wire(wire),
    }
}

fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}
