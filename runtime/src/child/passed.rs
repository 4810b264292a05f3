//! What a step gives to the parameters of a runbook that it starts (spec 2.3).
//!
//! Every value travels as a list of texts, and the child reads it as the type that it wants. Which types may be read as
//! which is known before anything runs, so it is a matter of Rust's types: what can never be read does not compile.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use crate::runbook::Runbook;
use crate::value::{Document, Map, encode};

/// The parameters that a step gives to the runbook that it starts. Generated code implements it for a struct with a field
/// for every parameter.
pub trait Given {
    /// The runbook.
    type Runbook: Runbook;

    /// Every parameter that is given, as the list of texts that it travels as.
    fn texts(self) -> BTreeMap<String, Vec<String>>;
}

/// A value for a parameter of type `T`, as the list of texts that it travels as.
pub struct Passed<T> {
    texts: Option<Vec<String>>,
    read_as: PhantomData<fn() -> T>,
}

impl<T> Passed<T> {
    /// A value that each of the targets gives, and not the step.
    pub const fn by_targets() -> Self {
        Self {
            texts: None,
            read_as: PhantomData,
        }
    }

    /// The texts; nothing if the targets give the value.
    pub fn texts(self) -> Option<Vec<String>> {
        self.texts
    }
}

impl<T> Clone for Passed<T> {
    fn clone(&self) -> Self {
        Self {
            texts: self.texts.clone(),
            read_as: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Passed<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.texts.fmt(formatter)
    }
}

/// A value for a parameter of type `T`.
pub fn passed<T, V: ReadAs<T>>(value: V) -> Passed<T> {
    Passed {
        texts: Some(encode(&value.into())),
        read_as: PhantomData,
    }
}

/// The parameters that have a value, by name.
pub fn given<const N: usize>(
    parameters: [(&str, Option<Vec<String>>); N],
) -> BTreeMap<String, Vec<String>> {
    let given = parameters.into_iter();
    given
        .filter_map(|(name, texts)| Some((name.to_owned(), texts?)))
        .collect()
}

/// A value whose texts may be read as a parameter of type `T`. A number may become a text, and a text that spells a number
/// an Integer; but no Boolean is ever a number.
#[diagnostic::on_unimplemented(
    message = "a parameter of type `{T}` cannot be read from `{Self}`",
    label = "what the step gives has another type than the parameter of the runbook that it starts"
)]
pub trait ReadAs<T>: Into<Document> {}

macro_rules! read_as {
    ($($value:ty => $($wanted:ty),+;)+) => {
        $($(
            #[diagnostic::do_not_recommend]
            impl ReadAs<$wanted> for $value {}
        )+)+
    };
}

read_as! {
    String => String, Vec<String>, i64, bool, Map, Vec<Map>;
    &str => String, Vec<String>, i64, bool, Map, Vec<Map>;
    Vec<String> => String, Vec<String>, i64, bool, Map, Vec<Map>;
    i64 => String, Vec<String>, i64;
    bool => String, Vec<String>, bool;
    Map => String, Vec<String>, Map, Vec<Map>;
    Vec<Map> => String, Vec<String>, Map, Vec<Map>;
    Document => String, Vec<String>, i64, bool, Map, Vec<Map>;
}
