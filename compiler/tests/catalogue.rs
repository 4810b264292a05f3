//! The catalogue of AWS services: what it holds, how its names are found, how it is made.
// Helpers of tests count as tests.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use runbookc::catalogue::*;

fn service(name: &str) -> Arc<Service> {
    let found = Catalogue::embedded().find(name);
    found.unwrap_or_else(|| panic!("no service {name}"))
}

fn input<'a>(service: &'a Service, operation: &str) -> &'a Structure {
    let operation = service.operation(operation).expect("an operation");
    service
        .structure(operation.input.expect("an input"))
        .expect("a structure")
}

/// Follows member names, through lists and maps without a word, from an operation's output.
fn answer<'a>(service: &'a Service, operation: &str, path: &[&str]) -> &'a ShapeKind {
    let operation = service.operation(operation).expect("an operation");
    let mut id = operation.output.expect("an output");
    for name in path {
        id = service
            .structure(id)
            .expect("a structure")
            .member(name)
            .expect("a member")
            .shape;
        loop {
            match &service.shape(id).kind {
                ShapeKind::List(list) => id = list.member.shape,
                ShapeKind::Map(map) => id = map.value.shape,
                _ => break,
            }
        }
    }
    &service.shape(id).kind
}

fn required(structure: &Structure) -> Vec<&str> {
    let members = structure.members.iter().filter(|member| member.required);
    members.map(|member| &*member.name).collect()
}

/// The marked tokens that a shape holds, by their names and those around them.
fn tokens(
    service: &Service,
    id: ShapeId,
    around: &str,
    seen: &mut BTreeSet<ShapeId>,
    found: &mut Vec<String>,
) {
    match &service.shape(id).kind {
        ShapeKind::List(list) => tokens(service, list.member.shape, around, seen, found),
        ShapeKind::Map(map) => tokens(service, map.value.shape, around, seen, found),
        ShapeKind::Structure(structure) if seen.insert(id) => {
            for member in &structure.members {
                let path = format!("{around}.{}", member.name);
                if member.idempotency_token {
                    found.push(path.clone());
                }
                tokens(service, member.shape, &path, seen, found);
            }
        }
        _ => {}
    }
}

/// Tokens are looked for at the top of an input only: no model has one elsewhere.
#[test]
fn tokens_are_at_the_top_of_inputs() {
    let mut found = Vec::new();
    for service in Catalogue::embedded().services().map(service) {
        for operation in &service.operations {
            if let Some(input) = operation.input {
                tokens(&service, input, "", &mut BTreeSet::new(), &mut found);
            }
        }
    }
    assert!(found.len() > 1000, "{}", found.len());
    let (top, inside): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|path| path.matches('.').count() == 1);
    assert_eq!(inside, [""; 0], "beside {}", top.len());
}

#[test]
fn holds_every_service_and_all_of_them_decode() {
    let catalogue = Catalogue::embedded();
    let services: Vec<_> = catalogue.services().map(service).collect();
    let operations: usize = services
        .iter()
        .map(|service| service.operations.len())
        .sum();
    let shapes: usize = services.iter().map(|service| service.shapes.len()).sum();

    assert_eq!(catalogue.botocore_version(), "1.44.5");
    assert_eq!(catalogue.date(), "2026-11-17");
    assert!(services.len() >= 430, "{}", services.len());
    assert!(operations >= 19_000, "{operations}");
    assert!(shapes >= 120_000, "{shapes}");
}

#[test]
fn fits_into_the_compiler() {
    assert!(Catalogue::embedded().encode().len() < 5_000_000);
}

#[test]
fn names_are_sorted() {
    let catalogue = Catalogue::embedded();
    assert!(catalogue.services().is_sorted());
    for name in catalogue.services() {
        let service = service(name);
        assert_eq!(service.name, name);
        assert!(
            service
                .operations
                .is_sorted_by(|left, right| left.name < right.name)
        );
    }
}

