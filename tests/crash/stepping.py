"""Run a piece of work in a process of its own, and kill it or fail it at the system call of one's choice.

The work is traced with ptrace, so nothing has to be installed and nothing in the program knows of it. Children
that the work starts (git) are traced too: their calls count, and they die with it.
"""

import ctypes
import os
import platform
import signal
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_TRACEME, _POKEUSER, _SYSCALL = 0, 6, 24
_SETOPTIONS, _GETREGSET, _SETREGSET, _GET_SYSCALL_INFO = 0x4200, 0x4204, 0x4205, 0x420E
_FOLLOW_AND_KILL_WITH_TRACER = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x100000
_ANY_CHILD = 0x40000000
_SYSCALL_STOP = signal.SIGTRAP | 0x80
_NO_CALL = -1

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.restype = ctypes.c_long
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

# The numbers that Linux gives to calls: fsync and fdatasync; what writes, makes or links; openat.
# Before them: what only writes.
_BYTES = {"x86_64": {1, 18}, "aarch64": {64, 68}}.get(platform.machine(), set())
_FSYNC, _WRITE, _OPENAT = {
    "x86_64": ({74, 75}, {1, 18, 82, 83, 86, 258, 264, 265, 316}, 257),
    "aarch64": ({82, 83}, {34, 37, 38, 64, 68, 276}, 56),
}.get(platform.machine(), (set(), set(), -1))


@dataclass(frozen=True)
class Fault:
    """An error that a system call gives instead of doing its work.

    Attributes:
        error: the errno.
        first: the number of the call that fails, from 1.
        stays: whether all later ones fail too.
        only: count and fail only these: "fsync", or "change" for all that changes a disk; else every call.
        lost_below: count only what writes to a file below this folder, and have it say that it did, and write nothing.
    """

    error: int
    first: int
    stays: bool = False
    only: str = ""
    lost_below: str = ""


@dataclass
class Outcome:
    """How it ended.

    Attributes:
        answer: what the work answered; None when it died before that.
        calls: how many system calls it made, its children's included.
        syncs: how many of them were fsync.
        struck: whether the kill or the fault came before the end.
    """

    answer: str | None = None
    calls: int = 0
    syncs: int = 0
    struck: bool = False


@dataclass
class _Tracer:
    kill_after: int | None
    fault: Fault | None
    answers: int  # the descriptor that the answer goes to, which is no disk
    outcome: Outcome = field(default_factory=Outcome)
    inside: dict[int, bool] = field(default_factory=dict)  # process -> is it in a call
    failing: dict[int, int] = field(default_factory=dict)  # process -> what its call gives instead
    counted: int = 0

    def run(self, pid: int) -> None:
        os.waitpid(pid, _ANY_CHILD)
        _ptrace(_SETOPTIONS, pid, 0, _FOLLOW_AND_KILL_WITH_TRACER)
        self.inside[pid] = False
        _ptrace(_SYSCALL, pid)
        while self.inside:
            stopped, status = os.waitpid(-1, _ANY_CHILD)
            if os.WIFSTOPPED(status):
                self._stop(stopped, status)
            else:
                self.inside.pop(stopped, None)

    def _stop(self, pid: int, status: int) -> None:
        new = pid not in self.inside
        self.inside.setdefault(pid, False)
        received = os.WSTOPSIG(status)
        if received == _SYSCALL_STOP:
            self._call(pid)
            received = 0
        elif status >> 16 or (new and received == signal.SIGSTOP):
            received = 0  # ptrace's own: a fork, an exec, a child that starts
        with suppress(ProcessLookupError):  # killed just now
            _ptrace(_SYSCALL, pid, 0, received)

    def _call(self, pid: int) -> None:
        entering = not self.inside[pid]
        self.inside[pid] = entering
        if entering:
            number, first, flags = _call(pid)
            self.outcome.syncs += number in _FSYNC
            if self.fault and first != self.answers and self._must_fail(self.fault, pid, number, first, flags):
                self.failing[pid] = flags if self.fault.lost_below else -self.fault.error
                self.outcome.struck = True
                _skip_call(pid)
            return
        self.outcome.calls += 1
        if pid in self.failing:
            _set_result(pid, self.failing.pop(pid))
        if self.outcome.calls == self.kill_after:
            self.outcome.struck = True
            for one in self.inside:
                os.kill(one, signal.SIGKILL)

    def _must_fail(self, fault: Fault, pid: int, number: int, first: int, flags: int) -> bool:
        opens_to_write = number == _OPENAT and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        changes = number in _FSYNC or number in _WRITE or opens_to_write
        if fault.lost_below and not (number in _BYTES and _writes_below(pid, first, fault.lost_below)):
            return False
        if not {"fsync": number in _FSYNC, "change": changes}.get(fault.only, True):
            return False
        self.counted += 1
        return self.counted == fault.first or (fault.stays and self.counted > fault.first)


