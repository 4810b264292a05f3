//! Decoding of JSON responses, and the check of stubbed answers.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use runbook_runtime::decode::{
    AnswerProblem, BLOB, BOOLEAN, DOCUMENT, DecodeError, FLOAT, INTEGER, Member, Protocol,
    Response, STRING, Shape, TIMESTAMP, check_answer, decode, decode_error,
};
use runbook_runtime::value::Document;
use serde_json::json;

static RUN: Response = Response::json(&RUN_OUTPUT);
static RUN_OUTPUT: Shape = Shape::structure(&[
    Member::new("tasks", &TASKS),
    Member::new("count", &INTEGER),
    Member::new("ratio", &FLOAT),
    Member::new("done", &BOOLEAN),
    Member::new("startedAt", &TIMESTAMP),
    Member::new("digest", &BLOB),
    Member::new("anything", &DOCUMENT),
    Member::new("tags", &TAGS),
    Member::new("choice", &CHOICE),
    Member::new("renamed", &STRING).wire("onTheWire"),
]);
static TASKS: Shape = Shape::list(&TASK);
static TASK: Shape = Shape::structure(&[
    Member::new("taskArn", &STRING),
    Member::new("children", &TASKS),
]);
static TAGS: Shape = Shape::map(&STRING);
static CHOICE: Shape = Shape::union(&[Member::new("text", &STRING), Member::new("task", &TASK)]);

static INVOKE: Response = Response::rest_json(&INVOKE_OUTPUT);
static INVOKE_OUTPUT: Shape = Shape::structure(&[
    Member::new("StatusCode", &INTEGER).status(),
    Member::new("FunctionError", &STRING).header("X-Amz-Function-Error"),
    Member::new("Payload", &BLOB).payload(),
]);

static LOOK: Response = Response::rest_json(&LOOK_OUTPUT);
static LOOK_OUTPUT: Shape = Shape::structure(&[
    Member::new("size", &INTEGER).header("X-Size"),
    Member::new("open", &BOOLEAN).header("X-Open"),
    Member::new("when", &TIMESTAMP).header("X-When"),
    Member::new("parts", &PARTS).header("X-Parts"),
    Member::new("context", &STRING).json_header("X-Context"),
    Member::new("metadata", &TAGS).headers("x-meta-"),
    Member::new("speed", &FLOAT),
    Member::new("total", &INTEGER),
]);
static PARTS: Shape = Shape::list(&INTEGER);

static READ: Response = Response::rest_json(&READ_OUTPUT);
static READ_OUTPUT: Shape = Shape::structure(&[Member::new("task", &TASK).payload()]);

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

/// The answer without `ResponseMetadata`.
fn answer(response: &Response, pairs: &[(&str, &str)], body: &str) -> Document {
    let mut answer = decode(response, 200, &headers(pairs), body.as_bytes(), 0).unwrap();
    answer.as_object_mut().unwrap().remove("ResponseMetadata");
    answer
}

fn run(body: Document) -> Document {
    answer(&RUN, &[], &body.to_string())
}

fn refused(body: Document) -> String {
    decode(&RUN, 200, &[], body.to_string().as_bytes(), 0)
        .unwrap_err()
        .to_string()
}

#[test]
fn metadata_names_request_status_headers_and_retries() {
    let headers = headers(&[("X-Amzn-RequestId", "r-1"), ("Content-Type", "a")]);
    let answer = decode(&RUN, 200, &headers, b"{}", 2).unwrap();
    assert_eq!(
        answer.to_string(),
        r#"{"ResponseMetadata":{"RequestId":"r-1","HTTPStatusCode":200,"HTTPHeaders":{"x-amzn-requestid":"r-1","content-type":"a"},"RetryAttempts":2}}"#
    );
}

