//! The codes of the findings, grouped by stage: RB01 YAML, RB02 names and flow,
//! RB03 types, RB04 action inputs, RB05 not supported yet, RB06 consequences to know.

use std::fmt;
use std::str::FromStr;

use super::similar;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $title:literal;)*) => {
        /// The kind of a finding; its page in `docs/` explains it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code as it is written: `RB0203`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// A few words for lists of codes.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// Its page: what it finds, why it matters, a wrong and a right example.
            pub const fn explanation(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(concat!("docs/", $code, ".md")),)*
                }
            }
        }
    };
}

codes! {
    /// The text is not well-formed YAML or JSON.
    MalformedYaml = "RB0101", "malformed YAML";
    /// A `{{ reference }}` stands without quotes.
    UnquotedReference = "RB0102", "unquoted reference";
    /// A mapping holds the same key twice.
    DuplicateKey = "RB0103", "duplicate key";
    /// A key that the document language does not know.
    UnknownKey = "RB0104", "unknown key";
    /// A list, a mapping or a scalar where another kind belongs.
    WrongKind = "RB0105", "wrong kind of value";
    /// A key that must be there is not.
    MissingKey = "RB0106", "missing key";
    /// The schema version is not `0.3`, or not quoted.
    SchemaVersion = "RB0107", "schema version";
    /// The service reads an unquoted scalar differently.
    AmbiguousScalar = "RB0108", "scalar read differently by YAML 1.1";
    /// The document exceeds a size limit.
    DocumentTooLarge = "RB0109", "document too large";
    /// A comment to the compiler that says or does nothing.
    CompilerComment = "RB0110", "comment to the compiler";
    /// A text that is nearly a reference: with a brace too few, in another spelling, or with more than a name.
    IncompleteReference = "RB0111", "nearly a reference";
    /// A name with characters that the service refuses.
    InvalidName = "RB0201", "invalid name";
    /// Two things of one kind share a name.
    DuplicateName = "RB0202", "duplicate name";
    /// A jump to a step that does not exist.
    UnknownStep = "RB0203", "unknown step";
    /// A reference to a parameter that is not declared.
    UnknownParameter = "RB0204", "unknown parameter";
    /// A reference to an output that no step has.
    UnknownOutput = "RB0205", "unknown step output";
    /// A reference to a variable that is not declared.
    UnknownVariable = "RB0206", "unknown variable";
    /// A `global:` or `automation:` name that does not exist.
    UnknownSystemVariable = "RB0207", "unknown system variable";
    /// Steps lead back to themselves.
    Cycle = "RB0208", "cycle in the step graph";
    /// No path leads to a step.
    UnreachableStep = "RB0209", "unreachable step";
    /// A step both ends the runbook and names a successor.
    EndWithNextStep = "RB0210", "`isEnd` with `nextStep`";
    /// A reference that some path reaches before its step.
    OutputBeforeStep = "RB0211", "output used before its step has run";
    /// A reference in a place that takes constants only.
    ReferenceNotAllowed = "RB0212", "reference not allowed here";
    /// A failure or cancel handler that cannot be used.
    InvalidHandler = "RB0213", "invalid `onFailure` or `onCancel`";
    /// A document output that names nothing.
    UnknownDocumentOutput = "RB0214", "unknown document output";
    /// A property without effect beside another one.
    IneffectiveProperty = "RB0215", "ineffective combination of properties";
    /// Runbooks at hand start one another, or too deep.
    RunbookChain = "RB0216", "endless or deep chain of runbooks";
    /// A parameter or variable that nothing refers to.
    UnusedDeclaration = "RB0217", "unused parameter or variable";
    /// A choice or condition whose outcome does not depend on the run.
    DecidedChoice = "RB0218", "choice decided in advance";
    /// An output that a command on several instances does not have.
    OutputOfOne = "RB0219", "output of a command on one instance";
    /// A type that the document language does not know.
    UnknownType = "RB0301", "unknown type";
    /// A default that does not fit the declared type.
    WrongDefault = "RB0302", "default of the wrong type";
    /// A constraint that cannot be applied.
    InvalidConstraint = "RB0303", "invalid constraint";
    /// A default that the declaration itself would refuse.
    DefaultViolatesConstraint = "RB0304", "default violates its own constraint";
    /// A reference whose type does not fit its place.
    WrongReferenceType = "RB0305", "reference of the wrong type";
    /// A selector that cannot be parsed.
    InvalidSelector = "RB0306", "selector not understood";
    /// A selector that names nothing in the answer.
    SelectorNeverMatches = "RB0307", "selector can never match";
    /// The selected value cannot become the declared type.
    ImpossibleConversion = "RB0308", "selected value can never convert";
    /// A desired value that the selected member never has.
    ImpossibleDesiredValue = "RB0309", "desired value can never occur";
    /// A branch operator for another type.
    OperatorMismatch = "RB0310", "operator does not fit the variable";
    /// A filter that lets everything through, or hardly anything.
    DoubtfulFilter = "RB0311", "filter that can hardly be meant";
    /// A list that is declared as one value.
    ListForOne = "RB0312", "list where one value is meant";
    /// A step action that does not exist.
    UnknownAction = "RB0401", "unknown action";
    /// A service that AWS does not have.
    UnknownService = "RB0402", "unknown service";
    /// An operation that the service does not have.
    UnknownOperation = "RB0403", "unknown operation";
    /// An API member that the operation does not have.
    UnknownMember = "RB0404", "unknown member";
    /// A required input is not given.
    MissingInput = "RB0405", "missing input";
    /// A value that the input does not take.
    WrongValueType = "RB0406", "value of the wrong type";
    /// A value outside the values that are listed for it.
    UnknownEnumValue = "RB0407", "unknown enum value";
    /// A duration or timestamp that cannot be read.
    InvalidTime = "RB0408", "invalid duration or timestamp";
    /// A branch choice or condition that is not well-formed.
    MalformedChoice = "RB0409", "malformed choice";
    /// A literal that the API would refuse.
    ViolatedConstraint = "RB0410", "constraint of the API violated";
    /// An input that the action does not have.
    UnknownInput = "RB0411", "unknown input";
    /// An attachment that the document does not declare.
    UnknownAttachment = "RB0412", "unknown attachment";
    /// What a step gives to a runbook at hand is not what that takes.
    ChildParameter = "RB0413", "parameter of another runbook";
    /// A script that is not in its language.
    InvalidScript = "RB0414", "invalid script";
    /// A handler that the script lacks, or that cannot be called.
    UnknownHandler = "RB0415", "unusable handler";
    /// An attachment that is not there, not what the document says, or of no use to its script.
    UnusableAttachment = "RB0416", "unusable attachment";
    /// An operation that AWS advises against.
    DeprecatedOperation = "RB0417", "deprecated operation";
    /// A key that a script looks up in its payload, and that the step does not give.
    MissingPayloadKey = "RB0418", "payload lacks a key that its script needs";
    /// A feature that the compiler does not translate yet.
    UnsupportedFeature = "RB0502", "feature not supported yet";
    /// An operation or member that the SDK does not have yet.
    NotInSdk = "RB0503", "not in the SDK yet";
    /// A wait that goes on when what it waits for cannot come any more.
    SatOutFailure = "RB0601", "wait that sits out a failure";
    /// A wait that may be too short, because nothing says how long it is.
    UnlimitedWait = "RB0602", "wait without a time for what takes hours";
    /// Attempts that the service cannot tell from new orders.
    UnrecognisedAttempt = "RB0603", "attempts that may be done twice";
    /// A step in whose place another one runs, and whose failure counts all the same.
    FailureStillCounts = "RB0604", "failure that still counts";
}

impl Code {
    /// The code with this spelling, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|code| code.as_str().eq_ignore_ascii_case(text))
    }

    /// The code whose spelling is nearest to an unknown one.
    pub fn near(text: &str) -> Option<Self> {
        let codes = Self::ALL.iter().map(|code| code.as_str());
        similar(text, codes).and_then(|near| Self::parse(&near))
    }

    /// Whether a document alone does not tell if there is anything to find: other runbooks, files or the SDK decide.
    pub(crate) const fn looks_elsewhere(self) -> bool {
        matches!(
            self,
            Self::RunbookChain
                | Self::ChildParameter
                | Self::InvalidScript
                | Self::UnknownHandler
                | Self::UnusableAttachment
                | Self::NotInSdk
        )
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::parse(text).ok_or_else(|| UnknownCode {
            written: text.to_owned(),
            hint: match Self::near(text) {
                Some(near) => format!("a similar one is `{near}`"),
                None => "`runbookc explain --list` shows all".to_owned(),
            },
        })
    }
}

/// A code that does not exist.
#[derive(Debug, thiserror::Error)]
#[error("there is no code `{written}`; {hint}")]
pub struct UnknownCode {
    written: String,
    hint: String,
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
