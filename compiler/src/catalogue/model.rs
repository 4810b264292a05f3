//! The model of one AWS service, as far as a runbook can touch it.
//!
//! Names, types, constraints, and how values travel on the wire; no prose.
//! Shapes refer to each other by [`ShapeId`], and keep the order of the
//! model, because that is the order in which Boto3 shows them.

use super::names;

/// An AWS service: its operations and the shapes they use.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// The name Boto3 knows it by: `ecs`, `stepfunctions`, `elbv2`.
    pub name: String,
    /// The service's own identifier: `ECS`, `SFN`, `Elastic Load Balancing v2`.
    pub service_id: String,
    /// The version of the API: `2014-11-13`.
    pub api_version: String,
    /// The protocol that botocore chooses.
    pub protocol: Protocol,
    /// Every protocol the service speaks, as its model lists them.
    pub protocols: Vec<Protocol>,
    /// `1.0` or `1.1`, where the service has a JSON protocol.
    pub json_version: Option<String>,
    /// What stands before the operation's name in `X-Amz-Target`.
    pub target_prefix: Option<String>,
    /// The name under which requests are signed: `ecs`, `monitoring`, `ses`. Policies of IAM use it, but for a few services.
    pub signing_name: String,
    /// All operations, sorted by name.
    pub operations: Vec<Operation>,
    /// All shapes that operations reach, in the order of the model.
    pub shapes: Vec<Shape>,
}

impl Service {
    /// Finds an operation as runbooks spell it.
    ///
    /// Boto3 offers methods, so a spelling fits when it leads to the same
    /// method: `DescribeInstances`, `describeInstances`, `describe_instances`.
    pub fn operation(&self, written: &str) -> Option<&Operation> {
        self.operation_named(written).or_else(|| {
            let method = names::method_name(written);
            self.operations
                .iter()
                .find(|operation| operation.method == method)
        })
    }

    /// The operation whose name is nearest to a name that is none.
    pub fn similar_operation(&self, written: &str) -> Option<&str> {
        let names = self.operations.iter().map(|operation| &*operation.name);
        names::similar(written, names)
    }

    /// The shape behind an id of this service.
    #[allow(
        clippy::indexing_slicing,
        reason = "ids are made and checked together with the shapes"
    )]
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.index()]
    }

    /// The structure behind an id of this service, if it is one.
    pub fn structure(&self, id: ShapeId) -> Option<&Structure> {
        match &self.shape(id).kind {
            ShapeKind::Structure(structure) => Some(structure),
            _ => None,
        }
    }

    /// The crate of the AWS SDK for Rust: `aws-sdk-ecs`, `aws-sdk-config` for `Config Service`.
    pub fn crate_name(&self) -> String {
        let id = self.service_id.to_lowercase().replace(' ', "");
        let id = id.strip_suffix("service").unwrap_or(&id);
        let id = id.strip_suffix("api").unwrap_or(id);
        format!("aws-sdk-{id}")
    }

    fn operation_named(&self, name: &str) -> Option<&Operation> {
        let position = self
            .operations
            .binary_search_by(|operation| operation.name.as_str().cmp(name));
        position
            .ok()
            .and_then(|position| self.operations.get(position))
    }
}

/// How a service is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// JSON over POST, the operation in a header.
    Json,
    /// JSON bodies, with paths, headers and status codes that carry members.
    RestJson,
    /// Form in, XML out.
    Query,
    /// The query protocol in EC2's own dialect.
    Ec2,
    /// XML bodies, with paths, headers and status codes that carry members.
    RestXml,
    /// Smithy RPC v2 with CBOR bodies.
    Cbor,
}

/// One operation of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// The name in the model: `DescribeInstances`.
    pub name: String,
    /// Boto3's method for it: `describe_instances`.
    pub method: String,
    /// The method of its HTTP requests: `POST`.
    pub http_method: String,
    /// The structure of its parameters, unless it takes none.
    pub input: Option<ShapeId>,
    /// The structure of its answer, unless it is empty.
    pub output: Option<ShapeId>,
    /// The errors it declares.
    pub errors: Vec<ShapeId>,
    /// The XML element around the answer (query protocol).
    pub result_wrapper: Option<String>,
    /// AWS advises against it.
    pub deprecated: bool,
    /// What AWS says about that, in one line.
    pub deprecated_message: Option<String>,
    /// The model says that repeating it has no further effect.
    pub idempotent: bool,
    /// The model says that it changes nothing.
    pub read_only: bool,
    /// Its answer comes in pages.
    pub paginator: bool,
    /// Its input holds an event stream; Boto3 cannot call it.
    pub event_stream_input: bool,
    /// Its answer holds an event stream.
    pub event_stream_output: bool,
}

/// Names a shape within its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShapeId(pub(super) u32);

impl ShapeId {
    /// The position of the shape in [`Service::shapes`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A named type of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The name in the model: `RunTaskRequest`.
    pub name: String,
    /// What kind of value it is.
    pub kind: ShapeKind,
    /// AWS advises against it.
    pub deprecated: bool,
    /// The value is a secret and must not be shown.
    pub sensitive: bool,
}

