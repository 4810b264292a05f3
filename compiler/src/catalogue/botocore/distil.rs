//! Turns the model of one service into ours.

use std::collections::HashMap;

use super::super::model::*;
use super::super::{CatalogueError, names};
use super::python::{Customizations, Target};
use super::raw;

/// The protocols that botocore speaks, the one it likes best first.
const PROTOCOLS: [(&str, Protocol); 6] = [
    ("json", Protocol::Json),
    ("rest-json", Protocol::RestJson),
    ("rest-xml", Protocol::RestXml),
    ("smithy-rpc-v2-cbor", Protocol::Cbor),
    ("query", Protocol::Query),
    ("ec2", Protocol::Ec2),
];

/// Structures of which their services take exactly one member, as Smithy's models say and botocore's do not.
const UNMARKED_UNIONS: [(&str, &str); 4] = [
    ("dynamodb", "AttributeValue"),
    ("dynamodbstreams", "AttributeValue"),
    ("s3", "AnalyticsFilter"),
    ("s3", "MetricsFilter"),
];

/// Distils one service.
pub(super) fn service(
    name: &str,
    model: &raw::Model,
    pagination: &raw::Pagination,
    customizations: &Customizations,
) -> Result<Service, CatalogueError> {
    let distiller = Distiller::new(name, model);
    let mut operations = distiller.operations(pagination, customizations)?;
    operations.sort_by(|left, right| left.name.cmp(&right.name));
    let (protocol, protocols) = distiller.protocols()?;
    let mut service = Service {
        name: name.to_owned(),
        service_id: model.metadata.service_id.clone(),
        api_version: model.metadata.api_version.clone(),
        protocol,
        protocols,
        json_version: model.metadata.json_version.clone(),
        target_prefix: model.metadata.target_prefix.clone(),
        signing_name: distiller.signing_name().to_owned(),
        operations,
        shapes: distiller.shapes()?,
    };
    customize(&mut service, customizations);
    Ok(service)
}

/// Marks what Boto3 fills in and what it accepts under other names: parameters only.
fn customize(service: &mut Service, customizations: &Customizations) {
    for operation in &service.operations {
        let input = operation
            .input
            .and_then(|id| service.shapes.get_mut(id.index()));
        let Some(ShapeKind::Structure(input)) = input.map(|shape| &mut shape.kind) else {
            continue;
        };
        let covers = |target: &Target, member: &Member| {
            target.parameter == member.name
                && target.covers(&service.name, &service.service_id, &operation.name)
        };
        for member in &mut input.members {
            let mut filled = customizations.filled.iter();
            member.filled |=
                member.idempotency_token || filled.any(|target| covers(target, member));
            member.required &= !member.filled;
            for (target, alias) in &customizations.aliases {
                if covers(target, member) && !member.aliases.contains(alias) {
                    member.aliases.push(alias.clone());
                }
            }
        }
    }
}

struct Distiller<'a> {
    service: &'a str,
    model: &'a raw::Model,
    /// The shapes that operations reach, by name.
    shapes: HashMap<&'a str, &'a raw::Shape>,
    ids: HashMap<&'a str, ShapeId>,
}

impl<'a> Distiller<'a> {
    fn new(service: &'a str, model: &'a raw::Model) -> Self {
        let shapes = model.shapes.0.iter();
        let all = shapes.map(|(name, shape)| (name.as_str(), shape)).collect();
        let shapes = reached(model, &all);
        let names = model.shapes.0.iter().map(|(name, _)| name.as_str());
        let names = names.filter(|name| shapes.contains_key(name));
        let ids = names
            .zip(0..)
            .map(|(name, number)| (name, ShapeId(number)))
            .collect();
        Distiller {
            service,
            model,
            shapes,
            ids,
        }
    }

    fn protocols(&self) -> Result<(Protocol, Vec<Protocol>), CatalogueError> {
        let metadata = &self.model.metadata;
        let mut spoken = metadata.protocols.clone();
        if spoken.is_empty() {
            spoken.push(metadata.protocol.clone());
        }
        let known = |name: &String| PROTOCOLS.iter().find(|(known, _)| known == name);
        let protocols = spoken
            .iter()
            .filter_map(known)
            .map(|(_, protocol)| *protocol)
            .collect();
        let preferred = PROTOCOLS
            .iter()
            .find(|(name, _)| spoken.iter().any(|spoken| spoken == name));
        let preferred = preferred.ok_or_else(|| self.problem("speaks no known protocol"))?;
        Ok((preferred.1, protocols))
    }

