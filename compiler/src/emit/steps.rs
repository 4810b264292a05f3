//! `steps.rs`: per step what it asks for, and what it leaves for later steps.

use proc_macro2::TokenStream;
use quote::quote;

use super::children;
use super::data::{data, into_document};
use super::expression::{borrowed_text, optional, owned};
use super::loops;
use super::names;
use super::outputs::{output_statics, outputs_function, outputs_struct};
use super::people;
use super::plan::{Plan, StepNames};
use super::request::{request, request_with, wrapped};
use super::scripts;
use super::selector::selector_static;
use crate::document::Type;
use crate::ir::{
    ApiCall, ApiItem, ApiValue, Choice, Condition, Data, Expectation, Expression, Field,
    Interpreter, Procedure, Step, StepId, Webhook, Work,
};

/// The items of `steps.rs`.
pub(crate) fn items(plan: &Plan<'_>) -> Vec<TokenStream> {
    let mut items = vec![imports(plan)];
    for id in plan.reading_order() {
        let (step, names) = (plan.runbook.step(id), plan.step(id));
        items.extend(expectation_static(step, names));
        items.push(step_function(plan, step, names));
        if let Work::Loop(repeated) = &step.work {
            items.extend(loops::items(plan, id, step, repeated));
        } else if !step.outputs.is_empty() {
            items.extend(output_statics(step, names));
            items.push(outputs_struct(step, names));
            items.push(outputs_function(step, names));
        }
    }
    items
}

fn imports(plan: &Plan<'_>) -> TokenStream {
    let calls = plan
        .runbook
        .steps
        .iter()
        .any(|step| step.work.calls().next().is_some());
    let api = calls.then(|| quote!(api,));
    let scripts = scripts::has_texts(plan).then(|| quote!(scripts,));
    let wholes = &plan.types.wholes;
    let inputs = (!wholes.shapes.is_empty()).then(|| quote!(inputs,));
    let branches = plan.runbook.steps.iter();
    let branches = branches.into_iter().any(|step| jumps(&step.work));
    let step = branches.then(|| quote!(Step,));
    let mut steps = plan.runbook.steps.iter();
    let sets = steps.any(|step| matches!(step.work, Work::Set { .. }));
    let variables = sets.then(|| quote!(variables,));
    quote! {
        use runbook_runtime::generated::*;

        use super::{Effect, State, #api #inputs #scripts #step #variables};
    }
}

fn jumps(work: &Work) -> bool {
    match work {
        Work::Branch { choices, default } => !choices.is_empty() || default.is_some(),
        _ => false,
    }
}

fn step_function(plan: &Plan<'_>, step: &Step, names: &StepNames) -> TokenStream {
    let function = &names.function;
    let doc = format!(" {}", heading(plan, step));
    let body = effect(plan, step, names);
    let state = if mentions(&body, "state") {
        quote!(state)
    } else {
        quote!(_state)
    };
    quote! {
        #[doc = #doc]
        pub fn #function(#state: &State) -> Result<Effect, InputError> {
            #body
        }
    }
}

/// ``` `ecs`, runbook.yaml:31: ECS RunTask. ```
fn heading(plan: &Plan<'_>, step: &Step) -> String {
    let place = format!("`{}`, {}:{}", step.name, plan.runbook.file, step.line);
    let what = match &step.work {
        Work::Call(call) => calls(call),
        Work::Assert(call, expectation) => {
            format!("{}, to assert `{}`", calls(call), expectation.selector)
        }
        Work::Wait(call, expectation) => {
            format!("{}, to wait for `{}`", calls(call), expectation.selector)
        }
        Work::Invoke { call, .. } => calls(call),
        Work::Procedure(procedure) => operations(procedure),
        Work::Webhook(_) => "a webhook".to_owned(),
        Work::Script(script) => match &script.runtime {
            Interpreter::Known(runtime) => format!("a script in {}", runtime.language.name()),
            Interpreter::Named(_) => "a script".to_owned(),
        },
        Work::Child(child) => match &child.targets {
            None => format!("the runbook `{}`", child.name),
            Some(_) => format!("the runbook `{}`, for each target", child.name),
        },
        Work::Approve(approve) => match &approve.notification {
            Some(call) => format!("an approval, announced by {}", calls(call)),
            None => "an approval".to_owned(),
        },
        Work::Pause(_) => "a pause until somebody resumes it".to_owned(),
        Work::Sleep { .. } | Work::SleepUntil(_) => "a pause".to_owned(),
        Work::Branch { .. } => "a branch".to_owned(),
        Work::Loop(repeated) => loops::heading(plan, repeated),
        Work::Set { variable, .. } => {
            let name = &plan.runbook.variable(*variable).declaration.name;
            format!("sets `variable:{name}`")
        }
    };
    format!("{place}: {what}.")
}

