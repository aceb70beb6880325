"""Pickles: what multiprocessing packs and unpacks, how many bytes, how long it takes, and what is in the large ones.

Every pool and queue of the standard library goes through ForkingPickler.dumps and loads; loky has a dumps of its own.
The numbers of a slot `pickle`: messages, bytes, nanoseconds, the largest, messages that were described, their bytes.
Of `unpickle`: messages, bytes, nanoseconds. Of `part`: times, bytes; a part is counted in described messages only.
Of `read`, the transfer of large messages: messages, bytes, nanoseconds.

Messages and bytes are counted one by one. Of small messages of one sort one in TURN is timed, and the others are taken to be
as quick as the quickest of those: an estimate, rather too low.
"""

from . import describe, ledger, tasks

LARGE = 16384  # bytes from which a message is worth describing, and its transfer worth timing
TURN = 16

_sorts = ledger.sorts()  # by what a task shows at a glance, or by the sort of task that a result is of
_by_slot = ledger.sorts()
_unpickled = ledger.sorts()
_connection = None  # the class whose transfers are to be timed, until they are


class Sort:
    """Messages of one sort. Numbers are added up here, which takes a third of the time that it takes in mapped memory."""

    __slots__ = "slot", "via", "function", "messages", "bytes", "turn", "timed", "quickest"

    def __init__(self, slot, via="", function=""):
        self.slot, self.via, self.function = slot, via, function
        self.messages, self.bytes = ledger.numbers[slot : slot + 2]
        self.turn = TURN
        self.timed = self.messages
        self.quickest = 1 << 62

    def count(self, size):
        """Adds a message."""
        try:
            slot, numbers = self.slot, ledger.numbers
            self.messages = numbers[slot] = self.messages + 1
            self.bytes = numbers[slot + 1] = self.bytes + size
        except Exception:
            pass  # the watching has just ended

    def time(self, size, took):
        """Tells how long the next message to be added took, and with it those since the last that was timed."""
        self.quickest = min(self.quickest, took)
        slot, numbers = self.slot, ledger.numbers
        numbers[slot + 2] += took + (self.messages - self.timed) * self.quickest
        numbers[slot + 3] = max(numbers[slot + 3], size)
        self.timed = self.messages + 1


def reduction(module):
    """Instruments multiprocessing.reduction."""
    pickler = module.ForkingPickler
    pack, unpack, dump = pickler.dumps.__func__, pickler.loads, module.dump

    def dumps(cls, obj, protocol=None):
        task = tasks.ended(obj) if tasks.in_worker else None
        try:
            sort = _sorts.get(task[0] if task else describe.glance(obj)[0])
        except TypeError:
            sort = None  # a class without a hash
        began = ledger.now() if sort is None or not sort.messages % sort.turn else 0
        data = pack(cls, obj, protocol)
        size = len(data)
        if began or size >= LARGE or (task and task[1]):
            _packed(obj, size, began, task, sort)
        else:
            sort.count(size)
        return data

    def loads(data, **options):
        sort = _unpickled.get(None)
        if sort is None or not sort.messages % TURN or _size(data) >= LARGE:
            began = ledger.now()
            obj = unpack(data, **options)
            _unpacked(_size(data), ledger.now() - began)
        else:
            obj = unpack(data, **options) if options else unpack(data)
            sort.messages += 1  # written down in its turn
            sort.bytes += len(data)
        if tasks.in_worker:
            tasks.received(obj)
        return obj

    def watched_dump(obj, file, protocol=None):
        began = ledger.now()
        before = _position(file)
        dump(obj, file, protocol)
        _packed(obj, _position(file) - before, began, None, None)

    pickler.dumps, pickler.loads, module.dump = classmethod(dumps), staticmethod(loads), watched_dump


def loky_queues(module):
    """Instruments the queues of loky, inside joblib or alone."""
    pack = module.dumps

    def dumps(obj, *args, **kwargs):
        task = tasks.ended(obj) if tasks.in_worker else None
        began = ledger.now()
        data = pack(obj, *args, **kwargs)
        _packed(obj, len(data), began, task, None)
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
        began = ledger.now()
        result = read(self, size, *more)
        try:
            slot, numbers = ledger.slot("read"), ledger.numbers
            numbers[slot] += 1
            numbers[slot + 1] += size
            numbers[slot + 2] += ledger.now() - began
        except Exception:
            pass
        return result

    base._recv = recv


def _position(file):
    try:
        return file.tell()
    except Exception:
        return 0


def _size(data):
    try:
        return len(data)
    except TypeError:
        return LARGE


def _packed(obj, size, began, task, sort):
    try:
        if sort is None:
            sort = _sort(obj, task)
        if began:
            sort.time(size, ledger.now() - began)
        sort.count(size)
        if size >= LARGE:
            _look(obj, size, task, sort)
        if task is not None and task[1] is not None:
            tasks.look_after(task[1])
    except Exception:
        pass


def _sort(obj, task):
    """The sort of a message that is not known at a glance, or not yet."""
    via = describe.via(obj)
    name = task[0].name if task else describe.name(describe.function(obj))
    slot = ledger.slot("pickle", via, name)
    sort = _by_slot.get(slot) or _by_slot.setdefault(slot, Sort(slot, via, name))
    key = task[0] if task else describe.glance(obj)[0]
    if key is not None and via != "process start":
        _sorts[key] = sort
    return sort


def _look(obj, size, task, sort):
    sort.turn = 1  # where large ones are among them, each is timed
    slot, numbers = sort.slot, ledger.numbers
    if not ledger.affordable():
        return
    begin = ledger.cpu()
    numbers[slot + 4] += 1
    numbers[slot + 5] += size
    function = task[1] and task[1][0] if task else describe.function(obj)
    for path, what, count, held in describe.parts(obj, function):
        part = ledger.slot("part", sort.via, sort.function, path, what)
        numbers[part] += count
        numbers[part + 1] += held
    ledger.pay(begin)


def _unpacked(size, took):
    try:
        sort = _unpickled.get(None)
        if sort is None:
            sort = _unpickled[None] = Sort(ledger.slot("unpickle"))
        sort.time(size, took)
        sort.count(size)
        if size >= LARGE and _connection is not None:
            _time_transfers(_connection)
    except Exception:
        pass
