//! The shape of what an action answers: the root of its selectors (spec 3.7).

use std::collections::HashSet;
use std::sync::Arc;

use crate::catalogue::{Member, Operation, Service, ShapeId, ShapeKind};

/// What an action answers.
pub(in crate::check) struct Answer {
    service: Option<Arc<Service>>,
    /// The answer as a whole.
    pub(in crate::check) root: Node,
    /// What it is called in reports: "the answer of `DescribeTasks`".
    pub(in crate::check) name: String,
}

/// A value somewhere in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check) enum Node {
    /// Nothing is known about it.
    Any,
    /// A value of a shape of the service.
    Shape(ShapeId),
    /// Text that no model describes.
    Text,
    /// A whole number that no model describes.
    Integer,
    /// An object of these members.
    Object(Vec<(String, Node)>),
    /// An object with any keys.
    Map(Box<Node>),
}

/// A node looked at from outside.
pub(in crate::check) enum View<'a> {
    /// Nothing is known about it.
    Any,
    /// An object of these members.
    Object(Vec<(&'a str, Node)>),
    /// An object with any keys.
    Map(Node),
    /// A list.
    List(Node),
    /// Something without parts.
    Scalar(ScalarKind<'a>),
}

/// The kinds of values without parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::check) enum ScalarKind<'a> {
    /// Text, and the values it may have if they are listed.
    Text(&'a [String]),
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// A truth value.
    Boolean,
    /// A point in time, which comes as text.
    Timestamp,
}

impl Answer {
    /// Boto3's answer to an API call.
    pub(in crate::check) fn of_operation(service: &Arc<Service>, operation: &Operation) -> Self {
        let output = operation.output.and_then(|shape| service.structure(shape));
        let members = output
            .map(|output| output.members.as_slice())
            .unwrap_or_default();
        let mut root: Vec<(String, Node)> = members
            .iter()
            .map(|member| (member.name.clone(), node_of(service, member)))
            .collect();
        root.push(("ResponseMetadata".to_owned(), metadata()));
        Self {
            service: Some(Arc::clone(service)),
            root: Node::Object(root),
            name: format!("the answer of `{}`", operation.name),
        }
    }

    /// The result of a script: anything, under `Payload`; a map of these keys where they are known.
    pub(in crate::check) fn of_script(keys: Option<Vec<String>>) -> Self {
        let members = |keys: Vec<String>| keys.into_iter().map(|key| (key, Node::Any)).collect();
        let payload = keys.map_or(Node::Any, |keys| Node::Object(members(keys)));
        Self {
            service: None,
            root: Node::Object(vec![("Payload".to_owned(), payload)]),
            name: "the result of `aws:executeScript`".to_owned(),
        }
    }

    /// An answer of which nothing is known.
    pub(in crate::check) fn unknown() -> Self {
        Self {
            service: None,
            root: Node::Any,
            name: String::new(),
        }
    }

    /// A node looked at from outside.
    pub(in crate::check) fn view<'a>(&'a self, node: &'a Node) -> View<'a> {
        match node {
            Node::Any => View::Any,
            Node::Text => View::Scalar(ScalarKind::Text(&[])),
            Node::Integer => View::Scalar(ScalarKind::Integer),
            Node::Object(members) => View::Object(
                members
                    .iter()
                    .map(|(name, node)| (name.as_str(), node.clone()))
                    .collect(),
            ),
            Node::Map(value) => View::Map((**value).clone()),
            Node::Shape(shape) => match &self.service {
                Some(service) => shape_view(service, *shape),
                None => View::Any,
            },
        }
    }

    /// The nodes and everything below them, each shape once.
    pub(in crate::check) fn descendants(&self, nodes: &[Node]) -> Vec<Node> {
        let mut seen: HashSet<ShapeId> = HashSet::new();
        let mut found = Vec::new();
        let mut open: Vec<Node> = nodes.iter().rev().cloned().collect();
        while let Some(node) = open.pop() {
            if let Node::Shape(shape) = node
                && !seen.insert(shape)
            {
                continue;
            }
            let below = self.view(&node).children().into_iter().rev();
            open.extend(below.map(|node| match node {
                // As a map they would match every key.
                Node::Map(value) => known_headers(&value),
                node => node,
            }));
            found.push(node);
        }
        found
    }
}

impl View<'_> {
    /// The member of this name.
    pub(super) fn member(&self, name: &str) -> Option<Node> {
        match self {
            Self::Any => Some(Node::Any),
            Self::Object(members) => {
                let member = members.iter().find(|(member, _)| *member == name);
                member.map(|(_, node)| node.clone())
            }
            Self::Map(value) => Some(value.clone()),
            Self::List(_) | Self::Scalar(_) => None,
        }
    }

    /// An object of those of these members that are there.
    pub(super) fn members(&self, names: &[String]) -> Option<Node> {
        let there = names
            .iter()
            .filter_map(|name| Some((name.clone(), self.member(name)?)));
        let members: Vec<(String, Node)> = there.collect();
        (!members.is_empty()).then_some(Node::Object(members))
    }

    /// An element, if this is a list.
    pub(super) fn element(&self) -> Option<Node> {
        match self {
            Self::Any => Some(Node::Any),
            Self::List(element) => Some(element.clone()),
            _ => None,
        }
    }

    /// Everything directly below.
    pub(super) fn children(&self) -> Vec<Node> {
        match self {
            Self::Any | Self::Scalar(_) => Vec::new(),
            Self::Object(members) => members.iter().map(|(_, node)| node.clone()).collect(),
            Self::Map(value) => vec![value.clone()],
            Self::List(element) => vec![element.clone()],
        }
    }

    /// Several of it, in the words of reports.
    pub(in crate::check) const fn plural(&self) -> &'static str {
        match self {
            Self::Any => "unknown values",
            Self::Object(_) | Self::Map(_) => "mappings",
            Self::List(_) => "lists",
            Self::Scalar(ScalarKind::Text(_)) => "strings",
            Self::Scalar(ScalarKind::Integer) => "integers",
            Self::Scalar(ScalarKind::Float) => "numbers",
            Self::Scalar(ScalarKind::Boolean) => "Booleans",
            Self::Scalar(ScalarKind::Timestamp) => "timestamps",
        }
    }

    /// What it is, in the words of reports.
    pub(in crate::check) const fn describe(&self) -> &'static str {
        match self {
            Self::Any => "unknown",
            Self::Object(_) | Self::Map(_) => "a mapping",
            Self::List(_) => "a list",
            Self::Scalar(ScalarKind::Text(_)) => "a string",
            Self::Scalar(ScalarKind::Integer) => "an integer",
            Self::Scalar(ScalarKind::Float) => "a number",
            Self::Scalar(ScalarKind::Boolean) => "a Boolean",
            Self::Scalar(ScalarKind::Timestamp) => "a timestamp",
        }
    }
}

