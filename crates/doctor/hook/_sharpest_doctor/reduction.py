"""ForkingPickler: what every pool and queue of the standard library packs and unpacks its messages with.

A worker whose tasks take some microseconds does little but pack and unpack, and all that is done here is paid with each of
them. So where tasks of one function are short and follow one another, a streak, none of them is looked at but for what tells that
it is one more; and messages are packed in a shorter way than the standard library's.
"""

from . import ledger, tasks
from .describe import ATOMS, glance, is_plain, shape
from .ledger import now
from .pickles import LARGE, packed, sorts, unpickled

# What the two methods of ForkingPickler name, but for the table of copyreg. Where they do, and no more, _packer can do as they do.
INIT = ("super", "__init__", "copy", "dispatch_table", "update", "_extra_reducers")
DUMPS = ("io", "BytesIO", "dump", "getbuffer")
NO_STREAK = object(), None, None  # no message shows the first


def reduction(module):
    """Instruments multiprocessing.reduction."""
    pickler, short = module.ForkingPickler, tasks.QUICK
    init, names = pickler.__init__, pickler.__dict__
    (pack, quick, known), unpack, dump = _packer(module), pickler.loads, module.dump
    # What a message must show to be the next of a streak, and the sort that it then is: of tasks that go out, of those worked on.
    sent, done = NO_STREAK, NO_STREAK
    pending = None  # the task of a streak that is worked on: its job and number, and then as tasks.unseen
    left = held = 0  # small messages until the next one that is timed, and bytes of those that have come

    def forget():
        nonlocal sent, done, pending, left, held
        sent, done, pending, left, held = NO_STREAK, NO_STREAK, None, 0, 0

    ledger.when_forgetting(forget)

    def dumps(cls, obj, protocol=None):
        nonlocal sent, done, pending
        task = call = sort = None
        plain, told = False, pending
        if (
            told is not None  # of a streak that is worked on
            and type(obj) is tuple
            and len(obj) == 3
            and obj[0] is told[0]
            and obj[1] is told[1]
            and type(obj[2]) is tuple
            and len(obj[2]) == 2
            and type(obj[2][0]) is bool
        ):
            pending = None
            job, number, task, items, begun, _ = told
            took, sort = now() - begun, task.results
            if took > short or sort.messages >= sort.next:
                tasks.unseen = told[2:]
                task, call = tasks.ended(obj)
            else:
                slot, numbers = task.slot, task.numbers
                task.messages = numbers[slot] = task.messages + 1
                task.items = numbers[slot + 1] = task.items + items
                task.wall += took
                numbers[slot + 7] = 0
                value = obj[2][1]
                if type(value) is list and len(value) == 1:
                    value = value[0]
                plain = type(value) in ATOMS and type(job) is type(number) is int
        elif tasks.in_worker:
            task, call = tasks.ended(obj)
        elif type(obj) is tuple and len(obj) == 5 and type(obj[3]) is tuple and len(obj[3]) == 1:
            (kind, inner, out), values = sent, obj[3]  # perhaps of a streak that goes out
            if obj[2] is not kind:
                pass
            elif inner is None:
                sort = out
            elif type(values[0]) is tuple and len(values[0]) == 2 and values[0][0] is inner:
                sort, values = out, values[0][1]
            if sort is not None and type(values) is tuple and len(values) == 1 and type(values[0]) in ATOMS:
                plain = type(obj[4]) is dict and not obj[4] and type(obj[0]) is int and type(obj[1]) is int
        if task is not None:
            sort = task.results
        elif sort is None:
            try:
                sort = sorts.get(glance(obj)[0])
            except TypeError:
                pass  # a class without a hash
        if sort is None or call is not None or sort.messages >= sort.next:
            began = now()
            data = pack(cls, obj, protocol)
            packed(obj, len(data), began, task, call, sort)
            if call is not None:
                done = _streak(task.shape, task.results and task)
            elif sort is not None and task is None:
                sent = _streak(shape(obj), sort)
            return data
        if plain and protocol is None and cls is pickler and pickler.__init__ is init and len(names) == known:
            data = memoryview(quick(obj))
        else:
            data = pack(cls, obj, protocol)
        size = len(data)
        if size < LARGE:
            slot, numbers = sort.slot, sort.numbers
            sort.messages = numbers[slot] = sort.messages + 1
            sort.bytes = numbers[slot + 1] = sort.bytes + size
        else:
            packed(obj, size, 0, task, call, sort)
        return data

    def loads(data, **options):
        nonlocal pending, left, held
        try:
            size = len(data)
        except TypeError:
            size = LARGE
        if left > 0 and size < LARGE:
            left -= 1  # before, since what is unpacked may unpack
            held += size
            obj = unpack(data, **options) if options else unpack(data)
        else:
            began = now()
            obj = unpack(data, **options)
            left, held = unpickled.add(size, now() - began, left, held), 0
        if tasks.in_worker:
            kind, inner, task = done
            if type(obj) is tuple and len(obj) == 5 and obj[2] is kind and type(obj[3]) is tuple and len(obj[3]) == 1:
                batch, items, begun = obj[3][0], 0, now()
                if inner is None:
                    items = 1
                elif type(batch) is tuple and len(batch) == 2 and batch[0] is inner and type(batch[1]) is tuple:
                    items = len(batch[1])
                if items and begun < task.until:
                    task.numbers[task.slot + 7] = begun
                    pending = obj[0], obj[1], task, items, begun, obj
                    return obj
            tasks.received(obj)
        return obj

    def watched_dump(obj, file, protocol=None):
        began = now()
        before = _position(file)
        dump(obj, file, protocol)
        packed(obj, _position(file) - before, began, None, None, None)

    pickler.dumps, pickler.loads, module.dump = classmethod(dumps), staticmethod(loads), watched_dump


def _streak(shape, sort):
    return (*shape, sort) if shape and sort else NO_STREAK


def _packer(module):
    """A function that packs as ForkingPickler.dumps does, to the byte; one that packs what no table of reducers is looked up for, and
    how many names the class has as long as that one may. Where nothing is in its way the first goes straight to the pickler of C,
    without the two Python frames in between, and the second without the copy of a table too. What that saves pays for the counting."""
    pickler = module.ForkingPickler
    dumps, init = pickler.dumps.__func__, pickler.__init__
    names = list(init.__code__.co_names)
    table = names.pop(2) if len(names) > 2 else ""
    if (dumps.__code__.co_names, tuple(names)) != (DUMPS, INIT) or type(getattr(pickler, table, None)) is not dict:
        return dumps, None, -1  # a Python that does it in another way
    try:
        from _pickle import Pickler as of_c, dumps as quick
    except ImportError:
        return dumps, None, -1
    if pickler.__base__ is not of_c:
        return dumps, None, -1
    reducers, buffer = getattr(pickler, table), module.io.BytesIO
    held, known = pickler.__dict__, len(pickler.__dict__)  # a program may give it a method that is asked about all objects

    class Pickler(pickler):
        __slots__ = ()
        __init__ = pickler.__base__.__init__

    def pack(cls, obj, protocol):
        if cls is not pickler or pickler.__init__ is not init:
            return dumps(cls, obj, protocol)
        if (protocol is None or protocol > 2) and is_plain(obj) and len(held) == known:  # the second packs bytes by a function
            return memoryview(quick(obj, protocol))
        data = buffer()
        packing = Pickler(data, protocol)
        packing.dispatch_table = {**reducers, **pickler._extra_reducers}
        packing.dump(obj)
        return data.getbuffer()

    return pack, quick, known


def _position(file):
    try:
        return file.tell()
    except Exception:
        return 0
