//! Few assets by a split of the covariance: whatever is published proves what it says, and nothing that is false.

use crate::instances::{Random, factor_moments, names};
use sharpest_search::exact::sparse::{Evidence, Fault, Limits, Search, Tree};
use sharpest_search::{Moments, Returns, Rule};

fn at_most(most: usize, cap: f64, floor: f64) -> Limits {
    Limits::at_most(most, &Rule::new(cap, floor, 0.0).unwrap())
}

/// What a search that splits at once publishes at its end.
fn evidence(moments: &Moments, limits: Limits) -> Evidence {
    let mut search = Search::new(moments, limits, 0.0).unwrap().with_patience(0);
    let progress = search.run(&mut || false);
    assert_eq!(progress.open, 0);
    search.evidence().unwrap()
}

/// Assets that share a market and differ by a hundredth: no bound but a sharp one tells them apart.
fn near_equal(assets: usize, seed: u64) -> Moments {
    let (rows, mut random) = (400, Random(seed));
    let better: Vec<f64> = (0..assets).map(|_| 0.0008 * (1.0 + 0.01 * random.normal())).collect();
    let mut values = Vec::with_capacity(rows * assets);
    for _ in 0..rows {
        let market = random.normal() * 0.008;
        values.extend(better.iter().map(|mean| mean + market + 0.01 * random.normal()));
    }
    for (asset, mean) in better.iter().enumerate() {
        let off = values.iter().skip(asset).step_by(assets).sum::<f64>() / rows as f64;
        let column = values.iter_mut().skip(asset).step_by(assets);
        column.for_each(|x| *x += mean - off);
    }
    Returns::new(names(assets), values).unwrap().moments(252.0).unwrap()
}

#[test]
fn any_vector_and_any_prices_prove_what_is_true() {
    let mut random = Random(41);
    for (most, cap, floor) in [(1, 1.0, 0.0), (3, 1.0, 0.0), (4, 0.3, 0.0), (4, 0.4, 0.15)] {
        let moments = factor_moments(&mut random, 10, 80);
        let limits = at_most(most, cap, floor);
        let good = evidence(&moments, limits);
        let Tree::Split { diagonal, .. } = &good.tree else { panic!("no split") };
        for _ in 0..200 {
            let scale = 10f64.powf(4.0 * random.unit() - 1.0);
            let mut some = |size: f64| -> Vec<(usize, f64)> {
                let chosen: Vec<usize> = (0..10).filter(|_| random.chance(0.4)).collect();
                chosen.into_iter().map(|i| (i, size * (random.unit() - 0.2))).collect()
            };
            let leaf = |(dual, prices)| Tree::Leaf { dual, prices };
            let (first, second) = ((some(scale), some(0.1)), (some(scale), some(0.1)));
            let assets = vec![random.between(0, 10)];
            let parts = vec![leaf(first.clone()), leaf(second)];
            // Nothing is claimed of what is fixed but what the vector proves.
            let (forced, excluded) = (vec![(assets[0] + 1) % 10], vec![(assets[0] + 2) % 10]);
            let (dual, prices) = first;
            let part = Box::new(Tree::Branch { assets, parts });
            let fix = Tree::Fix { forced, excluded, dual, prices, part };
            let tree = Tree::Split { diagonal: diagonal.clone(), part: Box::new(fix) };
            let claim = Evidence { bound: f64::MAX, tree, ..good.clone() };
            let bound = claim.check(&moments, limits, 0.0).unwrap();
            assert!(bound >= good.sharpe * (1.0 - 1e-12), "{bound} < {}", good.sharpe);
        }
    }
}

#[test]
fn a_split_that_takes_too_much_is_refuted() {
    let moments = near_equal(20, 42);
    let limits = at_most(4, 1.0, 0.0);
    let good = evidence(&moments, limits);
    good.check(&moments, limits, 0.0).unwrap();
    let Tree::Split { diagonal, part } = &good.tree else { panic!("no split") };
    let refuted = |diagonal: Vec<(usize, f64)>| {
        let tree = Tree::Split { diagonal, part: part.clone() };
        Evidence { tree, ..good.clone() }.check(&moments, limits, 0.0).unwrap_err()
    };
    let largest = (0..20).map(|i| (i, moments.covariance_row(i)[i])).collect();
    assert_eq!(refuted(largest), Fault::Split);
    let scaled = |factor: f64| diagonal.iter().map(|&(i, d)| (i, factor * d)).collect();
    assert_eq!(refuted(scaled(3.0)), Fault::Split);
    assert_eq!(refuted(scaled(-1.0)), Fault::Split);
    assert_eq!(refuted(scaled(f64::NAN)), Fault::Split);
    assert_eq!(refuted(vec![(20, 0.0)]), Fault::Shape);
    // Less is allowed, and proves less; nothing proves nothing.
    assert!(matches!(refuted(scaled(0.5)), Fault::Bound { .. }));
    assert!(matches!(refuted(Vec::new()), Fault::Bound { .. }));
    let bare = Evidence { tree: (**part).clone(), ..good.clone() };
    assert!(matches!(bare.check(&moments, limits, 0.0), Err(Fault::Bound { .. })));
}

