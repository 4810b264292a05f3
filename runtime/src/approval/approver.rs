//! Approvers: whom an entry of `Approvers` means, and how many people may decide by it.

use crate::value::{Document, InputError, Text, describe};

use super::wrong;

/// Permission sets of IAM Identity Center become roles whose names begin so; their sessions are called like the users.
const OF_IDENTITY_CENTER: &str = "AWSReservedSSO_";

/// An entry of `Approvers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Approver {
    /// A name or an ARN.
    pub(super) name: String,
    kind: Kind,
    /// How many people have to approve by this entry; 0 if it has no number of its own.
    pub(super) needed: usize,
}

/// What an entry names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A user or a role, as the plain form has them: one decision.
    Any,
    /// A user.
    User,
    /// Everybody who assumes the role.
    Role,
    /// A group. No ARN tells who is a member, so a decision for a group is made under the ARN of the group, once.
    Group,
    /// A user of IAM Identity Center.
    CenterUser,
}

impl Kind {
    /// The kind with a name of `type`.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "IamUser" => Self::User,
            "IamRole" => Self::Role,
            "IamGroup" | "SSOGroup" => Self::Group,
            "SSOUser" => Self::CenterUser,
            _ => return None,
        })
    }
}

impl Approver {
    /// An element of the plain list.
    pub(super) const fn plain(name: String) -> Self {
        Self {
            name,
            kind: Kind::Any,
            needed: 0,
        }
    }

    /// A line of `EnhancedApprovals`; `place` is what messages call it.
    pub(super) fn line(place: &str, line: &Document) -> Result<Self, InputError> {
        let member = |name: &str| line.get(name).filter(|value| !value.is_null());
        if !line.is_object() {
            let message = format!("{place} is {}, but a map is wanted", describe(line));
            return Err(InputError::OutOfBounds(message));
        }
        let name = member("approver").map(Text::text).unwrap_or_default();
        if name.trim().is_empty() {
            return Err(InputError::OutOfBounds(format!(
                "{place} names no `approver`"
            )));
        }
        let kind = member("type").map(Text::text).unwrap_or_default();
        let Some(kind) = Kind::named(&kind) else {
            return Err(InputError::OutOfBounds(format!(
                "the `type` of `{name}` is `{kind}`, but IamUser, IamGroup, IamRole, SSOUser and SSOGroup can be"
            )));
        };
        let number = member("minRequiredApprovals").map_or_else(|| "0".to_owned(), Text::text);
        let Ok(needed) = number.trim().parse::<u16>() else {
            return Err(InputError::OutOfBounds(format!(
                "`minRequiredApprovals` of `{name}` is `{number}`, but a number from 0 on is wanted"
            )));
        };
        if matches!(kind, Kind::User | Kind::CenterUser) && needed > 1 {
            return Err(InputError::OutOfBounds(format!(
                "`minRequiredApprovals` of `{name}` is {needed}, but one person approves once"
            )));
        }
        Ok(Self {
            name,
            kind,
            needed: needed.into(),
        })
    }

    /// How many people may decide by this entry, if there is a limit.
    pub(super) fn seats(&self) -> Option<usize> {
        (self.kind != Kind::Role).then_some(1)
    }

    /// Whether somebody may decide by this entry.
    pub(super) fn is(&self, by: &str, account: &str) -> bool {
        let name = self.name.as_str();
        if name == by {
            return true;
        }
        let Some(who) = Principal::read(by) else {
            return false;
        };
        let written = Principal::read(name);
        match (self.kind, written) {
            (Kind::Any | Kind::Role, Some(role)) => {
                let assumed = who.assumed_role().map(|(role, _)| role);
                (role.partition, role.account) == (who.partition, who.account)
                    && role.service == "iam"
                    && assumed.is_some()
                    && role.last("role/") == assumed
            }
            (Kind::Any | Kind::User, None) => who.is_of_iam("user/", name, account),
            (Kind::Group, None) => who.is_of_iam("group/", name, account),
            (Kind::Role, None) => {
                let assumed = who.assumed_role().map(|(role, _)| role);
                who.account == account && assumed == Some(name)
            }
            (Kind::CenterUser, _) => who.assumed_role().is_some_and(|(role, session)| {
                role.starts_with(OF_IDENTITY_CENTER) && session == name
            }),
            (Kind::User | Kind::Group, Some(_)) => false,
        }
    }

    /// Somebody who may decide by this entry, as an ARN; `number` tells apart those who assume one role.
    pub(super) fn somebody(&self, number: usize, account: &str) -> String {
        let name = self.name.as_str();
        let role = match (self.kind, Principal::read(name)) {
            (Kind::Role, Some(role)) => role.last("role/").unwrap_or(name),
            (_, Some(_)) => return name.to_owned(),
            (_, None) => name,
        };
        match self.kind {
            Kind::Any | Kind::User => format!("arn:aws:iam::{account}:user/{name}"),
            Kind::Group => format!("arn:aws:iam::{account}:group/{name}"),
            Kind::Role => {
                let written = Principal::read(name);
                let (partition, account) = written.map_or(("aws", account), |principal| {
                    (principal.partition, principal.account)
                });
                format!("arn:{partition}:sts::{account}:assumed-role/{role}/approver-{number}")
            }
            Kind::CenterUser => {
                format!("arn:aws:sts::{account}:assumed-role/{OF_IDENTITY_CENTER}Approver/{name}")
            }
        }
    }

    /// What people read: `ops`, `role Admin (3)`, `group Owners`.
    pub(super) fn told(&self) -> String {
        let kind = match self.kind {
            Kind::Any => "",
            Kind::User | Kind::CenterUser => "user ",
            Kind::Role => "role ",
            Kind::Group => "group ",
        };
        match self.needed {
            0 => format!("{kind}{}", self.name),
            needed => format!("{kind}{} ({needed})", self.name),
        }
    }
}

/// Reads the lines of `EnhancedApprovals`.
pub(super) fn lines(list: &Document) -> Result<Vec<Approver>, InputError> {
    let Some(elements) = list.as_array() else {
        return Err(wrong("`Approvers` of `EnhancedApprovals` is no list"));
    };
    let numbered = (1..).zip(elements);
    numbered
        .map(|(number, line)| Approver::line(&format!("line {number} of `Approvers`"), line))
        .collect()
}

/// The parts of an ARN of IAM or STS: `arn:aws:sts::111122223333:assumed-role/Deployer/ana`.
struct Principal<'a> {
    partition: &'a str,
    service: &'a str,
    account: &'a str,
    resource: &'a str,
}

impl<'a> Principal<'a> {
    fn read(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        let (partition, service) = (parts.next()?, parts.next()?);
        parts.next()?;
        Some(Self {
            partition,
            service,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    /// The name behind the kind of the resource and its path.
    fn last(&self, kind: &str) -> Option<&'a str> {
        self.resource.strip_prefix(kind)?.rsplit('/').next()
    }

    /// The name of the role that this is a session of, and that of the session.
    fn assumed_role(&self) -> Option<(&'a str, &'a str)> {
        let session = self.resource.strip_prefix("assumed-role/")?;
        (self.service == "sts")
            .then(|| session.split_once('/'))
            .flatten()
    }

    /// Whether this is the user or the group of the account with a name.
    fn is_of_iam(&self, kind: &str, name: &str, account: &str) -> bool {
        self.service == "iam" && self.account == account && self.last(kind) == Some(name)
    }
}
