"""The inside of a worker process: `serve` answers what `monitor.core.workers` asks.

Frames of bytes come on the standard input and go out on the standard output. Nothing in them is ever pickled:
what a hostile page made of this process must not be run by the one that asked. A question that hangs ends the
process itself even when nobody is left to end it.
"""

import json
import logging
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

Answer = Callable[[bytes, bytes], bytes]  # (head, body) of a question to the text of its answer

READY, READ, FAULT = b"!", b"+", b"-"
LENGTHS = struct.Struct(">II")  # of head and body, before each frame
_GRACE_S = 5  # the asking process ends an overdue worker itself; this is for when it is gone


def frame(head: bytes, body: bytes) -> bytes:
    """Head and body as they travel."""
    return LENGTHS.pack(len(head), len(body)) + head + body


def first_frame(payload: bytes, *, deadline_s: float, memory_mb: int) -> bytes:
    """What a worker is told before all questions; `memory_mb` of address space, 0: as much as there is."""
    return frame(json.dumps({"deadline_s": deadline_s, "memory_mb": memory_mb}).encode(), payload)


def serve(make: Callable[[bytes], Answer]) -> None:
    """Answer until the input ends. `make` gets the payload of the first frame and gives what answers."""
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not end up between the frames
    logging.disable()  # libraries call a page without text an error
    first = _read(sys.stdin.buffer)
    if first is None:
        return
    limits = json.loads(first[0])
    answer = make(first[1])
    _limit(int(limits["memory_mb"]))
    _send(answers, READY, b"")
    while (question := _read(sys.stdin.buffer)) is not None:
        signal.alarm(int(limits["deadline_s"]) + _GRACE_S)  # no handler: it ends the process
        kind, text, goes_on = _answered(answer, *question)
        signal.alarm(0)
        _send(answers, kind, text)
        if not goes_on:
            return


def _answered(answer: Answer, head: bytes, body: bytes) -> tuple[bytes, bytes, bool]:
    """Kind and text of the answer, and whether this process is still good for another question."""
    try:
        return READ, answer(head, body), True
    except MemoryError:
        return FAULT, b"MemoryError: more memory was needed than a worker may have", False
    except Exception as error:  # noqa: BLE001 - a bug costs one answer; the asking stage counts and shows it
        return FAULT, f"{type(error).__name__}: {error}"[:300].encode("utf-8", "replace"), True


def _read(source: BinaryIO) -> tuple[bytes, bytes] | None:
    lengths = source.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None  # the other side has closed
    n_head, n_body = LENGTHS.unpack(lengths)
    return source.read(n_head), source.read(n_body)


def _send(target: int, kind: bytes, text: bytes) -> None:
    with open(target, "wb", closefd=False) as out:
        out.write(frame(kind, text))


def _limit(memory_mb: int) -> None:
    if memory_mb:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
