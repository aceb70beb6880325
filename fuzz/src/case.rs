//! Questions out of bytes: every kind of moments and bounds that a person or a program could hand in, the degenerate first.

use arbitrary::{Arbitrary, Error, Result, Unstructured};
use sharpest_search::exact::Bounds;
use sharpest_search::exact::sparse::Limits;
use sharpest_search::{Moments, Returns, Rule};

/// The most assets of a question: few enough to try every subset of them.
const MOST: usize = 8;

/// A question to the solver.
#[derive(Debug, Clone)]
pub struct Case {
    /// What is known of the assets.
    pub moments: Moments,
    /// What each may hold.
    pub bounds: Bounds,
    /// The rate to beat.
    pub rate: f64,
    /// One floor and one cap for all, and the rate.
    pub rule: Rule,
    /// How many assets are picked.
    pub pick: usize,
    /// Whether exactly so many are picked, or so many at most.
    pub exactly: bool,
    /// Whether the numbers are of sizes at which double precision can prove what it finds.
    pub tame: bool,
}

impl<'a> Arbitrary<'a> for Case {
    /// Refuses bytes that make no question, so that the fuzzer learns to make better ones.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Self::draw(u)?.ok_or(Error::IncorrectFormat)
    }
}

impl Case {
    fn draw(u: &mut Unstructured<'_>) -> Result<Option<Self>> {
        let n = u.int_in_range(1..=MOST)?;
        let (pick, exactly) = (u.int_in_range(1..=n)?, u.arbitrary()?);
        let (cap, floor) = (fraction(u)?.max(1.0 / n as f64), fraction(u)?);
        let scale = scale(u)?;
        let bounds = bounds(u, n)?;
        let rate_of = u.int_in_range(0..=n + 3)?;
        let rate = f64::from(u.arbitrary::<i8>()?) / 256.0;
        let moments = match u.int_in_range(0..=7u8)? {
            0 => given(u, n)?,
            1 => raw(u, n)?,
            _ => estimated(u, n, scale)?,
        };
        let (Some(moments), Some(bounds)) = (moments, bounds) else {
            return Ok(None);
        };
        let rate = match rate_of {
            asset if asset < n => moments.mean()[asset], // a tie with the rate
            same if same == n => 0.0,
            _ => rate * scale,
        };
        let Ok(rule) =
            Rule::new(cap, if exactly { floor.min(1.0 / n as f64) } else { floor.min(cap) }, rate)
        else {
            return Ok(None);
        };
        let tame = is_tame(&moments, rate);
        Ok(Some(Self { moments, bounds, rate, rule, pick, exactly, tame }))
    }

    /// The same as limits of a branch and bound.
    pub fn limits(&self) -> Limits {
        if self.exactly {
            Limits::exactly(self.pick, &self.rule)
        } else {
            Limits::at_most(self.pick, &self.rule)
        }
    }
}

/// Most numbers are near 1 %, some are far from it.
fn scale(u: &mut Unstructured<'_>) -> Result<f64> {
    Ok(match u.arbitrary::<u8>()? {
        0..200 => 1.0,
        200..230 => 10f64.powi(u.int_in_range(-6..=6)?),
        _ => 10f64.powi(u.int_in_range(-160..=160)?),
    })
}

/// 0, 1, or anything between.
fn fraction(u: &mut Unstructured<'_>) -> Result<f64> {
    Ok(match u.int_in_range(0..=3u8)? {
        0 => 0.0,
        1 => 1.0,
        _ => f64::from(u.arbitrary::<u8>()?) / 255.0,
    })
}

