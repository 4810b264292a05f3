//! `mod.rs`: the runbook itself: its state, and the trait that the engine drives.

use proc_macro2::TokenStream;
use quote::quote;

use super::definition::definition;
use super::expression::owned;
use super::parameters::summary;
use super::plan::{Plan, StepNames, Surface};
use super::{embedded, scripts, search};
use crate::ir::{Expression, Step, Turns, Work};

/// The items of `mod.rs`, after its `mod` lines.
pub(crate) fn items(plan: &Plan<'_>) -> Vec<TokenStream> {
    let mut items = vec![
        imports(plan),
        effect_alias(),
        state_struct(plan),
        scope_impl(plan),
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

pub(crate) fn has_variables(plan: &Plan<'_>) -> bool {
    !plan.variables.is_empty()
}

fn scope_impl(plan: &Plan<'_>) -> TokenStream {
    let parameter = (!plan.parameters.is_empty()).then(|| {
        quote! {
            fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
                self.parameters.text(name)
            }
        }
    });
    quote! {
        impl Scope for State {
            fn context(&self) -> &Context {
                &self.context
            }

            fn context_mut(&mut self) -> &mut Context {
                &mut self.context
            }

            #parameter
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
    let taken = match_steps(plan, |step, names| taken(plan, step, names), &quote!({}));
    match taken {
        Some(taken) => quote! {
            fn answer(step: Step, state: &mut State, answer: &Document) -> Result<(), OutputError> {
                #taken
                Ok(())
            }
        },
        None => quote! {
            fn answer(_step: Step, _state: &mut State, _answer: &Document) -> Result<(), OutputError> {
                Ok(())
            }
        },
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
    let iteration = |step: &Step, names: &StepNames| {
        let function = &names.iteration_function;
        matches!(step.work, Work::Loop(_)).then(|| quote!(steps::#function(state, turn)))
    };
    let iterations = match_steps(plan, iteration, &quote!({}))?;
    Some(quote! {
        fn iterate(step: Step, state: &mut State, turn: &Turn<'_>) {
            #iterations
        }
    })
}

fn repeats(plan: &Plan<'_>) -> Option<TokenStream> {
    let condition = |step: &Step, names: &StepNames| match &step.work {
        Work::Loop(repeated) if matches!(repeated.turns, Turns::While(_)) => {
            let function = &names.repeats_function;
            Some(quote!(steps::#function(state)))
        }
        _ => None,
    };
    let conditions = match_steps(plan, condition, &quote!(Ok(false)))?;
    Some(quote! {
        fn repeats(step: Step, state: &State) -> Result<bool, InputError> {
            #conditions
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

fn outputs(plan: &Plan<'_>) -> TokenStream {
    let left = |step: &Step, names: &StepNames| {
        let field = &names.function;
        (!step.outputs.is_empty()).then(|| quote!(members(&state.#field)))
    };
    match match_steps(plan, left, &quote!(Map::new())) {
        Some(outputs) => quote! {
            fn outputs(step: Step, state: &State) -> Map {
                #outputs
            }
        },
        None => quote! {
            fn outputs(_step: Step, _state: &State) -> Map {
                Map::new()
            }
        },
    }
}

/// A `match` that gives what each step has, and something else for all that have nothing; none if no step has anything.
fn match_steps(
    plan: &Plan<'_>,
    body: impl Fn(&Step, &StepNames) -> Option<TokenStream>,
    otherwise: &TokenStream,
) -> Option<TokenStream> {
    let (mut arms, mut rest) = (Vec::new(), Vec::new());
    for (step, names) in plan.named_steps() {
        let variant = &names.variant;
        match body(step, names) {
            Some(body) => arms.push(quote!(Step::#variant => #body)),
            None => rest.push(quote!(Step::#variant)),
        }
    }
    let rest = (!rest.is_empty()).then(|| quote!(#(#rest)|* => #otherwise));
    (!arms.is_empty()).then(|| {
        quote! {
            match step {
                #(#arms,)*
                #rest
            }
        }
    })
}

/// Fails to compile against the runtime of another version, and says why.
fn version_lock() -> TokenStream {
    let version = env!("CARGO_PKG_VERSION");
    quote!(runbook_runtime::made_by!(#version);)
}
