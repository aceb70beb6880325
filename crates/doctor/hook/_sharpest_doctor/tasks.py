"""Tasks: when a worker began and ended each, for which function, and what it looks like before and after.

A task begins when a worker has unpickled it and ends when it begins to pickle the result. The numbers of a slot `task`:
messages, items, nanoseconds, CPU nanoseconds, the longest, when the first began, when the last ended, and when the one that
is not over yet began.
"""

from . import allocations, arrays, blas, describe, ledger, random_state
from .describe import glance, is_result
from .ledger import now

# A task shorter than QUICK nanoseconds is short. Where tasks of a sort are, only one in a while is looked at closely (CPU time is
# dear to ask for), and the share of a core that it had is taken to be that of those between. The while is a 64th of the time since
# the first, within PAUSES: what is not written down when a worker is killed is little beside what is. The first FEW of a worker are
# all looked at.
FEW = 64
QUICK = 400_000
PAUSES = 2_000_000, 10_000_000

in_worker = False
unseen = None  # a task that is not looked at, as long as it stays short: sort, items, when it began, and its message
_process = None
_sorts = ledger.sorts()  # by what a task shows at a glance
_by_slot = ledger.sorts()
_current = None  # sort, items, when it began, CPU time at its beginning, whose it is, and the call
_before = 0  # CPU time at the beginning of the task that was looked at last
_done = 0


class Sort:
    """Tasks of one function. Numbers are added up here, which takes a third of the time that it takes in mapped memory."""

    __slots__ = "slot", "numbers", "name", "messages", "items", "wall", "seen", "share", "until", "short", "results", "shape"

    def __init__(self, slot, name):
        self.slot, self.numbers, self.name = slot, ledger.numbers, name
        self.messages, self.items, self.wall = ledger.numbers[slot : slot + 3]
        self.seen = self.wall  # of it, what is written down
        self.share = 1.0  # of its time, what the last one had of a core
        self.until = 0  # as long as the next one need not be looked at
        self.short = self, None  # what `ended` says of a task that was not looked at
        self.results = None  # the sort of messages that its results are
        self.shape = None  # what tells one more of them, where anything does


def enter(process, target, name):
    """A worker begins. With a target of the program's own, that is its task."""
    global in_worker, unseen, _process, _current, _done
    in_worker, unseen, _process, _current, _done = True, None, process, None, 0
    _look("enter", target, process._args)
    allocations.watch()
    if target is not None:
        _begin(target, process._args, 1, "process", now(), ledger.cpu())


def leave():
    """A worker's target has returned."""
    global _current
    try:
        if _current is not None and _current[4] == "process":
            _end()
            _look("leave", None, ())
        ledger.note("left")
    except Exception:
        pass


def received(message):
    """A worker has unpickled `message`, which may be a task."""
    global unseen
    try:
        key, items = glance(message)
        sort = _sorts.get(key)
        begun = now()
        if sort is not None and begun < sort.until:
            sort.numbers[sort.slot + 7] = begun
            unseen = sort, items, begun, message
        else:
            _receive(message, key)
    except Exception:
        pass


def _receive(message, key):
    task = describe.task(message)
    if task is not None:
        function, args, items = task
        if _done == 0:
            ledger.note("ready", cpu=ledger.first_cpu())
        if _done < 4:
            _look("before", function, args)
        _begin(function, args, items, "pool", now(), ledger.cpu(), key)
        if _current[0].shape is None:
            _current[0].shape = describe.shape(message)


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
    at; nothing where it is of none."""
    global unseen, _done
    try:
        if unseen is not None and is_result(message):
            sort, items, begun, task = unseen
            unseen = None
            took = now() - begun
            if took > QUICK:
                return _end_seen(items, begun, took, task)
            _done += 1
            slot, numbers = sort.slot, sort.numbers
            sort.messages = numbers[slot] = sort.messages + 1
            sort.items = numbers[slot + 1] = sort.items + items
            sort.wall += took
            numbers[slot + 7] = 0
            return sort.short
        if _current is not None and _current[4] == "pool" and is_result(message):
            return _end()
    except Exception:
        pass
    return None, None


def _end_seen(items, begun, took, message):
    """Of a task that was not short after all."""
    function, args, _ = describe.task(message)
    cpu = max(_before, ledger.cpu() - took)
    _begin(function, args, items, "pool", begun, cpu, glance(message)[0])
    return _end()


def _end():
    global _current, _done
    sort, items, begun, cpu, _, call = _current
    _current = None
    _done += 1
    end, used, numbers, slot = now(), ledger.cpu() - cpu, sort.numbers, sort.slot
    took = end - begun
    between = sort.wall - sort.seen
    sort.messages = numbers[slot] = sort.messages + 1
    sort.items = numbers[slot + 1] = sort.items + items
    sort.wall = sort.seen = numbers[slot + 2] = sort.wall + took
    numbers[slot + 3] += used + int(between * sort.share)
    numbers[slot + 4] = max(numbers[slot + 4], took)
    numbers[slot + 6] = end
    numbers[slot + 7] = 0
    sort.share = min(1.0, used / max(took, 1))
    least, most = PAUSES
    sort.until = end + min(max(least, (end - numbers[slot + 5]) >> 6), most) if _done >= FEW and took <= QUICK else 0
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
