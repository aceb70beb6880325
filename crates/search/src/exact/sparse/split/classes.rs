//! How a limit on the number of held assets is relaxed: each asset is held to a part z between 0 and 1, and all parts
//! together are at most as many as may be held.
//!
//! Of the risk Σ dᵢyᵢ²/zᵢ of given y the parts z are the best when those that are less than 1 are in proportion to
//! √dᵢ·yᵢ; the risk of these is then (Σ √dᵢ·yᵢ)² over what the whole ones leave of the limit (the k-support norm:
//! Argyriou, Foygel & Srebro, 2012).

/// Which assets are held whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Classes {
    pub(super) whole: Vec<bool>,
    /// What the whole ones leave of the limit, for all others together.
    pub(super) room: usize,
}

impl Classes {
    /// The classes of assets of these `sizes` √dᵢ·yᵢ, `most` of which may be held; those `forced` are whole in any
    /// case. `order` is scratch.
    pub(super) fn set(
        &mut self,
        sizes: &[f64],
        forced: &[bool],
        most: usize,
        order: &mut Vec<u32>,
    ) {
        self.whole.clear();
        self.whole.extend_from_slice(forced);
        self.room = most - forced.iter().filter(|forced| **forced).count();
        order.clear();
        order.extend((0..sizes.len() as u32).filter(|&i| !forced[i as usize]));
        if order.len() <= self.room {
            self.whole.fill(true);
            self.room = 0;
            return;
        }
        order.retain(|&i| sizes[i as usize] > 0.0);
        order.sort_unstable_by(|&a, &b| {
            sizes[b as usize].total_cmp(&sizes[a as usize]).then(a.cmp(&b))
        });
        let mut rest: f64 = order.iter().map(|&i| sizes[i as usize]).sum();
        for &i in order.iter() {
            let size = sizes[i as usize];
            if self.room < 2 || size * (self.room as f64) < rest {
                break;
            }
            self.whole[i as usize] = true;
            self.room -= 1;
            rest -= size;
        }
    }

    /// √dᵢ·yᵢ of an asset whose part is 1: the sizes of all others are this times their part.
    pub(super) fn unit(&self, sizes: &[f64]) -> f64 {
        let parts = sizes.iter().zip(&self.whole).filter(|(_, whole)| !**whole);
        let rest: f64 = parts.map(|(size, _)| size).sum();
        if self.room == 0 { 0.0 } else { rest / self.room as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least Σ x²/z over all choices of whole assets whose rest is in proportion.
    fn brute(sizes: &[f64], most: usize) -> f64 {
        let n = sizes.len();
        let risk = |mask: u32| {
            let whole = mask.count_ones() as usize;
            let (inside, rest): (Vec<usize>, Vec<usize>) = (0..n).partition(|i| mask >> i & 1 == 1);
            let total: f64 = rest.iter().map(|&i| sizes[i]).sum();
            let room = (most - whole) as f64;
            let fits = rest.iter().all(|&i| sizes[i] * room <= total * (1.0 + 1e-12));
            let risk = inside.iter().map(|&i| sizes[i].powi(2)).sum::<f64>() + total * total / room;
            if fits { risk } else { f64::INFINITY }
        };
        (0u32..1 << n)
            .filter(|m| (m.count_ones() as usize) < most)
            .map(risk)
            .fold(f64::MAX, f64::min)
    }

    #[test]
    fn the_parts_are_the_best() {
        let mut classes = Classes::default();
        let sizes = [5.0, 0.0, 1.0, 0.7, 2.5, 0.1, 0.4];
        for most in 1..7 {
            classes.set(&sizes, &[false; 7], most, &mut Vec::new());
            let unit = classes.unit(&sizes);
            let whole = sizes.iter().zip(&classes.whole).filter(|(_, whole)| **whole);
            let risk = whole.map(|(x, _)| x * x).sum::<f64>() + unit * unit * classes.room as f64;
            assert!((risk - brute(&sizes, most)).abs() < 1e-12, "{most}: {risk}");
        }
    }
}
