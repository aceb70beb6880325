//! The certificate: what it proves, and that what is false is refuted.

use crate::instances::{Random, bounds, factor_moments, instance};
use sharpest_search::Moments;
use sharpest_search::exact::{
    Answer, Bounds, Certificate, Problem, Refutation, certificate::prove, solve,
};

fn certified(moments: &Moments, bounds: &Bounds) -> Certificate {
    match solve(moments, bounds, 0.0) {
        Answer::Optimal(certificate) => certificate,
        other => panic!("{other:?}"),
    }
}

#[test]
fn any_dual_vector_proves_a_true_bound_or_none() {
    let mut random = Random(21);
    let mut proofs = 0;
    for _ in 0..500 {
        let instance = instance(&mut random);
        let problem = Problem::new(&instance.moments, &instance.bounds, instance.rate);
        let Answer::Optimal(best) = solve(&instance.moments, &instance.bounds, instance.rate)
        else {
            continue;
        };
        let size = 0.3 * random.unit();
        let vary = |v: &f64, r: f64| v * (1.0 + size * (r - 0.3));
        let dual: Vec<f64> = best.dual.iter().map(|v| vary(v, random.unit())).collect();
        if let Some(bound) = prove(&problem, &best.weights, &dual).bound {
            assert!(bound >= best.proof.sharpe * (1.0 - 1e-15));
            proofs += 1;
        }
    }
    assert!(proofs > 100);
}

#[test]
fn what_is_changed_is_refuted() {
    let mut random = Random(22);
    let moments = factor_moments(&mut random, 12, 60);
    let bounds = Bounds::new(vec![0.0; 12], vec![0.3; 12]).unwrap();
    let problem = Problem::new(&moments, &bounds, 0.0);
    let good = certified(&moments, &bounds);
    assert_eq!(good.check(&problem), Ok(good.proof));
    let refuted = |change: &dyn Fn(&mut Certificate)| {
        let mut bad = good.clone();
        change(&mut bad);
        bad.check(&problem).unwrap_err()
    };
    let held = good.weights.iter().position(|w| *w > 0.0).unwrap();
    assert!(matches!(refuted(&|c| c.proof.sharpe *= 1.0001), Refutation::Sharpe { .. }));
    assert!(matches!(refuted(&|c| c.weights[held] += 0.01), Refutation::Sum { .. }));
    assert!(matches!(refuted(&|c| c.weights[held] = f64::NAN), Refutation::Sum { .. }));
    assert!(matches!(
        refuted(&|c| {
            c.weights = vec![0.0; 12];
            c.weights[held] = 1.0;
        }),
        Refutation::Bounds { .. }
    ));
    assert!(matches!(refuted(&|c| c.dual[held] *= 0.5), Refutation::Bound { .. }));
    assert!(matches!(refuted(&|c| c.dual[held] = f64::NAN), Refutation::Bound { found: None, .. }));
    assert!(matches!(
        refuted(&|c| c.proof.bound = c.proof.bound.map(|bound| 0.9 * bound)),
        Refutation::Bound { .. }
    ));
    assert!(matches!(refuted(&|c| c.dual.truncate(3)), Refutation::Lengths { .. }));
}

#[test]
fn a_certificate_speaks_of_its_own_problem_only() {
    let mut random = Random(23);
    let (moments, other) =
        (factor_moments(&mut random, 15, 60), factor_moments(&mut random, 15, 60));
    let bounds = Bounds::new(vec![0.0; 15], vec![0.3; 15]).unwrap();
    let certificate = certified(&moments, &bounds);
    assert!(certificate.check(&Problem::new(&other, &bounds, 0.0)).is_err());
    assert!(certificate.check(&Problem::new(&moments, &bounds, 0.01)).is_err());
    let looser = Bounds::new(vec![0.0; 15], vec![0.4; 15]).unwrap();
    assert!(certificate.check(&Problem::new(&moments, &looser, 0.0)).is_err());
}

#[test]
fn no_random_portfolio_beats_the_bound() {
    let mut random = Random(24);
    for _ in 0..50 {
        let moments = factor_moments(&mut random, 8, 40);
        let bounds = bounds(&mut random, 8);
        let Answer::Optimal(certificate) = solve(&moments, &bounds, 0.0) else { continue };
        let bound = certificate.proof.bound.unwrap();
        for _ in 0..200 {
            let shares: Vec<f64> = (0..8).map(|_| -(1.0 - random.unit()).ln()).collect();
            let total: f64 = shares.iter().sum();
            let weights: Vec<f64> = shares.iter().map(|s| s / total).collect();
            let within = |(i, w): (usize, &f64)| bounds.lower()[i] <= *w && *w <= bounds.upper()[i];
            if weights.iter().enumerate().all(within) {
                assert!(moments.performance(&weights, 0.0).sharpe <= bound);
            }
        }
    }
}
