//! The search against a plain loop over every draw of every subset, and against itself on every kernel.

use super::*;
use crate::draw::rng::{Key, Purpose, mix};
use crate::{Portfolio, Sampler};

/// Moments of a seeded two-factor model, with the oddities that screening has to survive.
fn moments(n: usize, oddity: &str) -> Moments {
    let random = |i: usize| (mix(i as u64 + 77) >> 11) as f64 * 2f64.powi(-53) - 0.5;
    let own = |i: usize| if oddity == "singular" { 0.0 } else { 0.02 + 0.02 * random(400 + i) };
    let loading = |i: usize| [0.2 + 0.1 * random(i), 0.2 * random(100 + i)];
    let mean: Vec<f64> = (0..n)
        .map(|i| match oddity {
            "losing" => -0.3 + 0.1 * random(200 + i),
            "tiny" => 1e-12 * random(200 + i),
            _ => 0.05 + 0.3 * random(200 + i),
        })
        .collect();
    let scale = if oddity == "tiny" { 1e-24 } else { 1.0 };
    let covariance: Vec<f64> = (0..n * n)
        .map(|at| {
            // With duplicates, every second asset is the one before it.
            let of = |i: usize| if oddity == "duplicates" { i / 2 * 2 } else { i };
            let (i, j) = (of(at / n), of(at % n));
            let ([a, b], [c, d]) = (loading(i), loading(j));
            scale * (a * c + b * d + if i == j { own(i) } else { 0.0 })
        })
        .collect();
    let names = (0..n).map(|i| format!("A{i}")).collect();
    Moments::new(names, &mean, &covariance, 1.0).unwrap()
}

fn sampling(pick: usize, draws: u64, draw: Draw, sampler: Sampler) -> Sampling {
    Sampling { pick, draws, seed: 5, draw, sampler, top: 3 }
}

/// Keeps every line.
#[derive(Default)]
struct Lines {
    lines: Vec<(u64, Vec<usize>, u64, Vec<u64>)>,
    unwanted: bool,
    finished: u64,
    stop_after: Option<usize>,
}

impl Sink for Lines {
    fn line(&mut self, line: &Line<'_>) {
        let weights = line.weights.iter().map(|w| w.to_bits()).collect();
        self.lines.push((line.rank, line.assets.to_vec(), line.sharpe.to_bits(), weights));
    }

    fn wants_lines(&self) -> bool {
        !self.unwanted
    }

    fn finished(&mut self, best: &Best) {
        self.finished += 1;
        assert!(best.subsets > 0 && best.first().is_some());
    }

    fn stop(&self) -> bool {
        self.stop_after.is_some_and(|lines| self.lines.len() >= lines)
    }
}

fn run(search: &Search, sink: &mut Lines) -> Best {
    let blocks = search.blocks();
    (0..blocks.count()).fold(Best::new(search.sampling.top), |best, i| {
        best.merge(search.search_block(blocks.get(i), sink).unwrap())
    })
}

/// The best draw of every subset, by looking at all of them.
fn plainly(search: &Search, moments: &Moments, rule: &Rule) -> Vec<Portfolio> {
    let Sampling { pick, draws, seed, draw, .. } = search.sampling;
    let best_of = |rank: u64| {
        let purpose = match draw {
            Draw::Fresh => Purpose::Fresh { rank },
            Draw::Shared => Purpose::Shared,
        };
        let key = Key::new(seed, purpose);
        let assets = search.order.unrank(rank);
        let some = moments.select(&assets);
        let mut best =
            Portfolio { rank, draw: 0, score: f64::NEG_INFINITY, assets, weights: vec![] };
        let (mut candidate, mut count, mut weights) = (0, 0, vec![0.0; pick]);
        while count < draws {
            if search.draws.rebuild(key, candidate, &mut weights) {
                let sharpe = some.performance(&weights, rule.rate()).sharpe;
                if sharpe > best.score {
                    best =
                        Portfolio { draw: count, score: sharpe, weights: weights.clone(), ..best };
                }
                count += 1;
            }
            candidate += 1;
        }
        best
    };
    (0..search.order.len()).map(best_of).collect()
}

