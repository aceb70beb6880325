"""Shared memory: which segments were made, and how often and where they are attached.

The numbers of a slot `attach`: times, nanoseconds, different segments.
"""

import sys

from . import ledger

_seen = {}


def shared_memory(module):
    """Instruments multiprocessing.shared_memory."""
    kind = module.SharedMemory
    init = kind.__init__

    def watched(self, *args, **kwargs):
        begin = ledger.now()
        init(self, *args, **kwargs)
        try:
            create = kwargs.get("create", args[1] if len(args) > 1 else False)
            _made(self) if create else _attached(self, begin)
        except Exception:
            pass

    kind.__init__ = watched


def _made(segment):
    ledger.note("segment", name=segment._name.lstrip("/"), bytes=segment._size)


def _attached(segment, begin):
    took = ledger.now() - begin
    code = sys._getframe(2).f_code
    slot = ledger.slot(
        "attach", getattr(code, "co_qualname", code.co_name), "%s:%d" % (code.co_filename, code.co_firstlineno)
    )
    numbers = ledger.numbers
    if not numbers[slot]:
        _seen.pop(slot, None)  # those of a process that this one was forked from
    numbers[slot] += 1
    numbers[slot + 1] += took
    names = _seen.setdefault(slot, set())
    if len(names) < 1000:
        names.add(segment._name)
        numbers[slot + 2] = len(names)
