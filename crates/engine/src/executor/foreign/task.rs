//! What travels: a task, which is a range of blocks and at times the question, and the answer to it. Both are bytes that any
//! machine reads as any other wrote them, and both begin in a way that no version will change, so that versions can be told apart.

use crate::executor::finding;
use crate::executor::segment::{self, share};
use crate::executor::words::Words;
use crate::job::Job;
use sharpest_arrays::Frozen;
use sharpest_search::{Best, Search};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use twox_hash::XxHash3_128;

/// What every task begins with; then comes the version, and the end of a line.
const KIND: &[u8] = b"sharpest task of version ";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the returns of a question begin with: themselves, or the token of a segment.
const HERE: u8 = b'H';
const THERE: u8 = b'T';

/// A question as bytes, and its name.
#[derive(Debug)]
pub(super) struct Question {
    name: u128,
    bytes: Vec<u8>,
    /// Workers may open it as long as there are tasks.
    _returns: Option<Arc<Frozen>>,
}

/// A question as a worker has it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) search: Search,
    /// Whether lines are wanted.
    pub(super) has_lines: bool,
    /// What portfolios are scored from, where their score is no Sharpe ratio.
    pub(super) returns: Option<Arc<Frozen>>,
}

/// A range of blocks of a question.
#[derive(Debug, PartialEq)]
pub(super) struct Task<'a> {
    /// The name of the question.
    pub(super) name: u128,
    pub(super) blocks: Range<u64>,
    /// The question itself, or nothing where the worker is thought to have it.
    pub(super) question: &'a [u8],
}

/// What a task came to.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    /// What was found in all of its blocks, their lines if they are wanted, and the time it took.
    Found(Best, Vec<u8>, Duration),
    /// The worker does not have the question.
    Unknown,
    /// Why it cannot be done.
    Refused(String),
    /// Another version of this program, which does not read the task.
    Version(String),
}

impl Question {
    /// That of `job`: words, then the moments, bit by bit, then the returns if somebody scores; where workers are `near`, in a
    /// segment that all of them map.
    pub(super) fn new(job: &Job<'_, '_>, near: bool) -> Result<Self, sharpest_arrays::Error> {
        let words = Words::new(job).to_bytes();
        let moments = job.search().moments();
        let mut bytes = (words.len() as u64).to_le_bytes().to_vec();
        bytes.extend(words);
        put(&mut bytes, moments.mean());
        put(&mut bytes, moments.covariance());
        let mut segment = None;
        match job.returns() {
            None => {}
            Some(returns) if near => {
                let shared = share_returns(returns.values(), moments.len())?;
                bytes.push(THERE);
                bytes.extend(shared.token()?.to_bytes());
                segment = Some(shared);
            }
            Some(returns) => {
                bytes.push(HERE);
                put(&mut bytes, returns.values());
            }
        }
        Ok(Self { name: XxHash3_128::oneshot(&bytes), bytes, _returns: segment })
    }

    /// A task of it; with the question itself for a worker that does not have it.
    pub(super) fn task(&self, blocks: Range<u64>, whole: bool) -> Vec<u8> {
        let mut bytes = [KIND, VERSION.as_bytes(), b"\n"].concat();
        bytes.extend(self.name.to_le_bytes());
        bytes.extend(blocks.start.to_le_bytes());
        bytes.extend(blocks.end.to_le_bytes());
        bytes.extend(if whole { &self.bytes[..] } else { &[] });
        bytes
    }
}

impl Told {
    /// What a question says that came with a task.
    pub(super) fn from_bytes(question: &[u8]) -> Result<Self, String> {
        let (length, rest) = question.split_first_chunk().ok_or("half a question")?;
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let (words, rest) = rest.split_at_checked(length).ok_or("half a question")?;
        let words = Words::from_bytes(words)?;
        let n = words.assets.len();
        let (mean, rest) = rest.split_at_checked(8 * n).ok_or("half a question")?;
        let (covariance, rest) = rest.split_at_checked(8 * n * n).ok_or("half a question")?;
        let returns = match rest.split_first() {
            None => None,
            Some((&THERE, token)) => Some(segment::open(token)?),
            Some((_, numbers)) => {
                let shared = share_returns(&numbers_of(numbers)?, n);
                Some(shared.map_err(|error| error.to_string())?)
            }
        };
        let search = words.search(numbers_of(mean)?, numbers_of(covariance)?)?;
        Ok(Self { search, has_lines: words.lines, returns })
    }
}

fn put(bytes: &mut Vec<u8>, numbers: &[f64]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_bits().to_le_bytes()));
}

fn numbers_of(bytes: &[u8]) -> Result<Vec<f64>, String> {
    match bytes.as_chunks() {
        (words, []) => Ok(words.iter().map(|word| f64::from_le_bytes(*word)).collect()),
        _ => Err("half a number".into()),
    }
}

/// Returns in a segment, a row a period and a column for each of `assets`.
fn share_returns(numbers: &[f64], assets: usize) -> Result<Arc<Frozen>, sharpest_arrays::Error> {
    share(&[("returns", &[numbers.len() / assets.max(1), assets], numbers)])
}