#[test]
fn knows_the_parameters_of_an_ecs_task() {
    let ecs = service("ecs");
    let run_task = input(&ecs, "RunTask");
    assert_eq!(required(run_task), ["taskDefinition"]);

    let token = run_task.member("clientToken").unwrap();
    assert!(token.idempotency_token && token.filled && !token.required);

    let launch_type = run_task.member("launchType").unwrap();
    let ShapeKind::String(string) = &ecs.shape(launch_type.shape).kind else {
        panic!("launchType is a string");
    };
    assert!(string.enumeration.iter().any(|value| value == "FARGATE"));
    assert!(string.enumeration.iter().any(|value| value == "EC2"));
}

#[test]
fn knows_the_answers_of_ecs_and_lambda() {
    let ecs = service("ecs");
    let exit_code = answer(&ecs, "DescribeTasks", &["tasks", "containers", "exitCode"]);
    assert!(matches!(exit_code, ShapeKind::Integer(_)));

    let lambda = service("lambda");
    let invoke = lambda.operation("Invoke").unwrap();
    let output = lambda.structure(invoke.output.unwrap()).unwrap();
    assert_eq!(
        output.member("StatusCode").unwrap().location,
        Location::StatusCode
    );
    assert_eq!(output.payload.as_deref(), Some("Payload"));
    let error = output.member("FunctionError").unwrap();
    assert_eq!(
        (error.location, error.wire()),
        (Location::Header, "X-Amz-Function-Error")
    );
}

#[test]
fn knows_how_xml_answers_travel() {
    let iam = service("iam");
    let list_users = iam.operation("ListUsers").unwrap();
    assert_eq!(
        list_users.result_wrapper.as_deref(),
        Some("ListUsersResult")
    );
    assert!(list_users.paginator);

    let ec2 = service("ec2");
    let describe = ec2.operation("DescribeInstances").unwrap();
    let output = ec2.structure(describe.output.unwrap()).unwrap();
    let reservations = output.member("Reservations").unwrap();
    assert_eq!(reservations.wire(), "reservationSet");
    let ShapeKind::List(list) = &ec2.shape(reservations.shape).kind else {
        panic!("Reservations is a list");
    };
    assert_eq!(list.member.wire_name.as_deref(), Some("item"));

    let s3 = service("s3");
    let list = s3.operation("ListObjectsV2").unwrap();
    let output = s3.structure(list.output.unwrap()).unwrap();
    assert!(output.member("Contents").unwrap().flattened);
    let object = s3.operation("GetObject").unwrap();
    let output = s3.structure(object.output.unwrap()).unwrap();
    assert!(output.member("Body").unwrap().streaming);
    assert_eq!(
        output.member("Metadata").unwrap().location,
        Location::Headers
    );
    assert_eq!(output.member("Metadata").unwrap().wire(), "x-amz-meta-");
}

#[test]
fn a_member_inherits_the_wire_name_of_its_shape() {
    let s3 = service("s3");
    let encryption = s3
        .shapes
        .iter()
        .find(|shape| shape.name == "InventoryEncryption")
        .unwrap();
    let ShapeKind::Structure(encryption) = &encryption.kind else {
        panic!("InventoryEncryption is a structure");
    };
    assert_eq!(encryption.member("SSEKMS").unwrap().wire(), "SSE-KMS");
}

#[test]
fn protocols_are_those_botocore_prefers() {
    let protocols = [
        ("ecs", Protocol::Json),
        ("lambda", Protocol::RestJson),
        ("iam", Protocol::Query),
        ("ec2", Protocol::Ec2),
        ("s3", Protocol::RestXml),
        ("cloudwatch", Protocol::Json),
    ];
    for (name, protocol) in protocols {
        assert_eq!(service(name).protocol, protocol, "{name}");
    }
    assert_eq!(
        service("cloudwatch").protocols,
        [Protocol::Cbor, Protocol::Json, Protocol::Query]
    );
}

