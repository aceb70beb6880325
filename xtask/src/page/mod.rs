//! The page of `--report`, looked at in a browser: in light and in dark, wide and on a phone. A script in a copy of the page
//! measures it as it is laid out (`verdict.js`); pictures of the page itself lie beside, for people to look at.

mod browser;

use crate::python;
use crate::steps::Steps;
use anyhow::{Context, Result, bail, ensure};
use browser::{Browser, Window};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const VERDICT: &str = include_str!("verdict.js");
const DESKTOP: (u32, u32) = (1100, 3200);
const PHONE: (u32, u32) = (375, 4900);

/// Questions whose pages differ: a name, and what is typed.
const CASES: [(&str, &str); 9] = [
    ("solve", "solve --top 5"),
    ("few", "solve --at-most 4 --cap 0.4 --luck-draws 40 --rate 0.03"),
    (
        "search",
        "search --draws 20 --top 3 --test-from 2019-06-01 --test-to 2019-12-31 --from 2020-01-01",
    ),
    ("bare", "solve --luck-draws 0 --pick 20 --cap 1 --from 2022-06-01"),
    ("long", "solve long.csv --pick 55 --cap 0.1 --luck-draws 100 --missing drop-assets"),
    ("two", "solve two.csv --table returns"),
    ("moments", "solve --moments moments.csv --periods 12"),
    ("none", "solve --rate 9 --cap 0.5"),
    ("one", "solve two.csv --table returns --assets A"),
];

/// The page as a step, or what is skipped.
pub(crate) fn step(steps: &mut Steps) -> Result<()> {
    let folder = python::target().join("pages");
    fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    match Browser::find(&folder) {
        Some(browser) => steps.run("the page in a browser", || look(&browser, &folder)),
        None => {
            steps.skip("the page in a browser", "no Chromium on this machine");
            Ok(())
        }
    }
}

/// The page and nothing else.
pub(crate) fn alone() -> Result<()> {
    let mut steps = Steps::default();
    steps.cargo("program", &["build", "--release", "--package", "sharpest"])?;
    step(&mut steps)?;
    steps.finish();
    Ok(())
}

fn look(browser: &Browser, folder: &Path) -> Result<()> {
    notices(browser, folder)?;
    tables(folder)?;
    for (name, question) in CASES {
        let page = ask(folder, name, question)?;
        let windows = [(DESKTOP, false), (DESKTOP, true), (PHONE, false), (PHONE, true)];
        let windows = windows.map(|((width, height), dark)| Window { width, height, dark });
        for (window, found) in windows.iter().zip(read(browser, &page, &windows)?) {
            let problems = found["problems"].as_array().context("no list of problems")?;
            ensure!(problems.is_empty(), "{name}, {window:?}: {problems:#?}");
            let texts = found["texts"].as_u64().unwrap_or_default();
            ensure!(texts > 20, "{name}, {window:?}: {texts} texts are not all of them");
        }
        if name == CASES[0].0 {
            pictures(browser, folder, &page)?;
        }
    }
    Ok(())
}

/// Every kind of problem is seen where there is one: a check that cannot fail is none.
fn notices(browser: &Browser, folder: &Path) -> Result<()> {
    let page = folder.join("bad.html");
    fs::write(
        &page,
        "<!DOCTYPE html><html><body style='background:#fff'><p style='color:#999;width:2000px'>gray</p>\
         <svg viewBox='0 0 400 100' style='width:300px'><text x='-90' y='50' font-size='4'>one label</text>\
         <text x='-80' y='51'>two</text><path class='dots' d='M-70 45h0'/><path class='grid' d='M-90 45H0'/></svg></body></html>",
    )?;
    let window = Window { width: PHONE.0, height: 600, dark: false };
    let found = &read(browser, &page, &[window])?[0];
    for kind in
        ["scroll", "edge", "overlap", "outside", "small", "dots", "grid", "empty", "contrast"]
    {
        let seen = |problem: &Value| problem.as_str().is_some_and(|text| text.starts_with(kind));
        ensure!(
            found["problems"].as_array().is_some_and(|all| all.iter().any(seen)),
            "{kind} is not seen: {found}"
        );
    }
    for (head, word) in [
        ("<script>console.error('heard')</script>", "heard"),
        (
            "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\"><link rel='stylesheet' href='bad.css'>",
            "Content Security Policy",
        ),
    ] {
        fs::write(&page, format!("<!DOCTYPE html><html><head>{head}</head></html>"))?;
        let said = browser.picture(&page, window, &folder.join("bad.png"));
        ensure!(
            said.is_err_and(|error| error.to_string().contains(word)),
            "{word}: the console is not heard"
        );
    }
    Ok(())
}

