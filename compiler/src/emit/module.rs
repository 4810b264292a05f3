//! `mod.rs`: the runbook itself: its state, and the trait that the engine drives.

use proc_macro2::TokenStream;
use quote::quote;

use super::children;
use super::expression::{owned, written_expression};
use super::parameters::{number, option, summary};
use super::plan::{Plan, StepNames, Surface};
use super::{embedded, scripts, search, told};
use crate::document::Type;
use crate::ir::{Expression, Loop, Step, Turns, Work};

/// The items of `mod.rs`, after its `mod` lines.
pub(crate) fn items(plan: &Plan<'_>) -> Vec<TokenStream> {
    let mut items = vec![
        imports(plan),
        effect_alias(),
        state_struct(plan),
        scope_impl(),
        runbook_struct(plan),
        runbook_impl(plan),
    ];
    items.extend(embedded::items(plan));
    items.push(definition(plan));
    items.push(version_lock());
    items
}

fn imports(plan: &Plan<'_>) -> TokenStream {
    let parameters = match plan.surface {
        Surface::Binary => quote!(Values),
        Surface::Embedded => quote!({Parameters, Values}),
    };
    quote! {
        pub use flow::Step;
        pub use parameters::#parameters;
        use runbook_runtime::generated::{self, *};
    }
}

fn effect_alias() -> TokenStream {
    quote! {
        /// What a step asks for.
        pub type Effect = effect::Effect<api::Request, Step>;
    }
}

fn state_struct(plan: &Plan<'_>) -> TokenStream {
    let fields = plan
        .named_steps()
        .filter(|(step, _)| !step.outputs.is_empty());
    let fields = fields.map(|(step, names)| {
        let (field, kind) = (&names.function, &names.outputs);
        let doc = format!(" The outputs of `{}`; empty until it has run.", step.name);
        quote! {
            #[doc = #doc]
            pub #field: steps::#kind
        }
    });
    let variables = has_variables(plan).then(|| {
        quote! {
            /// The variables.
            pub variables: variables::Variables,
        }
    });
    quote! {
        /// The parameters, and what each finished step left behind.
        #[derive(Clone, Debug)]
        pub struct State {
            /// Where and as whom the execution runs.
            pub context: Context,
            /// The parameters.
            pub parameters: Values,
            #variables
            #(#fields),*
        }
    }
}

fn has_variables(plan: &Plan<'_>) -> bool {
    !plan.variables.is_empty()
}

fn scope_impl() -> TokenStream {
    quote! {
        impl Scope for State {
            fn context(&self) -> &Context {
                &self.context
            }

            fn context_mut(&mut self) -> &mut Context {
                &mut self.context
            }

            fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
                self.parameters.text(name)
            }
        }
    }
}

/// What documentation says of the runbook, line by line.
pub(crate) fn docs(plan: &Plan<'_>) -> Vec<String> {
    let file = &plan.runbook.file;
    let mut docs = vec![format!(" The runbook of {file}.")];
    if let Some(summary) = summary(&plan.runbook.description) {
        docs.extend([String::new(), summary]);
    }
    docs
}

fn runbook_struct(plan: &Plan<'_>) -> TokenStream {
    let (name, docs) = (&plan.name, docs(plan));
    quote! {
        #(#[doc = #docs])*
        #[derive(Clone, Copy, Debug)]
        pub struct #name;
    }
}

fn runbook_impl(plan: &Plan<'_>) -> TokenStream {
    let name = &plan.name;
    let (start, assume_role) = (start(plan), assume_role(plan));
    let (effect, answer, outputs) = (effect(plan), answer(plan), outputs(plan));
    let scripts = scripts::requirements(plan);
    let (iterate, repeats, variables) = (iterate(plan), repeats(plan), variables(plan));
    let (stored_defaults, stored) = stored(plan).unzip();
    let search = search::search(plan);
    let identity = plan.types.operation(&plan.runbook.identity);
    let identity = &identity.name;
    quote! {
        impl Runbook for #name {
            type Step = Step;
            type State = State;
            type Request = api::Request;

            const DEFINITION: &'static Definition = &DEFINITION;

            const STEPS: &'static [Step] = flow::STEPS;

            #scripts

            #stored_defaults

            fn place(step: Step) -> usize {
                step as usize
            }

            fn flow(step: Step) -> Flow<Step> {
                flow::flow(step)
            }

            #start

            #assume_role

            fn identity() -> api::Request {
                api::#identity {}.into()
            }

            #stored

            #search

            #effect

            #answer

            #outputs

            #iterate

            #repeats

            #variables
        }
    }
}

