//! Java's regular expressions by those of the regex crate.

use fancy_regex::Regex;

/// Whether `pattern` matches the whole of `text`.
///
/// # Errors
/// When the pattern is not one that this engine knows, or takes too long on the text.
pub(super) fn matches_whole(pattern: &str, text: &str) -> Result<bool, Box<fancy_regex::Error>> {
    let whole = format!(r"\A(?:{})\z", from_java(pattern));
    Regex::new(&whole)
        .and_then(|regex| regex.is_match(text))
        .map_err(Box::new)
}

/// The pattern in the dialect of the regex crate, where Java's differs.
fn from_java(pattern: &str) -> String {
    let mut translation = Translation {
        rest: pattern,
        depth: 0,
        done: String::new(),
    };
    while translation.step() {}
    translation.done
}

struct Translation<'a> {
    rest: &'a str,
    /// How many brackets are open.
    depth: usize,
    done: String,
}

impl Translation<'_> {
    fn step(&mut self) -> bool {
        if let Some(rest) = self.rest.strip_prefix('\\') {
            self.rest = rest;
            self.escape();
            return true;
        }
        let Some(letter) = self.take() else {
            return false;
        };
        match letter {
            '[' => self.depth += 1,
            ']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.done.push(letter);
        if letter == '[' {
            self.first_of_class();
        }
        true
    }

    /// A `]` right after `[` or `[^` stands for itself.
    fn first_of_class(&mut self) {
        if let Some(rest) = self.rest.strip_prefix('^') {
            self.done.push('^');
            self.rest = rest;
        }
        if let Some(rest) = self.rest.strip_prefix(']') {
            self.done.push_str(r"\]");
            self.rest = rest;
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) {
        let Some(letter) = self.take() else {
            self.done.push('\\');
            return;
        };
        match ascii_class(letter) {
            Some(class) => {
                self.done.push_str(class);
                self.dash_after_class();
            }
            None if letter == 'p' => self.property(),
            None if letter == 'u' => self.code_unit(),
            None if letter == 'Q' => self.quotation(),
            None => self.done.extend(['\\', letter]),
        }
    }

    /// `[\w-.]`: after a class of its own, a dash stands for itself.
    fn dash_after_class(&mut self) {
        if let Some(rest) = self.rest.strip_prefix('-').filter(|_| self.depth > 0) {
            self.done.push_str(r"\-");
            self.rest = rest;
        }
    }

    /// `\p{Alnum}`: the POSIX names are ASCII classes; others mean the same in both dialects.
    fn property(&mut self) {
        let named = self
            .rest
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'));
        match named.and_then(|(name, rest)| Some((posix_class(name)?, rest))) {
            Some((class, rest)) => {
                self.done.push_str(class);
                self.rest = rest;
            }
            None => self.done.push_str(r"\p"),
        }
    }

    /// `\u0020`; two surrogates are one character.
    fn code_unit(&mut self) {
        let Some((first, rest)) = hexadecimal(self.rest) else {
            self.done.push_str(r"\u");
            return;
        };
        self.rest = rest;
        let second = rest.strip_prefix(r"\u").and_then(hexadecimal);
        match second {
            Some((second, rest)) if (0xD800..0xDC00).contains(&first) => {
                self.rest = rest;
                let scalar = 0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF);
                self.done.push_str(&format!(r"\x{{{scalar:X}}}"));
            }
            _ => self.done.push_str(&format!(r"\x{{{first:X}}}")),
        }
    }

    /// `\Q…\E`: everything between stands for itself.
    fn quotation(&mut self) {
        let (quoted, rest) = self.rest.split_once(r"\E").unwrap_or((self.rest, ""));
        self.done.push_str(&fancy_regex::escape(quoted));
        self.rest = rest;
    }

    fn take(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next()?;
        self.rest = letters.as_str();
        Some(letter)
    }
}

/// Java's short classes are ASCII.
fn ascii_class(letter: char) -> Option<&'static str> {
    Some(match letter {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[a-zA-Z0-9_]",
        'W' => "[^a-zA-Z0-9_]",
        's' => r"[ \t\n\x0B\f\r]",
        'S' => r"[^ \t\n\x0B\f\r]",
        'h' => r"[ \t]",
        _ => return None,
    })
}

fn posix_class(name: &str) -> Option<&'static str> {
    Some(match name {
        "Lower" => "[a-z]",
        "Upper" => "[A-Z]",
        "Alpha" => "[a-zA-Z]",
        "Digit" => "[0-9]",
        "Alnum" => "[a-zA-Z0-9]",
        "Punct" => r"[!-/:-@\[-`{-~]",
        "Graph" => "[!-~]",
        "Print" => "[ -~]",
        "XDigit" => "[0-9a-fA-F]",
        "Space" => r"[ \t\n\x0B\f\r]",
        "Blank" => r"[ \t]",
        "ASCII" => r"[\x00-\x7F]",
        _ => return None,
    })
}

/// The four digits at the start.
fn hexadecimal(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    Some((u32::from_str_radix(digits, 16).ok()?, rest))
}
