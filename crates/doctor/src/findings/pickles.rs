//! Pickles: data that is packed into bytes, pushed through a pipe, and unpacked. From inside, by argument; from outside, as
//! bytes that one process writes and another reads.

use super::case::{Case, bytes, count, seconds};
use super::{Confidence, Finding, Kind};
use crate::inside::{Part, Pickles};
use std::collections::BTreeMap;

/// Bytes below which nothing is said.
const LEAST: u64 = 10_000_000;
/// Bytes a message, on average, below which it is the number of messages that costs, whatever is in them; if none is large.
const LIGHT: u64 = 2_000;
/// Bytes from which one is large, and looked into by the hook.
const LARGE: u64 = 16_384;
/// What a pool moves a second, all in all (measured: 0.2 to 0.35 GB/s); only where the time could not be measured.
const RATE: f64 = 0.35e9;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    match case.recording.inside.seen() {
        true => inside(case),
        false => outside(case),
    }
}

fn inside(case: &Case<'_>) -> Option<Finding> {
    let inside = &case.recording.inside;
    let mut ways = ways(&inside.pickles);
    let all = ways.len();
    ways.retain(|(via, _), sum| via == MESSAGE || !sum.is_light()); // tasks that are too many are not heavy
    let total: u64 = ways.values().map(|sum| sum.bytes).sum();
    let (busiest, cost) = busiest(case, &ways, ways.len() < all)?;
    if total < LEAST || !case.matters(cost) {
        return None;
    }
    let ((via, function), sum) = ways.into_iter().max_by_key(|way| way.1.bytes)?;
    let mut parts = parts(&inside.parts, &via, &function, &sum);
    let what = match parts.first() {
        Some(part) => format!("{}, {} times", part.what, count(part.times)),
        None => format!("in {} messages", count(sum.messages)),
    };
    let sentence = format!(
        "{} pickled {}: {what}. Packing, sending and unpacking kept one process busy for {}, {} of the time.",
        who(&via),
        bytes(total),
        seconds(cost),
        case.percent(cost)
    );
    let mut evidence =
        vec![format!("{} in {} for {}", bytes(sum.bytes), messages(&sum), named(&via, &function))];
    evidence.extend(
        parts.drain(..).take(4).map(|part| {
            format!("{}: {}, {} times", part.what, bytes(part.bytes), count(part.times))
        }),
    );
    evidence.push(busiest);
    Some(Finding {
        kind: Kind::Pickles,
        sentence,
        evidence,
        cost_seconds: cost.min(case.wall()),
        cost_bytes: Some(total),
        confidence: Confidence::High,
        advice: if sum.is_light() { MANY_IN_ONE } else { advice(&via) }.into(),
    })
}

/// The process that packing and unpacking keep busy longest: what it does there, nobody does meanwhile. Which way a message came
/// is not known where it is unpacked, so beside light ones only that of others counts.
fn busiest(case: &Case<'_>, ways: &Ways, beside_light: bool) -> Option<(String, f64)> {
    let inside = &case.recording.inside;
    let mut spent: BTreeMap<i32, [f64; 3]> = BTreeMap::new();
    let told = |one: &&Pickles| ways.contains_key(&(one.via.clone(), one.function.clone()));
    for one in inside.pickles.iter().filter(told) {
        spent.entry(one.pid).or_default()[0] += one.seconds;
    }
    for one in &inside.unpacked {
        let sum = spent.entry(one.pid).or_default();
        sum[1] += if beside_light { one.heavy } else { one.seconds };
        sum[2] += one.receiving;
    }
    let total = |sum: &[f64; 3]| sum.iter().sum::<f64>();
    let (pid, sum) = spent.iter().max_by(|a, b| total(a.1).total_cmp(&total(b.1)))?;
    let [packing, unpacking, receiving] = sum.map(seconds);
    let said = format!(
        "process {pid} packed for {packing}, received for {receiving} and unpacked for {unpacking}"
    );
    Some((said, total(sum)))
}

/// Messages one way, for one function, of all processes.
#[derive(Debug, Default, Clone)]
struct Sum {
    messages: u64,
    bytes: u64,
    described: u64,
    largest: u64,
}

impl Sum {
    fn is_light(&self) -> bool {
        self.bytes / self.messages.max(1) < LIGHT && self.largest < LARGE
    }
}

/// By the way and the function.
type Ways = BTreeMap<(String, String), Sum>;

