//! The cloud: random portfolios, one for each of some subsets that lie evenly among all of them. They are drawn as a search
//! draws them, uniformly among those that keep to the rule.

use super::Point;
use crate::Error;
use crate::question::{Question, Size};
use sharpest_search::{Best, Block, Draw, Kernel, Line, Sampler, Sampling, Search, Sink};

/// So many portfolios are drawn.
const PORTFOLIOS: u64 = 1_000;

/// Nobody needs the lines.
struct Silent;

impl Sink for Silent {
    fn line(&mut self, _: &Line<'_>) {}

    fn wants_lines(&self) -> bool {
        false
    }
}

/// A cloud of portfolios of the size that `question` asks for; of "at most" the largest. Nothing where there are more
/// subsets than can be counted.
///
/// # Errors
/// None that the question has not been refused for.
pub(super) fn of(question: &Question<'_>) -> Result<Vec<Point>, Error> {
    let n = question.moments.len();
    let pick = match question.size {
        Size::All => n,
        Size::Pick(pick) => pick,
        Size::AtMost(most) => most.min(n),
    };
    if question.rule.admits(pick, n).is_err() {
        return Ok(Vec::new()); // "at most" with a floor that so many cannot keep
    }
    let mut points = Vec::new();
    for seed in 1.. {
        let Ok(search) = search(question, pick, seed) else {
            break; // more subsets than are counted
        };
        let subsets = search.blocks().subsets();
        let wanted = (PORTFOLIOS - points.len() as u64).min(subsets);
        for i in 0..wanted {
            let rank = (u128::from(subsets) * u128::from(i) / u128::from(wanted)) as u64;
            let best = search.search_block(Block { first: rank, subsets: 1 }, &mut Silent)?;
            points.extend(point(question, &best));
        }
        if wanted < subsets || points.len() as u64 >= PORTFOLIOS || seed > PORTFOLIOS {
            break;
        }
    }
    Ok(points)
}

fn search(question: &Question<'_>, pick: usize, seed: u64) -> Result<Search, Error> {
    let (draw, sampler) = (Draw::Fresh, Sampler::Uniform);
    let sampling = Sampling { pick, draws: 1, seed, draw, sampler, top: 1 };
    Ok(Search::new(question.moments, &question.rule, &sampling, Kernel::detect())?)
}

fn point(question: &Question<'_>, best: &Best) -> Option<Point> {
    let portfolio = best.first()?;
    Some(Point::of(&question.moments.select(&portfolio.assets), &portfolio.weights))
}