/// Every kind of question on 9 assets: (sampler, k, cap, floor, rate, oddity).
const QUESTIONS: [(Sampler, usize, f64, f64, f64, &str); 13] = [
    (Sampler::Uniform, 5, 1.0, 0.0, 0.0, ""),
    (Sampler::Uniform, 5, 0.4, 0.0, 0.02, ""),
    (Sampler::Uniform, 5, 0.25, 0.0, 0.0, ""),
    (Sampler::Uniform, 6, 0.5, 0.05, 0.0, ""),
    (Sampler::Uniform, 8, 0.15, 0.06, 0.0, ""),
    (Sampler::Uniform, 5, 0.2, 0.0, 0.0, ""),
    (Sampler::Uniform, 1, 1.0, 0.0, 0.0, ""),
    (Sampler::Uniform, 9, 0.3, 0.0, 0.0, "duplicates"),
    (Sampler::Uniform, 4, 0.8, 0.0, 0.0, "singular"),
    (Sampler::Uniform, 5, 0.6, 0.0, 0.01, "losing"),
    (Sampler::Uniform, 5, 0.6, 0.0, 0.0, "tiny"),
    (Sampler::Dirichlet(0.5), 4, 0.7, 0.0, 0.0, ""),
    (Sampler::Dirichlet(3.0), 7, 0.4, 0.02, 0.0, ""),
];

#[test]
fn the_best_of_every_subset_is_what_a_plain_loop_finds() {
    for draw in [Draw::Fresh, Draw::Shared] {
        for (sampler, pick, cap, floor, rate, oddity) in QUESTIONS {
            let (moments, rule) = (moments(9, oddity), Rule::new(cap, floor, rate).unwrap());
            let sampling = sampling(pick, 333, draw, sampler);
            let search = Search::new(&moments, &rule, &sampling, Kernel::detect()).unwrap();
            let mut sink = Lines::default();
            let best = run(&search, &mut sink);
            let expected = plainly(&search, &moments, &rule);
            assert_eq!(sink.lines.len(), expected.len());
            for (line, expected) in sink.lines.iter().zip(&expected) {
                assert_eq!((line.0, &line.1), (expected.rank, &expected.assets));
                // Two sums in different orders: equal to rounding, and so may be two draws.
                let (found, sharpe) = (f64::from_bits(line.2), expected.score);
                assert!(
                    (found - sharpe).abs() <= 1e-9 * sharpe.abs().max(1e-9),
                    "{sampling:?} {oddity}: {found} {sharpe}"
                );
                if oddity.is_empty() {
                    let weights: Vec<u64> = expected.weights.iter().map(|w| w.to_bits()).collect();
                    assert_eq!(line.3, weights);
                }
            }
            let top = expected.iter().map(|p| p.score).fold(f64::NEG_INFINITY, f64::max);
            let found = best.first().unwrap().score;
            assert!((found - top).abs() <= 1e-9 * top.abs().max(1e-9));
            assert_eq!((best.subsets, best.tried), (search.order.len(), 333 * search.order.len()));
        }
    }
}

#[test]
fn every_kernel_gives_the_same_bits() {
    for draw in [Draw::Fresh, Draw::Shared] {
        for (sampler, pick, cap, floor, rate, oddity) in QUESTIONS {
            let (moments, rule) = (moments(9, oddity), Rule::new(cap, floor, rate).unwrap());
            let sampling = sampling(pick, 100, draw, sampler);
            let answers = Kernel::available().into_iter().map(|kernel| {
                let search = Search::new(&moments, &rule, &sampling, kernel).unwrap();
                let mut sink = Lines::default();
                (run(&search, &mut sink), sink.lines)
            });
            let answers: Vec<_> = answers.collect();
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{sampling:?} {oddity}");
        }
    }
}

#[test]
fn a_search_without_lines_finds_the_same_best() {
    for draw in [Draw::Fresh, Draw::Shared] {
        let (moments, rule) = (moments(12, ""), Rule::new(0.4, 0.0, 0.0).unwrap());
        let sampling = sampling(6, 200, draw, Sampler::Uniform);
        let search = Search::new(&moments, &rule, &sampling, Kernel::detect()).unwrap();
        let mut quiet = Lines { unwanted: true, ..Lines::default() };
        let mut full = Lines::default();
        assert_eq!(run(&search, &mut quiet), run(&search, &mut full));
        assert_eq!((quiet.lines.len(), full.lines.len()), (0, 924));
        assert_eq!((quiet.finished, full.finished), (924, 924));
    }
}

