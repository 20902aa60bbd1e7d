"""A row of a report that was made in one language, named in another. Pure."""

from dataclasses import replace

from monitor.reports.row_types import Member, Row
from monitor.reports.rows import Names


def renamed(row: Row, names: Names) -> Row:
    """The row with parties, topics, outlets and titles in the language of `names`; its numbers as they were.

    What the register has lost since, or what an older program kept without an id, stays as it is.
    """
    known = names.register.places
    is_placed = bool(row.own_places or row.other_places) and known.keys() >= {
        *row.own_places,
        *row.other_places,
    }
    watched = row.watched
    return replace(
        row,
        members=tuple(_member(member, names) for member in row.members),
        own_side=names.parties(row.own_places) if is_placed else row.own_side,
        other_side=names.parties(row.other_places) if is_placed else row.other_side,
        topic_titles=tuple(
            names.topic(topic) if topic in names.register.topics else title
            for topic, title in zip(row.topics, row.topic_titles, strict=True)
        ),
        ask=names.place_name(known[row.ask_place]) if row.ask_place and row.ask_place in known else row.ask,
        watched=replace(
            watched,
            silent_outlets=names.outlets(watched.silent_sources)
            if watched.silent_sources
            else watched.silent_outlets,
        ),
    )


def _member(member: Member, names: Names) -> Member:
    agreement = names.register.agreements.get(member.id)
    if agreement is None:
        return member
    title, title_lang = names.title(agreement)
    return replace(member, title=title, title_lang=title_lang) if title_lang != member.title_lang else member
