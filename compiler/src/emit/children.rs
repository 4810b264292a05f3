//! Children: the runbooks that steps start and that are modules beside the runbook's own.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::data::data;
use super::expression::owned;
use super::names::{self, Unique};
use super::people;
use super::plan::{self, Plan};
use super::steps::Computed;
use crate::ir::{Child, Data, Expression, Runbook, TargetsOf, Work};

/// The modules of a program, by the names of their runbooks.
#[derive(Clone, Debug)]
pub(crate) struct Modules {
    modules: Vec<Module>,
    /// The runbooks that steps of others start.
    started: BTreeSet<String>,
}

/// What steps of other runbooks know of a module.
#[derive(Clone, Debug)]
struct Module {
    /// The runbook.
    runbook: String,
    name: Ident,
    parameters: Vec<Named>,
}

/// A parameter of another runbook.
#[derive(Clone, Debug)]
struct Named {
    written: String,
    field: Ident,
    is_required: bool,
}

impl Modules {
    /// The modules of a runbook and of those that are linked to it; beside each there may be one with `_aws` behind its
    /// name.
    pub(crate) fn of(root: &Runbook) -> Self {
        let linked = root.linked.iter().map(|linked| &linked.runbook);
        Self::of_all(std::iter::once(root).chain(linked))
    }

    /// The modules of runbooks that lie side by side, those that they start among them.
    pub(crate) fn of_all<'r>(runbooks: impl Iterator<Item = &'r Runbook>) -> Self {
        let mut unique = Unique::default();
        let mut started = BTreeSet::new();
        let modules = runbooks.map(|runbook| {
            started.extend(children(runbook).map(|(_, child)| child.name.clone()));
            let module = unique.take_with(&plan::module_name(runbook), "aws");
            let parameters = runbook.parameters.iter();
            let fields = plan::fields(parameters.clone().map(|known| known.name.as_str()));
            let parameters = parameters.zip(fields);
            Module {
                runbook: runbook.name.clone(),
                name: names::identifier(&module),
                parameters: parameters
                    .map(|(parameter, field)| Named {
                        written: parameter.name.clone(),
                        field,
                        is_required: parameter.default.is_none(),
                    })
                    .collect(),
            }
        });
        let modules = modules.collect();
        Self { modules, started }
    }

    /// Whether a step of another runbook starts this one.
    pub(crate) fn starts(&self, name: &str) -> bool {
        self.started.contains(name)
    }

    /// The module of a runbook.
    pub(crate) fn module(&self, runbook: &str) -> &Ident {
        &self.of_runbook(runbook).name
    }

    fn of_runbook(&self, runbook: &str) -> &Module {
        let mut modules = self.modules.iter();
        let found = modules.find(|module| module.runbook == runbook);
        found.unwrap_or_else(|| unreachable!("every child is linked"))
    }
}

