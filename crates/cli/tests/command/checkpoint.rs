//! `--checkpoint`: whatever happens to a search, it goes on where it was and ends with the same bits.

use crate::desk::{Desk, Ended};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Some seconds of work for one core.
const QUESTION: &str = "search --pick 16 --draws 6000 --top 3 --seed 5";
/// A search of minutes.
const LONG: &str = "search --draws 20000 --json best.json";
/// After so long something hangs, and the test says so in place of the one who waits.
const WATCHDOG: Duration = Duration::from_secs(120);

#[test]
fn killed_at_random_moments_it_ends_with_the_same_bits() {
    let desk = Desk::new();
    let question = long_enough(&desk);
    let reference = desk.sharpest(&format!("{question} --json best.json --csv all.csv --quiet"));
    assert_eq!(reference.status, 0, "{}", reference.stderr);
    let (best, lines) = (answer(&desk, "best.json"), desk.read("all.csv"));
    let ways = [
        "-j 1 --csv lines.csv",
        "-j 3 --csv lines.csv",
        "-j 2",
        "-j 2 --workers processes --csv lines.csv",
        "-j 2 --workers processes",
    ];
    let mut random = Random(20_261_124);
    for way in ways.iter().take(if cfg!(target_os = "linux") { 5 } else { 3 }) {
        let desk = Desk::new();
        let command = format!("{question} {way} --json new.json --checkpoint run --quiet");
        let kills = kill_until_done(&desk, &command, &mut random);
        assert!(kills > 2, "{way}: it was killed {kills} times");
        assert_eq!(answer(&desk, "new.json"), best, "{way}");
        let mut names = vec!["new.json", "prices.csv"];
        if way.contains("--csv") {
            assert!(desk.read("lines.csv") == lines, "{way}: other lines");
            names.insert(0, "lines.csv");
        }
        assert_eq!(desk.names(), names, "{way}: something is left behind");
    }
}

#[test]
fn ctrl_c_says_how_to_go_on_and_the_same_command_does() {
    let desk = Desk::new();
    let command = format!("{QUESTION} -j 2 --json best.json --csv all.csv");
    let child = desk.command(&format!("{command} --checkpoint run")).spawn().unwrap();
    recorded(&desk, "run", 2);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let ended = end(child);
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    let said = " subsets were searched; best.json is marked incomplete; the same command goes on from run\n";
    assert!(ended.stderr.ends_with(said), "{}", ended.stderr);
    assert_eq!(desk.names(), ["best.json", "prices.csv", "run", "run.lines"]);

    let ended = desk.sharpest(&format!("{command} --checkpoint run"));
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(ended.stderr.starts_with("note: going on: "), "{}", ended.stderr);
    assert!(ended.stderr.ends_with(" % of the subsets were searched before\n"), "{}", ended.stderr);
    let (best, lines) = (answer(&desk, "best.json"), desk.read("all.csv"));
    assert_eq!(desk.names(), ["all.csv", "best.json", "prices.csv"]);
    assert_eq!(desk.sharpest(&command).status, 0);
    assert_eq!((answer(&desk, "best.json"), desk.read("all.csv")), (best, lines));
}

