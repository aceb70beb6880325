"""Where workers come from.

By default from a *nursery*: a process of its own that has loaded what they need, the main module included, and has done
nothing else, so that a worker is a fork of it that is there in milliseconds, without the threads, locks and open files of the
program. BLAS was told how many threads it may have before it was loaded. The nursery ends when the pool's process closes its
end of their socket, or dies.

With ``mp_context=`` from that context of :mod:`multiprocessing`.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from multiprocessing import process as mp_process
from multiprocessing import spawn
from pathlib import Path
from typing import Any

from . import blas
from .errors import NurseryError
from .worker import main as work

#: How long it is waited for word of how a worker ended.
WORD = 1.0


def has_main() -> bool:
    """Whether workers can import the module that runs here as ``__main__``: a script or ``-m``, not a notebook."""
    main = sys.modules.get("__main__")
    if getattr(main, "__name__", None) == "__mp_main__":  # in every other process multiprocessing gives its main this name, too
        return True  # this is a worker itself, of a pool that has seen to it
    if getattr(getattr(main, "__spec__", None), "name", None) is not None:
        return True
    path = getattr(main, "__file__", None)
    return path is not None and Path(path).is_file()


def refuse_while_main_is_imported() -> None:
    """A script without a guard that makes a pool would make one in each process that imports it, and so on."""
    if getattr(mp_process.current_process(), "_inheriting", False):
        raise RuntimeError(
            "this script makes a pool while a worker imports it: put what is to run once under\n\n"
            '    if __name__ == "__main__":'
        )


class Context:
    """Workers of a context of multiprocessing."""

    def __init__(self, context: Any, initializer: Callable[..., Any] | None, initargs: tuple[Any, ...]) -> None:
        self._context = context
        self._begin = initializer, initargs
        self._processes: dict[int, Any] = {}
        self._count = 0

    def start(self, end: socket.socket) -> int:
        """Starts a worker with this end of a socket pair, and says its process."""
        self._forget()
        process = self._context.Process(target=work, args=(end, os.getpid(), self._count, *self._begin))
        process.start()
        self._count += 1
        self._processes[process.pid] = process
        return process.pid

    def ending(self, pid: int) -> int | None:
        """How a worker ended: its status, or minus a signal."""
        process = self._processes.get(pid)
        if process is None:
            return None
        process.join(WORD)
        return process.exitcode

    def _forget(self) -> None:
        """Lets go of those that ended: each holds descriptors."""
        ended = [pid for pid, process in self._processes.items() if process.exitcode is not None]
        for pid in ended[: -16 or None]:  # of the last ones it may be asked yet
            self._processes.pop(pid).close()

    def abort(self) -> None:
        """It has nothing to prepare."""

    def close(self) -> None:
        """Waits for workers that have been told to go. Those that live on were never the pool's, or have lost it."""
        for process in self._processes.values():
            process.join(WORD)
            if process.is_alive():
                process.kill()
            process.join()


def nursery(blas_threads: int, preload: Sequence[str]) -> Nursery:
    """A nursery for a pool: the one that the last pool left, if it was prepared for the same, or a new one."""
    wanted = Nursery(blas_threads, preload)
    with _LOCK:
        left = _left.pop() if _left else None
    if left is not None and left.is_as(wanted):
        return left
    if left is not None:
        left.end()
    return wanted


#: The nursery of the last pool that was closed: to make one takes longer than all else that a pool does to begin.
_left: list[Nursery] = []
_LOCK = threading.Lock()


def _forked() -> None:
    global _LOCK
    _LOCK = threading.Lock()  # a thread that the child does not have may hold the old one
    _left.clear()


os.register_at_fork(after_in_child=_forked)


