//! Few assets, floors on what is held: branch and bound against every subset there is.

use crate::instances::{Random, factor_moments};
use sharpest_search::exact::sparse::{Evidence, Fault, Limits, Search, Tree};
use sharpest_search::exact::{Bounds, Outcome, Problem, Solver};
use sharpest_search::{Moments, Rule};

/// The best over all subsets of the sizes allowed, each held within floor and cap; 0 if none beats the rate.
fn brute(moments: &Moments, limits: Limits, rate: f64) -> f64 {
    let n = moments.len();
    let least = if limits.floor > 0.0 { limits.least.max(1) } else { 1 };
    let solve = |mask: u32| {
        let assets: Vec<usize> = (0..n).filter(|i| mask >> i & 1 == 1).collect();
        let some = moments.select(&assets);
        let size = assets.len();
        let bounds = Bounds::new(vec![limits.floor; size], vec![limits.cap; size]).ok()?;
        match Solver::new(size).solve(&Problem::new(&some, &bounds, rate)) {
            Outcome::Optimal { sharpe } => Some(sharpe),
            Outcome::Riskless { .. } => Some(f64::INFINITY),
            Outcome::NoExcess { .. } => Some(0.0),
        }
    };
    (1u32..1 << n)
        .filter(|mask| (least..=limits.most).contains(&(mask.count_ones() as usize)))
        .filter_map(solve)
        .fold(0.0, f64::max)
}

/// Whether the search agrees with every subset there is, without a split of Σ and with one from the root on.
fn agrees(moments: &Moments, limits: Limits, rate: f64) {
    let best = brute(moments, limits, rate);
    for patience in [usize::MAX, 0, 9] {
        agrees_with(best, moments, limits, rate, patience);
    }
}

