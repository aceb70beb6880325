//! The page for a browser: one file with everything in it, charts as SVG, light and dark as the reader's system is.

mod charts;

use super::explain::title;
use super::{Diagnosis, words};
use crate::findings::{Confidence, Finding, Kind};
use crate::recording::{Process, Recording};
use std::fmt::Write;

const STYLE: &str = include_str!("style.css");
/// Rows of the table.
const ROWS: usize = 40;

/// The page.
pub fn html(diagnosis: &Diagnosis) -> String {
    let first = diagnosis.findings.first();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>body {{ margin: 0; }}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
        safe(first.map_or("", |finding| title(finding.kind))),
        fragment(diagnosis)
    )
}

/// What is on the page, as one element that brings its style and keeps it to itself: for a notebook.
pub fn fragment(diagnosis: &Diagnosis) -> String {
    let recording = &diagnosis.recording;
    let sentence = diagnosis.findings.first().map_or("", |finding| &finding.sentence);
    let mut page = String::with_capacity(64 << 10);
    let _ = write!(
        page, // writing to a String cannot fail
        "<div class=\"sharpest-doctor\">\n<style>\n{STYLE}</style>\n<h1>{}</h1>\n<p class=\"soft\">{}</p>\n",
        marked(sentence),
        safe(&words::headline(recording))
    );
    for finding in &diagnosis.findings {
        section(&mut page, finding, recording.wall);
    }
    page.push_str("<h2>What each process did</h2>\n");
    page.push_str(&charts::timeline(recording));
    page.push_str("<h2>How busy the cores were</h2>\n");
    page.push_str(&charts::cores(recording));
    page.push_str("<h2>Processes</h2>\n");
    table(&mut page, recording);
    for note in words::notes(recording) {
        let _ = writeln!(page, "<p class=\"soft\">{}</p>", safe(&note));
    }
    page.push_str("</div>\n");
    page
}

fn section(page: &mut String, finding: &Finding, wall: f64) {
    let _ = writeln!(page, "<section>\n<h3>{}</h3>", safe(title(finding.kind)));
    let _ = writeln!(page, "<p>{}</p>", marked(&finding.sentence));
    let _ = writeln!(page, "<p class=\"advice\">{}</p>\n<ul>", marked(&finding.advice));
    for line in &finding.evidence {
        let _ = writeln!(page, "<li>{}</li>", marked(line));
    }
    page.push_str("</ul>\n");
    if finding.kind != Kind::Healthy {
        let sure = match finding.confidence {
            Confidence::High => "sure",
            Confidence::Medium => "likely, not certain",
            Confidence::Low => "a guess from outside",
        };
        let share = 100.0 * (finding.cost_seconds / wall.max(1e-9)).clamp(0.0, 1.0);
        let cost = match share {
            share if share < 0.5 => "memory, not time".to_owned(),
            _ => format!("about {:.2} s of {wall:.2} s", finding.cost_seconds),
        };
        let _ = writeln!(
            page,
            "<div class=\"cost\"><span><i style=\"width:{share:.1}%\"></i></span>{cost}; {sure}</div>"
        );
    }
    page.push_str("</section>\n");
}

fn table(page: &mut String, recording: &Recording) {
    page.push_str(
        "<div class=\"table\"><table><thead><tr><th>process</th><th>lived</th><th>user</th><th>kernel</th>\
         <th>queued</th><th>threads</th><th>faults</th><th>read</th><th>written</th><th>resident</th><th>command</th></tr>\
         </thead><tbody>\n",
    );
    let mut processes: Vec<&Process> = recording.processes.iter().collect();
    processes.sort_by(|a, b| b.cpu().total_cmp(&a.cpu()));
    for one in processes.iter().take(ROWS) {
        let megabytes = |bytes: u64| format!("{:.0} MB", bytes as f64 / 1e6);
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{:.2} s</td><td>{:.2} s</td><td>{:.2} s</td><td>{:.2} s</td><td>{}</td><td>{}</td>\
             <td>{}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
            one.pid,
            one.life(),
            one.user,
            one.system,
            one.waited,
            one.threads,
            one.faults,
            megabytes(one.read),
            megabytes(one.written),
            megabytes(one.resident),
            safe(&words::shortened(&one.command))
        );
    }
    page.push_str("</tbody></table></div>\n");
    if processes.len() > ROWS {
        let _ = writeln!(
            page,
            "<p class=\"soft\">and {} more that did less</p>",
            processes.len() - ROWS
        );
    }
}

/// Text that means nothing to HTML.
fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Safe text in which what stands between backticks is code.
fn marked(text: &str) -> String {
    let parts = safe(text);
    let mut page = String::new();
    for (index, part) in parts.split('`').enumerate() {
        match index % 2 {
            0 => page.push_str(part),
            _ => {
                let _ = write!(page, "<code>{part}</code>");
            }
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_program_is_taken_for_html() {
        let recording = Recording {
            command: vec!["<script>alert(1)</script>".into()],
            wall: 1.0,
            processes: vec![Process {
                command: "<b>".into(),
                user: 1.0,
                ended: 1.0,
                ..Process::default()
            }],
            ..Recording::default()
        };
        let page = html(&Diagnosis::new(recording));
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;script&gt;"), "{page}");
    }

    #[test]
    fn the_page_needs_nothing_else() {
        let page = html(&Diagnosis::new(Recording { wall: 1.0, ..Recording::default() }));
        assert!(!page.contains("http") && !page.contains("src=") && !page.contains("url("));
        assert!(page.contains("prefers-color-scheme: dark"));
    }

    #[test]
    fn no_rule_reaches_out_of_a_fragment() {
        let page = fragment(&Diagnosis::new(Recording { wall: 1.0, ..Recording::default() }));
        assert!(page.starts_with("<div") && page.ends_with("</div>\n"), "{page}");
        let outermost = STYLE.lines().filter(|line| line.starts_with(|first| first != ' '));
        for line in outermost {
            assert!(["}"].contains(&line) || line.starts_with(".sharpest-doctor"), "{line}");
        }
    }

    #[test]
    fn backticks_become_code() {
        assert_eq!(marked("in `f<T>` twice"), "in <code>f&lt;T&gt;</code> twice");
    }
}