/// What defaults take from Parameter Store, and the call that reads it.
fn stored(plan: &Plan<'_>) -> Option<(TokenStream, TokenStream)> {
    let call = plan.runbook.stored.as_ref()?;
    let request = super::request::request(plan, call);
    Some((
        quote!(
            const STORED: &'static [StoredDefault] = parameters::STORED;
        ),
        quote! {
            fn stored(wanted: Vec<String>) -> Option<api::Request> {
                Some(#request.into())
            }
        },
    ))
}

fn start(plan: &Plan<'_>) -> TokenStream {
    let fields = plan
        .named_steps()
        .filter(|(step, _)| !step.outputs.is_empty());
    let fields = fields.map(|(_, names)| {
        let (field, kind) = (&names.function, &names.outputs);
        quote!(#field: steps::#kind::default())
    });
    let fields: Vec<TokenStream> = fields.collect();
    if has_variables(plan) {
        return quote! {
            fn start(parameters: &Map, context: Context) -> Result<State, InputError> {
                let mut state = State {
                    context,
                    parameters: generated::parameters(parameters)?,
                    variables: variables::Variables::default(),
                    #(#fields),*
                };
                state.variables = variables::initial(&state)?;
                Ok(state)
            }
        };
    }
    quote! {
        fn start(parameters: &Map, context: Context) -> Result<State, InputError> {
            Ok(State {
                context,
                parameters: generated::parameters(parameters)?,
                #(#fields),*
            })
        }
    }
}

fn assume_role(plan: &Plan<'_>) -> TokenStream {
    match &plan.runbook.assume_role {
        None => quote! {
            fn assume_role(_state: &State) -> Result<Option<String>, InputError> {
                Ok(None)
            }
        },
        Some(Expression::String(arn)) => quote! {
            fn assume_role(_state: &State) -> Result<Option<String>, InputError> {
                Ok(Some(#arn.into()))
            }
        },
        Some(role) => {
            let role = owned(plan, role);
            quote! {
                fn assume_role(state: &State) -> Result<Option<String>, InputError> {
                    Ok(Some(#role))
                }
            }
        }
    }
}

fn effect(plan: &Plan<'_>) -> TokenStream {
    let arms = plan.steps.iter().map(|names| {
        let (variant, function) = (&names.variant, &names.function);
        quote!(Step::#variant => steps::#function(state))
    });
    quote! {
        fn effect(step: Step, state: &State) -> Result<Effect, InputError> {
            match step {
                #(#arms),*
            }
        }
    }
}

fn answer(plan: &Plan<'_>) -> TokenStream {
    let arms: Vec<TokenStream> = plan
        .named_steps()
        .filter_map(|(step, names)| {
            let (variant, taken) = (&names.variant, taken(plan, step, names)?);
            Some(quote!(Step::#variant => #taken))
        })
        .collect();
    if arms.is_empty() {
        return quote! {
            fn answer(_step: Step, _state: &mut State, _answer: &Document) -> Result<(), OutputError> {
                Ok(())
            }
        };
    }
    let takes_none = |step: &Step, names: &StepNames| taken(plan, step, names).is_none();
    let rest = (arms.len() < plan.steps.len()).then(|| rest(plan, takes_none, quote!({})));
    quote! {
        fn answer(step: Step, state: &mut State, answer: &Document) -> Result<(), OutputError> {
            match step {
                #(#arms,)*
                #rest
            }
            Ok(())
        }
    }
}

/// What becomes of a step's answer, if it leaves something.
fn taken(plan: &Plan<'_>, step: &Step, names: &StepNames) -> Option<TokenStream> {
    match &step.work {
        Work::Loop(_) => None,
        Work::Set { variable, .. } => {
            let field = plan.variable(*variable);
            Some(quote!(state.variables.#field = generated::value(answer)))
        }
        _ if step.outputs.is_empty() => None,
        _ => {
            let (field, function) = (&names.function, &names.outputs_function);
            Some(quote!(state.#field = steps::#function(answer)?))
        }
    }
}

fn iterate(plan: &Plan<'_>) -> Option<TokenStream> {
    let is_loop = |step: &Step| matches!(step.work, Work::Loop(_));
    let arms = of_steps(plan, |step, names| {
        let function = &names.iteration_function;
        is_loop(step).then(|| quote!(steps::#function(state, turn)))
    })?;
    let rest =
        (arms.len() < plan.steps.len()).then(|| rest(plan, |step, _| !is_loop(step), quote!({})));
    Some(quote! {
        fn iterate(step: Step, state: &mut State, turn: &Turn<'_>) {
            match step {
                #(#arms,)*
                #rest
            }
        }
    })
}

fn repeats(plan: &Plan<'_>) -> Option<TokenStream> {
    let is_conditional = |step: &Step| match &step.work {
        Work::Loop(repeated) => matches!(repeated.turns, Turns::While(_)),
        _ => false,
    };
    let arms = of_steps(plan, |step, names| {
        let function = &names.repeats_function;
        is_conditional(step).then(|| quote!(steps::#function(state)))
    })?;
    let rest = (arms.len() < plan.steps.len())
        .then(|| rest(plan, |step, _| !is_conditional(step), quote!(Ok(false))));
    Some(quote! {
        fn repeats(step: Step, state: &State) -> Result<bool, InputError> {
            match step {
                #(#arms,)*
                #rest
            }
        }
    })
}

fn variables(plan: &Plan<'_>) -> Option<TokenStream> {
    has_variables(plan).then(|| {
        quote! {
            fn variables(state: &State) -> Map {
                members(&state.variables)
            }
        }
    })
}

/// The arms of the steps that have something; none if no step has.
fn of_steps(
    plan: &Plan<'_>,
    body: impl Fn(&Step, &StepNames) -> Option<TokenStream>,
) -> Option<Vec<TokenStream>> {
    let arms = plan.named_steps().filter_map(|(step, names)| {
        let (variant, body) = (&names.variant, body(step, names)?);
        Some(quote!(Step::#variant => #body))
    });
    let arms: Vec<TokenStream> = arms.collect();
    (!arms.is_empty()).then_some(arms)
}

fn outputs(plan: &Plan<'_>) -> TokenStream {
    let arms = plan
        .named_steps()
        .filter(|(step, _)| !step.outputs.is_empty());
    let arms: Vec<TokenStream> = arms
        .map(|(_, names)| {
            let (variant, field) = (&names.variant, &names.function);
            quote!(Step::#variant => members(&state.#field))
        })
        .collect();
    if arms.is_empty() {
        return quote! {
            fn outputs(_step: Step, _state: &State) -> Map {
                Map::new()
            }
        };
    }
    let has_none = |step: &Step, _: &StepNames| step.outputs.is_empty();
    let rest = (arms.len() < plan.steps.len()).then(|| rest(plan, has_none, quote!(Map::new())));
    quote! {
        fn outputs(step: Step, state: &State) -> Map {
            match step {
                #(#arms,)*
                #rest
            }
        }
    }
}

/// The arm of all other steps.
fn rest(
    plan: &Plan<'_>,
    is_other: impl Fn(&Step, &StepNames) -> bool,
    value: TokenStream,
) -> TokenStream {
    let rest = plan
        .named_steps()
        .filter(|(step, names)| is_other(step, names));
    let rest = rest.map(|(_, names)| {
        let variant = &names.variant;
        quote!(Step::#variant)
    });
    quote!(#(#rest)|* => #value)
}

fn definition(plan: &Plan<'_>) -> TokenStream {
    let runbook = plan.runbook;
    let (name, file, hash) = (&runbook.name, &runbook.file, &runbook.hash);
    let description = runbook.description.trim();
    let role = runbook.assume_role.as_ref();
    let assume_role = option(role.map(|role| written_expression(plan, role)));
    let variables = if has_variables(plan) {
        quote!(variables::DEFINITIONS)
    } else {
        quote!(&[])
    };
    let steps = plan.named_steps();
    let steps = steps.map(|(step, names)| step_definition(plan, step, names));
    let outputs = runbook.outputs.iter().map(|output| {
        let (step, output) = (&output.step, &output.output);
        quote!(DocumentOutput { step: #step, output: #output })
    });
    let children = children::definitions(plan);
    quote! {
        static DEFINITION: Definition = Definition {
            name: #name,
            file: #file,
            hash: #hash,
            description: #description,
            assume_role: #assume_role,
            parameters: parameters::DEFINITIONS,
            variables: #variables,
            steps: &[#(#steps),*],
            outputs: &[#(#outputs),*],
            children: #children,
        };
    }
}

/// Fails to compile against the runtime of another version, and says why.
fn version_lock() -> TokenStream {
    let version = env!("CARGO_PKG_VERSION");
    quote!(runbook_runtime::made_by!(#version);)
}

fn step_definition(plan: &Plan<'_>, step: &Step, names: &StepNames) -> TokenStream {
    let (name, action) = (&step.name, &step.action);
    let line = super::expression::integer(i64::try_from(step.line).unwrap_or(i64::MAX));
    let timeout = number(step.timeout_seconds);
    let limit = number(step.time_limit);
    let attempts = number(step.max_attempts.map(u64::from));
    let inputs = constant_inputs(plan, step).into_iter();
    let inputs = inputs.map(|(name, text)| quote!((#name, #text)));
    let calls = calls(step);
    let waits_for = option(waits_for(step));
    let inside = step
        .inside
        .map(|around| plan.runbook.step(around).name.clone());
    let inside = option(inside);
    let selected = told::selected(step, names);
    let decided_by = told::decided_by(plan, step);
    quote! {
        StepDefinition {
            name: #name,
            action: #action,
            inside: #inside,
            line: #line,
            timeout_seconds: #timeout,
            time_limit: #limit,
            max_attempts: #attempts,
            inputs: &[#(#inputs),*],
            calls: &[#(#calls),*],
            waits_for: #waits_for,
            selected: #selected,
            decided_by: #decided_by,
        }
    }
}

/// The inputs that the effect does not carry, as JSON text.
fn constant_inputs(plan: &Plan<'_>, step: &Step) -> Vec<(&'static str, String)> {
    let json = |text: &str| serde_json::Value::from(text).to_string();
    match &step.work {
        Work::Call(call) | Work::Assert(call, _) | Work::Wait(call, _) => vec![
            ("Service", json(&call.written_service)),
            ("Api", json(&call.written_api)),
        ],
        Work::Script(_) | Work::Webhook(_) => Vec::new(),
        Work::Procedure(procedure) => {
            let constants = procedure.constants.iter();
            constants.map(|(name, text)| (*name, json(text))).collect()
        }
        Work::Loop(Loop {
            turns: Turns::Each { kind, .. },
            ..
        }) if *kind != Type::String => vec![("IteratorDataType", json(kind.as_str()))],
        Work::Sleep {
            duration: Expression::String(duration),
            seconds: Some(_),
        } => vec![("Duration", json(duration))],
        Work::Set { variable, .. } => {
            let name = &plan.runbook.variable(*variable).declaration.name;
            vec![("Name", json(&format!("variable:{name}")))]
        }
        Work::Invoke { .. }
        | Work::Approve(_)
        | Work::Pause(_)
        | Work::Child(_)
        | Work::Sleep { .. }
        | Work::SleepUntil(_)
        | Work::Branch { .. }
        | Work::Loop(_) => Vec::new(),
    }
}

/// `ecs.RunTask`, each once.
fn calls(step: &Step) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for call in step.work.calls() {
        let name = format!("{}.{}", call.service.name, call.operation.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `tasks[0].containers[0].exitCode = 0`
fn waits_for(step: &Step) -> Option<String> {
    let Work::Wait(_, expectation) = &step.work else {
        return None;
    };
    let desired = expectation.desired.iter().map(|value| match value {
        Expression::String(text) => text.as_str(),
        _ => "…",
    });
    let desired: Vec<&str> = desired.collect();
    Some(format!(
        "{} = {}",
        expectation.selector,
        desired.join(" or ")
    ))
}
