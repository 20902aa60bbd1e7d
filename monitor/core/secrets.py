"""Secrets come from files that only the service can read, never from the settings file itself."""

from pathlib import Path

from monitor.core.errors import Problem, SettingsError


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
