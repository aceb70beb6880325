//! What the worker of these tests does: a letter says it, and a number.

use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};
use sharpest_arrays::{Field, Layout, View, Working};
use sharpest_workers::{Message, Seat, Task, serve};
use std::time::Duration;

#[derive(Default)]
struct State {
    served: u64,
    held: Vec<(View, usize, usize)>,
}

/// The worker.
pub(crate) fn worker(arguments: &[String]) {
    let seat = Seat::take(arguments.last().unwrap()).unwrap();
    let refuse = arguments.first().is_some_and(|word| word == "--refuse");
    let begin = |bytes: &[u8]| match (refuse, bytes) {
        (true, _) => Err("there is no beginning".into()),
        (false, b"begin") => Ok(State::default()),
        (false, other) => Err(format!("began with {} bytes", other.len())),
    };
    let _ = serve(seat, begin, work); // the pool may go in the middle of an answer
}

fn work(state: &mut State, task: &Task) -> Result<Message, String> {
    state.served += 1;
    let bytes = task.body.bytes();
    let number = bytes.get(1..9).map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().unwrap()));
    let answer = match bytes[0] {
        b's' => number.wrapping_mul(number),
        b'e' => return Ok(bytes.into()),
        b'n' => state.served,
        b'x' => std::process::exit(3),
        b'a' => std::process::abort(),
        b'v' => {
            // Rust's own handler takes the first, and leaves the second to the system.
            (0..2).for_each(|_| kill_process(getpid(), Signal::SEGV).unwrap());
            0
        }
        b'z' => {
            std::thread::sleep(Duration::from_micros(number));
            number
        }
        b'f' => return Err(format!("failure {number}")),
        b'p' => panic!("panic {number}"),
        b'b' => return Ok(vec![7; usize::try_from(number).unwrap()].into()),
        b'S' => return Ok(doubled(task)),
        b'h' => hold(state, task),
        b'c' => state.held.iter().map(|held| sum(&held.0, held.1, held.2)).sum(),
        b't' => second_try(task),
        b'm' => {
            limit_files(number / 2)?;
            return Ok(vec![1; usize::try_from(number).unwrap()].into());
        }
        b'M' => {
            let field = Field::new("", "|u1", 1, &[1 << 50]).unwrap();
            let working = Working::empty(Layout::new(vec![field]).unwrap());
            return Err(working.unwrap_err().to_string());
        }
        other => panic!("no such order: {other}"),
    };
    Ok(answer.to_le_bytes().to_vec().into())
}

/// From now on no file, and no segment either, can be longer.
#[allow(unsafe_code, reason = "a signal is ignored that would end the process")]
fn limit_files(bytes: u64) -> Result<(), String> {
    // SAFETY: ignoring a signal touches no memory of ours.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    let limit = Rlimit { current: Some(bytes), maximum: None };
    setrlimit(Resource::Fsize, limit).map_err(|error| error.to_string())
}

/// A segment with every byte of the task's doubled, built in place.
#[allow(unsafe_code, reason = "fills a segment")]
fn doubled(task: &Task) -> Message {
    let loan = &task.segments[0];
    let field = &loan.layout().fields()[0];
    let working = Working::empty(loan.layout().clone()).unwrap();
    let (from, view) = (loan.view(), working.view());
    let to = view.start().as_ptr().wrapping_add(field.offset);
    for (at, byte) in bytes(&from, field.offset, field.span()).iter().enumerate() {
        // SAFETY: the field lies in the segment, which was made just now.
        unsafe { to.wrapping_add(at).write(byte.wrapping_mul(2)) };
    }
    drop(view);
    Message { segments: vec![working.into()], ..Message::default() }
}

/// Keeps a view of the task's segment.
fn hold(state: &mut State, task: &Task) -> u64 {
    let loan = &task.segments[0];
    let field = &loan.layout().fields()[0];
    state.held.push((loan.view(), field.offset, field.span()));
    sum(&loan.view(), field.offset, field.span())
}

fn sum(view: &View, offset: usize, len: usize) -> u64 {
    bytes(view, offset, len).iter().map(|byte| u64::from(*byte)).sum()
}

#[allow(unsafe_code, reason = "reads a segment")]
fn bytes(view: &View, offset: usize, len: usize) -> &[u8] {
    // SAFETY: the callers' field lies within the view, and nobody writes to it meanwhile.
    unsafe { std::slice::from_raw_parts(view.start().as_ptr().wrapping_add(offset), len) }
}

/// Spoils the task's segment and dies, the first time; says what is in it, the second time.
#[allow(unsafe_code, reason = "writes to a segment")]
fn second_try(task: &Task) -> u64 {
    let field = &task.segments[0].layout().fields()[0];
    let view = task.segments[0].view();
    let found = sum(&view, field.offset, field.span());
    let start = view.start().as_ptr().wrapping_add(field.offset);
    // SAFETY: the field lies within the view, which is this worker's own.
    unsafe { start.write_bytes(0xff, field.span()) };
    if rustix::io::read(&task.files[0], &mut [0; 8]).is_ok() {
        std::process::abort();
    }
    found
}
