//! Pruned SDK crates build, and have the operations they are to have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use runbookc::build::prune::{
    Extras, Pruned, Pruning, aws_config_operations, operations_of, prune_with,
};
use runbookc::catalogue::Catalogue;

use runbookc_tests::folder::{read, write};
use runbookc_tests::paths::{kept, outside};
use runbookc_tests::process::{Ran, cargo, run};

/// Operations by SDK crate.
type Operations = BTreeMap<String, BTreeSet<String>>;

/// Operations of every protocol, and of the services with customizations of their own.
const SAMPLE: [(&str, &[&str]); 12] = [
    ("aws-sdk-cloudformation", &["CreateStack", "DescribeStacks"]),
    ("aws-sdk-cloudwatch", &["DescribeAlarms"]),
    ("aws-sdk-dynamodb", &["PutItem", "DescribeTable"]),
    ("aws-sdk-ec2", &["DescribeInstances", "RunInstances"]),
    ("aws-sdk-ecs", &["DescribeTasks", "RunTask"]),
    ("aws-sdk-iam", &["GetRole"]),
    ("aws-sdk-lambda", &["Invoke"]),
    ("aws-sdk-rds", &["DescribeDBInstances"]),
    (
        "aws-sdk-s3",
        &["GetObject", "ListBuckets", "PutBucketPolicy", "PutObject"],
    ),
    ("aws-sdk-sns", &["Publish"]),
    ("aws-sdk-sqs", &["SendMessage"]),
    ("aws-sdk-ssm", &["GetParameter", "SendCommand"]),
];

#[test]
fn pruned_crates_build_and_hold_their_operations() {
    let mut operations: Operations = BTreeMap::new();
    for (krate, names) in SAMPLE {
        operations.insert(
            krate.to_owned(),
            names.iter().map(|name| (*name).to_owned()).collect(),
        );
    }
    let bench = Bench::new("sample", &mut operations);
    assert_eq!(
        operations["aws-sdk-ssooidc"],
        BTreeSet::from(["CreateToken".to_owned()])
    );
    for (krate, names) in &operations {
        // Paginators and waiters for some, as those get who program with a pruned crate.
        let helpers = ["aws-sdk-ecs", "aws-sdk-cloudformation"].contains(&krate.as_str());
        let pruned = bench.prune(krate, names, helpers);
        assert!(
            pruned.operations.len() <= names.len() + 1,
            "{krate} holds more than {names:?} and a session: {pruned:?}"
        );
    }
    bench.check(operations.keys()).expect_code(0);
}

