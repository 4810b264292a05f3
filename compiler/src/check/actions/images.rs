//! `aws:createImage`, `aws:copyImage` and `aws:deleteImage` (spec 5.5, 5.6, 5.9).

use super::call::{self, Called, Given, told};
use super::typed::Inputs;
use crate::check::scope::Scope;
use crate::diagnostic::Diagnostics;
use crate::document::Step;
use crate::ir::{Field, Procedure, Work};

/// Checks a step that makes an image with `operation`: the inputs and the members that they become.
pub(super) fn make(
    step: &Step,
    operation: &str,
    names: &[(&'static str, &'static str)],
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let called = Called::find(scope.catalogue, "ec2", operation)?;
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let members = inputs.members(&called, names);
    inputs.sound()?;
    let by_id = vec![("ImageIds", Given::List(vec![told("image")]))];
    let describe = call::call(step, scope.catalogue, ("ec2", "DescribeImages"), by_id)?;
    Some(Work::Procedure(Procedure {
        name: "MakeImage",
        shared: Vec::new(),
        fields: vec![
            ("make", Field::Call(called.with(step, members)?)),
            ("describe", Field::Later(describe)),
        ],
        constants: Vec::new(),
    }))
}

/// Checks a step that deletes an image.
pub(super) fn delete(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let called = Called::find(scope.catalogue, "ec2", "DeregisterImage")?;
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let image = inputs.member(&called, "ImageId", "ImageId");
    inputs.sound()?;
    let (image, calls) = (image?, |operation: &str, members| {
        call::call(step, scope.catalogue, ("ec2", operation), members)
    });
    let describe = calls(
        "DescribeImages",
        vec![("ImageIds", Given::List(vec![image.clone()]))],
    )?;
    let delete = calls("DeleteSnapshot", vec![("SnapshotId", told("snapshot"))])?;
    Some(Work::Procedure(Procedure {
        name: "DeleteImage",
        shared: Vec::new(),
        fields: vec![
            ("describe", Field::Call(describe)),
            (
                "deregister",
                Field::Call(called.with(step, vec![("ImageId", image)])?),
            ),
            ("delete", Field::Later(delete)),
        ],
        constants: Vec::new(),
    }))
}

/// The members of CreateImage, and the inputs that they are.
pub(super) const CREATE: [(&str, &str); 5] = [
    ("InstanceId", "InstanceId"),
    ("Name", "ImageName"),
    ("Description", "ImageDescription"),
    ("NoReboot", "NoReboot"),
    ("BlockDeviceMappings", "BlockDeviceMappings"),
];

/// Those of CopyImage.
pub(super) const COPY: [(&str, &str); 7] = [
    ("SourceRegion", "SourceRegion"),
    ("SourceImageId", "SourceImageId"),
    ("Name", "ImageName"),
    ("Description", "ImageDescription"),
    ("Encrypted", "Encrypted"),
    ("KmsKeyId", "KmsKeyId"),
    ("ClientToken", "ClientToken"),
];