#[test]
fn sizes_that_no_market_has_lose_nothing() {
    // Neither variances of 1e60, the largest there are, nor the squares of a volatility of 1e-24 beside 1 fit an f32.
    let names = |n: usize| (0..n).map(|i| format!("A{i}")).collect::<Vec<_>>();
    let diagonal = |variances: &[f64], other: f64| -> Vec<f64> {
        let n = variances.len();
        (0..n * n).map(|at| if at / n == at % n { variances[at / n] } else { other }).collect()
    };
    let mean: Vec<f64> = (0..8).map(|i| 0.10 + 0.01 * f64::from(i)).collect();
    let (one, small) = ([1.0; 4], [1e-48; 4]);
    let markets = [(diagonal(&[1e60; 8], 0.5e60), 4), (diagonal(&[one, small].concat(), 0.0), 2)];
    for (covariance, pick) in markets {
        let moments = Moments::new(names(8), &mean, &covariance, 1.0).unwrap();
        let rule = Rule::new(0.9, 0.0, 0.0).unwrap();
        for draw in [Draw::Fresh, Draw::Shared] {
            let sampling = sampling(pick, 100, draw, Sampler::Uniform);
            let search = Search::new(&moments, &rule, &sampling, Kernel::detect()).unwrap();
            let mut quiet = Lines { unwanted: true, ..Lines::default() };
            let mut full = Lines::default();
            let best = run(&search, &mut full);
            assert_eq!(run(&search, &mut quiet), best);
            let expected = plainly(&search, &moments, &rule);
            assert_eq!(full.lines.len(), expected.len());
            let top = expected.iter().map(|p| p.score).fold(f64::NEG_INFINITY, f64::max);
            assert!((best.first().unwrap().score / top - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn more_draws_than_can_be_counted_are_counted_as_many() {
    let (moments, rule) = (moments(6, ""), Rule::new(0.25, 0.0, 0.0).unwrap());
    let sampling = sampling(4, u64::MAX, Draw::Fresh, Sampler::Uniform); // one point a subset
    let search = Search::new(&moments, &rule, &sampling, Kernel::detect()).unwrap();
    assert_eq!(run(&search, &mut Lines::default()).tried, u64::MAX);
}

#[test]
fn a_stopped_block_answers_with_what_it_finished() {
    for draw in [Draw::Fresh, Draw::Shared] {
        let (moments, rule) = (moments(12, ""), Rule::new(0.4, 0.0, 0.0).unwrap());
        let sampling = sampling(6, 20, draw, Sampler::Uniform);
        let search = Search::new(&moments, &rule, &sampling, Kernel::detect()).unwrap();
        let mut sink = Lines { stop_after: Some(3), ..Lines::default() };
        let best = search.search_block(Block { first: 0, subsets: 100 }, &mut sink).unwrap();
        assert_eq!(best.subsets, sink.lines.len() as u64);
        assert!((3..10).contains(&sink.lines.len()));
        assert_eq!(best.tried, 20 * best.subsets);
    }
}

#[test]
fn many_draws_of_one_subset_and_a_stop_in_their_midst() {
    struct Impatient(std::cell::Cell<u32>);
    impl Sink for Impatient {
        fn line(&mut self, _: &Line<'_>) {
            panic!("the subset was never finished");
        }
        fn stop(&self) -> bool {
            self.0.set(self.0.get() + 1);
            self.0.get() > 3
        }
    }
    let (moments, rule) = (moments(5, ""), Rule::new(0.9, 0.0, 0.0).unwrap());
    let sampling = sampling(5, u64::MAX, Draw::Fresh, Sampler::Uniform);
    let search = Search::new(&moments, &rule, &sampling, Kernel::detect()).unwrap();
    let best = search.search_block(search.blocks().get(0), &mut Impatient(0.into())).unwrap();
    assert_eq!((best.subsets, best.first()), (0, None));
}

#[test]
fn what_cannot_be_searched_is_refused_in_a_sentence() {
    let refuse = |moments: &Moments, rule: Rule, sampling: Sampling| {
        Search::new(moments, &rule, &sampling, Kernel::Portable).unwrap_err().to_string()
    };
    let nine = moments(9, "");
    let any = Rule::new(1.0, 0.0, 0.0).unwrap();
    let uniform = |pick, draws, draw| sampling(pick, draws, draw, Sampler::Uniform);
    assert_eq!(
        refuse(&nine, any, uniform(5, 0, Draw::Fresh)),
        "0 draws find nothing: ask for at least 1 for each subset"
    );
    assert_eq!(
        refuse(&nine, any, sampling(5, 9, Draw::Fresh, Sampler::Dirichlet(-1.0))),
        "a Dirichlet parameter of -1 is not between 1e-100 and 1e100: 1 is uniform, below it a few assets hold most"
    );
    assert_eq!(
        refuse(&nine, Rule::new(0.1, 0.0, 0.0).unwrap(), uniform(5, 9, Draw::Fresh)),
        "5 assets at no more than 10 % hold at most 50 %: raise the cap to 20 % or pick more"
    );
    assert_eq!(
        refuse(&moments(80, ""), any, uniform(40, 9, Draw::Fresh)),
        "40 of 80 assets is more than 18446744073709551615 subsets: no sampler visits them all; `sharpest solve` finds the exact best without"
    );
    assert_eq!(
        refuse(&nine, any, uniform(5, 1 << 40, Draw::Shared)),
        "1099511627776 shared draws of 5 weights take 61440.0 GiB: at most 4 GiB are kept; use fewer draws or --draw fresh"
    );
    let tight = Rule::new(0.21, 0.0, 0.0).unwrap();
    let rare = refuse(&nine, tight, sampling(5, 9, Draw::Shared, Sampler::Dirichlet(0.01)));
    assert!(rare.ends_with("--sampler uniform draws at any cap"), "{rare}");
}

/// Scores every portfolio of a search batch by batch.
fn judged(search: &Search, score: impl Fn(&[usize], &[f64]) -> f64) -> Best {
    let (blocks, pick) = (search.blocks(), search.sampling.pick);
    (0..blocks.count()).fold(Best::new(search.sampling.top), |best, i| {
        let mut batches = Batches::new(search, blocks.get(i));
        while let Some(batch) = batches.draw(search).unwrap().cloned() {
            assert_eq!(batches.draw(search).unwrap(), Some(&batch), "it was not scored");
            let subsets = batch.assets.chunks(pick).zip(batch.weights.chunks(pick * batch.draws));
            let scores: Vec<f64> = subsets
                .flat_map(|(assets, weights)| weights.chunks(pick).map(move |w| (assets, w)))
                .map(|(assets, weights)| score(assets, weights))
                .collect();
            batches.take(search, &scores);
            batches.take(search, &scores); // there is nothing to take any more
        }
        best.merge(batches.best())
    })
}

#[test]
fn whoever_scores_batches_by_the_sharpe_ratio_finds_what_a_plain_loop_finds() {
    for draw in [Draw::Fresh, Draw::Shared] {
        for (sampler, pick, cap, floor, rate, oddity) in QUESTIONS {
            let (moments, rule) = (moments(9, oddity), Rule::new(cap, floor, rate).unwrap());
            let draws = if pick == 9 { 4_000 } else { 333 }; // the former in several batches
            let sampling = sampling(pick, draws, draw, sampler);
            let search = Search::new(&moments, &rule, &sampling, Kernel::detect()).unwrap();
            let best = judged(&search, |assets, weights| {
                moments.select(assets).performance(weights, rate).sharpe
            });
            let expected = plainly(&search, &moments, &rule);
            assert_eq!(
                best,
                the_best(expected, &sampling),
                "{draw} {sampler} {pick} {cap} {oddity}"
            );
        }
    }
}

#[test]
fn a_batch_has_as_many_subsets_as_fit_and_none_of_another_block() {
    let (moments, rule) = (moments(12, ""), Rule::new(0.5, 0.0, 0.0).unwrap());
    for (draws, sizes) in [(100, [3, 0]), (2_000, [2, 1]), (5_000, [1, 1])] {
        for draw in [Draw::Fresh, Draw::Shared] {
            let sampling = sampling(6, draws, draw, Sampler::Uniform);
            let search = Search::new(&moments, &rule, &sampling, Kernel::detect()).unwrap();
            let mut batches = Batches::new(&search, search.blocks().get(1));
            for (size, first) in sizes.into_iter().zip([3, 3 + sizes[0]]) {
                let batch = batches.draw(&search).unwrap();
                let seen = batch.map(|batch| (batch.first, batch.assets.len() / 6, batch.draws));
                let wanted = (first, size as usize, draws as usize);
                assert_eq!(seen, (size > 0).then_some(wanted));
                batches.take(&search, &vec![0.0; size as usize * draws as usize]);
            }
            if draws == 100 {
                let best = judged(&search, |assets, weights| {
                    moments.select(assets).performance(weights, 0.0).sharpe
                });
                assert_eq!(best, the_best(plainly(&search, &moments, &rule), &sampling));
            }
        }
    }
}

/// What a search answers, from the best draw of every subset.
fn the_best(subsets: Vec<Portfolio>, sampling: &Sampling) -> Best {
    let mut best = Best::new(sampling.top);
    best.subsets = subsets.len() as u64;
    best.tried = best.subsets * sampling.draws;
    subsets.into_iter().for_each(|portfolio| best.keep(portfolio));
    best
}

#[test]
fn of_equal_scores_the_first_wins_and_what_is_no_number_never_does() {
    let (moments, rule) = (moments(6, ""), Rule::new(0.6, 0.0, 0.0).unwrap());
    let sampling = sampling(3, 20, Draw::Fresh, Sampler::Uniform);
    let search = Search::new(&moments, &rule, &sampling, Kernel::detect()).unwrap();
    let same = judged(&search, |assets, _| if assets[0] == 0 { f64::NAN } else { -0.0 });
    let ranks = (0..search.order.len()).filter(|rank| search.order.unrank(*rank)[0] != 0);
    let found: Vec<_> = same.portfolios().iter().map(|p| (p.rank, p.draw)).collect();
    assert_eq!(found, ranks.take(3).map(|rank| (rank, 0)).collect::<Vec<_>>());
    for none in [f64::NAN, f64::NEG_INFINITY] {
        let nothing = judged(&search, |_, _| none);
        assert_eq!((nothing.portfolios().len(), nothing.subsets, nothing.tried), (0, 20, 400));
    }
}
