//! One problem: the answer, its certificate, and the cases in which others fail.

use crate::instances::{Instance, Random, bounds, factor_moments, instance, names};
use crate::{brute, oracle};
use sharpest_search::Moments;
use sharpest_search::exact::{Answer, Bounds, Outcome, Problem, Solver, solve};

/// The answer with a valid certificate whose gap is closed, or a status that holds.
fn proven(instance: &Instance) -> Option<f64> {
    let Instance { moments, bounds, rate } = instance;
    match solve(moments, bounds, *rate) {
        Answer::Optimal(certificate) => {
            let problem = Problem::new(moments, bounds, *rate);
            let proof = certificate.check(&problem).unwrap();
            let gap = proof.gap.unwrap_or(f64::INFINITY);
            let allowed = rounding(&problem, &certificate.dual, proof.sharpe).max(1e-13);
            assert!(gap <= allowed, "gap {gap:e} > {allowed:e}: {instance:?}\n{certificate:?}");
            assert!(proof.residuals.sum <= 1e-12 && proof.residuals.bounds == 0.0, "{proof:?}");
            Some(proof.sharpe)
        }
        Answer::NoExcess { excess, highest_mean, .. } => {
            assert!(excess <= 1e-14);
            let found = moments.performance(&highest_mean, *rate);
            assert!((found.mean - rate - excess).abs() < 1e-12);
            None
        }
        Answer::Riskless { excess, weights } => {
            assert!(excess > 0.0);
            let found = moments.performance(&weights, *rate);
            assert!(found.volatility < 1e-6 || found.volatility.is_nan(), "{found:?}");
            None
        }
    }
}

/// The relative gap that f64 leaves: v, rounded to 53 bits, covers each mean only up to the rounding of its largest
/// terms.
fn rounding(problem: &Problem<'_>, dual: &[f64], sharpe: f64) -> f64 {
    let n = problem.assets();
    let deviation = |i: usize| problem.covariance[i * n + i].sqrt();
    let gross: f64 = (0..n).map(|i| dual[i].abs() * deviation(i)).sum();
    let worst = |i: usize| (problem.mean[i] - problem.rate).abs() + gross * deviation(i);
    let worst = (0..n).map(worst).fold(0.0, f64::max);
    let covered: f64 = sharpe * sharpe / dual.iter().sum::<f64>(); // the mean of the answer
    16.0 * f64::EPSILON * worst / covered
}

fn agrees_with_clarabel(seed: u64, count: usize) {
    let mut random = Random(seed);
    let (mut compared, mut unsolved) = (0, 0);
    for i in 0..count {
        let instance = instance(&mut random);
        if let Some(sharpe) = proven(&instance) {
            match oracle::sharpe(&instance) {
                Some(other) => {
                    let difference = (sharpe - other).abs() / sharpe;
                    assert!(difference < 1e-6, "{i}: {sharpe} or {other}: {instance:?}");
                    compared += 1;
                }
                None => unsolved += 1,
            }
        }
    }
    println!("{compared} of {count} compared, {unsolved} not solved by Clarabel");
    assert!(
        compared > count / 2 && unsolved < count / 1000,
        "{compared} and {unsolved} of {count}"
    );
}

#[test]
fn clarabel_agrees_on_twenty_thousand_instances() {
    agrees_with_clarabel(2, 20_000);
}

#[test]
fn brute_force_over_active_sets_agrees() {
    let mut random = Random(3);
    for _ in 0..200 {
        let n = random.between(1, 7);
        let moments = factor_moments(&mut random, n, 40);
        let bounds = bounds(&mut random, n);
        let instance = Instance { moments, bounds, rate: 0.1 * random.unit() };
        match (proven(&instance), brute::sharpe(&instance)) {
            (Some(a), Some(b)) => assert!((a - b).abs() <= 1e-9 * b, "{a} {b} {instance:?}"),
            (None, None) => {}
            other => panic!("{other:?} {instance:?}"),
        }
    }
}

