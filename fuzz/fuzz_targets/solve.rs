//! Whatever is asked of the exact solver, its answer is true, and none of its parts panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sharpest_fuzz::case::Case;
use sharpest_fuzz::{claims, few};

fuzz_target!(|case: Case| {
    claims::of_one_problem(&case);
    few::of_limits(&case);
});
