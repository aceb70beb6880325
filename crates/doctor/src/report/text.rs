//! The page in the terminal: the one sentence that matters, what to change, the evidence, the other findings, a timeline.

use super::timeline::{Doing, rows};
use super::{Diagnosis, words};
use crate::findings::{Confidence, Finding, Kind};
use std::fmt::Write;

/// Characters of a timeline.
const COLUMNS: usize = 56;
/// Rows of it.
const ROWS: usize = 12;

/// The page. `width` is the terminal's, in characters.
pub fn text(diagnosis: &Diagnosis, width: usize) -> String {
    let mut page = String::new();
    let width = width.clamp(50, 110);
    let recording = &diagnosis.recording;
    if let Some((first, others)) = diagnosis.findings.split_first() {
        wrap(&mut page, &first.sentence, 0, width);
        page.push('\n');
        finding(&mut page, first, recording.wall, width);
        for other in others {
            page.push('\n');
            wrap(&mut page, &format!("Also: {}", other.sentence), 0, width);
            finding(&mut page, other, recording.wall, width);
        }
    }
    page.push('\n');
    timeline(&mut page, diagnosis);
    page.push('\n');
    wrap(&mut page, &words::headline(recording), 0, width);
    words::notes(recording).iter().for_each(|note| wrap(&mut page, note, 0, width));
    page
}

/// What a finding says below its sentence.
fn finding(page: &mut String, finding: &Finding, wall: f64, width: usize) {
    let word = if finding.kind == Kind::Healthy { "next" } else { "change" };
    field(page, word, &finding.advice, width);
    for (index, line) in finding.evidence.iter().enumerate() {
        field(page, if index == 0 { "seen" } else { "" }, line, width);
    }
    if finding.kind == Kind::Healthy {
        return;
    }
    let sure = match finding.confidence {
        Confidence::High => "sure",
        Confidence::Medium => "likely, not certain",
        Confidence::Low => "a guess from outside",
    };
    let cost = match finding.cost_seconds {
        cost if cost >= 0.005 * wall => format!("about {cost:.2} s of {wall:.2} s, {sure}"),
        _ => format!("memory, not time; {sure}"),
    };
    field(page, "cost", &cost, width);
}

fn field(page: &mut String, word: &str, text: &str, width: usize) {
    let mut lines = lines(text, width.saturating_sub(10)).into_iter();
    let first = lines.next().unwrap_or_default();
    let _ = writeln!(page, "  {word:<7} {first}"); // writing to a String cannot fail
    lines.for_each(|line| {
        let _ = writeln!(page, "          {line}");
    });
}

fn wrap(page: &mut String, text: &str, indent: usize, width: usize) {
    for line in lines(text, width - indent) {
        let _ = writeln!(page, "{:indent$}{line}", "");
    }
}

/// Words in lines of at most `width` characters.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn timeline(page: &mut String, diagnosis: &Diagnosis) {
    let recording = &diagnosis.recording;
    let rows = rows(recording, COLUMNS, ROWS);
    if rows.is_empty() {
        return;
    }
    let end = format!("{:.1} s", recording.wall);
    let _ = writeln!(page, "  process   0{end:>width$}", width = COLUMNS - 1);
    for row in &rows {
        let cells: String = row.cells.iter().map(|&doing| letter(doing)).collect();
        let _ = writeln!(page, "  {:>7}   {cells}", row.process.pid);
    }
    let hidden = recording.processes.len().saturating_sub(rows.len());
    if hidden > 0 {
        let _ = writeln!(page, "            and {hidden} more that did less");
    }
    page.push_str(
        "            █ working  ▒ in the kernel  ⇄ moving bytes  ░ waiting for a core  · idle\n",
    );
}

fn letter(doing: Doing) -> char {
    match doing {
        Doing::Absent => ' ',
        Doing::Idle => '·',
        Doing::Queued => '░',
        Doing::Moving => '⇄',
        Doing::Kernel => '▒',
        Doing::Working => '█',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Recording;

    #[test]
    fn the_page_begins_with_the_sentence_that_matters() {
        let diagnosis = Diagnosis::new(Recording { wall: 1.0, ..Recording::default() });
        let page = text(&diagnosis, 80);
        let first = page.lines().next().unwrap();
        assert!(diagnosis.findings[0].sentence.starts_with(first), "{page}");
        assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(lines("one two three", 8), ["one two", "three"]);
        assert_eq!(lines("incomprehensibilities", 8), ["incomprehensibilities"]);
    }
}
