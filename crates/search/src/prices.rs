//! Prices: where everything starts. Dates and files belong to the engine; here a price has a row and an asset.

use crate::{Error, ReturnKind, Returns, table};

/// Prices, one row a period and one column an asset, in time order.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    assets: Vec<String>,
    values: Vec<f64>,
}

impl Prices {
    /// Takes `values`, row after row, one price an asset.
    ///
    /// # Errors
    /// A ragged table, an asset named twice, a price that is not finite and above zero.
    pub fn new(assets: Vec<String>, values: Vec<f64>) -> Result<Self, Error> {
        table::check(&assets, &values)?;
        table::check_positive(&assets, &values, "price")?;
        Ok(Self { assets, values })
    }

    /// The returns between consecutive rows: one row fewer than there are prices.
    ///
    /// # Errors
    /// A ratio of prices that overflows.
    pub fn returns(&self, kind: ReturnKind) -> Result<Returns, Error> {
        let n = self.assets.len();
        let pairs = self.values.iter().zip(self.values.iter().skip(n));
        let values = pairs.map(|(before, after)| kind.of_relative(after / before)).collect();
        Returns::new(self.assets.clone(), values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_are_taken_down_each_column() {
        let prices = Prices::new(
            vec!["A".into(), "B".into()],
            vec![1.0, 10.0, 2.0, 5.0, 1.0, 10.0], // A: 1, 2, 1; B: 10, 5, 10
        );
        let returns = prices.unwrap().returns(ReturnKind::Simple).unwrap();
        let rows: Vec<_> = returns.rows().collect();
        assert_eq!(rows, [[1.0, -0.5], [-0.5, 1.0]]);
    }

    #[test]
    fn a_price_of_zero_is_named() {
        let error = Prices::new(vec!["A".into(), "B".into()], vec![1.0, 2.0, 3.0, 0.0]);
        assert_eq!(
            error.unwrap_err().to_string(),
            "B: 0 in row 2 is not a price: every price is finite and above zero"
        );
    }

    #[test]
    fn an_asset_named_twice_is_refused() {
        let error = Prices::new(vec!["A".into(), "A".into()], vec![1.0, 2.0]).unwrap_err();
        assert_eq!(error.to_string(), "the asset \"A\" occurs twice");
    }
}
