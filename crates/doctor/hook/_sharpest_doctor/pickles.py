"""Pickles: what multiprocessing packs and unpacks, how many bytes, how long it takes, and what is in the large ones.

Every pool and queue of the standard library goes through ForkingPickler.dumps and loads; loky has a dumps of its own.
The numbers of a slot `pickle`: messages, bytes, nanoseconds, the largest, messages that were described, their bytes.
Of `unpickle`: messages, bytes, nanoseconds, the largest, nanoseconds of those that are not light. Of `part`: times, bytes; a part
is counted in described messages only.
Of `read`, the transfer of large messages: messages, bytes, nanoseconds.

Messages and bytes are counted one by one. Of small messages of one sort one in TURN is timed, and the others are taken to be
as quick as the quickest of those: an estimate, rather too low.
"""

from . import describe, ledger, tasks
from .ledger import now

LARGE = 16384  # bytes from which a message is worth describing, and its transfer worth timing
LIGHT = 2000  # bytes below which a message is light, as in the doctor's findings
TURN = 64

sorts = ledger.sorts()  # by what a task shows at a glance
_by_slot = ledger.sorts()
_connection = None  # the class whose transfers are to be timed, until they are


class Sort:
    """Messages of one sort. Numbers are added up here, which takes a third of the time that it takes in mapped memory."""

    __slots__ = "slot", "numbers", "via", "function", "messages", "bytes", "turn", "next", "timed", "quickest"

    def __init__(self, slot, via="", function=""):
        self.slot, self.numbers, self.via, self.function = slot, ledger.numbers, via, function
        self.messages, self.bytes = ledger.numbers[slot : slot + 2]
        self.turn = TURN
        self.next = 0  # the number of the message that is timed next
        self.timed = self.messages
        self.quickest = 1 << 62

    def count(self, size):
        """Adds a message."""
        slot, numbers = self.slot, self.numbers
        self.messages = numbers[slot] = self.messages + 1
        self.bytes = numbers[slot + 1] = self.bytes + size

    def time(self, size, took):
        """Tells how long the next message to be added took, and with it those since the last that was timed."""
        self.quickest = min(self.quickest, took)
        slot, numbers = self.slot, self.numbers
        numbers[slot + 2] += took + (self.messages - self.timed) * self.quickest
        numbers[slot + 3] = max(numbers[slot + 3], size)
        self.timed = self.messages + 1
        self.next = self.messages + self.turn


class Unpickled:
    """What was unpickled; of small messages a few are counted by who unpickles them, and not yet in the slot."""

    __slots__ = "sort", "small"

    def __init__(self):
        self.forget()
        ledger.when_forgetting(self.forget)

    def forget(self):
        """As with a new process."""
        self.sort, self.small = None, 0

    def add(self, size, took, left, held):
        """Adds a message that was timed, and the small ones before it, of `held` bytes, all but `left` of those that were to come.
        Gives how many small ones may come until the next must be timed."""
        try:
            if self.sort is None:
                self.sort = Sort(ledger.slot("unpickle"))
            sort = self.sort
            few = self.small - left
            sort.messages += few
            sort.bytes += held
            self.small = sort.turn - 1
            slot, numbers = sort.slot, sort.numbers
            before = numbers[slot + 2]
            sort.time(size, took)
            if held + size >= LIGHT * (few + 1):
                numbers[slot + 4] += numbers[slot + 2] - before
            sort.count(size)
            if size >= LARGE and _connection is not None:
                _time_transfers(_connection)
            return self.small
        except Exception:
            return 0


unpickled = Unpickled()


def loky_queues(module):
    """Instruments the queues of loky, inside joblib or alone."""
    pack = module.dumps

    def dumps(obj, *args, **kwargs):
        task, call = tasks.ended(obj) if tasks.in_worker else (None, None)
        began = now()
        data = pack(obj, *args, **kwargs)
        packed(obj, len(data), began, task, call, None)
        return data

    module.dumps = dumps


def connection(module):
    """Instruments multiprocessing.connection, when the first large message has come."""
    global _connection
    _connection = module.Connection


def _time_transfers(base):
    """Has a clock looked at when a large message begins to come through a pipe, and when it is there."""
    global _connection
    _connection = None
    read = base._recv

    def recv(self, size, *more):
        if size < LARGE:
            return read(self, size, *more)
        began = now()
        result = read(self, size, *more)
        try:
            slot, numbers = ledger.slot("read"), ledger.numbers
            numbers[slot] += 1
            numbers[slot + 1] += size
            numbers[slot + 2] += now() - began
        except Exception:
            pass
        return result

    base._recv = recv


def packed(obj, size, began, task, call, sort):
    """Counts a message of `size` bytes. It was timed if `began`, is the result of `task`, of which `call` was looked at, if that is
    known, and of `sort`, if that is."""
    try:
        if sort is None:
            sort = _sort(obj, task)
        if began:
            sort.time(size, now() - began)
        sort.count(size)
        if size >= LARGE:
            _look(obj, size, task, call, sort)
        if call is not None:
            tasks.look_after(call)
    except Exception:
        pass


def _sort(obj, task):
    """The sort of a message that is not known at a glance, or not yet."""
    via = describe.via(obj)
    name = task.name if task else describe.name(describe.function(obj))
    slot = ledger.slot("pickle", via, name)
    sort = _by_slot.get(slot) or _by_slot.setdefault(slot, Sort(slot, via, name))
    if task is not None:
        task.results = sort
    elif via != "process start":
        key = describe.glance(obj)[0]
        if key is not None:
            sorts[key] = sort
    return sort


def _look(obj, size, task, call, sort):
    sort.turn, sort.next = 1, 0  # where large ones are among them, each is timed
    slot, numbers = sort.slot, ledger.numbers
    if not ledger.affordable():
        return
    begin = ledger.cpu()
    numbers[slot + 4] += 1
    numbers[slot + 5] += size
    function = call and call[0] if task else describe.function(obj)
    for path, what, count, held in describe.parts(obj, function):
        part = ledger.slot("part", sort.via, sort.function, path, what)
        numbers[part] += count
        numbers[part + 1] += held
    ledger.pay(begin)
