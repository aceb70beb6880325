"""The doctor for a stretch of a program: what it finds, and that the program does not notice."""

import json
import os
import signal
import subprocess
import sys
from html.parser import HTMLParser

import pytest
import sharpest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the doctor reads /proc")

two_cores = pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="one core")

#: A pool that sends eight megabytes with each task.
PICKLES = """
import multiprocessing as mp, sys
import numpy as np, sharpest

def work(index, data):
    return float(data[index])

if __name__ == "__main__":
    data = np.arange(1_000_000.0)
    {before}
    with sharpest.doctor() as d:
        with mp.get_context({method!r}).Pool(2) as pool:
            pool.starmap(work, [(index, data) for index in range(60)], chunksize=1)
            pool.close()
            pool.join()
    {after}
"""


@pytest.fixture
def run(tmp_path):
    """Runs a program; gives what it printed. It prints nothing to standard error."""

    def run(text, *words):
        program = tmp_path / "program.py"
        program.write_text(text)
        command = [*words, sys.executable, str(program)]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=private(tmp_path))
        assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
        return ended.stdout

    return run


def private(tmp_path):
    """An environment in which the folders of doctors can be told from others'."""
    folder = tmp_path / "tmp"
    folder.mkdir(exist_ok=True)
    return {**os.environ, "TMPDIR": str(folder)}


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_what_a_pool_pickles_is_found(run, method):
    after = "import json; print(json.dumps(d.fields))"
    found = json.loads(run(PICKLES.format(method=method, before="", after=after)))
    first = found["findings"][0]
    assert first["kind"] == "pickles" and "argument 2 `data` of `work`" in first["sentence"], first
    sent = [one for one in found["inside"]["pickles"] if one["via"] == "pool task" and one["bytes"] > 1e8]
    assert [one["messages"] for one in sent] == [60]
    assert {one["function"] for one in found["inside"]["tasks"]} == {"work"}
    assert sum(one["items"] for one in found["inside"]["tasks"]) == 60
    assert {one["method"] for one in found["inside"]["launches"]} == {method}


def test_it_is_shown_as_text_and_in_a_notebook(run):
    after = "print(d); print('====='); print(d._repr_html_())"
    text, html = run(PICKLES.format(method="fork", before="", after=after)).split("=====\n")
    assert text.splitlines()[0].startswith("The pool pickled"), text
    assert "\n  change  " in text, text
    assert "was still running when you stopped watching" in " ".join(text.split()), text
    assert html.startswith('<div class="sharpest-doctor">') and html.rstrip().endswith("</div>")
    assert "http" not in html and "src=" not in html and "<script" not in html
    assert balanced(html) and "argument 2" in html


def balanced(html):
    """Whether every element that is opened is closed."""
    open_now = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in ("meta", "br"):
                open_now.append(tag)

        def handle_endtag(self, tag):
            assert open_now.pop() == tag

        def handle_startendtag(self, tag, attrs):
            pass

    Reader().feed(html)
    return open_now == []


def test_tasks_too_many_to_look_at_are_all_counted(run):
    text = """
import json, multiprocessing as mp, sharpest, time

def short(number):
    return number

def long(number):
    time.sleep(0.002)

if __name__ == "__main__":
    with sharpest.doctor() as d:
        with mp.get_context("fork").Pool(2) as pool:
            pool.map(short, range(20_000), chunksize=1)
            pool.map(long, range(100), chunksize=1)
    print(json.dumps(d.fields["inside"]))
"""
    inside = json.loads(run(text))
    tasks = {name: [one for one in inside["tasks"] if one["function"] == name] for name in ("short", "long")}
    counted = {name: sum(one["items"] for one in found) for name, found in tasks.items()}
    assert counted == {"short": 20_000, "long": 100}
    assert sum(one["wall"] for one in tasks["long"]) >= 0.2
    sent = sum(one["messages"] for one in inside["pickles"] if one["via"] == "pool task")
    assert sent == 20_100


