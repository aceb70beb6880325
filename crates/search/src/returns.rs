//! Returns: what a portfolio earned in each period. The step between prices and moments.

use crate::{Error, Moments, table};

/// How two prices become a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReturnKind {
    /// `b / a - 1`, which adds up over assets: what the Sharpe ratio of a portfolio is made of.
    #[default]
    Simple,
    /// `ln(b / a)`, which adds up over time.
    Log,
}

impl ReturnKind {
    /// The return of a price relative `b / a`.
    pub fn of_relative(self, relative: f64) -> f64 {
        match self {
            ReturnKind::Simple => relative - 1.0,
            ReturnKind::Log => relative.ln(),
        }
    }
}

/// Returns, one row a period and one column an asset, as fractions (0.01 is 1 %).
#[derive(Debug, Clone, PartialEq)]
pub struct Returns {
    assets: Vec<String>,
    values: Vec<f64>,
}

impl Returns {
    /// Takes `values`, row after row, one value an asset.
    ///
    /// # Errors
    /// A ragged table, an asset named twice, a value that is not finite.
    pub fn new(assets: Vec<String>, values: Vec<f64>) -> Result<Self, Error> {
        table::check(&assets, &values)?;
        table::check_values(
            &assets,
            &values,
            |value| value.is_finite(),
            |asset, row, value| Error::NotFinite { asset, row, value },
        )?;
        Ok(Self { assets, values })
    }

    /// Takes price relatives (today's price over yesterday's), row after row.
    ///
    /// # Errors
    /// As [`Returns::new`], and a relative that is not above zero.
    pub fn from_relatives(
        assets: Vec<String>,
        relatives: &[f64],
        kind: ReturnKind,
    ) -> Result<Self, Error> {
        table::check(&assets, relatives)?;
        table::check_positive(&assets, relatives, "price relative")?;
        Ok(Self { assets, values: relatives.iter().map(|&x| kind.of_relative(x)).collect() })
    }

    /// The names of the columns.
    pub fn assets(&self) -> &[String] {
        &self.assets
    }

    /// The number of periods.
    pub fn len(&self) -> usize {
        self.values.len() / self.assets.len()
    }

    /// Whether there is no period at all.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// All of them, row after row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The rows, each with one return an asset.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.assets.len())
    }

    /// Mean and covariance of these returns, annualized: both times `periods`.
    ///
    /// # Errors
    /// Fewer than 3 rows; a constant column.
    pub fn moments(&self, periods: f64) -> Result<Moments, Error> {
        Moments::estimate(self, periods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("A{i}")).collect()
    }

    #[test]
    fn relatives_become_simple_and_log_returns() {
        let simple = Returns::from_relatives(names(1), &[1.1, 0.5], ReturnKind::Simple).unwrap();
        assert_eq!(simple.values, [1.1 - 1.0, -0.5]);
        let log = Returns::from_relatives(names(1), &[1.1, 0.5], ReturnKind::Log).unwrap();
        assert_eq!(log.values, [1.1f64.ln(), 0.5f64.ln()]);
    }

    #[test]
    fn what_is_no_return_is_named() {
        let error = Returns::new(names(2), vec![0.0, 0.1, f64::NAN, 0.2]).unwrap_err();
        assert_eq!(error.to_string(), "A0: NaN in row 2 is not a finite number");
        let error = Returns::from_relatives(names(1), &[1.0, 0.0], ReturnKind::Simple).unwrap_err();
        assert_eq!(
            error.to_string(),
            "A0: 0 in row 2 is not a price relative: every price relative is finite and above zero"
        );
    }
}