#[test]
fn rest_metadata_stands_first_and_may_name_the_host() {
    let headers = headers(&[("x-amz-request-id", "r-1"), ("x-amz-id-2", "h-1")]);
    let answer = decode(&LOOK, 200, &headers, br#"{"total":1}"#, 0).unwrap();
    let metadata = &answer["ResponseMetadata"];
    assert_eq!(
        (&metadata["RequestId"], &metadata["HostId"]),
        (&json!("r-1"), &json!("h-1"))
    );
    assert_eq!(
        answer.as_object().unwrap().keys().next().unwrap(),
        "ResponseMetadata"
    );
}

#[test]
fn unknown_and_null_members_are_dropped() {
    assert_eq!(
        run(json!({"count": null, "secret": 1, "__type": "x"})),
        json!({})
    );
    assert_eq!(
        run(json!({"tasks": [null, {}]})),
        json!({"tasks": [null, {}]})
    );
    assert_eq!(
        run(json!({"tags": {"a": null}})),
        json!({"tags": {"a": null}})
    );
}

#[test]
fn members_take_the_names_and_the_order_of_the_model() {
    let body = r#"{"onTheWire":"x","count":1,"tasks":[{"children":[{"taskArn":"a"}]}]}"#;
    assert_eq!(
        answer(&RUN, &[], body).to_string(),
        r#"{"tasks":[{"children":[{"taskArn":"a"}]}],"count":1,"renamed":"x"}"#
    );
}

#[test]
fn an_empty_body_and_null_are_an_empty_answer() {
    assert_eq!(answer(&RUN, &[], ""), json!({}));
    assert_eq!(answer(&RUN, &[], "null"), json!({}));
    assert_eq!(
        answer(&Response::empty(Protocol::Json), &[], "anything"),
        json!({})
    );
    assert_eq!(
        answer(&Response::empty(Protocol::RestJson), &[], "anything"),
        json!({})
    );
}

#[test]
fn timestamps_become_iso_8601_with_an_offset() {
    let cases = [
        (json!(1620328574), "2021-05-06T19:16:14+00:00"),
        (json!(1620328574.25), "2021-05-06T19:16:14.250000+00:00"),
        (json!(1620328574.123), "2021-05-06T19:16:14.123000+00:00"),
        (json!("1620328574"), "2021-05-06T19:16:14+00:00"),
        (json!(-0.5), "1969-12-31T23:59:59.500000+00:00"),
        (json!("2021-05-06T19:16:14Z"), "2021-05-06T19:16:14+00:00"),
        (
            json!("2021-05-06T19:16:14.123456789Z"),
            "2021-05-06T19:16:14.123456+00:00",
        ),
        (
            json!("2021-05-06T19:16:14-01:30"),
            "2021-05-06T19:16:14-01:30",
        ),
        (json!("2021-05-06"), "2021-05-06T00:00:00+00:00"),
        (
            json!("Thu, 06 May 2021 19:16:14 GMT"),
            "2021-05-06T19:16:14+00:00",
        ),
        (
            json!("Thu, 06 May 2021 19:16:14.5 GMT"),
            "2021-05-06T19:16:14.500000+00:00",
        ),
    ];
    for (wire, text) in cases {
        assert_eq!(run(json!({"startedAt": wire})), json!({"startedAt": text}));
    }
}

#[test]
fn a_timestamp_out_of_range_is_an_error() {
    for wire in [json!(1e300), json!("tomorrow"), json!("NaN"), json!([])] {
        assert!(refused(json!({"startedAt": wire})).contains("at $.startedAt, where a timestamp"));
    }
}

#[test]
fn blobs_are_base64_in_the_standard_form() {
    assert_eq!(
        run(json!({"digest": "Zm9v\nYg"})),
        json!({"digest": "Zm9vYg=="})
    );
    assert!(refused(json!({"digest": "?"})).contains("at $.digest, where base64 belongs"));
}

#[test]
fn documents_pass_as_they_are() {
    let anything = json!({"anything": {"deep": [1, null, {"x": 1.5}]}});
    assert_eq!(run(anything.clone()), anything);
}

#[test]
fn the_json_protocol_leaves_scalars_as_they_came() {
    let scalars = json!({"count": "3", "ratio": "NaN", "done": "true"});
    assert_eq!(run(scalars.clone()), scalars);
}

#[test]
fn a_union_has_one_member_and_an_unknown_one_is_named() {
    let known = json!({"choice": {"__type": "x", "task": null, "text": "a"}});
    assert_eq!(run(known), json!({"choice": {"text": "a"}}));
    let unknown = json!({"choice": {"SDK_UNKNOWN_MEMBER": {"name": "other"}}});
    assert_eq!(run(json!({"choice": {"other": 1}})), unknown);
    assert!(refused(json!({"choice": {"text": "a", "task": {}}})).contains("exactly one member"));
    assert!(refused(json!({"choice": {}})).contains("exactly one member"));
}

#[test]
fn a_value_of_another_kind_is_an_error_with_its_place() {
    assert_eq!(
        refused(json!({"tasks": [{}, {"children": 3}]})),
        "the response has the number 3 at $.tasks[1].children, where a list belongs"
    );
    assert_eq!(
        refused(json!({"tags": []})),
        "the response has an empty list at $.tags, where an object belongs"
    );
    assert_eq!(
        refused(json!([1])),
        "the response has a list of 1 element at $, where an object belongs"
    );
}

#[test]
fn a_body_that_is_not_json_is_an_error() {
    let error = decode(&RUN, 200, &[], b"<html>", 0).unwrap_err();
    assert!(
        matches!(
            error,
            DecodeError::Body {
                protocol: Protocol::Json,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_whole_body_is_text_when_it_is_utf_8_and_else_base64() {
    let text = answer(
        &INVOKE,
        &[("x-amz-function-error", "Handled")],
        r#"{"Retry": 1}"#,
    );
    assert_eq!(
        text,
        json!({"StatusCode": 200, "FunctionError": "Handled", "Payload": "{\"Retry\": 1}"})
    );
    let bytes = decode(&INVOKE, 202, &[], &[0xff, 0x00], 0).unwrap();
    assert_eq!(
        (&bytes["Payload"], &bytes["StatusCode"]),
        (&json!("/wA="), &json!(202))
    );
    assert_eq!(
        answer(&INVOKE, &[], ""),
        json!({"StatusCode": 200, "Payload": ""})
    );
}

#[test]
fn headers_are_read_by_their_shape() {
    let found = answer(
        &LOOK,
        &[
            ("x-size", "12"),
            ("X-OPEN", "True"),
            ("X-When", "Thu, 06 May 2021 19:16:14 GMT"),
            ("X-Parts", "1, 2,3"),
            ("X-Context", "eyJhIjoxfQ=="),
            ("X-Meta-Owner", "me"),
        ],
        "",
    );
    assert_eq!(
        found,
        json!({
            "size": 12, "open": true, "when": "2021-05-06T19:16:14+00:00", "parts": [1, 2, 3],
            "context": {"a": 1}, "metadata": {"Owner": "me"},
        })
    );
}

#[test]
fn a_header_that_does_not_fit_is_an_error() {
    for (name, value) in [
        ("X-Size", "many"),
        ("X-Parts", "1,,2"),
        ("X-Context", "e"),
        ("X-When", "?"),
    ] {
        let error = decode(&LOOK, 200, &headers(&[(name, value)]), b"", 0).unwrap_err();
        assert!(
            matches!(error, DecodeError::Mismatch { .. }),
            "{name}: {error}"
        );
    }
}

#[test]
fn the_rest_json_protocol_converts_numbers() {
    let found = answer(&LOOK, &[], r#"{"speed": "-Infinity", "total": 3.9}"#);
    assert_eq!(
        found,
        json!({"metadata": {}, "speed": "-Infinity", "total": 3})
    );
    assert_eq!(
        answer(&LOOK, &[], r#"{"speed": 3}"#)["speed"].to_string(),
        "3.0"
    );
    assert_eq!(
        answer(&LOOK, &[], r#"{"total": "18446744073709551615"}"#)["total"],
        json!(u64::MAX)
    );
}

#[test]
fn a_structure_can_be_the_whole_body() {
    assert_eq!(
        answer(&READ, &[], r#"{"taskArn": "a"}"#),
        json!({"task": {"taskArn": "a"}})
    );
    assert_eq!(answer(&READ, &[], ""), json!({"task": {}}));
}

#[test]
fn errors_have_a_code_and_a_message() {
    let error = |protocol, pairs: &[(&str, &str)], body: &str| {
        let error = decode_error(protocol, 400, &headers(pairs), body.as_bytes(), 0);
        format!("{}: {}", error.code, error.message)
    };
    let body = r#"{"__type":"com.x#Gone","Message":"no"}"#;
    assert_eq!(error(Protocol::Json, &[], body), "Gone: no");
    assert_eq!(
        error(
            Protocol::Json,
            &[("x-amzn-query-error", "Old.Gone;Sender")],
            body
        ),
        "Old.Gone: no"
    );
    assert_eq!(
        error(
            Protocol::RestJson,
            &[("X-Amzn-ErrorType", "Held:http://x")],
            body
        ),
        "Held: no"
    );
    assert_eq!(
        error(Protocol::RestJson, &[], r#"{"code":"Held"}"#),
        "Held: "
    );
    assert_eq!(error(Protocol::RestJson, &[], "<html>"), "400: <html>");
}

fn problems(response: &Response, answer: Document) -> Vec<String> {
    check_answer(response, &answer)
        .iter()
        .map(AnswerProblem::to_string)
        .collect()
}

#[test]
fn a_possible_answer_has_no_problems() {
    let possible = json!({
        "tasks": [{"taskArn": "a", "children": []}, null], "count": 1, "ratio": 2, "done": false,
        "startedAt": "2021-05-06T19:16:14+00:00", "digest": "Zm9v", "anything": [1],
        "tags": {"a": "b"}, "choice": {"text": "x"}, "renamed": "x",
        "ResponseMetadata": {"HTTPStatusCode": 200},
    });
    assert_eq!(problems(&RUN, possible), Vec::<String>::new());
    assert_eq!(
        problems(&INVOKE, json!({"StatusCode": 200, "Payload": "{}"})),
        Vec::<String>::new()
    );
    assert_eq!(
        problems(&LOOK, json!({"context": [1], "metadata": {"a": "b"}})),
        Vec::<String>::new()
    );
}

#[test]
fn an_unknown_member_is_reported_with_a_near_name() {
    assert_eq!(
        problems(&RUN, json!({"tasks": [{"TaskARN": "a"}], "zzz": 1})),
        [
            "$.tasks[0].TaskARN is not in the answer of this operation; did you mean `taskArn`?",
            "$.zzz is not in the answer of this operation",
        ]
    );
    assert_eq!(
        problems(&RUN, json!({"onTheWire": "x"})),
        ["$.onTheWire is not in the answer of this operation"]
    );
}

#[test]
fn a_wrong_type_is_reported_with_its_place() {
    let impossible = json!({
        "tasks": {"taskArn": "a"}, "count": 1.5, "done": "true", "startedAt": 1620328574,
        "digest": "?", "tags": {"a b": 1}, "choice": {"text": "x", "task": {}}, "renamed": null,
    });
    assert_eq!(
        problems(&RUN, impossible),
        [
            "$.tasks is a map, but AWS returns a list",
            "$.count is the number 1.5, but AWS returns an integer",
            "$.done is the text \"true\", but AWS returns true or false",
            "$.startedAt is the number 1620328574, but AWS returns a timestamp such as \"2021-05-06T19:16:14+00:00\"",
            "$.digest is the text \"?\", but AWS returns base64",
            "$.tags[\"a b\"] is the number 1, but AWS returns text",
            "$.choice is a map with 2 members, but AWS returns exactly one member of a union",
            "$.renamed is null, but AWS returns text",
        ]
    );
    assert_eq!(
        problems(&RUN, json!([])),
        ["$ is an empty list, but AWS returns an object"]
    );
}

#[test]
fn numbers_keep_their_digits() {
    for digits in [
        "123456789.12345679",
        "31.245270191439438",
        "0.1",
        "9007199254740993",
        "1e-7",
    ] {
        let found = answer(&RUN, &[], &format!(r#"{{"ratio": {digits}}}"#));
        assert_eq!(found["ratio"].to_string(), digits);
    }
}
