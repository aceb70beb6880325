"""Tasks: when a worker began and ended each, for which function, and what it looks like before and after.

A task begins when a worker has unpickled it and ends when it begins to pickle the result. The numbers of a slot `task`:
messages, items, nanoseconds, CPU nanoseconds, the longest, when the first began, when the last ended, and when the one that
is not over yet began.
"""

import time

from . import allocations, arrays, blas, describe, ledger, random_state

in_worker = False
_process = None
_current = None  # slot, items, began, CPU time at its beginning, and the call
_quick = 0, 0, 0, 0  # slot and items of the task that was looked at last, its epoch, and until when others may count with it
_unseen = None  # a task that may: its message, and when it began; CPU time is too dear to ask for
_share = 1.0  # of its time, what the task that was looked at last had of a core
_before = 0  # CPU time when it began
PASSED = object()  # what `ended` gives for one that did
_done = 0


def enter(process, target, name):
    """A worker begins. With a target of the program's own, that is its task."""
    global in_worker, _process, _current, _unseen, _done
    in_worker, _process, _current, _unseen, _done = True, process, None, None, 0
    _look("enter", target, process._args)
    allocations.watch()
    if target is not None:
        _begin(target, process._args, 1, "process", ledger.now(), ledger.cpu())


def leave():
    """A worker's target has returned."""
    global _current
    try:
        if _current is not None and _current[5] == "process":
            _end()
            _look("leave", None, ())
        ledger.note("left", cpu=time.process_time_ns())
    except Exception:
        pass


def received(message):
    """A worker has unpickled `message`, which may be a task."""
    global _unseen
    begun = ledger.now()
    slot, _, epoch, until = _quick
    if begun < until and epoch == ledger.epoch and describe.may_be_task(message):
        ledger.numbers[slot + 7] = begun
        _unseen = message, begun
        return
    task = describe.task(message)
    if task is not None:
        function, args, items = task
        if _done == 0:
            ledger.note("ready", cpu=time.process_time_ns())
        if _done < 4:
            _look("before", function, args)
        _begin(function, args, items, "pool", ledger.now(), ledger.cpu())


def _begin(function, args, items, kind, begun, cpu):
    global _current, _quick, _before
    _before = cpu
    slot = ledger.slot("task", kind, describe.name(function), describe.place(function))
    numbers = ledger.numbers
    if not numbers[slot + 5]:
        numbers[slot + 5] = begun
    numbers[slot + 7] = begun
    _current = (slot, items, begun, cpu, function, kind, args)
    _quick = slot, items, ledger.epoch, begun + ledger.QUICK if _done >= ledger.FEW else 0


def ended():
    """A worker is about to pickle a result: the call that it is of, None where there was none, and PASSED where the task was
    short and nobody looked at it."""
    if _unseen is not None:
        return _end_unseen()
    if _current is None or _current[5] != "pool":
        return None
    return _end()


def _end_unseen():
    global _unseen, _done
    message, begun = _unseen
    _unseen = None
    slot, items = _quick[:2]
    now, numbers = ledger.now(), ledger.numbers
    numbers[slot + 7] = 0
    if now - begun > ledger.QUICK:  # it is worth a look after all
        task = describe.task(message)
        if task is None:
            return None
        cpu = max(_before, ledger.cpu() - (now - begun))
        _begin(task[0], task[1], task[2], "pool", begun, cpu)
        return _end()
    _done += 1
    numbers[slot] += 1
    numbers[slot + 1] += items
    numbers[slot + 2] += now - begun
    numbers[slot + 3] += int((now - begun) * _share)
    numbers[slot + 6] = now
    return PASSED


def _end():
    global _current, _done, _share
    slot, items, begun, cpu, function, _, args = _current
    now, used, numbers = ledger.now(), ledger.cpu() - cpu, ledger.numbers
    _share = min(1.0, used / max(now - begun, 1))
    _current = None
    _done += 1
    numbers[slot] += 1
    numbers[slot + 1] += items
    numbers[slot + 2] += now - begun
    numbers[slot + 3] += used
    if now - begun > numbers[slot + 4]:
        numbers[slot + 4] = now - begun
    numbers[slot + 6] = now
    numbers[slot + 7] = 0
    return function, args


def look_after(task):
    """After a result was pickled: what the task has left behind, after the first, second, fourth … one."""
    if _done & (_done - 1) == 0 and _done <= 64:
        _look("after", task[0], task[1])


def _look(when, function, args):
    begin = ledger.cpu()
    try:
        random_state.look(when, function, args)
        if when == "leave" or (when == "after" and _done <= 2):
            arrays.look(function, _process._args)
            blas.look()
    except Exception:
        pass
    ledger.pay(begin)
