//! Python: what a script of `aws:executeScript` defines, without running it.
//!
//! The only file that knows the parser. It says what is certain, and nothing of what is not: a script may define names in
//! ways that no parser sees.

mod indentation;
mod reads;

use std::ops::Range;
use std::thread;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ExceptHandler, Expr, ModModule, Parameters, PythonVersion, Stmt};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

/// What is known of a script.
#[derive(Debug)]
pub(crate) struct Module {
    /// The first thing that is no Python, or none of the script's version.
    pub(crate) fault: Option<Fault>,
    /// The functions that it defines on its top level, whatever happens.
    pub(crate) functions: Vec<Function>,
    /// Where each name stands, in order, and what follows it.
    names: Vec<(String, TokenKind)>,
    /// Whether names may come from elsewhere: by `import *`, `exec` and the like.
    open: bool,
    /// The modules that it imports on its top level, whatever happens, each with the place of its statement.
    pub(crate) imports: Vec<(String, Range<usize>)>,
}

/// Why a script cannot be run.
#[derive(Debug)]
pub(crate) struct Fault {
    /// What is wrong, in the parser's words, without a capital.
    pub(crate) message: String,
    /// Where.
    pub(crate) place: Range<usize>,
    /// Whether a later version of Python takes it.
    pub(crate) later: bool,
}

/// A function.
#[derive(Debug)]
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// Where its name stands.
    pub(crate) place: Range<usize>,
    /// What it can be called with, where nothing wraps it.
    pub(crate) call: Option<Call>,
    /// The keys that a map it returns may have, where every value that it returns is a map written out, or none.
    pub(crate) keys: Option<Vec<String>>,
    /// The keys that it looks up in its first argument and that must be there, with their places, where they are certain.
    pub(crate) reads: Option<Vec<(String, Range<usize>)>>,
}

/// How a function can be called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// With two arguments.
    WithTwo,
    /// With other numbers of arguments: at least so many, and at most so many.
    WithOthers(usize, usize),
    /// Keyword arguments that it needs.
    WithKeywords,
    /// It gives a coroutine, which nobody awaits.
    Async,
}

/// Reads a script of Python `3.minor`; nothing for one that is nested too deeply to be read.
pub(crate) fn parse(text: &str, minor: u8) -> Option<Module> {
    // Parsing is recursive, and whoever calls this may have little stack left.
    const STACK: usize = 64 << 20;
    if !is_shallow(text) {
        return None;
    }
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        let module = thread.spawn_scoped(scope, || read(text, minor)).ok()?;
        module.join().ok()?
    })
}

fn read(text: &str, minor: u8) -> Option<Module> {
    let version = PythonVersion { major: 3, minor };
    let options = ParseOptions::from(Mode::Module).with_target_version(version);
    let parsed = parse_unchecked(text, options).try_into_module()?;
    let body = &parsed.syntax().body;
    let names = names(&parsed, text);
    Some(Module {
        fault: fault(&parsed).or_else(|| indentation::inconsistent(&parsed, text)),
        functions: body
            .iter()
            .filter_map(|statement| function(statement, text))
            .collect(),
        open: is_open(&names, text, body),
        names,
        imports: body.iter().flat_map(imports).collect(),
    })
}

impl Module {
    /// Whether the script certainly has nothing of this name.
    pub(crate) fn lacks(&self, name: &str) -> bool {
        !self.open && !self.names.iter().any(|(known, _)| known == name)
    }

    /// The function of this name, if nothing else is ever called so.
    pub(crate) fn function(&self, name: &str) -> Option<&Function> {
        let mut functions = self
            .functions
            .iter()
            .filter(|function| function.name == name);
        let function = functions.next().filter(|_| functions.next().is_none())?;
        let mut places = self.names.iter().filter(|(known, _)| known == name);
        // A definition and calls have parentheses behind the name.
        let alone = places.all(|(_, next)| *next == TokenKind::Lpar);
        (alone && !self.open).then_some(function)
    }
}

fn fault(parsed: &Parsed<ModModule>) -> Option<Fault> {
    if let Some(error) = parsed.errors().first() {
        return Some(Fault {
            message: uncapitalized(&error.error.to_string()),
            place: range(error.location),
            later: false,
        });
    }
    let error = parsed.unsupported_syntax_errors().first()?;
    Some(Fault {
        message: uncapitalized(&error.to_string()),
        place: range(error.range),
        later: true,
    })
}

fn function(statement: &Stmt, text: &str) -> Option<Function> {
    let Stmt::FunctionDef(function) = statement else {
        return None;
    };
    let plain = function.decorator_list.is_empty();
    let generates = text
        .get(range(function.range))
        .is_none_or(|text| text.contains("yield"));
    Some(Function {
        name: function.name.to_string(),
        place: range(function.name.range()),
        call: plain.then(|| match function.is_async {
            true => Call::Async,
            false => call(&function.parameters),
        }),
        keys: match plain && !function.is_async && !generates {
            true => keys(&function.body),
            false => None,
        },
        reads: match plain && !function.is_async {
            true => reads::reads(function),
            false => None,
        },
    })
}

