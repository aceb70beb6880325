//! What must hold whatever the numbers are.

use crate::instances::{Instance, Random, instance};
use proptest::prelude::*;
use sharpest_search::Moments;
use sharpest_search::exact::{Answer, Bounds, Outcome, Problem, Solver, solve};

fn sharpe(moments: &Moments, bounds: &Bounds, rate: f64) -> Option<f64> {
    ratio(&Problem::new(moments, bounds, rate))
}

fn ratio(problem: &Problem<'_>) -> Option<f64> {
    match Solver::new(problem.assets()).solve(problem) {
        Outcome::Optimal { sharpe } => Some(sharpe),
        Outcome::Riskless { .. } => Some(f64::INFINITY),
        Outcome::NoExcess { .. } => None,
    }
}

/// Equal up to what the rounding of ill-conditioned moments may do.
fn alike(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || (a - b).abs() <= 1e-9 * a.max(1e-3) || a.min(b) > 1e4,
        (a, b) => a == b,
    }
}

/// The highest ratio with means and rate times `mean` and covariances times `variance`.
fn scaled(instance: &Instance, mean: f64, variance: f64) -> Option<f64> {
    let Instance { moments, bounds, rate } = instance;
    let means: Vec<f64> = moments.mean().iter().map(|m| m * mean).collect();
    let covariance: Vec<f64> = moments.covariance().iter().map(|c| c * variance).collect();
    ratio(&Problem { mean: &means, covariance: &covariance, bounds, rate: rate * mean })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_optimum_has_a_certificate(seed: u64) {
        let Instance { moments, bounds, rate } = instance(&mut Random(seed));
        if let Answer::Optimal(certificate) = solve(&moments, &bounds, rate) {
            let proof = certificate.check(&Problem::new(&moments, &bounds, rate)).unwrap();
            let gap = proof.gap.unwrap();
            prop_assert!(gap <= 1e-12 || proof.sharpe < 0.1 || proof.sharpe > 100.0, "{:?}", proof);
        }
    }

    #[test]
    fn more_room_is_never_worse(seed: u64) {
        let mut random = Random(seed);
        let Instance { moments, bounds, rate } = instance(&mut random);
        let lower = bounds.lower().iter().map(|l| l * random.unit()).collect();
        let upper = bounds.upper().iter().map(|u| u * (1.0 + random.unit())).collect();
        let wider = Bounds::new(lower, upper).unwrap();
        let (narrow, wide) = (sharpe(&moments, &bounds, rate), sharpe(&moments, &wider, rate));
        let value = |sharpe: Option<f64>| sharpe.unwrap_or(0.0);
        prop_assert!(value(wide) >= value(narrow) * (1.0 - 1e-10));
    }

    #[test]
    fn one_asset_more_is_never_worse(seed: u64) {
        let Instance { moments, .. } = instance(&mut Random(seed));
        let n = moments.len();
        prop_assume!(n > 1);
        let cap = 2.0 / n as f64;
        let bounds = |n: usize| Bounds::new(vec![0.0; n], vec![cap; n]);
        let some = moments.select(&(1..n).collect::<Vec<_>>());
        if let (Ok(few), Ok(all)) = (bounds(n - 1), bounds(n)) {
            let (few, all) = (sharpe(&some, &few, 0.0), sharpe(&moments, &all, 0.0));
            prop_assert!(all.unwrap_or(0.0) >= few.unwrap_or(0.0) * (1.0 - 1e-10));
        }
    }

    #[test]
    fn the_order_of_assets_is_irrelevant(seed: u64) {
        let mut random = Random(seed);
        let Instance { moments, bounds, rate } = instance(&mut random);
        let mut order: Vec<usize> = (0..moments.len()).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, random.between(0, i + 1));
        }
        let pick = |of: &[f64]| order.iter().map(|&i| of[i]).collect::<Vec<f64>>();
        let shuffled = Bounds::new(pick(bounds.lower()), pick(bounds.upper())).unwrap();
        let (a, b) = (sharpe(&moments, &bounds, rate), sharpe(&moments.select(&order), &shuffled, rate));
        prop_assert!(alike(a, b), "{:?} {:?}", a, b);
    }

    #[test]
    fn scaling_returns_and_rate_changes_nothing(seed: u64, exponent in -20i32..20) {
        let instance = instance(&mut Random(seed));
        let factor = 2f64.powi(exponent); // exact, so the same decisions are taken
        let (a, b) = (scaled(&instance, 1.0, 1.0), scaled(&instance, factor, factor * factor));
        prop_assert!(alike(a, b), "{:?} {:?}", a, b);
    }

    #[test]
    fn half_the_risk_is_twice_the_ratio(seed: u64) {
        let instance = instance(&mut Random(seed));
        let (a, b) = (scaled(&instance, 1.0, 1.0), scaled(&instance, 1.0, 0.25));
        prop_assert!(alike(a.map(|a| 2.0 * a), b), "{:?} {:?}", a, b);
    }

    #[test]
    fn what_is_not_held_may_be_removed(seed: u64) {
        let Instance { moments, rate, .. } = instance(&mut Random(seed));
        let n = moments.len();
        let bounds = Bounds::new(vec![0.0; n], vec![(3.0 / n as f64).min(1.0); n]).unwrap();
        if let Answer::Optimal(certificate) = solve(&moments, &bounds, rate) {
            let held: Vec<usize> = (0..n).filter(|&i| certificate.weights[i] > 0.0).collect();
            let cap = vec![(3.0 / n as f64).min(1.0); held.len()];
            let fewer = Bounds::new(vec![0.0; held.len()], cap).unwrap();
            let again = sharpe(&moments.select(&held), &fewer, rate);
            prop_assert!(alike(Some(certificate.proof.sharpe), again));
        }
    }
}
