//! How much is done between two looks at whether to stop, counted in multiply-adds; and that it changes no answer.

use super::*;
use crate::Returns;
use crate::draw::rng::mix;
use crate::exact::linear::work;

/// A market and what each asset does on its own.
fn market(n: usize, days: usize) -> Moments {
    let mut at = 0;
    let mut random = || {
        at += 1;
        (0..6).map(|i| mix(at * 6 + i) as f64 / 2f64.powi(64)).sum::<f64>() - 3.0
    };
    let mut values = Vec::with_capacity(n * days);
    for _ in 0..days {
        let common = 0.01 * random();
        values.extend((0..n).map(|i| 4e-4 + 1e-6 * i as f64 + common + 0.02 * random()));
    }
    let names = (0..n).map(|i| format!("A{i}")).collect();
    Returns::new(names, values).unwrap().moments(252.0).unwrap()
}

/// Solves a search, and asks whether to stop wherever that can be asked.
fn run(search: &mut Search<'_>, stop: &mut dyn FnMut() -> bool) -> Progress {
    let mut workspace = search.workspace();
    while !stop() {
        let tasks = search.tasks();
        if tasks.is_empty() {
            break;
        }
        let answer = |task| workspace.solve_until(task, stop);
        let answers = tasks.into_iter().map(answer).collect();
        search.absorb_until(answers, stop);
    }
    search.progress()
}

/// The most multiply-adds between two looks at whether to stop, and how many looks there were.
fn looks(work: impl FnOnce(&mut dyn FnMut() -> bool)) -> (usize, usize) {
    let (mut most, mut looks) = (0, 0);
    work::take();
    work(&mut || {
        most = most.max(work::take());
        looks += 1;
        false
    });
    (most.max(work::take()), looks)
}

#[test]
fn a_split_is_sought_in_slices_and_is_the_same_in_any() {
    let n = 200;
    let moments = market(n, 400);
    let limits = Limits { least: 0, most: 5, floor: 0.0, cap: 1.0 };
    let mut whole = None;
    for slice in [usize::MAX, n * n, 1] {
        let search = Search::new(&moments, limits, 0.0).unwrap();
        let mut search = search.with_patience(1).with_slice(slice);
        let (most, looks) = looks(|stop| {
            run(&mut search, stop);
        });
        assert!(search.growth.splitting.is_some(), "there is a split");
        let answer = (search.progress(), search.evidence());
        assert_eq!(whole.get_or_insert_with(|| answer.clone()), &answer);
        // A slice may end with a piece that fills it twice; the largest is a block of 64 columns of a factor.
        let bound = slice.saturating_add(80 * n * n);
        assert!(most <= bound, "slices of {slice}: {most} multiply-adds between two looks");
        assert!(slice > n * n || looks > 10 * n / 4, "{looks} looks");
    }
}

#[test]
fn a_search_that_is_stopped_anywhere_says_what_is_true() {
    let moments = market(40, 90);
    let limits = Limits { least: 0, most: 4, floor: 0.0, cap: 0.3 };
    let search = || Search::new(&moments, limits, 0.0).unwrap().with_patience(20).with_slice(1000);
    let best = run(&mut search(), &mut || false).sharpe.unwrap();
    let mut finished = false;
    let first = solve_first(&moments, limits);
    for looks in (1..60).chain((60..30_000).step_by(97)) {
        let mut left = looks;
        let mut stop = || {
            left -= 1;
            left < 0
        };
        let mut search = search();
        let progress = run(&mut search, &mut stop);
        if search.weights().is_none() {
            search.seed(&first);
        }
        let found = search.evidence().unwrap();
        let bound = found.check(&moments, limits, 0.0).unwrap();
        assert!(bound >= best * (1.0 - 1e-12) && progress.bound >= best * (1.0 - 1e-12), "{looks}");
        assert!(found.sharpe <= best * (1.0 + 1e-12));
        finished = progress.open == 0;
        if finished {
            assert!(bound <= best * (1.0 + 1e-11));
            break;
        }
    }
    assert!(finished, "so many looks are enough");
}

