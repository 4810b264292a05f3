//! Answers and errors in XML: the query, ec2 and rest-xml protocols.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::sync::LazyLock;

use runbook_runtime::decode::{
    BLOB, BOOLEAN, DecodeError, FLOAT, INTEGER, Member, Protocol, Response, STRING, Shape,
    TIMESTAMP, decode, decode_error,
};
use runbook_runtime::value::Document;
use serde_json::{Value, json};

static TEXTS: Shape = Shape::list(&STRING);
static ITEMS: Shape = Shape::list_of("item", &STRING).flattened();
static FLAT: Shape = Shape::list(&STRING).flattened();
static TAGS: Shape = Shape::map(&STRING);
static LABELS: Shape = Shape::map_of("Name", "Label", &INTEGER).flattened();
static OWNER: Shape = Shape::structure(&[
    Member::new("Id", &STRING),
    Member::new("Kind", &STRING).attribute("xsi:type"),
    Member::new("Class", &STRING).attribute("class"),
]);
static CHOICE: Shape =
    Shape::union(&[Member::new("Left", &STRING), Member::new("Right", &INTEGER)]);
static TREE: Shape = Shape::structure(&[Member::new("Tree", &TREE), Member::new("Leaf", &STRING)]);
static OUTPUT: Shape = Shape::structure(&[
    Member::new("Name", &STRING).wire("name"),
    Member::new("Count", &INTEGER),
    Member::new("Ratio", &FLOAT),
    Member::new("On", &BOOLEAN),
    Member::new("When", &TIMESTAMP),
    Member::new("Data", &BLOB),
    Member::new("Texts", &TEXTS),
    Member::new("Items", &ITEMS).wire("items"),
    Member::new("Flat", &FLAT),
    Member::new("Tags", &TAGS),
    Member::new("Labels", &LABELS),
    Member::new("Owner", &OWNER),
    Member::new("Choice", &CHOICE),
    Member::new("Tree", &TREE),
]);
static QUERY: Response = Response::query(&OUTPUT, "LookResult");
static EC2: Response = Response::ec2(&OUTPUT);
static REST: Response = Response::rest_xml(&OUTPUT);

fn answer(response: &Response, headers: &[(&str, &str)], body: &str) -> Result<Value, DecodeError> {
    let headers = owned(headers);
    decode(response, 200, &headers, body.as_bytes(), 0)
}

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    let headers = headers.iter();
    headers
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The answer to an ec2 body with this content, without metadata.
fn inside(content: &str) -> Result<Value, DecodeError> {
    let mut answer = answer(
        &EC2,
        &[],
        &format!("<LookResponse>{content}</LookResponse>"),
    )?;
    answer.as_object_mut().unwrap().remove("ResponseMetadata");
    Ok(answer)
}

fn check(content: &str, expected: Value) {
    assert_eq!(inside(content).unwrap(), expected, "{content}");
}

#[test]
fn a_query_answer_stands_in_its_wrapper() {
    let body = r#"<?xml version="1.0"?>
        <LookResponse xmlns="https://example.com/doc/">
          <LookResult><name>a</name></LookResult>
          <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>
        </LookResponse>"#;
    let found = answer(&QUERY, &[("Content-Type", "text/xml")], body).unwrap();
    assert_eq!(
        found,
        json!({"Name": "a", "ResponseMetadata": {
            "RequestId": "r-1",
            "HTTPStatusCode": 200,
            "HTTPHeaders": {"content-type": "text/xml"},
            "RetryAttempts": 0,
        }})
    );
}

#[test]
fn a_query_answer_without_its_wrapper_is_an_error() {
    let error = answer(&QUERY, &[], "<html><body/></html>").unwrap_err();
    assert!(error.to_string().contains("LookResult"), "{error}");
}

#[test]
fn an_operation_without_output_gives_metadata_only() {
    let body = "<R><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></R>";
    let found = answer(&Response::empty(Protocol::Query), &[], body).unwrap();
    assert_eq!(found["ResponseMetadata"]["RequestId"], "r");
    assert_eq!(found.as_object().unwrap().len(), 1);
    let found = answer(&Response::empty(Protocol::Ec2), &[], "").unwrap();
    assert_eq!(found.as_object().unwrap().len(), 1);
}

#[test]
fn an_ec2_answer_is_the_root_and_names_its_request() {
    let body = "<R><requestId>r-2</requestId><name>b</name></R>";
    let found = answer(&EC2, &[], body).unwrap();
    assert_eq!(found["Name"], "b");
    assert_eq!(found["ResponseMetadata"]["RequestId"], "r-2");
}

