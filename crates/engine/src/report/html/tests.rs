//! What a page holds, and what it must not.

use super::*;
use crate::check::Verdict;
use crate::input::memory::Column;
use crate::settings::{Settings, SolveSettings};
use crate::{Reading, Sheet, Source, TableKind, check, read, run, solve};

fn bundled() -> Data {
    read(&Source::Bundled, &Reading::default()).unwrap()
}

/// Forty returns of four assets of these names, without dates.
fn small(names: [&str; 4]) -> Data {
    // The fractions of multiples of an irrational number lie evenly.
    let noise = |i: usize| (i as f64 * 0.618_033_988_749_895).fract();
    let value = |row: usize, asset: usize| {
        0.03 * (noise(row * row + 7 * asset * row) - 0.47) + 0.0004 * asset as f64
    };
    let column = |asset| Column::Numbers((0..40).map(|row| value(row, asset)).collect());
    let columns = names.iter().enumerate().map(|(i, name)| ((*name).to_owned(), column(i)));
    let sheet = Sheet::new("the table", columns.collect(), Vec::new()).unwrap();
    let reading = Reading { table: TableKind::Returns, ..Reading::default() };
    sheet.table(&reading).unwrap()
}

fn returns(settings: SolveSettings) -> SolveSettings {
    let mut settings = settings;
    settings.terms.table = TableKind::Returns;
    settings.terms.periods = Some(252.0); // or it would be said that no date shows it
    settings
}

fn solved(data: &Data, settings: &SolveSettings) -> String {
    let solution = solve(data, settings, &(), None).unwrap();
    page(data, Answered::Solve(&solution)).unwrap()
}

fn bundled_question() -> SolveSettings {
    let mut settings =
        SolveSettings { pick: Some(18), luck_draws: Some(450), top: 3, ..SolveSettings::default() };
    settings.terms.cap = 0.2;
    settings.terms.test_from = "2022-01-01".parse().ok();
    settings
}

/// What stands between two texts, each time.
fn between<'a>(page: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    let parts = page.split(start).skip(1);
    parts.map(|part| part.split(end).next().unwrap()).collect()
}

fn headings(page: &str) -> Vec<&str> {
    between(page, "<h2>", "</h2>")
}

const FRONTIER: &str = "Return and volatility";
const WORTH: &str = "What the figure is worth";
const LAST: [&str; 2] = ["Proof", "How it was computed"];

#[test]
fn everything_that_there_is_has_a_section() {
    let page = solved(&bundled(), &bundled_question());
    let sections =
        ["Weights", FRONTIER, "Luck", "All subsets", WORTH, "Growth", "The best portfolios"];
    assert_eq!(headings(&page), [&sections[..], &LAST].concat());
    assert!(!page.contains("Not on this page"));
    assert!(page.contains("held out</text>"));
    assert!(page.contains("In the period held out, 2022-01-03 to 2022-12-28, it had"));
}

#[test]
fn what_there_is_no_data_for_says_why() {
    let data = small(["A", "B", "C", "D"]);
    let cases = [
        (
            returns(SolveSettings { luck_draws: Some(0), ..SolveSettings::default() }),
            vec!["Weights", FRONTIER, WORTH, "Growth"],
            vec![
                "Luck: no test was made; --luck-draws 1000 makes one.",
                "All subsets: the question is not one of subsets of a size; --pick asks that.",
                "The best portfolios: only the best was asked for; --top 10 lists ten.",
            ],
        ),
        (
            returns(SolveSettings {
                at_most: Some(2),
                luck_draws: Some(50),
                ..SolveSettings::default()
            }),
            vec!["Weights", FRONTIER, "Luck", WORTH, "Growth"],
            vec![
                "All subsets: the question is not one of subsets of a size; --pick asks that.",
                "The best portfolios: only the best was asked for; --top 10 lists ten.",
            ],
        ),
    ];
    for (settings, sections, absent) in cases {
        let page = solved(&data, &settings);
        assert_eq!(headings(&page), [&sections[..], &LAST].concat());
        let last = page.split("Not on this page").nth(1).unwrap();
        assert_eq!(between(last, "<li>", "</li>"), absent);
    }
}

#[test]
fn moments_have_neither_course_nor_luck() {
    let numbers = |values: [f64; 2]| Column::Numbers(values.to_vec());
    let columns = vec![
        ("asset".to_owned(), Column::Texts(vec!["A".into(), "B".into()])),
        ("mean".to_owned(), numbers([0.010, 0.004])),
        ("A".to_owned(), numbers([0.0025, 0.0010])),
        ("B".to_owned(), numbers([0.0010, 0.0016])),
    ];
    let data = Sheet::new("the moments", columns, Vec::new()).unwrap().moments().unwrap();
    let page = solved(&data, &SolveSettings::default());
    assert_eq!(headings(&page), [&["Weights", FRONTIER][..], &LAST].concat());
    assert!(page.contains("Growth: moments were given, and they have no course in time."));
    assert!(page.contains("Luck: moments were given, and the test draws returns."));
    assert!(page.contains("sharpest check PAGE.html --moments FILE"));
    assert!(page.contains("sharpest.check(&quot;PAGE.html&quot;, moments=(mean, covariance))"));
}