    fn signing_name(&self) -> &'a str {
        let metadata = &self.model.metadata;
        let signed = metadata.signing_name.as_deref();
        signed.unwrap_or(&metadata.endpoint_prefix)
    }

    fn operations(
        &self,
        pagination: &raw::Pagination,
        customizations: &Customizations,
    ) -> Result<Vec<Operation>, CatalogueError> {
        let paginated: Vec<_> = pagination
            .pagination
            .0
            .iter()
            .map(|(name, _)| name)
            .collect();
        let operations = self.model.operations.0.iter().map(|(name, raw)| {
            let mut operation = self.operation(name, raw)?;
            operation.paginator = paginated.contains(&name);
            if let Some(method) = customizations.methods.get(name) {
                operation.method.clone_from(method);
            }
            Ok(operation)
        });
        operations.collect()
    }

    fn operation(&self, name: &str, raw: &raw::Operation) -> Result<Operation, CatalogueError> {
        let wrapper = raw
            .output
            .as_ref()
            .and_then(|output| output.result_wrapper.clone());
        let errors = raw.errors.iter().map(|error| self.id(error));
        Ok(Operation {
            name: name.to_owned(),
            method: names::method_name(name),
            http_method: raw.http.method.clone(),
            input: raw.input.as_ref().map(|input| self.id(input)).transpose()?,
            output: raw
                .output
                .as_ref()
                .map(|output| self.id(output))
                .transpose()?,
            errors: errors.collect::<Result<_, _>>()?,
            result_wrapper: wrapper,
            deprecated: raw.deprecated,
            deprecated_message: raw.deprecated_message.as_deref().and_then(one_line),
            idempotent: raw.idempotent,
            read_only: raw.readonly,
            paginator: false,
            event_stream_input: self.streams_events(raw.input.as_ref()),
            event_stream_output: self.streams_events(raw.output.as_ref()),
        })
    }

    fn streams_events(&self, reference: Option<&raw::Reference>) -> bool {
        let shape = reference.and_then(|reference| self.target(reference));
        let members = shape.into_iter().flat_map(|shape| &shape.members.0);
        let mut targets = members.filter_map(|(_, member)| self.target(member));
        targets.any(|target| target.eventstream)
    }

    fn shapes(&self) -> Result<Vec<Shape>, CatalogueError> {
        let shapes = self.model.shapes.0.iter();
        let reached = shapes.filter(|(name, _)| self.ids.contains_key(name.as_str()));
        reached.map(|(name, raw)| self.shape(name, raw)).collect()
    }

    fn shape(&self, name: &str, raw: &raw::Shape) -> Result<Shape, CatalogueError> {
        Ok(Shape {
            name: name.to_owned(),
            kind: self.kind(name, raw)?,
            deprecated: raw.deprecated,
            sensitive: raw.sensitive,
        })
    }

    fn kind(&self, name: &str, raw: &raw::Shape) -> Result<ShapeKind, CatalogueError> {
        Ok(match raw.kind.as_str() {
            "structure" if raw.document => ShapeKind::Document,
            "structure" => ShapeKind::Structure(self.structure(name, raw)?),
            "list" => ShapeKind::List(List {
                member: self.element(name, raw.member.as_ref())?,
                flattened: raw.flattened,
                length: whole(raw),
            }),
            "map" => ShapeKind::Map(Map {
                key: self.element(name, raw.key.as_ref())?,
                value: self.element(name, raw.value.as_ref())?,
                flattened: raw.flattened,
                length: whole(raw),
            }),
            "string" | "character" => ShapeKind::String(StringShape {
                enumeration: raw.enumeration.clone(),
                length: whole(raw),
                pattern: raw.pattern.clone(),
            }),
            "integer" => ShapeKind::Integer(whole(raw)),
            "long" => ShapeKind::Long(whole(raw)),
            "float" => ShapeKind::Float(real(raw)),
            "double" => ShapeKind::Double(real(raw)),
            "boolean" => ShapeKind::Boolean,
            "blob" => ShapeKind::Blob(Blob {
                streaming: raw.streaming,
                length: whole(raw),
            }),
            "timestamp" => ShapeKind::Timestamp(self.timestamp(raw.timestamp_format.as_deref())?),
            kind => return Err(self.problem(&format!("has a {kind}, `{name}`, which is new"))),
        })
    }

    fn structure(&self, name: &str, raw: &raw::Shape) -> Result<Structure, CatalogueError> {
        let members = raw.members.0.iter().map(|(member, reference)| {
            let required = raw.required.contains(member);
            self.member(member, reference, required)
        });
        let code = raw.error.as_ref().and_then(|error| error.code.clone());
        Ok(Structure {
            members: members.collect::<Result<_, _>>()?,
            union: raw.union || UNMARKED_UNIONS.contains(&(self.service, name)),
            payload: raw.payload.clone(),
            event_stream: raw.eventstream,
            event: raw.event,
            exception: raw.exception,
            error_code: code.filter(|code| code != name),
        })
    }

    fn member(
        &self,
        name: &str,
        raw: &raw::Reference,
        required: bool,
    ) -> Result<Member, CatalogueError> {
        let target = self.target(raw);
        let inherited = |flag: fn(&raw::Shape) -> bool| target.is_some_and(flag);
        Ok(Member {
            name: name.to_owned(),
            shape: self.id(raw)?,
            required,
            filled: false,
            idempotency_token: raw.idempotency_token,
            deprecated: raw.deprecated,
            aliases: Vec::new(),
            location: self.location(raw.location.as_deref())?,
            wire_name: self.wire_name(raw).filter(|wire_name| wire_name != name),
            timestamp: self.timestamp(raw.timestamp_format.as_deref())?,
            streaming: raw
                .streaming
                .unwrap_or_else(|| inherited(|shape| shape.streaming)),
            flattened: raw
                .flattened
                .unwrap_or_else(|| inherited(|shape| shape.flattened)),
            xml_attribute: raw.xml_attribute,
            host_label: raw.host_label,
            json_value: raw.jsonvalue,
            event_payload: raw.eventpayload,
            event_header: raw.eventheader,
        })
    }

    fn element(&self, name: &str, raw: Option<&raw::Reference>) -> Result<Element, CatalogueError> {
        let raw = raw.ok_or_else(|| self.problem(&format!("leaves `{name}` incomplete")))?;
        Ok(Element {
            shape: self.id(raw)?,
            wire_name: self.wire_name(raw),
        })
    }

    fn wire_name(&self, raw: &raw::Reference) -> Option<String> {
        let inherited = || self.target(raw)?.location_name.as_ref();
        raw.location_name.as_ref().or_else(inherited).cloned()
    }

    fn location(&self, location: Option<&str>) -> Result<Location, CatalogueError> {
        Ok(match location {
            None => Location::Body,
            Some("header") => Location::Header,
            Some("headers") => Location::Headers,
            Some("statusCode") => Location::StatusCode,
            Some("uri") => Location::Uri,
            Some("querystring") => Location::QueryString,
            Some(new) => return Err(self.problem(&format!("uses a new location, `{new}`"))),
        })
    }

    fn timestamp(&self, format: Option<&str>) -> Result<Option<TimestampFormat>, CatalogueError> {
        Ok(Some(match format {
            None => return Ok(None),
            Some("iso8601") => TimestampFormat::Iso8601,
            Some("rfc822") => TimestampFormat::Rfc822,
            Some("unixTimestamp") => TimestampFormat::UnixTimestamp,
            Some(new) => return Err(self.problem(&format!("uses a new time format, `{new}`"))),
        }))
    }

    fn target(&self, reference: &raw::Reference) -> Option<&'a raw::Shape> {
        self.shapes.get(reference.shape.as_str()).copied()
    }

    fn id(&self, reference: &raw::Reference) -> Result<ShapeId, CatalogueError> {
        let id = self.ids.get(reference.shape.as_str()).copied();
        id.ok_or_else(|| self.problem(&format!("lacks the shape `{}`", reference.shape)))
    }

    fn problem(&self, problem: &str) -> CatalogueError {
        CatalogueError::Model {
            service: self.service.to_owned(),
            problem: problem.to_owned(),
        }
    }
}