/// The children of the steps, for the definition.
pub(crate) fn definitions(plan: &Plan<'_>) -> TokenStream {
    let children = children(plan.runbook).map(|(step, child)| {
        let runbook = path(plan, child);
        let started = match child.targets {
            None => quote!(of),
            Some(_) => quote!(for_targets),
        };
        quote!(ChildRunbook::#started::<super::#runbook>(#step))
    });
    quote!(&[#(#children),*])
}

/// Whether a step starts a runbook once, and whether one does for several targets.
pub(crate) fn kinds(plan: &Plan<'_>) -> (bool, bool) {
    let once = children(plan.runbook).any(|(_, child)| child.targets.is_none());
    let for_targets = children(plan.runbook).any(|(_, child)| child.targets.is_some());
    (once, for_targets)
}

/// What a step that starts a child computes.
pub(crate) fn computed(plan: &Plan<'_>, child: &Child) -> Computed {
    let given = Given::of(plan, child);
    let parameters = &given.parameters;
    let Some(targets) = &child.targets else {
        let effect = match &given.runbook {
            None => quote!(Child::given(parameters)),
            Some(runbook) => quote!(Child::of::<#runbook>(parameters)),
        };
        return Computed::effect(quote!(Effect::run(#effect)))
            .after(quote!(let parameters = #parameters;));
    };
    let of = match &targets.of {
        TargetsOf::Values(parameter, values) => {
            let (parameter, values) = (owned(plan, parameter), people::texts(plan, values));
            quote!(Targets::values(#parameter, #values)?)
        }
        TargetsOf::Maps(maps) => {
            let maps = data(plan, maps);
            quote!(Targets::maps(encoded_maps(#maps)?)?)
        }
    };
    let (concurrency, errors) = (
        optional(plan, targets.max_concurrency.as_ref()),
        optional(plan, targets.max_errors.as_ref()),
    );
    let maker = match &given.runbook {
        None => quote!(Fleet::given),
        Some(runbook) => quote!(Fleet::of::<#runbook>),
    };
    let fleet = quote!(#maker(parameters, targets, #concurrency, #errors)?);
    Computed::effect(quote!(Effect::run(#fleet))).after(quote! {
        let parameters = #parameters;
        let targets = #of;
    })
}

/// What a step gives to its child.
struct Given {
    parameters: TokenStream,
    /// The runbook, if the type of the parameters does not say which one it is.
    runbook: Option<TokenStream>,
}

impl Given {
    fn of(plan: &Plan<'_>, child: &Child) -> Self {
        let entries = match &child.parameters {
            None | Some(Data::Null) => &[][..],
            Some(Data::Map(entries)) => entries,
            // One reference: only its value tells what is given.
            Some(whole) => {
                let (whole, runbook) = (data(plan, whole), path(plan, child));
                return Self {
                    parameters: quote!(encoded_map(#whole)?),
                    runbook: Some(quote!(super::super::#runbook)),
                };
            }
        };
        let module = plan.modules.of_runbook(&child.name);
        let fields = module.parameters.iter().map(|parameter| {
            let field = &parameter.field;
            let given = entries.iter().find(|(name, _)| *name == parameter.written);
            let given = given.and_then(|(_, value)| given_value(plan, value));
            let value = match (given, parameter.is_required) {
                (Some(value), true) => value,
                (Some(value), false) => quote!(Some(#value)),
                (None, true) => quote!(Passed::by_targets()),
                (None, false) => quote!(None),
            };
            quote!(#field: #value)
        });
        let module = &module.name;
        Self {
            parameters: quote!(super::super::#module::parameters::Given { #(#fields),* }),
            runbook: None,
        }
    }
}

/// A value for a parameter of a child; nothing for a null.
fn given_value(plan: &Plan<'_>, value: &Data) -> Option<TokenStream> {
    let value = match value {
        Data::Null => return None,
        Data::Boolean(flag) => quote!(#flag),
        Data::Integer(number) => {
            let number = proc_macro2::Literal::i64_suffixed(*number);
            quote!(#number)
        }
        Data::Expression(Expression::String(text)) => quote!(#text),
        Data::Expression(expression) => owned(plan, expression),
        other => super::data::whole(plan, other),
    };
    Some(quote!(passed(#value)))
}

fn optional(plan: &Plan<'_>, value: Option<&Expression>) -> TokenStream {
    match value {
        None => quote!(None),
        Some(value) => {
            let value = owned(plan, value);
            quote!(Some(#value))
        }
    }
}

/// The children, beside the steps that start them.
fn children(runbook: &Runbook) -> impl Iterator<Item = (&str, &Child)> {
    let steps = runbook.steps.iter();
    steps.filter_map(|step| match &step.work {
        Work::Child(child) => Some((step.name.as_str(), child)),
        _ => None,
    })
}

/// `prepare::Prepare`, from beside the runbook's module.
fn path(plan: &Plan<'_>, child: &Child) -> TokenStream {
    runbook(plan, &child.name)
}

/// The same by the name of the runbook.
pub(crate) fn runbook(plan: &Plan<'_>, name: &str) -> TokenStream {
    let module = plan.modules.module(name);
    let name = names::identifier(&plan::type_name(name));
    quote!(#module::#name)
}
