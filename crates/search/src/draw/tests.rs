//! What every sampler must do: be uniform where it says so, keep to the rule, and draw in groups what the reference draws.

use super::rng::Purpose;
use super::*;
use crate::lanes::Portable;
use crate::lanes::Task;
#[cfg(target_arch = "x86_64")]
use crate::lanes::{Avx2, Avx512};

fn draws(sampler: Sampler, pick: usize, cap: f64, floor: f64) -> Draws {
    let rule = Rule::new(cap, floor, 0.0).unwrap();
    rule.admits(pick, pick).unwrap();
    Draws::new(sampler, pick, &rule)
}

fn key(seed: u64) -> Key {
    Key::new(seed, Purpose::Fresh { rank: 3 })
}

/// The first `count` accepted candidates, and how many were tried.
fn accepted(draws: &Draws, pick: usize, count: usize) -> (Vec<Vec<f64>>, u64) {
    let (mut found, mut tried) = (Vec::with_capacity(count), 0);
    let mut weights = vec![0.0; pick];
    while found.len() < count {
        if draws.rebuild(key(1), tried, &mut weights) {
            found.push(weights.clone());
        }
        tried += 1;
    }
    (found, tried)
}

struct OneGroup<'a>(&'a Draws, u64, usize);

impl Task for OneGroup<'_> {
    type Output = (Vec<Row>, Row, u16, u16);

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Self::Output {
        let mut rows = vec![[Row::ZERO]; self.2];
        let group = self.0.group(l, key(1), self.1, &mut rows, 0);
        let mut sum = Row::ZERO;
        l.store(group.sum, &mut sum);
        (rows.iter().map(|row| row[0]).collect(), sum, group.accepted, group.unsure)
    }
}

/// Samplers of each kind, with their bounds: (sampler, k, cap, floor).
const CASES: [(Sampler, usize, f64, f64); 12] = [
    (Sampler::Uniform, 25, 0.2, 0.0),
    (Sampler::Uniform, 25, 1.0, 0.0),
    (Sampler::Uniform, 2, 1.0, 0.0),
    (Sampler::Uniform, 10, 0.4, 0.03),
    (Sampler::Uniform, 25, 0.1, 0.0),
    (Sampler::Uniform, 25, 0.06, 0.01),
    (Sampler::Uniform, 25, 0.041, 0.0),
    (Sampler::Uniform, 6, 0.2, 0.0),
    (Sampler::Uniform, 2, 0.55, 0.0),
    (Sampler::Uniform, 100, 0.0125, 0.0), // more columns than a table has
    (Sampler::Dirichlet(0.3), 5, 0.6, 0.0),
    (Sampler::Dirichlet(4.0), 12, 0.2, 0.02),
];