/// Tables with long and strange names, with few assets, and with moments.
fn tables(folder: &Path) -> Result<()> {
    let noise = |i: usize| (i as f64 * 0.618_033_988_749_895).fract() - 0.45;
    let mut long = String::from("date");
    for asset in 0..60 {
        let name = match asset % 4 {
            0 => format!("An asset whose name is long, number {asset}"),
            1 => format!("<b>&amp;{asset}</b>"),
            2 => format!("AVeryLongNameWithoutAnyPlaceToBreakIt{asset}"),
            _ => format!("Ж{asset}"),
        };
        long += &format!(",\"{name}\"");
    }
    let mut two = String::from("A,B");
    for row in 0..150_usize {
        let price = |asset: usize| {
            100.0 * (0.02 * noise(row * row + 31 * asset * row) + 1e-4 * (row * asset) as f64).exp()
        };
        let cells: Vec<String> = (0..60)
            .map(
                |asset| {
                    if row == 9 && asset == 59 { String::new() } else { price(asset).to_string() }
                },
            )
            .collect();
        long += &format!("\n2024-{:02}-{:02},{}", 1 + row / 28, 1 + row % 28, cells.join(","));
        two += &format!("\n{},{}", 0.01 * noise(row * row), 0.01 * noise(row * row + 7 * row));
    }
    fs::write(folder.join("long.csv"), long)?;
    fs::write(folder.join("two.csv"), two)?;
    fs::write(
        folder.join("moments.csv"),
        "asset,mean,A,B\nA,0.010,0.0025,0.0010\nB,0.004,0.0010,0.0016\n",
    )?;
    Ok(())
}

/// The page of a question.
fn ask(folder: &Path, name: &str, question: &str) -> Result<PathBuf> {
    let page = folder.join(format!("{name}.html"));
    let program = python::target().canonicalize()?.join("release/sharpest");
    let mut sharpest = Command::new(program);
    sharpest.args(question.split(' ')).arg("--report").arg(&page).arg("--quiet");
    let ended = sharpest.current_dir(folder).output()?;
    match ended.status.code() {
        Some(0 | 1) => Ok(page),
        _ => bail!("sharpest {question} fails: {}", String::from_utf8_lossy(&ended.stderr)),
    }
}

/// What the script finds in copies of the page, one for each window.
fn read(browser: &Browser, page: &Path, windows: &[Window]) -> Result<Vec<Value>> {
    let text = fs::read_to_string(page)?;
    let open = text.replace("http-equiv=\"Content-Security-Policy\"", "name=\"policy\""); // which would forbid the script
    let text = open.replace("</body>", &format!("<script>{VERDICT}</script></body>"));
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    // A window cannot be as narrow as a phone; a frame can, and its theme is that of its color scheme.
    let frame = |Window { width, height, dark }: &Window| {
        let scheme = if *dark { "dark" } else { "light" };
        let style = format!("width:{width}px;height:{height}px;border:0;color-scheme:{scheme}");
        format!("<iframe style=\"{style}\" srcdoc=\"{text}\"></iframe>")
    };
    let frames: String = windows.iter().map(frame).collect();
    let copy = page.with_extension("copy.html");
    fs::write(&copy, format!("<!DOCTYPE html><html><body>{frames}</body></html>"))?;
    let document = browser.document(&copy, windows[0])?;
    let verdicts = document.split("<pre class=\"verdict\">").skip(1);
    let verdicts = verdicts.filter_map(|rest| rest.split("</pre>").next()).map(|verdict| {
        let plain = verdict.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        serde_json::from_str(&plain).context(plain)
    });
    let verdicts: Vec<Value> = verdicts.collect::<Result<_>>()?;
    let of = |window: &Window| {
        let same = |found: &&Value| found["width"] == window.width && found["dark"] == window.dark;
        let found = verdicts.iter().find(same).cloned();
        found.with_context(|| {
            format!("{}, {window:?}: no verdict among {verdicts:#?}", page.display())
        })
    };
    windows.iter().map(of).collect()
}

/// Pictures of a page as it is, in both themes and sizes: whole, and not the same.
fn pictures(browser: &Browser, folder: &Path, page: &Path) -> Result<()> {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    for (name, size) in [("desktop", DESKTOP), ("phone", PHONE)] {
        for (theme, dark) in [("light", false), ("dark", true)] {
            let window = Window { width: size.0, height: size.1, dark };
            let picture =
                browser.picture(page, window, &folder.join(format!("{name}-{theme}.png")))?;
            ensure!(
                picture.starts_with(b"\x89PNG") && picture.len() > 20_000,
                "no picture of {window:?}"
            );
            let number = |at: usize| {
                picture
                    .get(at..at + 4)
                    .map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap_or_default()))
            };
            ensure!(
                (number(16), number(20)) == (Some(size.0), Some(size.1)),
                "another size than {window:?}"
            );
            ensure!(!taken.contains(&picture), "{window:?} looks like another");
            taken.push(picture);
        }
    }
    eprintln!("pictures lie in {}", folder.display());
    Ok(())
}
