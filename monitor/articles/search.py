"""Stage: reads the words of articles that the search does not know. Killable: each batch is a transaction."""

from collections.abc import Sequence
from datetime import tzinfo
from itertools import compress

from monitor.articles import search_store as store
from monitor.articles.lemmas import RULES, Lemmas
from monitor.articles.search_words import ANY, document, facet
from monitor.articles.store import hashes_of
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.progress import Progress, silent
from monitor.core.runs import find_fact, hold_ground, put_fact

_BATCH = 200
_FORGOTTEN = 2000  # at once: PostgreSQL walks over what is gone until it is swept
_RULES = "search.rules"  # fact: how the words of the index were read


def index_due(
    *, db: Db, lemmas: Lemmas, zone: tzinfo, limit: int | None = None, progress: Progress = silent
) -> Counts:
    """Read the articles that are due, at most `limit`; all are where the rules have changed.

    Counts: indexed, forgotten.
    """
    counts = Counts()
    _forget_other_rules(db, f"{RULES} {lemmas.fingerprint} {zone}", counts)
    with db.reading() as tx:
        due = store.due_for_index(tx, limit=limit)
    for start in range(0, len(due), _BATCH):
        with db.reading() as tx:
            unread = store.read_due(tx, due[start : start + _BATCH])
        read = [
            store.Read(
                one.id,
                one.at.astimezone(zone).date(),
                document(lemmas, one.title, one.text, one.lang, facets(one.source_id, one.lang)),
            )
            for one in unread
        ]
        with db.begin() as tx:
            hold_ground(tx)  # a text that was revised meanwhile stays due: its old words would stay for ever
            now = hashes_of(tx, [one.id for one in unread])
            same = [now.get(one.id) == one.content_hash for one in unread]
            store.record_words(tx, list(compress(read, same)))
        if n := sum(same):
            counts.add("indexed", n)
        progress("articles", counts["indexed"], len(due))
    return counts


def facets(source: str, lang: str) -> Sequence[str]:
    """The words that stand for an article's outlet and language, and one that all have."""
    return facet("outlet", source), facet("lang", lang), ANY


def _forget_other_rules(db: Db, rules: str, counts: Counts) -> None:
    """Empty the index where it was read by other rules; the fact comes last, so that a kill begins anew."""
    with db.reading() as tx:
        if find_fact(tx, _RULES) == rules:
            return
    while True:
        with db.begin() as tx:
            n = store.forget_some(tx, limit=_FORGOTTEN)
            if not n:
                put_fact(tx, _RULES, rules)
                return
        counts.add("forgotten", n)
