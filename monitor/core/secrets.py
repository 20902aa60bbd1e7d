"""Secrets come from files that only the service can read, never from the settings file itself."""

import os
import secrets
from pathlib import Path

from monitor.core.errors import OutsideError, Problem, SettingsError


def read_secret(file: str, key: str) -> str:
    """The content of a secret file without surrounding space; empty when no file is set.

    Errors: SettingsError naming the settings key when the file cannot be read or is empty.
    """
    if not file:
        return ""
    try:
        secret = Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([Problem(key, f"{file} cannot be read: {error}")]) from error
    if not secret:
        raise SettingsError([Problem(key, f"{file} is empty")])
    return secret


def make_secret(path: Path) -> bool:
    """Write a new random secret that only this user can read; False when there is one already.

    Errors: OutsideError when the folder cannot be written.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
        try:
            os.link(partial, path)  # of two at once one wins, and nobody reads half a key
        except FileExistsError:
            return False
        finally:
            partial.unlink()
    except OSError as error:
        raise OutsideError(f"{path}: cannot be written ({error.strerror})") from error
    return True
