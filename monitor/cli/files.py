"""Files of JSON lines that commands read and write; `-` is the standard input or output."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path
from typing import BinaryIO

from monitor.core.errors import OutsideError


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """The file opened for reading. Errors: OutsideError."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        with path.open("rb") as lines:
            yield lines
    except OSError as error:
        raise OutsideError(f"{path}: cannot be read: {error.strerror}") from error


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file that appears whole or not at all. Errors: OutsideError."""
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = path.with_name(path.name + ".partial")
    try:
        if path.is_dir():  # else it would be noticed when all work is done
            raise IsADirectoryError(EISDIR, "Is a directory")
        with partial.open("wb") as out:
            yield out
        partial.replace(path)
    except OSError as error:
        raise OutsideError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
