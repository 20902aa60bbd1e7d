"""Links of many articles, made by workers: after a backfill, or under a changed register."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, islice

from monitor.bulk.placed import HERE, Cluster, Place, app_at, place_of, workers_of
from monitor.bulk.work import Workers, in_order
from monitor.core.counts import Counts
from monitor.core.errors import UsageError
from monitor.core.progress import Progress, silent
from monitor.core.runs import Version
from monitor.linking.link import Beside, Linking, Made, Spread, link_batch, taking_over
from monitor.linking.store import Due
from monitor.wiring import App, relinking
from monitor.wiring.relinking import Configured, Review

_LEAST = 20  # batches worth a worker, which takes five seconds to read the names


@dataclass(frozen=True, slots=True)
class _Links:
    place: Place
    fingerprint: str
    beside: Beside | None  # what is taken over from other links


def link(app: App, progress: Progress = silent, *, cluster: Cluster = HERE) -> Counts:
    """As `monitor.wiring.relinking.link`, by all processes of this machine or on a cluster."""
    with workers_of(app, cluster) as workers:
        return relinking.link(app, progress, spread_over(app, workers))


def review(app: App, *, cluster: Cluster = HERE, progress: Progress = silent) -> Review:
    """As `monitor.wiring.relinking.review`, by all processes of this machine or on a cluster."""
    with workers_of(app, cluster) as workers:
        return relinking.review(app, progress, spread_over(app, workers))


def spread_over(app: App, workers: Workers, *, least: int = _LEAST) -> Spread:
    """What has batches linked by workers; with fewer than `least` the one that asks links them itself."""
    place = place_of(app)

    def spread(
        given: Linking, tag_version: Version, version: Version, batches: Iterable[Sequence[Due]]
    ) -> Iterator[list[Made]]:
        coming = iter(batches)
        first = list(islice(coming, least))
        if len(first) < least:
            return map(partial(link_batch, given, tag_version), first)
        links = _Links(place, version.fingerprint, given.beside)
        return in_order(workers, partial(_linked, links, tag_version), chain(first, coming))

    return spread


def _linked(links: _Links, tag_version: Version, batch: Sequence[Due]) -> list[Made]:
    return link_batch(_linking(links), tag_version, batch)


@lru_cache(maxsize=1)
def _linking(links: _Links) -> Linking:
    """Under the register that counts or the one in config/, whichever the links are asked of."""
    app = app_at(links.place)
    given = Configured(app.register, app.link_model)
    if given.fingerprint != links.fingerprint:  # a config/ that cannot be read does not stop the current one
        given = relinking.configured(app)
    if given.fingerprint == links.fingerprint:
        linking = relinking.linking_of(app, given)
        return linking if links.beside is None else taking_over(linking, links.beside)
    raise UsageError(f"a worker's configuration gives no links of {links.fingerprint}")
