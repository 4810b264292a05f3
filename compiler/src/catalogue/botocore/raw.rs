//! The JSON of botocore's models, as far as the catalogue needs it.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};

/// `service-2.json`.
#[derive(Deserialize)]
pub(super) struct Model {
    pub(super) metadata: Metadata,
    pub(super) operations: Ordered<Operation>,
    pub(super) shapes: Ordered<Shape>,
}

/// `service-2.sdk-extras.json`.
#[derive(Deserialize)]
pub(super) struct Extras {
    pub(super) merge: serde_json::Value,
}

/// `paginators-1.json`.
#[derive(Deserialize, Default)]
pub(super) struct Pagination {
    pub(super) pagination: Ordered<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) api_version: String,
    pub(super) service_id: String,
    pub(super) protocol: String,
    #[serde(default)]
    pub(super) protocols: Vec<String>,
    pub(super) json_version: Option<String>,
    pub(super) target_prefix: Option<String>,
    pub(super) endpoint_prefix: String,
    pub(super) signing_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    pub(super) http: Http,
    pub(super) input: Option<Reference>,
    pub(super) output: Option<Reference>,
    #[serde(default)]
    pub(super) errors: Vec<Reference>,
    #[serde(default)]
    pub(super) deprecated: bool,
    pub(super) deprecated_message: Option<String>,
    #[serde(default)]
    pub(super) idempotent: bool,
    #[serde(default)]
    pub(super) readonly: bool,
}

#[derive(Deserialize)]
pub(super) struct Http {
    pub(super) method: String,
}

/// A shape where it is used: what stands here overrides what stands in the shape.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference {
    pub(super) shape: String,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default)]
    pub(super) idempotency_token: bool,
    #[serde(default)]
    pub(super) host_label: bool,
    #[serde(default)]
    pub(super) jsonvalue: bool,
    #[serde(default)]
    pub(super) xml_attribute: bool,
    #[serde(default)]
    pub(super) eventpayload: bool,
    #[serde(default)]
    pub(super) eventheader: bool,
    pub(super) flattened: Option<bool>,
    pub(super) streaming: Option<bool>,
    pub(super) location: Option<String>,
    pub(super) location_name: Option<String>,
    pub(super) timestamp_format: Option<String>,
    pub(super) result_wrapper: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) members: Ordered<Reference>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    pub(super) member: Option<Reference>,
    pub(super) key: Option<Reference>,
    pub(super) value: Option<Reference>,
    #[serde(default, rename = "enum")]
    pub(super) enumeration: Vec<String>,
    pub(super) min: Option<serde_json::Number>,
    pub(super) max: Option<serde_json::Number>,
    pub(super) pattern: Option<String>,
    pub(super) payload: Option<String>,
    pub(super) error: Option<ErrorTrait>,
    pub(super) location_name: Option<String>,
    pub(super) timestamp_format: Option<String>,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default)]
    pub(super) sensitive: bool,
    #[serde(default)]
    pub(super) document: bool,
    #[serde(default)]
    pub(super) union: bool,
    #[serde(default)]
    pub(super) event: bool,
    #[serde(default)]
    pub(super) eventstream: bool,
    #[serde(default)]
    pub(super) exception: bool,
    #[serde(default)]
    pub(super) flattened: bool,
    #[serde(default)]
    pub(super) streaming: bool,
}

#[derive(Deserialize)]
pub(super) struct ErrorTrait {
    pub(super) code: Option<String>,
}

/// A JSON object whose order matters.
pub(super) struct Ordered<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
    type Value = Ordered<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Ordered<T>, M::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Ordered(entries))
    }
}
