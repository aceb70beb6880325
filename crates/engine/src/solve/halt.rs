//! When an answer is to end with what there is: Ctrl-C, or the time is up. It is asked often, from all workers, and by those
//! who do n² multiply-adds between two looks.

use crate::Status;
use crate::observer::Observer;
use std::time::{Duration, Instant};

/// However short the time, so much is spent on an answer: what is small is done by then, and need not be called unfinished.
const LEAST: Duration = Duration::from_millis(100);

/// Who may end it.
pub(crate) struct Halt<'a> {
    observer: &'a dyn Observer,
    deadline: Option<Instant>,
}

impl<'a> Halt<'a> {
    /// Ends when `observer` says so, or when so much `time` is over since the data were read, which was at `read`.
    pub(crate) fn new(observer: &'a dyn Observer, read: Instant, time: Option<Duration>) -> Self {
        let deadline = time.and_then(|time| read.checked_add(time));
        let least = Instant::now() + LEAST;
        Self { observer, deadline: deadline.map(|deadline| deadline.max(least)) }
    }

    /// What an answer is that ends now; `None` if it need not.
    pub(crate) fn status(&self) -> Option<Status> {
        let is_over = || self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if self.observer.stopped() {
            Some(Status::Incomplete)
        } else {
            is_over().then_some(Status::TimeLimit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Claim;
    use crate::{Reading, SolveSettings, Source, check, read, solve};

    /// Ctrl-C from the beginning.
    struct Pressed;

    impl Observer for Pressed {
        fn stopped(&self) -> bool {
            true
        }
    }

    #[test]
    fn the_time_runs_since_the_data_were_read() {
        let second = Some(Duration::from_secs(1));
        let long_ago = Instant::now().checked_sub(Duration::from_secs(5)).unwrap();
        let overdue = Halt::new(&(), long_ago, second);
        while overdue.status().is_none() {} // the least that is spent on an answer
        assert_eq!(overdue.status(), Some(Status::TimeLimit));
        assert!(long_ago.elapsed() < Duration::from_secs(600), "not since then");
        assert_eq!(Halt::new(&(), Instant::now(), Some(Duration::from_secs(600))).status(), None);
        assert_eq!(Halt::new(&(), long_ago, None).status(), None);
        assert_eq!(Halt::new(&Pressed, Instant::now(), None).status(), Some(Status::Incomplete));
    }

    #[test]
    fn what_is_stopped_at_once_has_a_portfolio_and_proves_what_it_says() {
        let data = read(&Source::Bundled, &Reading::default()).unwrap();
        for (pick, at_most) in [(None, None), (Some(20), None), (Some(6), None), (None, Some(4))] {
            let settings = SolveSettings { pick, at_most, ..SolveSettings::default() };
            let whole = solve(&data, &settings, &(), None).unwrap();
            let best = whole.best.unwrap().figures.sharpe;
            let stopped = solve(&data, &settings, &Pressed, None).unwrap();
            assert_eq!(stopped.status, Status::Incomplete);
            let found = stopped.best.as_ref().unwrap();
            assert!(found.figures.sharpe <= best * (1.0 + 1e-12), "{at_most:?}");
            assert!(at_most.is_none_or(|most| found.weights.len() <= most));
            let bound = stopped.certificate.as_ref().unwrap().bound.unwrap();
            assert!(bound >= best * (1.0 - 1e-12), "{at_most:?}: {bound} is below {best}");
            let json = serde_json::to_string(&stopped).unwrap();
            let claim = Claim::parse("the result", json.as_bytes()).unwrap();
            let verdict = check(&data, &claim);
            assert!(!matches!(verdict, Ok(check::Verdict::Refuted(_)) | Err(_)), "{verdict:?}");
        }
    }
}