fn ways(pickles: &[Pickles]) -> Ways {
    let mut ways = Ways::new();
    for one in pickles {
        let sum = ways.entry((one.via.clone(), one.function.clone())).or_default();
        sum.messages += one.messages;
        sum.bytes += one.bytes;
        sum.described += one.described.1;
        sum.largest = sum.largest.max(one.largest);
    }
    ways
}

/// A part as it is said, scaled from the messages that were looked into to all.
struct Said {
    what: String,
    times: u64,
    bytes: u64,
}

fn parts(parts: &[Part], via: &str, function: &str, sum: &Sum) -> Vec<Said> {
    let scale = sum.bytes as f64 / sum.described.max(1) as f64;
    let mut found: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    let of = |part: &&Part| part.via == via && part.function == function && part.bytes > 0;
    for part in parts.iter().filter(of) {
        let total = found.entry((&part.path, &part.what)).or_default();
        total.0 += part.count;
        total.1 += part.bytes;
    }
    let scaled = |number: u64| (number as f64 * scale).round() as u64;
    let mut said: Vec<Said> = found
        .into_iter()
        .map(|((path, what), (times, bytes))| {
            let of = if function.is_empty() { String::new() } else { format!(" of `{function}`") };
            Said {
                what: format!("{path}{of} ({what})"),
                times: scaled(times),
                bytes: scaled(bytes),
            }
        })
        .collect();
    said.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    said
}

fn who(via: &str) -> &'static str {
    match via.split(' ').next() {
        Some("pool") => "The pool",
        Some("executor") => "The executor",
        Some("joblib") => "joblib",
        Some("sharpest.Pool") => "sharpest.Pool",
        Some("process") => "Starting the processes",
        _ => "The processes",
    }
}

fn named(via: &str, function: &str) -> String {
    match function.is_empty() {
        true => format!("the way \"{via}\""),
        false => format!("the {via}s of `{function}`"),
    }
}

fn messages(sum: &Sum) -> String {
    format!("{} messages", count(sum.messages))
}

fn advice(via: &str) -> &'static str {
    match via {
        "pool result" | "executor result" | "joblib result" => {
            "Return less: a sum, a score, an index. Where the whole array is needed, let workers write into shared memory \
             (multiprocessing.shared_memory, or an array that was made before the workers) and return only where."
        }
        "sharpest.Pool task" | "sharpest.Pool result" => {
            "Only arrays of plain numbers, bytes and frames cross in shared memory: make it one, with a numeric dtype in place \
             of object, or an array in place of a list. What every task needs goes into sharpest.share() once."
        }
        "process start" => {
            "Start fewer processes and give each more to do, or put the data into shared memory and pass its name."
        }
        MESSAGE => {
            "Put the arrays into shared memory and send only names or indices: a Queue and a Pipe pickle whatever they carry."
        }
        _ => {
            "Give the data to each worker once, not with each task: a global made before the pool (with fork), an \
             initializer, or shared memory; then send only the index of what to work on."
        }
    }
}

/// What goes through a queue or a pipe of the program's own.
const MESSAGE: &str = "message";
const MANY_IN_ONE: &str = "Put many items into one message: each is packed, sent and received by itself, and that takes longer than \
     what is in it.";

/// From outside there are only bytes. What one process writes and another reads must have gone between them.
fn outside(case: &Case<'_>) -> Option<Finding> {
    let processes = &case.recording.processes;
    let connected = processes.iter().filter(|one| one.pipes > 2).count();
    let read: u64 = processes.iter().map(|one| one.read.saturating_sub(one.disk_read)).sum();
    let written: u64 =
        processes.iter().map(|one| one.written.saturating_sub(one.disk_written)).sum();
    let moved = read.min(written);
    let cost = (moved as f64 / RATE).min(case.wall());
    if case.workers.is_empty() || connected < 2 || moved < 5 * LEAST || !case.matters(cost) {
        return None;
    }
    let system: f64 = processes.iter().map(|one| one.system).sum();
    Some(Finding {
        kind: Kind::Pickles,
        sentence: format!(
            "The processes passed {} to each other through pipes or files; at a pool's usual pace that is {} of the time.",
            bytes(moved),
            case.percent(cost)
        ),
        evidence: vec![
            format!("{} written and {} read, next to nothing of it from or to a disk", bytes(written), bytes(read)),
            format!("{} of the {} CPU time was spent in the kernel", seconds(system), seconds(case.recording.cpu())),
            format!("{connected} processes have pipes or sockets open"),
        ],
        cost_seconds: cost,
        cost_bytes: Some(moved),
        confidence: Confidence::Medium,
        advice: "Send less: indices instead of data, or shared memory. For Python, run the doctor without --outside-only: \
                 it names the argument."
            .into(),
    })
}
