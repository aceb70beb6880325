//! Random questions, and what must hold of every answer. The fuzzer hands in bytes; `case` makes a question of them, and the
//! other modules hold the answers against claims that share no code with the solver.

pub mod case;
pub mod claims;
pub mod few;
