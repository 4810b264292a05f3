//! The members by which services recognise a call although their models do not mark them.
//!
//! Found by going through all members of the catalogue that are called like a token, a reference of the caller, or the
//! name of a request, and reading what the API reference says about each. Not here, though called alike: what tells a
//! job or a session from another (CodePipeline `clientToken` and `nonce`, Braket `jobToken`, CloudFormation
//! `SignalResource.UniqueId`), what only correlates (Greengrass `AmznClientToken`), what the reference calls something else
//! (CodeStar Notifications `Subscribe`), what is reserved (CloudFormation `RecordHandlerProgress`), what FIFO queues and
//! topics take and others refuse (`MessageDeduplicationId`), and what the reference says nothing about.

/// Operations of a service, and the member of their inputs.
struct Reviewed {
    service: &'static str,
    member: &'static str,
    operations: &'static [&'static str],
}

const fn reviewed_of(
    service: &'static str,
    member: &'static str,
    operations: &'static [&'static str],
) -> Reviewed {
    Reviewed {
        service,
        member,
        operations,
    }
}

/// The reviewed members. Where one is required, the author gives it; it is here because the call is recognised by it.
const REVIEWED: &[Reviewed] = &[
    // "Customer chosen string that can be used to distinguish between calls"; no hyphens, 32 characters.
    reviewed_of(
        "acm",
        "IdempotencyToken",
        &["PutAccountConfiguration", "RequestCertificate"],
    ),
    // The same, 36 characters.
    reviewed_of(
        "acm-pca",
        "IdempotencyToken",
        &["CreateCertificateAuthority", "IssueCertificate"],
    ),
    // "used to ensure the request … is idempotent (executes only once)".
    reviewed_of(
        "athena",
        "ClientRequestToken",
        &[
            "CreateNotebook",
            "ImportNotebook",
            "StartCalculationExecution",
            "StartSession",
            "UpdateNotebook",
            "UpdateNotebookMetadata",
        ],
    ),
    // "allows failed requests to be retried without the risk of running the operation twice"; up to 50 characters.
    reviewed_of(
        "backup",
        "CreatorRequestId",
        &["CreateRestoreTestingPlan", "CreateRestoreTestingSelection"],
    ),
    // "Retrying a successful request with the same idempotency token results in a success message with no action taken."
    reviewed_of("backup", "IdempotencyToken", &["StartScanJob"]),
    // "Include this parameter to allow multiple identical calls for idempotency", for eight hours.
    reviewed_of(
        "backupsearch",
        "ClientToken",
        &["StartSearchJob", "StartSearchResultExportJob"],
    ),
    // "to ensure that the API request completes no more than one time".
    reviewed_of("bedrock", "clientRequestToken", &["CreateModelImportJob"]),
    // "Use a different token for different … requests", which makes a conflict of a repetition; up to 64 characters.
    reviewed_of(
        "chime-sdk-voice",
        "ClientRequestToken",
        &[
            "CreateVoiceProfileDomain",
            "StartSpeakerSearchTask",
            "StartVoiceToneAnalysisTask",
        ],
    ),
    // "helps Cloud9 to ensure this operation completes no more than one time".
    reviewed_of("cloud9", "clientRequestToken", &["CreateEnvironmentEC2"]),
    // "Specify this token if you plan to retry requests so that CloudFormation knows that you're not attempting to create
    // another change set with the same name." The same sentence stands at the operations that follow.
    reviewed_of("cloudformation", "ClientToken", &["CreateChangeSet"]),
    reviewed_of(
        "cloudformation",
        "ClientRequestToken",
        &[
            "CancelUpdateStack",
            "ContinueUpdateRollback",
            "CreateStack",
            "DeleteStack",
            "ExecuteChangeSet",
            "RegisterType",
            "RollbackStack",
            "StartResourceScan",
            "UpdateStack",
        ],
    ),
    // "helps to prevent CloudFront from creating a duplicate resource if you accidentally resubmit an identical request".
    reviewed_of("cloudfront", "CallerReference", &["CopyDistribution"]),
    // "A user-defined token to ensure idempotence"; letters and digits alone.
    reviewed_of("cloudhsm", "ClientToken", &["CreateHsm"]),
    // "to ensure the idempotency of the … request", for five minutes.
    reviewed_of(
        "codebuild",
        "idempotencyToken",
        &[
            "RetryBuild",
            "RetryBuildBatch",
            "StartBuild",
            "StartBuildBatch",
        ],
    ),
    // "A user-specified idempotency token."
    reviewed_of(
        "codecatalyst",
        "clientToken",
        &["CreateDevEnvironment", "UpdateDevEnvironment"],
    ),
    // "To make an idempotent API request …, specify a client token"; the model wants at least 64 characters.
    reviewed_of("config", "ClientToken", &["StartResourceEvaluation"]),
    // "to ensure the idempotency of the request".
    reviewed_of(
        "connect",
        "ClientToken",
        &[
            "CreateEmailAddress",
            "CreatePersistentContactAssociation",
            "CreateView",
            "UpdateEmailAddressMetadata",
        ],
    ),
    // "AWS Data Pipeline uses this … to ensure idempotency during repeated calls".
    reviewed_of("datapipeline", "uniqueId", &["CreatePipeline"]),
    // "Unique, case-sensitive identifier that you provide to ensure the idempotency of the request."
    reviewed_of(
        "ec2",
        "ClientToken",
        &[
            "AllocateHosts",
            "CopyFpgaImage",
            "CreateCapacityReservation",
            "CreateEgressOnlyInternetGateway",
            "CreateFlowLogs",
            "CreateFpgaImage",
            "CreateReservedInstancesListing",
            "CreateVpcEndpoint",
            "CreateVpcEndpointConnectionNotification",
            "CreateVpcEndpointServiceConfiguration",
            "ImportImage",
            "ImportSnapshot",
            "ModifyInstanceCreditSpecification",
            "ModifyReservedInstances",
            "PurchaseHostReservation",
            "RequestSpotInstances",
        ],
    ),
    // "An identifier that you provide to ensure the idempotency of the request … Up to 36 ASCII characters".
    reviewed_of(
        "ecs",
        "clientToken",
        &["CreateDaemon", "CreateService", "CreateTaskSet"],
    ),
    // "identifier to ensure idempotency of the request".
    reviewed_of("es", "ClientToken", &["CreateVpcEndpoint"]),
    // "ensuring that game session requests with the same idempotency token are processed only once"; up to 48 characters.
    reviewed_of("gamelift", "IdempotencyToken", &["CreateGameSession"]),
    // "Used for idempotency and is recommended to be set to a random ID (such as a UUID)".
    reviewed_of(
        "glue",
        "ClientToken",
        &[
            "CreateDataQualityRuleset",
            "StartDataQualityRuleRecommendationRun",
            "StartDataQualityRulesetEvaluationRun",
        ],
    ),
    // "If you retry a request that completed successfully …, the retry attempt will succeed without performing any further
    // actions."
    reviewed_of(
        "iot-managed-integrations",
        "ClientToken",
        &["StartDeviceDiscovery"],
    ),
    // "to ensure the idempotency of the request".
    reviewed_of("iotsitewise", "clientToken", &["ExecuteAction"]),
    // "Multiple calls … with the same client token will create only one featured results set."
    reviewed_of("kendra", "ClientToken", &["CreateFeaturedResultsSet"]),
    // "identifier that you provide to ensure the idempotency of the request"; required.
    reviewed_of(
        "license-manager",
        "ClientToken",
        &[
            "CheckoutBorrowLicense",
            "CheckoutLicense",
            "CreateGrant",
            "CreateGrantVersion",
            "CreateLicense",
            "CreateLicenseAssetGroup",
            "CreateLicenseAssetRuleset",
            "CreateLicenseManagerReportGenerator",
            "CreateLicenseVersion",
            "CreateToken",
            "UpdateLicenseAssetGroup",
            "UpdateLicenseAssetRuleset",
            "UpdateLicenseManagerReportGenerator",
        ],
    ),
    // "allows you to retry the call on error without …": extending, duplicate HITs, multiple bonuses.
    reviewed_of(
        "mturk",
        "UniqueRequestToken",
        &[
            "CreateAdditionalAssignmentsForHIT",
            "CreateHIT",
            "CreateHITWithHITType",
            "SendBonus",
        ],
    ),
    // "To ensure that jobs don't run multiple times, specify a unique token for each job."
    reviewed_of(
        "omics",
        "clientToken",
        &[
            "CreateMultipartReadSetUpload",
            "CreateReferenceStore",
            "StartReadSetActivationJob",
            "StartReadSetExportJob",
            "StartReadSetImportJob",
            "StartReferenceImportJob",
        ],
    ),
    // "identifier to ensure idempotency of the request".
    reviewed_of("opensearch", "ClientToken", &["CreateVpcEndpoint"]),
    // "identifier to ensure idempotent processing of the … request"; required but in the last.
    reviewed_of(
        "partnercentral-benefits",
        "ClientToken",
        &[
            "AmendBenefitApplication",
            "CancelBenefitApplication",
            "CreateBenefitApplication",
            "UpdateBenefitApplication",
            "RecallBenefitApplication",
        ],
    ),
    // "to ensure the idempotency of the request".
    reviewed_of(
        "qconnect",
        "clientToken",
        &["CreateMessageTemplateAttachment"],
    ),
    // "This lets you safely retry the request without accidentally performing the same operation a second time."
    reviewed_of(
        "ram",
        "clientToken",
        &[
            "AcceptResourceShareInvitation",
            "AssociateResourceShare",
            "AssociateResourceSharePermission",
            "CreatePermission",
            "CreatePermissionVersion",
            "CreateResourceShare",
            "DeletePermission",
            "DeletePermissionVersion",
            "DeleteResourceShare",
            "DisassociateResourceShare",
            "DisassociateResourceSharePermission",
            "PromotePermissionCreatedFromPolicy",
            "RejectResourceShareInvitation",
            "ReplacePermissionAssociations",
            "SetDefaultPermissionVersion",
            "UpdateResourceShare",
        ],
    ),
    // "If you use the same token with multiple … requests, the same JobId is returned."
    reviewed_of(
        "rekognition",
        "ClientRequestToken",
        &[
            "CreateFaceLivenessSession",
            "StartCelebrityRecognition",
            "StartContentModeration",
            "StartFaceDetection",
            "StartFaceSearch",
            "StartLabelDetection",
            "StartPersonTracking",
            "StartSegmentDetection",
            "StartTextDetection",
        ],
    ),
    // "allows … requests to be retried without the risk of executing the operation twice"; required.
    reviewed_of(
        "route53",
        "CallerReference",
        &[
            "CreateCidrCollection",
            "CreateHealthCheck",
            "CreateHostedZone",
            "CreateKeySigningKey",
            "CreateReusableDelegationSet",
        ],
    ),
    // The same words; required.
    reviewed_of(
        "route53resolver",
        "CreatorRequestId",
        &[
            "CreateOutpostResolver",
            "CreateResolverEndpoint",
            "CreateResolverRule",
        ],
    ),
    // "guarantees that the call to this API is idempotent".
    reviewed_of("sagemaker", "ClientToken", &["UpdateModelPackage"]),
    // It becomes the token of CloudFormation's CreateChangeSet.
    reviewed_of(
        "serverlessrepo",
        "ClientToken",
        &["CreateCloudFormationChangeSet"],
    ),
    // "User-provided idempotency token. The token must be unique, … enforces the UUID format, and can't be reused."
    reviewed_of(
        "ssm",
        "ClientToken",
        &["StartAutomationExecution", "StartChangeRequestExecution"],
    ),
    // "ensures that the operation is called only once with the specified details".
    reviewed_of(
        "ssm-contacts",
        "IdempotencyToken",
        &["CreateRotation", "CreateRotationOverride"],
    ),
    // "StartExecution is idempotent for STANDARD workflows": the same name and input give the same execution. For EXPRESS
    // ones, which may run more than once by their nature, it is not. 80 characters.
    reviewed_of("stepfunctions", "name", &["StartExecution"]),
    // "A unique identifier that you use to retry a request"; required.
    reviewed_of(
        "storagegateway",
        "ClientToken",
        &[
            "AssociateFileSystem",
            "CreateCachediSCSIVolume",
            "CreateNFSFileShare",
            "CreateSMBFileShare",
            "CreateTapes",
            "StartCacheReport",
        ],
    ),
    // "If you use the same token with multiple … requests, the same JobId is returned."
    reviewed_of(
        "textract",
        "ClientRequestToken",
        &[
            "StartDocumentAnalysis",
            "StartDocumentTextDetection",
            "StartExpenseAnalysis",
            "StartLendingAnalysis",
        ],
    ),
    // "used to ensure that this request is idempotent (executes only once)".
    reviewed_of(
        "wellarchitected",
        "ClientRequestToken",
        &["UpgradeLensReview", "UpgradeReviewTemplateLensReview"],
    ),
    // "uses to ensure idempotent creation".
    reviewed_of(
        "workspaces",
        "ClientToken",
        &[
            "AcceptAccountLinkInvitation",
            "CreateAccountLinkInvitation",
            "DeleteAccountLinkInvitation",
        ],
    ),
];