#[test]
fn finds_services_in_the_spellings_of_runbooks() {
    let spellings = [
        ("ecs", "ecs"),
        ("ECS", "ecs"),
        ("SQS", "sqs"),
        ("Codedeploy", "codedeploy"),
        ("stepfunctions", "stepfunctions"),
        ("SFN", "stepfunctions"),
        ("elb", "elb"),
        ("elbv2", "elbv2"),
        ("ElasticLoadBalancingV2", "elbv2"),
        ("events", "events"),
        ("EventBridge", "events"),
        ("logs", "logs"),
        ("CloudWatch Logs", "logs"),
        ("cloudwatch-logs", "logs"),
        ("Auto Scaling", "autoscaling"),
        ("runtime.sagemaker", "sagemaker-runtime"),
    ];
    for (written, name) in spellings {
        assert_eq!(service(written).name, name, "{written}");
    }
    assert!(Catalogue::embedded().find("").is_none());
    assert!(Catalogue::embedded().find("ecz").is_none());
}

#[test]
fn decodes_a_service_once() {
    assert!(Arc::ptr_eq(&service("ecs"), &service("ECS")));
}

#[test]
fn suggests_near_names() {
    let catalogue = Catalogue::embedded();
    let similar = |written| catalogue.similar(written, None);
    assert_eq!(similar("cloudformatoin"), ["cloudformation"]);
    assert_eq!(similar("Lamda"), ["lambda"]);
    assert_eq!(similar("cloudwatchlog"), ["logs"]);
    assert!(similar("xyzzy").is_empty());
    assert_eq!(similar("ECZ"), ["ec2", "ecr", "ecs"]);
    assert_eq!(catalogue.similar("ECZ", Some("RunTask")), ["ecs"]);
    assert_eq!(similar("ECZ"), catalogue.similar("ECZ", Some("Quux")));

    let ecs = service("ecs");
    assert_eq!(ecs.similar_operation("RunTasks"), Some("RunTask"));
    assert_eq!(ecs.similar_operation("Quux"), None);
    let run_task = input(&ecs, "RunTask");
    assert_eq!(
        run_task.similar_member("TaskDefinition"),
        Some("taskDefinition")
    );
    assert_eq!(run_task.similar_member("launchTyp"), Some("launchType"));
}

#[test]
fn finds_operations_by_the_method_of_boto3() {
    let spellings = [
        ("ec2", "DescribeInstances", "DescribeInstances"),
        ("ec2", "describeInstances", "DescribeInstances"),
        ("ec2", "describe_instances", "DescribeInstances"),
        (
            "ec2",
            "AssociateIAMInstanceProfile",
            "AssociateIamInstanceProfile",
        ),
        ("wafv2", "list_web_acls", "ListWebACLs"),
        (
            "storagegateway",
            "create_cached_iscsi_volume",
            "CreateCachediSCSIVolume",
        ),
        ("rds", "describe_db_instances", "DescribeDBInstances"),
        ("cloudfront", "CreateDistribution", "CreateDistribution"),
    ];
    for (name, written, operation) in spellings {
        let service = service(name);
        let found = service.operation(written).map(|operation| &*operation.name);
        assert_eq!(found, Some(operation), "{written}");
    }
    assert!(service("ec2").operation("describeinstances").is_none());
}

#[test]
fn crate_names_are_those_of_the_sdk() {
    let names = [
        ("ecs", "aws-sdk-ecs"),
        ("elbv2", "aws-sdk-elasticloadbalancingv2"),
        ("logs", "aws-sdk-cloudwatchlogs"),
        ("stepfunctions", "aws-sdk-sfn"),
        ("ce", "aws-sdk-costexplorer"),
        ("events", "aws-sdk-eventbridge"),
    ];
    for (name, crate_name) in names {
        assert_eq!(service(name).crate_name(), crate_name);
    }
}

#[test]
fn parameters_have_the_aliases_of_boto3() {
    let cases = [
        ("ec2", "DescribeFlowLogs", "Filters", "Filter"),
        ("ec2", "DescribeNatGateways", "Filters", "Filter"),
        ("ec2", "DescribeNatGateways", "Filter", "Filter"),
        ("ec2", "DescribeInstances", "Filters", "Filters"),
        ("logs", "CreateExportTask", "fromTime", "from"),
        ("logs", "CreateExportTask", "from", "from"),
        ("cloudsearchdomain", "Search", "returnFields", "return"),
    ];
    for (name, operation, written, member) in cases {
        let service = service(name);
        let found = input(&service, operation).member(written);
        assert_eq!(
            found.map(|member| &*member.name),
            Some(member),
            "{operation}.{written}"
        );
    }

    let ec2 = service("ec2");
    let describe_instances = input(&ec2, "DescribeInstances");
    assert!(describe_instances.member("Filter").is_none());
}

