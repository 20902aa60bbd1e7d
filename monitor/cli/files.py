"""Files of JSON lines that commands read and write; `-` is the standard input or output."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path
from typing import BinaryIO

from monitor.core.errors import OutsideError


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """The file opened for reading. Errors: OutsideError when it cannot be opened."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        lines = path.open("rb")
    except OSError as error:  # not also what the caller meets while it reads, which may be of another file
        raise OutsideError(f"{path}: cannot be read: {error.strerror}") from error
    with lines:
        yield lines


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file that appears whole or not at all; devices, pipes and what a link leads to are written as they
    are. Errors: OutsideError.
    """
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = path.with_name(path.name + ".partial")
    try:
        if path.is_dir():  # else it would be noticed when all work is done
            raise IsADirectoryError(EISDIR, "Is a directory")
        if path.is_symlink() or (path.exists() and not path.is_file()):  # a file in its place would end it
            with path.open("wb") as out:
                yield out
            return
        with partial.open("wb") as out:
            yield out
        partial.replace(path)
    except OSError as error:
        raise OutsideError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):  # why it could not be made is said above
            partial.unlink()
