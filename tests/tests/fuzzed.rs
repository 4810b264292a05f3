//! What must hold of every text that is given to a parser (`fuzz/src/lib.rs`), for the seeds of the fuzz targets and for
//! all that they ever found.

#[allow(unreachable_pub, reason = "a crate of its own for the fuzzer")]
#[path = "../../fuzz/src/lib.rs"]
mod properties;

use runbookc_tests::folder::{files, read};
use runbookc_tests::paths::repository;

#[test]
fn documents_are_judged_shown_and_read_alike_in_yaml_and_json() {
    all("document", properties::document);
}

#[test]
fn templates_are_their_parts() {
    all("template", properties::template);
}

#[test]
fn selectors_are_read_as_they_are_printed() {
    all("selector", properties::selector);
}

#[test]
fn scenarios_are_read_or_refused() {
    all("scenario", properties::scenario);
}

/// Every text of a target: seeds of its own, our runbooks and scenarios, and what was found.
fn all(target: &str, property: fn(&str)) {
    let fuzz = repository().join("fuzz");
    let mut texts = Vec::new();
    for folder in [
        fuzz.join("seeds").join(target),
        fuzz.join("found").join(target),
    ] {
        if folder.is_dir() {
            let files = files(&folder, &|_| true).into_iter();
            texts.extend(files.map(|file| folder.join(file)));
        }
    }
    if ["document", "scenario"].contains(&target) {
        for folder in
            ["examples", "tests/actions", "tests/mutants"].map(|folder| repository().join(folder))
        {
            let files = files(&folder, &|path| !path.ends_with("emitted"));
            let runbooks = files.into_iter().filter(|file| {
                let text = file
                    .extension()
                    .is_some_and(|extension| extension == "yaml" || extension == "json");
                let scenario = file
                    .components()
                    .any(|part| part.as_os_str() == "scenarios");
                text && scenario == (target == "scenario")
            });
            texts.extend(runbooks.map(|file| folder.join(file)));
        }
    }
    assert!(!texts.is_empty(), "there are no texts for {target}");
    for file in texts {
        println!("{}", file.display());
        property(&read(&file));
    }
}