#[test]
fn without_an_answer_the_page_says_why() {
    let data = bundled();
    let mut settings = bundled_question();
    settings.terms.rate = 3.0;
    let page = solved(&data, &settings);
    assert!(between(&page, "<h1>", "</h1>")[0].starts_with("No portfolio beats the rate of 300"));
    assert_eq!(headings(&page), [&[FRONTIER][..], &LAST].concat());
}

#[test]
fn what_was_read_back_says_the_same() {
    let data = bundled();
    let mut settings = Settings { draws: 1, ..Settings::new(18) };
    settings.terms.rate = 3.0;
    let report = run(&data, &settings, &(), None).unwrap();
    let read: crate::Report =
        serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
    let said = crate::report::words::search::no_excess(&read);
    assert!(
        said.starts_with("no portfolio beats the rate of 300 %: the highest mean return"),
        "{said}"
    );
    assert!(said.ends_with(" is 50.98 % a year"), "{said}");
    assert_eq!(said, crate::report::words::search::no_excess(&report));
    assert_eq!(read.all_subsets(), 190);
}

#[test]
fn a_search_is_a_page_too() {
    let data = bundled();
    let mut settings = Settings { draws: 10, ..Settings::new(18) };
    settings.terms.cap = 0.2;
    let report = run(&data, &settings, &(), None).unwrap();
    let page = page(&data, Answered::Search(&report)).unwrap();
    let sections = ["Weights", FRONTIER, "All subsets", WORTH, "Growth"];
    assert_eq!(headings(&page), [&sections[..], &LAST].concat());
    assert!(page.contains("Luck: a search is not tested; sharpest solve tests the optimum."));
    assert!(page.contains("; the sample's best, "), "how far the sample came");
    assert!(between(&page, "<h1>", "</h1>")[0].starts_with("The sampled best 18 of 20 assets, at"));
}

#[test]
fn it_needs_nothing_else_and_runs_nothing() {
    let page = solved(&bundled(), &bundled_question());
    for word in ["src=", "href=", "url(", "@import", "://", "<link", "<img", "<iframe", "onload"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    assert_eq!(page.matches("<script").count(), 1, "the JSON, which is not run");
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("width=device-width"));
}

#[test]
fn every_chart_is_an_image_with_words() {
    let page = solved(&bundled(), &bundled_question());
    let charts = between(&page, "<svg", "</svg>");
    assert_eq!(charts.len(), 8, "each has two sizes");
    for chart in charts {
        assert!(chart.contains("role=\"img\" aria-labelledby="), "{chart}");
        assert!(chart.contains("<title id=") && chart.contains("<desc id="), "{chart}");
    }
    let mut ids = between(&page, " id=\"", "\"");
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "each once");
}

#[test]
fn bars_are_as_high_as_they_count() {
    let data = bundled();
    let solution = solve(&data, &bundled_question(), &(), None).unwrap();
    let counts = &solution.luck.as_ref().unwrap().histogram.as_ref().unwrap().counts;
    let page = page(&data, Answered::Solve(&solution)).unwrap();
    let chart = between(&page, "aria-labelledby=\"luck-wide-title", "</svg>")[0];
    let heights: Vec<f64> = between(chart, "<rect class=\"bar", ">")
        .iter()
        .map(|bar| between(bar, " height=\"", "\"")[0].parse().unwrap())
        .collect();
    let counts: Vec<f64> =
        counts.iter().filter(|&&count| count > 0).map(|&count| count as f64).collect();
    assert_eq!(heights.len(), counts.len());
    let unit = heights.iter().sum::<f64>() / counts.iter().sum::<f64>();
    for (height, count) in heights.iter().zip(&counts) {
        assert!((height - unit * count).abs() < 0.2, "{height} {count}");
    }
}

#[test]
fn names_are_text_and_the_json_is_checked() {
    let names = ["<script>&\"", "</script>", "<!--", "' onload='x"];
    let data = small(names);
    let settings = returns(SolveSettings { luck_draws: Some(0), ..SolveSettings::default() });
    let solution = solve(&data, &settings, &(), None).unwrap();
    let page = page(&data, Answered::Solve(&solution)).unwrap();
    assert_eq!((page.matches("<script").count(), page.matches("</script>").count()), (1, 1));
    assert!(page.contains("&lt;script&gt;&amp;&quot;") && !page.contains("<!--"));
    let json: serde_json::Value = serde_json::from_slice(json_in(page.as_bytes())).unwrap();
    assert_eq!(json, serde_json::to_value(&solution).unwrap());
    let claim = Claim::parse("the page", page.as_bytes()).unwrap();
    let verdict = check(&data, &claim).unwrap();
    assert!(matches!(verdict, Verdict::Proven(_)), "{verdict:?}");
}

#[test]
fn what_is_no_page_is_read_as_it_is() {
    for text in ["", "{}", "<!DOCTYPE html>", "<!DOCTYPE html><p>another page</p>"] {
        assert_eq!(json_in(text.as_bytes()), text.as_bytes());
    }
}
