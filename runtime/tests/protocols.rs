//! botocore's own output tests, run over our decoder.
//!
//! The data is not part of this repository: `RUNBOOKC_PROTOCOLS` names its directory (`output/`
//! with a file per protocol, `responses/` with recorded answers and errors). The recorded answers
//! are read by the models of an installed botocore, whose directory `RUNBOOKC_BOTOCORE` names.
//! Without them the tests say that they are skipped.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic and report"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use runbook_runtime::decode::{
    ErrorAnswer, List, Location, Member, Protocol, Response, Shape, decode, decode_error,
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
        "HttpPayloadTraitsWithNoBlobBody",
        "as in rest-json: an empty body is an empty text",
    ),
    (
        "InputAndOutputWithTimestampHeaders",
        "as in rest-json: the list is split inside HTTP dates",
    ),
    (
        "RestJsonDeserializesDenseSetMapAndSkipsNull",
        "botocore raises on a null list inside a map; we keep the null, as it does for texts",
    ),
];

/// Recorded answers that are left out, each with the reason.
const RECORDED_LEFT_OUT: &[(&str, &str)] = &[
    ("ec2-attach-volume", PLACEHOLDER),
    ("ec2-create-snapshot", PLACEHOLDER),
    ("ec2-create-volume", PLACEHOLDER),
    ("ec2-describe-spot-instance-requests", PLACEHOLDER),
    ("ec2-detach-volume", PLACEHOLDER),
    ("ec2-request-spot-instances", PLACEHOLDER),
    ("cloudformation-get-template", HANDLER),
    ("iam-get-user-policy", HANDLER),
    ("iam-list-roles", HANDLER),
];
const PLACEHOLDER: &str = "the timestamp is a placeholder, `YYYY-MM-DD…`, and no instant";
const HANDLER: &str = "the expectation holds what a handler of botocore makes of the parsed answer \
     afterwards: JSON inside a text becomes an object";

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
fn outputs_of_the_query_protocol() {
    run_files(&["query.json"], Protocol::Query);
}

#[test]
fn outputs_of_the_ec2_protocol() {
    run_files(&["ec2.json"], Protocol::Ec2);
}

#[test]
fn outputs_of_the_rest_xml_protocol() {
    run_files(&["rest-xml.json"], Protocol::RestXml);
}

#[test]
fn outputs_of_the_cbor_protocol() {
    run_files(
        &[
            "smithy-rpc-v2-cbor.json",
            "smithy-rpc-v2-cbor-query-compatible.json",
            "smithy-rpc-v2-cbor-non-query-compatible.json",
        ],
        Protocol::Cbor,
    );
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
        let error = decode_error(Protocol::Json, 400, &[], &body, 0);
        let found = json!({"Message": error.message, "Code": error.code});
        assert_eq!(found, expected["Error"], "{}", path.display());
        count += 1;
    }
    println!("recorded errors: {count} passed");
}

#[test]
fn recorded_xml_errors_of_real_services() {
    let Some(directory) = protocols() else { return };
    let directory = directory.join("responses/xml/errors");
    let names = recorded(&directory);
    for name in &names {
        let protocol = match name.split('-').next().unwrap() {
            "ec2" => Protocol::Ec2,
            "s3" | "route53" => Protocol::RestXml,
            _ => Protocol::Query,
        };
        let body = fs::read(directory.join(name).with_extension("xml")).unwrap();
        let expected = read(directory.join(name).with_extension("json"));
        let error = decode_error(protocol, 400, &[], &body, 0);
        assert_eq!(error.code, expected["Error"]["Code"], "{name}");
        let message = expected["Error"]["Message"].as_str().unwrap_or_default();
        assert_eq!(error.message, message, "{name}");
        assert_eq!(
            without_http(error.metadata),
            expected["ResponseMetadata"],
            "{name}"
        );
    }
    println!("recorded XML errors: {} passed", names.len());
}

