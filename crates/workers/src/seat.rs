//! The worker's end: takes tasks, answers them, goes home when it is told to or nobody is left.

use crate::arena::{self, Parcel, in_order};
use crate::channel::{Arrival, Channel, Eagerness, Frame, Inbox, PATIENCE};
use crate::error::{Error, Result};
use crate::message::{Body, Head, KEPT, Kind, Message, SHARED, SPIN};
use crate::recall;
use crate::watch;
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_getfd, fcntl_setfd};
use sharpest_arrays::Loan;
use sharpest_arrays::sync::time_in_locks;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// A worker's place in a pool.
#[derive(Debug)]
pub struct Seat {
    channel: Channel,
    inbox: Inbox,
    spin: bool,
    eagerness: Eagerness,
    /// When the last frame came.
    came: Instant,
    /// What the task at hand was lent.
    loans: Vec<Loan>,
    task: u64,
    /// What this process had waited for locks when the task came.
    locks: Duration,
}

/// A task that arrived.
#[derive(Debug)]
pub struct Task {
    /// Its number.
    pub number: u64,
    /// Its bytes.
    pub body: Body,
    /// Its segments. What is written to them is seen here alone.
    pub segments: Vec<Loan>,
    /// Its descriptors.
    pub files: Vec<OwnedFd>,
}

/// When the work on a task was done, for the ledger: what came before it was opening the task, what comes after it packing
/// the answer.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// The task had been opened.
    pub began: Instant,
    /// There was a result.
    pub ended: Instant,
}

impl Seat {
    /// Takes the place that the last argument of this process's command line speaks of. Call it once.
    ///
    /// # Errors
    /// A word that is none, or names no socket.
    #[allow(unsafe_code, reason = "a descriptor that was inherited is known by its number")]
    pub fn take(word: &str) -> Result<Seat> {
        let damaged = || Error::Damaged("a worker is started by its pool, with a place in it");
        let (socket, main) = word.split_once(':').ok_or_else(damaged)?;
        let (socket, main) = (socket.parse::<i32>(), main.parse::<u32>());
        let (Ok(socket @ 3..), Ok(main)) = (socket, main) else { return Err(damaged()) };
        // SAFETY: the pool left this descriptor open for this process, which names it once; that it is open is asked next.
        let socket = unsafe { OwnedFd::from_raw_fd(socket) };
        if fcntl_getfd(&socket).and_then(|_| fcntl_setfd(&socket, FdFlags::CLOEXEC)).is_err() {
            std::mem::forget(socket); // there is nothing to close
            return Err(damaged());
        }
        Seat::new(socket, main)
    }

    /// The place at this end of a socket pair, in a pool of the process `main`. From now on this process ends with that
    /// one.
    ///
    /// # Errors
    /// No descriptor left.
    pub fn new(socket: OwnedFd, main: u32) -> Result<Seat> {
        watch::begin(again(socket.as_fd())?, main);
        Ok(Seat {
            channel: Channel::new(socket),
            inbox: Inbox::new(),
            spin: false,
            eagerness: Eagerness::default(),
            came: Instant::now(),
            loans: Vec::new(),
            task: 0,
            locks: Duration::ZERO,
        })
    }

    /// What the pool says before the first task; none when it is gone. Answer with [`Seat::ready`] or [`Seat::refuse`].
    ///
    /// # Errors
    /// Anything else that came.
    pub fn begin(&mut self) -> Result<Option<Body>> {
        match self.look()? {
            Arrival::Frame(Frame { head, body, mut files }) if head.kind == Kind::Begin => {
                let asked = files.split_off(usize::from(head.segments)).pop();
                let (body, _) = arena::borrow(head.has(SHARED), body, &files)?;
                if let Some(asked) = asked {
                    recall::attend(self.channel.socket(), asked)?;
                }
                Ok(Some(body))
            }
            Arrival::Frame(Frame { head, .. }) if head.kind == Kind::Stop => Ok(None),
            Arrival::Frame(_) => Err(Error::Damaged("a task before the beginning")),
            Arrival::Short(_) => Err(Error::NoDescriptors),
            Arrival::Nothing | Arrival::Reset | Arrival::End => Ok(None),
        }
    }

    /// Tasks can come.
    ///
    /// # Errors
    /// The pool is gone.
    pub fn ready(&mut self) -> Result<()> {
        self.send(&Head::new(Kind::Ready, 0), &[], &[])
    }

    /// No task can be done here; the pool breaks, and says why.
    ///
    /// # Errors
    /// The pool is gone.
    pub fn refuse(&mut self, reason: &str) -> Result<()> {
        self.send(&Head::new(Kind::Refused, 0), clipped(reason), &[])
    }

    /// The next task; none when it is time to go. Drop what is left of the task before first.
    ///
    /// # Errors
    /// Bytes that are no frame; no descriptor left.
    pub fn receive(&mut self) -> Result<Option<Task>> {
        loop {
            let Frame { head, body, mut files } = match self.look()? {
                Arrival::Frame(frame) => frame,
                Arrival::Short(head) => {
                    self.task = head.task;
                    self.lose(&Error::NoDescriptors)?;
                    continue;
                }
                Arrival::Nothing | Arrival::Reset | Arrival::End => return Ok(None),
            };
            match head.kind {
                Kind::Stop => return Ok(None),
                Kind::Task => {}
                _ => return Err(Error::Damaged("not what a worker is told")),
            }
            (self.task, self.spin, self.locks) = (head.task, head.has(SPIN), time_in_locks());
            let mut rest = files.split_off(usize::from(head.segments));
            let others = rest.split_off(usize::from(head.spares));
            for spare in rest {
                let _ = sharpest_arrays::stock(spare); // without it pages are colder
            }
            match arena::borrow(head.has(SHARED), body, &files) {
                Ok((body, loans)) => {
                    let segments = loans[usize::from(head.has(SHARED))..].to_vec();
                    self.loans = loans;
                    return Ok(Some(Task { number: head.task, body, segments, files: others }));
                }
                Err(error) => self.lose(&error)?,
            }
        }
    }

