"""Owner, readers and the whole group are killed at random moments: nothing is left, and who lives keeps reading."""

import os
import random
import signal
import subprocess
import sys
import time

ROUNDS = int(os.environ.get("SHARPEST_KILL_ROUNDS", "100"))

# An owner that shares, lets two readers open, replaces its arrays, and publishes; each reader checks what it reads. One
# interpreter runs many rounds of forked families, since a start of Python takes longer than a round.
FAMILY = """
import numpy, os, pickle, random, signal, sys, time
import sharpest

def reader(pipe):
    x = pickle.loads(os.read(pipe, 1000))
    view = x.array
    while True:
        if not (view == view[0]).all():
            os.write(2, b"torn\\n")
            os._exit(1)

def owner(number):
    os.setpgid(0, 0)
    pipes = [os.pipe() for _ in range(2)]
    readers = []
    for read, write in pipes:
        pid = os.fork()
        if pid == 0:
            reader(read)
        readers.append(pid)
    print(os.getpid(), *readers, flush=True)
    for count in range(10**9):
        shared = sharpest.share(numpy.full(50_000, count))
        if count == 0:
            named = sharpest.publish(f"kill-{number}", shared)
            for _, write in pipes:
                os.write(write, pickle.dumps(shared))
        work = sharpest.zeros(20_000)
        work[:] = count
        token = pickle.dumps(work)
        pickle.loads(token)

for number in range(int(sys.argv[1])):
    pid = os.fork()
    if pid == 0:
        owner(number)
    sys.stdin.readline()
    os.waitpid(pid, 0)
"""


def memory_files(pid):
    """What this process maps of shared segments, or an empty list when it is gone."""
    try:
        with open(f"/proc/{pid}/maps") as maps:
            return [line for line in maps if "memfd:sharpest" in line]
    except OSError:
        return []


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def test_kills_at_random_moments():
    chance = random.Random(1)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", FAMILY, str(ROUNDS)], **pipes) as family:
        for number in range(ROUNDS):
            owner, *readers = map(int, family.stdout.readline().split())
            time.sleep(chance.random() * 0.02)
            victims = chance.choice([[owner], [readers[0]], readers, [owner, readers[1]]])
            for pid in victims:
                os.kill(pid, signal.SIGKILL)
            time.sleep(chance.random() * 0.01)
            for pid in {owner, *readers} - set(victims):
                assert alive(pid), f"round {number}: {pid} died with {victims}"
                os.kill(pid, signal.SIGKILL)  # and now the whole group
            end = time.monotonic() + 60
            while any(map(alive, [owner, *readers])):
                assert time.monotonic() < end
                time.sleep(0.001)
            assert not any(map(memory_files, [owner, *readers]))
            family.stdin.write("\n")
            family.stdin.flush()
        family.stdin.close()
        assert family.wait(60) == 0
        assert "torn" not in family.stderr.read()
    left = subprocess.run([sys.executable, "-m", "sharpest", "arrays", "list"], capture_output=True, text=True, check=True)
    assert "kill-" not in left.stdout
    assert not any("kill-" in name for name in os.listdir("/dev/shm"))
