//! Contents that do not fit into a message.

use crate::desk::{ask, launch, number, order, pool, settings};
use rustix::event::{EventfdFlags, eventfd};
use sharpest_arrays::{Field, Layout, Working};
use sharpest_workers::{Error, INLINE, Message, Pool, Settings, Terms};

const LARGE: usize = 1 << 20;

/// A segment of `len` bytes of this value.
#[allow(unsafe_code, reason = "fills a segment")]
pub(crate) fn segment(len: usize, value: u8) -> Working {
    let layout = Layout::new(vec![Field::new("", "|u1", 1, &[len]).unwrap()]).unwrap();
    let offset = layout.fields()[0].offset;
    let working = Working::empty(layout).unwrap();
    let start = working.view().start().as_ptr().wrapping_add(offset);
    // SAFETY: the layout has `len` bytes at the offset, and nobody else has the segment.
    unsafe { start.write_bytes(value, len) };
    working
}

#[allow(unsafe_code, reason = "reads and writes a segment")]
fn bytes(working: &mut Working) -> &mut [u8] {
    let field = &working.layout().fields()[0];
    let start = working.view().start().as_ptr().wrapping_add(field.offset);
    // SAFETY: the field lies in the segment, which is this process's own and borrowed for as long as the slice.
    unsafe { std::slice::from_raw_parts_mut(start, field.span()) }
}

fn with(word: u8, working: Working) -> Message {
    Message { segments: vec![working.into()], ..order(word, 0) }
}

pub(crate) fn large_bodies_cross_in_shared_memory() {
    let pool = pool(1);
    for len in [1, INLINE - 1, INLINE, INLINE + 1, 3 * LARGE, LARGE, 2 * LARGE] {
        let mut body: Vec<u8> = (0..len).map(|at| (at / 7) as u8).collect();
        body[0] = b'e';
        let answer = ask(&pool, body.clone().into()).unwrap();
        assert!(answer.body.bytes() == body, "{len} bytes");
    }
    let sum = pool.ledger().sum;
    let (inline, shared) = (2 * INLINE as u64, (INLINE + 1 + 6 * LARGE) as u64);
    assert_eq!((sum.sent.inline, sum.sent.shared), (inline, shared));
    assert_eq!(sum.sent, sum.received);
}

pub(crate) fn segments_come_back_writable() {
    let pool = pool(1);
    for round in 0..20 {
        let mut answer = ask(&pool, with(b'S', segment(LARGE, round))).unwrap();
        let result = bytes(&mut answer.segments[0]);
        assert!(result.iter().all(|byte| *byte == 2 * round));
        result.fill(9);
        // A small one is copied into a segment of its own.
        let mut answer = ask(&pool, with(b'S', segment(100, round))).unwrap();
        assert!(bytes(&mut answer.segments[0]).iter().all(|byte| *byte == 2 * round));
    }
}

pub(crate) fn what_is_kept_is_not_filled_again() {
    let pool = pool(1);
    let mut expected = 0;
    for value in 1..10 {
        expected += LARGE as u64 * u64::from(value);
        let found = ask(&pool, with(b'h', segment(LARGE, value)));
        assert_eq!(number(&found), LARGE as u64 * u64::from(value));
        drop(ask(&pool, with(b'S', segment(LARGE, 200))));
        assert_eq!(number(&ask(&pool, order(b'c', 0))), expected);
    }
}

pub(crate) fn a_second_try_sees_the_task_as_it_was() {
    let settings = Settings { retries: 1, ..settings(1) };
    let pool = Pool::start(launch(), settings).unwrap();
    let first = eventfd(1, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC).unwrap();
    let message = Message { files: vec![first], ..with(b't', segment(LARGE, 3)) };
    let task = pool.submit(message, Terms::default()).unwrap();
    let finished = pool.wait(task, None).unwrap();
    assert_eq!(number(&finished.outcome), 3 * LARGE as u64);
    assert_eq!(finished.deaths, 1);
    // The first worker could look into it, so it is not filled again; the next ones are.
    drop(ask(&pool, with(b'S', segment(LARGE, 200))));
    assert_eq!(pool.ledger().again, 1);
}

pub(crate) fn an_answer_without_memory_is_an_error() {
    let pool = pool(1);
    let before = number(&ask(&pool, order(b'n', 0)));
    // More than any machine has.
    let answer = ask(&pool, order(b'M', 0)).unwrap();
    let sentence = String::from_utf8_lossy(answer.body.bytes()).into_owned();
    assert!(
        answer.failed && sentence.starts_with("1024.0 TiB of shared memory wanted"),
        "{sentence}"
    );
    // An answer that is there, and finds no room in shared memory.
    let lost = ask(&pool, order(b'm', 64 << 20));
    let Err(Error::Memory(sharpest_arrays::Error::OutOfMemory { wanted, .. })) = lost else {
        panic!("{lost:?}");
    };
    assert!(wanted.0 > 64 << 20);
    assert_eq!(number(&ask(&pool, order(b'n', 0))), before + 3, "the same worker goes on");
}