    /// Answers the task at hand: `Ok` is its result, `Err` a failure of its own. Drop the [`Task`] first: what is still
    /// looked into is not used again.
    ///
    /// # Errors
    /// The pool is gone; more segments and files than fit. An answer that finds no memory is told to the pool, and is no
    /// error here.
    pub fn answer(&mut self, answer: Result<Message, Message>, work: Work) -> Result<()> {
        let (kind, message) = match answer {
            Ok(message) => (Kind::Done, message),
            Err(message) => (Kind::Failed, message),
        };
        message.check()?;
        let mut parcel = Parcel::from(message);
        let segments = match parcel.hand_over() {
            Ok(segments) => segments,
            Err(error) => return self.lose(&error),
        };
        let kept = std::mem::take(&mut self.loans).iter().any(Loan::is_kept);
        let marks = if kept { KEPT } else { 0 } | if parcel.shared_body { SHARED } else { 0 };
        let head = Head {
            marks,
            segments: u8::try_from(segments.len()).unwrap_or(u8::MAX),
            files: u16::try_from(parcel.files.len()).unwrap_or(u16::MAX),
            nanos: laps(self.came, work, self.locks),
            ..Head::new(kind, self.task)
        };
        self.send(&head, &parcel.body, &in_order([&segments, &[], &parcel.files]))
    }

    /// There is an answer or a task, but no memory for it.
    fn lose(&mut self, error: &Error) -> Result<()> {
        let kept = std::mem::take(&mut self.loans).iter().any(Loan::is_kept);
        let marks = if kept { KEPT } else { 0 };
        let nanos = match error {
            Error::Memory(sharpest_arrays::Error::OutOfMemory { wanted, available, .. }) => {
                [wanted.0, available.0, 0, 0]
            }
            _ => [0; 4],
        };
        let head = Head { marks, nanos, ..Head::new(Kind::Lost, self.task) };
        self.send(&head, clipped(&error.to_string()), &[])
    }

    fn send(&self, head: &Head, body: &[u8], files: &[std::os::fd::BorrowedFd<'_>]) -> Result<()> {
        self.channel
            .send(head, body, files)
            .map_err(|error| Error::System { what: "answering a task", source: error.into() })
    }

    fn look(&mut self) -> Result<Arrival> {
        let spin = self.spin && self.eagerness.is_worth_it();
        let began = Instant::now();
        let arrival =
            self.channel.wait(&mut self.inbox, if spin { PATIENCE } else { Duration::ZERO })?;
        self.came = Instant::now();
        self.eagerness.note(spin, self.came - began);
        Ok(arrival)
    }
}

/// Another descriptor of the same socket.
pub(crate) fn again(socket: BorrowedFd<'_>) -> Result<OwnedFd> {
    let copy = fcntl_dupfd_cloexec(socket, 3);
    copy.map_err(|error| Error::System { what: "fcntl", source: error.into() })
}

/// The loop of a worker: `begin` makes what tasks need from what the pool says, `work` does one task. Their failures are
/// sentences; a panic in `work` is one, too.
///
/// # Errors
/// What comes is no task.
pub fn serve<S>(
    mut seat: Seat,
    begin: impl FnOnce(&[u8]) -> Result<S, String>,
    mut work: impl FnMut(&mut S, &Task) -> Result<Message, String>,
) -> Result<()> {
    let Some(beginning) = seat.begin()? else { return Ok(()) };
    let mut state = match begin(beginning.bytes()) {
        Ok(state) => state,
        Err(reason) => return seat.refuse(&reason),
    };
    drop(beginning);
    seat.ready()?;
    while let Some(task) = seat.receive()? {
        let began = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| work(&mut state, &task)));
        let times = Work { began, ended: Instant::now() };
        drop(task);
        let answer = match result {
            Ok(answer) => answer.map_err(|sentence| Message::from(sentence.into_bytes())),
            Err(panic) => Err(Message::from(said(&*panic).into_bytes())),
        };
        match seat.answer(answer, times) {
            Err(Error::System { source, .. }) if is_gone(&source) => break,
            other => other?,
        }
    }
    Ok(())
}

/// Whether nobody waits for the answer any more.
fn is_gone(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::BrokenPipe | std::io::ErrorKind::ConnectionReset)
}

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("the task panicked: {}", text.unwrap_or("it did not say why"))
}

/// As many bytes of a sentence as fit.
fn clipped(text: &str) -> &[u8] {
    &text.as_bytes()[..text.len().min(crate::message::INLINE)]
}

/// What the ledger is told of a task whose answer is packed: opening, work, packing, and of the work what it waited for
/// locks.
pub(crate) fn laps(came: Instant, work: Work, locks: Duration) -> [u64; 4] {
    let (open, run) = (work.began - came, work.ended - work.began);
    [open, run, work.ended.elapsed(), time_in_locks().saturating_sub(locks)].map(nanos)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