/// Moments per year of uncorrelated assets.
fn uncorrelated(mean: &[f64], deviation: &[f64]) -> Moments {
    let n = mean.len();
    let covariance: Vec<f64> = (0..n * n)
        .map(|at| if at / n == at % n { deviation[at / n].powi(2) } else { 0.0 })
        .collect();
    Moments::new(names(n), mean, &covariance, 1.0).unwrap()
}

fn uniform(n: usize, cap: f64) -> Bounds {
    Bounds::new(vec![0.0; n], vec![cap; n]).unwrap()
}

#[track_caller]
fn optimal(moments: &Moments, bounds: &Bounds, rate: f64) -> (f64, Vec<f64>) {
    let instance = Instance { moments: moments.clone(), bounds: bounds.clone(), rate };
    proven(&instance).unwrap();
    match solve(moments, bounds, rate) {
        Answer::Optimal(certificate) => (certificate.proof.sharpe, certificate.weights),
        other => panic!("{other:?}"),
    }
}

#[test]
fn uncorrelated_assets_are_held_by_mean_over_variance() {
    let moments = uncorrelated(&[0.1, 0.2, 0.05], &[0.1, 0.2, 0.1]);
    let (sharpe, weights) = optimal(&moments, &uniform(3, 1.0), 0.0);
    assert!((sharpe - (1.0f64 + 1.0 + 0.25).sqrt()).abs() < 1e-15);
    for (weight, share) in weights.iter().zip([10.0, 5.0, 5.0]) {
        assert!((weight - share / 20.0).abs() < 1e-15);
    }
}

#[test]
fn one_asset_is_held_whole() {
    let (sharpe, weights) = optimal(&uncorrelated(&[0.1], &[0.2]), &uniform(1, 1.0), 0.05);
    assert_eq!((sharpe, weights), ((0.1 - 0.05) / 0.2, vec![1.0]));
}

#[test]
fn an_answer_may_be_a_corner() {
    let moments = uncorrelated(&[0.5, 0.4, -0.3, -0.2], &[0.2, 0.2, 0.2, 0.2]);
    let (_, weights) = optimal(&moments, &uniform(4, 0.5), 0.0);
    assert_eq!(weights, [0.5, 0.5, 0.0, 0.0]);
}

#[test]
fn a_cap_of_one_over_n_leaves_equal_weights() {
    let moments = factor_moments(&mut Random(11), 30, 100);
    let (_, weights) = optimal(&moments, &uniform(30, 1.0 / 30.0), -1.0);
    assert_eq!(weights, [1.0 / 30.0; 30]);
}

#[test]
fn equal_means_give_the_least_variance() {
    let mut random = Random(12);
    let covariance = factor_moments(&mut random, 12, 60).covariance().to_vec();
    let moments = Moments::new(names(12), &[0.1; 12], &covariance, 1.0).unwrap();
    let bounds = uniform(12, 0.2);
    let (_, weights) = optimal(&moments, &bounds, 0.0);
    let mut solver = Solver::new(12);
    solver.least_variance(&Problem::new(&moments, &bounds, 0.0));
    for (weight, other) in weights.iter().zip(solver.weights()) {
        assert!((weight - other).abs() < 1e-12);
    }
}

#[test]
fn copies_of_an_asset_share_its_weight() {
    let mut random = Random(13);
    let moments = factor_moments(&mut random, 6, 60);
    let (alone, _) = optimal(&moments, &uniform(6, 1.0), 0.0);
    let copies: Vec<usize> = (0..6).chain(0..6).chain(0..6).collect();
    let tripled = moments.select(&copies);
    let (sharpe, _) = optimal(&tripled, &uniform(18, 1.0), 0.0);
    assert!((sharpe - alone).abs() <= 1e-13 * alone);
    let (capped, _) = optimal(&tripled, &uniform(18, 0.25), 0.0);
    assert!(capped <= alone * (1.0 + 1e-13));
}

#[test]
fn fewer_returns_than_assets_are_no_hindrance() {
    let moments = factor_moments(&mut Random(14), 60, 40);
    let (_, weights) = optimal(&moments, &uniform(60, 0.2), 0.0);
    assert!(weights.iter().filter(|w| **w > 0.0).count() < 40);
}