#[test]
fn what_boto3_fills_in_is_not_required() {
    let glacier = service("glacier");
    let account = input(&glacier, "DescribeVault")
        .member("accountId")
        .unwrap();
    assert!(account.filled && !account.required);

    for name in Catalogue::embedded().services() {
        let service = service(name);
        let inputs = service
            .operations
            .iter()
            .filter_map(|operation| operation.input);
        for member in inputs
            .filter_map(|id| service.structure(id))
            .flat_map(|it| &it.members)
        {
            assert!(
                !(member.required && member.idempotency_token),
                "{name} {}",
                member.name
            );
        }
    }
}

#[test]
fn encoding_and_decoding_change_nothing() {
    let bytes = Catalogue::embedded().encode();
    let decoded = Catalogue::decode(bytes.clone()).unwrap();
    assert_eq!(decoded.encode(), bytes);
    assert!(decoded.services().eq(Catalogue::embedded().services()));
    assert_eq!(decoded.find("ecs"), Catalogue::embedded().find("ecs"));
}

#[test]
fn damaged_bytes_are_an_error() {
    let sound = miniature("damaged").encode();
    assert!(matches!(
        Catalogue::decode(Vec::new()),
        Err(CatalogueError::Format)
    ));
    assert!(matches!(
        Catalogue::decode(b"PK\x03\x04".to_vec()),
        Err(CatalogueError::Format)
    ));
    for length in 0..sound.len() {
        assert!(
            Catalogue::decode(sound[..length].to_vec()).is_err(),
            "{length} bytes"
        );
    }
    for place in 0..sound.len() {
        for bit in 0..8 {
            let mut bytes = sound.clone();
            bytes[place] ^= 1 << bit;
            // It may still make sense, but reading it must not panic.
            if let Ok(catalogue) = Catalogue::decode(bytes) {
                catalogue.find("sea");
            }
        }
    }
}

#[test]
fn distils_models_as_they_are() {
    let catalogue = miniature("distils");
    assert_eq!(catalogue.botocore_version(), "9.8.7");
    assert_eq!(catalogue.date(), "2026-01-02");
    assert_eq!(catalogue.services().collect::<Vec<_>>(), ["sea"]);

    let sea = catalogue.find("deep sea").unwrap();
    assert_eq!(sea.api_version, "2020-02-02");
    assert_eq!(sea.signing_name, "ocean");
    let operation = sea.operation("dive_to_iscsi").unwrap();
    assert_eq!(operation.name, "DiveToiSCSI");
    assert_eq!(operation.http_method, "POST");
    assert_eq!(operation.deprecated_message.as_deref(), Some("Use Swim."));
    let names: Vec<_> = sea.shapes.iter().map(|shape| &*shape.name).collect();
    assert_eq!(
        names,
        ["Zone", "Dive", "Depth", "Token"],
        "order kept, unused left out"
    );

    let dive = input(&sea, "DiveToiSCSI");
    let members: Vec<_> = dive.members.iter().map(|member| &*member.name).collect();
    assert_eq!(members, ["zone", "depth", "token", "guide"]);
    assert_eq!(required(dive), ["depth"]);
    assert_eq!(dive.member("place"), dive.member("zone"));
    let depth = sea.shape(dive.member("depth").unwrap().shape);
    let bounds = Bounds {
        min: Some(-11_000),
        max: Some(0),
    };
    assert_eq!(depth.kind, ShapeKind::Integer(bounds));
}