/// The keys of all maps that these statements return; nothing where they return something else, or no map at all.
fn keys(body: &[Stmt]) -> Option<Vec<String>> {
    let mut returned = Vec::new();
    collect_returned(body, &mut returned);
    let mut keys = Vec::new();
    let mut maps = 0;
    for value in returned.into_iter().flatten() {
        match value {
            Expr::NoneLiteral(_) => {}
            Expr::Dict(map) => {
                maps += 1;
                for item in &map.items {
                    let Some(Expr::StringLiteral(key)) = &item.key else {
                        return None;
                    };
                    keys.push(key.value.to_str().to_owned());
                }
            }
            _ => return None,
        }
    }
    keys.sort();
    keys.dedup();
    (maps > 0).then_some(keys)
}

/// The values of the `return` statements, those of functions inside left out.
fn collect_returned<'a>(body: &'a [Stmt], returned: &mut Vec<Option<&'a Expr>>) {
    for statement in body {
        match statement {
            Stmt::Return(found) => returned.push(found.value.as_deref()),
            Stmt::If(found) => {
                collect_returned(&found.body, returned);
                let clauses = found.elif_else_clauses.iter();
                clauses.for_each(|clause| collect_returned(&clause.body, returned));
            }
            Stmt::For(found) => {
                collect_returned(&found.body, returned);
                collect_returned(&found.orelse, returned);
            }
            Stmt::While(found) => {
                collect_returned(&found.body, returned);
                collect_returned(&found.orelse, returned);
            }
            Stmt::With(found) => collect_returned(&found.body, returned),
            Stmt::Match(found) => {
                let cases = found.cases.iter();
                cases.for_each(|case| collect_returned(&case.body, returned));
            }
            Stmt::Try(found) => {
                for handler in &found.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    collect_returned(&handler.body, returned);
                }
                for body in [&found.body, &found.orelse, &found.finalbody] {
                    collect_returned(body, returned);
                }
            }
            _ => {}
        }
    }
}

fn call(parameters: &Parameters) -> Call {
    let positional = || parameters.posonlyargs.iter().chain(&parameters.args);
    let needed = positional()
        .filter(|parameter| parameter.default.is_none())
        .count();
    let most = match parameters.vararg {
        Some(_) => usize::MAX,
        None => positional().count(),
    };
    let mut keywords = parameters.kwonlyargs.iter();
    if keywords.any(|keyword| keyword.default.is_none()) {
        Call::WithKeywords
    } else if (needed..=most).contains(&2) {
        Call::WithTwo
    } else {
        Call::WithOthers(needed, most)
    }
}

fn names(parsed: &Parsed<ModModule>, text: &str) -> Vec<(String, TokenKind)> {
    let mut names = Vec::new();
    let mut tokens = parsed.tokens().iter().peekable();
    while let Some(token) = tokens.next() {
        if token.kind() == TokenKind::Name || token.kind().is_keyword() {
            let name = text.get(range(token.range())).unwrap_or_default();
            let next = tokens
                .peek()
                .map_or(TokenKind::EndOfFile, |next| next.kind());
            names.push((name.to_owned(), next));
        }
    }
    names
}

/// Whether names may appear that stand nowhere in the text.
fn is_open(names: &[(String, TokenKind)], text: &str, body: &[Stmt]) -> bool {
    const WAYS: [&str; 9] = [
        "exec",
        "eval",
        "globals",
        "locals",
        "vars",
        "setattr",
        "__dict__",
        // Of `sys`.
        "modules",
        "__getattr__",
    ];
    let imports_all = body.iter().any(|statement| match statement {
        Stmt::ImportFrom(import) => import.names.iter().any(|alias| &*alias.name == "*"),
        _ => false,
    });
    let mut names = names.iter();
    imports_all || text.contains("import *") || names.any(|(name, _)| WAYS.contains(&name.as_str()))
}

fn imports(statement: &Stmt) -> Vec<(String, Range<usize>)> {
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    match statement {
        Stmt::Import(import) => {
            let names = import.names.iter();
            names
                .map(|alias| (first(&alias.name), range(import.range)))
                .collect()
        }
        Stmt::ImportFrom(import) if import.level == 0 => {
            let module = import.module.iter();
            module
                .map(|module| (first(module), range(import.range)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Whether brackets, blocks and prefixes are nested no deeper than people, and Python itself, would have it.
fn is_shallow(text: &str) -> bool {
    const DEEPEST: usize = 200;
    const WORDS: [&str; 6] = ["not ", "lambda", "await", " else ", "**", ":="];
    let (mut depth, mut prefixes) = (0_usize, 0_usize);
    for character in text.chars() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match character {
            '-' | '+' | '~' | '*' => prefixes += 1,
            ' ' | '\t' | '\n' | '\\' => {}
            _ => prefixes = 0,
        }
        if depth > DEEPEST || prefixes > DEEPEST {
            return false;
        }
    }
    let indented = |line: &str| line.len() - line.trim_start().len();
    text.lines().all(|line| indented(line) <= DEEPEST)
        && WORDS
            .iter()
            .all(|word| text.matches(word).count() <= 5 * DEEPEST)
}

fn range(range: TextRange) -> Range<usize> {
    range.start().to_usize()..range.end().to_usize()
}

fn uncapitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(characters).collect()
}