fn calls(call: &ApiCall) -> String {
    format!("{} `{}`", call.service.service_id, call.operation.name)
}

/// EC2 `CreateImage` and `DescribeImages`
fn operations(procedure: &Procedure) -> String {
    let mut text = String::new();
    let mut names: Vec<String> = Vec::new();
    for call in procedure.calls() {
        let name = format!("`{}`", call.operation.name);
        if names.is_empty() {
            text = format!("{} ", call.service.service_id);
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{text}{} and {last}", rest.join(", ")),
        _ => text + &names.concat(),
    }
}

/// What a function computes: an effect, or a `Result` with one.
pub(super) struct Computed {
    /// What comes before.
    statements: TokenStream,
    value: TokenStream,
    is_result: bool,
}

impl Computed {
    pub(super) fn effect(value: TokenStream) -> Self {
        let statements = TokenStream::new();
        Self {
            statements,
            value,
            is_result: false,
        }
    }

    fn result(value: TokenStream) -> Self {
        Self {
            is_result: true,
            ..Self::effect(value)
        }
    }

    pub(super) fn after(self, statements: TokenStream) -> Self {
        Self { statements, ..self }
    }

    /// The body of the function, with the time limit that a reference gives.
    fn body(self, limit: Option<TokenStream>) -> TokenStream {
        let Self {
            statements, value, ..
        } = self;
        match (limit, self.is_result) {
            (None, true) => quote!(#statements #value),
            (None, false) => quote!(#statements Ok(#value)),
            (Some(limit), true) => quote!(#statements #value?.within(#limit)),
            (Some(limit), false) => quote!(#statements #value.within(#limit)),
        }
    }
}

fn effect(plan: &Plan<'_>, step: &Step, names: &StepNames) -> TokenStream {
    let limit = step.timeout.as_ref().map(|limit| owned(plan, limit));
    computed(plan, step, names).body(limit)
}

fn computed(plan: &Plan<'_>, step: &Step, names: &StepNames) -> Computed {
    match &step.work {
        Work::Call(call) => {
            let request = request(plan, call);
            Computed::effect(quote!(Effect::call(#request)))
        }
        Work::Assert(call, expectation) => expecting(plan, call, expectation, names, "assert"),
        Work::Wait(call, expectation) => expecting(plan, call, expectation, names, "until"),
        Work::Invoke {
            call,
            input_payload: None,
        } => {
            let request = request(plan, call);
            Computed::effect(quote!(Effect::call(#request).unless_function_error()))
        }
        Work::Invoke {
            call,
            input_payload: Some(payload),
        } => invoke_with_payload(plan, call, payload),
        Work::Procedure(procedure) => run(plan, procedure),
        Work::Webhook(webhook) => sent(plan, webhook),
        Work::Script(script) => Computed::effect(scripts::effect(plan, script, names)),
        Work::Child(child) => children::computed(plan, child),
        Work::Approve(approve) => people::approve(plan, step, approve),
        Work::Pause(message) => people::pause(plan, message.as_ref()),
        Work::Sleep {
            seconds: Some(seconds),
            ..
        } => {
            let seconds = super::expression::integer(i64::from(*seconds));
            Computed::effect(quote!(Effect::sleep_seconds(#seconds)))
        }
        Work::Sleep {
            duration,
            seconds: None,
        } => {
            let duration = borrowed_text(plan, duration);
            Computed::result(quote!(Effect::sleep(#duration)))
        }
        Work::SleepUntil(timestamp) => {
            let timestamp = borrowed_text(plan, timestamp);
            Computed::result(quote!(Effect::sleep_until(#timestamp)))
        }
        Work::Branch { choices, default } => branch(plan, choices, *default),
        Work::Loop(repeated) => Computed::result(loops::turns(plan, repeated)),
        Work::Set { variable, value } => {
            let name = &plan.runbook.variable(*variable).declaration.name;
            let value = into_document(plan, value);
            Computed::result(quote!(Effect::set(variables::DEFINITIONS, #name, #value)))
        }
    }
}

fn run(plan: &Plan<'_>, procedure: &Procedure) -> Computed {
    let name = names::identifier(procedure.name);
    let fields = procedure.fields.iter().map(|(name, field)| {
        let name = names::identifier(name);
        let value = procedure_field(plan, field);
        quote!(#name: #value)
    });
    let shared = procedure.shared.iter().map(|(name, list)| {
        let name = names::identifier(name);
        let list = people::texts(plan, list);
        quote!(let #name = #list;)
    });
    let effect = quote!(Effect::run(procedure::#name { #(#fields),* }));
    Computed::effect(effect).after(quote!(#(#shared)*))
}

/// A webhook: the parameter of its integration is read with it.
fn sent(plan: &Plan<'_>, webhook: &Webhook) -> Computed {
    let (integration, read) = (
        owned(plan, &webhook.integration),
        request(plan, &webhook.read),
    );
    let body = match &webhook.body {
        None => quote!(None),
        Some(body) => {
            let body = owned(plan, body);
            quote!(Some(#body))
        }
    };
    let sent = quote! {
        Effect::call(Webhook { read: #read.into(), integration, body: #body }).delivered()
    };
    Computed::effect(sent).after(quote! {
        let integration: String = #integration;
        let parameter = webhook::parameter(&integration);
    })
}

fn procedure_field(plan: &Plan<'_>, field: &Field) -> TokenStream {
    match field {
        Field::Call(call) => {
            let request = request(plan, call);
            quote!(#request.into())
        }
        Field::OptionalCall(None) => quote!(None),
        Field::OptionalCall(Some(call)) => {
            let request = request(plan, call);
            quote!(Some(#request.into()))
        }
        Field::Later(call) => later(plan, call),
        Field::OptionalLater(None) => quote!(None),
        Field::OptionalLater(Some(call)) => {
            let function = later(plan, call);
            quote!(Some(#function))
        }
        Field::Amended(call, member) => amended(plan, call, member),
        Field::Value(value) => owned(plan, value),
        Field::Variant(kind, variant) => {
            let (kind, variant) = (names::identifier(kind), names::identifier(variant));
            quote!(procedure::#kind::#variant)
        }
        Field::Named(kind, value) => {
            let (kind, name) = (names::identifier(kind), borrowed_text(plan, value));
            quote!(procedure::#kind::named(#name)?)
        }
    }
}

/// A function that makes a request from what earlier answers tell.
pub(super) fn later(plan: &Plan<'_>, call: &ApiCall) -> TokenStream {
    let arguments = told(call).into_iter().map(names::identifier);
    let request = request(plan, call);
    quote!(|#(#arguments),*| #request.into())
}

/// A function that gives a request another value of one member.
pub(super) fn amended(plan: &Plan<'_>, call: &ApiCall, member: &str) -> TokenStream {
    let request = plan.types.operation(call);
    let name = &request.name;
    let mut fields = request.fields.iter();
    let field = fields
        .find(|field| field.member == member)
        .unwrap_or_else(|| unreachable!("the checker gives the member that is amended"));
    let (field_name, value) = (&field.name, wrapped(field, Some(quote!(value))));
    let (input, others) = match request.fields.as_slice() {
        [_] => (quote!(_), quote!()),
        _ => (quote!(input), quote!(, ..*input)),
    };
    quote! {
        |request, value| match request {
            api::Request::#name(#input) => api::#name { #field_name: #value #others }.into(),
            other => other,
        }
    }
}

/// The names of what a request takes from earlier answers, each once.
fn told(call: &ApiCall) -> Vec<&'static str> {
    let mut names = Vec::new();
    for field in &call.input {
        collect_told(&field.value, &mut names);
    }
    names
}

fn collect_told(value: &ApiValue, names: &mut Vec<&'static str>) {
    match value {
        ApiValue::Structure(_, fields) => {
            fields
                .iter()
                .for_each(|field| collect_told(&field.value, names));
        }
        ApiValue::List(_, items) => {
            for item in items {
                if let ApiItem::One(value) = item {
                    collect_told(value, names);
                }
            }
        }
        ApiValue::Map(_, entries) => {
            entries
                .iter()
                .for_each(|entry| collect_told(&entry.value, names));
        }
        ApiValue::Strings(_, expression) | ApiValue::Scalar(_, expression) => {
            if let Expression::Told(name, _) = expression
                && !names.contains(name)
            {
                names.push(name);
            }
        }
        ApiValue::Float(..) | ApiValue::Encoded(..) | ApiValue::Whole(..) => {}
    }
}

fn expecting(
    plan: &Plan<'_>,
    call: &ApiCall,
    expectation: &Expectation,
    names: &StepNames,
    method: &str,
) -> Computed {
    let request = request(plan, call);
    let method = names::identifier(method);
    let selector = &names.property_selector;
    let desired = expectation.desired.iter();
    let desired = desired.map(|value| owned(plan, value));
    let effect = quote!(Effect::call(request).#method(&#selector, vec![#(#desired),*]));
    Computed::effect(effect).after(quote!(let request = #request;))
}

fn invoke_with_payload(plan: &Plan<'_>, call: &ApiCall, payload: &Data) -> Computed {
    let payload = data(plan, payload);
    let mut call = call.clone();
    call.input.retain(|field| field.name != "Payload");
    let request = request_with(plan, &call, Some(quote!(payload.to_string())));
    let effect = quote! {
        Effect::call(request)
            .show_input("Payload", "InputPayload", payload)
            .unless_function_error()
    };
    Computed::effect(effect).after(quote! {
        let payload: Document = #payload;
        let request = #request;
    })
}

fn branch(plan: &Plan<'_>, choices: &[Choice], default: Option<StepId>) -> Computed {
    let tests = choices.iter().map(|choice| {
        let condition = condition(plan, &choice.condition, false);
        let target = &plan.step(choice.next_step).variant;
        quote! {
            if #condition {
                return Ok(Effect::jump(Some(Step::#target)));
            }
        }
    });
    let otherwise = match default {
        Some(step) => {
            let target = &plan.step(step).variant;
            quote!(Some(Step::#target))
        }
        None => quote!(None),
    };
    Computed::effect(quote!(Effect::jump(#otherwise))).after(quote!(#(#tests)*))
}

pub(crate) fn condition(plan: &Plan<'_>, condition: &Condition, nested: bool) -> TokenStream {
    match condition {
        Condition::And(parts) => joined(plan, parts, quote!(&&), nested),
        Condition::Or(parts) => joined(plan, parts, quote!(||), nested),
        Condition::Not(part) => {
            let part = self::condition(plan, part, true);
            quote!(!#part)
        }
        Condition::Compare {
            variable,
            operator,
            operand,
        } => {
            let function = match variable.kind() {
                Type::StringList => names::identifier("contains_element"),
                _ => names::identifier(&names::snake(operator.name())),
            };
            let (variable, operand) = (optional(plan, variable), optional(plan, operand));
            quote!(branch::#function(#variable, #operand))
        }
    }
}

fn joined(
    plan: &Plan<'_>,
    parts: &[Condition],
    operator: TokenStream,
    nested: bool,
) -> TokenStream {
    let alone = parts.len() == 1;
    let mut joined = TokenStream::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            joined.extend(operator.clone());
        }
        joined.extend(condition(plan, part, nested || !alone));
    }
    if nested && !alone {
        quote!((#joined))
    } else {
        joined
    }
}

fn expectation_static(step: &Step, names: &StepNames) -> Option<TokenStream> {
    let (Work::Assert(_, expectation) | Work::Wait(_, expectation)) = &step.work else {
        return None;
    };
    Some(selector_static(
        &names.property_selector,
        &expectation.selector,
    ))
}

/// Whether an identifier stands somewhere in the tokens.
pub(crate) fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(identifier) => identifier == name,
        proc_macro2::TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}
