//! The certificate: what it proves, and that what is false is refuted.

use crate::instances::{Random, bounds, factor_moments, instance, names};
use sharpest_search::exact::{
    Answer, Bounds, Certificate, Problem, Refutation, certificate::prove, solve,
};
use sharpest_search::{Moments, Returns};

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
        if let Some(bound) = prove(&problem, &best.weights, &dual, &[]).bound {
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

/// An optimum that leaves out an asset of no excess and no covariance with it: its bound needs a dual vector with a little
/// of that asset, and so much more of the others that adding it is not lost in rounding.
#[test]
fn an_asset_that_only_ties_with_the_rate_leaves_a_bound() {
    let covariance = [0.013_732_910_156_25, 0.0, 0.0, 6.103_515_625e-5];
    let moments = Moments::new(names(2), &[-0.8828125, 0.0], &covariance, 1.0).unwrap();
    let bounds = Bounds::new(vec![0.0; 2], vec![1.0; 2]).unwrap();
    match solve(&moments, &bounds, -0.8828125) {
        Answer::Optimal(best) => {
            assert_eq!((best.weights, best.proof.sharpe), (vec![0.0, 1.0], 113.0));
            assert!(best.proof.gap.is_some_and(|gap| gap < 1e-14), "{:?}", best.proof);
        }
        other => panic!("{other:?}"),
    }
}

/// Two factors, two assets that nearly cancel, means of 0, found by fuzzing: the best has so little risk that the rounding of its dual vector is
/// what the bound has to outweigh.
#[test]
fn the_rounding_of_a_large_dual_vector_is_outweighed() {
    let (a, b, c) = (0.234619140625, 0.36260986328125, 1.5587158203125);
    let (ab, ac, bc) = (0.2081298828125, -0.4276123046875, -0.75177001953125);
    let covariance = [a, ab, ac, ac, ab, b, bc, bc, ac, bc, c, c, ac, bc, c, c];
    let moments = Moments::new(names(4), &[0.0, 0.0, 0.25, 0.0], &covariance, 1.0).unwrap();
    let bounds = Bounds::new(vec![0.0; 4], vec![1.0; 4]).unwrap();
    let proof = certified(&moments, &bounds).proof;
    assert!(proof.gap.is_some_and(|gap| gap < 1e-9), "{proof:?}");
}

/// Eight assets of volatilities from 1e-6 to 1, found by fuzzing: a mirror, and more assets than returns. The variance of the best
/// is 4e-13 of what it could be in plain sums, and below 0 in exact ones.
#[test]
fn a_variance_that_is_nothing_but_rounding_is_no_risk() {
    let mean = [
        2.1168,
        0.005846400000000001,
        31.3488,
        16.7328,
        4.8888000000000005e-06,
        9.0216,
        7.7112,
        -0.005846400000000001,
    ];
    let lower = [
        0.1246896,
        -0.0001363572,
        3.136644e-07,
        -0.037724400000000005,
        0.0001289358,
        0.18050760000000007,
        -0.033188400000000014,
        -9.32652e-05,
        0.15656760000000008,
        0.7635096000000002,
        3.9135600000000005e-08,
        -2.752092000000001e-10,
        -1.356894e-07,
        3.783906e-07,
        4.957596e-13,
        -0.11173680000000001,
        -0.00014961240000000003,
        -0.11161080000000001,
        0.4331502000000001,
        4.924332e-07,
        0.6819624,
        -0.11171160000000001,
        -0.0001111698,
        -0.1466136000000001,
        -0.04096259999999999,
        1.771434e-07,
        0.3772188,
        0.5454035999999999,
        0.0001363572,
        -3.136644e-07,
        -0.0001289358,
        9.32652e-05,
        2.752092000000001e-10,
        0.00014961240000000003,
        0.0001111698,
        3.136644e-07,
    ];
    let at = |i: usize, j: usize| lower[i.max(j) * (i.max(j) + 1) / 2 + i.min(j)];
    let covariance: Vec<f64> = (0..64).map(|both| at(both / 8, both % 8)).collect();
    let moments = Moments::new(names(8), &mean, &covariance, 1.0).unwrap();
    match solve(&moments, &Bounds::new(vec![0.0; 8], vec![1.0; 8]).unwrap(), 0.0) {
        Answer::Riskless { excess, .. } => assert!(excess > 0.0),
        other => panic!("{other:?}"),
    }
}

/// Two assets and what hedges them but for a part in `1 / share`, and one beside them.
fn hedged(share: f64) -> Moments {
    let mut random = Random(25);
    let row = |random: &mut Random| {
        let [a, b, c] = [(); 3].map(|()| 0.01 * random.normal());
        [a + 0.001, b + 0.0005, share * c - a - b + 0.0002, 2.0 * a + 0.5 * c]
    };
    let values: Vec<f64> = (0..40).flat_map(|_| row(&mut random)).collect();
    Returns::new(names(4), values).unwrap().moments(252.0).unwrap()
}

/// The less risk is left, the more the rounding of the dual vector counts, until it is published in two parts.
#[test]
fn hardly_any_risk_leaves_no_gap() {
    for share in [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6] {
        let moments = hedged(share);
        let bounds = Bounds::new(vec![0.0; 4], vec![1.0; 4]).unwrap();
        let best = certified(&moments, &bounds);
        let gap = best.proof.gap.unwrap();
        assert!(gap < 1e-12, "{share}: {gap}");
        let problem = Problem::new(&moments, &bounds, 0.0);
        assert_eq!(best.check(&problem), Ok(best.proof));
        // Without its second part the vector proves less than is claimed.
        if share < 1e-3 {
            let one = prove(&problem, &best.weights, &best.dual, &[]);
            assert!(one.gap.is_none_or(|gap| gap > 1e-9), "{share}: {one:?}");
            let cut = Certificate { rest: Vec::new(), ..best };
            assert!(matches!(cut.check(&problem), Err(Refutation::Bound { .. })));
        }
    }
}

#[test]
fn a_second_part_of_the_wrong_length_is_refuted() {
    let moments = hedged(1e-4);
    let bounds = Bounds::new(vec![0.0; 4], vec![1.0; 4]).unwrap();
    let mut best = certified(&moments, &bounds);
    assert_eq!(best.rest.len(), 4);
    best.rest.pop();
    let refuted = best.check(&Problem::new(&moments, &bounds, 0.0)).unwrap_err();
    assert!(matches!(refuted, Refutation::Lengths { .. }), "{refuted}");
}

/// Eight assets of volatilities from 2e-4 to 1.6e4, found by fuzzing: four copies, and risks that only large numbers hedge. The last
/// digits of the weights are not worth a portfolio that does not add up.
#[test]
fn refined_weights_are_a_portfolio_still() {
    let [a, b, c] = [4.443600000000001e-8, 1.6422000000000002e-7, 1.5456e-5];
    let [d, e, bb, bc] =
        [-0.6762000000000001, 1.5456000000000008, 1.57332e-5, -0.0004367999999999998];
    let [bd, be, cc, cd] = [-27.195, -49.854000000000006, 0.02150399999999998, 571.1999999999998];
    let [ce, dd, de, ee] = [2351.9999999999995, 50609999.99999999, 67200000.0, 257880000.0000001];
    let copy = [a, a, b, c, d, e, a, a];
    let covariance = [
        copy,
        copy,
        [b, b, bb, bc, bd, be, b, b],
        [c, c, bc, cc, cd, ce, c, c],
        [d, d, bd, cd, dd, de, d, d],
        [e, e, be, ce, de, ee, e, e],
        copy,
        copy,
    ];
    let small = 0.01176;
    let mean = [small, small, 0.0714, -16.212000000000003, -233520.0, -184800.0, small, small];
    let moments = Moments::new(names(8), &mean, covariance.as_flattened(), 1.0).unwrap();
    let bounds = Bounds::new(vec![0.0; 8], vec![1.0; 8]).unwrap();
    match solve(&moments, &bounds, -0.00390625) {
        Answer::Optimal(best) => assert!(best.proof.residuals.sum < 1e-15, "{best:?}"),
        other => panic!("{other:?}"),
    }
}

/// Eight assets of seven factors, found by fuzzing: a mix that is short in some of the held has no risk, so a little of it
/// raises no covariance. What outweighs the last digits has to be a portfolio that may be held.
#[test]
fn a_face_with_a_mix_of_no_risk_leaves_no_gap() {
    let covariance = [
        [18034, 152, -1882, 6492, 5062, -218, 1652, -218],
        [152, 169, -533, -124, 812, -68, 922, 46],
        [-1882, -533, 2815, -52, -3076, 4, -2966, 118],
        [6492, -124, -52, 5836, -324, 2866, -214, -3290],
        [5062, 812, -3076, -324, 14582, -323, 8642, -209],
        [-218, -68, 4, 2866, -323, 2922, -213, -3234],
        [1652, 922, -2966, -214, 8642, -213, 8752, -99],
        [-218, 46, 118, -3290, -209, -3234, -99, 3606],
    ]
    .map(|row| row.map(|part| f64::from(part) / 16384.0));
    let mean = [0.0859375, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let moments = Moments::new(names(8), &mean, covariance.as_flattened(), 1.0).unwrap();
    let best = certified(&moments, &Bounds::new(vec![0.0; 8], vec![1.0; 8]).unwrap());
    assert!(best.proof.gap.is_some_and(|gap| gap < 1e-12), "{best:?}");
}

/// Three assets of two factors and volatilities from 0.4 to 3821: a mix of theirs has neither risk nor excess, and rounding makes a
/// variance below 0 of that. The weights can be refined all the same.
#[test]
fn a_least_variance_of_nothing_is_no_reason_not_to_refine() {
    let (a, b, c) = (7696.0, 2536.0, 239_268_578_624.0);
    let (ab, ac, bc) = (3384.0, -32_863_552.0, -24_633_008.0);
    let covariance = [a, ab, ac, ab, b, bc, ac, bc, c].map(|part| part / 16384.0);
    let moments = Moments::new(names(3), &[5.6875, 4.0, -38852.625], &covariance, 1.0).unwrap();
    let best = certified(&moments, &Bounds::new(vec![0.0; 3], vec![1.0; 3]).unwrap());
    assert!(best.proof.gap.is_some_and(|gap| gap < 1e-12), "{best:?}");
}