#[test]
fn recorded_xml_answers_of_real_services() {
    let (Some(directory), Some(botocore)) = (protocols(), std::env::var_os("RUNBOOKC_BOTOCORE"))
    else {
        println!("skipped: RUNBOOKC_BOTOCORE does not name the directory of an installed botocore");
        return;
    };
    let directory = directory.join("responses/xml/responses");
    let (mut passed, mut failures) = (0, Vec::new());
    let mut models = BTreeMap::new();
    for name in recorded(&directory) {
        if RECORDED_LEFT_OUT
            .iter()
            .any(|(left_out, _)| *left_out == name)
        {
            continue;
        }
        let (service, operation) = name.split_once('-').unwrap();
        let operation = operation.split('#').next().unwrap();
        let model = models
            .entry(service.to_owned())
            .or_insert_with(|| service_model(Path::new(&botocore), service));
        let Some(response) = modelled(model, operation) else {
            failures.push(format!("{name}: the model has no such operation"));
            continue;
        };
        let body = fs::read(directory.join(&name).with_extension("xml")).unwrap();
        let expected = read(directory.join(&name).with_extension("json"));
        match decode(&response, 200, &[], &body, 0) {
            Ok(mut answer) => {
                let metadata = answer["ResponseMetadata"].take();
                answer["ResponseMetadata"] = without_http(metadata);
                let expected = response
                    .output
                    .map_or(expected.clone(), |shape| as_answer(shape, &expected));
                match in_utc(&answer) == in_utc(&expected) {
                    true => passed += 1,
                    false => failures.push(format!("{name}: {answer} instead of {expected}")),
                }
            }
            Err(error) => failures.push(format!("{name}: {error}")),
        }
    }
    println!(
        "recorded XML answers: {passed} passed, {} left out",
        RECORDED_LEFT_OUT.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The names of the recorded answers in a directory, without extension.
fn recorded(directory: &Path) -> Vec<String> {
    let files = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let xml = files.filter(|path| path.extension().is_some_and(|extension| extension == "xml"));
    let mut names: Vec<String> = xml
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// The newest model of a service.
fn service_model(botocore: &Path, service: &str) -> Value {
    let versions = fs::read_dir(botocore.join("data").join(service)).unwrap();
    let newest = versions.map(|entry| entry.unwrap().path()).max().unwrap();
    let packed = fs::File::open(newest.join("service-2.json.gz")).unwrap();
    serde_json::from_reader(GzDecoder::new(packed)).unwrap()
}

/// How the answer of an operation is read, as its model says.
fn modelled(model: &Value, operation: &str) -> Option<Response> {
    let wanted = operation.replace('-', "");
    let mut operations = model["operations"].as_object().unwrap().iter();
    let (_, operation) = operations.find(|(name, _)| name.to_lowercase() == wanted)?;
    let protocol = match model["metadata"]["protocol"].as_str().unwrap() {
        "ec2" => Protocol::Ec2,
        "rest-xml" => Protocol::RestXml,
        _ => Protocol::Query,
    };
    let mut response = response(&model["shapes"], operation, protocol);
    response.wrapper = operation["output"]["resultWrapper"].as_str().map(leaked);
    Some(response)
}

/// The metadata that the body alone gives.
fn without_http(mut metadata: Value) -> Value {
    let fields = metadata.as_object_mut().unwrap();
    fields.retain(|name, _| {
        !["HTTPStatusCode", "HTTPHeaders", "RetryAttempts"].contains(&name.as_str())
    });
    metadata
}

/// Where the data is, or a note that it is not there.
fn protocols() -> Option<PathBuf> {
    let directory = std::env::var_os("RUNBOOKC_PROTOCOLS").map(PathBuf::from);
    if directory.is_none() {
        println!("skipped: RUNBOOKC_PROTOCOLS does not name the directory of the test data");
    }
    directory
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
    let body = match protocol {
        Protocol::Cbor => BASE64_STANDARD.decode(body).unwrap(),
        _ => body.to_vec(),
    };
    match case.get("errorCode") {
        Some(_) => same_error(&decode_error(protocol, status, &headers, &body, 0), case),
        None => {
            let response = response(shapes, &case["given"], protocol);
            let answer = decode(&response, status, &headers, &body, 0);
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
        (Shape::Timestamp, Value::String(text)) => match text.parse::<DateTime>() {
            Ok(local) => Offset::UTC.to_timestamp(local).unwrap().to_string().into(),
            Err(_) => expected.clone(),
        },
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
    let name = given["name"].as_str().unwrap();
    let wrapper = || leaked(&format!("{name}Result"));
    Response {
        protocol,
        output: Some(output),
        wrapper: (protocol == Protocol::Query).then(wrapper),
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

    /// The shape of a member, which may be flattened there alone.
    fn member_shape(&self, reference: &Value, path: &mut Vec<String>) -> &'static Shape {
        match reference["flattened"] == true {
            true => {
                let shape = self.shape_of(&self.shapes[reference["shape"].as_str().unwrap()], path);
                Box::leak(Box::new(shape.flattened()))
            }
            false => self.shape(reference, path),
        }
    }

    fn shape_of(&self, model: &Value, path: &mut Vec<String>) -> Shape {
        match model["type"].as_str().unwrap() {
            "structure" if model["document"] == true => Shape::Document,
            "structure" => self.structure(model, path),
            "list" => Shape::List(List {
                element: self.shape(&model["member"], path),
                wire: model["member"]["locationName"].as_str().map(leaked),
                flattened: model["flattened"] == true,
            }),
            "map" => {
                let (key, value) = (&model["key"], &model["value"]);
                let wire =
                    |part: &Value, default| part["locationName"].as_str().map_or(default, leaked);
                let map = Shape::map_of(
                    wire(key, "key"),
                    wire(value, "value"),
                    self.shape(value, path),
                );
                if model["flattened"] == true {
                    map.flattened()
                } else {
                    map
                }
            }
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
                let member = Member::new(leaked(name), self.member_shape(reference, path));
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
        _ if reference["xmlAttribute"] == true => member.attribute(wire),
        _ => member.wire(wire),
    }
}

fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}
