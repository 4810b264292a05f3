//! The kinds of mistakes, by what they are made in.

mod calls;
mod conditions;
mod flow;
mod inputs;
mod loops;
mod outputs;
mod parameters;
mod properties;
mod references;
mod scripts;
mod text;

use super::{Mutation, Subject};

/// A way to go wrong.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What is wrong, in a few words.
    pub name: &'static str,
    /// Whether what it leaves is still well-formed YAML; a mutant that is not is left out.
    pub legible: bool,
    make: fn(&Subject) -> Vec<Mutation>,
}

impl Kind {
    /// Every way to go wrong like this in a runbook.
    pub fn mutations(&self, subject: &Subject) -> Vec<Mutation> {
        (self.make)(subject)
    }
}

/// A kind that leaves well-formed YAML.
const fn kind(name: &'static str, make: fn(&Subject) -> Vec<Mutation>) -> Kind {
    Kind {
        name,
        legible: true,
        make,
    }
}

/// A kind that may leave something else.
const fn broken(name: &'static str, make: fn(&Subject) -> Vec<Mutation>) -> Kind {
    Kind {
        name,
        legible: false,
        make,
    }
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    // The text.
    broken("a reference without quotes", text::unquoted),
    broken("a line indented too far or too little", text::indented),
    broken("a tab in the indentation", text::tab),
    broken("a quote that is not closed", text::open_quote),
    broken("a bracket that is not closed", text::open_bracket),
    broken("a colon lost behind a key", text::lost_colon),
    broken("a key twice", text::twice),
    kind("schemaVersion without quotes", text::unquoted_version),
    kind("another schemaVersion", text::other_version),
    // What stands at the top, and the properties of steps.
    kind("a key of the document misspelt", properties::top_level),
    kind("a property of a step misspelt", properties::misspelt),
    kind("a property of a step in the wrong case", properties::case),
    kind(
        "a property of a step among its inputs",
        properties::among_inputs,
    ),
    kind(
        "an input among the properties of its step",
        properties::among_properties,
    ),
    kind("a step without action", properties::no_action),
    kind("a step without name", properties::no_name),
    kind("an action misspelt", properties::action),
    kind("timeoutSeconds in words", properties::timeout),
    kind("maxAttempts of 0", properties::attempts),
    kind(
        "isEnd or isCritical neither true nor false",
        properties::flag,
    ),
    kind("a step named with a hyphen", properties::hyphen),
    // Where steps lead.
    kind("nextStep misspelt", flow::next_step),
    kind("the step of onFailure misspelt", flow::on_failure),
    kind("the step of onCancel misspelt", flow::on_cancel),
    kind("NextStep of a choice misspelt", flow::choice),
    kind("Default of a branch misspelt", flow::default),
    kind("onFailure without step:", flow::no_prefix),
    kind(
        "onFailure or onCancel in the wrong case",
        flow::handler_case,
    ),
    kind("a step that leads to itself", flow::itself),
    kind("a step that leads back", flow::back),
    kind("isEnd beside nextStep", flow::end_and_next),
    kind("a step deleted that is needed", flow::deleted),
    kind("two steps of one name", flow::same_name),
    kind("a step renamed, but not where it is used", flow::renamed),
    kind("isEnd removed in the middle", flow::no_end),
    kind("isEnd where others follow", flow::early_end),
    kind("a step skipped by nextStep", flow::skipped),
    kind("a choice without NextStep", flow::no_next),
    // References.
    kind("a parameter misspelt in a reference", references::parameter),
    kind(
        "a parameter in the wrong case in a reference",
        references::parameter_case,
    ),
    kind("a step misspelt in a reference", references::step),
    kind("an output misspelt in a reference", references::output),
    kind(
        "an output in the wrong case in a reference",
        references::output_case,
    ),
    kind("a variable misspelt in a reference", references::variable),
    kind("a system variable misspelt", references::system),
    kind(
        "a system variable with the other prefix",
        references::prefix,
    ),
    kind("a reference with one brace too few", references::brace),
    kind("a reference to a later step", references::later),
    kind(
        "assumeRole refers to a misspelt parameter",
        references::role,
    ),
    kind(
        "an output of the document misspelt",
        references::document_output,
    ),
    kind(
        "a parameter renamed, but not where it is used",
        references::renamed_parameter,
    ),
    kind(
        "an output renamed, but not where it is used",
        references::renamed_output,
    ),
    kind(
        "a variable renamed, but not where it is used",
        references::renamed_variable,
    ),
    // Parameters and variables.
    kind("a type of a parameter misspelt", parameters::kind_misspelt),
    kind(
        "a type of a parameter in the wrong case",
        parameters::kind_case,
    ),
    kind("a parameter without type", parameters::no_kind),
    kind("a key of a parameter misspelt", parameters::key),
    kind("a default that is not allowed", parameters::not_allowed),
    kind("a default of another type", parameters::other_type),
    kind("a default that its pattern refuses", parameters::refused),
    kind(
        "a pattern that is no regular expression",
        parameters::broken_pattern,
    ),
    kind(
        "a parameter named with an underscore",
        parameters::underscore,
    ),
    kind(
        "a variable set by a misspelt name",
        parameters::set_misspelt,
    ),
    kind("a variable set to another type", parameters::set_other_type),
    // API calls.
    kind("a service misspelt", calls::service),
    kind("an operation misspelt", calls::operation),
    kind("a member misspelt", calls::member),
    kind("a member in the wrong case", calls::member_case),
    kind("a member within another misspelt", calls::inner_member),
    kind("a required member removed", calls::required),
    kind(
        "a required member within another removed",
        calls::inner_required,
    ),
    kind("an enum value misspelt", calls::enumeration),
    kind("text for a number", calls::text_for_number),
    kind("text for a truth value", calls::text_for_truth),
    kind("text for a structure", calls::text_for_structure),
    kind("a structure for text", calls::structure_for_text),
    kind("a number out of range", calls::range),
    kind("a text too long", calls::length),
    // What is made of answers.
    kind("a member misspelt in a selector", outputs::member),
    kind("a member in the wrong case in a selector", outputs::case),
    kind("a selector without an index on a list", outputs::no_index),
    kind("a selector with a bracket lost", outputs::bracket),
    kind("a selector without $.", outputs::no_root),
    kind(
        "an output of a type that it cannot have",
        outputs::kind_swapped,
    ),
    kind("the type of an output misspelt", outputs::kind_misspelt),
    kind("a key of an output misspelt", outputs::key),
    kind("an output without a selector", outputs::no_selector),
    kind("a property misspelt in PropertySelector", outputs::property),
    kind("a desired value misspelt", outputs::desired),
    // Inputs of the other actions.
    kind("an input misspelt", inputs::misspelt),
    kind("an input in the wrong case", inputs::case),
    kind("a required input removed", inputs::required),
    kind("a duration that is none", inputs::duration),
    kind("a value of an input misspelt", inputs::value),
    kind("a member of an input misspelt", inputs::member),
    kind(
        "a parameter of another runbook misspelt",
        inputs::child_parameter,
    ),
    kind(
        "a required parameter of another runbook left out",
        inputs::child_required,
    ),
    // Branches and conditions.
    kind("an operator misspelt", conditions::operator),
    kind("an operator for another type", conditions::other_type),
    kind("a condition without Variable", conditions::no_variable),
    kind("a Variable without braces", conditions::bare),
    kind("text where a number is compared", conditions::operand),
    kind(
        "a compared value that is not allowed",
        conditions::not_allowed,
    ),
    // Loops.
    kind("a loop over something that is no list", loops::no_list),
    kind("a loop without condition and iterators", loops::nothing),
    kind("MaxIterations out of range", loops::range),
    kind("IteratorDataType misspelt", loops::data_type),
    // Scripts.
    kind("a colon lost in Python", scripts::colon),
    kind("a parenthesis lost in Python", scripts::parenthesis),
    kind("a line indented too far in Python", scripts::indented),
    kind("a handler that the script does not have", scripts::handler),
    kind("a function renamed in the script", scripts::function),
    kind(
        "a key renamed in what the script returns",
        scripts::returned,
    ),
    kind("a key renamed in InputPayload", scripts::payload),
    kind("a runtime misspelt", scripts::runtime),
    kind("an attachment misspelt", scripts::attachment),
];
