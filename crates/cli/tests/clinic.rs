//! The clinic: real Python programs with one known fault each, and a healthy twin. The doctor must name the fault first, and
//! must say nothing about the twin but that it is healthy.
//!
//! `SHARPEST_CLINIC_PYTHON` names an interpreter with NumPy and joblib, which `cargo xtask test` makes; without one the Python
//! programs are skipped by name. The programs run one after the other: they measure, and would disturb each other.

#![cfg(target_os = "linux")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The programs, and what must be found in the one with the fault.
const CLINIC: [(&str, &str); 17] = [
    ("oversubscription", "oversubscription"),
    ("pickles_arguments", "pickles"),
    ("pickles_results", "pickles"),
    ("pickles_queue", "pickles"),
    ("pickles_joblib", "pickles"),
    ("tiny_tasks", "tiny-tasks"),
    ("page_faults", "page-faults"),
    ("lock", "lock"),
    ("imbalance", "imbalance"),
    ("startup", "startup"),
    ("reattach", "reattach"),
    ("private_copies", "private-copies"),
    ("bandwidth", "bandwidth"),
    ("leftovers", "leftovers"),
    ("same_random", "same-random"),
    ("same_random_generator", "same-random"),
    ("shell", "startup"),
];

fn clinic() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../doctor/clinic")
}

/// The interpreter, if there is one.
fn python() -> Option<String> {
    std::env::var("SHARPEST_CLINIC_PYTHON").ok()
}

/// Runs a program under the doctor; gives what the program printed and the findings.
fn diagnose(options: &[&str], words: &[&str]) -> (Output, Value) {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("out.json");
    let output = Command::new(env!("CARGO_BIN_EXE_sharpest"))
        .args(["doctor", "--quiet", "--json"])
        .arg(&json)
        .args(options)
        .arg("--")
        .args(words)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = std::fs::read_to_string(&json)
        .unwrap_or_else(|_| panic!("{words:?}: {}", String::from_utf8_lossy(&output.stderr)));
    (output, serde_json::from_str(&text).unwrap())
}

fn kinds(value: &Value) -> Vec<String> {
    let findings = value["findings"].as_array().unwrap();
    findings.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

/// Whether `found` is right: the fault first, or nothing on the twin.
fn right(found: &[String], wanted: &str) -> bool {
    match wanted {
        "healthy" => found == ["healthy"],
        _ => found[0] == wanted,
    }
}

/// The programs that can run here, each with what must be found; and the names of those that cannot.
fn programs() -> (Vec<Program>, Vec<String>) {
    let python = python();
    let (mut programs, mut skipped) = (Vec::new(), Vec::new());
    for (name, fault) in CLINIC {
        for (twin, wanted) in [("fault", fault), ("healthy", "healthy")] {
            let script = clinic().join(name).join(twin);
            let shell = script.with_extension("sh");
            let name = format!("{name}/{twin}");
            let (runner, script) = match (&python, shell.exists()) {
                (_, true) => ("sh", shell),
                (Some(python), false) => (python.as_str(), script.with_extension("py")),
                (None, false) => {
                    skipped.push(name);
                    continue;
                }
            };
            let words = [runner.to_owned(), script.to_str().unwrap().to_owned()];
            let options: &[&str] = if fault == "bandwidth" { &["--probe"] } else { &[] };
            programs.push(Program { name, wanted, options, words });
        }
    }
    (programs, skipped)
}

struct Program {
    name: String,
    wanted: &'static str,
    options: &'static [&'static str],
    words: [String; 2],
}

impl Program {
    /// What must be found first. Two cores do not make every memory busy: where the probe measured that they do not, this must
    /// be said of the program that would otherwise be held back.
    fn wanted(&self, diagnosis: &Value) -> &str {
        let time = |key: &str| diagnosis["probe"][key].as_f64();
        let slower = |crowding: f64| {
            let again = time("again").map_or(f64::INFINITY, |again| again / crowding.max(1.0));
            Some(time("together")?.min(again) / time("alone")?)
        };
        match time("crowding").and_then(slower) {
            Some(slower) if slower < 1.3 => "healthy",
            _ => self.wanted,
        }
    }
}

