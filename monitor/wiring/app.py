"""One installation: its settings, its data and its work, every part built on first use."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.articles.clusters import assign_cluster
from monitor.articles.language import DetectLanguage, build_detector
from monitor.articles.marks import load_marks
from monitor.articles.pool import ExtractPool
from monitor.articles.types import Classifier
from monitor.core import schema
from monitor.core.clock import Clock, day_start, system_clock, week_of, weeks_back
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.errors import Problem, SettingsError, StorageError
from monitor.core.home import Home
from monitor.core.ids import PlaceId, SourceId, Week
from monitor.core.ledger import Reason
from monitor.core.progress import Progress, silent
from monitor.core.secrets import read_secret
from monitor.core.settings import Settings, load_settings
from monitor.crawl.again import try_again
from monitor.crawl.feedpool import FeedPool
from monitor.crawl.fetcher import Fetcher, FetchLimits, user_agent
from monitor.crawl.guard import Allowed, parse_allow
from monitor.crawl.history import last_good_poll
from monitor.crawl.interval import PollPolicy
from monitor.crawl.pages import fetch_pages
from monitor.crawl.poll import poll_due
from monitor.crawl.rounds import BUDGET
from monitor.crawl.settle import AssignCluster
from monitor.crawl.sources import load_sources
from monitor.crawl.standings import as_they_stand, edited_since
from monitor.crawl.store import put_sources
from monitor.crawl.transport import Resolve, system_resolve
from monitor.crawl.types import Source
from monitor.linking.finding import found_names
from monitor.linking.found import FoundNames
from monitor.linking.mentions import Finder, name_features
from monitor.linking.score import Linker
from monitor.linking.types import Mention
from monitor.linking.weights import LinkModel
from monitor.register.norms import Norm, load_norms
from monitor.register.regions import RegionNames
from monitor.register.store import save_register
from monitor.register.taxonomy import TopicChange, became, load_changes
from monitor.register.types import Register
from monitor.reports.catalogue import languages
from monitor.wiring.linkers import build_finder, build_linker
from monitor.wiring.parts import FromRegister, Parts
from monitor.wiring.reading import extract_pool, feed_pool
from monitor.wiring.standing import standing_register, standing_weights

if TYPE_CHECKING:
    from monitor.wiring.models import Models


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `App.load` put into the database."""

    register_version: str
    agreements: int
    monitored: int
    families: int
    places: int
    sources: int
    enabled: int


