//! What a build does with the SDK crates, over a cargo of our own that does nothing but tell of what it was asked.
//!
//! Real SDK crates are pruned and built in the crate `tests`.
#![cfg(all(feature = "cli", unix))]
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use expect_test::expect;
use runbookc::build::{Gap, Lack};
use runbookc::catalogue::Catalogue;
use runbookc::source::Span;
use serde_json::json;

const BOTH: &str = "\
schemaVersion: '0.3'
mainSteps:
  - name: list
    action: aws:executeAwsApi
    inputs: {Service: ecs, Api: ListTasks, cluster: reporting}
  - name: look
    action: aws:executeAwsApi
    inputs: {Service: ecs, Api: DescribeClusters}
";

const ONE: &str = "\
schemaVersion: '0.3'
mainSteps:
  - name: list
    action: aws:executeAwsApi
    inputs: {Service: ecs, Api: ListTasks}
";

/// Plays cargo: `metadata` prints a file, `build` names a binary, and either fails as files beside it say.
const CARGO: &str = r#"#!/bin/sh
folder=$(dirname "$0")
printf '%s\n' "$*" >>"$folder/calls"
fail() {
    printf '%s\n' "$1" >&2
    exit 101
}
case $1 in
metadata)
    if [ -e "$folder/no-crate" ]; then
        fail "error: no matching package named \`$(cat "$folder/no-crate")\` found"
    fi
    cat "$folder/metadata.json"
    ;;
build)
    kind=whole
    case $* in *aws-sdk-*) kind=pruned ;; esac
    if [ -e "$folder/$kind-fails" ]; then
        fail 'error: could not compile `aws-sdk-ecs` (lib) due to 1 previous error'
    fi
    printf '{"reason": "compiler-artifact", "executable": "%s/binary"}\n' "$folder"
    ;;
esac
"#;

/// A folder with the cargo, two small SDK crates, and a cache.
struct Bench(PathBuf);