#[test]
fn a_mirrored_pair_that_beats_the_rate_is_riskless() {
    let covariance = [0.04, -0.04, 0.0, -0.04, 0.04, 0.0, 0.0, 0.0, 0.09];
    let moments = Moments::new(names(3), &[0.1, 0.02, 0.1], &covariance, 1.0).unwrap();
    match solve(&moments, &uniform(3, 1.0), 0.05) {
        Answer::Riskless { excess, weights } => {
            assert!((excess - 0.01).abs() < 1e-12);
            assert!((weights[0] - 0.5).abs() < 1e-9 && (weights[1] - 0.5).abs() < 1e-9);
        }
        other => panic!("{other:?}"),
    }
    // At a higher rate the pair is a drag, and what is best takes risk; a cap may force it in all the same.
    optimal(&moments, &uniform(3, 1.0), 0.07);
    optimal(&moments, &uniform(3, 0.4), 0.07);
}

#[test]
fn nothing_beats_the_rate_only_if_no_portfolio_does() {
    let deviation = [0.2, 0.2, 0.2, 0.2];
    // One asset beats the rate, but the cap lets no portfolio do so.
    let moments = uncorrelated(&[0.06, 0.01, 0.02, 0.03], &deviation);
    match solve(&moments, &uniform(4, 0.3), 0.05) {
        Answer::NoExcess { excess, highest_mean, least_variance } => {
            let mean = 0.3 * 0.06 + 0.3 * 0.03 + 0.3 * 0.02 + 0.1 * 0.01;
            assert!((excess - (mean - 0.05)).abs() < 1e-15);
            assert_eq!(highest_mean[..1], [0.3]);
            assert!(least_variance.iter().all(|w| (w - 0.25).abs() < 1e-15));
        }
        other => panic!("{other:?}"),
    }
    optimal(&moments, &uniform(4, 1.0), 0.05);
    // All means at the rate: an excess of 0 is none.
    let moments = uncorrelated(&[0.05; 4], &deviation);
    assert!(matches!(solve(&moments, &uniform(4, 1.0), 0.05), Answer::NoExcess { .. }));
    // Nor is one of a last bit: 0.1 + 0.2 is not quite 0.3.
    let moments = uncorrelated(&[0.1 + 0.2; 4], &deviation);
    assert!(matches!(solve(&moments, &uniform(4, 1.0), 0.3), Answer::NoExcess { .. }));
}

#[test]
fn a_warm_start_gives_the_same_answer() {
    let mut random = Random(15);
    for _ in 0..300 {
        let Instance { moments, bounds, rate } = instance(&mut random);
        let n = moments.len();
        let problem = Problem::new(&moments, &bounds, rate);
        let (mut cold, mut warm) = (Solver::new(n), Solver::new(n));
        let outcome = cold.solve(&problem);
        let start: Vec<f64> = (0..n).map(|_| 2.0 * random.unit() / n as f64).collect();
        match (outcome, warm.solve_from(&problem, &start)) {
            (Outcome::Optimal { sharpe: a }, Outcome::Optimal { sharpe: b }) => {
                assert!((a - b).abs() <= 1e-11 * a, "{a} {b}");
            }
            (a, b) => assert_eq!(std::mem::discriminant(&a), std::mem::discriminant(&b)),
        }
        warm.solve_from(&problem, cold.weights());
        assert!(warm.steps() <= 3, "{} steps", warm.steps());
    }
}

#[test]
fn a_solver_carries_nothing_from_one_problem_to_the_next() {
    let mut random = Random(16);
    let mut used = Solver::new(20);
    for _ in 0..20 {
        let moments = factor_moments(&mut random, 20, 30);
        let bounds = bounds(&mut random, 20);
        let problem = Problem::new(&moments, &bounds, 0.0);
        let mut fresh = Solver::new(20);
        assert_eq!(used.solve(&problem), fresh.solve(&problem));
        assert_eq!(used.weights(), fresh.weights()); // to the last bit
    }
}