/// `SHARPEST_CLINIC_TIMES` says how many rounds; `cargo xtask clinic --times 20` sets it.
#[test]
fn every_fault_is_named_first_and_every_twin_is_healthy() {
    let times = std::env::var("SHARPEST_CLINIC_TIMES").map_or(1, |times| times.parse().unwrap());
    let (programs, skipped) = programs();
    let (mut diagnosed, mut wrong) = (0, Vec::new());
    for round in 1..=times {
        for program in &programs {
            let Program { name, options, words, .. } = program;
            let diagnosis = diagnose(options, &[&words[0], &words[1]]).1;
            let (found, wanted) = (kinds(&diagnosis), program.wanted(&diagnosis));
            if !right(&found, wanted) {
                let probed = [&diagnosis["probe"], &diagnosis["unprobed"]].map(Value::to_string);
                let probed = if options.is_empty() { String::new() } else { probed.join(", ") };
                wrong.push(format!("{name}: {found:?}, not {wanted}, round {round} {probed}"));
                eprintln!("{}", wrong[wrong.len() - 1]);
            }
            diagnosed += 1;
        }
    }
    let right = diagnosed - wrong.len();
    eprintln!(
        "clinic: {right} of {diagnosed} right, {} skipped: {}",
        skipped.len(),
        skipped.join(", ")
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_hook_changes_nothing_that_a_program_can_print() {
    let Some(python) = python() else {
        eprintln!("skipped: no SHARPEST_CLINIC_PYTHON");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sitecustomize.py"), "print('my own sitecustomize')\n")
        .unwrap();
    let script = "import sys, os, multiprocessing.pool, multiprocessing.queues, multiprocessing.shared_memory\n\
                  print(sys.argv, sys.path, sorted(sys.flags), sys.dont_write_bytecode)\n\
                  print(sorted(os.listdir('.')), __name__, sys.modules['sitecustomize'].__file__)\n\
                  sys.exit('said at the end')";
    let run = |words: &[&str]| {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args([&python, "-c", script, "one"]).current_dir(folder.path());
        command.env("PYTHONPATH", folder.path()).output().unwrap()
    };
    let alone = run(&["env"]);
    let watched = run(&[env!("CARGO_BIN_EXE_sharpest"), "doctor", "--quiet", "--"]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(text(&alone.stdout), text(&watched.stdout));
    assert_eq!(text(&alone.stderr), text(&watched.stderr));
    assert_eq!(alone.status.code(), watched.status.code());
    assert!(text(&alone.stdout).starts_with("my own sitecustomize\n"));
}

#[test]
fn workers_that_are_killed_exec_or_leave_by_the_back_door_are_in_the_report() {
    let Some(python) = python() else {
        eprintln!("skipped: no SHARPEST_CLINIC_PYTHON");
        return;
    };
    let script = "import multiprocessing as mp, os, signal\n\
                  def back(q): os._exit(3)\n\
                  def kill(q): os.kill(os.getpid(), signal.SIGKILL)\n\
                  def execute(q): os.execlp('sleep', 'sleep', '0.3')\n\
                  def crash(q): raise ValueError('on purpose')\n\
                  if __name__ == '__main__':\n\
                  \x20   for method in 'fork', 'spawn', 'forkserver':\n\
                  \x20       context = mp.get_context(method)\n\
                  \x20       workers = [context.Process(target=f, args=(1,)) for f in (back, kill, execute, crash)]\n\
                  \x20       for w in workers: w.start()\n\
                  \x20       for w in workers: w.join()\n\
                  \x20       print(method, [w.exitcode for w in workers])\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ways.py");
    std::fs::write(&file, script).unwrap();
    let (output, value) = diagnose(&[], &[&python, file.to_str().unwrap()]);
    let printed = String::from_utf8_lossy(&output.stdout);
    for method in ["fork", "spawn", "forkserver"] {
        assert!(printed.contains(&format!("{method} [3, -9, 0, 1]")), "{printed}");
    }
    let methods: Vec<&str> = value["inside"]["launches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|launch| launch["method"].as_str().unwrap())
        .collect();
    for method in ["fork", "spawn", "forkserver"] {
        assert_eq!(methods.iter().filter(|one| **one == method).count(), 4, "{methods:?}");
    }
}

#[test]
fn messages_are_packed_as_multiprocessing_packs_them() {
    let Some(python) = python() else {
        eprintln!("skipped: no SHARPEST_CLINIC_PYTHON");
        return;
    };
    let script = "import collections, functools, io, pickle, sys\n\
                  from multiprocessing.pool import mapstar\n\
                  from multiprocessing.reduction import ForkingPickler as P\n\
                  class Own:\n\
                  \x20   def method(self): pass\n\
                  class Sub(P):\n\
                  \x20   def reducer_override(self, one): return (str, ('sub',)) if type(one) is Own else NotImplemented\n\
                  class Int(int): pass\n\
                  class Seen:\n\
                  \x20   def __iter__(self): print('looked into'); return iter((True, 5))\n\
                  Pair = collections.namedtuple('Pair', 'function batch')\n\
                  def answer(value): return (7, 8, (True, value))\n\
                  def ask(*values): return (7, 8, mapstar, ((show, values),), {})\n\
                  def show(*by):\n\
                  \x20   for one in (1, [b'x' * 70000], functools.partial(print, end=''), len, Own().method, dict.get, {(1, 'a'): None},\n\
                  \x20               *map(answer, (5, 'x', 'x' * 70000, [1.5], [None, 2j, b'y', 'a', 'a'], [], Int(3), [Int(3)], list(range(99)))),\n\
                  \x20               (Int(7), 8, (True, 5)), (7, 8, (1, 5)), (7, 8, (True, 5, 6)), (7, 8, 9), (7, 8, mapstar, 5, {}),\n\
                  \x20               *map(ask, (5, 'x', 1.5, Int(3), len, b'z' * 70000)), ask(), ask(1, 2, 3), ask(*range(99)),\n\
                  \x20               (7, 8, ask, (1, 'a'), {}), (7, 8, ask, (1,), {'a': Int(1)}), (7, 8, len, (1,), {}),\n\
                  \x20               (7, 8, ask, (1,), collections.OrderedDict()), (7, 8, mapstar, (Pair(show, (1,)),), {}),\n\
                  \x20               (1, 2, iter([3, 4, 5])), (1, 2, Seen()), (7, 8, mapstar, iter([6, 7]), {}), (7, 8, mapstar, (iter([8, 9]),), {})):\n\
                  \x20       print(*(bytes(dumps(one, protocol)) if len(dumps(one)) < 999 else len(dumps(one)) for dumps in by for protocol in (None, 2)))\n\
                  show(P.dumps, Sub.dumps)\n\
                  hook = sys.modules.get('_sharpest_doctor.describe')\n\
                  plain = list(map(hook.is_plain, (answer(5), answer([1.5]), ask(5), answer(2j), ask(len)))) if hook else [True] * 3 + [False] * 2\n\
                  print(plain)\n\
                  P.register(Own, lambda one: (str, ('registered late',)))\n\
                  P.register(complex, lambda one: (str, ('complex',)))\n\
                  P.register(Pair, lambda one: (str, ('pair',)))\n\
                  P.register(collections.OrderedDict, lambda one: (str, ('ordered',)))\n\
                  show(P.dumps)\n\
                  print(pickle.loads(P.dumps(Own())), P.loads(P.dumps([Own()])), Sub.loads(Sub.dumps([Own()])))\n\
                  P.reducer_override = lambda self, one: (str, ('overridden',)) if type(one) in (Own, type(show)) else NotImplemented\n\
                  print(P.loads(P.dumps(Own())), P.loads(P.dumps(ask(5))))\n\
                  init = P.__init__\n\
                  def patched(self, *args): print('patched', type(self).__name__); init(self, *args)\n\
                  P.__init__ = patched\n\
                  show(P.dumps)\n\
                  try: P.dumps(lambda: 1)\n\
                  except Exception as error: print(type(error))\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("packs.py");
    std::fs::write(&file, script).unwrap();
    let alone = Command::new(&python).arg(&file).output().unwrap();
    assert!(alone.status.success(), "{}", String::from_utf8_lossy(&alone.stderr));
    let (watched, _) = diagnose(&[], &[&python, file.to_str().unwrap()]);
    assert_eq!(String::from_utf8_lossy(&alone.stdout), String::from_utf8_lossy(&watched.stdout));
}

#[test]
fn what_a_program_sends_is_its_own_and_what_only_looks_like_a_task_or_a_result_is_none() {
    let Some(python) = python() else {
        eprintln!("skipped: no SHARPEST_CLINIC_PYTHON");
        return;
    };
    let script = "import os, sys, pickle\n\
                  if sys.argv[1] == 'plainly': pickle.Pickler = pickle._Pickler\n\
                  import multiprocessing as mp\n\
                  def add(*numbers): return sum(numbers)\n\
                  def tell(queue): global told; told = queue\n\
                  def work(one): told.put((one, 'loss', (True, 0.5))); told.put((7, 'loss', ('a', 'b'))); return one\n\
                  packs = 0\n\
                  def patch(one):\n\
                  \x20   if one == 200:\n\
                  \x20       pickler = mp.reduction.ForkingPickler\n\
                  \x20       init = pickler.__init__\n\
                  \x20       def patched(*args): global packs; packs += 1; init(*args)\n\
                  \x20       pickler.__init__ = patched\n\
                  \x20   return packs\n\
                  class Asked:\n\
                  \x20   def __getattr__(self, name): os.write(1, name.encode()); raise AttributeError(name)\n\
                  \x20   def __call__(self, *numbers): return -sum(numbers)\n\
                  if __name__ == '__main__':\n\
                  \x20   context = mp.get_context('fork')\n\
                  \x20   with context.Pool(1) as pool:\n\
                  \x20       print(pool.starmap(add, [map(int, '1 2'.split()), zip(), reversed([1, 2])], chunksize=1))\n\
                  \x20   with context.Pool(1) as pool:\n\
                  \x20       print(sum(pool.map(add, range(300), chunksize=1)), sum(pool.imap(add, range(300))))\n\
                  \x20       print(pool.starmap(add, (iter((one, 1)) for one in range(200)), chunksize=1)[-3:])\n\
                  \x20       print(pool.starmap(add, [map(int, '1 2'.split()), zip(), reversed([1, 2])]))\n\
                  \x20       for times in range(70):\n\
                  \x20           try: pool.starmap(add, [(1, times), 5])\n\
                  \x20           except Exception as error: last = type(error), str(error), type(error.__cause__)\n\
                  \x20       print(last, pool.map(len, ['abc'] * 99, chunksize=1)[-1])\n\
                  \x20       print(pool.apply(add, (1, 2)), pool.apply(add, (3,)))\n\
                  \x20   queue = context.SimpleQueue()\n\
                  \x20   with context.Pool(1, tell, (queue,)) as pool:\n\
                  \x20       waiting = pool.map_async(work, range(300), chunksize=1)\n\
                  \x20       print(sum(queue.get()[0] for _ in range(600)), sum(waiting.get()))\n\
                  \x20   with context.Pool(1) as pool:\n\
                  \x20       print(pool.map(Asked(), range(5)))\n\
                  \x20       print(sum(pool.imap(patch, range(300))))\n\
                  \x20       print(sum(pool.imap(add, (patch(one) for one in range(300)))), packs)\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.py");
    std::fs::write(&file, script).unwrap();
    let file = file.to_str().unwrap();
    for how in ["usually", "plainly"] {
        let alone = Command::new(&python).args([file, how]).output().unwrap();
        assert!(alone.status.success(), "{how}: {}", String::from_utf8_lossy(&alone.stderr));
        let (watched, value) = diagnose(&[], &[&python, file, how]);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text(&alone.stdout), text(&watched.stdout), "{how}");
        assert_eq!(text(&alone.stderr), text(&watched.stderr), "{how}");
        let pickles = value["inside"]["pickles"].as_array().unwrap();
        let results =
            pickles.iter().filter(|one| one["function"] == "work" && one["via"] == "pool result");
        assert_eq!(results.map(|one| one["messages"].as_u64().unwrap()).sum::<u64>(), 300, "{how}");
    }
}

#[test]
fn tasks_and_messages_are_counted_one_by_one() {
    let Some(python) = python() else {
        eprintln!("skipped: no SHARPEST_CLINIC_PYTHON");
        return;
    };
    let script = "import multiprocessing as mp, functools, sys\n\
                  from concurrent.futures import ProcessPoolExecutor\n\
                  def little(one): return one\n\
                  def add(one, two): return one + two\n\
                  def large(one): return b'x' * 5000\n\
                  if __name__ == '__main__':\n\
                  \x20   context = mp.get_context(sys.argv[1])\n\
                  \x20   with context.Pool(2) as pool:\n\
                  \x20       list(pool.imap(little, range(3001)))\n\
                  \x20       pool.map(functools.partial(add, 1), range(2003), chunksize=2)\n\
                  \x20       pool.map(large, range(301), chunksize=1)\n\
                  \x20   with ProcessPoolExecutor(2, context) as pool:\n\
                  \x20       list(pool.map(little, range(501)))\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counts.py");
    std::fs::write(&file, script).unwrap();
    for method in ["fork", "spawn", "forkserver"] {
        let (_, value) = diagnose(&[], &[&python, file.to_str().unwrap(), method]);
        let sum = |list: &str, wanted: &[(&str, &str)], number: &str| -> u64 {
            let list = value["inside"][list].as_array().unwrap().iter();
            list.filter(|one| wanted.iter().all(|(key, value)| one[*key] == *value))
                .map(|one| one[number].as_u64().unwrap())
                .sum()
        };
        let tasks = |name| sum("tasks", &[("function", name)], "items");
        assert_eq!((tasks("little"), tasks("add")), (3502, 2003), "{method}");
        let unpacked = value["inside"]["unpacked"].as_array().unwrap();
        for one in unpacked {
            let heavy = one["heavy"].as_f64().unwrap();
            let mut sent = value["inside"]["pickles"].as_array().unwrap().iter();
            let takes_results =
                sent.any(|sent| sent["pid"] == one["pid"] && sent["via"] == "pool task");
            assert_eq!(heavy > 0.0, takes_results, "{method}: {one}");
        }
        let sent = |way, name| sum("pickles", &[("via", way), ("function", name)], "messages");
        for way in ["pool task", "pool result"] {
            assert_eq!((sent(way, "little"), sent(way, "add")), (3001, 1002), "{way}, {method}");
        }
        for way in ["executor task", "executor result"] {
            assert_eq!(sent(way, "little"), 501, "{way}, {method}");
        }
    }
}