impl<'a> Task<'a> {
    /// Reads a task of this version; else says what to answer.
    pub(super) fn from_bytes(bytes: &'a [u8]) -> Result<Self, Answer> {
        let damaged = || Answer::Refused("not a task of sharpest".into());
        let rest = bytes.strip_prefix(KIND).ok_or_else(damaged)?;
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(damaged)?;
        if &rest[..end] != VERSION.as_bytes() {
            return Err(Answer::Version(VERSION.into()));
        }
        let (name, rest) = rest[end + 1..].split_first_chunk().ok_or_else(damaged)?;
        let (first, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
        let (end, question) = rest.split_first_chunk().ok_or_else(damaged)?;
        let blocks = u64::from_le_bytes(*first)..u64::from_le_bytes(*end);
        Ok(Self { name: u128::from_le_bytes(*name), blocks, question })
    }

    /// Whether the question is the one that is named.
    pub(super) fn is_whole(&self) -> bool {
        XxHash3_128::oneshot(self.question) == self.name
    }
}

impl Answer {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Version(version) => [b"V", version.as_bytes()].concat(),
            Self::Refused(reason) => [b"R", reason.as_bytes()].concat(),
            Self::Unknown => b"U".to_vec(),
            Self::Found(best, lines, time) => {
                let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
                [b"F", &nanoseconds.to_le_bytes()[..], &finding::to_bytes(best, lines)].concat()
            }
        }
    }

    /// What [`Answer::to_bytes`] wrote, of a search that keeps the best `top`; none for anything else.
    pub(super) fn from_bytes(bytes: &[u8], top: usize) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let text = || String::from_utf8_lossy(rest).into_owned();
        match kind {
            b'V' => Some(Self::Version(text())),
            b'R' => Some(Self::Refused(text())),
            b'U' => Some(Self::Unknown),
            b'F' => {
                let (nanoseconds, found) = rest.split_first_chunk()?;
                let (best, lines) = finding::from_bytes(found, top)?;
                let time = Duration::from_nanos(u64::from_le_bytes(*nanoseconds));
                Some(Self::Found(best, lines, time))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sharpest_search::{Draw, Kernel, Moments, Returns, Rule, Sampler, Sampling};

    fn asked() -> Search {
        let names = ["A", "B"].map(String::from).to_vec();
        let (mean, covariance) = ([0.1 + 0.2, 1.0 / 3.0], [0.04, 0.01, 0.01, 0.07]);
        let moments = Moments::new(names, &mean, &covariance, 1.0).unwrap();
        let (draw, sampler) = (Draw::Shared, Sampler::Dirichlet(0.1));
        let sampling = Sampling { pick: 2, draws: 10, seed: u64::MAX, draw, sampler, top: 3 };
        Search::new(&moments, &Rule::new(0.7, 0.1, 0.05).unwrap(), &sampling, Kernel::Portable)
            .unwrap()
    }

    #[test]
    fn the_question_gets_there_bit_by_bit() {
        let here = asked();
        let numbers = vec![0.1, -0.2, f64::MIN_POSITIVE, 1.0 / 3.0, -0.0, 0.3];
        let returns = Returns::new(here.moments().assets().to_vec(), numbers).unwrap();
        for (returns, near) in [(None, false), (Some(&returns), false), (Some(&returns), true)] {
            if near && !cfg!(target_os = "linux") {
                continue;
            }
            let question = Question::new(&Job::new(&here, 3, &(), None).scored(returns), near);
            let bytes = question.as_ref().unwrap().task(7..19, true);
            let task = Task::from_bytes(&bytes).unwrap();
            assert!(task.is_whole());
            assert_eq!(task.blocks, 7..19);
            let there = Told::from_bytes(task.question).unwrap();
            assert!(!there.has_lines);
            assert_eq!(there.search.moments(), here.moments());
            assert_eq!(there.search.rule(), here.rule());
            assert_eq!(there.search.sampling(), here.sampling());
            let segment = there.returns.map(|segment| {
                let field = &segment.layout().fields()[0];
                assert_eq!((&field.name[..], &field.shape[..]), ("returns", &[3, 2][..]));
                segment.bytes()[field.offset..][..field.span()].to_vec()
            });
            let values = returns.map(|returns| returns.values());
            let values = values.map(|some| some.iter().flat_map(|x| x.to_ne_bytes()).collect());
            assert_eq!(segment, values);
            for end in (0..task.question.len()).filter(|_| returns.is_none()) {
                assert!(Told::from_bytes(&task.question[..end]).is_err(), "cut at {end}");
            }
        }
    }

    #[test]
    fn a_task_is_short_and_names_its_question() {
        let question = Question::new(&Job::new(&asked(), 3, &(), None), false).unwrap();
        let bytes = question.task(0..1, false);
        assert!(bytes.len() < 80, "{}", bytes.len());
        let task = Task::from_bytes(&bytes).unwrap();
        assert_eq!((task.name, task.question), (question.name, &[][..]));
        for end in 0..bytes.len() {
            assert!(Task::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn answers_are_read_as_they_were_written() {
        let time = Duration::from_nanos(123_456_789);
        for answer in [
            Answer::Found(Best::new(2), b"0,\"A\",1\n".to_vec(), time),
            Answer::Unknown,
            Answer::Refused("no".into()),
            Answer::Version("0.0.1".into()),
        ] {
            assert_eq!(Answer::from_bytes(&answer.to_bytes(), 2), Some(answer));
        }
        assert_eq!(Answer::from_bytes(b"", 2), None);
        assert_eq!(Answer::from_bytes(b"?", 2), None);
        assert_eq!(Answer::from_bytes(b"F1234567", 2), None);
    }
}