/// Operations that forget a token within hours, while an execution may be continued at any time. They get one all the
/// same, for what is repeated at once.
const SHORT_LIVED: &[(&str, &[&str])] = &[
    // An hour.
    ("acm", &["PutAccountConfiguration", "RequestCertificate"]),
    // Five minutes.
    (
        "acm-pca",
        &["CreateCertificateAuthority", "IssueCertificate"],
    ),
    // Eight hours.
    (
        "backupsearch",
        &["StartSearchJob", "StartSearchResultExportJob"],
    ),
    // Five minutes.
    (
        "codebuild",
        &[
            "RetryBuild",
            "RetryBuildBatch",
            "StartBuild",
            "StartBuildBatch",
        ],
    ),
    // Ten minutes, though the model marks them.
    ("dynamodb", &["ExecuteTransaction", "TransactWriteItems"]),
    // Ten minutes.
    ("license-manager", &["CreateToken"]),
];

/// The reviewed member of an operation.
pub(super) fn reviewed((service, operation): (&str, &str)) -> Option<&'static str> {
    let of_operation =
        |row: &&Reviewed| row.service == service && row.operations.contains(&operation);
    Some(REVIEWED.iter().find(of_operation)?.member)
}

/// Whether a token is forgotten before an execution may have been continued.
pub(super) fn is_short_lived((service, operation): (&str, &str)) -> bool {
    let mut rows = SHORT_LIVED.iter();
    rows.any(|(name, operations)| *name == service && operations.contains(&operation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::repeat::{Form, token};

    #[test]
    fn reviewed_members_exist_unmarked_and_take_a_form_of_a_token() {
        for row in REVIEWED {
            let service = Catalogue::embedded().find(row.service).unwrap();
            for name in row.operations {
                let operation = service.operation(name).unwrap();
                assert_eq!(operation.name, *name);
                let input = service.structure(operation.input.unwrap()).unwrap();
                assert!(input.members.iter().all(|member| !member.idempotency_token));
                let token = token(&service, operation).unwrap_or_else(|| panic!("{name}"));
                assert_eq!(token.member, row.member, "{name}");
            }
        }
    }

    #[test]
    fn every_marked_member_takes_a_uuid() {
        let catalogue = Catalogue::embedded();
        let mut marked = 0;
        for service in catalogue.services() {
            let service = catalogue.find(service).unwrap();
            for operation in &service.operations {
                let input = operation.input.and_then(|input| service.structure(input));
                let members = input.map(|input| input.members.as_slice());
                let mut members = members.unwrap_or_default().iter();
                if members.any(|member| member.idempotency_token) {
                    let token = token(&service, operation).unwrap();
                    assert_eq!(token.form, Form::Uuid, "{}", operation.name);
                    marked += 1;
                }
            }
        }
        assert!(marked > 1000, "{marked}");
    }

    #[test]
    fn members_that_take_no_hyphens_or_want_more_get_another_form() {
        let form = |service, operation| {
            let service = Catalogue::embedded().find(service).unwrap();
            let operation = service.operation(operation).unwrap();
            token(&service, operation).unwrap().form
        };
        assert_eq!(form("acm", "RequestCertificate"), Form::Hex);
        assert_eq!(form("cloudhsm", "CreateHsm"), Form::Hex);
        assert_eq!(form("config", "StartResourceEvaluation"), Form::LongHex);
        assert_eq!(form("stepfunctions", "StartExecution"), Form::Uuid);
    }

    #[test]
    fn short_lived_tokens_are_of_operations_that_have_one() {
        for (service, operations) in SHORT_LIVED {
            let service = Catalogue::embedded().find(service).unwrap();
            for name in *operations {
                let operation = service.operation(name).unwrap();
                assert!(token(&service, operation).is_some(), "{name}");
            }
        }
    }
}