impl Bench {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("runbookc-sdk-{test}"));
        let _ = fs::remove_dir_all(&folder);
        let bench = Self(folder);
        bench.write("cargo", CARGO);
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(bench.path("cargo"), executable).unwrap();
        bench.write("binary", "#!/bin/sh\n");
        let sts = bench.krate("aws-sdk-sts", &["GetCallerIdentity"]);
        let ecs = bench.krate("aws-sdk-ecs", &["ListTasks", "DescribeClusters", "RunTask"]);
        let metadata = json!({
            "packages": [ecs, sts],
            "workspace_members": [],
            "resolve": {"nodes": []},
        });
        bench.write("metadata.json", &metadata.to_string());
        bench
    }

    /// Writes a crate laid out like the SDK's; gives cargo's account of it.
    fn krate(&self, name: &str, operations: &[&str]) -> serde_json::Value {
        let folder = format!("registry/{name}-1.2.3");
        let write = |path: &str, text: &str| self.write(&format!("{folder}/{path}"), text);
        write(
            "Cargo.toml",
            &format!("[package]\nname = \"{name}\"\nversion = \"1.2.3\"\n"),
        );
        write("LICENSE", "Free.\n");
        write("src/lib.rs", "pub mod client;\npub mod operation;\n");
        let (mut client, mut list) = (String::from("pub struct Client;\n"), String::new());
        for operation in operations {
            let module = snake(operation);
            list += &format!("/// Types for the `{operation}` operation.\npub mod {module};\n\n");
            client += &format!("mod {module};\n\n");
            let method = format!(
                "impl super::Client {{\n    pub fn {module}(&self) -> crate::operation::{module}::builders::{operation}FluentBuilder {{\n        \
                 crate::operation::{module}::builders::{operation}FluentBuilder\n    }}\n}}\n"
            );
            write(&format!("src/client/{module}.rs"), &method);
            write(&format!("src/operation/{module}.rs"), "pub mod builders;\n");
            let builders = format!(
                "pub struct {operation}FluentBuilder;\n\nimpl {operation}FluentBuilder {{\n    pub fn set_cluster(self) -> Self {{\n        self\n    }}\n}}\n"
            );
            write(&format!("src/operation/{module}/builders.rs"), &builders);
        }
        write("src/client.rs", &client);
        write("src/operation.rs", &list);
        json!({
            "id": name,
            "name": name,
            "version": "1.2.3",
            "manifest_path": self.path(&format!("{folder}/Cargo.toml")),
            "source": "registry+https://example.com/index",
        })
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn start(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_runbookc"))
            .args(arguments)
            .current_dir(&self.0)
            .env("CARGO", self.path("cargo"))
            .env("RUNBOOKC_CACHE_DIR", self.path("cache"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs the compiler; gives both outputs.
    #[track_caller]
    fn run(&self, arguments: &[&str], code: i32) -> (String, String) {
        let output = self.start(arguments).wait_with_output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{stdout}{stderr}");
        (stdout, stderr)
    }

    /// Builds a runbook; gives standard error.
    #[track_caller]
    fn build(&self, text: &str, flags: &[&str], code: i32) -> String {
        self.write("runbook.yaml", text);
        let arguments = [&["build", "runbook.yaml"], flags].concat();
        self.run(&arguments, code).1
    }

    /// How cargo was called since the last time; paths are shortened.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        let _ = fs::remove_file(self.path("calls"));
        let calls = calls.replace(&*self.0.to_string_lossy(), "");
        calls.lines().map(str::to_owned).collect()
    }

    /// The copies of a crate in the cache, with what they hold.
    fn copies(&self, krate: &str) -> Vec<(PathBuf, Vec<String>)> {
        let folder = self.path(&format!("cache/sdk/{krate}-1.2.3"));
        let mut copies: Vec<_> = entries(&folder)
            .into_iter()
            .filter(|path| path.is_dir())
            .map(|path| {
                let held = entries(&path.join("src/client"));
                let held = held
                    .iter()
                    .map(|path| path.file_stem().unwrap().to_string_lossy());
                let held = held.map(|name| name.into_owned()).collect();
                (path, held)
            })
            .collect();
        copies.sort();
        copies
    }

    /// The sources that speak of APIs, as cargo got them.
    fn emitted(&self) -> String {
        let mut folders = vec![self.path("cache")];
        let mut text = String::new();
        while let Some(folder) = folders.pop() {
            for path in entries(&folder) {
                let name = path.file_name().unwrap();
                if path.is_dir() {
                    folders.push(path);
                } else if name == "aws.rs" || name == "api.rs" {
                    text += &fs::read_to_string(path).unwrap();
                }
            }
        }
        text
    }

    fn evidence(&self) -> Vec<PathBuf> {
        entries(&self.path("cache/failed"))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn snake(operation: &str) -> String {
    let mut name = String::new();
    for letter in operation.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn cargo_is_pointed_at_pruned_copies() {
    let bench = Bench::new("pruned");
    bench.build(BOTH, &["--offline"], 0);

    let copies = bench.copies("aws-sdk-ecs");
    let [(folder, held)] = copies.as_slice() else {
        panic!("{copies:?}");
    };
    assert_eq!(held, &["describe_clusters", "list_tasks"]);
    assert!(folder.join("LICENSE").exists());

    let calls = bench.calls();
    let [metadata, build] = calls.as_slice() else {
        panic!("{calls:?}");
    };
    assert!(
        metadata.starts_with("metadata ") && metadata.contains(" --offline"),
        "{metadata}"
    );
    assert!(!metadata.contains("aws-sdk-"), "{metadata}");
    let name = folder.file_name().unwrap().to_string_lossy();
    let patch = format!("patch.crates-io.aws-sdk-ecs.path=\"/cache/sdk/aws-sdk-ecs-1.2.3/{name}\"");
    assert!(
        build.contains(&patch) && build.contains(" --offline"),
        "{build}"
    );
}

#[test]
fn the_whole_sdk_is_used_on_demand() {
    let bench = Bench::new("stock");
    bench.build(BOTH, &["--stock-sdk"], 0);
    assert_eq!(bench.copies("aws-sdk-ecs"), []);
    assert!(bench.calls().iter().all(|call| !call.contains("aws-sdk-")));
}

#[test]
fn a_copy_that_holds_more_is_used_again() {
    let bench = Bench::new("superset");
    bench.build(BOTH, &[], 0);
    let copies = bench.copies("aws-sdk-ecs");
    bench.calls();
    bench.build(ONE, &[], 0);
    assert_eq!(bench.copies("aws-sdk-ecs"), copies);
    let name = copies[0]
        .0
        .file_name()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    assert!(bench.calls()[1].contains(&name));
}

#[test]
fn a_copy_that_was_touched_or_cut_off_is_made_anew() {
    let bench = Bench::new("touched");
    bench.build(BOTH, &[], 0);
    let folder = bench.copies("aws-sdk-ecs")[0].0.clone();
    let client = folder.join("src/client.rs");
    let whole = fs::read(&client).unwrap();

    fs::write(&client, "").unwrap();
    bench.build(BOTH, &[], 0);
    assert_eq!(fs::read(&client).unwrap(), whole);

    fs::remove_file(&client).unwrap();
    bench.build(BOTH, &[], 0);
    assert_eq!(fs::read(&client).unwrap(), whole);

    // As a build leaves it that was killed before the copy was whole, and while it wrote.
    fs::remove_file(folder.with_extension("json")).unwrap();
    fs::remove_file(&client).unwrap();
    let left = folder.with_file_name(".left.1-1.tmp");
    fs::create_dir(&left).unwrap();
    bench.build(BOTH, &[], 0);
    assert_eq!(fs::read(&client).unwrap(), whole);
    assert!(!left.exists());
}

#[test]
fn builds_at_the_same_time_share_the_cache() {
    let bench = Bench::new("parallel");
    for number in 0..4 {
        bench.write(&format!("one-{number}.yaml"), ONE);
        bench.write(&format!("both-{number}.yaml"), BOTH);
    }
    let files: Vec<_> = (0..4)
        .flat_map(|number| [format!("one-{number}.yaml"), format!("both-{number}.yaml")])
        .collect();
    let builds: Vec<_> = files
        .iter()
        .map(|file| bench.start(&["build", file]))
        .collect();
    for build in builds {
        let output = build.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    for (_, held) in bench.copies("aws-sdk-ecs") {
        assert!(held.contains(&"list_tasks".to_owned()), "{held:?}");
    }
}

#[test]
fn pruned_crates_that_do_not_build_are_replaced_by_the_whole_ones() {
    let bench = Bench::new("fallback");
    bench.write("pruned-fails", "");

    let said = bench.build(BOTH, &[], 0);
    let evidence = bench.evidence();
    let [folder] = evidence.as_slice() else {
        panic!("{evidence:?}");
    };
    let shown = folder.display().to_string();
    assert!(
        said.contains("the pruned SDK crates do not build") && said.contains(&shown),
        "{said}"
    );
    let log = fs::read_to_string(folder.join("cargo.log")).unwrap();
    assert!(log.contains("could not compile `aws-sdk-ecs`"), "{log}");
    assert!(folder.join("aws-sdk-ecs-1.2.3/src/client.rs").exists());
    let summary = fs::read_to_string(folder.join("pruned.json")).unwrap();
    assert!(summary.contains("DescribeClusters"), "{summary}");

    // Once is enough.
    bench.calls();
    let said = bench.build(BOTH, &[], 0);
    assert!(!said.contains("warning"), "{said}");
    assert_eq!(bench.calls().len(), 2);
}

#[test]
fn a_crate_of_an_unknown_layout_is_used_whole() {
    let bench = Bench::new("layout");
    fs::remove_file(bench.path("registry/aws-sdk-ecs-1.2.3/src/client/list_tasks.rs")).unwrap();
    let said = bench.build(ONE, &[], 0);
    assert!(
        said.contains("the pruned SDK crates do not build"),
        "{said}"
    );
    let log = fs::read_to_string(bench.evidence()[0].join("cargo.log")).unwrap();
    assert!(log.contains("list_tasks"), "{log}");
}

#[test]
fn pruning_is_not_blamed_for_what_fails_anyway() {
    let bench = Bench::new("both-fail");
    bench.write("pruned-fails", "");
    bench.write("whole-fails", "");
    let said = bench.build(BOTH, &[], 3);
    assert!(said.contains("could not compile `aws-sdk-ecs`"), "{said}");
    assert_eq!(bench.evidence(), [] as [PathBuf; 0]);
}

#[test]
fn what_the_sdk_does_not_have_is_shown_in_the_runbook() {
    let bench = Bench::new("gaps");
    let absent = ONE.replace("ListTasks", "ListClusters");
    let said = bench.build(&absent, &[], 1);
    expect![[r#"
        error[RB0503]: the operation `ListClusters` of `ecs` is not in the AWS SDK for Rust yet
         --> runbook.yaml:5:33
          |
        5 |     inputs: {Service: ecs, Api: ListClusters}
          |                                 ^^^^^^^^^^^^ aws-sdk-ecs 1.2.3 does not know it
          |
          = note: the service models in this compiler are those of botocore 1.44.5 (2026-11-17)
          = help: a newer SDK may have it: try `--sdk latest`; simulated runs work without it

        error: `runbook.yaml` has 1 error
    "#]]
    .assert_eq(&said);

    let member = ONE.replace("ListTasks", "ListTasks, family: nightly");
    let said = bench.build(&member, &[], 1);
    assert!(
        said.contains("the member `family` of `ecs` `ListTasks` is not in"),
        "{said}"
    );

    bench.write("no-crate", "aws-sdk-ecs");
    let said = bench.build(ONE, &[], 1);
    assert!(said.contains("the service `ecs` is not in"), "{said}");
    assert!(said.contains("there is no crate aws-sdk-ecs"), "{said}");
}

#[test]
fn a_crate_that_is_older_than_a_token_is_called_without_it() {
    let bench = Bench::new("tokens");
    let run = ONE.replace("ListTasks", "RunTask, taskDefinition: report");
    let builders = |setters: &[&str]| {
        let setters = setters.iter();
        let setters: String = setters
            .map(|setter| format!("    pub fn {setter}(self) -> Self {{ self }}\n"))
            .collect();
        let path = "registry/aws-sdk-ecs-1.2.3/src/operation/run_task/builders.rs";
        let text = format!(
            "pub struct RunTaskFluentBuilder;\n\nimpl RunTaskFluentBuilder {{\n{setters}}}\n"
        );
        bench.write(path, &text);
        bench.build(&run, &[], 0);
        bench.emitted()
    };

    let emitted = builders(&["set_task_definition", "set_client_token"]);
    assert!(emitted.contains(".set_client_token(Some(token.to_string()))"));
    assert!(emitted.contains("repeat: Repeat::Recognised"));

    let emitted = builders(&["set_task_definition"]);
    assert!(!emitted.contains("set_client_token"));
    assert!(!emitted.contains("repeat: Repeat::Recognised"));
    assert!(emitted.contains("repeat: Repeat::Unknown"));
}

#[test]
fn inputs_of_boto3_alone_are_not_expected_of_a_newer_sdk() {
    let gap = |service: &str, member: &str| {
        let gap = Gap {
            runbook: "copy".to_owned(),
            span: Span::at(0),
            service: service.to_owned(),
            operation: "CopyDBSnapshot".to_owned(),
            lack: Lack::Member(member.to_owned()),
            krate: format!("aws-sdk-{service}"),
            version: Some("1.2.3".to_owned()),
        };
        gap.diagnostic(Catalogue::embedded())
    };
    assert_eq!(
        gap("rds", "SourceRegion").message,
        "the member `SourceRegion` of `rds` `CopyDBSnapshot` is Boto3's own, and not in the AWS SDK for Rust"
    );
    for (service, member) in [("rds", "Tags"), ("ec2", "SourceRegion")] {
        let message = gap(service, member).message;
        assert!(
            message.ends_with("is not in the AWS SDK for Rust yet"),
            "{message}"
        );
    }
}

#[test]
fn the_cache_is_shown_and_cleared() {
    let bench = Bench::new("cache");
    bench.build(BOTH, &[], 0);
    let (shown, _) = bench.run(&["cache"], 0);
    for part in ["crates", "sdk", "together"] {
        assert!(shown.contains(part), "{shown}");
    }
    let (said, _) = bench.run(&["cache", "clear"], 0);
    assert!(said.starts_with("removed "), "{said}");
    let folders = entries(&bench.path("cache"));
    assert!(folders.iter().all(|path| path.is_file()), "{folders:?}");
    bench.build(BOTH, &[], 0);
}
