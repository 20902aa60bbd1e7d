"""An archive of files with a manifest that names each with size and SHA-256: written whole or not at all.

Read as something a stranger may have made: only plain files that the manifest names are taken, everything is
checked before anything is written. Until it is whole it lies in a folder beside its place, which is locked
for as long as somebody writes: what a kill leaves there is known by that, and cleared by the next one.
"""

import fcntl
import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import structlog

from monitor.core.errors import InputError, OutsideError, Problem

log = structlog.get_logger(__name__)

MANIFEST = "manifest.json"
_MAX_MANIFEST = 10_000_000
_CHUNK = 1 << 20
_DRAFTS = (".monitor-backup-", ".partial")  # how a folder of a draft begins and ends


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive as its manifest has it."""

    name: str
    size: int
    sha256: str


class ArchiveWriter:
    """Adds files; the manifest follows at the end. `scratch`: a folder for what is made to be added."""

    def __init__(self, tar: tarfile.TarFile, scratch: Path) -> None:
        self._tar = tar
        self.scratch = scratch
        self.members: list[Member] = []

    def add(self, name: str, path: Path) -> None:
        """A file of the disk."""
        with path.open("rb") as file:
            known = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.seek(0)
            self._put(name, file, size)
        self.members.append(Member(name, size, known))

    def add_bytes(self, name: str, content: bytes) -> None:
        """A file that exists in memory only."""
        self._put(name, io.BytesIO(content), len(content))
        self.members.append(Member(name, len(content), hashlib.sha256(content).hexdigest()))

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the manifest: `facts` and the files."""
        files = [{"name": m.name, "bytes": m.size, "sha256": m.sha256} for m in self.members]
        text = json.dumps({**facts, "files": files}, ensure_ascii=False, indent=1).encode()
        self._put(MANIFEST, io.BytesIO(text), len(text))

    def _put(self, name: str, file: IO[bytes], size: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, file)


@contextmanager
def writing(path: Path) -> Iterator[ArchiveWriter]:
    """An archive at `path`, readable by its owner only; there once all is written and on the disk.

    Errors: OutsideError when `path` exists or cannot be written.
    """
    if path.exists():
        raise OutsideError(f"{path}: is there already; a backup never replaces another")
    try:
        _clear_drafts(path.parent)
        with _draft_beside(path) as folder:
            draft, scratch = folder / "archive", folder / "scratch"
            scratch.mkdir()
            draft.touch(mode=0o600)
            with draft.open("wb") as file:
                with (
                    gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed,
                    tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
                ):
                    yield ArchiveWriter(tar, scratch)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
    except OSError as error:
        raise OutsideError(f"{path}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _draft_beside(path: Path) -> Iterator[Path]:
    """A folder on the disk of `path`, locked as long as it is written; the lock ends with its process."""
    prefix, suffix = _DRAFTS
    folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=suffix, dir=path.parent))
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # a disk without locks: no other process gets one either, and nothing is cleared
        with suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _clear_drafts(beside: Path) -> None:
    """Delete what a kill left of other drafts. An empty folder stays: it may not be locked yet."""
    prefix, suffix = _DRAFTS
    for folder in beside.glob(f"{prefix}*{suffix}"):
        with suppress(OSError):  # not ours to open, locked by who writes it, or cleared by another just now
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if any(folder.iterdir()):
                    log.warning("draft_of_a_killed_backup_deleted", path=str(folder))
                    shutil.rmtree(folder)
            finally:
                os.close(held)


def verify(path: Path) -> tuple[dict[str, Any], tuple[Member, ...]]:
    """The manifest and its members, after every byte was compared with it.

    Errors: InputError naming what is wrong.
    """
    found: dict[str, Member] = {}
    manifest = b""
    with _opened(path) as tar:
        for entry, file in _entries(tar):
            if entry.name == MANIFEST:
                manifest = file.read(_MAX_MANIFEST)
                continue
            if (reason := _strange(entry)) or entry.name in found:
                raise _damaged(path, f"{entry.name!r} {reason or 'is in it twice'}")
            found[entry.name] = Member(entry.name, entry.size, _digest(file))
    facts, told = _manifest(path, manifest)
    if told != found:
        names = sorted(name for name in told.keys() | found.keys() if told.get(name) != found.get(name))
        raise _damaged(path, f"{names[0]!r} is not as the manifest says ({len(names)} such files)")
    return facts, tuple(told.values())


def extract(path: Path, folder: Path) -> None:
    """Write the members of a verified archive below `folder`. Errors: OutsideError."""
    try:
        with _opened(path) as tar:
            for entry, file in _entries(tar):
                if entry.name == MANIFEST or _strange(entry):
                    continue
                target = folder / entry.name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as out:
                    while chunk := file.read(_CHUNK):
                        out.write(chunk)
    except OSError as error:
        raise OutsideError(f"{folder}: cannot be written: {error.strerror or error}") from error


def _entries(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    for entry in tar:
        file = tar.extractfile(entry) if entry.isreg() else None
        yield entry, file or io.BytesIO()


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Errors: OutsideError for a file that cannot be opened; InputError for whatever is wrong inside."""
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise OutsideError(f"{path}: no such file") from error
    except OSError as error:
        raise OutsideError(f"{path}: cannot be read: {error.strerror or error}") from error
    try:
        # not by tarfile's own reader of gzip: in Python 3.11.2 a bent header is an AttributeError there
        with file, gzip.GzipFile(fileobj=file) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            yield tar
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        raise _damaged(path, str(error) or type(error).__name__) from error


def _strange(entry: tarfile.TarInfo) -> str:
    """Why a member is not taken; empty where it is."""
    parts = PurePosixPath(entry.name).parts
    if not entry.isreg():
        return "is no plain file"
    if entry.name.startswith("/") or "\\" in entry.name or "\0" in entry.name or ".." in parts or not parts:
        return "leads out of the archive"
    return ""


def _manifest(path: Path, raw: bytes) -> tuple[dict[str, Any], dict[str, Member]]:
    try:
        facts = json.loads(raw)
        told = [Member(str(f["name"]), int(f["bytes"]), str(f["sha256"])) for f in facts["files"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _damaged(path, "it has no manifest that can be read") from error
    return facts, {member.name: member for member in told}


def _digest(file: IO[bytes]) -> str:
    known = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        known.update(chunk)
    return known.hexdigest()


def _damaged(path: Path, reason: str) -> InputError:
    return InputError([Problem(str(path), f"is no whole backup: {reason}")])
