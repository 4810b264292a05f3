//! `aws:createImage` and `aws:copyImage`: an image is ordered, then waited for (spec 5.5, 5.6).

use serde_json::json;

use super::{Move, Procedure, code, renamed, text, told};
use crate::caller::CallError;
use crate::effect::{Request, inputs_of};
use crate::failure::{ACTION, COMPLETION};
use crate::value::{Document, Map};

/// States that no image leaves, and that are not what was asked for.
const LOST: [&str; 5] = ["invalid", "deregistered", "transient", "failed", "error"];

/// Makes an image and waits until it is available.
#[derive(Debug)]
pub struct MakeImage<Q> {
    /// CreateImage or CopyImage.
    pub make: Q,
    /// DescribeImages, by the image's id.
    pub describe: fn(String) -> Q,
}

/// How far the image is.
#[derive(Debug)]
pub enum Stage {
    /// It is ordered.
    Make,
    /// It is on its way.
    Available {
        /// Its id.
        image: String,
    },
}

impl<Q: Request> Procedure<Q> for MakeImage<Q> {
    type Stage = Stage;

    fn inputs(&self) -> Map {
        let names = [("Name", "ImageName"), ("Description", "ImageDescription")];
        renamed(inputs_of(&self.make), &names)
    }

    fn begin(&self) -> Stage {
        Stage::Make
    }

    fn request(&self, stage: &Stage) -> Q {
        match stage {
            Stage::Make => self.make.clone(),
            Stage::Available { image } => (self.describe)(image.clone()),
        }
    }

    fn answered(&self, stage: &Stage, answer: &Document) -> Move<Stage> {
        match stage {
            Stage::Make => told(answer, self.make.operation().name, "/ImageId", |image| {
                Move::Next(Stage::Available { image })
            }),
            Stage::Available { image } => available(image, answer),
        }
    }

    fn refused(&self, stage: &Stage, error: &CallError) -> Option<Move<Stage>> {
        // A new image is not known everywhere at once.
        let unknown = code(error) == "InvalidAMIID.NotFound";
        match stage {
            Stage::Available { image } if unknown => Some(not_yet(image, "not there")),
            _ => None,
        }
    }

    fn hoped(&self, stage: &Stage) -> Option<Document> {
        let available = json!({"Images": [{"State": "available"}]});
        matches!(stage, Stage::Available { .. }).then_some(available)
    }

    fn activity(&self, stage: &Stage) -> &'static str {
        match stage {
            Stage::Make => ACTION,
            Stage::Available { .. } => COMPLETION,
        }
    }

    fn started(&self, stage: &Stage) -> Option<Document> {
        match stage {
            Stage::Make => None,
            Stage::Available { image } => Some(json!({"ImageId": image})),
        }
    }

    fn must_be_answered(&self, stage: &Stage) -> bool {
        matches!(stage, Stage::Make)
    }
}

fn available(image: &str, answer: &Document) -> Move<Stage> {
    let Some(state) = text(answer, "/Images/0/State") else {
        return not_yet(image, "not there");
    };
    let outputs = json!({"ImageId": image, "ImageState": state});
    if state == "available" {
        return Move::Done(outputs);
    }
    if !LOST.contains(&state) {
        return not_yet(image, state);
    }
    let mut cause = format!("Image {image} entered unexpected state: {state}");
    if let Some(reason) = text(answer, "/Images/0/StateReason/Message") {
        cause = format!("{cause}. {reason}");
    }
    Move::Failed {
        cause,
        outputs: Some(outputs),
    }
}

fn not_yet(image: &str, state: &str) -> Move<Stage> {
    Move::Again(format!("Image {image} is {state}"))
}
