//! No document makes the compiler panic: real runbooks, where they are at hand, and what mutations make of them.

use std::panic;
use std::path::Path;

use runbookc::catalogue::Catalogue;
use runbookc::source::Source;

use runbookc_tests::folder::{files, read};
use runbookc_tests::paths::{compiler, example, outside};
use runbookc_tests::process::run;

/// How many mutated documents are checked.
const MUTATIONS: usize = 2_000;

#[test]
fn check_ends_with_a_verdict_on_every_public_runbook() {
    let Some(corpus) = outside("RUNBOOKC_CORPUS") else {
        return eprintln!("skipped: set RUNBOOKC_CORPUS to a folder of runbooks");
    };
    for chunk in runbooks(&corpus).chunks(100) {
        let mut check = compiler(["check", "--format", "json"]);
        let ran = run(check.args(chunk).current_dir(&corpus));
        assert!(
            matches!(ran.code, Some(0 | 1)),
            "{:?} {}",
            ran.code,
            ran.stderr
        );
        ran.json();
    }
}

#[test]
fn no_mutation_of_a_runbook_makes_check_panic() {
    let mut texts = vec![read(&example().join("runbook.yaml"))];
    if let Some(corpus) = outside("RUNBOOKC_CORPUS") {
        let files = runbooks(&corpus).into_iter();
        texts.extend(files.map(|file| read(&corpus.join(file))));
    }
    let mut random = Random(0x5eed);
    for number in 0..MUTATIONS {
        let text = mutated(
            &texts[number % texts.len()],
            &texts[random.below(texts.len())],
            &mut random,
        );
        let checked = panic::catch_unwind(|| {
            runbookc::compile(&Source::new("mutated.yaml", &*text), Catalogue::embedded());
        });
        assert!(
            checked.is_ok(),
            "mutation {number} makes the compiler panic:\n{text}"
        );
    }
}

fn runbooks(corpus: &Path) -> Vec<std::path::PathBuf> {
    let is_document = |path: &Path| {
        let extension = path.extension().unwrap_or_default();
        ["", "yaml", "yml", "json"]
            .iter()
            .any(|known| extension == *known)
    };
    let mut found = files(corpus, &|path| {
        !path.starts_with(".git") && is_document(path)
    });
    found.retain(|path| path.extension().is_some());
    assert!(!found.is_empty(), "{} holds no runbooks", corpus.display());
    found
}

/// A text with up to four changes; what is left of its characters is UTF-8, as `check` wants it.
fn mutated(text: &str, other: &str, random: &mut Random) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        mutate(&mut bytes, other.as_bytes(), random);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    const SPECIAL: &[&[u8]] = &[
        b"{{",
        b"}}",
        b"'",
        b"\"",
        b"\n",
        b"\t",
        b": ",
        b"- ",
        b"[",
        b"]",
        b"{",
        b"}",
        b"&a ",
        b"*a",
        b"!!int ",
        b"|\n",
        b"<<: ",
        b"null",
        b"~",
        b"-1",
        b"99999999999999999999",
        b"1e999",
        b"$..",
        b"[?(@.",
        b"\xc3\xa4",
        b"\xf0\x9f\x9a\x80",
        b"\0",
        b"\xef\xbb\xbf",
        b"%",
        b"---\n",
    ];
    let start = random.below(bytes.len() + 1);
    let end = (start + random.below(40)).min(bytes.len());
    match random.below(5) {
        0 => drop(bytes.drain(start..end)),
        1 => drop(bytes.splice(
            start..start,
            SPECIAL[random.below(SPECIAL.len())].iter().copied(),
        )),
        2 => drop(bytes.splice(
            start..end,
            SPECIAL[random.below(SPECIAL.len())].iter().copied(),
        )),
        3 => {
            let from = random.below(other.len() + 1);
            let to = (from + random.below(200)).min(other.len());
            drop(bytes.splice(start..end, other[from..to].iter().copied()));
        }
        _ => bytes.truncate(start),
    }
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    /// A number from 0 to below `limit`; 0 if there is none.
    fn below(&mut self, limit: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap_or_default() % limit.max(1)
    }
}
