"""A new model's run over the archive, judged by workers that read what was kept of the texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from monitor.articles.reclassify import Candidate, Range, Scored, Spread, score_kept
from monitor.articles.tag import Tagging
from monitor.articles.types import Classifier
from monitor.bulk.placed import HERE, Cluster, Place, app_at, place_of, workers_of
from monitor.bulk.work import Workers, in_order
from monitor.core.progress import Progress, silent
from monitor.wiring import App, judging
from monitor.wiring.judging import Reviewed

_LEAST = 10  # ranges worth a worker, which takes some seconds to load the model


@dataclass(frozen=True, slots=True)
class _Model:
    place: Place
    fingerprint: str


def reclassify(
    app: App,
    given: Tagging,
    candidate: Candidate,
    *,
    embed: bool = False,
    cluster: Cluster = HERE,
    progress: Progress = silent,
) -> Reviewed:
    """As `monitor.wiring.judging.reclassify`, by all processes of this machine or on a cluster."""
    with workers_of(app, cluster) as workers:
        spread = spread_over(app, candidate.version.fingerprint, workers)
        return judging.reclassify(app, given, candidate, embed=embed, spread=spread, progress=progress)


def spread_over(app: App, fingerprint: str, workers: Workers, *, least: int = _LEAST) -> Spread:
    """What has ranges judged by workers; with fewer than `least` the one that asks judges them itself."""
    model = _Model(place_of(app), fingerprint)

    def spread(candidate: Candidate, ranges: Sequence[Range]) -> Iterator[Scored | None]:
        if len(ranges) < least:
            return iter([None] * len(ranges))
        return in_order(workers, partial(_scored, model, candidate), ranges)

    return spread


def _scored(model: _Model, candidate: Candidate, wanted: Range) -> Scored | None:
    return score_kept(app_at(model.place).db, _classifier(model), candidate, wanted)


@lru_cache(maxsize=1)
def _classifier(model: _Model) -> Classifier:
    return app_at(model.place).models.classifier_of(model.fingerprint)