#[test]
fn groups_are_the_reference_within_the_stated_deviation() {
    for (sampler, pick, cap, floor) in CASES {
        let draws = draws(sampler, pick, cap, floor);
        let Deviation { absolute, relative, .. } = draws.deviation();
        let mut weights = vec![0.0; pick];
        for group in 0..200 {
            let (rows, sum, accepted, unsure) = Portable.run(OneGroup(&draws, group, pick));
            for lane in 0..LANES {
                let sure = unsure >> lane & 1 == 0;
                let keeps = draws.rebuild(key(1), group * 16 + lane as u64, &mut weights);
                assert!(!sure || keeps == (accepted >> lane & 1 == 1), "{draws:?} {group} {lane}");
                let total = f64::from(sum.0[lane]);
                assert!(total > 0.0);
                // The sum is itself only good to the deviation of its terms.
                let bound = (absolute + relative * total)
                    * (2.0 + pick as f64 * weights.iter().copied().fold(0.0, f64::max));
                for (row, w) in rows.iter().zip(&weights) {
                    let error = (f64::from(row.0[lane]) - w * total).abs();
                    assert!(
                        error <= bound + 1e-6,
                        "{draws:?} {group} {lane}: {error:e} over {bound:e}"
                    );
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn groups_are_the_same_bits_on_every_instruction_set() {
    for (sampler, pick, cap, floor) in CASES {
        let draws = draws(sampler, pick, cap, floor);
        for group in 0..20 {
            let expected = Portable.run(OneGroup(&draws, group, pick));
            if let Some(lanes) = Avx512::new() {
                assert_eq!(lanes.run(OneGroup(&draws, group, pick)), expected);
            }
            if let Some(lanes) = Avx2::new() {
                assert_eq!(lanes.run(OneGroup(&draws, group, pick)), expected);
            }
        }
    }
}

#[test]
fn weights_add_up_and_keep_to_the_rule() {
    for (sampler, pick, cap, floor) in CASES {
        let draws = draws(sampler, pick, cap, floor);
        for weights in accepted(&draws, pick, 500).0 {
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(weights.iter().all(|&w| w >= floor && w <= cap), "{draws:?}: {weights:?}");
        }
    }
}

/// The density of a sum of n uniform numbers at x (Irwin and Hall), by its alternating sum.
fn irwin_hall(n: i32, x: f64) -> f64 {
    let (mut sum, mut term) = (0.0, 1.0);
    for j in 0..=n {
        if x <= f64::from(j) {
            break;
        }
        sum += term * (x - f64::from(j)).powi(n - 1);
        term *= -f64::from(n - j) / f64::from(j + 1);
    }
    sum / (1..n).map(f64::from).product::<f64>()
}

/// Moments E[w^p] of one weight of a uniform draw, exactly: given w = c·y its neighbors add up to 1/c - y, and their
/// number of ways is the density above. By Simpson's rule, which is an oracle of its own: no sampler integrates.
fn exact_moments(k: usize, cap: f64) -> [f64; 4] {
    let (s, steps) = (1.0 / cap, 20_000);
    let weight = |i: usize| match i {
        0 => 1.0,
        i if i == steps => 1.0,
        i if i % 2 == 1 => 4.0,
        _ => 2.0,
    };
    let integral = |p: i32| -> f64 {
        (0..=steps)
            .map(|i| {
                let y = i as f64 / steps as f64;
                weight(i) * y.powi(p) * irwin_hall(k as i32 - 1, s - y)
            })
            .sum()
    };
    let total = integral(0);
    std::array::from_fn(|p| integral(p as i32 + 1) / total * cap.powi(p as i32 + 1))
}

/// Mean of f over draws, and its standard error.
fn estimate(draws: &[Vec<f64>], f: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let n = draws.len() as f64;
    let mean = draws.iter().map(|w| f(w)).sum::<f64>() / n;
    let variance = draws.iter().map(|w| (f(w) - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

#[test]
fn uniform_draws_have_the_moments_of_the_uniform_distribution() {
    // Both methods at every cap, whichever would be chosen: k = 25 at .2, .1 and .06, k = 6 at .2.
    for (pick, cap) in [(25, 0.2), (25, 0.1), (25, 0.06), (6, 0.2), (3, 0.5), (2, 0.7)] {
        let simplex = Simplex::new(pick, &Rule::new(cap, 0.0, 0.0).unwrap());
        let mut methods = vec![Draws::FixedSum(FixedSum::new(simplex))];
        if simplex.acceptance() > 1e-3 {
            methods.push(Draws::Exponentials(Exponentials::new(simplex)));
        }
        for method in methods {
            let (sample, _) = accepted(&method, pick, 40_000);
            for (i, exact) in exact_moments(pick, cap).into_iter().enumerate() {
                for asset in [0, pick / 2, pick - 1] {
                    let (mean, error) = estimate(&sample, |w| w[asset].powi(i as i32 + 1));
                    // 84 looks in all: 4.5 standard errors are passed once in 1,700 such tests.
                    assert!(
                        (mean - exact).abs() < 4.5 * error,
                        "{method:?} E[w{asset}^{}]: {mean} ± {error}, exactly {exact}",
                        i + 1
                    );
                }
            }
            // Exchangeable and tied by the sum: the covariance of two weights is -variance / (k - 1).
            let [first, second, ..] = exact_moments(pick, cap);
            let exact = -(second - first * first) / (pick as f64 - 1.0);
            let (mean, error) = estimate(&sample, |w| (w[0] - first) * (w[1] - first));
            assert!(
                (mean - exact).abs() < 4.5 * error,
                "{method:?}: {mean} ± {error}, exactly {exact}"
            );
        }
    }
}

#[test]
fn rejection_accepts_as_often_as_the_closed_form_says() {
    for (pick, cap) in [(25, 0.2), (25, 0.15), (25, 0.1), (10, 0.2)] {
        let simplex = Simplex::new(pick, &Rule::new(cap, 0.0, 0.0).unwrap());
        let (exact, count) = (simplex.acceptance(), 10_000);
        let (_, tried) = accepted(&Draws::Exponentials(Exponentials::new(simplex)), pick, count);
        let found = count as f64 / tried as f64;
        let error = exact * ((1.0 - exact) / count as f64).sqrt();
        assert!(
            (found - exact).abs() < 4.5 * error,
            "k {pick}, cap {cap}: {found}, exactly {exact}"
        );
    }
}

#[test]
fn dirichlet_draws_have_its_moments() {
    // No cap: mean 1/k, variance (k-1) / (k² (kα + 1)), and α = 1 is the uniform distribution.
    for (pick, alpha) in [(5, 0.1), (5, 1.0), (8, 0.7), (10, 3.0), (4, 50.0)] {
        let (sample, tried) =
            accepted(&draws(Sampler::Dirichlet(alpha), pick, 1.0, 0.0), pick, 40_000);
        assert_eq!(tried, 40_000);
        let k = pick as f64;
        let variance = (k - 1.0) / (k * k * (k * alpha + 1.0));
        let (mean, error) = estimate(&sample, |w| w[1]);
        assert!((mean - 1.0 / k).abs() < 4.5 * error, "{alpha}: {mean} ± {error}");
        let (mean, error) = estimate(&sample, |w| (w[1] - 1.0 / k).powi(2));
        assert!(
            (mean - variance).abs() < 4.5 * error,
            "{alpha}: {mean} ± {error}, exactly {variance}"
        );
    }
}

#[test]
fn the_method_follows_the_acceptance() {
    assert!(matches!(draws(Sampler::Uniform, 25, 0.2, 0.0), Draws::Exponentials(_)));
    assert!(matches!(draws(Sampler::Uniform, 25, 0.1, 0.0), Draws::FixedSum(_)));
    assert!(matches!(draws(Sampler::Uniform, 25, 0.05, 0.0), Draws::FixedSum(_)));
    assert!(matches!(draws(Sampler::Uniform, 120, 0.0084, 0.0), Draws::FixedSum(_)));
    assert!(matches!(draws(Sampler::Uniform, 265, 0.007, 0.0), Draws::FixedSum(_)));
    assert!(matches!(draws(Sampler::Uniform, 5, 0.2, 0.0), Draws::Single { pick: 5 }));
    assert!(matches!(draws(Sampler::Uniform, 1, 1.0, 0.0), Draws::Single { pick: 1 }));
}

#[test]
fn a_cap_that_rejects_nearly_all_is_told_apart_from_patience() {
    let draws = draws(Sampler::Dirichlet(0.01), 6, 0.2, 0.0);
    assert!(draws.check_progress(Sampler::Dirichlet(0.01), 1 << 20, 0).is_ok());
    let error = draws.check_progress(Sampler::Dirichlet(0.01), 1 << 22, 3).unwrap_err();
    assert_eq!(
        error.to_string(),
        "of 4194304 dirichlet:0.01 candidates for one subset only 3 kept to the cap: --sampler uniform draws at any cap"
    );
}
