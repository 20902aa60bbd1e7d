"""The home folder of one installation: config people edit, database, trained models, caches."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import OutsideError
from monitor.core.shipped import config_dir


@dataclass(frozen=True, slots=True)
class Home:
    """Paths of one installation. Without a home folder the shipped config and a user cache are used."""

    root: Path

    @property
    def exists(self) -> bool:
        """Whether `monitor init` was run here."""
        return (self.root / "config").is_dir()

    @property
    def config(self) -> Path:
        """The folder of settings, register, sources and topics."""
        return self.root / "config" if self.exists else config_dir()

    def config_file(self, name: str) -> Path:
        """A file of the configuration; the shipped one where this home is too old to have it."""
        own = self.config / name
        return own if own.exists() else config_dir() / name

    @property
    def settings_file(self) -> Path:
        """The settings of this home, else the shipped ones."""
        return self.config / "settings.toml"

    @property
    def cache(self) -> Path:
        """Things that can be made again: generated name forms."""
        return self._kept("cache")

    @property
    def models(self) -> Path:
        """Trained models."""
        return self._kept("models")

    @property
    def web_key(self) -> Path:
        """The key of signed links, where the settings name no other file."""
        return self.root / "web.key"

    def _kept(self, name: str) -> Path:
        if self.exists:
            return self.root / name
        try:
            base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        except RuntimeError as error:  # a container's number without a name
            raise OutsideError(
                "this user has no folder for a cache: set HOME or XDG_CACHE_HOME, or name a home with --home"
            ) from error
        return Path(base) / "coverage-monitor" / name

    def create(self) -> bool:
        """Copy the shipped config here; False when a config is here already (it is left as it is).

        Errors: OutsideError when the folder cannot be written.
        """
        if self.exists:
            return False
        partial = self.root / "config.partial"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(config_dir(), partial)
            partial.rename(self.root / "config")
        except OSError as error:
            raise OutsideError(
                f"{self.root}: cannot be written ({error.strerror}); choose another folder with --home"
            ) from error
        return True

    def database_url(self, url: str) -> str:
        """`url` with a relative SQLite path placed in this home."""
        scheme, mark, path = url.partition("sqlite:///")
        if mark and not scheme and path and not path.startswith(("/", "file:", ":memory:")):
            folder = str(self.root.absolute()).replace("%", "%25").replace("?", "%3F")  # as of a URL
            return f"sqlite:///{folder}/{path}"
        return url
