//! What a task costs that does nothing: the way there and back, in microseconds.
//!
//!     cargo bench -p sharpest-workers

#[cfg(target_os = "linux")]
fn main() {
    use sharpest_workers::{Seat, serve};
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("--worker") => {
            let seat = Seat::take(&arguments[2]).expect("a place in a pool");
            let echo = |_: &mut (), task: &sharpest_workers::Task| Ok(task.body.bytes().into());
            let _ = serve(seat, |_| Ok(()), echo); // the pool may go first
        }
        _ => linux::bench(),
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use sharpest_workers::{Launch, Message, Pool, Settings, Terms};
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;
    use std::time::{Duration, Instant};

    const TIMES: usize = 20_000;

    pub(crate) fn bench() {
        for spin in [true, false] {
            let pool = pool(2, spin);
            let times = (0..TIMES).map(|_| timed(|| ask(&pool, Message::default()))).collect();
            let name = if spin { "no-op, 2 workers" } else { "no-op, 2 workers, no spinning" };
            report(name, times);
        }
        report("a byte through a socket pair and back, two threads", bare());
        let pool = pool(2, true);
        let start = Instant::now();
        for _ in 0..TIMES {
            pool.submit(Message::default(), Terms::default()).expect("the pool is open");
        }
        (0..TIMES).for_each(|_| drop(pool.next(None, None)));
        let each = start.elapsed().as_secs_f64() * 1e6 / TIMES as f64;
        println!("{:<52} {each:8.2} us a task", "many at once");
        for size in [1 << 16, 1 << 20, 100 << 20] {
            let body = vec![1; size];
            let times = (0..20).map(|_| timed(|| ask(&pool, body.as_slice().into()))).collect();
            report(&format!("{size} bytes there and back"), times);
        }
    }

    fn pool(workers: usize, spin: bool) -> Pool {
        let program = std::env::current_exe().expect("a program has a path");
        let settings = Settings { workers, spin, ..Settings::default() };
        let pool = Pool::start(Launch::new(program).arg("--worker"), settings).expect("Linux");
        (0..100).for_each(|_| ask(&pool, Message::default()));
        pool
    }

    fn ask(pool: &Pool, message: Message) {
        let task = pool.submit(message, Terms::default()).expect("the pool is open");
        pool.wait(task, None).expect("nobody else waits").outcome.expect("it echoes");
    }

    /// What the system takes for two wakes.
    fn bare() -> Vec<Duration> {
        let (mut here, mut there) = UnixStream::pair().expect("sockets");
        let echo = std::thread::spawn(move || {
            let mut byte = [0];
            while there.read_exact(&mut byte).is_ok() {
                there.write_all(&byte).expect("the other end is open");
            }
        });
        let mut byte = [0];
        let trip = || {
            here.write_all(&[1]).expect("the other end is open");
            here.read_exact(&mut byte).expect("the other end is open");
        };
        let mut trip = trip;
        let times = (0..TIMES).map(|_| timed(&mut trip)).collect();
        drop(here);
        echo.join().expect("it has no panic");
        times
    }

    fn timed(work: impl FnOnce()) -> Duration {
        let start = Instant::now();
        work();
        start.elapsed()
    }

    fn report(name: &str, mut times: Vec<Duration>) {
        times.sort_unstable();
        let at = |share: f64| times[(times.len() as f64 * share) as usize].as_secs_f64() * 1e6;
        println!("{name:<52} p50 {:10.2} us   p99 {:10.2} us", at(0.5), at(0.99));
    }
}
