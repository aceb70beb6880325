//! The cloud: random portfolios, one for each of some subsets that lie evenly among all of them. They are drawn as a search
//! draws them, uniformly among those that keep to the rule.

use super::Point;
use crate::Error;
use crate::question::{Question, Size};
use sharpest_search::{Batches, Block, Draw, Kernel, Sampler, Sampling, Search};

/// So many portfolios are drawn.
const PORTFOLIOS: u64 = 1_000;

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
    // What a search is made from takes n²: it is made once for all draws, however few subsets there are.
    let Ok(one) = search(question, pick, 1) else {
        return Ok(Vec::new()); // more subsets than are counted
    };
    let subsets = one.blocks().subsets();
    let (wanted, draws) = (PORTFOLIOS.min(subsets), PORTFOLIOS.div_ceil(subsets));
    let search = if draws == 1 { one } else { search(question, pick, draws)? };
    let mut points = Vec::new();
    for i in 0..wanted {
        let rank = (u128::from(subsets) * u128::from(i) / u128::from(wanted)) as u64;
        draw(question, &search, rank, &mut points)?;
    }
    points.truncate(PORTFOLIOS as usize);
    Ok(points)
}

fn search(question: &Question<'_>, pick: usize, draws: u64) -> Result<Search, Error> {
    let (draw, sampler) = (Draw::Fresh, Sampler::Uniform);
    let sampling = Sampling { pick, draws, seed: 1, draw, sampler, top: 1 };
    Ok(Search::new(question.moments, &question.rule, &sampling, Kernel::detect())?)
}

/// All draws of one subset.
fn draw(
    question: &Question<'_>,
    search: &Search,
    rank: u64,
    points: &mut Vec<Point>,
) -> Result<(), Error> {
    let mut batches = Batches::new(search, Block { first: rank, subsets: 1 });
    while let Some(batch) = batches.draw(search)? {
        let portfolios = batch.weights.chunks_exact(batch.assets.len());
        let count = portfolios.len();
        points.extend(portfolios.map(|weights| {
            let done = question.moments.performance_of(&batch.assets, weights, 0.0);
            Point { volatility: done.volatility, mean: done.mean }
        }));
        batches.take(search, &vec![0.0; count]);
    }
    Ok(())
}
