//! Chromium without a window, from whatever package it came.

use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/// What hangs is ended, and said.
const PATIENCE: Duration = Duration::from_secs(120);

/// A window that nobody sees.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) dark: bool,
}

/// A browser that is there.
pub(super) struct Browser {
    program: &'static str,
    folder: PathBuf,
}

impl Browser {
    /// The first that there is; it keeps what it writes in `folder`.
    pub(super) fn find(folder: &Path) -> Option<Self> {
        let runs = |name: &&&str| {
            let mut version = Command::new(name);
            version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
            version.status().is_ok_and(|status| status.success())
        };
        let program = NAMES.iter().find(runs)?;
        Some(Self { program, folder: folder.to_owned() })
    }

    /// The document after its scripts have run.
    pub(super) fn document(&self, page: &Path, window: Window) -> Result<String> {
        Ok(self.run(page, window, &["--dump-dom".to_owned()])?.0)
    }

    /// A picture of the page as it is; what the console said is an error.
    pub(super) fn picture(&self, page: &Path, window: Window, picture: &Path) -> Result<Vec<u8>> {
        let shot = format!("--screenshot={}", picture.display());
        let log = ["--hide-scrollbars", "--enable-logging=stderr"].map(str::to_owned);
        let (_, said) = self.run(page, window, &[&log[..], &[shot]].concat())?;
        if let Some(line) = said.lines().find(|line| line.contains("CONSOLE")) {
            bail!("{}: {line}", page.display());
        }
        fs::read(picture).with_context(|| picture.display().to_string())
    }

    /// Opens a page; what was written to standard output and to standard error.
    fn run(&self, page: &Path, window: Window, options: &[String]) -> Result<(String, String)> {
        let (out, err) = (self.folder.join("stdout"), self.folder.join("stderr"));
        let mut browser = self.command(page, window)?;
        browser.args(options).stdout(File::create(&out)?).stderr(File::create(&err)?);
        let mut child = browser.spawn()?;
        let begun = Instant::now();
        let status = loop {
            match child.try_wait()? {
                Some(status) => break status,
                None if begun.elapsed() > PATIENCE => {
                    child.kill()?;
                    child.wait()?;
                    bail!("{} does not end with {}", self.program, page.display());
                }
                None => sleep(Duration::from_millis(10)),
            }
        };
        let text = |path: &Path| -> Result<String> {
            Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
        };
        let (said, told) = (text(&out)?, text(&err)?);
        if !status.success() {
            bail!("{} fails with {}: {told}", self.program, page.display());
        }
        Ok((said, told))
    }

    /// The browser as on its first day, with a page in its window.
    fn command(&self, page: &Path, window: Window) -> Result<Command> {
        let profile = self.folder.join("profile");
        if profile.exists() {
            fs::remove_dir_all(&profile)?;
        }
        let Window { width, height, dark } = window;
        let mut browser = Command::new(self.program);
        browser
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("--window-size={width},{height}"))
            .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!dark)))
            .arg(format!("file://{}", page.display()))
            .stdin(Stdio::null());
        Ok(browser)
    }
}
