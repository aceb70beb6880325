//! What can be typed after `sharpest arrays`.

use clap::{Args, Subcommand};

/// What `arrays` can be told.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sharpest arrays list               what is published, by whom
  sharpest arrays show prices        its arrays: shape, type, size
  sharpest arrays remove prices      take the name back; who uses the arrays keeps them

Python publishes with sharpest.publish(\"prices\", A=a) and finds it with sharpest.attach(\"prices\").")]
pub(crate) struct ArraysFlags {
    #[command(subcommand)]
    pub(crate) task: ArraysTask,
}

/// What can be done with published arrays.
#[derive(Debug, Subcommand)]
pub(crate) enum ArraysTask {
    /// List what this user's programs have published, and the memory that sharpest.compat has given a name
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what lies under a name
    Show {
        /// The name
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a name back; programs that have opened what it names keep that
    Remove {
        /// The name
        name: String,
    },
}
