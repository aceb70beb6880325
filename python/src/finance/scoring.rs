//! A task whose portfolios a function of Python scores: they go out as bytes that NumPy looks at, and scores come in.

use crate::arrays::Frozen;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sharpest_engine::executor;

/// Portfolios: the number of their block, the rank of the first subset, how many draws each subset has, and the bytes of
/// assets (64-bit integers) and weights (doubles).
type Batch<'py> = (u64, u64, usize, Bound<'py, PyBytes>, Bound<'py, PyBytes>);

/// A task in the hands of a worker.
#[pyclass(module = "sharpest._native")]
pub(crate) struct Scoring(State);

enum State {
    Open(Box<executor::Scoring>),
    /// The answer, where there is nothing more to score.
    Over(Vec<u8>),
    Answered,
}

#[pymethods]
impl Scoring {
    #[new]
    fn new(task: &[u8]) -> Self {
        let open = executor::Scoring::open(task).map(Box::new);
        Self(open.map_or_else(State::Over, State::Open))
    }

    /// What scores are made from; none where there is nothing to score.
    #[getter]
    fn returns(&self) -> Option<Frozen> {
        self.open().map(|scoring| Frozen(scoring.returns().clone()))
    }

    /// How many assets a portfolio holds.
    #[getter]
    fn pick(&self) -> usize {
        self.open().map_or(0, executor::Scoring::pick)
    }

    /// The next portfolios; none when all are scored.
    fn draw<'py>(&mut self, py: Python<'py>) -> Option<Batch<'py>> {
        let State::Open(scoring) = &mut self.0 else { return None };
        match py.detach(|| scoring.draw()) {
            Ok(drawn) => drawn.map(|(block, batch)| {
                let assets: Vec<u8> =
                    batch.assets.iter().flat_map(|&asset| (asset as u64).to_ne_bytes()).collect();
                let weights: Vec<u8> = batch.weights.iter().flat_map(|w| w.to_ne_bytes()).collect();
                let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
                (block, batch.first, batch.draws, bytes(&assets), bytes(&weights))
            }),
            Err(answer) => {
                self.0 = State::Over(answer);
                None
            }
        }
    }

    /// Takes a double for each of those portfolios.
    fn take(&mut self, py: Python<'_>, scores: &Bound<'_, PyAny>) -> PyResult<()> {
        let scores = PyBuffer::<f64>::get(scores)?.to_vec(py)?;
        match &mut self.0 {
            State::Open(scoring) => scoring.take(&scores),
            _ => return Err(PyValueError::new_err("there is nothing to score")),
        }
        Ok(())
    }

    /// What to answer.
    fn answer<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let answer = match std::mem::replace(&mut self.0, State::Answered) {
            State::Open(scoring) => scoring.answer(),
            State::Over(answer) => answer,
            State::Answered => return Err(PyRuntimeError::new_err("it was answered")),
        };
        Ok(PyBytes::new(py, &answer))
    }
}

impl Scoring {
    fn open(&self) -> Option<&executor::Scoring> {
        match &self.0 {
            State::Open(scoring) => Some(scoring),
            _ => None,
        }
    }
}
