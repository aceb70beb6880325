"""Pickles: what multiprocessing packs and unpacks, how many bytes, how long it takes, and what is in the large ones.

Every pool and queue of the standard library goes through ForkingPickler.dumps and loads; loky has a dumps of its own.
The numbers of a slot `pickle`: messages, bytes, nanoseconds, the largest, messages that were described, their bytes.
Of `unpickle`: messages, bytes, nanoseconds. Of `part`: times, bytes; a part is counted in described messages only.
Of `read`, the transfer of large messages: messages, bytes, nanoseconds.
"""

from . import describe, ledger, tasks

LARGE = 16384  # bytes from which a message is worth describing, and its transfer worth timing

_small = 0, 0, 0  # the slot of the small message that was looked at last, its epoch, and until when others count with it
_looks = 0
_loads = 0, 0  # the slot of unpickling and its epoch


def reduction(module):
    """Instruments multiprocessing.reduction."""
    pickler = module.ForkingPickler
    pack, unpack, dump = pickler.dumps.__func__, pickler.loads, module.dump

    def dumps(cls, obj, protocol=None):
        task = _leaving(obj)
        begin = ledger.now()
        data = pack(cls, obj, protocol)
        _packed(obj, len(data), begin, task)
        return data

    def loads(*args, **kwargs):
        begin = ledger.now()
        obj = unpack(*args, **kwargs)
        _unpacked(obj, args, begin)
        return obj

    def watched_dump(obj, file, protocol=None):
        begin = ledger.now()
        before = _position(file)
        dump(obj, file, protocol)
        _packed(obj, _position(file) - before, begin, None)

    pickler.dumps, pickler.loads, module.dump = classmethod(dumps), staticmethod(loads), watched_dump


def loky_queues(module):
    """Instruments the queues of loky, inside joblib or alone."""
    pack = module.dumps

    def dumps(obj, *args, **kwargs):
        task = _leaving(obj)
        begin = ledger.now()
        data = pack(obj, *args, **kwargs)
        _packed(obj, len(data), begin, task)
        return data

    module.dumps = dumps


def connection(module):
    """Instruments multiprocessing.connection: how long large messages take to come through the pipe."""
    base = module.Connection
    read = base._recv

    def recv(self, size, *args, **kwargs):
        if size < LARGE:
            return read(self, size, *args, **kwargs)
        begin = ledger.now()
        result = read(self, size, *args, **kwargs)
        try:
            _add("read", size, begin)
        except Exception:
            pass
        return result

    base._recv = recv


def _position(file):
    try:
        return file.tell()
    except Exception:
        return 0


def _leaving(obj):
    try:
        return tasks.ended() if tasks.in_worker and describe.is_result(obj) else None
    except Exception:
        return None


def _add(kind, size, begin, *labels):
    slot = ledger.slot(kind, *labels)
    numbers = ledger.numbers
    numbers[slot] += 1
    numbers[slot + 1] += size
    numbers[slot + 2] += ledger.now() - begin
    return slot


def _packed(obj, size, begin, task):
    try:
        slot, epoch, until = _small
        end = ledger.now()
        quick = task is tasks.PASSED or (task is None and end < until)
        if quick and size < LARGE and epoch == ledger.epoch:
            numbers = ledger.numbers
            numbers[slot] += 1
            numbers[slot + 1] += size
            numbers[slot + 2] += end - begin
        else:
            _look(obj, size, begin, None if task is tasks.PASSED else task)
    except Exception:
        pass


def _look(obj, size, begin, task):
    global _small, _looks
    via = describe.via(obj)
    function = task[0] if task is not None else describe.function(obj)
    slot = _add("pickle", size, begin, via, describe.name(function))
    numbers = ledger.numbers
    if size > numbers[slot + 3]:
        numbers[slot + 3] = size
    if size < LARGE:
        _looks = _looks + 1 if _small[1] == ledger.epoch else 1
        _small = slot, ledger.epoch, ledger.now() + ledger.QUICK if _looks > ledger.FEW else 0
    elif ledger.affordable():
        _describe(obj, via, function, size, slot)
    if task is not None:
        tasks.look_after(task)


def _describe(obj, via, function, size, slot):
    begin = ledger.cpu()
    numbers = ledger.numbers
    numbers[slot + 4] += 1
    numbers[slot + 5] += size
    name = describe.name(function) if function else ""
    for path, what, count, held in describe.parts(obj, function):
        part = ledger.slot("part", via, name, path, what)
        numbers[part] += count
        numbers[part + 1] += held
    ledger.pay(begin)


def _unpacked(obj, args, begin):
    global _loads
    try:
        if _loads[1] != ledger.epoch:
            _loads = ledger.slot("unpickle"), ledger.epoch
        slot, numbers = _loads[0], ledger.numbers
        numbers[slot] += 1
        numbers[slot + 1] += len(args[0])
        numbers[slot + 2] += ledger.now() - begin
        if tasks.in_worker:
            tasks.received(obj)
    except Exception:
        pass
