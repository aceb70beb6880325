//! The command as its users meet it: real processes, real files, what is printed where, and the exit status.

mod answers;
mod bad_files;
mod bad_questions;
mod bad_tables;
mod brute;
mod check;
mod config;
mod desk;
mod elsewhere;
#[cfg(unix)]
mod interrupt;
mod luck;
mod outputs;
mod ranking;
mod solve;
mod unproven;
