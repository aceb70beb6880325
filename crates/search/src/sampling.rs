//! What is asked of a search: how many assets, how many draws, from which distribution.

use crate::Error;
use std::fmt;
use std::str::FromStr;

/// A search by sampling, as the user asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// Assets in each subset.
    pub pick: usize,
    /// Weightings of each subset.
    pub draws: u64,
    /// What makes two searches draw differently.
    pub seed: u64,
    /// Whether each subset has weightings of its own.
    pub draw: Draw,
    /// The distribution of the weightings.
    pub sampler: Sampler,
    /// How many of the best subsets are kept.
    pub top: usize,
}

/// Whose weightings a subset tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Draw {
    /// Its own, independent of every other subset's.
    #[default]
    Fresh,
    /// One set for all subsets; the j-th weight goes to the j-th smallest asset.
    Shared,
}

/// Dirichlet parameters within which a gamma variate's logarithm is a number, and its cube too.
const LEAST_ALPHA: f64 = 1e-100;
const MOST_ALPHA: f64 = 1e100;

/// A distribution of weightings on {sum = 1, floor <= weight <= cap}.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Sampler {
    /// Every feasible weighting is equally likely.
    #[default]
    Uniform,
    /// A symmetric Dirichlet distribution with this parameter, conditioned on the cap. 1 is uniform; below 1 a few
    /// assets hold most, above 1 the weights are alike.
    Dirichlet(f64),
}

impl Sampling {
    /// Checks what can be checked without the data.
    ///
    /// # Errors
    /// 0 draws; a Dirichlet parameter that is not above 0 and finite, by a wide margin.
    pub fn check(&self) -> Result<(), Error> {
        if self.draws == 0 {
            return Err(Error::NoDraws);
        }
        match self.sampler {
            Sampler::Dirichlet(alpha) if !(LEAST_ALPHA..=MOST_ALPHA).contains(&alpha) => {
                Err(Error::Alpha { alpha })
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Draw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Draw::Fresh => "fresh",
            Draw::Shared => "shared",
        })
    }
}

impl FromStr for Draw {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "fresh" => Ok(Draw::Fresh),
            "shared" => Ok(Draw::Shared),
            _ => Err(format!("{text:?} is neither fresh nor shared")),
        }
    }
}

impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sampler::Uniform => f.write_str("uniform"),
            Sampler::Dirichlet(alpha) => write!(f, "dirichlet:{alpha}"),
        }
    }
}

impl FromStr for Sampler {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "uniform" {
            return Ok(Sampler::Uniform);
        }
        let alpha = text.strip_prefix("dirichlet:").and_then(|alpha| alpha.parse().ok());
        alpha.map(Sampler::Dirichlet).ok_or_else(|| {
            format!("{text:?} is neither uniform nor dirichlet:ALPHA (dirichlet:0.5)")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_values_go_both_ways() {
        for sampler in [Sampler::Uniform, Sampler::Dirichlet(0.5)] {
            assert_eq!(sampler.to_string().parse(), Ok(sampler));
        }
        for draw in [Draw::Fresh, Draw::Shared] {
            assert_eq!(draw.to_string().parse(), Ok(draw));
        }
        assert!("dirichlet".parse::<Sampler>().is_err());
        assert!("freshly".parse::<Draw>().is_err());
    }
}
