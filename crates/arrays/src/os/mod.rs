//! The operating system: the same few functions on each, and a stub where there is nothing to call.

#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod linux;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
pub(crate) use linux::*;

#[cfg(not(all(target_os = "linux", not(sharpest_unsupported))))]
mod unsupported;
#[cfg(not(all(target_os = "linux", not(sharpest_unsupported))))]
pub(crate) use unsupported::*;