/// A sentence without line breaks, unless it is empty.
fn one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The shapes that inputs, outputs and errors of operations lead to.
fn reached<'a>(
    model: &'a raw::Model,
    all: &HashMap<&'a str, &'a raw::Shape>,
) -> HashMap<&'a str, &'a raw::Shape> {
    let operations = model.operations.0.iter().map(|(_, operation)| operation);
    let mut waiting: Vec<&raw::Reference> = operations
        .flat_map(|operation| {
            operation
                .input
                .iter()
                .chain(&operation.output)
                .chain(&operation.errors)
        })
        .collect();
    let mut reached = HashMap::new();
    while let Some(reference) = waiting.pop() {
        let name = reference.shape.as_str();
        if let Some(shape) = all.get(name).filter(|_| !reached.contains_key(name)) {
            reached.insert(name, *shape);
            waiting.extend(shape.members.0.iter().map(|(_, member)| member));
            waiting.extend(shape.member.iter().chain(&shape.key).chain(&shape.value));
        }
    }
    reached
}

fn whole(raw: &raw::Shape) -> Bounds<i64> {
    let whole = |number: &serde_json::Number| {
        // A few bounds of whole numbers are written with a point.
        number
            .as_i64()
            .or_else(|| number.as_f64().map(|number| number as i64))
    };
    Bounds {
        min: raw.min.as_ref().and_then(whole),
        max: raw.max.as_ref().and_then(whole),
    }
}

fn real(raw: &raw::Shape) -> Bounds<f64> {
    let real = |number: &serde_json::Number| number.as_f64();
    Bounds {
        min: raw.min.as_ref().and_then(real),
        max: raw.max.as_ref().and_then(real),
    }
}
