//! Names: how a runbook's names, and those of AWS's models, become Rust's.
//!
//! The only place where the two worlds meet. For AWS names it follows the rules of the SDK's own generator, so that
//! the derived names are those of the `aws-sdk-*` crates.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};

/// Spellings that are one word although their case says otherwise.
const WHOLE_WORDS: [&str; 7] = ["ipv4", "ipv6", "sigv4", "mib", "gib", "kib", "ttl"];

/// `capacityProviderStrategy` → `capacity_provider_strategy`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `awsvpcConfiguration` → `AwsvpcConfiguration`.
pub(crate) fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capitalized(word)).collect()
}

/// `RunTask` → `RUN_TASK`.
pub(crate) fn constant(name: &str) -> String {
    snake(name).to_uppercase()
}

/// `EcsRunTask` → `ecs-run-task`: names of crates, binaries and flags.
pub(crate) fn kebab(name: &str) -> String {
    words(name).join("-")
}

/// An identifier: raw where the name is a keyword, with an underscore where it begins with a digit or has none.
pub(crate) fn identifier(name: &str) -> Ident {
    let name: String = name
        .chars()
        .map(|character| if is_word(character) { character } else { '_' })
        .collect();
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let name = match name.as_str() {
        // An underscore alone is no name.
        "" | "_" => "unnamed".to_owned(),
        _ if starts_well => name,
        _ => format!("_{name}"),
    };
    match name.as_str() {
        // These four cannot be raw identifiers.
        "self" | "super" | "crate" | "Self" => Ident::new(&format!("{name}_"), Span::call_site()),
        _ => syn::parse_str(&name).unwrap_or_else(|_| Ident::new_raw(&name, Span::call_site())),
    }
}

/// Hands out names, each once: a second taker of `name` gets `name_2`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unique {
    taken: BTreeSet<String>,
}

impl Unique {
    /// Names that nobody may have.
    pub(crate) fn without(reserved: &[&str]) -> Self {
        Self {
            taken: reserved.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// The name, or the first free one with a number behind it.
    pub(crate) fn take(&mut self, name: &str) -> String {
        self.take_all(name, |name| vec![name.to_owned()])
    }

    /// The same in the style of types and variants: `Name2`, not `name_2`.
    pub(crate) fn take_type(&mut self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let found = std::iter::once(name.to_owned())
            .chain(numbered)
            .find(|candidate| !self.taken.contains(candidate))
            .unwrap_or_default();
        self.taken.insert(found.clone());
        found
    }

    /// A name that is free together with the same [and a word](and); both are taken then.
    pub(crate) fn take_with(&mut self, name: &str, word: &str) -> String {
        self.take_all(name, |name| vec![name.to_owned(), and(name, word)])
    }

    /// The name, or the first one with a number behind it, of which all that belongs to it is free.
    fn take_all(&mut self, name: &str, belonging: impl Fn(&str) -> Vec<String>) -> String {
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let is_free = |candidate: &String| {
            let mut names = belonging(candidate).into_iter();
            names.all(|name| !self.taken.contains(&name))
        };
        let mut candidates = std::iter::once(name.to_owned()).chain(numbered);
        let found = candidates.find(is_free).unwrap_or_default();
        self.taken.extend(belonging(&found));
        found
    }
}

/// A name with another word behind it: `ecs_aws`, and `type_aws` for what is called `type_` because it cannot be `type`.
pub(crate) fn and(name: &str, word: &str) -> String {
    format!("{}_{word}", name.trim_end_matches('_'))
}

/// The words of a name, in lower case, split where the SDK's generator splits them.
pub(crate) fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let all_lower = name.to_lowercase() == name;
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &character) in characters.iter().enumerate() {
        let rest = characters.get(index..).unwrap_or_default();
        if !is_letter_or_digit(character) {
            flush(&mut word, &mut words);
            continue;
        }
        if begins_word(&word, rest, all_lower) {
            flush(&mut word, &mut words);
        }
        word.push(character);
    }
    flush(&mut word, &mut words);
    words
}

