//! The efficient frontier: the portfolio of the least variance, and those that are best against ever higher rates. It is
//! that of all assets within cap and floor, however many it holds: with a size it would be no curve.

use super::Point;
use crate::question::Question;
use sharpest_search::exact::{Outcome, Problem, Solver};

/// Points between the two ends.
const POINTS: u32 = 60;

/// The frontier of `question`, from the left to the right.
pub(super) fn of(question: &Question<'_>) -> Vec<Point> {
    let (moments, bounds) = (question.moments, question.bounds());
    let mut solver = Solver::new(moments.len());
    solver.least_variance(&Problem::new(moments, bounds, 0.0));
    let least = Point::of(moments, solver.weights());
    let highest =
        sharpest_search::exact::certificate::highest_excess(&Problem::new(moments, bounds, 0.0));
    let span = highest - least.mean;
    let mut points = vec![least];
    for i in 1..POINTS {
        // Rates far below the least mean, and then ever closer to the highest: evenly along the curve, roughly.
        let part = f64::from(i) / f64::from(POINTS);
        let rate = highest - span * ((1.0 - part) / part).powf(1.5);
        let problem = Problem::new(moments, bounds, rate);
        let last = points[points.len() - 1];
        if let Outcome::Optimal { .. } = solver.solve(&problem) {
            let point = Point::of(moments, solver.weights());
            // Where two rates have the same portfolio there is no second point, and rounding makes no step back.
            if point.volatility > last.volatility && point.mean > last.mean {
                points.push(point);
            }
        }
    }
    points
}
