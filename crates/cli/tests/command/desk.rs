//! A desk: a folder of a test's own, files on it, and the command run from it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Eight days of prices of four assets.
pub(crate) const PRICES: &str = "\
Date,KO,PEP,JNJ,MSFT
2024-08-01,10.0,20.0,30.0,40.0
2024-08-02,10.1,20.4,29.8,41.0
2024-08-05,10.3,20.1,30.3,40.6
2024-08-06,10.2,20.6,30.5,41.9
2024-08-07,10.5,20.9,30.1,42.5
2024-08-08,10.4,21.3,30.6,42.1
2024-08-09,10.7,21.0,30.9,43.0
2024-08-12,10.8,21.5,30.7,43.6
";

/// A folder that is gone when the test is over.
pub(crate) struct Desk {
    folder: TempDir,
}

/// A command that has ended.
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    /// A desk with `prices.csv` on it.
    pub(crate) fn new() -> Self {
        let desk = Self { folder: TempDir::new().unwrap() };
        desk.put("prices.csv", PRICES);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The command, with arguments separated by spaces, not yet started.
    pub(crate) fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sharpest"));
        command.args(args.split_whitespace()).current_dir(self.folder.path());
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the command to its end.
    pub(crate) fn sharpest(&self, args: &str) -> Ended {
        self.command(args).output().unwrap().into()
    }

    /// Runs `sharpest search ARGS --json -` and takes its answer.
    #[track_caller]
    pub(crate) fn answer(&self, args: &str) -> serde_json::Value {
        let ended = self.sharpest(&format!("search {args} --json -"));
        assert_eq!((ended.status, &*ended.stderr), (0, ""), "{}", ended.stdout);
        serde_json::from_str(&ended.stdout).unwrap()
    }

    /// Runs `sharpest solve ARGS --json -` and takes its answer, whatever it notes beside.
    #[track_caller]
    pub(crate) fn solution(&self, args: &str) -> serde_json::Value {
        let ended = self.sharpest(&format!("solve {args} --json -"));
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        serde_json::from_str(&ended.stdout).unwrap()
    }

    /// The command must end with status 2, nothing on standard output and exactly this sentence.
    #[track_caller]
    pub(crate) fn refuses(&self, args: &str, sentence: &str) {
        let ended = self.sharpest(args);
        assert_eq!(ended.stderr, format!("error: {sentence}\n"));
        assert_eq!((ended.status, &*ended.stdout), (2, ""));
    }
}

/// `sharpest search prices.csv ARGS` over `table` is refused with `sentence`.
#[track_caller]
pub(crate) fn refused(table: impl AsRef<[u8]>, args: &str, sentence: &str) {
    let desk = Desk::new();
    desk.put("prices.csv", table);
    desk.refuses(&format!("search prices.csv {args}"), sentence);
}

/// Eight days are too few to show how far they are apart, which is said each time; the tests of that look at the warnings.
fn is_of_pace(line: &str) -> bool {
    line.starts_with("note: too few dates show") || line.starts_with("note: there are no dates:")
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let status = output.status.code().expect("no signal should end it");
        let stderr =
            text(output.stderr).split_inclusive('\n').filter(|line| !is_of_pace(line)).collect();
        Self { status, stdout: text(output.stdout), stderr }
    }
}
