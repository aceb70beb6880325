//! What a worker is told once: the question in words, and where the moments lie, which it maps and never copies through a
//! message.

use crate::executor::segment::{self, share};
use crate::executor::words::Words;
use crate::job::Job;
use serde::{Deserialize, Serialize};
use sharpest_arrays::Frozen;
use sharpest_search::Search;
use std::sync::Arc;

/// The question, as it is sent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Errand {
    token: Vec<u8>,
    #[serde(flatten)]
    pub(super) words: Words,
}

impl Errand {
    /// What the workers of `job` are told, and the moments, which must be kept as long as one may start.
    pub(super) fn new(job: &Job<'_, '_>) -> Result<(Self, Arc<Frozen>), sharpest_arrays::Error> {
        let moments = job.search().moments();
        let (n, mean, covariance) = (moments.len(), moments.mean(), moments.covariance());
        let moments = share(&[("mean", &[n], mean), ("covariance", &[n, n], covariance)])?;
        let token = moments.token()?.to_bytes().to_vec();
        Ok((Self { token, words: Words::new(job) }, moments))
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default() // words and finite numbers: they can be written
    }

    /// What [`Errand::to_bytes`] wrote.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    /// The very search of the job.
    pub(super) fn search(&self) -> Result<Search, String> {
        let segment = segment::open(&self.token)?;
        let numbers = |at: usize| -> Option<Vec<f64>> {
            let field = segment.layout().fields().get(at)?;
            let bytes = segment.bytes().get(field.offset..field.offset + field.span())?;
            let words = bytes.chunks_exact(8);
            words.map(|word| Some(f64::from_ne_bytes(word.try_into().ok()?))).collect()
        };
        let (mean, covariance) = numbers(0).zip(numbers(1)).ok_or("the moments are not whole")?;
        self.words.search(mean, covariance)
    }
}
