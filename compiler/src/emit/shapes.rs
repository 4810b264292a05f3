//! `shapes.rs`: how the responses of the called operations are read.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::api::response_name;
use super::names::{self, Unique};
use super::types::RequestTypes;
use crate::catalogue::{
    Element, Location, Member, Operation, Protocol, Service, Shape, ShapeId, ShapeKind, Structure,
};

/// The items of `shapes.rs`.
pub(crate) fn items(types: &RequestTypes) -> Vec<TokenStream> {
    let mut tables = Tables::new(types);
    let mut items = vec![quote! {
        use runbook_runtime::generated::*;
    }];
    for request in types.operations() {
        let name = response_name(request);
        if let Some(operation) = request.service.operation(&request.model_name) {
            items.push(tables.response(&name, &request.service, operation));
        }
    }
    items.extend(tables.statics);
    items
}

/// The statics made so far, and their names.
struct Tables {
    names: BTreeMap<(String, ShapeId, bool), Ident>,
    unique: Unique,
    statics: Vec<TokenStream>,
}

impl Tables {
    fn new(types: &RequestTypes) -> Self {
        let mut unique = Unique::without(&[
            "STRING",
            "INTEGER",
            "FLOAT",
            "BOOLEAN",
            "BLOB",
            "TIMESTAMP",
            "DOCUMENT",
        ]);
        for request in types.operations() {
            unique.take_type(&response_name(request).to_string());
        }
        Self {
            names: BTreeMap::new(),
            unique,
            statics: Vec::new(),
        }
    }

    fn response(&mut self, name: &Ident, service: &Service, operation: &Operation) -> TokenStream {
        let output = operation
            .output
            .map(|output| self.reference(service, output, false));
        let response = response(service.protocol, operation, output);
        let doc = format!(" What {} `{}` answers.", service.service_id, operation.name);
        quote! {
            #[doc = #doc]
            pub static #name: Response = #response;
        }
    }

    /// The name of a shape's static, which is made when it is first asked for.
    fn reference(&mut self, service: &Service, id: ShapeId, flattened: bool) -> Ident {
        let shape = service.shape(id);
        if let Some(scalar) = scalar(&shape.kind) {
            return names::identifier(scalar);
        }
        let key = (service.name.clone(), id, flattened);
        if let Some(name) = self.names.get(&key) {
            return name.clone();
        }
        let name = self
            .unique
            .take(&names::constant(&shape.name))
            .to_uppercase();
        let name = names::identifier(&name);
        self.names.insert(key, name.clone());
        let position = self.statics.len();
        let table = self.table(service, shape, flattened);
        let item = quote!(static #name: Shape = #table;);
        // What a shape holds stands behind it.
        self.statics.insert(position.min(self.statics.len()), item);
        name
    }

    fn table(&mut self, service: &Service, shape: &Shape, flattened: bool) -> TokenStream {
        match &shape.kind {
            ShapeKind::Structure(structure) => self.structure(service, structure),
            ShapeKind::List(list) => {
                let element = self.reference(service, list.member.shape, false);
                let table = match &list.member.wire_name {
                    Some(wire) if wire != "member" => quote!(Shape::list_of(#wire, &#element)),
                    _ => quote!(Shape::list(&#element)),
                };
                flatten(table, flattened || list.flattened)
            }
            ShapeKind::Map(map) => {
                let value = self.reference(service, map.value.shape, false);
                let (key_wire, value_wire) = (wire(&map.key, "key"), wire(&map.value, "value"));
                let plain = key_wire == "key" && value_wire == "value";
                let table = if plain {
                    quote!(Shape::map(&#value))
                } else {
                    quote!(Shape::map_of(#key_wire, #value_wire, &#value))
                };
                flatten(table, flattened || map.flattened)
            }
            _ => unreachable!("scalars have statics of the runtime"),
        }
    }

    fn structure(&mut self, service: &Service, structure: &Structure) -> TokenStream {
        let members: Vec<TokenStream> = structure
            .members
            .iter()
            .map(|member| self.member(service, structure, member))
            .collect();
        if structure.union {
            quote!(Shape::union(&[#(#members),*]))
        } else {
            quote!(Shape::structure(&[#(#members),*]))
        }
    }

    fn member(&mut self, service: &Service, structure: &Structure, member: &Member) -> TokenStream {
        let shape = self.reference(service, member.shape, member.flattened);
        let (name, wire) = (&member.name, member.wire());
        let plain = quote!(Member::new(#name, &#shape));
        if structure.payload.as_ref() == Some(name) {
            return quote!(#plain.payload());
        }
        match member.location {
            Location::Header if member.json_value => quote!(#plain.json_header(#wire)),
            Location::Header => quote!(#plain.header(#wire)),
            Location::Headers => quote!(#plain.headers(#wire)),
            Location::StatusCode => quote!(#plain.status()),
            _ if member.xml_attribute => quote!(#plain.attribute(#wire)),
            _ if wire != name => quote!(#plain.wire(#wire)),
            _ => plain,
        }
    }
}

fn wire<'a>(element: &'a Element, default: &'a str) -> &'a str {
    element.wire_name.as_deref().unwrap_or(default)
}

fn flatten(table: TokenStream, flattened: bool) -> TokenStream {
    if flattened {
        quote!(#table.flattened())
    } else {
        table
    }
}

fn scalar(kind: &ShapeKind) -> Option<&'static str> {
    Some(match kind {
        ShapeKind::String(_) => "STRING",
        ShapeKind::Integer(_) | ShapeKind::Long(_) => "INTEGER",
        ShapeKind::Float(_) | ShapeKind::Double(_) => "FLOAT",
        ShapeKind::Boolean => "BOOLEAN",
        ShapeKind::Blob(_) => "BLOB",
        ShapeKind::Timestamp(_) => "TIMESTAMP",
        ShapeKind::Document => "DOCUMENT",
        ShapeKind::Structure(_) | ShapeKind::List(_) | ShapeKind::Map(_) => return None,
    })
}

fn response(protocol: Protocol, operation: &Operation, output: Option<Ident>) -> TokenStream {
    let Some(output) = output else {
        let protocol = names::identifier(protocol_name(protocol));
        return quote!(Response::empty(Protocol::#protocol));
    };
    match (protocol, &operation.result_wrapper) {
        (Protocol::Json, _) => quote!(Response::json(&#output)),
        (Protocol::RestJson, _) => quote!(Response::rest_json(&#output)),
        (Protocol::RestXml, _) => quote!(Response::rest_xml(&#output)),
        (Protocol::Ec2, _) => quote!(Response::ec2(&#output)),
        (Protocol::Cbor, _) => quote!(Response::cbor(&#output)),
        (Protocol::Query, Some(wrapper)) => quote!(Response::query(&#output, #wrapper)),
        (Protocol::Query, None) => quote! {
            Response {
                protocol: Protocol::Query,
                output: Some(&#output),
                wrapper: None,
            }
        },
    }
}

fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Json => "Json",
        Protocol::RestJson => "RestJson",
        Protocol::Query => "Query",
        Protocol::Ec2 => "Ec2",
        Protocol::RestXml => "RestXml",
        Protocol::Cbor => "Cbor",
    }
}