/// Does something to each fix of a tree.
fn each_fix(tree: &mut Tree, change: &mut dyn FnMut(&mut Vec<usize>, &mut Vec<usize>)) {
    match tree {
        Tree::Leaf { .. } => {}
        Tree::Branch { parts, .. } => parts.iter_mut().for_each(|part| each_fix(part, change)),
        Tree::Split { part, .. } => each_fix(part, change),
        Tree::Fix { forced, excluded, part, .. } => {
            change(forced, excluded);
            each_fix(part, change);
        }
    }
}

#[test]
fn what_a_vector_does_not_decide_is_not_decided() {
    let moments = near_equal(30, 43);
    let limits = at_most(4, 1.0, 0.0);
    let good = evidence(&moments, limits);
    let best: Vec<usize> = (0..30).filter(|&i| good.weights[i] > 0.0).collect();
    let mut fixes = 0;
    each_fix(&mut good.tree.clone(), &mut |_, excluded| fixes += usize::from(!excluded.is_empty()));
    assert!(fixes > 0, "nothing was fixed");
    // To leave out what the best portfolio holds would prove that there is none.
    let mut bad = good.clone();
    each_fix(&mut bad.tree, &mut |forced, excluded| {
        excluded.extend(best.iter().filter(|i| !forced.contains(i)));
        excluded.sort_unstable();
        excluded.dedup();
    });
    assert!(bad.check(&moments, limits, 0.0).is_err());
    let mut twice = good.clone();
    each_fix(&mut twice.tree, &mut |_, excluded| excluded.extend(excluded.clone().first()));
    assert_eq!(twice.check(&moments, limits, 0.0), Err(Fault::Shape));
}

#[test]
fn near_equal_assets_are_told_apart() {
    let moments = near_equal(24, 44);
    let limits = at_most(4, 1.0, 0.0);
    let good = evidence(&moments, limits);
    let bound = good.check(&moments, limits, 0.0).unwrap();
    assert!(bound <= good.sharpe * (1.0 + 1e-11));
    let plain = Search::new(&moments, limits, 0.0).unwrap().with_patience(usize::MAX);
    let found = { plain }.run(&mut || false);
    assert!((found.sharpe.unwrap() - good.sharpe).abs() <= 1e-12 * good.sharpe);
    let mut split = Search::new(&moments, limits, 0.0).unwrap().with_patience(0);
    assert!(10 * split.run(&mut || false).nodes < found.nodes);
}

#[test]
fn an_unfinished_search_publishes_a_small_tree() {
    let moments = near_equal(60, 45);
    let limits = at_most(8, 1.0, 0.0);
    // Without a split this one does not end.
    let search = Search::new(&moments, limits, 0.0).unwrap().with_patience(usize::MAX);
    let mut search = search.with_room(4 << 20);
    let progress = search.run(&mut || false);
    assert!(search.is_full() && progress.open > 0 && search.tasks().is_empty());
    let found = search.evidence().unwrap();
    let leaves = leaves(&found.tree);
    assert!(leaves <= 8192 && progress.nodes > leaves, "{leaves} of {}", progress.nodes);
    let bound = found.check(&moments, limits, 0.0).unwrap();
    let best = evidence(&moments, limits).sharpe;
    assert!(bound >= best && found.bound < 1.2 * best, "{bound} {best}");
    assert!(found.bound >= progress.bound * (1.0 - 1e-12));
}

fn leaves(tree: &Tree) -> usize {
    match tree {
        Tree::Leaf { .. } => 1,
        Tree::Branch { parts, .. } => parts.iter().map(leaves).sum(),
        Tree::Fix { part, .. } | Tree::Split { part, .. } => leaves(part),
    }
}

#[test]
fn a_split_search_may_stop_at_any_time() {
    let moments = near_equal(40, 46);
    let limits = at_most(5, 0.3, 0.0);
    let best = evidence(&moments, limits).sharpe;
    let mut last = f64::INFINITY;
    for rounds in [1, 5, 20, 40, 60, 100, 1000] {
        let mut left = rounds;
        let mut stop = || {
            left -= 1;
            left < 0
        };
        let mut search = Search::new(&moments, limits, 0.0).unwrap().with_patience(40);
        let progress = search.run(&mut stop);
        let found = search.evidence().unwrap();
        let bound = found.check(&moments, limits, 0.0).unwrap();
        assert!(bound >= best * (1.0 - 1e-12) && progress.bound >= best * (1.0 - 1e-12));
        assert!(found.bound <= progress.bound * (1.0 + 1e-9), "{} {progress:?}", found.bound);
        assert!(progress.bound <= last, "a longer search proves less: {rounds}");
        last = progress.bound;
    }
    assert!(last <= best * (1.0 + 1e-11), "1,000 rounds are enough");
}

#[test]
fn a_covariance_that_leaves_nothing_to_split_is_searched_without() {
    // Fewer returns than assets: Σ is singular.
    let moments = factor_moments(&mut Random(47), 25, 15);
    let limits = at_most(3, 0.5, 0.0);
    let good = evidence(&moments, limits);
    assert!(!matches!(good.tree, Tree::Split { .. }));
    good.check(&moments, limits, 0.0).unwrap();
}
