//! Repetition: what it means to make a call again when nobody knows whether it was made.
//!
//! A call that only reads, or sets what is set already, may be made again. One that carries a token is recognised by its
//! service. Of everything else nobody can say that it is not done twice. The service models say only a part of this; the
//! rest is reviewed here, by hand, and what was not reviewed counts as unknown.

mod harmless;
mod tokens;

use crate::catalogue::{Bounds, Member, Operation, Service, ShapeKind, StringShape};
use crate::check::refuses;

/// What a repeated call means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It only reads.
    Reads,
    /// What it sets is set already.
    Harmless,
    /// The service recognises it.
    Recognised,
    /// It may be done twice.
    Unknown,
}

/// A member by which a service recognises a call, and the form of a token that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenMember {
    /// The member of the operation's input.
    pub member: String,
    /// The form.
    pub form: Form,
}

/// The texts that a token can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 36 characters, hyphens among them.
    Uuid,
    /// 32 hexadecimal digits.
    Hex,
    /// 64 hexadecimal digits.
    LongHex,
}

/// What it means to make a call of an operation again, if it carries its token, where it has one.
pub fn repeat(service: &Service, operation: &Operation) -> Repeat {
    let names = names(service, operation);
    if harmless::reads(names) {
        return Repeat::Reads;
    }
    match token(service, operation) {
        _ if harmless::sets(names) => Repeat::Harmless,
        Some(_) if !tokens::is_short_lived(names) => Repeat::Recognised,
        _ => Repeat::Unknown,
    }
}

/// Where an operation takes a token, at the top of its input: no model has one inside of a structure.
pub fn token(service: &Service, operation: &Operation) -> Option<TokenMember> {
    let input = service.structure(operation.input?)?;
    let marked = input.members.iter().find(|member| member.idempotency_token);
    let member = marked.or_else(|| {
        let reviewed = tokens::reviewed(names(service, operation))?;
        input.members.iter().find(|member| member.name == reviewed)
    })?;
    Some(TokenMember {
        member: member.name.clone(),
        form: form(service, member)?,
    })
}

fn names<'a>(service: &'a Service, operation: &'a Operation) -> (&'a str, &'a str) {
    (&service.name, &operation.name)
}

/// The first form that a member takes; none if it is no text, or takes none of them.
fn form(service: &Service, member: &Member) -> Option<Form> {
    let ShapeKind::String(text) = &service.shape(member.shape).kind else {
        return None;
    };
    let mut forms = [Form::Uuid, Form::Hex, Form::LongHex].into_iter();
    forms.find(|form| form.fits(text))
}

impl Form {
    /// Whether a member takes it. A pattern that cannot be read refuses nothing.
    fn fits(self, text: &StringShape) -> bool {
        let example = self.example();
        let length = i64::try_from(example.len()).unwrap_or(i64::MAX);
        let Bounds { min, max } = text.length;
        let fits = min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max);
        let refused = |pattern: &String| refuses(pattern, example);
        fits && !text.pattern.as_ref().is_some_and(refused)
    }

    const fn example(self) -> &'static str {
        match self {
            Self::Uuid => "0f1e2d3c-4b5a-5978-8796-a5b4c3d2e1f0",
            Self::Hex => "0f1e2d3c4b5a59788796a5b4c3d2e1f0",
            Self::LongHex => "0f1e2d3c4b5a59788796a5b4c3d2e1f00f1e2d3c4b5a59788796a5b4c3d2e1f0",
        }
    }
}
