//! The course of a procedure: a procedure at one of its stages, for an engine that knows neither type.

use std::fmt::Debug;
use std::sync::Arc;

use super::{Move, Procedure};
use crate::caller::CallError;
use crate::effect::Request;
use crate::value::Document;

/// A procedure at one of its stages.
#[derive(Clone, Debug)]
pub struct Course<Q>(Arc<dyn Standing<Q>>);

impl<Q: Request> Course<Q> {
    /// The beginning of a procedure.
    pub fn of<P: Procedure<Q>>(procedure: P) -> Self {
        let stage = procedure.begin();
        Self(Arc::new(At {
            procedure: Arc::new(procedure),
            stage,
        }))
    }

    pub(crate) fn request(&self) -> Q {
        self.0.request()
    }

    pub(crate) fn answered(&self, answer: &Document) -> Move<Self> {
        self.0.answered(answer)
    }

    pub(crate) fn refused(&self, error: &CallError) -> Option<Move<Self>> {
        self.0.refused(error)
    }

    pub(crate) fn activity(&self) -> &'static str {
        self.0.activity()
    }

    pub(crate) fn complaint(&self, error: &CallError) -> String {
        self.0.complaint(error)
    }

    pub(crate) fn hoped(&self) -> Option<Document> {
        self.0.hoped()
    }

    pub(crate) fn started(&self) -> Option<Document> {
        self.0.started()
    }

    pub(crate) fn stop(&self) -> Option<Q> {
        self.0.stop()
    }

    pub(crate) fn stops_when_late(&self) -> bool {
        self.0.stops_when_late()
    }

    pub(crate) fn must_be_answered(&self) -> bool {
        self.0.must_be_answered()
    }
}

/// A [`Procedure`] and a stage of it, whatever their types are.
trait Standing<Q>: Debug + Send + Sync {
    fn request(&self) -> Q;
    fn answered(&self, answer: &Document) -> Move<Course<Q>>;
    fn refused(&self, error: &CallError) -> Option<Move<Course<Q>>>;
    fn activity(&self) -> &'static str;
    fn complaint(&self, error: &CallError) -> String;
    fn hoped(&self) -> Option<Document>;
    fn started(&self) -> Option<Document>;
    fn stop(&self) -> Option<Q>;
    fn stops_when_late(&self) -> bool;
    fn must_be_answered(&self) -> bool;
}

#[derive(Debug)]
struct At<P, S> {
    procedure: Arc<P>,
    stage: S,
}

impl<P, S> At<P, S> {
    fn onward<Q: Request>(&self, stage: S) -> Course<Q>
    where
        P: Procedure<Q, Stage = S>,
        S: Debug + Send + Sync + 'static,
    {
        Course(Arc::new(Self {
            procedure: Arc::clone(&self.procedure),
            stage,
        }))
    }
}

impl<Q: Request, P: Procedure<Q>> Standing<Q> for At<P, P::Stage> {
    fn request(&self) -> Q {
        self.procedure.request(&self.stage)
    }

    fn answered(&self, answer: &Document) -> Move<Course<Q>> {
        let followed = self.procedure.answered(&self.stage, answer);
        followed.map(|stage| self.onward(stage))
    }

    fn refused(&self, error: &CallError) -> Option<Move<Course<Q>>> {
        let followed = self.procedure.refused(&self.stage, error)?;
        Some(followed.map(|stage| self.onward(stage)))
    }

    fn activity(&self) -> &'static str {
        self.procedure.activity(&self.stage)
    }

    fn complaint(&self, error: &CallError) -> String {
        self.procedure.complaint(&self.stage, error)
    }

    fn hoped(&self) -> Option<Document> {
        self.procedure.hoped(&self.stage)
    }

    fn started(&self) -> Option<Document> {
        self.procedure.started(&self.stage)
    }

    fn stop(&self) -> Option<Q> {
        self.procedure.stop(&self.stage)
    }

    fn stops_when_late(&self) -> bool {
        self.procedure.stops_when_late()
    }

    fn must_be_answered(&self) -> bool {
        self.procedure.must_be_answered(&self.stage)
    }
}
