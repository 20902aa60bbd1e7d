"""The shape of a mail in words: headings, cards and lines that HTML and text formats print as they stand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled sentence; the label may be empty."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A proof to open. Without url it is only told."""

    text: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One agreement. `badge` is a short mark beside the title, empty mostly."""

    ref: str
    title: str
    title_lang: str
    badge: str
    lines: tuple[Line, ...]
    links: tuple[Link, ...]
    actions: tuple[Link, ...] = ()  # what its reader may do; addresses are marks that `personal` fills


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with what stands under it. `kind`: cards | list | lines | chart."""

    code: str
    kind: str
    heading: str
    intro: str
    common_heading: str = ""
    common: tuple[Line, ...] = ()  # what most of the cards share, said once
    cards: tuple[Card, ...] = ()
    lines: tuple[Line, ...] = ()
    more: str = ""
    picture: str = ""  # name of the chart, as in charts.CHARTS
    alt: str = ""  # of the chart
    table: tuple[Line, ...] = ()  # the chart's numbers, for readers without pictures


@dataclass(frozen=True, slots=True)
class Letter:
    """The whole mail in words."""

    lang: str
    subject: str
    title: str
    subtitle: str
    warning: str  # that everything is invented, empty for real data
    notes: tuple[str, ...]  # to be read first: that it is a correction, that topics were chosen
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    footer_links: tuple[Link, ...] = ()  # addresses are marks