fn flush(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word).to_lowercase());
    }
}

/// Whether a word ends before `rest`.
fn begins_word(word: &str, rest: &[char], all_lower: bool) -> bool {
    let (Some(last), Some(&next)) = (word.chars().last(), rest.first()) else {
        return false;
    };
    if inside_whole_word(word, rest) {
        return ends_acronym(last, rest);
    }
    let hump = next.is_uppercase() && (last.is_lowercase() || last.is_ascii_digit());
    let after_digit = all_lower && last.is_ascii_digit() && next.is_lowercase();
    hump || after_digit || ends_acronym(last, rest)
}

/// `IPv4`: one word, in spite of the small letter before the digit.
fn inside_whole_word(word: &str, rest: &[char]) -> bool {
    let so_far = word.to_lowercase();
    let ahead: String = rest.iter().collect::<String>().to_lowercase();
    let together = format!("{so_far}{ahead}");
    let inside = WHOLE_WORDS.iter().any(|whole| together.starts_with(whole));
    inside && !WHOLE_WORDS.contains(&so_far.as_str())
}

/// `DB|Proxy`, but neither `ACLs` nor `DBv2`.
fn ends_acronym(last: char, rest: &[char]) -> bool {
    let (Some(next), Some(peek)) = (rest.first(), rest.get(1)) else {
        return false;
    };
    if !last.is_uppercase() || !next.is_uppercase() || !peek.is_lowercase() {
        return false;
    }
    let after = rest.get(2);
    let plural = *peek == 's' && !after.is_some_and(|after| after.is_lowercase());
    let version = *peek == 'v' && after.is_some_and(char::is_ascii_digit);
    !plural && !version
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

fn is_letter_or_digit(character: char) -> bool {
    character.is_ascii_alphanumeric()
}

fn is_word(character: char) -> bool {
    is_letter_or_digit(character) || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_names_become_those_of_the_sdk() {
        for (name, expected) in [
            ("RunTask", "run_task"),
            ("capacityProviderStrategy", "capacity_provider_strategy"),
            ("DBInstanceIdentifier", "db_instance_identifier"),
            ("CreateDBProxy", "create_db_proxy"),
            ("GetACLs", "get_acls"),
            ("assignPublicIp", "assign_public_ip"),
            ("Ipv6CidrBlock", "ipv6_cidr_block"),
            ("AssignIpv6Addresses", "assign_ipv6_addresses"),
            ("MetricIPv4", "metric_ipv4"),
            ("VolumeSizeInGiB", "volume_size_in_gib"),
            ("awsvpcConfiguration", "awsvpc_configuration"),
            ("SSEKMSKeyId", "ssekms_key_id"),
            ("S3Bucket", "s3_bucket"),
            ("NotificationARNs", "notification_arns"),
        ] {
            assert_eq!(snake(name), expected);
        }
    }

    #[test]
    fn names_become_types() {
        assert_eq!(pascal("AwsVpcConfiguration"), "AwsVpcConfiguration");
        assert_eq!(pascal("DBInstance"), "DbInstance");
        assert_eq!(pascal("NULL"), "Null");
    }

    #[test]
    fn every_name_is_an_identifier() {
        for name in ["type", "self", "Self", "2nd", "a-b", "", "_", "ecs"] {
            let identifier = identifier(name);
            assert!(syn::parse_str::<syn::Expr>(&identifier.to_string()).is_ok());
        }
    }

    #[test]
    fn names_are_handed_out_once() {
        let mut unique = Unique::default();
        assert_eq!(unique.take_with("ecs_outputs", "outputs"), "ecs_outputs");
        assert_eq!(unique.take_with("ecs", "outputs"), "ecs_2");
        assert_eq!(unique.take_with("type_", "outputs"), "type_");
        assert_eq!(unique.take("type_outputs"), "type_outputs_2");
        assert_eq!(unique.take_type("Ecs"), "Ecs");
        assert_eq!(unique.take_type("Ecs"), "Ecs2");
    }
}
