//! Which instruction set the kernels are compiled for, chosen at run time. The choice changes the speed, never a bit.

use crate::Error;
#[cfg(target_arch = "x86_64")]
use crate::lanes::{Avx2, Avx512};
use crate::lanes::{LANES, Lanes, Portable, Row, Task};
use std::fmt;
use std::str::FromStr;

/// An instruction set that the kernels are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// 512-bit vectors: Intel since 2017, AMD since 2022.
    Avx512,
    /// 256-bit vectors with fused multiply-add: nearly every PC since 2013.
    Avx2,
    /// Plain arrays, for any machine: what the compiler makes of them.
    Portable,
}

/// Every kernel, the fastest first.
const ALL: [Kernel; 3] = [Kernel::Avx512, Kernel::Avx2, Kernel::Portable];

impl Kernel {
    /// The fastest that this machine can run.
    pub fn detect() -> Self {
        ALL.into_iter().find(|kernel| kernel.proof().is_some()).unwrap_or(Kernel::Portable)
    }

    /// Those that this machine can run, the fastest first.
    pub fn available() -> Vec<Self> {
        ALL.into_iter().filter(|kernel| kernel.proof().is_some()).collect()
    }

    /// Does `rounds` times [`PEAK_ROUND`] fused multiply-adds of `f32` as fast as it can, and returns a number that
    /// depends on them all: with a clock, the peak that a search can be held against.
    ///
    /// # Errors
    /// A kernel that this machine cannot run.
    pub fn multiply_add(self, rounds: u64) -> Result<f32, Error> {
        Ok(self.demand()?.run(Peak { rounds }))
    }

    /// Proof that this machine can run it.
    pub(crate) fn proof(self) -> Option<Proof> {
        match self {
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512 => Avx512::new().map(Proof::Avx512),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2 => Avx2::new().map(Proof::Avx2),
            #[cfg(not(target_arch = "x86_64"))]
            Kernel::Avx512 | Kernel::Avx2 => None,
            Kernel::Portable => Some(Proof::Portable(Portable)),
        }
    }

    /// Proof that this machine can run it, or else that it can run plain arrays.
    pub(crate) fn checked(self) -> Proof {
        self.proof().unwrap_or(Proof::Portable(Portable))
    }

    /// Proof that this machine can run it, or the reason why not.
    pub(crate) fn demand(self) -> Result<Proof, Error> {
        self.proof().ok_or(Error::Kernel { kernel: self })
    }
}

/// Registers that the peak is measured on: enough to hide the latency of one multiply-add.
const CHAINS: usize = 12;
/// The multiply-adds of one round of [`Kernel::multiply_add`].
pub const PEAK_ROUND: u64 = (CHAINS * LANES) as u64;

/// Nothing but multiply-adds.
struct Peak {
    rounds: u64,
}

impl Task for Peak {
    type Output = f32;

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> f32 {
        // From a number that the compiler cannot know, or it finds the fixed point 1 by itself and does nothing.
        let half = l.splat(0.5);
        let mut chains = [l.splat(self.rounds as f32); CHAINS];
        for _ in 0..self.rounds {
            for chain in &mut chains {
                *chain = l.mul_add(*chain, half, half);
            }
        }
        let mut sum = chains[0];
        for &chain in &chains[1..] {
            sum = l.add(sum, chain);
        }
        let mut row = Row::ZERO;
        l.store(sum, &mut row);
        row.0.iter().sum()
    }
}

/// A kernel that this machine can run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Proof {
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    Portable(Portable),
}

impl Proof {
    /// Runs `task` on it.
    pub(crate) fn run<T: Task>(self, task: T) -> T::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            Proof::Avx512(lanes) => lanes.run(task),
            #[cfg(target_arch = "x86_64")]
            Proof::Avx2(lanes) => lanes.run(task),
            Proof::Portable(lanes) => lanes.run(task),
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kernel::Avx512 => "avx512",
            Kernel::Avx2 => "avx2",
            Kernel::Portable => "portable",
        })
    }
}

impl FromStr for Kernel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        ALL.into_iter()
            .find(|kernel| kernel.to_string() == text)
            .ok_or_else(|| format!("{text:?} is none of avx512, avx2, portable"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_measured_on_real_work() {
        let sum = Kernel::detect().multiply_add(1000).unwrap();
        // x -> x/2 + 1/2 ends at 1.
        assert_eq!(sum, PEAK_ROUND as f32);
    }

    #[test]
    fn a_portable_kernel_is_always_there_and_names_go_both_ways() {
        assert!(Kernel::available().contains(&Kernel::Portable));
        for kernel in ALL {
            assert_eq!(kernel.to_string().parse(), Ok(kernel));
        }
        assert!("sse".parse::<Kernel>().is_err());
    }
}