def step(
    prepare: Callable[[], Callable[[], str]], *, kill_after: int | None = None, fault: Fault | None = None
) -> Outcome:
    """Prepare in a new process, then do the work there under the tracer.

    Args:
        prepare: runs untraced; what it returns is the work, and gives the answer.
        kill_after: SIGKILL the process, and its children, after this many system calls of the work.
        fault: let a system call of the work fail.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reader)
        _be_the_child(prepare, writer)
    os.close(writer)
    tracer = _Tracer(kill_after, fault, writer)
    tracer.run(pid)
    with os.fdopen(reader, "rb") as answers:
        text = answers.read().decode()
    tracer.outcome.answer = text.removesuffix("\n") if text.endswith("\n") else None
    return tracer.outcome


def _be_the_child(prepare: Callable[[], Callable[[], str]], writer: int) -> None:
    try:
        work = prepare()
        _ptrace(_TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            answer = work()
        except Exception as error:  # whatever it is, it is the answer
            answer = f"{type(error).__name__}: {error}".replace("\n", " ")
        os.write(writer, f"{answer}\n".encode())
    finally:
        os._exit(0)


def _ptrace(request: int, pid: int, address: int = 0, data: int = 0) -> int:
    result: int = _libc.ptrace(request, pid, address, data)
    if result == -1 and (number := ctypes.get_errno()):
        raise OSError(number, f"ptrace {request}: {os.strerror(number)}; the crash tests need ptrace")
    return result


def _call(pid: int) -> tuple[int, int, int]:
    """The number of the call that a process is about to make, and its first and third argument."""
    information = ctypes.create_string_buffer(88)
    _ptrace(_GET_SYSCALL_INFO, pid, ctypes.sizeof(information), ctypes.addressof(information))
    number, first, _, third = struct.unpack_from("=4Q", information.raw, 24)
    return number, first, third


def _writes_below(pid: int, descriptor: int, folder: str) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/fd/{descriptor}").readlink().is_relative_to(folder)
    return False


def _skip_call(pid: int) -> None:
    if platform.machine() == "x86_64":
        _ptrace(_POKEUSER, pid, 15 * 8, _NO_CALL)
    else:
        _set_registers(pid, 0x404, struct.pack("=i", _NO_CALL))


def _set_result(pid: int, result: int) -> None:
    if platform.machine() == "x86_64":
        _ptrace(_POKEUSER, pid, 10 * 8, result)
    else:
        registers = ctypes.create_string_buffer(272)
        _regset(_GETREGSET, pid, 1, registers)
        struct.pack_into("=q", registers, 0, result)
        _regset(_SETREGSET, pid, 1, registers)


def _set_registers(pid: int, kind: int, data: bytes) -> None:
    _regset(_SETREGSET, pid, kind, ctypes.create_string_buffer(data, len(data)))


def _regset(request: int, pid: int, kind: int, data: "ctypes.Array[ctypes.c_char]") -> None:
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(data), ctypes.sizeof(data))
    _ptrace(request, pid, kind, ctypes.addressof(vector))
