//! Inputs of actions as the types that they take (spec 3.3): a whole reference becomes its input's type, a text of
//! digits is a number, and what has parts is checked against the member that it becomes.

use super::OwnInput;
use super::call::{Called, Element, Given};
use super::{data, inputs};
use crate::catalogue::ShapeId;
use crate::check::scope::Scope;
use crate::check::shapes;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Scalar, Step, Type, Value, ValueKind};
use crate::ir::{ApiValue, Expression, TextItem, Texts};

/// The inputs of a step, one after another, each as what it is for the operation it goes to.
pub(super) struct Inputs<'a, 'd> {
    pub(super) step: &'a Step,
    pub(super) scope: &'a Scope<'a>,
    pub(super) own: &'static [OwnInput],
    pub(super) diagnostics: &'d mut Diagnostics,
    /// Whether nothing was reported so far.
    sound: bool,
}

/// The members of a request.
pub(super) type Members = Vec<(&'static str, Given)>;

impl<'a, 'd> Inputs<'a, 'd> {
    /// The inputs of a step. Reports those that the action does not have, and those that are missing.
    pub(super) fn of(
        step: &'a Step,
        scope: &'a Scope<'a>,
        diagnostics: &'d mut Diagnostics,
    ) -> Self {
        let before = diagnostics.len();
        let known = inputs::all_known(step, diagnostics);
        let own = super::own_inputs(&step.action.value);
        for input in own.iter().filter(|input| input.required && known) {
            inputs::required(step, input.name, diagnostics);
        }
        Self {
            step,
            scope,
            own,
            sound: diagnostics.len() == before,
            diagnostics,
        }
    }

    /// Reports a missing input that is needed besides those that always are, unless an unknown one may be it.
    pub(super) fn needs(&mut self, name: &str) {
        if self.sound {
            let before = self.diagnostics.len();
            inputs::required(self.step, name, self.diagnostics);
            self.sound = self.diagnostics.len() == before;
        }
    }

    /// Whether an input is given.
    pub(super) fn given(&self, name: &str) -> Option<&'a Value> {
        inputs::given(self.step, name)
    }

    /// The members that inputs become: pairs of the member's name and the input's, in any order.
    pub(super) fn members(
        &mut self,
        called: &Called,
        names: &[(&'static str, &'static str)],
    ) -> Members {
        let members = names.iter().filter_map(|(member, input)| {
            let value = self.member(called, member, input)?;
            Some((*member, value))
        });
        members.collect()
    }

    /// The member that an input becomes, if it is given.
    pub(super) fn member(&mut self, called: &Called, member: &str, name: &str) -> Option<Given> {
        let value = self.given(name)?;
        self.member_of(called, member, name, value)
    }

    /// The member that a value becomes which stands inside of an input, and is like the input with a name.
    pub(super) fn member_of(
        &mut self,
        called: &Called,
        member: &str,
        name: &str,
        value: &Value,
    ) -> Option<Given> {
        let input = self.own.iter().find(|input| input.name == name)?;
        let shape = called.member(member)?;
        let given = self.value(called, value, input, shape);
        self.sound &= given.is_some();
        given
    }

    /// An input of values by name, or of several such maps, as the API takes the parameters of documents.
    pub(super) fn encoded(&mut self, name: &str) -> Option<Given> {
        let value = self.given(name)?;
        let input = self.own.iter().find(|input| input.name == name)?;
        let data = match input.kind {
            Type::MapList => data::maps(value, name, self.scope, self.diagnostics),
            _ => data::map(value, name, self.scope, self.diagnostics),
        };
        self.sound &= data.is_some();
        data.map(Given::Encoded)
    }

    /// An input that no request has, as its type.
    pub(super) fn setting(&mut self, name: &str) -> Option<Expression> {
        let value = self.given(name)?;
        let input = self.own.iter().find(|input| input.name == name)?;
        let setting = self.expression(value, input);
        self.sound &= setting.is_some();
        setting
    }

    /// An input that no request has, as a list of strings.
    pub(super) fn texts(&mut self, name: &str) -> Option<Texts> {
        let value = self.given(name)?;
        let input = self.own.iter().find(|input| input.name == name)?;
        self.texts_of(value, input)
    }

    /// A value as a list of strings.
    pub(super) fn texts_of(&mut self, value: &Value, input: &OwnInput) -> Option<Texts> {
        let list = self.list(value, input);
        self.sound &= list.is_some();
        match list? {
            Given::Strings(elements) => {
                let items = elements.into_iter().map(|element| match element {
                    Element::One(text) => TextItem::One(text),
                    Element::All(list) => TextItem::All(list),
                });
                Some(Texts::List(items.collect()))
            }
            Given::Value(list) => Some(Texts::Whole(list)),
            _ => None,
        }
    }

    /// An input whose value has to be one of few, and known when compiling.
    pub(super) fn choice(&mut self, name: &str, why: &str) -> Option<&'static str> {
        let value = self.given(name)?;
        let input = self.own.iter().find(|input| input.name == name)?;
        let written = inputs::literal(value, name, why, self.diagnostics);
        let chosen = written.and_then(|written| {
            let found = input
                .values
                .iter()
                .copied()
                .find(|known| *known == written.value);
            if found.is_none() {
                let message = format!("`{name}` has no value `{written}`");
                let report = Diagnostic::error(Code::UnknownEnumValue, written.span, message)
                    .label("not one of those listed");
                let near = crate::diagnostic::similar(&written.value, input.values.iter().copied());
                let longer = || begins(&written.value, input.values);
                self.diagnostics.push(match (near, longer()) {
                    (Some(near), _) => {
                        report.edit(written.span, near, "a value with a similar name exists")
                    }
                    (None, Some(longer)) => {
                        report.edit(written.span, longer, "a value begins like this")
                    }
                    (None, None) => report.help(inputs::some_of(input.values, "values")),
                });
            }
            found
        });
        self.sound &= chosen.is_some();
        chosen
    }

    /// Reports two inputs that exclude each other; gives whether at most one is there.
    pub(super) fn exclusive(&mut self, first: &str, second: &str) {
        if let (Some(_), Some(value)) = (self.given(first), self.given(second)) {
            let message = format!(
                "step `{}` gives both `{first}` and `{second}`",
                self.step.name
            );
            self.report(
                Diagnostic::error(Code::UnknownInput, value.span, message)
                    .label("only one of them can be given")
                    .help("remove one of them"),
            );
        }
    }

    /// Reports that one of two inputs must be given, and not both.
    pub(super) fn one_of(&mut self, first: &str, second: &str) {
        self.exclusive(first, second);
        let neither = self.given(first).is_none() && self.given(second).is_none();
        if neither && self.sound && self.step.inputs_known {
            let message = format!(
                "step `{}` gives neither `{first}` nor `{second}`",
                self.step.name
            );
            self.report(
                Diagnostic::error(Code::MissingInput, inputs::place(self.step), message)
                    .label("one of them is required")
                    .help(format!("add `{first}` or `{second}` under `inputs`")),
            );
        }
    }

    /// Reports more elements in the list of an input than the service takes.
    pub(super) fn at_most(&mut self, most: usize, name: &str, members: &Members, help: &str) {
        let given = members.iter().find(|(member, _)| *member == name);
        let Some((_, Given::Strings(elements))) = given else {
            return;
        };
        let ones = elements
            .iter()
            .filter(|element| matches!(element, Element::One(_)));
        let count = ones.count();
        if let Some(value) = self.given(name).filter(|_| count > most) {
            let message = format!("`{name}` has {count} elements, but takes at most {most}");
            self.report(
                Diagnostic::error(Code::ViolatedConstraint, value.span, message)
                    .label("above the maximum")
                    .help(help),
            );
        }
    }

    /// Adds an error.
    pub(super) fn report(&mut self, report: Diagnostic) {
        self.diagnostics.push(report);
        self.sound = false;
    }

    /// Lets a check report.
    pub(super) fn reported(&mut self, check: impl FnOnce(&Scope<'_>, &mut Diagnostics)) {
        let mut found = Diagnostics::default();
        check(self.scope, &mut found);
        self.sound &= !found.has_errors();
        self.diagnostics.extend(found.into_vec());
    }

    /// Whether all inputs that have been asked for are right. To be asked last.
    pub(super) fn sound(self) -> Option<()> {
        (self.sound && self.step.inputs_known).then_some(())
    }

    fn value(
        &mut self,
        called: &Called,
        value: &Value,
        input: &OwnInput,
        shape: ShapeId,
    ) -> Option<Given> {
        let operand = shapes::Operand {
            scope: self.scope,
            service: &called.service,
            operation: &called.operation,
            place: inputs::place(self.step),
            complete: true,
            converts: true,
        };
        match input.kind {
            Type::StringList => {
                let list = self.list(value, input)?;
                shapes::elements(&operand, input.name, value, shape, self.diagnostics);
                Some(list)
            }
            Type::StringMap | Type::MapList if value.as_scalar().is_some() => {
                let read = match input.kind {
                    Type::MapList => data::maps,
                    _ => data::map,
                };
                let data = read(value, input.name, self.scope, self.diagnostics)?;
                Some(Given::Checked(ApiValue::Whole(shape, data)))
            }
            Type::StringMap => shapes::value(&operand, input.name, value, shape, self.diagnostics)
                .map(Given::Checked),
            Type::MapList => {
                let list = as_list(value);
                shapes::value(&operand, input.name, &list, shape, self.diagnostics)
                    .map(Given::Checked)
            }
            Type::String | Type::Integer | Type::Boolean => {
                let expression = self.expression(value, input)?;
                shapes::literal(
                    &operand,
                    input.name,
                    value,
                    &expression,
                    shape,
                    self.diagnostics,
                );
                Some(Given::Value(expression))
            }
        }
    }

    /// A value as what an input takes that has no parts.
    pub(super) fn expression(&mut self, value: &Value, input: &OwnInput) -> Option<Expression> {
        let (name, scope) = (input.name, self.scope);
        match input.kind {
            Type::Integer | Type::Boolean => self.number(value, input),
            _ if input.values.is_empty() => inputs::text(value, name, scope, self.diagnostics),
            _ => inputs::one_of(value, input, scope, self.diagnostics),
        }
    }

    /// A number or truth value; text that spells one is taken for it (spec 3.3).
    fn number(&mut self, value: &Value, input: &OwnInput) -> Option<Expression> {
        let expected = match input.kind {
            Type::Boolean => "a Boolean",
            _ => "an integer",
        };
        let ValueKind::Scalar(scalar) = &value.kind else {
            if let Some([only]) = value.as_list()
                && only.as_scalar().is_some()
            {
                return self.number(only, input);
            }
            return inputs::reported(value, input.name, expected, self.scope, self.diagnostics);
        };
        if !scalar.template.is_literal() {
            let typed = self.scope.scalar(scalar, value.span, self.diagnostics);
            return inputs::spelt(typed, input.kind, input.name, self.diagnostics);
        }
        let read = match input.kind {
            Type::Boolean => truth(scalar).map(Expression::Boolean),
            _ => integer(scalar).map(Expression::Integer),
        };
        if read.is_none() {
            let report = inputs::wrong_kind(value, input.name, expected);
            self.diagnostics.extend(report);
        }
        read
    }

    /// A list of strings; one alone is a list of one (spec 3.3).
    fn list(&mut self, value: &Value, input: &OwnInput) -> Option<Given> {
        let ValueKind::List(elements) = &value.kind else {
            return match value.as_scalar() {
                Some(scalar) => self.whole_list(value, scalar, input),
                None => inputs::reported(value, input.name, "a list", self.scope, self.diagnostics),
            };
        };
        let elements = elements
            .iter()
            .filter(|element| element.kind != ValueKind::Null);
        let elements: Vec<Option<Element>> = elements
            .map(|element| self.element(element, input))
            .collect();
        Some(Given::Strings(elements.into_iter().collect::<Option<_>>()?))
    }

    fn whole_list(&mut self, value: &Value, scalar: &Scalar, input: &OwnInput) -> Option<Given> {
        if scalar.template.is_literal() {
            let text = self.listed_text(value, input)?;
            return Some(Given::Strings(vec![Element::One(text)]));
        }
        let typed = self.scope.scalar(scalar, value.span, self.diagnostics);
        let coerced = inputs::coerced(typed, Type::StringList, input.name, self.diagnostics)?;
        Some(Given::Value(coerced))
    }

    /// One element; a reference to a list stands for all of its elements.
    fn element(&mut self, element: &Value, input: &OwnInput) -> Option<Element> {
        if let Some(scalar) = element.as_scalar()
            && scalar.template.whole().is_some()
        {
            let typed = self.scope.scalar(scalar, element.span, self.diagnostics);
            return match typed.kind? {
                Type::StringList => typed.expression.map(Element::All),
                _ => inputs::coerced(typed, Type::String, input.name, self.diagnostics)
                    .map(Element::One),
            };
        }
        self.listed_text(element, input).map(Element::One)
    }

    fn listed_text(&mut self, value: &Value, input: &OwnInput) -> Option<Expression> {
        match input.values {
            [] => inputs::text(value, input.name, self.scope, self.diagnostics),
            _ => inputs::one_of(value, input, self.scope, self.diagnostics),
        }
    }
}

/// One mapping where a list of them belongs is its only element (spec 3.3).
fn as_list(value: &Value) -> Value {
    match value.kind {
        ValueKind::Map(_) => Value {
            kind: ValueKind::List(vec![value.clone()]),
            ..value.clone()
        },
        _ => value.clone(),
    }
}

fn integer(scalar: &Scalar) -> Option<i64> {
    scalar
        .source
        .as_integer()
        .or_else(|| scalar.text().trim().parse().ok())
}

fn truth(scalar: &Scalar) -> Option<bool> {
    let text = || scalar.text().trim().to_ascii_lowercase().parse().ok();
    scalar.source.as_bool().or_else(text)
}

/// The value of a list that begins like a word: `stopped` for `stop`.
fn begins<'v>(written: &str, values: &[&'v str]) -> Option<&'v str> {
    const SHORTEST: usize = 3;
    let mut longer = values.iter().filter(|value| value.starts_with(written));
    let first = longer.next().filter(|_| written.len() >= SHORTEST)?;
    longer.next().is_none().then_some(first)
}
