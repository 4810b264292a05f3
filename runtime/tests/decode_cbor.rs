//! Answers and errors in CBOR: the smithy-rpc-v2-cbor protocol.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use runbook_runtime::decode::{
    BLOB, BOOLEAN, DecodeError, FLOAT, INTEGER, Member, Protocol, Response, STRING, Shape,
    TIMESTAMP, decode, decode_error,
};
use serde_json::{Value, json};

static TEXTS: Shape = Shape::list(&STRING);
static TAGS: Shape = Shape::map(&STRING);
static CHOICE: Shape = Shape::union(&[Member::new("l", &STRING), Member::new("r", &INTEGER)]);
static OUTPUT: Shape = Shape::structure(&[
    Member::new("n", &STRING).wire("other"),
    Member::new("i", &INTEGER),
    Member::new("f", &FLOAT),
    Member::new("o", &BOOLEAN),
    Member::new("w", &TIMESTAMP),
    Member::new("d", &BLOB),
    Member::new("t", &TEXTS),
    Member::new("m", &TAGS),
    Member::new("c", &CHOICE),
]);
static CBOR: Response = Response::cbor(&OUTPUT);

/// A map with this one member, of indefinite length.
fn member(key: u8, value: &[u8]) -> Vec<u8> {
    [&[0xBF, 0x61, key], value, &[0xFF]].concat()
}

fn read(body: &[u8]) -> Result<Value, DecodeError> {
    let mut answer = decode(&CBOR, 200, &[], body, 0)?;
    answer.as_object_mut().unwrap().remove("ResponseMetadata");
    Ok(answer)
}

/// Reads a map with one member.
fn check(key: u8, value: &[u8], expected: Value) {
    let answer = read(&member(key, value)).unwrap();
    let name = char::from(key).to_string();
    assert_eq!(answer.get(&name), Some(&expected), "{value:02x?}");
}

