"""What a message is: a task, a result or neither; of which function; and where in it the bytes are.

Nothing of the program's own is called: no repr, no property, no attribute of an unknown object but its __dict__.
"""

from functools import partial
from types import BuiltinFunctionType, FunctionType

PLAIN = frozenset((FunctionType, BuiltinFunctionType))  # a function of which nothing but its name need be known
STARS = set()
ATOMS = frozenset((int, float, bool, str, bytes, type(None)))  # for which no pickler asks a table of reducers
FEW = 8  # most values of a message that are looked at because it may be plain
LISTS = frozenset((tuple, list, range))
DEPTH = 5
PARTS = 12  # most parts of one message
SAMPLE = 32  # most elements of one container that are looked at


def is_result(obj):
    """Whether a worker sends `obj` back for a task."""
    kind = type(obj)
    if kind is tuple:  # multiprocessing.pool: job, number, (success, value)
        return len(obj) == 3 and type(obj[2]) is tuple and len(obj[2]) == 2 and type(obj[2][0]) is bool
    return kind.__name__ == "_ResultItem"


def is_plain(obj):
    """Whether `obj` is a task or a result of multiprocessing.pool that holds one number or string, or a few. Only what is known to be
    a tuple, a list or a function is looked into: an iterator would be used up by it."""
    if type(obj) is not tuple:
        return False
    if len(obj) == 3:
        pair = obj[2]
        if type(pair) is not tuple or len(pair) != 2 or type(pair[0]) is not bool:
            return False
        values = pair[1] if type(pair[1]) is list else pair[1:]
    elif len(obj) == 5 and type(obj[2]) is FunctionType and type(obj[3]) is tuple and type(obj[4]) is dict and not obj[4]:
        values = obj[3]
        if obj[2] in STARS:
            pair = values[0] if len(values) == 1 else None
            if type(pair) is not tuple or len(pair) != 2 or type(pair[0]) is not FunctionType or type(pair[1]) is not tuple:
                return False
            values = pair[1]
    else:
        return False
    if type(obj[0]) is not int or type(obj[1]) is not int:
        return False
    if len(values) == 1:
        return type(values[0]) in ATOMS
    return len(values) <= FEW and ATOMS.issuperset(map(type, values))


def pool(module):
    """Learns from multiprocessing.pool which functions take a list of calls to another one."""
    STARS.update((module.mapstar, module.starmapstar))


def glance(obj):
    """What tells the sort of a message without a closer look, where anything does, and the calls in it if it is a task: the
    program's own function, where it is a plain one, under what a pool or functools.partial put around it."""
    kind = type(obj)
    try:
        if kind is tuple and len(obj) == 5:
            function, items = obj[2], 1
            if type(function) is FunctionType and function in STARS and type(obj[3][0]) is tuple:
                function, batch = obj[3][0]
                items = len(batch)
            if type(function) is FunctionType:
                return function, items
            if type(function) is partial:
                function = function.func
            return (function if type(function) in PLAIN else None), items
        if kind.__name__ == "_CallItem":
            return _glance_at_item(kind, obj)
        return (None if is_result(obj) else kind), 0
    except Exception:
        return None, 0  # it only looked like a task


def _glance_at_item(kind, item):
    function, items = item.fn, 1
    if type(function) is partial and function.func.__name__ == "_process_chunk" and len(function.args) == 1:
        function, items = function.args[0], len(item.args[0])
    return ((kind, function) if type(function) in PLAIN else None), items


def shape(message):
    """What tells that another message is a task of the same function of multiprocessing.pool as this one: what is third in it, and, if
    that only calls another function, the other one. Nothing of what is no such task, or brings a function of its own."""
    if type(message) is not tuple or len(message) != 5 or type(message[2]) is not FunctionType:
        return None
    kind, calls = message[2], message[3]
    if kind not in STARS:
        return kind, None
    pair = calls[0] if type(calls) is tuple and len(calls) == 1 else None
    if type(pair) is not tuple or len(pair) != 2 or type(pair[0]) is not FunctionType:
        return None
    return kind, pair[0]


def task(obj):
    """The function, the arguments of its first SAMPLE calls, and how many calls there are, if `obj` is a task."""
    kind = type(obj)
    if kind is tuple and len(obj) == 5 and callable(obj[2]) and type(obj[3]) is tuple:
        return _calls(obj[2], obj[3], obj[4])
    if kind.__name__ == "_CallItem":
        return _calls(obj.fn, obj.args, obj.kwargs)
    return None


def _calls(function, args, kwargs):
    """Through the wrappers that pools put around a function, to the program's own, and its calls. Only what is known to be a list of
    some kind is looked into: an iterator would be used up by it."""
    name = function.__name__ if type(function) is FunctionType else ""
    batch = args[0] if args else None
    if name and function in STARS and type(batch) is tuple and len(batch) == 2 and type(batch[1]) in LISTS:
        inner, bound = _unwrap(batch[0])
        calls = [bound + (_spread(x) if name == "starmapstar" else (x,)) for x in batch[1][:SAMPLE]]
        return inner, calls, len(batch[1])
    inner, bound = _unwrap(function)
    if type(inner) is FunctionType and inner.__name__ == "_process_chunk" and bound and type(batch) in LISTS:
        calls = [bound[1:] + _spread(one) for one in batch[:SAMPLE]]
        inner, more = _unwrap(bound[0])
        return inner, [more + one for one in calls], len(batch)
    if type(inner).__name__ == "BatchedCalls":
        items = inner.__dict__.get("items", [])
        if items:
            calls = [tuple(one[1]) + tuple(one[2].values()) for one in items[:SAMPLE]]
            return _unwrap(items[0][0])[0], calls, len(items)
    return inner, [bound + tuple(args) + tuple(kwargs.values())], 1