/// What every answer of Boto3 carries beside the operation's own members.
fn metadata() -> Node {
    let text = |name: &str| (name.to_owned(), Node::Text);
    let number = |name: &str| (name.to_owned(), Node::Integer);
    Node::Object(vec![
        text("RequestId"),
        text("HostId"),
        number("HTTPStatusCode"),
        ("HTTPHeaders".to_owned(), Node::Map(Box::new(Node::Text))),
        number("RetryAttempts"),
    ])
}

/// The HTTP headers that a scan may find: those that services send.
fn known_headers(value: &Node) -> Node {
    const HEADERS: [&str; 24] = [
        "accept-ranges",
        "cache-control",
        "connection",
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "date",
        "etag",
        "expires",
        "keep-alive",
        "last-modified",
        "location",
        "pragma",
        "server",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "x-amz-apigw-id",
        "x-amz-bucket-region",
        "x-amz-crc32",
        "x-amz-id-2",
        "x-amz-request-id",
        "x-amzn-requestid",
    ];
    let headers = HEADERS.iter();
    Node::Object(
        headers
            .map(|name| ((*name).to_owned(), value.clone()))
            .collect(),
    )
}

fn node_of(service: &Service, member: &Member) -> Node {
    if member.json_value || member.streaming || is_parsed_text(service, member) {
        return Node::Any;
    }
    Node::Shape(member.shape)
}

/// Texts that Boto3 parses as JSON: policies of IAM, templates of CloudFormation.
fn is_parsed_text(service: &Service, member: &Member) -> bool {
    let parsed = match service.name.as_str() {
        "iam" => service.shape(member.shape).name == "policyDocumentType",
        "cloudformation" => member.name == "TemplateBody",
        _ => false,
    };
    parsed && matches!(service.shape(member.shape).kind, ShapeKind::String(_))
}

fn shape_view(service: &Service, shape: ShapeId) -> View<'_> {
    match &service.shape(shape).kind {
        ShapeKind::Structure(structure) if structure.event_stream => View::Any,
        ShapeKind::Structure(structure) => {
            let members = structure.members.iter();
            View::Object(
                members
                    .map(|member| (member.name.as_str(), node_of(service, member)))
                    .collect(),
            )
        }
        ShapeKind::List(list) => View::List(Node::Shape(list.member.shape)),
        ShapeKind::Map(map) => View::Map(Node::Shape(map.value.shape)),
        // EC2 answers `windows`, although its model says `Windows`.
        ShapeKind::String(_)
            if service.name == "ec2" && service.shape(shape).name == "PlatformValues" =>
        {
            View::Scalar(ScalarKind::Text(&[]))
        }
        ShapeKind::String(string) => View::Scalar(ScalarKind::Text(&string.enumeration)),
        ShapeKind::Integer(_) | ShapeKind::Long(_) => View::Scalar(ScalarKind::Integer),
        ShapeKind::Float(_) | ShapeKind::Double(_) => View::Scalar(ScalarKind::Float),
        ShapeKind::Boolean => View::Scalar(ScalarKind::Boolean),
        ShapeKind::Blob(_) => View::Scalar(ScalarKind::Text(&[])),
        ShapeKind::Timestamp(_) => View::Scalar(ScalarKind::Timestamp),
        ShapeKind::Document => View::Any,
    }
}