#[test]
fn integers_come_in_all_lengths() {
    check(b'i', &[0x17], json!(23));
    check(b'i', &[0x18, 0x18], json!(24));
    check(b'i', &[0x19, 0x01, 0x00], json!(256));
    check(b'i', &[0x1A, 0, 1, 0, 0], json!(65536));
    check(
        b'i',
        &[0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        json!(u64::MAX),
    );
    check(b'i', &[0x20], json!(-1));
    check(
        b'i',
        &[0x3B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        json!(i64::MIN),
    );
    assert!(read(&member(b'i', &[0x3B, 0x80, 0, 0, 0, 0, 0, 0, 0])).is_err());
}

#[test]
fn floats_come_in_all_lengths() {
    check(b'f', &[0xF9, 0x3C, 0x00], json!(1.0));
    check(b'f', &[0xF9, 0xC1, 0x00], json!(-2.5));
    check(b'f', &[0xF9, 0x7B, 0xFF], json!(65504.0));
    check(b'f', &[0xF9, 0x00, 0x01], json!(5.960464477539063e-8));
    check(b'f', &[0xF9, 0x7C, 0x00], json!("Infinity"));
    check(b'f', &[0xF9, 0xFC, 0x00], json!("-Infinity"));
    check(b'f', &[0xF9, 0x7E, 0x00], json!("NaN"));
    check(b'f', &[0xFA, 0x3F, 0xC0, 0, 0], json!(1.5));
    check(b'f', &[0xFB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0], json!(1.5));
}

#[test]
fn strings_and_bytes_are_whole_or_in_chunks() {
    check(b'n', &[0x62, b'h', b'i'], json!("hi"));
    check(b'n', &[0x7F, 0x61, b'h', 0x61, b'i', 0xFF], json!("hi"));
    check(b'd', &[0x42, b'h', b'i'], json!("aGk="));
    check(b'd', &[0x5F, 0x41, b'h', 0x41, b'i', 0xFF], json!("aGk="));
    check(b'd', &[0x40], json!(""));
    assert!(read(&member(b'n', &[0x7F, 0x41, b'h', 0xFF])).is_err());
    assert!(read(&member(b'n', &[0x61, 0xFF])).is_err());
}

#[test]
fn lists_and_maps_have_a_length_or_an_end() {
    let expected = json!(["a", "b"]);
    check(b't', &[0x82, 0x61, b'a', 0x61, b'b'], expected.clone());
    check(b't', &[0x9F, 0x61, b'a', 0x61, b'b', 0xFF], expected);
    check(b'm', &[0xA1, 0x61, b'k', 0x61, b'v'], json!({"k": "v"}));
    check(
        b'm',
        &[0xBF, 0x61, b'k', 0x61, b'v', 0xFF],
        json!({"k": "v"}),
    );
}

#[test]
fn null_is_left_out_of_maps_and_kept_in_lists() {
    assert_eq!(read(&member(b'n', &[0xF6])).unwrap(), json!({}));
    assert_eq!(read(&member(b'n', &[0xF7])).unwrap(), json!({}));
    check(b'm', &[0xA1, 0x61, b'k', 0xF6], json!({}));
    check(b't', &[0x81, 0xF6], json!([null]));
}

#[test]
fn booleans_instants_and_unions() {
    check(b'o', &[0xF5], json!(true));
    check(b'o', &[0xF4], json!(false));
    let instant = json!("1970-01-01T00:00:01+00:00");
    check(b'w', &[0xC1, 0x01], instant.clone());
    check(b'w', &[0x01], instant);
    check(
        b'w',
        &[0xC1, 0xF9, 0x3E, 0x00],
        json!("1970-01-01T00:00:01.500000+00:00"),
    );
    check(b'c', &[0xA1, 0x61, b'r', 0x01], json!({"r": 1}));
    check(
        b'c',
        &[0xA1, 0x61, b'x', 0x01],
        json!({"SDK_UNKNOWN_MEMBER": {"name": "x"}}),
    );
    assert!(read(&member(b'c', &[0xA0])).is_err());
}

#[test]
fn what_smithy_does_not_allow_is_an_error() {
    for body in [
        &member(b'i', &[0xC2, 0x41, 0x01])[..],
        &member(b'w', &[0xC1, 0x61, b'x']),
        &member(b'i', &[0xE0]),
        &member(b'i', &[0x1C]),
        &[0xA1, 0x01, 0x02],
        &[0xFF],
        &[0xBF],
        &[0xA0, 0x00],
        &[0x9B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        b"<html/>",
    ] {
        assert!(read(body).is_err(), "{body:02x?}");
    }
    assert!(matches!(read(&[0x01]), Err(DecodeError::Mismatch { .. })));
}

#[test]
fn no_body_is_an_empty_answer() {
    assert_eq!(read(&[]).unwrap(), json!({}));
    assert_eq!(read(&[0xF6]).unwrap(), json!({}));
}

#[test]
fn hostile_nesting_is_refused() {
    for byte in [0x81, 0x9F, 0xC1, 0xBF] {
        assert!(read(&vec![byte; 1_000_000]).is_err());
    }
}

#[test]
fn headers_name_the_protocol() {
    let body = member(b'n', &[0x61, b'a']);
    for (header, value) in [
        ("Smithy-Protocol", "rpc-v2-cbor"),
        ("Content-Type", "application/cbor"),
    ] {
        let headers = [(header.to_owned(), value.to_owned())];
        for response in [
            Response::json(&OUTPUT),
            Response::query(&OUTPUT, "LookResult"),
        ] {
            let answer = decode(&response, 200, &headers, &body, 0).unwrap();
            assert_eq!(answer["n"], "a");
        }
    }
}

#[test]
fn errors_have_a_code_and_a_message() {
    let body = b"\xA2\x66__type\x68a.b#Gone\x67message\x62no";
    let error = decode_error(Protocol::Cbor, 400, &[], body, 0);
    assert_eq!((&*error.code, &*error.message), ("Gone", "no"));
    let query = [(
        "x-amzn-query-error".to_owned(),
        "Old.Gone;Sender".to_owned(),
    )];
    let error = decode_error(Protocol::Cbor, 400, &query, body, 0);
    assert_eq!(error.code, "Old.Gone");
    let error = decode_error(Protocol::Cbor, 502, &[], b"<html/>", 0);
    assert_eq!((&*error.code, &*error.message), ("502", "Bad Gateway"));
}

#[test]
fn no_bytes_make_it_panic() {
    let full = [
        &[0xBF][..],
        b"\x61n\x7F\x61a\xFF\x61i\x3A\x00\x01\x00\x00\x61f\xF9\x3E\x00\x61o\xF5\x61w\xC1\x1A\x65\x00\x00\x00",
        b"\x61d\x42hi\x61t\x9F\x61x\xF6\xFF\x61m\xA1\x61k\x61v\x61c\xA1\x61l\x61y",
        &[0xFF],
    ]
    .concat();
    assert!(read(&full).is_ok());
    for position in 0..full.len() {
        for byte in 0..=u8::MAX {
            let mut changed = full.clone();
            changed[position] = byte;
            let _ = read(&changed);
            decode_error(Protocol::Cbor, 400, &[], &changed, 0);
        }
        let _ = read(&full[position..]);
        assert!(read(&full[..position]).is_err() || position == 0);
    }
}
