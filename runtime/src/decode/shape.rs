//! What a response means, as static tables.
//!
//! The compiler prints one static per structure, list and map of an operation's output; they refer
//! to each other, and may do so in circles:
//!
//! ```
//! use runbook_runtime::decode::{Member, Response, STRING, Shape};
//!
//! static RUN_TASK: Response = Response::json(&RUN_TASK_OUTPUT);
//! static RUN_TASK_OUTPUT: Shape = Shape::structure(&[Member::new("tasks", &TASKS)]);
//! static TASKS: Shape = Shape::list(&TASK);
//! static TASK: Shape = Shape::structure(&[
//!     Member::new("taskArn", &STRING),
//!     Member::new("lastStatus", &STRING),
//! ]);
//! ```

use std::fmt;

/// How an operation's response is read.
#[derive(Debug)]
pub struct Response {
    /// The wire format.
    pub protocol: Protocol,
    /// The structure of the answer; nothing when the operation has no output.
    pub output: Option<&'static Shape>,
    /// The element around the answer in the query protocol (`RunTaskResult`).
    pub wrapper: Option<&'static str>,
}

impl Response {
    /// A response of the json protocol, 1.0 or 1.1.
    pub const fn json(output: &'static Shape) -> Self {
        Self::new(Protocol::Json, output)
    }

    /// A response of the rest-json protocol.
    pub const fn rest_json(output: &'static Shape) -> Self {
        Self::new(Protocol::RestJson, output)
    }

    /// A response of the query protocol, inside the element `wrapper`.
    pub const fn query(output: &'static Shape, wrapper: &'static str) -> Self {
        let response = Self::new(Protocol::Query, output);
        Self {
            wrapper: Some(wrapper),
            ..response
        }
    }

    /// A response of the ec2 protocol.
    pub const fn ec2(output: &'static Shape) -> Self {
        Self::new(Protocol::Ec2, output)
    }

    /// A response of the rest-xml protocol.
    pub const fn rest_xml(output: &'static Shape) -> Self {
        Self::new(Protocol::RestXml, output)
    }

    /// A response of the smithy-rpc-v2-cbor protocol.
    pub const fn cbor(output: &'static Shape) -> Self {
        Self::new(Protocol::Cbor, output)
    }

    /// A response of an operation without output.
    pub const fn empty(protocol: Protocol) -> Self {
        Self {
            protocol,
            output: None,
            wrapper: None,
        }
    }

    const fn new(protocol: Protocol, output: &'static Shape) -> Self {
        Self {
            protocol,
            output: Some(output),
            wrapper: None,
        }
    }

    /// The members of the answer.
    pub fn members(&self) -> &'static [Member] {
        match self.output {
            Some(Shape::Structure(structure)) => structure.members,
            _ => &[],
        }
    }
}

/// A wire format of AWS APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `json`, 1.0 and 1.1.
    Json,
    /// `rest-json`.
    RestJson,
    /// `query`.
    Query,
    /// `ec2`.
    Ec2,
    /// `rest-xml`.
    RestXml,
    /// `smithy-rpc-v2-cbor`.
    Cbor,
}

impl fmt::Display for Protocol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Json => "json",
            Self::RestJson => "rest-json",
            Self::Query => "query",
            Self::Ec2 => "ec2",
            Self::RestXml => "rest-xml",
            Self::Cbor => "smithy-rpc-v2-cbor",
        })
    }
}

/// What a value in a response is.
#[derive(Debug)]
pub enum Shape {
    /// An object with known members.
    Structure(Structure),
    /// A list of values of one shape.
    List(List),
    /// An object with any keys and values of one shape.
    Map(MapShape),
    /// Text.
    String,
    /// An integral number.
    Integer,
    /// A number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// Bytes, in base64.
    Blob,
    /// A point in time; its form on the wire is recognised.
    Timestamp,
    /// Any JSON value.
    Document,
}

/// Text; for [`Member::new`] and [`Shape::list`].
pub static STRING: Shape = Shape::String;
/// An integral number.
pub static INTEGER: Shape = Shape::Integer;
/// A number.
pub static FLOAT: Shape = Shape::Float;
/// `true` or `false`.
pub static BOOLEAN: Shape = Shape::Boolean;
/// Bytes.
pub static BLOB: Shape = Shape::Blob;
/// A point in time.
pub static TIMESTAMP: Shape = Shape::Timestamp;
/// Any JSON value.
pub static DOCUMENT: Shape = Shape::Document;