#[test]
fn scalars_are_converted() {
    check("<Count> 42 </Count>", json!({"Count": 42}));
    check("<Ratio>2</Ratio>", json!({"Ratio": 2.0}));
    check("<Ratio>-Infinity</Ratio>", json!({"Ratio": "-Infinity"}));
    check("<On>true</On>", json!({"On": true}));
    check("<On>TRUE</On>", json!({"On": false}));
    check("<Data>aGk=</Data>", json!({"Data": "aGk="}));
    for instant in [
        "2024-01-02T03:04:05Z",
        "1704164645",
        "Tue, 02 Jan 2024 03:04:05 GMT",
    ] {
        let expected = json!({"When": "2024-01-02T03:04:05+00:00"});
        check(&format!("<When>{instant}</When>"), expected);
    }
}

#[test]
fn a_scalar_that_does_not_fit_is_an_error_with_its_place() {
    for content in [
        "<Count>many</Count>",
        "<Count/>",
        "<Ratio>x</Ratio>",
        "<When>soon</When>",
        "<Data>?</Data>",
    ] {
        let error = inside(content).unwrap_err();
        assert!(matches!(error, DecodeError::Mismatch { .. }), "{error}");
    }
    let error = inside("<Count>many</Count>").unwrap_err();
    assert!(error.to_string().contains("$.Count"), "{error}");
}

#[test]
fn text_is_kept_as_it_is() {
    check("<name/>", json!({"Name": ""}));
    check("<name> a\n b </name>", json!({"Name": " a\n b "}));
    check("<name>a<!-- no -->b</name>", json!({"Name": "ab"}));
    check(
        "<name>&lt;&amp;&#65;&#x42;&gt;</name>",
        json!({"Name": "<&AB>"}),
    );
    check(
        "<name><![CDATA[<a>&amp;]]>!</name>",
        json!({"Name": "<a>&amp;!"}),
    );
}

#[test]
fn namespaces_do_not_matter() {
    check(
        r#"<x:name xmlns:x="https://example.com/">a</x:name>"#,
        json!({"Name": "a"}),
    );
}

#[test]
fn what_is_not_there_is_not_in_the_answer() {
    check("", json!({}));
    check("<Unknown>1</Unknown>", json!({}));
    check("<Texts/>", json!({"Texts": []}));
    check("<Tags/>", json!({"Tags": {}}));
    check("<Owner/>", json!({"Owner": {}}));
}

#[test]
fn lists_stand_in_an_element_or_are_flattened() {
    check(
        "<Texts><member>a</member><other>b</other></Texts>",
        json!({"Texts": ["a", "b"]}),
    );
    check("<item>a</item>", json!({"Items": ["a"]}));
    check(
        "<items>a</items><items>b</items>",
        json!({"Items": ["a", "b"]}),
    );
    check(
        "<Flat>a</Flat><name/><Flat>b</Flat>",
        json!({"Name": "", "Flat": ["a", "b"]}),
    );
}

#[test]
fn maps_stand_in_an_element_or_are_flattened() {
    check(
        "<Tags><entry><key>a</key><value>1</value></entry>\
         <entry><value>2</value><key>b</key></entry></Tags>",
        json!({"Tags": {"a": "1", "b": "2"}}),
    );
    check(
        "<Labels><Name>x</Name><Label>1</Label></Labels><Labels><Name>y</Name><Label>2</Label></Labels>",
        json!({"Labels": {"x": 1, "y": 2}}),
    );
    let error = inside("<Tags><entry><key>a</key></entry></Tags>").unwrap_err();
    assert!(matches!(error, DecodeError::Mismatch { .. }), "{error}");
}

