"""Pickles: what multiprocessing packs and unpacks, how many bytes, how long it takes, and what is in the large ones.

Every pool and queue of the standard library goes through ForkingPickler.dumps and loads; loky has a dumps of its own.
The numbers of a slot `pickle`: messages, bytes, nanoseconds, the largest, messages that were described, their bytes.
Of `unpickle`: messages, bytes, nanoseconds. Of `part`: times, bytes; a part is counted in described messages only.
Of `read`, the transfer of large messages: messages, bytes, nanoseconds.

Messages and bytes are counted one by one. Of small messages of one sort one in TURN is timed, and the others are taken to be
as quick as the quickest of those: an estimate, rather too low.
"""

from . import describe, ledger, tasks
from .describe import glance, is_plain
from .ledger import now

LARGE = 16384  # bytes from which a message is worth describing, and its transfer worth timing
TURN = 64
# What the two methods of ForkingPickler name, but for the table of copyreg. Where they do, and no more, _packer can do as they do.
INIT = ("super", "__init__", "copy", "dispatch_table", "update", "_extra_reducers")
DUMPS = ("io", "BytesIO", "dump", "getbuffer")
NEITHER = None, None

_sorts = ledger.sorts()  # by what a task shows at a glance
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
    """What was unpickled; of small messages a few are counted here and not yet in the slot."""

    __slots__ = "sort", "small", "left", "bytes"

    def __init__(self):
        self.forget()
        ledger.when_forgetting(self.forget)

    def forget(self):
        """As with a new process."""
        self.sort, self.small, self.left, self.bytes = None, 0, 0, 0

    def add(self, size, took):
        """Adds a message that was timed, and the small ones before it."""
        try:
            if self.sort is None:
                self.sort = Sort(ledger.slot("unpickle"))
            sort = self.sort
            sort.messages += self.small - self.left
            sort.bytes += self.bytes
            self.small = self.left = sort.turn - 1
            self.bytes = 0
            sort.time(size, took)
            sort.count(size)
            if size >= LARGE and _connection is not None:
                _time_transfers(_connection)
        except Exception:
            pass


_unpickled = Unpickled()


def reduction(module):
    """Instruments multiprocessing.reduction."""
    pickler = module.ForkingPickler
    pack, unpack, dump, unpickled = _packer(module), pickler.loads, module.dump, _unpickled

    def dumps(cls, obj, protocol=None):
        task, call = tasks.ended(obj) if tasks.in_worker else NEITHER
        if task is not None:
            sort = task.results
        else:
            try:
                sort = _sorts.get(glance(obj)[0])
            except TypeError:
                sort = None  # a class without a hash
        if sort is None or call is not None or sort.messages >= sort.next:
            began = now()
            data = pack(cls, obj, protocol)
            _packed(obj, len(data), began, task, call, sort)
            return data
        data = pack(cls, obj, protocol)
        size = len(data)
        if size < LARGE:
            slot, numbers = sort.slot, sort.numbers
            sort.messages = numbers[slot] = sort.messages + 1
            sort.bytes = numbers[slot + 1] = sort.bytes + size
        else:
            _packed(obj, size, 0, task, call, sort)
        return data

    def loads(data, **options):
        try:
            size = len(data)
        except TypeError:
            size = LARGE
        if unpickled.left and size < LARGE:
            obj = unpack(data, **options) if options else unpack(data)
            unpickled.left -= 1
            unpickled.bytes += size
        else:
            began = now()
            obj = unpack(data, **options)
            unpickled.add(size, now() - began)
        if tasks.in_worker:
            tasks.received(obj)
        return obj

    def watched_dump(obj, file, protocol=None):
        began = now()
        before = _position(file)
        dump(obj, file, protocol)
        _packed(obj, _position(file) - before, began, None, None, None)

    pickler.dumps, pickler.loads, module.dump = classmethod(dumps), staticmethod(loads), watched_dump


def loky_queues(module):
    """Instruments the queues of loky, inside joblib or alone."""
    pack = module.dumps

    def dumps(obj, *args, **kwargs):
        task, call = tasks.ended(obj) if tasks.in_worker else NEITHER
        began = now()
        data = pack(obj, *args, **kwargs)
        _packed(obj, len(data), began, task, call, None)
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


def _packer(module):
    """A function that packs as ForkingPickler.dumps does, to the byte. Where nothing is in its way it goes straight to the pickler of
    C, without the two Python frames in between; and where a message holds nothing that a table of reducers is looked up for, also
    without the copy of one. What that saves pays for the counting."""
    pickler = module.ForkingPickler
    dumps, init = pickler.dumps.__func__, pickler.__init__
    names = list(init.__code__.co_names)
    table = names.pop(2) if len(names) > 2 else ""
    if (dumps.__code__.co_names, tuple(names)) != (DUMPS, INIT) or type(getattr(pickler, table, None)) is not dict:
        return dumps  # a Python that does it in another way
    try:
        from _pickle import Pickler as of_c, dumps as quick
    except ImportError:
        return dumps
    if pickler.__base__ is not of_c:
        return dumps
    reducers, buffer = getattr(pickler, table), module.io.BytesIO
    held, known = pickler.__dict__, len(pickler.__dict__)  # a program may give it a method that is asked about all objects

    class Pickler(pickler):
        __slots__ = ()
        __init__ = pickler.__base__.__init__

    def pack(cls, obj, protocol):
        if cls is not pickler or pickler.__init__ is not init:
            return dumps(cls, obj, protocol)
        if (protocol is None or protocol > 2) and is_plain(obj) and len(held) == known:  # the second packs bytes by a function
            return buffer(quick(obj, protocol)).getbuffer()
        data = buffer()
        packing = Pickler(data, protocol)
        packing.dispatch_table = {**reducers, **pickler._extra_reducers}
        packing.dump(obj)
        return data.getbuffer()

    return pack


def _position(file):
    try:
        return file.tell()
    except Exception:
        return 0


def _packed(obj, size, began, task, call, sort):
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
            _sorts[key] = sort
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