def _spread(call):
    return tuple(call) if type(call) in LISTS else (call,)


def _unwrap(function):
    """The function inside partial objects and loky's wrappers, and the arguments that were bound on the way."""
    bound = ()
    for _ in range(8):
        if issubclass(type(function), partial):
            bound = function.args + tuple(function.keywords.values()) + bound
            function = function.func
            continue
        inner = getattr(function, "__dict__", {})
        inner = inner.get("_obj", inner.get("func") if type(function).__name__.startswith("_") else None)
        if inner is None:
            break
        function = inner
    return function, bound


def function(obj):
    """The function that a message is for, if it is a task or a process."""
    found = task(obj)
    if found is not None:
        return found[0]
    return getattr(obj, "__dict__", {}).get("_target") if _is_process(obj) else None


def _is_process(obj):
    return any(base.__name__ == "BaseProcess" for base in type(obj).__mro__)


def via(obj):
    """The way that a message goes."""
    kind = type(obj)
    if kind.__name__ == "_CallItem":
        return "joblib task" if "loky" in kind.__module__ else "executor task"
    if kind.__name__ == "_ResultItem":
        return "joblib result" if "loky" in kind.__module__ else "executor result"
    if task(obj) is not None:
        return "pool task"
    if kind is tuple and is_result(obj) and type(obj[2][0]) is bool:
        return "pool result"
    return "process start" if _is_process(obj) else "message"


def name(function):
    """A function as a reader knows it."""
    if function is None:
        return ""
    known = attribute(function, "__qualname__")
    return known if type(known) is str else type(function).__qualname__


def place(function):
    """The file and line of a function, if it is Python."""
    code = attribute(attribute(function, "__func__") or function, "__code__")
    return "%s:%d" % (code.co_filename, code.co_firstlineno) if code is not None else ""


def attribute(obj, name):
    """An attribute, if there is one; one that answers for what it has not is not asked."""
    return None if hasattr(type(obj), "__getattr__") else getattr(obj, name, None)


def parts(obj, function):
    """The large parts of a message: where, what, how many times, and how many bytes in all."""
    found = {}
    calls = task(obj)
    if calls is not None:
        names = parameters(function)
        for arguments in calls[1]:
            for index, value in enumerate(arguments):
                _walk(value, argument(names, index), 0, found)
        owner = attribute(function, "__self__")
        if owner is not None and type(owner) is not type(__builtins__):
            _walk(owner, "the object itself (self)", 0, found)
        _scale(found, calls[2])
    elif is_result(obj):
        _walk(obj[2][1] if type(obj) is tuple else obj.result, "the result", 0, found)
    elif _is_process(obj):
        names = parameters(function)
        for index, value in enumerate(obj._args):
            _walk(value, argument(names, index), 0, found)
    else:
        _walk(obj, "the object sent", 0, found)
    large = sorted(found.items(), key=lambda item: -item[1][1])[:PARTS]
    return [(path, what, count, size) for (path, what), (count, size) in large]


def _scale(found, calls):
    if calls > SAMPLE:
        for key, (count, size) in found.items():
            found[key] = (count * calls // SAMPLE, size * calls // SAMPLE)


def parameters(function):
    """The names of a function's parameters."""
    method = attribute(function, "__func__")
    code = attribute(method or function, "__code__")
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    return names[1:] if method is not None else names


def argument(names, index):
    """An argument as a reader knows it."""
    named = " `%s`" % names[index] if index < len(names) else ""
    return "argument %d%s" % (index + 1, named)


def _walk(value, path, depth, found):
    """Adds the leaves below `value`, the arrays, strings and long lists in it."""
    leaf = _leaf(value)
    if leaf is not None:
        what, size = leaf
        if size >= 1024:
            count, held = found.get((path, what), (0, 0))
            found[(path, what)] = (count + 1, held + size)
        return
    if depth >= DEPTH or len(found) > 64:
        return
    kind = type(value)
    if kind is tuple or kind is list:
        for index, one in enumerate(value[:SAMPLE]):
            _walk(one, "%s[%d]" % (path, index) if kind is tuple else path + "[…]", depth + 1, found)
    elif kind is dict:
        for key, one in list(value.items())[:SAMPLE]:
            _walk(one, "%s[%r]" % (path, key) if type(key) is str else path + "[…]", depth + 1, found)
    else:
        held = getattr(value, "__dict__", None)
        if type(held) is dict:
            for key, one in list(held.items())[:SAMPLE]:
                _walk(one, "%s.%s" % (path, key), depth + 1, found)


def _leaf(value):
    """What `value` is and its bytes, if it is not to be looked into."""
    kind = type(value)
    module = kind.__module__
    if module == "numpy":
        if kind.__name__ in ("ndarray", "memmap"):
            shape = "×".join(map(str, value.shape))
            return "ndarray, %s %s" % (shape, value.dtype), value.nbytes
        return "numpy." + kind.__name__, 8
    if kind in (bytes, bytearray, str):
        return "%s of about %s" % (kind.__name__, _round(len(value))), len(value)
    if kind in (int, float, bool, complex, type(None)):
        return kind.__name__, 8
    if kind in (list, tuple) and len(value) > SAMPLE and type(value[0]) in (int, float, bool):
        return "%s of %d %s" % (kind.__name__, len(value), type(value[0]).__name__), 9 * len(value)
    if module.startswith("pandas.") and kind.__name__ in ("DataFrame", "Series"):
        held = sum(block.values.nbytes for block in value._mgr.blocks)
        return "%s, %s" % (kind.__name__, "×".join(map(str, value.shape))), held
    return None


def _round(size):
    return "%d MB" % (size >> 20) if size >> 20 else "%d kB" % (size >> 10)
