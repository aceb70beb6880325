"""sharpest.Pool, whose messages are pickles without the bytes of arrays, and which keeps books of its own: `pool.ledger`.

Its workers are looked at as those of other pools are. What crossed, by function and argument, is taken from the ledger when
the pool is shut down, and when the doctor or the interpreter ends.
The numbers of a slot `pool`: tasks, bytes shared there and back, nanoseconds in line, running, and on the way back.
"""

import os
import re
from time import perf_counter  # by which the pool's workers tell when their work began and ended

from . import describe, ledger, tasks
from .pickles import LIGHT

TASK, RESULT = "sharpest.Pool task", "sharpest.Pool result"
DONE = None, None, (True, None)  # the form in which results of other pools are known

_told = None  # by pool and function, what of the ledger is written down
_parameters = {}  # by the name of a function: how many arguments of the pool's come first, and its own parameters


def worker(module):
    """Instruments sharpest.pool.worker."""
    read, work, run_all = module._read, module._work, module.run_all
    describe.STARS.add(run_all)

    def watched_read(body, loans):
        function, args, _ = task = read(body, loans)
        # Without the arguments: those of a task are to be free when its result is packed.
        calls = ((args[0], range(len(args[1]))),) if function is run_all else ()
        tasks.received((None, None, function, calls, {}))
        return task

    def watched_work(body, loans):
        came = perf_counter()
        done, packed, (began, ended) = answer = work(body, loans)
        gone = perf_counter()
        sort, call = tasks.ended(DONE)
        if sort is not None:
            _answered(sort, call, (len(body), began - came), (len(packed[0]), gone - ended))
        return answer

    module._read, module._work = watched_read, watched_work


def executor(module):
    """Instruments sharpest.pool.executor."""
    global _told
    import atexit
    from weakref import WeakKeyDictionary

    _told = WeakKeyDictionary()
    pool, run_all = module.Pool, module.run_all
    pack, shutdown = pool._pack, pool.shutdown

    def watched_pack(self, message, values):
        began = ledger.now()
        packed = pack(self, message, values)
        _packed(self, message, began, run_all)
        return packed

    def watched_shutdown(self, *args, **kwargs):
        try:
            return shutdown(self, *args, **kwargs)
        finally:
            _settle(self)

    pool._pack, pool.shutdown = watched_pack, watched_shutdown
    ledger.when_settling(settle)
    atexit.register(settle)


def settle():
    """Writes down what the ledgers of this process's pools say."""
    for pool in list(_told):
        _settle(pool)


def _answered(sort, call, taken, given):
    try:
        for slot, (size, seconds) in (
            (ledger.slot("unpickle"), taken),
            (ledger.slot("pickle", RESULT, sort.name), given),
        ):
            _add(slot, 1, size, int(1e9 * seconds))
        if taken[0] >= LIGHT:
            ledger.numbers[ledger.slot("unpickle") + 4] += int(1e9 * taken[1])
        if call is not None:
            tasks.look_after(call)
    except Exception:
        pass


def _packed(pool, message, began, run_all):
    try:
        _told.setdefault(pool, {})
        if len(message) != 3:
            return  # not a task, but what workers are told to begin with
        function, args, _ = message
        first = function is run_all
        function = args[0] if first else function
        name = describe.name(function)
        _add(ledger.slot("pickle", TASK, name), 0, 0, ledger.now() - began)
        if name not in _parameters:
            _parameters[name] = int(first), describe.parameters(function)
    except Exception:
        pass


def _settle(pool):
    try:
        if pool._owner == os.getpid() and ledger.is_open():
            for row in pool.ledger.functions:
                _write(row, _told.setdefault(pool, {}))
    except Exception:
        pass


def _write(row, told):
    times = [int(1e9 * time) for time in (row.queued, row.run, row.deliver)]
    now = [row.tasks, row.pickled, row.shared, row.shared_back, *times]
    since = [new - old for new, old in zip(now, told.get(row.function, [0] * 7))]
    told[row.function] = now
    if since[0] <= 0:
        return
    _add(ledger.slot("pool", row.function), since[0], *since[2:])
    sent = ledger.slot("pickle", TASK, row.function)
    _add(sent, since[0], since[1])
    if row.heaviest:
        held = sum(one.pickled for one in row.heaviest)
        _add(sent + 4, 1, max(held, row.pickled // row.tasks))
    for one in row.heaviest:
        part = ledger.slot("part", TASK, row.function, _path(one.path, row.function), one.kind)
        _add(part, 1, one.pickled, one.shared)


def _add(slot, *amounts):
    numbers = ledger.numbers
    for place, amount in enumerate(amounts, slot):
        numbers[place] += amount


def _path(path, function):
    """A path of the ledger with the parameter's name: ``argument 2[0]`` is ``argument 2 `data`[0]``."""
    found = re.match(r"argument (\d+)(.*)", path)
    if found is None:
        return path
    before, names = _parameters.get(function, (0, ()))
    return describe.argument(names, int(found[1]) - before - 1) + found[2]