class App:
    """All parts of one installation, built on first use."""

    def __init__(
        self,
        home: Home,
        *,
        clock: Clock = system_clock,
        resolve: Resolve = system_resolve,
        environment: bool = True,
    ) -> None:
        """`clock` and `resolve` are others than the system's in the demo and in tests only.

        `environment`: whether MONITOR_ variables change the settings; a demo must not reach a real database.
        """
        self.home = home
        self.clock = clock
        self._resolve = resolve
        self.environment = environment
        self.parts = Parts()

    def forget_register(self) -> None:
        """Make all parts that stand on the register anew when they are next asked for: another one counts."""
        self.parts = Parts()

    @property
    def has_register(self) -> bool:
        """Whether the register was asked for already."""
        return "register" in self.parts

    def close(self) -> None:
        """Give back connections and processes."""
        for name in ("fetcher", "list_reader", "extractor", "db"):
            if name in self.__dict__:
                getattr(self, name).close()

    # --- settings and data people edit ---

    @cached_property
    def settings(self) -> Settings:
        """Settings of the home folder, else the shipped ones, with the environment on top."""
        settings = load_settings(self.home.settings_file, environment=self.environment)
        if strange := sorted(set(settings.reports.languages) - set(languages())):
            reason = f"no reports are written in {', '.join(strange)}; there are: {', '.join(languages())}"
            raise SettingsError([Problem(f"{self.home.settings_file}: reports.languages", reason)])
        return settings

    @cached_property
    def zone(self) -> ZoneInfo:
        """The newsroom's zone: days and weeks begin here."""
        return ZoneInfo(self.settings.newsroom.zone)

    def today(self) -> date:
        """The newsroom's day."""
        return self.clock().astimezone(self.zone).date()

    def last_week(self) -> Week:
        """The last whole ISO week of the newsroom; once a demo's days are over, the last of its press."""
        ended = self.demo_ended_at()
        day = self.today() if ended is None else ended.astimezone(self.zone).date() + timedelta(days=1)
        return weeks_back(week_of(day), 1)

    def demo_ended_at(self) -> datetime | None:
        """When the press of a demo was read last; None in a newsroom, and while a demo walks by its clock."""
        if self.clock is not system_clock or not self.settings.newsroom.demo:
            return None
        with self.ready_db.reading() as tx:
            return last_good_poll(tx)

    @FromRegister
    def register(self) -> Register:
        """Agreements, gazetteer, families that the current links stand on, with the topics of config/."""
        return standing_register(self)

    @FromRegister
    def sources(self) -> tuple[Source, ...]:
        """All outlets of the config, polled or not."""
        return load_sources(self.home.config / "sources", self.register.places)

    def standing_sources(self) -> tuple[Source, ...]:
        """The outlets of the config as the crawl takes them: those that a check switched off are off."""
        with self.ready_db.reading() as tx:
            return as_they_stand(tx, self.sources)

    def edited_sources(self) -> tuple[SourceId, ...]:
        """Outlets whose polling the config decides otherwise than `load` has taken over."""
        with self.ready_db.reading() as tx:
            return edited_since(tx, self.sources)

    @FromRegister
    def taxonomy_changes(self) -> tuple[TopicChange, ...]:
        """What became of topics of the past."""
        return load_changes(self.home.config / "taxonomy_changes.toml", self.register.topics)

    @cached_property
    def norms(self) -> tuple[Norm, ...]:
        """How many originals a family deserves."""
        return load_norms(self.home.config / "norms.toml")

    @FromRegister
    def region(self) -> Callable[[str], PlaceId | None]:
        """Place id of a region in any spelling, None when unknown."""
        return RegionNames(self.register.places).find

    # --- database ---

    @cached_property
    def db(self) -> Db:
        """The database as it is, whatever its schema. Errors: StorageError, also where `init` was not run."""
        database = self.settings.database
        password = read_secret(database.password_file, "database.password_file")
        url = self.home.database_url(database.url)
        if url != database.url and not self.home.exists:
            raise StorageError(
                f"{self.home.root} is no home folder: run `monitor --home {self.home.root} init`, "
                "or name another with --home or MONITOR_HOME"
            )
        return Db(url, password=password)

    @cached_property
    def ready_db(self) -> Db:
        """The database, refused unless its schema is this program's."""
        schema.require_current(self.db)
        return self.db

    # --- finding names ---

    @cached_property
    def language(self) -> DetectLanguage:
        """Language of a text."""
        return build_detector()

    @FromRegister
    def finder(self) -> Finder:
        """The names automaton; the first use in a home generates all inflected forms (half a minute)."""
        return build_finder(self.home, self.register.places)

    @FromRegister
    def found_names(self) -> FoundNames:
        """Packs what the finder finds."""
        return found_names(self.register.places, self.home.config)

    def find(self, title: str, text: str, lang: str, region: PlaceId | None) -> tuple[Mention, ...]:
        """All parties named in a text."""
        return self.finder.find(title, text, lang=lang, outlet_region=region)

    def name_features(self, title: str, text: str) -> tuple[float, ...]:
        """The gate's six counts of parties in a text."""
        return name_features(self.finder.find(title, text), self.register.places)

    @FromRegister
    def models(self) -> "Models":
        """Training, loading and judging of classifiers."""
        from monitor.wiring.embedding import embedder_of
        from monitor.wiring.models import Models, cache_key  # scikit-learn takes two seconds to arrive

        folder = self.home.models
        return Models(
            folder=folder if self.home.exists else folder / cache_key(self.home.config / "topics.toml"),
            kind=self.settings.model.kind,
            seed=self.settings.model.seed,
            topics=self.register.topics,
            name_features=self.name_features,
            became=became(self.taxonomy_changes),
            make_embedder=embedder_of(self.settings.embedder, folder),
        )

    @property
    def classifier(self) -> Classifier:
        """The model of the settings; trained now where this home has none yet."""
        return self.models.classifier

    # --- the service's work, one method a job ---

    def load(self) -> Loaded:
        """Bring database, register and sources up to the config; safe to repeat."""
        schema.upgrade(self.db)
        register, sources, _ = self.register, self.sources, self.taxonomy_changes
        with self.ready_db.begin() as tx:
            save_register(tx, register, at=self.clock())
            put_sources(tx, sources, at=self.clock())
        return Loaded(
            register_version=register.version,
            agreements=len(register.agreements),
            monitored=sum(a.monitored for a in register.agreements.values()),
            families=len(register.families),
            places=len(register.places),
            sources=len(sources),
            enabled=sum(s.enabled for s in sources),
        )

    @cached_property
    def allowed(self) -> tuple[Allowed, ...]:
        """Private addresses that may be fetched all the same. Errors: SettingsError."""
        try:
            return parse_allow(self.settings.crawl.allow_addresses)
        except ValueError as error:
            raise SettingsError([Problem("crawl.allow_addresses", str(error))]) from error

    @cached_property
    def fetcher(self) -> Fetcher:
        """The only way out to the web."""
        crawl = self.settings.crawl
        limits = FetchLimits(
            user_agent=user_agent(__version__, crawl.contact),
            concurrency=crawl.concurrency,
            delay_s=crawl.delay_s,
            connect_timeout_s=crawl.connect_timeout_s,
            deadline_s=crawl.deadline_s,
            max_feed_bytes=crawl.max_feed_bytes,
            max_page_bytes=crawl.max_page_bytes,
            max_redirects=crawl.max_redirects,
        )
        return Fetcher(limits, clock=self.clock, resolve=self._resolve, allow=self.allowed)

    def poll(
        self, progress: Progress = silent, *, source: str | None = None, everything: bool = False
    ) -> Counts:
        """Ask the feeds that are due."""
        crawl = self.settings.crawl
        return poll_due(
            db=self.ready_db,
            fetch_many=self.fetcher.fetch_many,
            clock=self.clock,
            policy=PollPolicy(
                min_interval=timedelta(seconds=crawl.min_interval_s),
                max_interval=timedelta(seconds=crawl.max_interval_s),
                max_backoff=timedelta(seconds=crawl.max_backoff_s),
            ),
            read=self.list_reader.submit,
            source_id=source,
            everything=everything,
            progress=progress,
        )

    @cached_property
    def list_reader(self) -> FeedPool:
        """The processes that read feeds and lists; none runs before the first."""
        return feed_pool(self.settings.extract, self.home.config)

    @cached_property
    def extractor(self) -> ExtractPool:
        """The processes that read pages; none runs before the first page."""
        return extract_pool(self.settings.extract, self.home.config)

    @property
    def assign_cluster(self) -> AssignCluster:
        """Puts a text among its copies, by the phrases of config/ too that credit another outlet."""
        return partial(assign_cluster, marks=load_marks(self.home.config / "languages"))

    def fetch_pages(
        self, progress: Progress = silent, *, source: str | None = None, budget: timedelta | None = BUDGET
    ) -> Counts:
        """Fetch and read the pages that are due, until `budget` is used up."""
        return fetch_pages(
            db=self.ready_db,
            fetch_many=self.fetcher.fetch_many,
            read=self.extractor.submit,
            assign_cluster=self.assign_cluster,
            clock=self.clock,
            source_id=source,
            budget=budget,
            progress=progress,
        )

    def try_again(
        self, reasons: Collection[Reason], *, since: date | None = None, source: str | None = None
    ) -> int:
        """Have pages wait once more that were given up for these reasons, `since` a day of the newsroom's."""
        return try_again(
            db=self.ready_db,
            assign_cluster=self.assign_cluster,
            at=self.clock(),
            reasons=reasons,
            since=None if since is None else day_start(since, self.zone),
            source_id=source,
        )

    @FromRegister
    def linker(self) -> Linker:
        """Links texts to families of the register."""
        return build_linker(self.home, self.settings.model.kind, self.register, self.link_model)

    @FromRegister
    def link_model(self) -> LinkModel:
        """The fitted numbers of the link score."""
        return standing_weights(self)