impl Shape {
    /// An object with these members.
    pub const fn structure(members: &'static [Member]) -> Self {
        Self::Structure(Structure {
            members,
            union: false,
        })
    }

    /// An object with exactly one of these members.
    pub const fn union(members: &'static [Member]) -> Self {
        Self::Structure(Structure {
            members,
            union: true,
        })
    }

    /// A list; in XML its elements are called `member`.
    pub const fn list(element: &'static Shape) -> Self {
        Self::List(List {
            element,
            wire: None,
            flattened: false,
        })
    }

    /// A list whose elements have a name of their own in XML (`item`).
    pub const fn list_of(wire: &'static str, element: &'static Shape) -> Self {
        Self::List(List {
            element,
            wire: Some(wire),
            flattened: false,
        })
    }

    /// A map; in XML its entries have a `key` and a `value`.
    pub const fn map(value: &'static Shape) -> Self {
        Self::map_of("key", "value", value)
    }

    /// A map whose keys and values have names of their own in XML.
    pub const fn map_of(
        key_wire: &'static str,
        value_wire: &'static str,
        value: &'static Shape,
    ) -> Self {
        Self::Map(MapShape {
            value,
            key_wire,
            value_wire,
            flattened: false,
        })
    }

    /// The same list or map without an element of its own around it in XML.
    pub const fn flattened(self) -> Self {
        match self {
            Self::List(list) => Self::List(List {
                flattened: true,
                ..list
            }),
            Self::Map(map) => Self::Map(MapShape {
                flattened: true,
                ..map
            }),
            other => other,
        }
    }
}

/// An object with known members.
#[derive(Debug)]
pub struct Structure {
    /// The members, in the model's order, which is the order of the answer.
    pub members: &'static [Member],
    /// Whether exactly one member is set.
    pub union: bool,
}

/// A list of values of one shape.
#[derive(Debug)]
pub struct List {
    /// The shape of every element.
    pub element: &'static Shape,
    /// The name of an element in XML, where it is not `member`.
    pub wire: Option<&'static str>,
    /// Whether the elements stand in XML without one around them.
    pub flattened: bool,
}

/// An object with any keys and values of one shape.
#[derive(Debug)]
pub struct MapShape {
    /// The shape of every value.
    pub value: &'static Shape,
    /// The name of a key in XML.
    pub key_wire: &'static str,
    /// The name of a value in XML.
    pub value_wire: &'static str,
    /// Whether the entries stand in XML without an element around them.
    pub flattened: bool,
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// The name in the answer.
    pub name: &'static str,
    /// The name on the wire: a key, an element, a header or the prefix of headers.
    pub wire: &'static str,
    /// Where in the response the member stands.
    pub location: Location,
    /// What it is.
    pub shape: &'static Shape,
}

/// Where in a response a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the body, under its wire name.
    Body,
    /// In a header.
    Header,
    /// In a header, as JSON in base64.
    JsonHeader,
    /// In all headers that begin with a prefix, as a map.
    Headers,
    /// The status code of the response.
    Status,
    /// The whole body.
    Payload,
    /// In an attribute of the XML element.
    Attribute,
}

impl Member {
    /// A member of the body with the same name there.
    pub const fn new(name: &'static str, shape: &'static Shape) -> Self {
        Self {
            name,
            wire: name,
            location: Location::Body,
            shape,
        }
    }

    /// The same member under another name in the body.
    pub const fn wire(self, wire: &'static str) -> Self {
        Self { wire, ..self }
    }

    /// The same member, from a header.
    pub const fn header(self, wire: &'static str) -> Self {
        Self {
            wire,
            location: Location::Header,
            ..self
        }
    }

    /// The same member, from a header that holds JSON in base64.
    pub const fn json_header(self, wire: &'static str) -> Self {
        Self {
            wire,
            location: Location::JsonHeader,
            ..self
        }
    }

    /// The same member, a map of all headers that begin with `prefix`, without it.
    pub const fn headers(self, prefix: &'static str) -> Self {
        Self {
            wire: prefix,
            location: Location::Headers,
            ..self
        }
    }

    /// The same member, from the status code.
    pub const fn status(self) -> Self {
        Self {
            location: Location::Status,
            ..self
        }
    }

    /// The same member, from the whole body.
    pub const fn payload(self) -> Self {
        Self {
            location: Location::Payload,
            ..self
        }
    }

    /// The same member, from an attribute of the element (`xsi:type`).
    pub const fn attribute(self, wire: &'static str) -> Self {
        Self {
            wire,
            location: Location::Attribute,
            ..self
        }
    }
}