def test_only_the_stretch_is_told_of(run):
    before = "with mp.get_context('fork').Pool(1) as pool: pool.apply(work, (3, data))"
    after = "print([one['messages'] for one in d.fields['inside']['pickles'] if one['via'] == 'pool task'])"
    assert run(PICKLES.format(method="fork", before=before, after=after)) == "[60]\n"


def test_a_second_block_is_a_fresh_one(run):
    after = """
    import multiprocessing.synchronize
    with sharpest.doctor() as later:
        with mp.get_context("fork").Pool(1) as pool: pool.starmap(work, [(3, data)] * 2, chunksize=1)
    for one in d, later:
        print([sent['messages'] for sent in one.fields['inside']['pickles'] if sent['via'] == 'pool task'])"""
    assert run(PICKLES.format(method="fork", before="", after=after)) == "[60]\n[2]\n"


def test_nothing_is_left_behind(run, tmp_path):
    before = "import os; kept = dict(os.environ), list(sys.path), list(sys.meta_path)"
    after = """
    assert kept == (dict(os.environ), sys.path, sys.meta_path)
    assert os.listdir(os.environ["TMPDIR"]) == []
    try:
        os.wait()
    except ChildProcessError:
        print("no child")"""
    assert run(PICKLES.format(method="fork", before=before, after=after)) == "no child\n"
    assert os.listdir(tmp_path / "tmp") == []


#: A pool that never pickles an array, unless it is one of objects.
OBJECTS = """
import json
import numpy as np, sharpest

def work(index, data):
    total = 0.0
    for _ in range(40):
        total += float(data[index * 1000 : (index + 4) * 1000].sum())
    return total

if __name__ == "__main__":
    data = np.arange(300_000.0){as_objects}
    {given}
    with sharpest.doctor() as d:
        with sharpest.Pool(2) as pool:
            list(pool.map(work, range(200), [data] * 200, chunksize={chunksize}))
    print(json.dumps(d.fields))
"""


