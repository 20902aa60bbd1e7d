"""Ad hoc tagging without a database: one JSON line in, one answer out, same order."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from monitor.articles.choose import judge
from monitor.articles.types import Classifier, Judgement, TextItem
from monitor.core.given import BadLine, read_object
from monitor.core.ids import PlaceId
from monitor.core.ledger import Reason
from monitor.linking.likeness import Vector
from monitor.linking.types import FindMentions, LinkArticle, LinkInput, LinkResult, Mention

_BATCH = 64
_SHOWN = 60  # letters of a value that we could not use
_HALF_SURROGATE = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile("([a-z]{2,3})(?:[-_][a-z0-9_-]*)?", re.IGNORECASE)  # be, RU, be-tarask


@dataclass(frozen=True, slots=True)
class Item:
    """One readable input line."""

    id: str
    title: str
    text: str
    lang: str  # "" where not given
    published_on: date | None
    outlet_region: PlaceId | None
    ignored: tuple[str, ...] = ()  # optional fields that could not be used, and why


@dataclass(frozen=True, slots=True)
class Tagger:
    """The parts of an answer, put together by the wiring."""

    classifier: Classifier
    find: FindMentions
    link: LinkArticle
    name_features: Callable[[Sequence[Mention]], tuple[float, ...]]
    language: Callable[[str, str], str]  # (title, text) -> ISO code, "" when undecided
    region: Callable[[str], PlaceId | None]

    def answers(self, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
        """One answer a line, in order; blank lines are passed over. Never raises on a line."""
        batch: list[Item | BadLine] = []
        for number, line in enumerate(lines, 1):
            if line.strip():
                batch.append(read_line(number, line, self.region))
            if len(batch) == _BATCH:
                yield from self._answer(batch)
                batch = []
        yield from self._answer(batch)

    def _answer(self, batch: Sequence[Item | BadLine]) -> Iterator[dict[str, Any]]:
        items = [item for item in batch if isinstance(item, Item)]
        answers = iter(self.tag(items))
        for entry in batch:
            if isinstance(entry, BadLine):
                yield {"id": None, "line": entry.line, "reason": entry.reason}
            else:
                yield next(answers)

    def tag(self, items: Sequence[Item]) -> list[dict[str, Any]]:
        """Answers for items, each as described in docs/formats.md."""
        langs = [item.lang or self.language(item.title, item.text) for item in items]
        mentions = [
            self.find(item.title, item.text, lang, item.outlet_region)
            for item, lang in zip(items, langs, strict=True)
        ]
        texts = [
            TextItem(item.title, item.text, self.name_features(found))
            for item, found in zip(items, mentions, strict=True)
        ]
        if not items:
            return []
        scores = self.classifier.score(texts)
        made = []
        for i, item in enumerate(items):
            reason = _no_answer(item, langs[i])
            judgement = judge(
                float(scores.gate[i]), scores.topics[i].tolist(), self.classifier.labels,
                self.classifier.thresholds,
            )  # fmt: skip
            if reason is not None:
                answer = _unanswered(item, langs[i], reason)
            else:
                links = self._links(item, langs[i], mentions[i], judgement, scores.vectors[i])
                answer = _answered(item, langs[i], judgement, mentions[i], links)
            made.append(answer | ({"ignored": list(item.ignored)} if item.ignored else {}))
        return made

    def _links(
        self, item: Item, lang: str, mentions: tuple[Mention, ...], judgement: Judgement, vector: Vector
    ) -> LinkResult:
        if judgement.label is False:
            return LinkResult((), (), Reason.BELOW_GATE)
        return self.link(
            LinkInput(
                title=item.title,
                text=item.text,
                lang=lang,
                published_on=item.published_on,
                outlet_region=item.outlet_region,
                mentions=mentions,
                topics={tag.topic: tag.p for tag in judgement.topics},
                vectors={self.classifier.embedder: vector},
            )
        )


def read_line(number: int, line: bytes, region: Callable[[str], PlaceId | None]) -> Item | BadLine:
    """One input line, or why it cannot be read."""
    return read_object(number, line, lambda raw: _item(raw, region), texts=("id", "title", "text"))


def _item(raw: dict[str, Any], region: Callable[[str], PlaceId | None]) -> Item:
    for key in ("lang", "published", "outlet_region"):
        if raw.get(key) is not None and not isinstance(raw[key], str):
            raise ValueError(f"{key} must be a string")
    said_lang, said_region = _whole(raw.get("lang") or ""), _whole(raw.get("outlet_region") or "")
    lang = _LANGUAGE.fullmatch(said_lang)
    home = region(said_region) if said_region else None
    ignored = []
    if said_lang and lang is None:
        ignored.append(f"lang: {said_lang[:_SHOWN]!r} is no code of a language")
    if said_region and home is None:
        ignored.append(f"outlet_region: {said_region[:_SHOWN]!r} is no region that we know")
    return Item(
        id=raw["id"],
        title=_whole(raw["title"]),
        text=_whole(raw["text"]),
        lang=lang[1].lower() if lang else "",
        published_on=datetime.fromisoformat(raw["published"]).date() if raw.get("published") else None,
        outlet_region=home,
        ignored=tuple(ignored),
    )


def _whole(text: str) -> str:
    return _HALF_SURROGATE.sub("\ufffd", text)  # one for one: offsets stay those of the input


def _no_answer(item: Item, lang: str) -> Reason | None:
    if not any(char.isalpha() for char in item.title + item.text):
        return Reason.NO_TEXT
    return None if lang else Reason.LANGUAGE_NOT_READ


def _unanswered(item: Item, lang: str, reason: Reason) -> dict[str, Any]:
    return {
        "id": item.id,
        "lang": lang or None,
        "cooperation": {"p": None, "label": None},
        "topics": [],
        "undecided": [],
        "parties": [],
        "links": [],
        "reason": reason.value,
    }


def _answered(
    item: Item, lang: str, judgement: Judgement, mentions: Sequence[Mention], found: LinkResult
) -> dict[str, Any]:
    published = [tag for tag in judgement.topics if tag.published]
    return {
        "id": item.id,
        "lang": lang,
        "cooperation": {"p": round(judgement.gate_p, 4), "label": judgement.label},
        "topics": [{"id": tag.topic, "p": round(tag.p, 4)} for tag in published],
        "undecided": [tag.topic for tag in judgement.topics if tag not in published],
        "parties": [
            {"place": m.place, "field": m.field, "start": m.start, "end": m.end, "text": m.text}
            for m in mentions
        ],
        "links": [
            {
                "agreement": link.member or link.family,
                "member": link.member is not None,
                "p": round(link.p, 4),
                "depth": link.depth,
                "stage": link.stage,
                "evidence": [asdict(e) for e in link.evidence],
            }
            for link in found.links
        ],
        "reason": None,
    }
