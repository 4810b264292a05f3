//! Children: the runbooks that steps start and that are modules beside the runbook's own.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::data::data;
use super::expression::owned;
use super::names::{self, Unique};
use super::people;
use super::plan::{self, Plan};
use super::steps::Computed;
use crate::ir::{Child, Expression, Runbook, TargetsOf, Work};

/// The modules of a program, by the names of their runbooks.
#[derive(Clone, Debug)]
pub(crate) struct Modules(Vec<(String, Ident)>);

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
        let named = runbooks.map(|runbook| {
            let module = unique.take_with(&plan::module_name(runbook), "_aws");
            (runbook.name.clone(), names::identifier(&module))
        });
        Self(named.collect())
    }

    /// The module of a runbook.
    pub(crate) fn module(&self, name: &str) -> &Ident {
        let mut modules = self.0.iter();
        let found = modules.find(|(known, _)| known == name);
        let (_, module) = found.unwrap_or_else(|| unreachable!("every child is linked"));
        module
    }
}

/// The children of the steps, for the definition.
pub(crate) fn definitions(plan: &Plan<'_>) -> TokenStream {
    let children = children(plan).map(|(step, child)| {
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
    let once = children(plan).any(|(_, child)| child.targets.is_none());
    let for_targets = children(plan).any(|(_, child)| child.targets.is_some());
    (once, for_targets)
}

/// What a step that starts a child computes.
pub(crate) fn computed(plan: &Plan<'_>, child: &Child) -> Computed {
    let runbook = path(plan, child);
    let parameters = match &child.parameters {
        None => quote!(BTreeMap::new()),
        Some(parameters) => {
            let parameters = data(plan, parameters);
            quote!(encoded_map(#parameters)?)
        }
    };
    let Some(targets) = &child.targets else {
        let effect = quote!(Effect::run(Child::of::<super::super::#runbook>(parameters)));
        return Computed::effect(effect).after(quote!(let parameters = #parameters;));
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
    let fleet =
        quote!(Fleet::of::<super::super::#runbook>(parameters, targets, #concurrency, #errors)?);
    Computed::effect(quote!(Effect::run(#fleet))).after(quote! {
        let parameters = #parameters;
        let targets = #of;
    })
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

fn children<'a>(plan: &Plan<'a>) -> impl Iterator<Item = (&'a str, &'a Child)> {
    plan.runbook
        .steps
        .iter()
        .filter_map(|step| match &step.work {
            Work::Child(child) => Some((step.name.as_str(), child)),
            _ => None,
        })
}

/// `prepare::Prepare`, from beside the runbook's module.
fn path(plan: &Plan<'_>, child: &Child) -> TokenStream {
    let module = plan.modules.module(&child.name);
    let name = names::identifier(&plan::type_name(&child.name));
    quote!(#module::#name)
}
