//! The charts: a row a process, and the cores that were busy.

use super::super::timeline::{Doing, Row, rows};
use crate::recording::Recording;
use std::fmt::Write;

const WIDTH: f64 = 900.0;
/// Where the time begins, right of the names.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 890.0;
const COLUMNS: usize = 160;
const ROWS: usize = 24;
const STEP: f64 = 18.0;
const HIGH: f64 = 140.0;

/// What colors mean, in the order of the legend.
const LEGEND: [(&str, &str); 5] = [
    ("working", "working"),
    ("kernel", "in the kernel"),
    ("moving", "moving bytes"),
    ("queued", "waiting for a core"),
    ("idle", "idle"),
];

/// A row a process.
pub(super) fn timeline(recording: &Recording) -> String {
    let rows = rows(recording, COLUMNS, ROWS);
    let bottom = rows.len() as f64 * STEP + 8.0;
    let label = "Timeline: what each process did, from the start to the end";
    let mut chart = begin(bottom + 20.0, label);
    for (index, row) in rows.iter().enumerate() {
        let top = index as f64 * STEP + 4.0;
        let _ = writeln!(chart, "<text x=\"0\" y=\"{:.0}\">{}</text>", top + 11.0, row.process.pid);
        bars(&mut chart, row, top);
    }
    axis(&mut chart, recording.wall, bottom);
    let items: Vec<(&str, &str)> = LEGEND.to_vec();
    end(chart, &items)
}

/// Neighbors that did the same become one bar.
fn bars(chart: &mut String, row: &Row<'_>, top: f64) {
    let width = (RIGHT - LEFT) / COLUMNS as f64;
    let mut start = 0;
    while start < row.cells.len() {
        let doing = row.cells[start];
        let long = row.cells[start..].iter().take_while(|&&cell| cell == doing).count();
        if let Some(class) = class(doing) {
            let _ = writeln!(
                chart,
                "<rect class=\"{class}\" x=\"{:.1}\" y=\"{top:.0}\" width=\"{:.1}\" height=\"14\"/>",
                LEFT + start as f64 * width,
                long as f64 * width
            );
        }
        start += long;
    }
}

fn class(doing: Doing) -> Option<&'static str> {
    match doing {
        Doing::Absent => None,
        Doing::Idle => Some("idle"),
        Doing::Queued => Some("queued"),
        Doing::Moving => Some("moving"),
        Doing::Kernel => Some("kernel"),
        Doing::Working => Some("working"),
    }
}

/// Cores that the program and others used.
pub(super) fn cores(recording: &Recording) -> String {
    let machine = recording.machine;
    let most = machine.cores.max(1) as f64;
    let mut chart = begin(HIGH + 24.0, "Cores that the program and others used, over time");
    let x = |at: f64| LEFT + (RIGHT - LEFT) * (at / recording.wall.max(1e-3)).min(1.0);
    let y = |cores: f64| 4.0 + (HIGH - 4.0) * (1.0 - (cores / most).clamp(0.0, 1.0));
    let moments = thinned(recording);
    area(&mut chart, "others", &moments, &x, &y, |one| one.1 + one.2);
    area(&mut chart, "working", &moments, &x, &y, |one| one.1);
    let limit = y(machine.usable.min(most));
    let _ = writeln!(
        chart,
        "<path class=\"limit\" d=\"M{LEFT} {limit:.1}H{RIGHT}\"/>\n<text x=\"0\" y=\"{:.1}\">{most:.0} cores</text>\n\
         <text x=\"0\" y=\"{HIGH:.1}\">0</text>",
        y(most) + 10.0
    );
    axis(&mut chart, recording.wall, HIGH + 4.0);
    end(chart, &[("working", "the program"), ("others", "other programs")])
}

/// Time, the program's cores and the others', of at most 200 stretches.
fn thinned(recording: &Recording) -> Vec<(f64, f64, f64)> {
    let group = recording.moments.len().div_ceil(200).max(1);
    let mean = |chunk: &[crate::recording::Moment]| {
        let count = chunk.len() as f64;
        let sum = |value: fn(&crate::recording::Moment) -> f64| {
            chunk.iter().map(value).sum::<f64>() / count
        };
        (chunk.last().map_or(0.0, |one| one.at), sum(|one| one.cores), sum(|one| one.others))
    };
    recording.moments.chunks(group).map(mean).collect()
}

fn area(
    chart: &mut String,
    class: &str,
    moments: &[(f64, f64, f64)],
    x: &dyn Fn(f64) -> f64,
    y: &dyn Fn(f64) -> f64,
    value: fn(&(f64, f64, f64)) -> f64,
) {
    let Some(last) = moments.last() else {
        return;
    };
    let _ = write!(chart, "<path class=\"{class}\" d=\"M{LEFT} {HIGH}");
    for moment in moments {
        let _ = write!(chart, "V{:.1}H{:.1}", y(value(moment)), x(moment.0));
    }
    let _ = writeln!(chart, "L{:.1} {HIGH}Z\"/>", x(last.0));
}

fn begin(height: f64, label: &str) -> String {
    format!(
        "<figure><svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{label}\">\n"
    )
}

fn axis(chart: &mut String, wall: f64, top: f64) {
    let _ = writeln!(
        chart,
        "<text x=\"{LEFT}\" y=\"{:.0}\">0</text>\n<text x=\"{RIGHT}\" y=\"{:.0}\" text-anchor=\"end\">{wall:.2} s</text>",
        top + 14.0,
        top + 14.0
    );
}

fn end(mut chart: String, legend: &[(&str, &str)]) -> String {
    chart.push_str("</svg></figure>\n<p class=\"legend\">");
    for (class, meaning) in legend {
        let _ = write!(
            chart,
            "<span><svg viewBox=\"0 0 12 12\"><rect class=\"{class}\" width=\"12\" height=\"12\" rx=\"2\"/></svg>{meaning}</span>"
        );
    }
    chart.push_str("</p>\n");
    chart
}
