//! What a dry run has to be told about a step: what it declares of an answer, and by whose outputs it chooses its way.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::plan::{Plan, StepNames};
use crate::ir::{
    Condition, Data, Expression, Loop, OutputSource, Part, Reference, Step, StepId, Turns,
    VariableId, Work,
};

/// The outputs that are selected from the step's answer.
pub(crate) fn selected(step: &Step, names: &StepNames) -> TokenStream {
    // A loop has no answer.
    if matches!(step.work, Work::Loop(_)) {
        return quote!(&[]);
    }
    let named = step.outputs.iter().zip(&names.output_selectors);
    let selected = named.filter_map(|(output, selector)| {
        let kind = super::names::identifier(output.kind.as_str());
        matches!(output.source, OutputSource::Selected(_))
            .then(|| quote!(SelectedOutput { selector: &steps::#selector, kind: Type::#kind }))
    });
    quote!(&[#(#selected),*])
}

/// The steps whose outputs a branch, or the condition of a loop, looks at, be it by variables.
pub(crate) fn decided_by(plan: &Plan<'_>, step: &Step) -> TokenStream {
    let conditions: Vec<&Condition> = match &step.work {
        Work::Branch { choices, .. } => choices.iter().map(|choice| &choice.condition).collect(),
        Work::Loop(Loop {
            turns: Turns::While(condition),
            ..
        }) => vec![condition],
        _ => return quote!(&[]),
    };
    let mut found = Found {
        plan,
        steps: BTreeSet::new(),
        variables: BTreeSet::new(),
    };
    for condition in conditions {
        found.condition(condition);
    }
    let names = found.steps.into_iter();
    let names = names.map(|id| plan.runbook.step(id).name.clone());
    quote!(&[#(#names),*])
}

/// The steps that were found, and the variables through which some of them were.
struct Found<'p, 'r> {
    plan: &'p Plan<'r>,
    steps: BTreeSet<StepId>,
    variables: BTreeSet<VariableId>,
}

impl Found<'_, '_> {
    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::And(all) | Condition::Or(all) => {
                for condition in all {
                    self.condition(condition);
                }
            }
            Condition::Not(condition) => self.condition(condition),
            Condition::Compare {
                variable, operand, ..
            } => {
                self.expression(variable);
                self.expression(operand);
            }
        }
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Reference(reference) => self.reference(reference),
            Expression::Text(parts) => {
                for part in parts {
                    if let Part::Reference(reference) = part {
                        self.reference(reference);
                    }
                }
            }
            Expression::Coerce(inner, _) => self.expression(inner),
            Expression::String(_)
            | Expression::Integer(_)
            | Expression::Boolean(_)
            | Expression::Told(..)
            | Expression::Shared(..) => {}
        }
    }

    fn reference(&mut self, reference: &Reference) {
        match reference {
            Reference::Output(step, ..) => {
                self.steps.insert(*step);
            }
            Reference::Variable(variable, _) if self.variables.insert(*variable) => {
                for step in &self.plan.runbook.steps {
                    match &step.work {
                        Work::Set {
                            variable: set,
                            value,
                        } if set == variable => self.data(value),
                        _ => {}
                    }
                }
            }
            Reference::Variable(..) | Reference::Parameter(..) | Reference::System(_) => {}
        }
    }

    fn data(&mut self, data: &Data) {
        match data {
            Data::Expression(expression) => self.expression(expression),
            Data::List(items) => items.iter().for_each(|item| self.data(item)),
            Data::Map(entries) => entries.iter().for_each(|(_, value)| self.data(value)),
            Data::Null | Data::Boolean(_) | Data::Integer(_) | Data::Number(_) => {}
        }
    }
}
