//! Samples: what the kernel's accounts in /proc say at one moment. No root, no ptrace; a process that has gone, or whose
//! account may not be read, is a process without that figure.

pub(crate) mod account;
pub(crate) mod machine;
pub(crate) mod memory;
mod text;

pub(crate) use text::Text;
