//! Pictures against what else is known of the same questions.

use super::*;
use crate::report::Solution;
use crate::{Reading, SolveSettings, Source, read, solve};

fn solved(settings: &SolveSettings) -> (Data, Solution, Picture) {
    let data = read(&Source::Bundled, &Reading::default()).unwrap();
    let solution = solve(&data, settings, &(), None).unwrap();
    let json = serde_json::to_string(&solution).unwrap();
    let claim = Claim::parse("the result", json.as_bytes()).unwrap();
    let picture = picture(&data, &claim).unwrap();
    (data, solution, picture)
}

fn settings(pick: usize) -> SolveSettings {
    let mut settings =
        SolveSettings { pick: Some(pick), luck_draws: Some(0), ..SolveSettings::default() };
    settings.terms.cap = 0.2;
    settings.terms.test_from = "2022-01-01".parse().ok();
    settings
}

#[test]
fn the_frontier_rises_and_nothing_lies_above_it() {
    let (_, solution, picture) = solved(&settings(20));
    let frontier = &picture.frontier;
    assert!(frontier.len() > 20, "{}", frontier.len());
    let rises =
        |pair: &[Point]| pair[0].volatility < pair[1].volatility && pair[0].mean < pair[1].mean;
    assert!(frontier.windows(2).all(rises));
    // Against a rate of 0 the optimum touches it: no point has a higher ratio, and some come close.
    let best = solution.best.unwrap().figures.sharpe;
    let highest = frontier.iter().map(|p| p.mean / p.volatility).fold(0.0, f64::max);
    assert!(highest <= best * (1.0 + 1e-9) && highest > 0.99 * best, "{highest} {best}");
    assert_eq!(picture.cloud.len(), 1_000);
    let least = frontier[0].volatility;
    assert!(picture.cloud.iter().all(|p| p.volatility >= least && p.mean / p.volatility <= best));
}

#[test]
fn growth_ends_where_the_figures_say() {
    let (_, solution, picture) = solved(&settings(10));
    let growth = picture.growth.unwrap();
    let test = growth.test.unwrap();
    assert_eq!((growth.train.best.len(), test.best.len()), (1007, 248));
    assert_eq!((growth.train.dates.len(), test.dates.len()), (1007, 248));
    assert_eq!(test.dates[0].to_string(), "2022-01-04"); // the first return that lies in the period whole
    // The mean of the steps is the mean return of the report.
    let mean = |path: &[f64]| {
        let steps = path.iter().scan(1.0, |last, &value| {
            let step = value / *last - 1.0;
            *last = value;
            Some(step)
        });
        steps.sum::<f64>() / path.len() as f64 * 252.0
    };
    let best = solution.best.unwrap();
    assert!((mean(&growth.train.best) - best.figures.mean).abs() < 1e-12);
    assert!((mean(&test.best) - best.test.unwrap().mean).abs() < 1e-12);
    assert!((mean(&test.equal_weight) - solution.test.unwrap().equal_weight.mean).abs() < 1e-12);
}

#[test]
fn every_subset_is_in_a_bar() {
    let (_, solution, picture) = solved(&settings(18));
    let optima = picture.optima.unwrap();
    assert_eq!(optima.counts.iter().sum::<u64>(), 190);
    let spread = solution.ranking.unwrap().distribution.unwrap();
    assert_eq!(optima.edges[0], spread.minimum);
    assert!((optima.edges[40] - spread.maximum).abs() < 1e-12);
    assert!(solved(&SolveSettings { pick: None, ..settings(18) }).2.optima.is_none());
}

#[test]
fn log_returns_grow_to_what_they_were_taken_from() {
    let mut settings = settings(1);
    settings.terms.cap = 1.0;
    settings.terms.returns = crate::ReturnKind::Log;
    settings.terms.assets = Some(vec!["AAPL".into()]);
    let (data, _, picture) = solved(&settings);
    let Data::Table(table) = data else { unreachable!() };
    let at = table.assets.iter().position(|asset| asset == "AAPL").unwrap();
    let price = |row: usize| match table.rows[row].cells[at] {
        crate::input::Cell::Number(price) => price,
        _ => unreachable!(),
    };
    let last = picture.growth.unwrap().train.best[1006];
    assert!((last - price(1007) / price(0)).abs() < 1e-9);
}
