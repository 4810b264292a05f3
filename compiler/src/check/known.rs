//! The actions of the document language (spec 5) and what the common properties of steps depend on.

/// An action.
pub(super) struct Action {
    /// Its name.
    pub(super) name: &'static str,
    /// The seconds that one attempt may take when nothing is written, and at most (spec 4.2).
    pub(super) time_limit: TimeLimit,
    /// Whether a step of it may be the target of `onCancel` (spec 4.5).
    pub(super) after_cancel: bool,
    /// Whether a failed step may have outputs: those whose work is more than one call keep what they got so far
    /// (spec 4.7; for Lambda section 8 row 12).
    pub(super) keeps_outputs: bool,
}

/// The default and the maximum of `timeoutSeconds`.
#[derive(Clone, Copy)]
pub(super) struct TimeLimit {
    default: Option<u64>,
    maximum: Option<u64>,
}

impl TimeLimit {
    const NONE: Self = Self {
        default: None,
        maximum: None,
    };

    const fn up_to(maximum: u64) -> Self {
        Self {
            default: Some(maximum),
            maximum: Some(maximum),
        }
    }

    const fn usually(default: u64) -> Self {
        Self {
            default: Some(default),
            maximum: None,
        }
    }

    /// The most that can be asked for.
    pub(super) const fn maximum(self) -> Option<u64> {
        self.maximum
    }

    /// The limit in force when `written` seconds are asked for.
    pub(super) fn effective(self, written: Option<u64>) -> Option<u64> {
        let asked = written.or(self.default);
        match (asked, self.maximum) {
            (Some(asked), Some(maximum)) => Some(asked.min(maximum)),
            (asked, maximum) => asked.or(maximum),
        }
    }
}

/// The action of this name; case matters.
pub(super) fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.name == name)
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

const fn action(name: &'static str) -> Action {
    Action {
        name,
        time_limit: TimeLimit::NONE,
        after_cancel: true,
        keeps_outputs: true,
    }
}

impl Action {
    const fn limited(self, time_limit: TimeLimit) -> Self {
        Self { time_limit, ..self }
    }

    const fn not_after_cancel(self) -> Self {
        Self {
            after_cancel: false,
            ..self
        }
    }

    const fn without_outputs_on_failure(self) -> Self {
        Self {
            keeps_outputs: false,
            ..self
        }
    }
}

/// Every action of spec 5, in its order.
pub(super) static ACTIONS: [Action; 23] = [
    action("aws:approve")
        .limited(TimeLimit {
            default: Some(7 * DAY),
            maximum: Some(30 * DAY),
        })
        .not_after_cancel(),
    action("aws:assertAwsResourceProperty").limited(TimeLimit::usually(HOUR)),
    action("aws:branch"),
    action("aws:changeInstanceState").limited(TimeLimit::usually(HOUR)),
    action("aws:copyImage").not_after_cancel(),
    action("aws:createImage").not_after_cancel(),
    action("aws:createStack").not_after_cancel(),
    action("aws:createTags").not_after_cancel(),
    action("aws:deleteImage"),
    action("aws:deleteStack"),
    action("aws:executeAutomation"),
    action("aws:executeAwsApi")
        .limited(TimeLimit::up_to(25))
        .without_outputs_on_failure(),
    action("aws:executeScript").limited(TimeLimit::up_to(600)),
    action("aws:executeStateMachine"),
    action("aws:invokeLambdaFunction").limited(TimeLimit::up_to(300)),
    action("aws:invokeWebhook"),
    action("aws:loop"),
    action("aws:pause").not_after_cancel(),
    action("aws:runCommand"),
    action("aws:runInstances").not_after_cancel(),
    action("aws:sleep").not_after_cancel(),
    action("aws:updateVariable"),
    action("aws:waitForAwsResourceProperty").limited(TimeLimit::usually(HOUR)),
];
