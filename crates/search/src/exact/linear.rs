//! The loops that dense linear algebra is made of. Sums run in one order, so the bits are the same everywhere.

/// xᵀy, in four running sums that the compiler can hold in vector registers.
pub(crate) fn dot(x: &[f64], y: &[f64]) -> f64 {
    debug_assert_eq!(x.len(), y.len());
    #[cfg(test)]
    work::count(x.len());
    let ((x4, x), (y4, y)) = (x.as_chunks::<4>(), y.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (x, y) in x4.iter().zip(y4) {
        (0..4).for_each(|lane| sums[lane] += x[lane] * y[lane]);
    }
    let rest: f64 = x.iter().zip(y).map(|(x, y)| x * y).sum();
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

/// x ← x + factor·y.
pub(crate) fn add_scaled(x: &mut [f64], factor: f64, y: &[f64]) {
    #[cfg(test)]
    work::count(x.len());
    x.iter_mut().zip(y).for_each(|(x, y)| *x += factor * y);
}

/// x ← x + Σ factor·y over all pairs, four at a time: x is read and written once for four, which is most of the time.
pub(crate) fn add_scaled_rows<'a>(x: &mut [f64], rows: impl Iterator<Item = (f64, &'a [f64])>) {
    let mut rows = rows.fuse();
    let n = x.len();
    loop {
        let four = [rows.next(), rows.next(), rows.next(), rows.next()];
        let [Some((a, p)), Some((b, q)), Some((c, r)), Some((d, s))] = four else {
            for (factor, row) in four.into_iter().flatten() {
                add_scaled(x, factor, row);
            }
            return;
        };
        #[cfg(test)]
        work::count(4 * n);
        let (p, q, r, s) = (&p[..n], &q[..n], &r[..n], &s[..n]);
        for (i, x) in x.iter_mut().enumerate() {
            *x += (a * p[i] + b * q[i]) + (c * r[i] + d * s[i]);
        }
    }
}

/// How many multiply-adds this thread has done, for tests that bound them.
#[cfg(test)]
pub(crate) mod work {
    use std::cell::Cell;

    thread_local! {
        static DONE: Cell<usize> = const { Cell::new(0) };
    }

    pub(crate) fn count(multiply_adds: usize) {
        DONE.with(|done| done.set(done.get() + multiply_adds));
    }

    /// How many since it was last asked.
    pub(crate) fn take() -> usize {
        DONE.with(Cell::take)
    }
}
