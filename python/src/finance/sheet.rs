//! Sheets: the columns of a frame or an array, copied once, so that Python may do with its own what it likes meanwhile.

use super::failure::engine;
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use sharpest_cli::library::Given;
use sharpest_engine::input::memory::Column;
use std::path::PathBuf;

/// A table, or means and covariances, in memory.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Sheet {
    sheet: sharpest_engine::Sheet,
    moments: bool,
}

#[pymethods]
impl Sheet {
    /// Each column is a buffer of doubles, one of microseconds as 64-bit integers, or a list of texts. The first may be an
    /// index; the columns of an array have places in place of names.
    #[new]
    #[expect(clippy::too_many_arguments, reason = "each is a fact that Python knows")]
    #[pyo3(signature = (name, columns, notes, moments, index = false, array = false, any = false))]
    fn new(
        py: Python<'_>,
        name: &str,
        columns: Vec<(String, Bound<'_, PyAny>)>,
        notes: Vec<String>,
        moments: bool,
        index: bool,
        array: bool,
        any: bool,
    ) -> PyResult<Self> {
        let columns = columns.into_iter().map(|(name, values)| Ok((name, column(py, &values)?)));
        let columns = columns.collect::<PyResult<Vec<_>>>()?;
        let sheet = sharpest_engine::Sheet::new(name, columns, notes);
        let mut sheet = sheet.map_err(|error| engine(py, &error))?;
        if index {
            sheet = sheet.with_index();
        }
        if array {
            sheet = sheet.of_array();
        }
        if any {
            sheet = sheet.of_any_returns();
        }
        Ok(Self { sheet, moments })
    }

    /// One table of several, each with the name of its asset if that is known.
    #[staticmethod]
    fn join(
        py: Python<'_>,
        name: &str,
        parts: Vec<(Option<String>, PyRef<'_, Self>)>,
    ) -> PyResult<Self> {
        let parts = parts.into_iter().map(|(asset, part)| (asset, part.sheet.clone())).collect();
        let sheet = sharpest_engine::Sheet::join(name, parts);
        Ok(Self { sheet: sheet.map_err(|error| engine(py, &error))?, moments: false })
    }

    /// The table in a file.
    #[staticmethod]
    #[expect(clippy::needless_pass_by_value, reason = "the interpreter hands values over")]
    fn read(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let sheet = py.detach(|| sharpest_engine::Sheet::of_file(&path));
        Ok(Self { sheet: sheet.map_err(|error| engine(py, &error))?, moments: false })
    }

    #[getter]
    fn moments(&self) -> bool {
        self.moments
    }
}

impl Sheet {
    /// The numbers as the commands take them.
    pub(super) fn given(sheet: Option<&Self>) -> Given<'_> {
        match sheet {
            None => Given::Nothing,
            Some(Self { sheet, moments: false }) => Given::Table(sheet),
            Some(Self { sheet, moments: true }) => Given::Moments(sheet),
        }
    }
}

fn column(py: Python<'_>, values: &Bound<'_, PyAny>) -> PyResult<Column> {
    if let Ok(buffer) = PyBuffer::<f64>::get(values) {
        return Ok(Column::Numbers(buffer.to_vec(py)?));
    }
    if let Ok(buffer) = PyBuffer::<i64>::get(values) {
        return Ok(Column::Times(buffer.to_vec(py)?));
    }
    Ok(Column::Texts(values.extract()?))
}