/// Moments of a short table whose columns may be copies, sums or mirrors of others.
fn estimated(u: &mut Unstructured<'_>, n: usize, scale: f64) -> Result<Option<Moments>> {
    let rows = u.int_in_range(3..=n + 5)?;
    let mut values = vec![0.0; n * rows];
    for asset in 0..n {
        let (trick, other) = (u.int_in_range(0..=15u8)?, u.int_in_range(0..=asset)?);
        let size = if trick == 6 { 10f64.powi(u.int_in_range(-9..=6)?) } else { 1.0 };
        let drift = 1e-3 * f64::from(u.arbitrary::<i8>()?);
        for row in 0..rows {
            let of = |asset: usize| row * n + asset;
            let fresh = f64::from(u.arbitrary::<i8>()?) * 1e-3;
            values[of(asset)] = match trick {
                0 => values[of(other)],
                1 => -values[of(other)],
                2 => values[of(other)] + drift,
                3 => 0.5 * (values[of(other)] + values[of(0)]),
                4 => values[of(other)] * (1.0 + 1e-9 * fresh),
                5 => drift, // never changes: refused
                _ => (fresh + drift) * size * scale,
            };
        }
    }
    let returns = Returns::new(names(n), values).ok();
    Ok(returns.and_then(|returns| returns.moments(252.0).ok()))
}

/// Means and a covariance L·Lᵀ of any rank.
fn given(u: &mut Unstructured<'_>, n: usize) -> Result<Option<Moments>> {
    let rank = u.int_in_range(1..=n)?;
    let mut draw = || Ok(f64::from(u.arbitrary::<i8>()?) / 128.0);
    let mean = (0..n).map(|_| draw()).collect::<Result<Vec<f64>>>()?;
    let loads = (0..n * rank).map(|_| draw()).collect::<Result<Vec<f64>>>()?;
    let of = |i: usize| &loads[i * rank..(i + 1) * rank];
    let product = |i: usize, j: usize| of(i).iter().zip(of(j)).map(|(a, b)| a * b).sum::<f64>();
    let covariance: Vec<f64> = (0..n * n).map(|at| product(at / n, at % n)).collect();
    Ok(Moments::new(names(n), &mean, &covariance, 1.0).ok())
}

/// Any bits at all.
fn raw(u: &mut Unstructured<'_>, n: usize) -> Result<Option<Moments>> {
    let mean = (0..n).map(|_| u.arbitrary()).collect::<Result<Vec<f64>>>()?;
    let mut covariance = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let value = if i == j || u.arbitrary()? { u.arbitrary()? } else { 0.0 };
            (covariance[i * n + j], covariance[j * n + i]) = (value, value);
        }
    }
    Ok(Moments::new(names(n), &mean, &covariance, 1.0).ok())
}

/// Bounds that admit weights, most of the time.
fn bounds(u: &mut Unstructured<'_>, n: usize) -> Result<Option<Bounds>> {
    let share = 1.0 / n as f64;
    let (mut lower, mut upper) = (vec![0.0; n], vec![1.0; n]);
    match u.int_in_range(0..=5u8)? {
        0 => {}
        1 => upper.fill(share),
        2 => upper.fill(fraction(u)?.max(share)),
        3 => {
            lower.fill(fraction(u)? * share);
            upper.fill(fraction(u)?.max(share));
        }
        way => {
            for asset in 0..n {
                lower[asset] = fraction(u)? * share;
                if way == 5 {
                    lower[asset] -= fraction(u)?; // sold short
                }
                upper[asset] = lower[asset] + fraction(u)?;
            }
            let missing = 1.0 - upper.iter().sum::<f64>();
            if missing > 0.0 {
                upper.iter_mut().for_each(|upper| *upper += missing * share);
            }
        }
    }
    Ok(Bounds::new(lower, upper).ok())
}

fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("A{i}")).collect()
}

/// Whether variances and means lie within a few powers of ten of each other and of 1, and no excess is next to nothing:
/// elsewhere squares underflow.
fn is_tame(moments: &Moments, rate: f64) -> bool {
    let n = moments.len();
    let variances = (0..n).map(|i| moments.covariance_row(i)[i]);
    let (least, most) = variances.fold((f64::MAX, 0.0f64), |(a, b), v| (a.min(v), b.max(v)));
    let largest = moments.mean().iter().fold(rate.abs(), |most, mean| most.max(mean.abs()));
    let vanishes = |mean: &f64| *mean != rate && (mean - rate).abs() < 1e-60;
    let even = most < 1e8 * least && !moments.mean().iter().any(vanishes);
    least > 1e-16 && most < 1e16 && largest < 1e8 && largest > 1e-8 && even
}
