//! Tokens: by what a service recognises a call that it has seen before.

use std::fmt;

use uuid::Uuid;

use crate::caller::EffectId;

/// What a service recognises a call by. The same call of the same execution has the same token, however often it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(Uuid);

impl Token {
    /// The token of a call, which follows from the execution and from what the call is in it: whoever repeats a call that
    /// got no answer, be it after a crash, sends what was sent before.
    ///
    /// The number of the try does not matter, nor does that of the attempt. What does is the epoch: once an answer has
    /// come, what follows is another call.
    pub(crate) fn of(execution: Uuid, effect: &EffectId) -> Self {
        let EffectId {
            step, call, epoch, ..
        } = effect;
        let name = format!("{step}/{call}/{epoch}");
        Self(Uuid::new_v5(&execution, name.as_bytes()))
    }

    /// 32 characters, for a member that takes neither more nor hyphens.
    pub fn hex(&self) -> String {
        self.0.simple().to_string()
    }

    /// 64 characters, for a member that takes no fewer.
    pub fn long_hex(&self) -> String {
        self.hex().repeat(2)
    }
}

/// A UUID as everybody writes it: 36 characters.
impl fmt::Display for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(formatter)
    }
}