#[test]
#[ignore = "takes a quarter of an hour; RUNBOOKC_CORPUS=folder cargo test -p runbookc-tests --test prune -- --ignored"]
fn every_operation_of_the_corpus_builds_alone_and_with_all_others() {
    let Some(corpus) = outside("RUNBOOKC_CORPUS") else {
        return eprintln!("skipped: set RUNBOOKC_CORPUS to a folder of runbooks");
    };
    let mut operations = operations_of_corpus(&corpus);
    let bench = Bench::new("corpus", &mut operations);
    fill_up(&mut operations, &bench);
    assert!(operations.len() >= 30, "{} services", operations.len());

    let mut failures = Vec::new();
    let rounds = operations.values().map(BTreeSet::len).max().unwrap_or(0);
    for round in 0..rounds {
        let mut changed = BTreeSet::new();
        for (krate, names) in &operations {
            if let Some(name) = names.iter().nth(round) {
                bench.prune(krate, &BTreeSet::from([name.clone()]), false);
                changed.insert(krate.clone());
            }
        }
        failures.extend(bench.failure(&format!("round {round}"), &changed));
    }
    for (krate, names) in &operations {
        bench.prune(krate, names, true);
    }
    failures.extend(bench.failure("together", &operations.keys().cloned().collect()));
    let kept = operations.keys().map(|krate| lines(&bench.copy(krate)));
    let original = operations.keys().map(|krate| lines(&bench.source(krate)));
    println!(
        "{} services, {} operations, {rounds} rounds; all together {} of {} lines",
        operations.len(),
        operations.values().map(BTreeSet::len).sum::<usize>(),
        kept.sum::<usize>(),
        original.sum::<usize>(),
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The operations that the list beside the runbooks names, as the catalogue writes them.
fn operations_of_corpus(corpus: &Path) -> Operations {
    let index = read(&corpus.join("INDEX.tsv"));
    let mut lines = index
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().expect("the list has a header");
    let column = header
        .iter()
        .position(|name| *name == "API calls")
        .expect("the list names API calls");

    let mut operations: Operations = BTreeMap::new();
    for call in lines
        .filter_map(|line| line.get(column).copied())
        .flat_map(|calls| calls.split(','))
    {
        let Some((service, operation)) = call.trim().split_once('.') else {
            continue;
        };
        let Some(service) = Catalogue::embedded().find(service) else {
            continue;
        };
        if let Some(operation) = service.operation(operation) {
            operations
                .entry(service.crate_name())
                .or_default()
                .insert(operation.name.clone());
        }
    }
    operations
}

/// Adds operations that their services have anyway until there are 300.
fn fill_up(operations: &mut Operations, bench: &Bench) {
    let mut missing = 300_usize.saturating_sub(operations.values().map(BTreeSet::len).sum());
    for (krate, names) in operations.iter_mut() {
        let known = operations_of(&bench.source(krate)).expect("the crate is readable");
        let more: Vec<_> = known
            .difference(names)
            .take(missing.min(4))
            .cloned()
            .collect();
        missing -= more.len();
        names.extend(more);
    }
    assert_eq!(missing, 0, "operations are missing");
}

/// A crate that depends on pruned copies, and the sources they are copied from.
struct Bench {
    folder: PathBuf,
    sources: BTreeMap<String, PathBuf>,
    /// What `aws-config` calls: none of its crates builds with it without these.
    config: Operations,
}

impl Bench {
    /// Resolves and fetches the crates; adds those of `aws-config` with the operations it calls.
    fn new(name: &str, operations: &mut Operations) -> Self {
        let folder = kept("prune").join(name);
        let stock = folder.join("stock");
        let dependencies: String = operations.keys().map(|krate| dependency(krate)).collect();
        write(&stock.join("Cargo.toml"), manifest("stock", &dependencies));
        write(&stock.join("src/lib.rs"), "");
        let sources = packages(&stock);
        let config = aws_config_operations(&sources["aws-config"]);
        let mut config = config.expect("aws-config is readable");
        // Some belong to features that are off.
        config.retain(|krate, _| sources.contains_key(krate));
        for (krate, called) in &config {
            let names = operations.entry(krate.clone()).or_default();
            names.extend(called.iter().cloned());
        }
        Self {
            folder,
            sources,
            config,
        }
    }

    /// The original of a crate.
    fn source(&self, krate: &str) -> PathBuf {
        self.sources
            .get(krate)
            .unwrap_or_else(|| panic!("{krate} is not resolved"))
            .clone()
    }

    /// The pruned copy of a crate.
    fn copy(&self, krate: &str) -> PathBuf {
        self.folder.join("copies").join(krate)
    }

    /// Makes a copy in the place of the one before.
    #[track_caller]
    fn prune(&self, krate: &str, operations: &BTreeSet<String>, helpers: bool) -> Pruned {
        let (source, copy) = (self.source(krate), self.copy(krate));
        if copy.exists() {
            fs::remove_dir_all(&copy).expect("an old copy can be removed");
        }
        let called = self.config.get(krate).into_iter().flatten();
        let operations = operations.iter().chain(called).cloned().collect();
        let pruning = Pruning {
            krate,
            source: &source,
            operations: &operations,
        };
        let pruned = prune_with(&pruning, Extras { helpers }, &copy);
        let pruned = pruned.unwrap_or_else(|error| panic!("{krate} {operations:?}: {error}"));
        assert!(
            pruned.operations.is_superset(&operations),
            "{krate}: {pruned:?} instead of {operations:?}"
        );
        assert_eq!(self.methods(krate).len(), pruned.operations.len());
        assert!(copy.join("PRUNED.md").is_file() && copy.join("LICENSE").is_file());
        pruned
    }

    /// What is wrong with the copies, if they do not pass.
    fn failure(&self, what: &str, crates: &BTreeSet<String>) -> Option<String> {
        let checked = self.check(crates.iter());
        println!(
            "{what}: {} crates, exit code {:?}",
            crates.len(),
            checked.code
        );
        (checked.code != Some(0)).then(|| format!("{what}: {}", checked.stderr))
    }

    /// Type-checks a crate that calls all operations of the copies.
    fn check<'a>(&self, crates: impl Iterator<Item = &'a String> + Clone) -> Ran {
        let checked = self.folder.join("checked");
        let dependencies: String = crates.clone().map(|krate| dependency(krate)).collect();
        let mut text = manifest("checked", &dependencies) + "\n[patch.crates-io]\n";
        for krate in crates.clone() {
            writeln!(text, "{krate} = {{ path = \"../copies/{krate}\" }}")
                .expect("a string can be written");
        }
        write(&checked.join("Cargo.toml"), text);
        write(
            &checked.join("src/lib.rs"),
            crates.map(|krate| self.calls(krate)).collect::<String>(),
        );
        // The same versions as those that were pruned.
        let lock = self.folder.join("stock/Cargo.lock");
        fs::copy(lock, checked.join("Cargo.lock")).expect("a lock file");
        let mut check = cargo("check");
        check
            .args(["--offline", "--quiet", "--keep-going", "--target-dir"])
            .arg(kept("prune").join("target"));
        run(check.current_dir(&checked))
    }

    /// The methods of a copy's client that begin a request.
    fn methods(&self, krate: &str) -> BTreeSet<String> {
        let files = fs::read_dir(self.copy(krate).join("src/client"));
        let files = files.expect("a client has methods");
        let names = files.filter_map(|file| {
            let path = file.expect("a readable folder").path();
            Some(path.file_stem()?.to_str()?.to_owned())
        });
        names.filter(|name| name != "customize").collect()
    }

    /// A function that calls every method of a client that begins a request.
    fn calls(&self, krate: &str) -> String {
        let name = krate.replace('-', "_");
        let methods = self.methods(krate).into_iter();
        let calls: String = methods
            .map(|method| format!("    let _ = client.{method}().send();\n"))
            .collect();
        format!("pub fn {name}(client: &{name}::Client) {{\n{calls}}}\n")
    }
}

/// How many lines of Rust there are in a crate, or below one of its folders.
fn lines(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let counts = paths.map(|path| match path.extension() {
        _ if path.is_dir() => lines(&path),
        Some(extension) if extension == "rs" => read(&path).lines().count(),
        _ => 0,
    });
    counts.sum()
}

/// Where cargo keeps the sources of a crate's dependencies.
fn packages(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut metadata = cargo("metadata");
    let metadata = run(metadata.args(["--format-version", "1"]).current_dir(folder));
    let metadata = metadata.expect_code(0).json();
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let packages = packages.iter().map(|package| {
        let name = package["name"].as_str().expect("a package has a name");
        let manifest = package["manifest_path"].as_str();
        let manifest = Path::new(manifest.expect("a package has a manifest"));
        (
            name.to_owned(),
            manifest.parent().expect("in a folder").into(),
        )
    });
    packages.collect()
}

fn dependency(krate: &str) -> String {
    format!(
        "{krate} = {{ version = \"1\", default-features = false, features = [\"rt-tokio\"] }}\n"
    )
}

fn manifest(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         aws-config = {{ version = \"1\", default-features = false, features = [\"rt-tokio\", \"sso\"] }}\n{dependencies}"
    )
}
