"""Where the data that ships with the program lies: in a checkout beside the packages, in a wheel inside."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_IN_WHEEL = _PACKAGE / "shipped"


def shipped_root() -> Path:
    """The folder that holds `config/` and `migrations/`."""
    return _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent


def config_dir() -> Path:
    """The shipped `config/` folder; a user's own folder is named in the settings."""
    return shipped_root() / "config"


def migrations_dir() -> Path:
    """The Alembic folder."""
    return shipped_root() / "migrations"