/// The best portfolio without a limit on the number of assets.
fn solve_first(moments: &Moments, limits: Limits) -> Vec<f64> {
    let n = moments.len();
    let bounds = crate::exact::Bounds::new(vec![0.0; n], vec![limits.cap; n]).unwrap();
    match crate::exact::solve(moments, &bounds, 0.0) {
        crate::exact::Answer::Optimal(certificate) => certificate.weights,
        other => panic!("{other:?}"),
    }
}

/// Assets that move each on its own: the best portfolio holds all of them.
fn apart(n: usize) -> Moments {
    let mut covariance = vec![1e-3; n * n];
    (0..n).for_each(|i| covariance[i * n + i] = 0.04 + 1e-4 * (i % 7) as f64);
    let mean: Vec<f64> = (0..n).map(|i| 0.05 + 1e-3 * (i % 11) as f64).collect();
    let names = (0..n).map(|i| format!("A{i}")).collect();
    Moments::new(names, &mean, &covariance, 1.0).unwrap()
}

#[test]
fn a_portfolio_of_everything_is_sought_and_proven_in_small_steps() {
    let n = 150;
    let moments = apart(n);
    let bounds = crate::exact::Bounds::new(vec![0.0; n], vec![1.0; n]).unwrap();
    let mut held = 0;
    let (most, looks) = looks(|stop| {
        let answer = crate::exact::solve_until(&moments, &bounds, 0.0, stop).unwrap();
        let crate::exact::Answer::Optimal(certificate) = answer else { panic!("{answer:?}") };
        held = certificate.weights.iter().filter(|w| **w > 0.0).count();
        assert!(certificate.proof.gap.unwrap() <= 1e-12);
    });
    assert_eq!(held, n);
    assert!(most <= 8 * n * n, "{most} multiply-adds between two looks, {} n²", most / n / n);
    assert!(looks >= n, "{looks} looks");
}

#[test]
fn a_solver_that_is_stopped_anywhere_has_a_portfolio_and_a_bound() {
    let n = 60;
    let moments = apart(n);
    let bounds = crate::exact::Bounds::new(vec![0.0; n], vec![1.0; n]).unwrap();
    let best = crate::exact::solve(&moments, &bounds, 0.0).sharpe().unwrap();
    let (mut looks, mut stopped) = (0, 0);
    loop {
        let mut left = looks;
        let answer = crate::exact::solve_until(&moments, &bounds, 0.0, &mut || {
            left -= 1;
            left < 0
        });
        let Err(certificate) = answer else { break };
        let proof = certificate.check(&crate::exact::Problem::new(&moments, &bounds, 0.0)).unwrap();
        assert!(proof.sharpe > 0.0 && proof.sharpe <= best * (1.0 + 1e-12), "{looks}");
        assert!(proof.bound.unwrap() >= best * (1.0 - 1e-12), "{looks}: {proof:?}");
        (looks, stopped) = (looks + 1, stopped + 1);
    }
    assert!(stopped > n, "{stopped}");
}

#[test]
fn what_is_stopped_is_published_in_small_steps() {
    let n = 150;
    let moments = apart(n);
    let limits = Limits { least: 0, most: 10, floor: 0.0, cap: 1.0 };
    let weights = vec![1.0 / n as f64; n];
    let best = Search::new(&moments, limits, 0.0).unwrap().run(&mut || false).sharpe.unwrap();
    for stopped in [false, true] {
        let mut search = Search::new(&moments, limits, 0.0).unwrap();
        search.seed(&weights);
        let mut evidence = None;
        let (most, _) = looks(|ask| {
            evidence = search.evidence_until(&mut || ask() || stopped);
        });
        assert!(most <= 8 * n * n, "{most} multiply-adds between two looks, {} n²", most / n / n);
        let found = evidence.unwrap();
        let bound = found.check(&moments, limits, 0.0).unwrap();
        assert!(bound.is_finite() && bound >= best * (1.0 - 1e-12) && found.sharpe <= best);
    }
}
