//! The smithy-rpc-v2-cbor protocol.
//!
//! A body becomes the document that the same answer in JSON would be (bytes in base64, instants in
//! ISO 8601), which is then read by the rules of the json protocol. Of CBOR (RFC 8949) this reads
//! what Smithy allows: all major types, indefinite lengths, and of the tags the one for instants.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::json::{Reader, answer, mismatch};
use super::path::Path;
use super::shape::{Protocol, Response};
use super::{DEEPEST, DecodeError, Http, scalar};
use crate::value::{Document, Map};

/// Reads a response of the smithy-rpc-v2-cbor protocol.
pub(super) fn decode(response: &Response, http: &Http) -> Result<Map, DecodeError> {
    answer(response, http, &Reader::CBOR, parse_object)
}

/// The object that a body is; nothing and null are an empty one.
pub(super) fn parse_object(body: &[u8]) -> Result<Map, DecodeError> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match parse(body).map_err(body_error)? {
        Document::Object(map) => Ok(map),
        Document::Null => Ok(Map::new()),
        other => Err(mismatch(Path::Root, &other, "an object")),
    }
}

fn body_error(reason: String) -> DecodeError {
    DecodeError::Body {
        protocol: Protocol::Cbor,
        reason,
    }
}

fn parse(body: &[u8]) -> Result<Document, String> {
    let mut items = Items {
        rest: body,
        depth: 0,
    };
    let item = items.item()?;
    match items.rest.len() {
        0 => Ok(item),
        extra => Err(format!("{extra} bytes follow the answer")),
    }
}

/// The byte that ends an item of indefinite length.
const BREAK: u8 = 0xFF;
/// The additional information of an item of indefinite length.
const INDEFINITE: u8 = 31;
/// The tag of seconds since 1970.
const EPOCH: u64 = 1;

/// Items of CBOR, read one after the other.
struct Items<'a> {
    rest: &'a [u8],
    /// How many items are open around the next one.
    depth: usize,
}

impl Items<'_> {
    fn item(&mut self) -> Result<Document, String> {
        if self.depth >= DEEPEST {
            return Err(format!("items are nested deeper than {DEEPEST}"));
        }
        self.depth += 1;
        let (major, info) = self.head()?;
        let item = match major {
            0 => self.argument(info)?.into(),
            1 => self.negative(info)?,
            2 => BASE64_STANDARD.encode(self.bytes(major, info)?).into(),
            3 => self.text(info)?.into(),
            4 => self.array(info)?,
            5 => self.map(info)?,
            6 => self.tagged(info)?,
            _ => self.simple(info)?,
        };
        self.depth -= 1;
        Ok(item)
    }

    /// The major type of the next item and its additional information.
    fn head(&mut self) -> Result<(u8, u8), String> {
        let [byte] = self.array_of()?;
        Ok((byte >> 5, byte & 0b1_1111))
    }

    /// The number that an item's head holds.
    fn argument(&mut self, info: u8) -> Result<u64, String> {
        Ok(match info {
            0..24 => info.into(),
            24 => u8::from_be_bytes(self.array_of()?).into(),
            25 => u16::from_be_bytes(self.array_of()?).into(),
            26 => u32::from_be_bytes(self.array_of()?).into(),
            27 => u64::from_be_bytes(self.array_of()?),
            _ => return Err(format!("no number begins with {info}")),
        })
    }

    /// The length of an item; nothing when it is indefinite.
    fn length(&mut self, info: u8) -> Result<Option<u64>, String> {
        match info {
            INDEFINITE => Ok(None),
            info => self.argument(info).map(Some),
        }
    }

    fn negative(&mut self, info: u8) -> Result<Document, String> {
        let argument = self.argument(info)?;
        i64::try_from(argument)
            .map(|argument| Document::from(-1 - argument))
            .map_err(|_| format!("the integer -1-{argument} has more than 64 bits"))
    }

    /// The content of a byte or text string, whole or in chunks.
    fn bytes(&mut self, major: u8, info: u8) -> Result<Vec<u8>, String> {
        if let Some(length) = self.length(info)? {
            return Ok(self.take(length)?.to_vec());
        }
        let mut bytes = Vec::new();
        while self.another(&mut None)? {
            let (chunk, info) = self.head()?;
            if chunk != major {
                return Err("a string has a chunk of another type".to_owned());
            }
            let length = self.argument(info)?;
            bytes.extend_from_slice(self.take(length)?);
        }
        Ok(bytes)
    }

    fn text(&mut self, info: u8) -> Result<String, String> {
        String::from_utf8(self.bytes(3, info)?).map_err(|error| error.to_string())
    }

    fn array(&mut self, info: u8) -> Result<Document, String> {
        let mut left = self.length(info)?;
        // A length is only a claim: nothing is allocated for it in advance.
        let mut elements = Vec::new();
        while self.another(&mut left)? {
            elements.push(self.item()?);
        }
        Ok(Document::Array(elements))
    }

    /// A map, without the entries that are null, as botocore reads it.
    fn map(&mut self, info: u8) -> Result<Document, String> {
        let mut left = self.length(info)?;
        let mut entries = Map::new();
        while self.another(&mut left)? {
            let Document::String(key) = self.item()? else {
                return Err("a map has a key that is not text".to_owned());
            };
            let value = self.item()?;
            if !value.is_null() {
                entries.insert(key, value);
            }
        }
        Ok(Document::Object(entries))
    }

    /// Whether a collection, of which `left` items are to come, goes on.
    fn another(&mut self, left: &mut Option<u64>) -> Result<bool, String> {
        match left {
            Some(0) => Ok(false),
            Some(left) => {
                *left -= 1;
                Ok(true)
            }
            None if self.rest.first() == Some(&BREAK) => self.take(1).map(|_| false),
            None => Ok(true),
        }
    }

    fn tagged(&mut self, info: u8) -> Result<Document, String> {
        let tag = self.argument(info)?;
        let value = self.item()?;
        let instant = Some(&value).filter(|value| tag == EPOCH && value.is_number());
        instant
            .and_then(scalar::timestamp)
            .ok_or_else(|| format!("the tag {tag} does not fit {value}"))
    }

    fn simple(&mut self, info: u8) -> Result<Document, String> {
        Ok(match info {
            20 => false.into(),
            21 => true.into(),
            22 | 23 => Document::Null,
            25 => scalar::number(half(u16::from_be_bytes(self.array_of()?))),
            26 => scalar::number(f32::from_be_bytes(self.array_of()?).into()),
            27 => scalar::number(f64::from_be_bytes(self.array_of()?)),
            INDEFINITE => return Err("an item ends that never began".to_owned()),
            _ => return Err(format!("there is no simple value {info}")),
        })
    }

    fn array_of<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], String> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(*bytes)
    }

    fn take(&mut self, length: u64) -> Result<&[u8], String> {
        let length = usize::try_from(length).map_err(|_| ends_early())?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(bytes)
    }
}

fn ends_early() -> String {
    "it ends early".to_owned()
}

/// A floating-point number of 16 bits: 1 for the sign, 5 for the exponent, 10 for the fraction.
fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3FF);
    let magnitude = match (bits >> 10) & 0x1F {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1024.0 + fraction) * 2_f64.powi(i32::from(exponent) - 25),
    };
    match bits >> 15 {
        0 => magnitude,
        _ => -magnitude,
    }
}
