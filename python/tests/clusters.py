"""What the tests of executors share: a question of some seconds, its answer by threads, and somebody who kills a worker."""

import functools
import json
import os
import signal
import threading
import time

import sharpest

#: Some seconds of work for one core, in tasks of a tenth of a second.
QUESTION = {"pick": 16, "cap": 0.2, "draws": 6_000, "top": 3, "seed": 5}
#: The same for those who need to be killed under way.
LONGER = QUESTION | {"draws": 20_000}


def answer(result):
    """All of a result but time and place."""
    fields = json.loads(result.to_json())
    for key in ("seconds", "throughput", "workers", "kernel"):
        del fields[key]
    del fields["settings"]["jobs"]
    return fields


@functools.cache
def reference(draws=QUESTION["draws"]):
    """What threads answer."""
    return answer(sharpest.search(**QUESTION | {"draws": draws}))


def kill_when_begun(checkpoint, pids):
    """Kills one of ``pids()`` as soon as something of the search is recorded; says who it was, in a list."""
    killed = []

    def wait():
        while len(killed) == 0:
            time.sleep(0.02)
            if done(checkpoint) > 0:
                killed.append(pids()[0])
                os.kill(killed[0], signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()
    return killed


def done(checkpoint):
    """How many blocks of a search are recorded."""
    try:
        _, _, body = checkpoint.read_text().partition("\n")
        return sum(end - first for first, end in json.loads(body)["done"])
    except (FileNotFoundError, ValueError):  # not yet there, or just made
        return 0