fn agrees_with(best: f64, moments: &Moments, limits: Limits, rate: f64, patience: usize) {
    let mut search = Search::new(moments, limits, rate).unwrap().with_patience(patience);
    let progress = search.run(&mut || false);
    let found = progress.sharpe.unwrap_or(0.0);
    assert!((found - best).abs() <= 1e-10 * best, "{found} or {best}? {limits:?}");
    assert!(progress.bound <= found * (1.0 + 1e-11), "{progress:?}");
    if let Some(evidence) = search.evidence() {
        let bound = evidence.check(moments, limits, rate).unwrap();
        assert!(bound >= best && bound <= best * (1.0 + 1e-11), "{bound} {best}");
    }
    if let Some(weights) = search.weights() {
        let held: Vec<f64> = weights.into_iter().filter(|w| *w > 0.0).collect();
        assert!(held.len() <= limits.most && held.len() >= limits.least);
        assert!(held.iter().all(|w| *w >= limits.floor && *w <= limits.cap));
        assert!((held.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn at_most_a_few_assets() {
    let mut random = Random(31);
    for (most, cap) in [(1, 1.0), (2, 1.0), (3, 0.4), (4, 0.25), (5, 0.3), (9, 0.2)] {
        let moments = factor_moments(&mut random, 12, 60);
        let rule = Rule::new(cap, 0.0, 0.0).unwrap();
        agrees(&moments, Limits::at_most(most, &rule), 0.0);
        agrees(&moments, Limits::at_most(most, &rule), 0.3);
    }
}

#[test]
fn held_at_the_floor_or_not_at_all() {
    let mut random = Random(32);
    for (most, floor, cap) in
        [(3, 0.2, 1.0), (4, 0.25, 0.25), (5, 0.1, 0.4), (12, 0.05, 0.3), (12, 0.3, 1.0)]
    {
        let moments = factor_moments(&mut random, 12, 60);
        agrees(&moments, Limits::at_most(most, &Rule::new(cap, floor, 0.0).unwrap()), 0.0);
    }
}

#[test]
fn every_picked_asset_at_its_floor() {
    let mut random = Random(33);
    for (pick, floor, cap) in [(3, 0.2, 1.0), (6, 0.1, 0.3), (9, 0.05, 0.3), (11, 0.02, 1.0)] {
        let moments = factor_moments(&mut random, 12, 60);
        agrees(&moments, Limits::exactly(pick, &Rule::new(cap, floor, 0.0).unwrap()), 0.0);
    }
}

#[test]
fn fewer_returns_than_assets() {
    let mut random = Random(34);
    for most in [2, 3, 5] {
        let moments = factor_moments(&mut random, 12, 9);
        agrees(&moments, Limits::at_most(most, &Rule::new(1.0, 0.0, 0.0).unwrap()), 0.0);
    }
}

#[test]
fn nothing_beats_the_rate() {
    let moments = factor_moments(&mut Random(35), 10, 60);
    let limits = Limits::at_most(3, &Rule::new(0.5, 0.0, 0.0).unwrap());
    let mut search = Search::new(&moments, limits, 9.0).unwrap();
    let progress = search.run(&mut || false);
    assert_eq!((progress.sharpe, progress.bound), (None, 0.0));
}

#[test]
fn a_stopped_search_has_a_bound() {
    let moments = factor_moments(&mut Random(36), 30, 90);
    let limits = Limits::at_most(4, &Rule::new(0.5, 0.0, 0.0).unwrap());
    let best = Search::new(&moments, limits, 0.0).unwrap().run(&mut || false).sharpe.unwrap();
    let mut rounds = 0;
    let mut stop = || {
        rounds += 1;
        rounds > 3
    };
    let mut search = Search::new(&moments, limits, 0.0).unwrap();
    let progress = search.run(&mut stop);
    let bound = search.evidence().unwrap().check(&moments, limits, 0.0).unwrap();
    assert!((bound - progress.bound).abs() <= 1e-11 * bound);
    assert!(progress.open > 0 && progress.bound >= best && progress.sharpe.unwrap() <= best);
}

#[test]
fn a_tree_that_is_changed_is_refuted() {
    let moments = factor_moments(&mut Random(39), 20, 90);
    let limits = Limits::at_most(3, &Rule::new(0.6, 0.0, 0.0).unwrap());
    let mut search = Search::new(&moments, limits, 0.0).unwrap();
    search.run(&mut || false);
    let good = search.evidence().unwrap();
    let refuted = |change: &dyn Fn(&mut Evidence)| {
        let mut bad = good.clone();
        change(&mut bad);
        bad.check(&moments, limits, 0.0).unwrap_err()
    };
    let Tree::Branch { assets, .. } = &good.tree else { panic!("no branch") };
    let first = assets[0];
    assert!(matches!(refuted(&|e| e.sharpe *= 1.001), Fault::Sharpe { .. }));
    assert!(matches!(refuted(&|e| e.bound *= 0.999), Fault::Bound { .. }));
    assert!(matches!(refuted(&|e| e.weights = vec![0.05; 20]), Fault::Limits { held: 20, .. }));
    let parts = |e: &mut Evidence, change: &dyn Fn(&mut Vec<usize>, &mut Vec<Tree>)| {
        let Tree::Branch { assets, parts } = &mut e.tree else { panic!("no branch") };
        change(assets, parts);
    };
    assert_eq!(refuted(&|e| parts(e, &|_, parts| parts.truncate(1))), Fault::Shape);
    assert_eq!(refuted(&|e| parts(e, &|assets, _| assets[1] = first)), Fault::Shape);
    assert_eq!(refuted(&|e| parts(e, &|assets, _| assets[0] = 20)), Fault::Shape);
    let empty = Tree::Leaf { dual: Vec::new(), prices: Vec::new() };
    let lost = refuted(&|e| parts(e, &|_, parts| parts[0] = empty.clone()));
    assert!(matches!(lost, Fault::Bound { found: f64::INFINITY, .. }));
}

#[test]
fn the_order_in_which_tasks_are_solved_changes_nothing() {
    let moments = factor_moments(&mut Random(37), 60, 90);
    let limits = Limits::at_most(4, &Rule::new(0.5, 0.0, 0.0).unwrap());
    for patience in [usize::MAX, 9] {
        let search = || Search::new(&moments, limits, 0.0).unwrap().with_patience(patience);
        let mut straight = search();
        let progress = straight.run(&mut || false);
        let mut shuffled = search();
        let mut workers = [shuffled.workspace(), shuffled.workspace()];
        loop {
            let tasks = shuffled.tasks();
            if tasks.is_empty() {
                break;
            }
            let turn = tasks.into_iter().enumerate().map(|(i, task)| workers[i % 2].solve(task));
            let mut answers: Vec<_> = turn.collect();
            answers.reverse();
            shuffled.absorb(answers);
        }
        assert_eq!(shuffled.progress(), progress);
        assert_eq!(shuffled.weights(), straight.weights());
        assert_eq!(shuffled.evidence(), straight.evidence());
    }
}

#[test]
fn limits_that_admit_nothing_are_refused_in_a_sentence() {
    let moments = factor_moments(&mut Random(38), 10, 60);
    let refused = |limits| Search::new(&moments, limits, 0.0).unwrap_err().to_string();
    let rule = Rule::new(0.2, 0.0, 0.0).unwrap();
    assert_eq!(
        refused(Limits::at_most(4, &rule)),
        "4 assets at no more than 20 % hold at most 80 %: raise the cap to 25 % or pick more"
    );
    let rule = Rule::new(1.0, 0.3, 0.0).unwrap();
    assert_eq!(
        refused(Limits::exactly(4, &rule)),
        "4 assets at no less than 30 % take at least 120 %: lower the floor to 25 % or pick fewer"
    );
    assert!(refused(Limits::at_most(0, &rule)).contains("pick at least 1"));
}

/// Three assets whose best mix has a tenth of a millionth of their risk: plain sums lose all but nine digits of its ratio. Found by
/// fuzzing.
#[test]
fn what_is_found_beside_hardly_any_risk_is_not_above_its_bound() {
    let covariance = [
        [0.3482666015625, -0.03662109375, -0.04632568359375],
        [-0.03662109375, 0.34344482421875, 0.00396728515625],
        [-0.04632568359375, 0.00396728515625, 0.00616455078125],
    ];
    let names = ["A", "B", "C"].map(String::from).to_vec();
    let mean = [0.3984375, 0.2421875, 0.2421875];
    let moments = Moments::new(names, &mean, covariance.as_flattened(), 1.0).unwrap();
    let limits = Limits::at_most(3, &Rule::new(1.0, 0.0, 0.0).unwrap());
    let mut search = Search::new(&moments, limits, 0.0).unwrap();
    let progress = search.run(&mut || false);
    let Evidence { sharpe, bound, .. } = search.evidence().unwrap();
    assert_eq!(progress.sharpe, Some(sharpe));
    assert!(sharpe <= bound && bound <= sharpe * (1.0 + 1e-9), "{sharpe} and {bound}");
}