@pytest.mark.parametrize("chunksize", [1, 2])
@pytest.mark.parametrize("where", ["in a block", "under the command"])
def test_what_sharpests_own_pool_pickles_is_found(run, tmp_path, where, chunksize):
    program = OBJECTS.format(as_objects=".astype(object)", given="", chunksize=chunksize)
    found = watched(run, tmp_path, program, where)
    first, inside = found["findings"][0], found["inside"]
    assert first["kind"] == "pickles" and first["sentence"].startswith("sharpest.Pool pickled "), first
    assert "argument 2 `data`" in first["sentence"] and "300000 object" in first["sentence"], first
    (sent,) = [one for one in inside["pickles"] if one["via"] == "sharpest.Pool task"]
    assert (sent["messages"], sent["function"]) == (200 // chunksize, "work") and sent["bytes"] > 200e6
    assert sum(one["items"] for one in inside["tasks"] if one["function"] == "work") == 200
    (pool,) = inside["pools"]
    assert (pool["function"], pool["tasks"]) == ("work", 200 // chunksize) and pool["run"] > 0 < pool["queued"]
    for told in answered_and_taken(inside):  # by each worker
        assert sum(one["messages"] for one in told) == 200 // chunksize, told
        assert all(0 < one["seconds"] < 60 for one in told), told


def answered_and_taken(inside):
    answered = [one for one in inside["pickles"] if one["via"] == "sharpest.Pool result"]
    workers = {one["pid"] for one in answered}
    return answered, [one for one in inside["unpacked"] if one["pid"] in workers]


@pytest.mark.parametrize("where", ["in a block", "under the command"])
def test_what_it_shares_is_not_called_a_pickle(run, tmp_path, where):
    for given in "", "data = sharpest.share(data)":
        program = OBJECTS.format(as_objects="", given=given, chunksize=1).replace("range(40)", "range(1500)")
        found = watched(run, tmp_path, program, where)
        assert found["findings"][0]["kind"] == "healthy", found["findings"]
        sent = [one["bytes"] for one in found["inside"]["pickles"] if one["via"] == "sharpest.Pool task"]
        assert sum(sent) < 1e6 and sum(one["shared"] for one in found["inside"]["pools"]) == (0 if given else 200 * 2_400_000)


def watched(run, tmp_path, program, where):
    """What the doctor says of a program that asks for one, or of the same one without, under the command."""
    if where == "in a block":
        return json.loads(run(program))
    program = program.replace("with sharpest.doctor() as d:", "if True:").replace("print(json.dumps(d.fields))", "")
    run(program, sys.executable, "-m", "sharpest", "doctor", "--quiet", "--json", "out.json", "--")
    return json.loads((tmp_path / "out.json").read_text())


LEFTOVERS = """
import multiprocessing as mp, sharpest
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

with sharpest.doctor() as d:
    shared = SharedMemory(create=True, size=8_000_000)
    {within}
{after}
print([one["sentence"] for one in d.findings if one["kind"] == "leftovers"])
"""
CLOSED = "shared.close()"


@pytest.mark.parametrize(
    ("within", "after"), [(CLOSED, "shared.unlink()"), ("pass", "shared.close(); shared.unlink()"), (f"{CLOSED}; shared.unlink()", "")]
)
def test_shared_memory_that_nobody_holds_any_more_is_left_behind(run, within, after):
    found = run(LEFTOVERS.format(within=within, after=after))
    left = "['The program left 1 segment in /dev/shm (8 MB) behind.']" if within == CLOSED else "[]"
    assert found == left + "\n"


def test_under_the_command_its_hook_is_left_to_it(run, tmp_path):
    command = [sys.executable, "-m", "sharpest", "doctor", "--quiet", "--json", "out.json", "--"]
    after = "print(d.fields['inside']['interpreters'], d.findings[0]['kind'])"
    inner = run(PICKLES.format(method="fork", before="", after=after), *command)
    outer = json.loads((tmp_path / "out.json").read_text())
    assert inner.startswith("0 ")
    assert outer["findings"][0]["kind"] == "pickles"


#: Two workers that compute, and hold so much that to look at what allocated it keeps a thread busy.
TEMPORARIES = """
import multiprocessing as mp, time

def work(index):
    held, until = [[] for _ in range(60_000)], time.monotonic() + 1.0
    while time.monotonic() < until:
        held[index].append(sum(range(1_000)))
    return index

if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        pool.map(work, range(2), chunksize=1)
"""


def test_the_thread_that_looks_at_allocations_is_none_of_the_programs(run, tmp_path):
    command = [sys.executable, "-m", "sharpest", "doctor", "--quiet", "--allocations", "--json", "out.json", "--"]
    run(TEMPORARIES, *command)
    told = json.loads((tmp_path / "out.json").read_text())
    workers = {one["pid"] for one in told["inside"]["tasks"]}
    assert [one["computing_threads"] for one in told["processes"] if one["pid"] in workers] == [1, 1]


#: Two workers that burn so much CPU time: three times as much in some runs of the program as in the others.
BURNING = """
import multiprocessing as mp, os, time
from pathlib import Path

def burn(seconds):
    while time.process_time() < seconds:  # to ask is the kernel's time, which the probe leaves out
        sum(range(20_000))

if __name__ == "__main__":
    file = Path("runs")
    file.write_text((file.read_text() if file.exists() else "") + "x")
    run, cores = len(file.read_text()), len(os.sched_getaffinity(0))
    seconds = 1.5 if {slow} else 0.5
    # No pool: on one core its first worker may have done both tasks before the second has begun.
    burning = [mp.get_context("spawn").Process(target=burn, args=(seconds,)) for _ in range(2)]
    for process in burning:
        process.start()
    for process in burning:
        process.join()
"""


#: OpenBLAS has a thread a core, and each burns a core for 2^28 ticks, or 2 to the power of this variable, before it sleeps.
SPINNING = "cores > 1 and os.environ.get('OPENBLAS_THREAD_TIMEOUT') != '4'"


@pytest.mark.parametrize(
    ("slow", "runs"), [("run == 1", 4), ("run in (1, 3)", 6), pytest.param(SPINNING, 4, marks=two_cores)]
)
def test_the_probe_looks_again_before_it_blames_the_memory(run, tmp_path, slow, runs):
    run(BURNING.format(slow=slow), sys.executable, "-m", "sharpest", "doctor", "--quiet", "--probe", "--json", "out.json", "--")
    told = json.loads((tmp_path / "out.json").read_text())
    assert len((tmp_path / "runs").read_text()) == runs, "side by side, on one core, and each again, as often as need be"
    assert told["probe"]["again"] < 1.3 * told["probe"]["alone"] < told["probe"]["together"], told["probe"]
    assert "bandwidth" not in [one["kind"] for one in told["findings"]]


#: Workers that wait before their first task, while another thread of theirs computes.
BESIDE = """
import hashlib, multiprocessing as mp, threading, time

def begin():
    threading.Thread(target=compute, daemon=True).start()
    time.sleep(0.5)

def compute():
    while True:
        hashlib.sha256(bytes(10_000_000))  # without the interpreter's lock

def work(index):
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        sum(range(10_000))

if __name__ == "__main__":
    with mp.get_context("fork").Pool(2, begin) as pool:
        pool.map(work, range(8), chunksize=1)
"""


def test_what_other_threads_compute_meanwhile_is_no_start(run, tmp_path):
    run(BESIDE, sys.executable, "-m", "sharpest", "doctor", "--quiet", "--json", "out.json", "--")
    told = json.loads((tmp_path / "out.json").read_text())
    assert "startup" not in [one["kind"] for one in told["findings"]]
    assert [one["computing_threads"] for one in told["processes"][1:]] == [2, 2], "they did compute"


#: As many workers as there are cores to use, of which each takes as long to begin.
AS_MANY = """
import multiprocessing as mp, os, time

def begin():
    while time.process_time() < 0.3:
        sum(range(20_000))

if __name__ == "__main__":
    with mp.get_context("fork").Pool(len(os.sched_getaffinity(0)), begin) as pool:
        pool.map(abs, range(2), chunksize=1)
"""


@two_cores
def test_the_probe_does_not_compare_what_is_other_work_on_one_core(run, tmp_path):
    run(AS_MANY, sys.executable, "-m", "sharpest", "doctor", "--quiet", "--probe", "--json", "out.json", "--")
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["probe"] is None and "bandwidth" not in [one["kind"] for one in told["findings"]]
    assert "processes, and" in told["unprobed"], "it is said why"


def test_an_error_in_the_block_stays_the_programs_own():
    with pytest.raises(ZeroDivisionError), sharpest.doctor() as d:
        1 / 0
    assert d.findings[0]["kind"] == "healthy"


def test_a_forked_child_may_leave_the_block():
    with sharpest.doctor() as d:
        child = os.fork()
    if child == 0:
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert d.findings


def test_before_the_end_nothing_is_said():
    d = sharpest.doctor()
    assert d._repr_html_() is None
    with d:
        assert repr(d) == "<sharpest.doctor that is still watching>"
        with pytest.raises(RuntimeError, match="when the with block is over"):
            d.findings
    assert repr(d) == str(d) != ""


def test_the_doctor_goes_when_the_program_is_killed(tmp_path):
    program = "import sharpest, sys, time\nwith sharpest.doctor() as d:\n print(d._beside.pid, flush=True); time.sleep(60)"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=tmp_path, env=private(tmp_path)) as child:
        beside = int(child.stdout.readline())
        watched = os.pidfd_open(beside)
        assert os.listdir(tmp_path / "tmp") != []
        child.send_signal(signal.SIGKILL)
    wait_for(watched)
    assert os.listdir(tmp_path / "tmp") == []


def wait_for(pidfd):
    """Waits until a process has ended; the watchdog of the tests is for one that does not."""
    import select

    select.select([pidfd], [], [])
    os.close(pidfd)


def test_a_doctor_that_was_killed_is_an_error():
    with pytest.raises(RuntimeError, match="was ended before it could say"), sharpest.doctor() as d:
        d._beside.kill()


def test_what_cannot_be_watched_is_a_sentence(monkeypatch):
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(OSError, match="does not say where it is"), sharpest.doctor():
        pass
