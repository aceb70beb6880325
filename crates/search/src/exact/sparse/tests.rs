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

#[test]
fn a_split_is_sought_in_slices_and_is_the_same_in_any() {
    let n = 200;
    let moments = market(n, 400);
    let limits = Limits { least: 0, most: 5, floor: 0.0, cap: 1.0 };
    let mut whole = None;
    for slice in [usize::MAX, n * n, 1] {
        let search = Search::new(&moments, limits, 0.0).unwrap();
        let mut search = search.with_patience(1).with_slice(slice);
        let (mut looks, mut most) = (0, 0);
        let progress = search.run(&mut || {
            let done = work::take();
            (looks, most) = (looks + 1, most.max(done));
            false
        });
        assert!(search.growth.splitting.is_some(), "there is a split");
        let answer = (progress, search.evidence());
        assert_eq!(whole.get_or_insert_with(|| answer.clone()), &answer);
        // A slice may end with a piece that fills it twice; the largest is a block of 64 columns of a factor.
        let bound = slice.saturating_add(80 * n * n);
        assert!(most <= bound, "slices of {slice}: {most} multiply-adds between two looks");
        assert!(slice > n * n || looks > 10 * n / 4, "{looks} looks");
    }
}