#[test]
fn what_botocore_merges_into_a_model_is_merged() {
    let directory = write_miniature("extras");
    let extras = r#"{
        "version": 1.0,
        "merge": { "shapes": {
            "Token": { "type": "timestamp" },
            "Dive": { "members": { "buddy": { "shape": "Zone" } } }
        } }
    }"#;
    let path = directory.join("data/sea/2020-02-02/service-2.sdk-extras.json");
    std::fs::write(path, extras).unwrap();
    let catalogue = Catalogue::from_botocore(&directory, None).expect("a catalogue");

    let sea = catalogue.find("sea").unwrap();
    let dive = input(&sea, "DiveToiSCSI");
    let members: Vec<_> = dive.members.iter().map(|member| &*member.name).collect();
    assert_eq!(members, ["zone", "depth", "token", "guide", "buddy"]);
    assert_eq!(required(dive), ["depth"]);
    let token = sea.shape(dive.member("token").unwrap().shape);
    assert_eq!(token.kind, ShapeKind::Timestamp(None));
}

#[test]
fn unions_that_botocore_does_not_mark_are_unions() {
    let dynamodb = service("dynamodb");
    let key = input(&dynamodb, "GetItem").member("Key").unwrap().shape;
    let ShapeKind::Map(key) = &dynamodb.shape(key).kind else {
        panic!("a key is a map");
    };
    assert!(dynamodb.structure(key.value.shape).unwrap().union);
}

#[test]
fn generating_twice_gives_the_same_bytes() {
    assert_eq!(miniature("first").encode(), miniature("second").encode());
}

#[test]
fn a_botocore_that_lacks_its_tables_is_an_error() {
    let directory = write_miniature("tables");
    std::fs::write(directory.join("handlers.py"), "BUILTIN = []\n").unwrap();
    let error = generate(&directory, None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot find the aliases in botocore's handlers.py"
    );

    let missing = generate(Path::new("/nonexistent/botocore"), None).unwrap_err();
    assert!(matches!(missing, CatalogueError::Read { .. }));
}

fn miniature(name: &str) -> Catalogue {
    let directory = write_miniature(name);
    Catalogue::from_botocore(&directory, Some("2026-01-02")).expect("a catalogue")
}

/// Writes a botocore of one service with two versions.
fn write_miniature(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("botocore-{name}"));
    let old = directory.join("data/sea/2019-01-01");
    let new = directory.join("data/sea/2020-02-02");
    std::fs::create_dir_all(&old).unwrap();
    std::fs::create_dir_all(&new).unwrap();
    std::fs::write(directory.join("__init__.py"), PACKAGE).unwrap();
    std::fs::write(directory.join("handlers.py"), HANDLERS).unwrap();
    std::fs::write(old.join("service-2.json"), "{}").unwrap();
    std::fs::write(new.join("service-2.json"), MODEL).unwrap();
    directory
}

const PACKAGE: &str = "
__version__ = '9.8.7'
_xform_cache = {
    ('DiveToiSCSI', '_'): 'dive_to_iscsi',
    ('DiveToiSCSI', '-'): 'dive-to-iscsi',
}
";

const HANDLERS: &str = "
BUILTIN_HANDLERS = [
    ('before-call', something),
    (
        'docs.*.deep-sea.*.complete-section',
        AutoPopulatedParam(
            'guide',
            'Note: somebody.',
        ).document_auto_populated_param,
    ),
]

def _add_parameter_aliases(handler_list):
    # The sea's own.
    aliases = {
        'sea.DiveToiSCSI.zone': 'place',
    }
";

const MODEL: &str = r#"{
    "metadata": {
        "apiVersion": "2020-02-02", "serviceId": "Deep Sea", "protocol": "json", "jsonVersion": "1.1",
        "endpointPrefix": "sea", "signingName": "ocean"
    },
    "operations": {
        "DiveToiSCSI": {
            "name": "DiveToiSCSI", "http": { "method": "POST" }, "input": { "shape": "Dive" },
            "deprecated": true, "deprecatedMessage": "Use\n  Swim."
        }
    },
    "shapes": {
        "Zone": { "type": "string", "enum": ["abyss", "shelf"] },
        "Unused": { "type": "boolean" },
        "Dive": {
            "type": "structure",
            "required": ["depth", "token", "guide"],
            "members": {
                "zone": { "shape": "Zone" },
                "depth": { "shape": "Depth" },
                "token": { "shape": "Token", "idempotencyToken": true },
                "guide": { "shape": "Token" }
            }
        },
        "Depth": { "type": "integer", "min": -11000, "max": 0 },
        "Token": { "type": "string" }
    }
}"#;