/// Near copies differ by 4e-11 in mean and in risk, found by fuzzing: which of them is held is decided by both, or the walk
/// goes from one to the other until its patience ends.
#[test]
fn near_copies_are_told_apart_by_mean_and_risk() {
    let mean = [6.992999999999999, 0.3149999999999994, -6.363000000000001, 0.3150000003671003];
    let covariance = [
        [0.290199, -0.508347, 0.029630999999999942, -0.5083470000131874],
        [-0.508347, 0.9081030000000001, -0.07011899999999996, 0.9081030000275907],
        [0.029630999999999942, -0.07011899999999996, 1.754655, -0.07011899997197699],
        [-0.5083470000131874, 0.9081030000275907, -0.07011899997197699, 0.9081030000551811],
    ];
    let moments = Moments::new(names(4), &mean, covariance.as_flattened(), 1.0).unwrap();
    let bounds = uniform(4, 1.0);
    let mut solver = Solver::new(4);
    solver.solve(&Problem::new(&moments, &bounds, 0.0));
    assert!(solver.steps() < 20, "{} steps", solver.steps());
    let (sharpe, _) = optimal(&moments, &bounds, 0.0);
    assert!((sharpe - 95.642_602_2).abs() < 1e-6, "{sharpe}");
}

/// Variances from 1e-19 to 1.5e12, found by fuzzing: on the way from the largest to the smallest the rounding of the first is
/// more than all of the second, and its risk seemed nothing.
#[test]
fn what_seems_riskless_is_looked_at_afresh() {
    let mean = [0.012_410_999_999_999_998, 0.01701, 0.029672999999999998, 22491000.0, 2.52e-9];
    let covariance = [
        [1.6155510000000002e-6, -4.62714e-7, 6.0081e-8, -752.829, 1.26e-14],
        [-4.62714e-7, 3.24996e-7, -1.48554e-7, 696.486, -1.428e-13],
        [6.0081e-8, -1.48554e-7, 2.89527e-7, -356.979, 9.828e-14],
        [-752.829, 696.486, -356.979, 1552215000000.0, -0.00035364],
        [1.26e-14, -1.428e-13, 9.828e-14, -0.00035364, 1.008e-19],
    ];
    let moments = Moments::new(names(5), &mean, covariance.as_flattened(), 1.0).unwrap();
    let bounds = uniform(5, 1.0);
    let mut solver = Solver::new(5);
    let outcome = solver.solve(&Problem::new(&moments, &bounds, 0.0));
    // The asset of 1e-19 alone has 7.94, and no part of the answer may seem to have no risk.
    assert!(matches!(outcome, Outcome::Optimal { sharpe } if sharpe > 7.9), "{outcome:?}");
}

/// A pair of near mirrors, found by fuzzing: a mix of them has no risk, and beats the rate by little more than rounding. The
/// first step from there was rounding altogether, led below the rate, and the walk ended at the worst of all portfolios.
#[test]
fn a_warm_walk_that_goes_astray_starts_again() {
    let mean = [46.368, -46.368000000138466];
    let covariance = [0.7049448, -0.7049448000011336, -0.7049448000011336, 0.704944800002267];
    let moments = Moments::new(names(2), &mean, &covariance, 1.0).unwrap();
    let bounds = uniform(2, 0.8117647058823529);
    let problem = Problem::new(&moments, &bounds, 0.0);
    let mut solver = Solver::new(2);
    let warm = solver.solve_from(&problem, &[0.5000000000177279, 0.49999999998227207]);
    assert_eq!(warm, solver.solve(&problem));
    assert!(matches!(warm, Outcome::Optimal { sharpe } if sharpe > 55.2), "{warm:?}");
}

/// A pair of near mirrors and a third, found by fuzzing: the walk left the best, went to the mix of the pair, which has no risk
/// and an excess of 1e-12 of its parts, and called that riskless; among more assets it went on below the rate.
#[test]
fn a_walk_past_a_mix_without_risk_stays_above_the_rate() {
    let mean = [4.146545454545454, 21.832363636363635, -21.83236363739558];
    let covariance = [
        [0.23785592727272725, -0.09954458181818188, 0.09954458179346916],
        [-0.09954458181818188, 0.5522969454545452, -0.5522969454581304],
        [0.09954458179346916, -0.5522969454581304, 0.5522969454617148],
    ];
    let moments = Moments::new(names(3), &mean, covariance.as_flattened(), 1.0).unwrap();
    let bounds = uniform(3, 0.8117647058823529);
    let outcome = Solver::new(3).solve(&Problem::new(&moments, &bounds, 0.0));
    assert!(matches!(outcome, Outcome::Optimal { sharpe } if sharpe > 29.3), "{outcome:?}");
}