#[test]
fn attributes_are_members() {
    check(
        r#"<Owner xmlns:i="https://example.com/" i:type="User" class="a&amp;b"><Id>1</Id></Owner>"#,
        json!({"Owner": {"Id": "1", "Kind": "User", "Class": "a&b"}}),
    );
    check(r#"<Owner type="User"/>"#, json!({"Owner": {}}));
}

#[test]
fn a_union_has_one_member() {
    check(
        "<Choice><Right>1</Right></Choice>",
        json!({"Choice": {"Right": 1}}),
    );
    check(
        "<Choice><New>1</New></Choice>",
        json!({"Choice": {"SDK_UNKNOWN_MEMBER": {"name": "New"}}}),
    );
    for content in ["<Choice/>", "<Choice><Left/><Right>1</Right></Choice>"] {
        assert!(inside(content).is_err(), "{content}");
    }
}

#[test]
fn a_body_that_is_not_xml_is_an_error() {
    for body in [
        "no",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a/>x",
        "<a>&unknown;</a>",
        "<a>&#0;</a>",
        "<!-- only -->",
    ] {
        let error = answer(&EC2, &[], body).unwrap_err();
        assert!(matches!(error, DecodeError::Body { .. }), "{body}: {error}");
    }
    assert!(decode(&EC2, 200, &[], b"<a>\xFF</a>", 0).is_err());
}

#[test]
fn entities_of_a_document_are_refused() {
    let body = r#"<!DOCTYPE a [<!ENTITY b "c">]><a><name>&b;</name></a>"#;
    assert!(answer(&EC2, &[], body).is_err());
}

#[test]
fn hostile_nesting_is_refused() {
    let nested = |depth: usize| format!("{}{}", "<Tree>".repeat(depth), "</Tree>".repeat(depth));
    assert!(inside(&nested(100)).is_ok());
    let error = inside(&nested(100_000)).unwrap_err();
    assert!(error.to_string().contains("nested"), "{error}");
}

static HEADED: Shape = Shape::structure(&[
    Member::new("Total", &INTEGER).header("x-total"),
    Member::new("Meta", &TAGS).headers("x-meta-"),
    Member::new("Code", &INTEGER).status(),
    Member::new("Name", &STRING),
]);
static LOADED: Shape = Shape::structure(&[
    Member::new("Etag", &STRING).header("etag"),
    Member::new("Owner", &OWNER).payload(),
]);
static STREAMED: Shape = Shape::structure(&[Member::new("Body", &BLOB).payload()]);
static LOCATED: Shape = Shape::structure(&[Member::new("Location", &STRING)]);

#[test]
fn rest_members_stand_in_headers_status_and_body() {
    let found = answer(
        &Response::rest_xml(&HEADED),
        &[
            ("X-Total", "3"),
            ("x-meta-a", "b"),
            ("x-amz-request-id", "r"),
            ("x-amz-id-2", "h"),
        ],
        "<Out><Name>n</Name></Out>",
    )
    .unwrap();
    assert_eq!(found["Total"], 3);
    assert_eq!(found["Meta"], json!({"a": "b"}));
    assert_eq!(found["Code"], 200);
    assert_eq!(found["Name"], "n");
    assert_eq!(found["ResponseMetadata"]["RequestId"], "r");
    assert_eq!(found["ResponseMetadata"]["HostId"], "h");
}

#[test]
fn a_rest_member_can_be_the_whole_body() {
    let loaded = Response::rest_xml(&LOADED);
    let found = answer(&loaded, &[("ETag", "e")], "<Any><Id>1</Id></Any>").unwrap();
    assert_eq!(
        (&found["Etag"], &found["Owner"]),
        (&json!("e"), &json!({"Id": "1"}))
    );
    assert_eq!(answer(&loaded, &[], "").unwrap()["Owner"], json!({}));
    let streamed = Response::rest_xml(&STREAMED);
    let xml = [("content-type", "application/x-amz-json-1.1")];
    assert_eq!(answer(&streamed, &xml, "<a>").unwrap()["Body"], "<a>");
}

#[test]
fn an_only_member_may_be_the_root() {
    let located = Response::rest_xml(&LOCATED);
    assert_eq!(
        answer(&located, &[], "<Location>EU</Location>").unwrap()["Location"],
        "EU"
    );
    assert_eq!(
        answer(&located, &[], "<Location/>").unwrap()["Location"],
        Value::Null
    );
    let body = "<Out><Location>EU</Location></Out>";
    assert_eq!(answer(&located, &[], body).unwrap()["Location"], "EU");
}

#[test]
fn an_error_behind_a_successful_status_is_no_answer() {
    let body = "<Error><Code>SlowDown</Code><Message>m</Message></Error>";
    let error = answer(&REST, &[], body).unwrap_err();
    assert!(error.to_string().contains("SlowDown"), "{error}");
}

#[test]
fn headers_decide_between_the_protocols_of_a_service() {
    let xml = "<LookResponse><LookResult><name>a</name></LookResult></LookResponse>";
    for response in [Response::json(&OUTPUT), Response::cbor(&OUTPUT)] {
        let headers = [("Content-Type", "text/xml; charset=utf-8")];
        assert_eq!(answer(&response, &headers, xml).unwrap()["Name"], "a");
    }
    let json = [("content-type", "application/x-amz-json-1.0")];
    for response in [&QUERY, &Response::cbor(&OUTPUT)] {
        assert_eq!(
            answer(response, &json, r#"{"name": "a"}"#).unwrap()["Name"],
            "a"
        );
    }
    let error = decode_error(
        Protocol::Query,
        400,
        &owned(&json),
        br#"{"__type": "x#Gone", "message": "m"}"#,
        0,
    );
    assert_eq!((&*error.code, &*error.message), ("Gone", "m"));
}

#[test]
fn errors_have_a_code_a_message_and_a_request() {
    let inner = "<Error><Type>Sender</Type><Code>Gone</Code><Message>m &lt; n</Message></Error>";
    for (protocol, body) in [
        (
            Protocol::Query,
            format!("<E>{inner}<RequestId>r</RequestId></E>"),
        ),
        (
            Protocol::RestXml,
            format!("<E>{inner}<RequestId>r</RequestId></E>"),
        ),
        (
            Protocol::Query,
            format!("<E><Errors>{inner}</Errors><RequestId>r</RequestId></E>"),
        ),
        (
            Protocol::Ec2,
            format!("<E><Errors>{inner}</Errors><RequestID>r</RequestID></E>"),
        ),
    ] {
        let error = decode_error(protocol, 400, &[], body.as_bytes(), 2);
        assert_eq!((&*error.code, &*error.message), ("Gone", "m < n"), "{body}");
        let expected = json!({
            "RequestId": "r", "HTTPStatusCode": 400, "HTTPHeaders": {}, "RetryAttempts": 2,
        });
        assert_eq!(error.metadata, expected);
    }
}

#[test]
fn an_error_of_s3_takes_its_ids_from_the_headers() {
    let headers = owned(&[("x-amz-request-id", "r"), ("x-amz-id-2", "h")]);
    let body = b"<Error><Code>NoSuchKey</Code><Message>m</Message><RequestId>b</RequestId></Error>";
    let error = decode_error(Protocol::RestXml, 404, &headers, body, 0);
    assert_eq!((&*error.code, &*error.message), ("NoSuchKey", "m"));
    assert_eq!(error.metadata["RequestId"], "r");
    assert_eq!(error.metadata["HostId"], "h");
}

#[test]
fn an_error_without_words_is_its_status() {
    for (status, body, expected) in [
        (404, "", ("404", "Not Found")),
        (
            503,
            "<html><body><b>busy</b></body></html>",
            ("503", "Service Unavailable"),
        ),
        (400, "no <xml", ("400", "Bad Request")),
        (418, "<E/>", ("418", "")),
        (
            403,
            "<Denied><Message>who?</Message></Denied>",
            ("403", "who?"),
        ),
        (400, "<E><Error><Code>A</Code></Error></E>", ("A", "")),
    ] {
        for protocol in [Protocol::Query, Protocol::Ec2, Protocol::RestXml] {
            let error = decode_error(protocol, status, &[], body.as_bytes(), 0);
            assert_eq!((&*error.code, &*error.message), expected, "{body}");
        }
    }
}

/// A body with every kind of thing in it.
static FULL: LazyLock<String> = LazyLock::new(|| {
    String::from(
        r#"<?xml version="1.0"?><R xmlns:i="u"><LookResult><name>a&amp;<![CDATA[b]]></name>
        <Count>1</Count><When>2024-01-02T03:04:05Z</When><Data>aGk=</Data><Ratio>1.5</Ratio>
        <Texts><member>x</member></Texts><item>y</item><Owner i:type="T"><Id>1</Id></Owner>
        <Tags><entry><key>k</key><value>v</value></entry></Tags><Choice><Left>l</Left></Choice>
        <Tree><Tree><Leaf>&#65;</Leaf></Tree></Tree></LookResult></R>"#,
    )
});

#[test]
fn no_bytes_make_it_panic() {
    const BYTES: &[u8] = b"<>/&;\"'=!?[]-#x0 \xC3\xFF\x00a";
    for position in 0..FULL.len() {
        for byte in BYTES {
            let mut changed = FULL.as_bytes().to_vec();
            changed[position] = *byte;
            read_everything(&changed);
        }
        read_everything(&FULL.as_bytes()[..position]);
        read_everything(&FULL.as_bytes()[position..]);
    }
}

/// Only that it returns counts.
fn read_everything(body: &[u8]) {
    for response in [&QUERY, &EC2, &REST] {
        let _: Result<Document, DecodeError> = decode(response, 200, &[], body, 0);
        decode_error(response.protocol, 400, &[], body, 0);
    }
}