#[test]
fn lines_for_standard_output_come_when_all_are_there() {
    let desk = Desk::new();
    let plain = desk.sharpest(&format!("{QUESTION} --csv -"));
    let mut child = desk.command(&format!("{QUESTION} --csv - --checkpoint run")).spawn().unwrap();
    recorded(&desk, "run", 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let ended = desk.sharpest(&format!("{QUESTION} --csv - --checkpoint run --quiet"));
    assert_eq!((ended.status, &*ended.stderr), (0, ""));
    assert!(ended.stdout == plain.stdout, "other lines");
    assert_eq!(desk.names(), ["prices.csv"]);
}

#[test]
fn a_link_stays_and_what_it_leads_to_is_the_checkpoint() {
    let desk = Desk::new();
    std::os::unix::fs::symlink("real", desk.path("link")).unwrap();
    for record in 1..=2 {
        let mut child = desk.command(&format!("{LONG} --checkpoint link")).spawn().unwrap();
        recorded(&desk, "real", 1 + record);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(desk.path("link").is_symlink());
        assert!(desk.read("real").starts_with("sharpest checkpoint 1 "));
    }
}

#[test]
fn an_answer_that_could_not_be_written_is_not_searched_for_again() {
    let desk = Desk::new();
    fs::create_dir(desk.path("folder")).unwrap();
    let command =
        "search prices.csv --pick 2 --csv all.csv --json folder/best.json --checkpoint run";
    desk.refuses(
        &command.replace("folder/", "nowhere/"),
        "cannot write nowhere/best.json: No such file or directory (os error 2)",
    );
    assert_eq!(desk.names(), ["folder", "prices.csv"]);
    let ended = desk.sharpest(command);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(desk.names(), ["all.csv", "folder", "prices.csv"]);
}

#[test]
fn a_checkpoint_of_another_question_is_refused() {
    let desk = begun();
    let another = |reason: &str| {
        format!(
            "cannot go on from run: it belongs to another question: {reason}; give another file, or remove this one to begin anew"
        )
    };
    for (args, reason) in [
        ("--draws 20001", "its --draws is 20000, not 20001"),
        ("--seed 2", "its --seed is 1, not 2"),
        ("--cap 0.3", "its --cap is 0.2, not 0.3"),
        ("--floor 0.01", "its --floor is 0, not 0.01"),
        ("--rate 0.01", "its --rate is 0, not 0.01"),
        ("--pick 9", "its --pick is 10, not 9"),
        ("--top 2", "its --top is 1, not 2"),
        ("--draw shared", "its --draw is fresh, not shared"),
        ("--sampler dirichlet:2", "its --sampler is uniform, not dirichlet:2"),
        ("--exclude KO", "its assets, prices or dates are others"),
        ("--test-from 2021-06-01", "its assets, prices or dates are others"),
    ] {
        let typed = args.split(' ').next().unwrap();
        let long = if typed == "--draws" { "search --json best.json" } else { LONG };
        desk.refuses(&format!("{long} {args} --checkpoint run"), &another(reason));
    }
    let rate = "it belongs to another question: none of the portfolios asked about beats the rate";
    desk.refuses(
        &format!("{LONG} --rate 9 --checkpoint run"),
        &format!("cannot go on from run: {rate}"),
    );
    let lines = "it was begun without --csv, so the lines of what is done are not there; leave out --csv, or remove the file to begin anew";
    desk.refuses(
        &format!("{LONG} --csv all.csv --checkpoint run"),
        &format!("cannot go on from run: {lines}"),
    );
    // Who works, and what else is written, makes no difference.
    let child = desk.command("search --draws 20000 -j 3 --checkpoint run").spawn().unwrap();
    sleep(Duration::from_millis(300));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(end(child).status, 130);
}

#[test]
fn what_is_no_checkpoint_or_damaged_is_refused_and_left_alone() {
    let desk = begun();
    let whole = fs::read(desk.path("run")).unwrap();
    let damaged = "cannot go on from run: it is damaged; remove it to begin anew";
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let layout = String::from_utf8(whole.clone()).unwrap().replace("checkpoint 1", "checkpoint 2");
    for (bytes, sentence) in [
        (whole[..whole.len() / 2].to_vec(), damaged.to_owned()),
        (whole[..whole.len() - 1].to_vec(), damaged.to_owned()),
        (flipped, damaged.to_owned()),
        (
            b"Date,KO\n".to_vec(),
            "cannot go on from run: it is no checkpoint of sharpest; give another name".into(),
        ),
        (
            layout.into_bytes(),
            "cannot go on from run: it has the layout 2 of another version of sharpest, this one reads 1; go on with that version, or remove the file to begin anew".into(),
        ),
    ] {
        desk.put("run", &bytes);
        desk.refuses(&format!("{LONG} --checkpoint run"), &sentence);
        assert!(fs::read(desk.path("run")).unwrap() == bytes, "it was changed: {sentence}");
    }
}

#[test]
fn lines_that_are_missing_are_said() {
    let desk = Desk::new();
    let command = "search --draws 20000 --csv all.csv --checkpoint run";
    let mut child = desk.command(command).spawn().unwrap();
    recorded(&desk, "run", 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let forgot = "cannot go on from run: it was begun with --csv; give that again";
    desk.refuses("search --draws 20000 --checkpoint run", forgot);
    let lines = fs::read(desk.path("run.lines")).unwrap();
    for kept in [1, 0] {
        match kept {
            0 => fs::remove_file(desk.path("run.lines")).unwrap(),
            _ => desk.put("run.lines", &lines[..1]),
        }
        let ended = desk.sharpest(command);
        let sentence = format!("from run: run.lines has {kept} bytes of its ");
        assert!(ended.stderr.contains(&sentence), "{}", ended.stderr);
        assert!(ended.stderr.ends_with("; remove both to begin anew\n"), "{}", ended.stderr);
        assert_eq!(ended.status, 2);
    }
}

#[test]
fn one_search_at_a_time_has_it() {
    let desk = Desk::new();
    let mut child = desk.command(&format!("{LONG} --checkpoint run")).spawn().unwrap();
    recorded(&desk, "run", 2);
    for _ in 0..20 {
        let ended = desk.sharpest("search --draws 20000 --checkpoint run");
        assert!(ended.stderr.contains("error: run is in use: another search "), "{}", ended.stderr);
        assert_eq!(ended.status, 2);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_full_disk_is_a_sentence_and_nothing_is_lost() {
    let desk = Desk::new();
    let many = QUESTION.replace("--top 3", "--top 400");
    let command = format!("{many} --csv all.csv --json best.json --quiet");
    assert_eq!(desk.sharpest(&command).status, 0);
    let (best, lines) = (answer(&desk, "best.json"), desk.read("all.csv"));
    fs::remove_file(desk.path("all.csv")).unwrap();
    // A limit of the size of files stands for the disk: nothing fits, or the record
    // does not once it is large, or the lines do not.
    let kept = format!("{command} --checkpoint run");
    for (blocks, args, file) in [
        (0, kept.replace("--csv all.csv ", ""), " run: "),
        (60, kept.replace("--csv all.csv ", ""), " run: "),
        (60, kept.clone(), " run.lines: "),
    ] {
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &limit, env!("CARGO_BIN_EXE_sharpest")]).args(args.split_whitespace());
        let ended: Ended = shell.current_dir(desk.path("")).output().unwrap().into();
        assert_eq!(ended.status, 2, "{}", ended.stderr);
        assert!(ended.stderr.starts_with("error: cannot write "), "{}", ended.stderr);
        assert!(ended.stderr.contains(file), "{}", ended.stderr);
        if blocks == 0 {
            assert!(ended.stderr.ends_with("File too large (os error 27)\n"), "{}", ended.stderr);
            assert_eq!(desk.names(), ["best.json", "prices.csv"]);
        } else {
            let rest =
                "; run holds what was done before, and the same question goes on from there\n";
            assert!(ended.stderr.ends_with(rest), "{}", ended.stderr);
            let again = desk.sharpest(&args);
            assert_eq!((again.status, &*again.stderr), (0, ""));
            assert_eq!(answer(&desk, "best.json"), best);
        }
    }
    assert!(desk.read("all.csv") == lines, "other lines");
    assert_eq!(desk.names(), ["all.csv", "best.json", "prices.csv"]);
}

#[test]
fn a_file_that_cannot_be_one_is_refused() {
    let desk = Desk::new();
    fs::create_dir(desk.path("folder")).unwrap();
    for (args, sentence) in [
        ("--checkpoint -", "--checkpoint is read again when the search goes on: give it a file"),
        ("--checkpoint folder", "cannot write folder: Is a directory (os error 21)"),
        (
            "--checkpoint nowhere/run",
            "cannot write nowhere/run: No such file or directory (os error 2)",
        ),
        ("--checkpoint /dev/null", "cannot read /dev/null: it is no regular file"),
        ("--checkpoint a --json a", "--checkpoint would write over --json: give it another file"),
        (
            "--checkpoint a --csv a.lines",
            "--checkpoint would write over --csv: give it another file",
        ),
        (
            "--checkpoint prices.csv",
            "--checkpoint would write over the table: give it another file",
        ),
    ] {
        desk.refuses(&format!("search prices.csv --pick 2 {args}"), sentence);
    }
    let bad = "search prices.csv --pick 3 --assets KO,PEP --checkpoint run --csv all.csv";
    assert_eq!(desk.sharpest(bad).status, 2);
    assert_eq!(desk.names(), ["folder", "prices.csv"], "a search that never began leaves nothing");
}

/// The answer in a file, but for time and place.
fn answer(desk: &Desk, name: &str) -> serde_json::Value {
    let mut answer: serde_json::Value = serde_json::from_str(&desk.read(name)).unwrap();
    for key in ["seconds", "throughput", "workers"] {
        answer[key].take();
    }
    answer["settings"]["jobs"].take();
    answer
}

/// A search of minutes that was begun, has recorded something in `run`, and was killed.
fn begun() -> Desk {
    let desk = Desk::new();
    let mut child = desk.command(&format!("{LONG} --checkpoint run")).spawn().unwrap();
    recorded(&desk, "run", 2);
    child.kill().unwrap();
    child.wait().unwrap();
    desk
}

/// Waits until so many records were written.
fn recorded(desk: &Desk, name: &str, count: usize) {
    let begun = Instant::now();
    let (mut last, mut changes) = (Vec::new(), 0);
    while changes < count {
        assert!(begun.elapsed() < WATCHDOG, "nothing is recorded");
        let now = fs::read(desk.path(name)).unwrap_or_default();
        changes += usize::from(now != last);
        last = now;
        sleep(Duration::from_millis(2));
    }
}

/// The question with as many draws as keep two threads of this machine busy for some three seconds: long enough to be killed
/// several times, however fast the machine is.
fn long_enough(desk: &Desk) -> String {
    let begun = Instant::now();
    assert_eq!(desk.sharpest(&format!("{QUESTION} -j 2 --quiet")).status, 0);
    let times = (3.0 / begun.elapsed().as_secs_f64()).clamp(1.0, 20.0);
    QUESTION.replace("--draws 6000", &format!("--draws {:.0}", 6000.0 * times))
}

/// Runs the command and kills it, again and again, until it was quicker; how often it was killed.
fn kill_until_done(desk: &Desk, command: &str, random: &mut Random) -> u32 {
    let begun = Instant::now();
    for kills in 0.. {
        assert!(begun.elapsed() < WATCHDOG, "it comes to no end");
        let mut child = desk.command(command).spawn().unwrap();
        let moment = Instant::now() + Duration::from_micros(random.below(400_000));
        while Instant::now() < moment && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        if child.try_wait().unwrap().is_some() {
            let ended = end(child);
            assert_eq!((ended.status, &*ended.stderr), (0, ""));
            return kills;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    unreachable!()
}

fn end(mut child: Child) -> Ended {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > WATCHDOG {
            child.kill().unwrap();
            panic!("it does not stop");
        }
        sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap().into()
}

/// A few numbers that look random (xorshift, Marsaglia 2003): the same moments in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
