//! API calls: an operation and its input, typed by the service's own model.

use std::sync::Arc;

use super::{Data, Expression};
use crate::catalogue::{Operation, Service, ShapeId};
use crate::source::Span;

/// A call of one operation.
#[derive(Clone, Debug)]
pub struct ApiCall {
    /// The service.
    pub service: Arc<Service>,
    /// `Service` as the author wrote it.
    pub written_service: String,
    /// `Api` as the author wrote it.
    pub written_api: String,
    /// Where the operation is named: `Api`, or the step's action where the action implies it.
    pub span: Span,
    /// The operation.
    pub operation: Operation,
    /// Whether what is handed whole is converted before it is checked: an action does that itself (spec 3.3).
    pub converts: bool,
    /// The members given, in the order of the model; members that are null in the document are left out (spec 1.4).
    pub input: Vec<ApiField>,
}

/// A member of a structure and its value.
#[derive(Clone, Debug)]
pub struct ApiField {
    /// The member's name in the model.
    pub name: String,
    /// Its value.
    pub value: ApiValue,
}

/// A value of a shape of the call's service.
#[derive(Clone, Debug)]
pub enum ApiValue {
    /// A structure, its members in the order of the model.
    Structure(ShapeId, Vec<ApiField>),
    /// A list.
    List(ShapeId, Vec<ApiItem>),
    /// A map with constant keys, in document order.
    Map(ShapeId, Vec<ApiEntry>),
    /// A list of strings that one reference to a StringList gives.
    Strings(ShapeId, Expression),
    /// A string, number, truth value, timestamp (text) or blob (text). The expression's type is String for strings,
    /// timestamps and blobs, Integer for whole numbers, Boolean for truth values; floats may also be [`ApiValue::Float`].
    Scalar(ShapeId, Expression),
    /// A floating-point literal.
    Float(ShapeId, f64),
    /// A map of values of any type, each as a list of texts, or a list of such maps (spec 2.3): the parameters of
    /// documents.
    Encoded(ShapeId, Data),
    /// A value that is known to be of the shape only once it is there: a StringMap or MapList, or what goes where any
    /// value may.
    Whole(ShapeId, Data),
}

/// One element of a list.
#[derive(Clone, Debug)]
pub enum ApiItem {
    /// A value.
    One(ApiValue),
    /// All elements of a StringList or MapList: a reference that stands alone in a list (spec 3.3).
    Splice(Expression),
}

/// One entry of a map.
#[derive(Clone, Debug)]
pub struct ApiEntry {
    /// The key.
    pub key: String,
    /// The value.
    pub value: ApiValue,
}

impl ApiValue {
    /// The value as data, whatever its shape is.
    pub fn data(&self) -> Data {
        match self {
            Self::Structure(_, fields) => {
                let members = fields.iter();
                Data::Map(
                    members
                        .map(|field| (field.name.clone(), field.value.data()))
                        .collect(),
                )
            }
            Self::Map(_, entries) => {
                let entries = entries.iter();
                Data::Map(
                    entries
                        .map(|entry| (entry.key.clone(), entry.value.data()))
                        .collect(),
                )
            }
            Self::List(_, items) => Data::List(items.iter().map(ApiItem::data).collect()),
            Self::Strings(_, expression) => Data::Expression(expression.clone()),
            Self::Scalar(_, Expression::Integer(number)) => Data::Integer(*number),
            Self::Scalar(_, Expression::Boolean(truth)) => Data::Boolean(*truth),
            Self::Scalar(_, expression) => Data::Expression(expression.clone()),
            Self::Float(_, number) => Data::Number(*number),
            Self::Whole(_, data) | Self::Encoded(_, data) => data.clone(),
        }
    }

    /// The shape of the value.
    pub fn shape(&self) -> ShapeId {
        match self {
            Self::Structure(shape, _)
            | Self::List(shape, _)
            | Self::Map(shape, _)
            | Self::Strings(shape, _)
            | Self::Scalar(shape, _)
            | Self::Float(shape, _)
            | Self::Encoded(shape, _)
            | Self::Whole(shape, _) => *shape,
        }
    }
}

impl ApiItem {
    fn data(&self) -> Data {
        match self {
            Self::Splice(expression) => Data::Expression(expression.clone()),
            Self::One(value) => match value.data() {
                // A list that is itself an element stays one.
                Data::Expression(list) if list.kind().is_list() => {
                    Data::List(vec![Data::Expression(list)])
                }
                data => data,
            },
        }
    }
}
