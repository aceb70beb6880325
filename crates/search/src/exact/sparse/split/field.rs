//! The assets of one node, and what a portfolio of them proves as a dual vector of the split of Σ. Which portfolio is
//! `relax`'s to say.

use super::Splitting;
use super::classes::Classes;
use crate::Moments;
use crate::exact::linear::add_scaled;
use crate::exact::sparse::Limits;
use crate::exact::sparse::node::Held;

/// What is known of the assets that may be held.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) moments: &'a Moments,
    pub(super) limits: Limits,
    rate: f64,
    pub(super) assets: Vec<u32>,
    pub(super) forced: Vec<bool>,
    /// μ̃.
    excess: Vec<f64>,
    /// √d.
    pub(super) roots: Vec<f64>,
    /// √d·w of the portfolio looked at last, and its classes.
    pub(super) sizes: Vec<f64>,
    pub(super) classes: Classes,
    /// Scratch, and what [`Field::sort`] has put in order.
    pub(super) order: Vec<u32>,
}

/// The dual vector of a portfolio.
#[derive(Debug, Clone)]
pub(super) struct Dual {
    pub(super) bound: f64,
    /// v = scale·w.
    pub(super) scale: f64,
    /// The price of each limit that holds a weight: above 0 of the cap, below 0 of the floor. Empty if none does.
    pub(super) prices: Vec<f64>,
    /// (μ̃ − Rv)₊² / d, prices counted in.
    pub(super) terms: Vec<f64>,
    /// The term that an asset must have to be worth a part.
    pub(super) level: f64,
}

impl<'a> Field<'a> {
    pub(super) fn new(moments: &'a Moments, limits: Limits, rate: f64) -> Self {
        Self {
            moments,
            limits,
            rate,
            assets: Vec::new(),
            forced: Vec::new(),
            excess: Vec::new(),
            roots: Vec::new(),
            sizes: Vec::new(),
            classes: Classes::default(),
            order: Vec::new(),
        }
    }

    /// Collects what is known of the assets that are not excluded.
    pub(super) fn gather(&mut self, splitting: &Splitting, forced: &[u32], excluded: &[u32]) {
        let n = self.moments.len() as u32;
        self.assets.clear();
        self.assets.extend((0..n).filter(|asset| excluded.binary_search(asset).is_err()));
        self.forced.clear();
        self.excess.clear();
        self.roots.clear();
        for &asset in &self.assets {
            self.forced.push(forced.binary_search(&asset).is_ok());
            self.excess.push(self.moments.mean()[asset as usize] - self.rate);
            self.roots.push(splitting.diagonal[asset as usize].sqrt());
        }
    }

    /// The weights of a portfolio, as far as they belong to the node.
    pub(super) fn weights(&self, held: &Held) -> Vec<f64> {
        let mut weights = vec![0.0; self.assets.len()];
        for (asset, weight) in held.assets.iter().zip(&held.weights) {
            if let Ok(at) = self.assets.binary_search(asset) {
                weights[at] = *weight;
            }
        }
        weights
    }

    pub(super) fn held(&self, weights: &[f64]) -> Held {
        let held = self.assets.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
        let (assets, weights) = held.unzip();
        Held { assets, weights }
    }

    /// Sets the classes that weights call for.
    pub(super) fn classify(&mut self, weights: &[f64]) {
        self.sizes.clear();
        self.sizes.extend(self.roots.iter().zip(weights).map(|(root, weight)| root * weight));
        self.classes.set(&self.sizes, &self.forced, self.limits.most, &mut self.order);
    }