/// Three copies of a calm asset among loud ones of few returns, found by trying random questions: from a mix of hardly any risk
/// the walk fell to a corner, rose again, and went round until its patience ended in the corner, at 14.3.
#[test]
fn a_walk_that_goes_round_and_round_is_done_once_more() {
    let (a, b, c, d) =
        (7.108920000000001e-7, -0.0009586080000000002, -0.000476784, -0.0003103380000000001);
    let e = -0.0005094179999999999;
    let covariance = [
        [a, b, c, d, e, a, a],
        [
            b,
            1.5856680000000003,
            1.3918800000000002,
            -0.010037999999999866,
            1.5460619999999998,
            b,
            b,
        ],
        [c, 1.3918800000000002, 2.2340640000000005, -0.887124, 2.537556, c, c],
        [d, -0.010037999999999866, -0.887124, 0.7621320000000001, -1.033998, d, d],
        [e, 1.5460619999999998, 2.537556, -1.033998, 2.883972, e, e],
        [a, b, c, d, e, a, a],
        [a, b, c, d, e, a, a],
    ];
    let mean =
        [0.012096, -16.548, -3.9480000000000013, -8.148, 32.42400000000001, 0.012096, 0.012096];
    let moments = Moments::new(names(7), &mean, covariance.as_flattened(), 1.0).unwrap();
    let bounds = uniform(7, 0.9647058823529412);
    let outcome = Solver::new(7).solve(&Problem::new(&moments, &bounds, 0.0));
    assert!(!matches!(outcome, Outcome::Optimal { sharpe } if sharpe < 29.6), "{outcome:?}");
}

/// Two near copies that hedge a third, and a calm asset with a hedge of near copies, found by trying random questions: in plain
/// sums no asset was worth freeing any more, at gaps of 1.9e-9 and 1.6e-8.
#[test]
fn what_plain_sums_cannot_price_is_priced_in_twice_the_precision() {
    let copies = [
        vec![0.32684399999999997, -0.552636, 0.3268440000002396],
        vec![-0.552636, 0.9344160000000001, -0.552636000000403],
        vec![0.3268440000002396, -0.552636000000403, 0.3268440000004791],
    ];
    let (a, b) = (1.8462276000000002e-6, -0.0007209720000000001);
    let (c, d, e) = (-0.00035956288619999995, 0.00035727299999999997, -0.0006362496000000001);
    let hedges = [
        vec![a, b, c, d, e],
        vec![b, 1.0861200000000002, 0.542699514, -0.01650599999999995, 0.21167999999999995],
        vec![c, 0.542699514, 0.2711699755569, -0.00807436349999996, 0.10552187519999999],
        vec![d, -0.01650599999999995, -0.00807436349999996, 0.17589600000000002, -0.129276],
        vec![e, 0.21167999999999995, 0.10552187519999999, -0.129276, 0.22095360000000003],
    ];
    let means = [
        &[-1.0080000000000007, 15.12, -1.007999999992693][..],
        &[-0.0054432000000000005, -2.0160000000000005, -1.0107215999999999, 20.916, 5.4432],
    ];
    let rates = [-1.0080000000000007, -0.0054432000000000005];
    for ((mean, rows), rate) in means.into_iter().zip([&copies[..], &hedges]).zip(rates) {
        let n = mean.len();
        let moments = Moments::new(names(n), mean, &rows.concat(), 1.0).unwrap();
        let Answer::Optimal(certificate) = solve(&moments, &uniform(n, 1.0), rate) else {
            panic!("not optimal")
        };
        let gap = certificate.proof.gap;
        assert!(gap.is_some_and(|gap| gap < 1e-13), "{gap:?}");
    }
}
