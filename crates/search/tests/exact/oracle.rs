//! Clarabel, an interior-point solver, on the same problem in homogeneous form.

use crate::instances::Instance;
use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettings, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, ZeroConeT,
};

/// The highest Sharpe ratio by min ½yᵀΣy, μ̃ᵀy = 1, Σy = κ, ℓκ ≤ y ≤ uκ; `None` if Clarabel does not solve it.
pub(crate) fn sharpe(instance: &Instance) -> Option<f64> {
    let n = instance.moments.len();
    let excess: Vec<f64> = instance.moments.mean().iter().map(|m| m - instance.rate).collect();
    // Scaled so that the numbers that Clarabel sees are near 1: Sharpe = scale / √(yᵀ(Σ/v)y).
    let mean = excess.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    let variance = (0..n).map(|i| instance.moments.covariance()[i * n + i]).sum::<f64>() / n as f64;
    let objective = upper_triangle(n, instance.moments.covariance(), variance);
    let constraints = constraints(instance, &excess, mean);
    let mut right = vec![0.0; 2 + 2 * n];
    right[0] = 1.0;
    let settings = DefaultSettings {
        verbose: false,
        tol_gap_abs: 1e-11,
        tol_gap_rel: 1e-11,
        tol_feas: 1e-11,
        max_iter: 200,
        ..DefaultSettings::default()
    };
    let cones = [ZeroConeT(2), NonnegativeConeT(2 * n)];
    let linear = vec![0.0; n + 1];
    let mut solver =
        DefaultSolver::new(&objective, &linear, &constraints, &right, &cones, settings).unwrap();
    solver.solve();
    let solved =
        matches!(solver.solution.status, SolverStatus::Solved | SolverStatus::AlmostSolved);
    solved.then(|| mean / (2.0 * solver.solution.obj_val * variance).sqrt())
}

/// Σ / `unit` for y and nothing for κ, its upper triangle by columns.
fn upper_triangle(n: usize, covariance: &[f64], unit: f64) -> CscMatrix<f64> {
    let mut starts = vec![0];
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    for column in 0..n {
        for row in 0..=column {
            rows.push(row);
            values.push(covariance[row * n + column] / unit);
        }
        starts.push(rows.len());
    }
    starts.push(rows.len());
    CscMatrix::new(n + 1, n + 1, starts, rows, values)
}

/// Rows: μ̃ᵀy / `unit` = 1; Σy − κ = 0; y − uκ ≤ 0; ℓκ − y ≤ 0. Columns: y, then κ.
fn constraints(instance: &Instance, excess: &[f64], unit: f64) -> CscMatrix<f64> {
    let n = excess.len();
    let mut starts = vec![0];
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    for (i, excess) in excess.iter().enumerate() {
        rows.extend([0, 1, 2 + i, 2 + n + i]);
        values.extend([excess / unit, 1.0, 1.0, -1.0]);
        starts.push(rows.len());
    }
    rows.push(1);
    values.push(-1.0);
    for i in 0..n {
        rows.push(2 + i);
        values.push(-instance.bounds.upper()[i]);
    }
    for i in 0..n {
        rows.push(2 + n + i);
        values.push(instance.bounds.lower()[i]);
    }
    starts.push(rows.len());
    CscMatrix::new(2 + 2 * n, n + 1, starts, rows, values)
}
