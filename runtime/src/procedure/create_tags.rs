//! `aws:createTags`: tags are written, then waited for (spec 5.8).

use serde_json::json;

use super::{Move, Procedure, text};
use crate::effect::{Request, inputs_of};
use crate::failure::{ACTION, COMPLETION};
use crate::value::{Document, Map};

/// Tags resources of EC2 and waits until all of the tags can be seen.
#[derive(Debug)]
pub struct CreateTags<Q> {
    /// CreateTags of EC2.
    pub tag: Q,
    /// DescribeTags, by the ids of resources and the keys of tags.
    pub look: fn(Vec<String>, Vec<String>) -> Q,
}

/// Tags a resource of Systems Manager and waits until all of the tags can be seen.
#[derive(Debug)]
pub struct AddTags<Q> {
    /// AddTagsToResource.
    pub tag: Q,
    /// ListTagsForResource.
    pub look: Q,
}

/// How far the tags are.
#[derive(Debug)]
pub enum Stage {
    /// They are written.
    Tag,
    /// They have to be seen.
    Look,
}

impl<Q: Request> Procedure<Q> for CreateTags<Q> {
    type Stage = Stage;

    fn inputs(&self) -> Map {
        super::renamed(inputs_of(&self.tag), &[("Resources", "ResourceIds")])
    }

    fn begin(&self) -> Stage {
        Stage::Tag
    }

    fn request(&self, stage: &Stage) -> Q {
        match stage {
            Stage::Tag => self.tag.clone(),
            Stage::Look => {
                let wanted = Wanted::of(&self.tag);
                let keys = wanted.tags.into_iter().map(|(key, _)| key);
                (self.look)(wanted.resources, keys.collect())
            }
        }
    }

    fn answered(&self, stage: &Stage, answer: &Document) -> Move<Stage> {
        match stage {
            Stage::Tag => Move::Next(Stage::Look),
            Stage::Look => Wanted::of(&self.tag).seen(answer, "Tags", "/ResourceId"),
        }
    }

    fn hoped(&self, stage: &Stage) -> Option<Document> {
        matches!(stage, Stage::Look).then(|| Wanted::of(&self.tag).shown("Tags"))
    }

    fn activity(&self, stage: &Stage) -> &'static str {
        activity(stage)
    }
}

impl<Q: Request> Procedure<Q> for AddTags<Q> {
    type Stage = Stage;

    fn inputs(&self) -> Map {
        let mut inputs = inputs_of(&self.tag);
        // The step names a list of just one resource.
        if let Some(id) = inputs.shift_remove("ResourceId") {
            inputs.insert("ResourceIds".to_owned(), Document::Array(vec![id]));
        }
        inputs
    }

    fn begin(&self) -> Stage {
        Stage::Tag
    }

    fn request(&self, stage: &Stage) -> Q {
        match stage {
            Stage::Tag => self.tag.clone(),
            Stage::Look => self.look.clone(),
        }
    }

    fn answered(&self, stage: &Stage, answer: &Document) -> Move<Stage> {
        match stage {
            Stage::Tag => Move::Next(Stage::Look),
            Stage::Look => Wanted::of(&self.tag).seen(answer, "TagList", ""),
        }
    }

    fn hoped(&self, stage: &Stage) -> Option<Document> {
        matches!(stage, Stage::Look).then(|| Wanted::of(&self.tag).shown("TagList"))
    }

    fn activity(&self, stage: &Stage) -> &'static str {
        activity(stage)
    }
}

fn activity(stage: &Stage) -> &'static str {
    match stage {
        Stage::Tag => ACTION,
        Stage::Look => COMPLETION,
    }
}

/// What has to be seen: every one of the tags on every one of the resources.
struct Wanted {
    resources: Vec<String>,
    tags: Vec<(String, String)>,
}

impl Wanted {
    fn of<Q: Request>(request: &Q) -> Self {
        let inputs = Document::Object(inputs_of(request));
        let elements = |name: &str| {
            let list = inputs.get(name).and_then(Document::as_array);
            list.cloned().unwrap_or_default()
        };
        let resources = elements("Resources").into_iter();
        let tags = elements("Tags").into_iter().map(|tag| pair(&tag));
        Self {
            resources: resources
                .filter_map(|id| id.as_str().map(str::to_owned))
                .collect(),
            tags: tags.collect(),
        }
    }

    /// A list of tags that shows them all.
    fn shown(&self, list: &str) -> Document {
        // Where resources are not named, there is one.
        let nobody = vec![String::new()];
        let owners = match self.resources.is_empty() {
            true => &nobody,
            false => &self.resources,
        };
        let tags = owners.iter().flat_map(|owner| {
            let tags = self.tags.iter();
            tags.map(move |(key, value)| json!({"ResourceId": owner, "Key": key, "Value": value}))
        });
        let tags: Vec<Document> = tags.collect();
        Document::Object([(list.to_owned(), tags.into())].into_iter().collect())
    }

    /// Whether a list of tags shows them all. Where the tags of the list say whose they are, `owner` points to it.
    fn seen(&self, answer: &Document, list: &str, owner: &str) -> Move<Stage> {
        let found = answer.get(list).and_then(Document::as_array);
        let found: Vec<_> = found
            .into_iter()
            .flatten()
            .map(|tag| (text(tag, owner).unwrap_or_default(), pair(tag)))
            .collect();
        let nobody = vec![String::new()];
        let owners = match owner {
            "" => &nobody,
            _ => &self.resources,
        };
        let mut wanted = owners
            .iter()
            .flat_map(|owner| self.tags.iter().map(move |tag| (owner, tag)));
        let missing = wanted.find(|(owner, tag)| {
            !found
                .iter()
                .any(|(has, found)| has == owner && found == *tag)
        });
        match missing {
            None => Move::Done(Document::Object(Map::new())),
            Some((_, (key, _))) => Move::Again(format!("Tag {key} is not there")),
        }
    }
}

/// The key and the value of a tag, which may be left out.
fn pair(tag: &Document) -> (String, String) {
    let part = |pointer| text(tag, pointer).unwrap_or_default().to_owned();
    (part("/Key"), part("/Value"))
}