/// The kinds of values that services exchange.
#[derive(Debug, Clone, PartialEq)]
pub enum ShapeKind {
    /// Named members.
    Structure(Structure),
    /// Values of one shape in order.
    List(List),
    /// Values of one shape by key.
    Map(Map),
    /// Text.
    String(StringShape),
    /// A number of 32 bits.
    Integer(Bounds<i64>),
    /// A number of 64 bits.
    Long(Bounds<i64>),
    /// A floating-point number of 32 bits.
    Float(Bounds<f64>),
    /// A floating-point number of 64 bits.
    Double(Bounds<f64>),
    /// True or false.
    Boolean,
    /// Bytes.
    Blob(Blob),
    /// A point in time, in the format of the shape or else of the protocol.
    Timestamp(Option<TimestampFormat>),
    /// Any JSON value.
    Document,
}

/// A structure: members in the order of the model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Structure {
    /// The members in the order of the model.
    pub members: Vec<Member>,
    /// Exactly one member is present.
    pub union: bool,
    /// The member that is the whole body.
    pub payload: Option<String>,
    /// The members are the events of a stream.
    pub event_stream: bool,
    /// The structure is one event of a stream.
    pub event: bool,
    /// The structure is an error.
    pub exception: bool,
    /// The error code on the wire, where it is not the shape's name.
    pub error_code: Option<String>,
}

impl Structure {
    /// Finds a member by its name or by an alias that Boto3 accepts.
    pub fn member(&self, name: &str) -> Option<&Member> {
        let named = self.members.iter().find(|member| member.name == name);
        named.or_else(|| {
            let mut members = self.members.iter();
            members.find(|member| member.aliases.iter().any(|alias| alias == name))
        })
    }

    /// The member whose name is nearest to a name that is none.
    pub fn similar_member(&self, written: &str) -> Option<&str> {
        let names = self.members.iter().flat_map(Member::spellings);
        names::similar(written, names)
    }
}

/// One member of a structure.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The name in the model and in Boto3.
    pub name: String,
    /// The shape of its value.
    pub shape: ShapeId,
    /// The caller must give it.
    pub required: bool,
    /// Boto3 fills it in where the caller does not; then it is not `required`.
    pub filled: bool,
    /// It makes a repeated call harmless; Boto3 fills it with a UUID.
    pub idempotency_token: bool,
    /// AWS advises against it.
    pub deprecated: bool,
    /// Other names under which Boto3 accepts it.
    pub aliases: Vec<String>,
    /// Where it travels.
    pub location: Location,
    /// Its name on the wire, where it is not `name`; the prefix of [`Location::Headers`].
    pub wire_name: Option<String>,
    /// The format of a timestamp, where the member differs from its shape.
    pub timestamp: Option<TimestampFormat>,
    /// A blob that is read piece by piece.
    pub streaming: bool,
    /// A list or map without an element around it (XML, query).
    pub flattened: bool,
    /// An attribute of the XML element, not a child.
    pub xml_attribute: bool,
    /// Its value becomes a part of the host name.
    pub host_label: bool,
    /// A header that holds JSON in base64.
    pub json_value: bool,
    /// The body of an event.
    pub event_payload: bool,
    /// A header of an event.
    pub event_header: bool,
}

impl Member {
    /// Its name on the wire.
    pub fn wire(&self) -> &str {
        self.wire_name.as_deref().unwrap_or(&self.name)
    }

    fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.name).chain(self.aliases.iter().map(|alias| &**alias))
    }
}

/// Where a member travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Location {
    /// In the body.
    #[default]
    Body,
    /// In one header.
    Header,
    /// In all headers that begin with the wire name: a map by the rest of theirs.
    Headers,
    /// The HTTP status code of the answer.
    StatusCode,
    /// In the path.
    Uri,
    /// In the query string.
    QueryString,
}

/// A list.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// What it holds.
    pub member: Element,
    /// The elements stand without an element around them (XML, query).
    pub flattened: bool,
    /// How many elements it may have.
    pub length: Bounds<i64>,
}

/// A map.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Its keys: strings.
    pub key: Element,
    /// Its values.
    pub value: Element,
    /// The entries stand without an element around them (XML, query).
    pub flattened: bool,
    /// How many entries it may have.
    pub length: Bounds<i64>,
}

/// What a list or map holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// The shape of the value.
    pub shape: ShapeId,
    /// Its name on the wire, where it is not the protocol's (`member`, `key`, `value`).
    pub wire_name: Option<String>,
}

/// A string.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StringShape {
    /// The values it may have; empty if it is free.
    pub enumeration: Vec<String>,
    /// How many characters it may have.
    pub length: Bounds<i64>,
    /// A regular expression in the model's dialect; advisory, as in botocore.
    pub pattern: Option<String>,
}

/// Bytes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Blob {
    /// Read piece by piece.
    pub streaming: bool,
    /// How many bytes it may have.
    pub length: Bounds<i64>,
}

/// The least and the greatest of what is allowed, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds<T> {
    /// The least that is allowed.
    pub min: Option<T>,
    /// The greatest that is allowed.
    pub max: Option<T>,
}

/// How a point in time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    /// `2026-11-23T12:00:00Z`
    Iso8601,
    /// `Mon, 23 Nov 2026 12:00:00 GMT`
    Rfc822,
    /// Seconds since 1970, perhaps with a fraction.
    UnixTimestamp,
}
