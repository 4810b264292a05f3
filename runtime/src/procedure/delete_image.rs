//! `aws:deleteImage`: an image is deregistered, then its snapshots are deleted (spec 5.9).

use super::{Move, Procedure, code, text};
use crate::caller::CallError;
use crate::effect::{Request, inputs_of};
use crate::failure::ACTION;
use crate::value::{Document, Map};

/// Deletes an image and the snapshots of its disks.
#[derive(Debug)]
pub struct DeleteImage<Q> {
    /// DescribeImages.
    pub describe: Q,
    /// DeregisterImage.
    pub deregister: Q,
    /// DeleteSnapshot, by the snapshot's id.
    pub delete: fn(String) -> Q,
}

/// How far the image is.
#[derive(Debug)]
pub enum Stage {
    /// It is looked up.
    Describe,
    /// It is deregistered.
    Deregister {
        /// The snapshots of its disks.
        snapshots: Vec<String>,
    },
    /// It is gone, and the first of these snapshots is deleted.
    Delete {
        /// That snapshot.
        snapshot: String,
        /// The others.
        others: Vec<String>,
        /// Whether it was in use before.
        again: bool,
    },
}

impl<Q: Request> Procedure<Q> for DeleteImage<Q> {
    type Stage = Stage;

    fn inputs(&self) -> Map {
        inputs_of(&self.deregister)
    }

    fn begin(&self) -> Stage {
        Stage::Describe
    }

    fn request(&self, stage: &Stage) -> Q {
        match stage {
            Stage::Describe => self.describe.clone(),
            Stage::Deregister { .. } => self.deregister.clone(),
            Stage::Delete { snapshot, .. } => (self.delete)(snapshot.clone()),
        }
    }

    fn answered(&self, stage: &Stage, answer: &Document) -> Move<Stage> {
        match stage {
            Stage::Describe => match answer.pointer("/Images/0") {
                Some(image) => Move::Next(Stage::Deregister {
                    snapshots: snapshots(image),
                }),
                None => Move::failed("The image does not exist"),
            },
            Stage::Deregister { snapshots } => next(snapshots),
            Stage::Delete { others, .. } => next(others),
        }
    }

    fn refused(&self, stage: &Stage, error: &CallError) -> Option<Move<Stage>> {
        match (stage, code(error)) {
            // It was there a moment ago: a try that got no answer has done it.
            (
                Stage::Deregister { snapshots },
                "InvalidAMIID.NotFound" | "InvalidAMIID.Unavailable",
            ) => Some(next(snapshots)),
            // The image may be in the way for a moment longer.
            (
                Stage::Delete {
                    snapshot,
                    others,
                    again: false,
                },
                "InvalidSnapshot.InUse",
            ) => Some(Move::Later(Stage::Delete {
                snapshot: snapshot.clone(),
                others: others.clone(),
                again: true,
            })),
            (Stage::Delete { others, .. }, "InvalidSnapshot.NotFound") => Some(next(others)),
            _ => None,
        }
    }

    fn activity(&self, _: &Stage) -> &'static str {
        ACTION
    }
}

/// The snapshots of an image's disks.
fn snapshots(image: &Document) -> Vec<String> {
    let disks = image.get("BlockDeviceMappings");
    let disks = disks.and_then(Document::as_array).into_iter().flatten();
    disks
        .filter_map(|disk| text(disk, "/Ebs/SnapshotId"))
        .map(str::to_owned)
        .collect()
}

/// On to the first of the snapshots that are left.
fn next(snapshots: &[String]) -> Move<Stage> {
    match snapshots.split_first() {
        Some((snapshot, others)) => Move::Next(Stage::Delete {
            snapshot: snapshot.clone(),
            others: others.to_vec(),
            again: false,
        }),
        None => Move::Done(Document::Object(Map::new())),
    }
}
