//! The command as its users meet it: real processes, real files, what is printed where, and the exit status.

mod advice;
mod answers;
mod arrays;
mod bad_files;
mod bad_questions;
mod bad_tables;
mod brute;
mod check;
#[cfg(unix)]
mod checkpoint;
mod config;
mod desk;
#[cfg(target_os = "linux")]
mod doctor;
mod elsewhere;
#[cfg(unix)]
mod interrupt;
mod luck;
mod outputs;
#[cfg(target_os = "linux")]
mod processes;
mod ranking;
mod report;
mod solve;
mod tables;
mod unproven;