    /// The dual vector of some weights with what it proves, their classes set; `None` if they do not beat the rate.
    pub(super) fn dual(&mut self, weights: &[f64]) -> Option<Dual> {
        self.classify(weights);
        let product = self.product(weights);
        let unit = self.classes.unit(&self.sizes);
        let whole = self.sizes.iter().zip(&self.classes.whole).filter(|(_, whole)| **whole);
        let own: f64 = whole.map(|(size, _)| size * size).sum();
        let along = |values: &[f64]| weights.iter().zip(values).map(|(w, x)| w * x).sum::<f64>();
        let rest = along(&product);
        let risk = rest + own + unit * unit * self.classes.room as f64;
        let scale = along(&self.excess) / risk;
        if scale.is_nan() || scale <= 0.0 || scale.is_infinite() {
            return None;
        }
        let mut scores = self.excess.clone();
        add_scaled(&mut scores, -scale, &product);
        let prices = self.prices(weights, &scores, scale, unit);
        if !prices.is_empty() {
            let lift = self.lift(&prices);
            scores.iter_mut().zip(&prices).for_each(|(score, price)| *score += lift - price);
        }
        let term = |(score, root): (&f64, &f64)| (score.max(0.0) / root).powi(2);
        let terms: Vec<f64> = scores.iter().zip(&self.roots).map(term).collect();
        let total = scale * scale * rest + self.highest(&terms);
        let level = (scale * unit).powi(2);
        Some(Dual { bound: total.max(0.0).sqrt(), scale, prices, terms, level })
    }

    /// (Σ − D)w.
    fn product(&self, weights: &[f64]) -> Vec<f64> {
        let own = self.roots.iter().zip(weights).map(|(root, weight)| -root * root * weight);
        let mut product: Vec<f64> = own.collect();
        for (at, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
            let row = self.moments.covariance_row(self.assets[at] as usize);
            for (product, &asset) in product.iter_mut().zip(&self.assets) {
                *product += weight * row[asset as usize];
            }
        }
        product
    }

    /// The sum of the forced terms and the highest others, as many as may be held.
    fn highest(&mut self, terms: &[f64]) -> f64 {
        let forced: f64 =
            terms.iter().zip(&self.forced).filter(|(_, f)| **f).map(|(term, _)| term).sum();
        let room = self.sort(terms);
        forced + self.order.iter().take(room).map(|&i| terms[i as usize]).sum::<f64>()
    }

    /// Puts the assets that are not forced in `order`, the highest term first; says how many of them may be held.
    pub(super) fn sort(&mut self, terms: &[f64]) -> usize {
        let Self { order, forced, .. } = self;
        order.clear();
        order.extend((0..terms.len() as u32).filter(|&i| !forced[i as usize]));
        order.sort_unstable_by(|&a, &b| {
            terms[b as usize].total_cmp(&terms[a as usize]).then(a.cmp(&b))
        });
        self.limits.most - (terms.len() - order.len())
    }

    /// What the limits that hold a weight cost: the multipliers of y ≤ cap·Σy and y ≥ floor·Σy. Empty if none does.
    fn prices(&self, weights: &[f64], scores: &[f64], scale: f64, unit: f64) -> Vec<f64> {
        let Limits { floor, cap, .. } = self.limits;
        let limit = |i: usize| {
            if weights[i] >= cap {
                Some(cap)
            } else {
                (self.forced[i] && weights[i] <= floor).then_some(floor)
            }
        };
        let costs = |i: usize| {
            let part = if self.classes.whole[i] { self.sizes[i] } else { unit };
            scores[i] - scale * self.roots[i] * part
        };
        if cap >= 1.0 && floor <= 0.0 {
            return Vec::new();
        }
        let (mut known, mut share, mut lowest) = (0.0, 1.0, f64::NEG_INFINITY);
        for (i, at) in (0..weights.len()).filter_map(|i| Some((i, limit(i)?))) {
            known += at * costs(i);
            share -= at;
            lowest = lowest.max(if at == cap { -costs(i) } else { lowest });
        }
        let level = if share > 1e-9 { known / share } else { lowest };
        let price = |i: usize| match limit(i) {
            Some(at) if at == cap => (costs(i) + level).max(0.0),
            Some(_) => (costs(i) + level).min(0.0),
            None => 0.0,
        };
        if level.is_finite() { (0..weights.len()).map(price).collect() } else { Vec::new() }
    }

    /// What prices add to the score of every asset.
    fn lift(&self, prices: &[f64]) -> f64 {
        let Limits { floor, cap, .. } = self.limits;
        let at = |(price, forced): (&f64, &bool)| {
            price
                * if *price > 0.0 {
                    cap
                } else if *forced {
                    floor
                } else {
                    0.0
                }
        };
        prices.iter().zip(&self.forced).map(at).sum()
    }
}
