//! Brute force for a handful of assets: every choice of free, lower and upper, and the stationary point of each.

use crate::instances::Instance;

/// The highest Sharpe ratio over all active sets; `None` if no portfolio beats the rate.
pub(crate) fn sharpe(instance: &Instance) -> Option<f64> {
    let n = instance.moments.len();
    let sets = 3usize.pow(n as u32);
    let best = (0..sets).filter_map(|code| {
        let places: Vec<usize> = (0..n).map(|i| code / 3usize.pow(i as u32) % 3).collect();
        stationary(instance, &places)
    });
    best.filter(|sharpe| *sharpe > 0.0).max_by(f64::total_cmp)
}

/// The Sharpe ratio of the stationary point with assets free (0), lower (1) or upper (2), if it is feasible.
///
/// In y = κw the conditions are linear: (Σy − μ̃)_F = ν, Σy = κ, and (Σy − μ̃)ᵀ(y's direction at the bounds) =
/// −ν·(what is left for the free).
fn stationary(instance: &Instance, places: &[usize]) -> Option<f64> {
    let n = places.len();
    let free: Vec<usize> = (0..n).filter(|&i| places[i] == 0).collect();
    let excess: Vec<f64> = instance.moments.mean().iter().map(|m| m - instance.rate).collect();
    let bound: Vec<f64> = (0..n)
        .map(|i| [0.0, instance.bounds.lower()[i], instance.bounds.upper()[i]][places[i]])
        .collect();
    let left = 1.0 - bound.iter().sum::<f64>();
    let covariance = |i: usize, j: usize| instance.moments.covariance()[i * n + j];
    let fixed = |i: usize| (0..n).map(|j| covariance(i, j) * bound[j]).sum::<f64>();
    let f = free.len();
    let size = f + 2; // y_F, κ, ν
    let mut system = vec![vec![0.0; size + 1]; size];
    for (row, &i) in free.iter().enumerate() {
        for (column, &j) in free.iter().enumerate() {
            system[row][column] = covariance(i, j);
        }
        system[row][f] = fixed(i);
        system[row][f + 1] = -1.0;
        system[row][size] = excess[i];
        system[f][row] = 1.0;
        system[f + 1][row] = fixed(i);
    }
    system[f][f] = -left;
    system[f + 1][f] = (0..n).map(|i| bound[i] * fixed(i)).sum();
    system[f + 1][f + 1] = left;
    system[f + 1][size] = (0..n).map(|i| bound[i] * excess[i]).sum();
    let solution = eliminate(system)?;
    let total = solution[f];
    let mut weights = bound;
    free.iter().zip(&solution).for_each(|(&i, y)| weights[i] = y / total);
    let within = |(i, w): (usize, &f64)| {
        instance.bounds.lower()[i] - 1e-10 <= *w && *w <= instance.bounds.upper()[i] + 1e-10
    };
    let sums = (weights.iter().sum::<f64>() - 1.0).abs() < 1e-10;
    (total > 0.0 && sums && weights.iter().enumerate().all(within))
        .then(|| instance.moments.performance(&weights, instance.rate).sharpe)
}

/// Gauss with full row exchange; `None` if singular.
fn eliminate(mut system: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let size = system.len();
    for pivot in 0..size {
        let best = (pivot..size)
            .max_by(|&a, &b| system[a][pivot].abs().total_cmp(&system[b][pivot].abs()))?;
        system.swap(pivot, best);
        if system[pivot][pivot].abs() < 1e-13 {
            return None;
        }
        let row = system[pivot].clone();
        for other in (0..size).filter(|&other| other != pivot) {
            let factor = system[other][pivot] / row[pivot];
            system[other].iter_mut().zip(&row).for_each(|(x, y)| *x -= factor * y);
        }
    }
    Some((0..size).map(|i| system[i][size] / system[i][i]).collect())
}
