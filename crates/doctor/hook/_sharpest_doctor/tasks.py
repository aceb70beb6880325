"""Tasks: when a worker began and ended each, for which function, and what it looks like before and after.

A task begins when a worker has unpickled it and ends when it begins to pickle the result. The numbers of a slot `task`:
messages, items, nanoseconds, CPU nanoseconds, the longest, when the first began, when the last ended, and when the one that
is not over yet began.
"""

import time

from . import allocations, arrays, blas, describe, ledger, random_state

# Short tasks of a sort that is known have their CPU time taken only once in QUICK nanoseconds, as it is dear to ask for; the
# share of it is taken to be the same in those between. The first FEW of a worker are all looked at.
FEW = 64
QUICK = 400_000

in_worker = False
_process = None
_sorts = ledger.sorts()  # by what a task shows at a glance
_by_slot = ledger.sorts()
_current = None  # sort, items, when it began, CPU time at its beginning, and the call
_unseen = None  # a short task, if it stays one: sort, items, when it began, and its message
_before = 0  # CPU time at the beginning of the task that was looked at last
_done = 0


class Sort:
    """Tasks of one function. Numbers are added up here, which takes a third of the time that it takes in mapped memory."""

    __slots__ = "slot", "name", "messages", "items", "wall", "seen", "share", "until"

    def __init__(self, slot, name):
        self.slot, self.name = slot, name
        self.messages, self.items, self.wall = ledger.numbers[slot : slot + 3]
        self.seen = self.wall  # of it, what is written down
        self.share = 1.0  # of its time, what the last one had of a core
        self.until = 0  # as long as the next one need not be looked at

    def count(self, items, took):
        """Adds a task that is over."""
        slot, numbers = self.slot, ledger.numbers
        self.messages = numbers[slot] = self.messages + 1
        self.items = numbers[slot + 1] = self.items + items
        self.wall += took
        numbers[slot + 7] = 0


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
        if _current is not None and _current[4] == "process":
            _end()
            _look("leave", None, ())
        ledger.note("left", cpu=time.process_time_ns())
    except Exception:
        pass


def received(message):
    """A worker has unpickled `message`, which may be a task."""
    global _unseen
    try:
        begun = ledger.now()
        key, items = describe.glance(message)
        sort = _sorts.get(key)
        if sort is not None and begun < sort.until:
            ledger.numbers[sort.slot + 7] = begun
            _unseen = sort, items, begun, message
        else:
            _receive(message, key)
    except Exception:
        pass


def _receive(message, key):
    task = describe.task(message)
    if task is not None:
        function, args, items = task
        if _done == 0:
            ledger.note("ready", cpu=time.process_time_ns())
        if _done < 4:
            _look("before", function, args)
        _begin(function, args, items, "pool", ledger.now(), ledger.cpu(), key)


def _begin(function, args, items, kind, begun, cpu, key=None):
    global _current, _before
    _before = cpu
    name = describe.name(function)
    slot = ledger.slot("task", kind, name, describe.place(function))
    numbers = ledger.numbers
    if not numbers[slot + 5]:
        numbers[slot + 5] = begun
    numbers[slot + 7] = begun
    sort = _by_slot.get(slot) or _by_slot.setdefault(slot, Sort(slot, name))
    if key is not None:
        _sorts[key] = sort
    _current = sort, items, begun, cpu, kind, (function, args)


def ended(message):
    """A worker is about to pickle `message`: the sort of the task that it is the result of, and the call if that was looked
    at; none where it is of none."""
    global _unseen, _done
    try:
        if _unseen is not None and describe.is_result(message):
            sort, items, begun, message = _unseen
            _unseen = None
            took = ledger.now() - begun
            if took > QUICK:
                return _end_seen(items, begun, took, message)
            _done += 1
            sort.count(items, took)
            return sort, None
        if _current is not None and _current[4] == "pool" and describe.is_result(message):
            return _end()
    except Exception:
        pass
    return None


def _end_seen(items, begun, took, message):
    """Of a task that was not short after all."""
    function, args, _ = describe.task(message)
    cpu = max(_before, ledger.cpu() - took)
    _begin(function, args, items, "pool", begun, cpu, describe.glance(message)[0])
    return _end()


def _end():
    global _current, _done
    sort, items, begun, cpu, _, call = _current
    _current = None
    _done += 1
    now, used, numbers, slot = ledger.now(), ledger.cpu() - cpu, ledger.numbers, sort.slot
    took = now - begun
    between = sort.wall - sort.seen
    sort.count(items, took)
    numbers[slot + 2] = sort.seen = sort.wall
    numbers[slot + 3] += used + int(between * sort.share)
    numbers[slot + 4] = max(numbers[slot + 4], took)
    numbers[slot + 6] = now
    sort.share = min(1.0, used / max(took, 1))
    sort.until = now + QUICK if _done >= FEW else 0
    return sort, call


def look_after(call):
    """After a result was pickled: what the task has left behind, after the first, second, fourth … one."""
    if _done & (_done - 1) == 0 and _done <= 64:
        _look("after", *call)


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