class Nursery:
    """The pool's side of the process that workers are forked from."""

    def __init__(self, blas_threads: int, preload: Sequence[str]) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._endings: dict[int, int] = {}
        self._news = threading.Condition(self._lock)
        self._process: Any = None
        self._ready = False
        # Asked now: later the program may have changed its directory and its path.
        self._preparation = _preparation() | {"preload": [*preload]}
        self._environment = os.environ | blas.environment(blas_threads)

    def is_as(self, other: Nursery) -> bool:
        """Whether it lives and was prepared as another would be."""
        same = (self._preparation, self._environment) == (other._preparation, other._environment)
        return same and self._owner == other._owner and self._process is not None and self._process.poll() is None

    def start(self, end: socket.socket) -> int:
        """Forks a worker with this end of a socket pair, and says its process."""
        with self._lock:
            if self._process is None:
                self._open()
            try:
                socket.send_fds(self._socket, [str(os.getpid()).encode()], [end.fileno()])
                while "pid" not in (word := self._word()):
                    self._note(word)
                self._ready = True
            except OSError as error:
                raise NurseryError(self._ended()) from error
            return word["pid"]

    def ending(self, pid: int) -> int | None:
        """How a worker ended: its status, or minus a signal."""
        with self._lock, contextlib.suppress(OSError, NurseryError):
            self._socket.settimeout(WORD)
            try:
                while pid not in self._endings:
                    self._note(self._word())
            finally:
                self._socket.settimeout(None)
        return self._endings.get(pid)

    def close(self) -> None:
        """Leaves the nursery to the next pool."""
        with _LOCK:
            _left.append(self)
            others = _left[:-1]
            del _left[:-1]
        for other in others:
            other.end()

    def abort(self) -> None:
        """Ends it if it is still preparing itself, which takes as long as the main module does."""
        process = self._process
        if process is not None and not self._ready:
            process.kill()

    def end(self) -> None:
        """Ends the nursery. Workers that live are not touched."""
        with self._lock:
            if self._process is not None:
                # A forked child may hold the same socket: closing alone would tell nobody.
                self._socket.shutdown(socket.SHUT_RDWR)
                self._socket.close()
                self._process.wait()
                self._process = None

    def _open(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            home = str(Path(__file__).parents[2])
            code = f"import sys; sys.path.append({home!r}); from sharpest.pool.nursery import main; main({theirs.fileno()})"
            self._process = subprocess.Popen(
                [sys.executable, *subprocess._args_from_interpreter_flags(), "-c", code],  # type: ignore[attr-defined]
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=self._environment,
            )
        told = json.dumps(self._preparation).encode()
        self._socket.sendall(len(told).to_bytes(8, "little"))
        for start in range(0, len(told), PIECE):
            self._socket.sendall(told[start : start + PIECE])

    def _word(self) -> dict[str, int]:
        word = self._socket.recv(PIECE)
        if not word:
            raise OSError("the nursery has ended")
        told = json.loads(word)
        if "failed" in told:
            raise NurseryError(told["failed"])
        return told

    def _note(self, word: dict[str, int]) -> None:
        self._endings[word["ended"]] = word["code"]
        if len(self._endings) > 10_000:  # nobody asked for the first ones
            del self._endings[next(iter(self._endings))]

    def _ended(self) -> str:
        status = self._process.wait()
        return f"the process that workers are forked from ended with status {status}"


#: The most bytes of one message between pool and nursery.
PIECE = 1 << 15


def _preparation() -> dict[str, Any]:
    """What multiprocessing tells a new interpreter: path, directory, arguments, and where the main module is."""
    told = spawn.get_preparation_data("sharpest worker")
    if not has_main():
        told = {key: value for key, value in told.items() if not key.startswith("init_main")}
    return told | {"authkey": bytes(told["authkey"]).hex()}


def main(descriptor: int) -> None:
    """The nursery's own life: it prepares itself, then forks workers as they are wanted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pool = socket.socket(fileno=descriptor)
    try:
        _prepare(pool)
    except BaseException:
        _tell(pool, failed=f"what workers need cannot be imported\n{traceback.format_exc()[-PIECE // 4:]}")
        raise
    _serve(pool)
    os._exit(0)  # children of multiprocessing are not waited for here: they end with the pool


def _prepare(pool: socket.socket) -> None:
    left = int.from_bytes(pool.recv(8), "little")
    told = b""
    while len(told) < left:
        piece = pool.recv(PIECE)
        if not piece:
            os._exit(0)
        told += piece
    preparation = json.loads(told)
    preload = preparation.pop("preload")
    preparation["authkey"] = bytes.fromhex(preparation["authkey"])
    process = mp_process.current_process()
    process._inheriting = True  # type: ignore[attr-defined]
    try:
        spawn.prepare(preparation)
    finally:
        del process._inheriting  # type: ignore[attr-defined]
    for name in preload:
        __import__(name)
    with contextlib.suppress(ImportError):
        __import__("threadpoolctl")  # every worker asks for it


def _serve(pool: socket.socket) -> None:
    from multiprocessing import get_context

    context = get_context("fork")
    children: dict[int, Any] = {}
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    count = 0
    with selectors.DefaultSelector() as selector:
        selector.register(pool, selectors.EVENT_READ)
        selector.register(ours, selectors.EVENT_READ)
        try:
            parent = os.pidfd_open(os.getppid())
            selector.register(parent, selectors.EVENT_READ)
        except OSError:
            parent = -1  # the end of the socket has to tell
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if parent in ready:
                return  # a child that it forked may hold the socket
            if ours in ready:
                ours.recv(PIECE)
                _bury(pool, children)
            if pool in ready:
                try:
                    word, files, *_ = socket.recv_fds(pool, PIECE, 1)
                except ConnectionError:  # it is gone, with words of ours unread
                    return
                if not word:
                    return
                end = socket.socket(fileno=files[0])
                told = (end, int(word), count, [pool, ours, theirs], parent, selector)
                process: Any = context.Process(target=_child, args=told)
                process.start()
                end.close()
                count += 1
                children[process.pid] = process
                _tell(pool, pid=process.pid)


def _child(end: socket.socket, main: int, number: int, others: list[socket.socket], parent: int, selector: Any) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    selector.close()
    for other in others:
        other.close()
    if parent >= 0:
        os.close(parent)
    work(end, main, number)


def _bury(pool: socket.socket, children: dict[int, Any]) -> None:
    for pid, process in [*children.items()]:
        if process.exitcode is not None:
            del children[pid]
            _tell(pool, ended=pid, code=process.exitcode)


def _tell(pool: socket.socket, **word: Any) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        pool.send(json.dumps(word).encode())
