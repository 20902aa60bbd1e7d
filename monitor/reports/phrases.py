"""Sentences about one row of a report, in its language: the same for the mail's HTML and text. Pure."""

from collections.abc import Sequence

from monitor.reports.catalogue import Catalogue
from monitor.reports.row_types import Member, Row, Tally
from monitor.reports.unseen import unseen_lines

TITLES_SHOWN = 3  # sibling agreements named in one line
_SURE_STEPS = ((0.97, "p97"), (0.92, "p92"), (0.85, "p85"), (0.0, "p00"))


class Phrases:
    """Says what a row holds. Every number comes from the row as it is."""

    def __init__(self, words: Catalogue) -> None:
        self._words = words

    def weeks_for(self, weeks: float) -> str:
        """How long, as in "for 9 weeks"."""
        return self._words.count("n.weeks_for", _whole(weeks))

    def weeks(self, weeks: float) -> str:
        """How long, as in "9 weeks"."""
        return self._words.count("n.weeks", _whole(weeks))

    def materials(self, n: int) -> str:
        """A number of original reports."""
        return self._words.count("n.materials", n)

    def sure(self, p: float) -> str:
        """A probability in plain words and per cent."""
        step = next(key for least, key in _SURE_STEPS if round(p, 2) >= least)  # as the per cent are shown
        return self._words.say(f"sure.{step}", percent=self._words.percent(p))

    def gap(self, row: Row) -> str:
        """How sure it is that this is a gap, and that it is an old one if only that keeps it."""
        sure = self.sure(row.certainty.p_gap)
        return self._words.say("sure.held", sure=sure) if row.why_state == "gap_held" else sure

    def weight(self, row: Row) -> str:
        """Why the row stands where it stands in the list: the parts of the order that it has."""
        weight = row.weight
        if weight is None:
            return ""
        parts = [self._words.coded("weight", row.level)]
        parts += [
            self._words.say(f"weight.{name}")
            for name, points in (("target", weight.target), ("date", weight.date))
            if points
        ]
        parts.append(self._words.say("weight.waiting" if weight.is_waiting else "weight.shown"))
        return "; ".join(parts)

    def sides(self, row: Row) -> str:
        """The parties, own side first."""
        own, other = (self._words.list(side) for side in (row.own_side, row.other_side))
        return self._words.say("sides", own=own, other=other) if own and other else own or other

    def parties(self, row: Row) -> str:
        """The parties and, where known, the dates of the speaking agreement."""
        sides, since = self.sides(row), self.since(row)
        return self._words.say("sides_since", sides=sides, since=since) if sides and since else sides or since

    def since(self, row: Row) -> str:
        """When the speaking agreement was signed and until when it runs; empty where neither is known."""
        member = row.members[0]
        signed, until = (self._words.partial_day(day) for day in (member.signed, member.valid_until))
        if not signed and not until:
            return ""
        key = "since.until" if not signed else "since.signed_until" if until else "since.signed"
        return self._words.say(key, day=signed, until=until)

    def norm(self, row: Row) -> str:
        """What the norm asks for in the time watched."""
        norm = self._words.count("n.materials_least", row.watched.norm)
        return self._words.say("norm.line", norm=norm, weeks=self.weeks_for(row.watched.weeks))

    def seen(self, row: Row) -> str:
        """What was found, in how long, in how many outlets, and when the last of it appeared."""
        found = self._words.say(
            "seen.found",
            materials=self.materials(row.counted.originals),
            weeks=self.weeks_for(row.watched.weeks),
            observed=self._words.number(row.watched.sources_observed),
            scope=self._words.count("n.of_outlets", row.watched.sources_in_scope),
        )
        if row.counted.last_on is None:
            return found
        return self._words.say("seen.last", found=found, day=self._words.day(row.counted.last_on))

    def near(self, row: Row) -> str:
        """What was close to being counted, empty when nothing was."""
        near = {
            "translations": len(row.counted.translations),
            "sibling_links": row.counted.sibling_links,
            "below_gate_pairs": row.counted.below_gate_pairs,
            "undecided": row.counted.undecided,
        }
        said = [self._words.say(f"near.{k}", n=self._words.number(n)) for k, n in near.items() if n]
        said += [self._words.coded("flag", flag) for flag in row.flags]
        return "; ".join(said)

    def stages(self, row: Row) -> str:
        """What the originals tell of: signing, result, ...; empty where that was not counted."""
        return self._tallied("link_stage", row.counted.stages)

    def depths(self, row: Row) -> str:
        """Where the originals name the sides; empty where that was not counted."""
        return self._tallied("link_depth", row.counted.depths)

    def _tallied(self, words: str, tallies: Sequence[Tally]) -> str:
        told = [
            self._words.say(
                "press.wrote_on", name=self._words.coded(words, one.code), n=self._words.number(one.n)
            )
            for one in tallies
        ]
        return "; ".join(told)

    def unseen(self, row: Row) -> str:
        """What may have kept stories from us, empty where nothing did."""
        return "; ".join(unseen_lines(row, self._words))

    def silent(self, row: Row) -> str:
        """Which outlets wrote nothing though we read them."""
        named, total = row.watched.silent_outlets, row.watched.n_silent_outlets
        if not total:
            return self._words.say("silent.none")
        quoted = [self._words.quoted(name) for name in named]
        if total > len(named):
            quoted.append(self._words.count("n.outlets_more", total - len(named)))
        return self._words.list(quoted)

    def story(self, row: Row) -> str:
        """A lead for a story from the documented topics, and who would know."""
        if not row.topics:
            return self._words.say("story_line.no_topic", ask=self.ask(row))
        n = row.topics.index(row.lead_topic) if row.lead_topic in row.topics else 0
        question = self._words.coded("story", row.topics[n])
        return self._words.say(
            "story_line.ask", topic=row.topic_titles[n], question=question, ask=self.ask(row)
        )

    def source(self, row: Row) -> str:
        """Where the agreement is known from; empty for a register of the newsroom's own."""
        known = row.source in self._words.knows("source")
        return self._words.coded("source", row.source) if known else ""

    def ask(self, row: Row) -> str:
        """Who would know."""
        return self._words.say(f"ask.{row.ask_kind}", name=row.ask)

    def question(self, member: Member) -> str:
        """What to ask about an agreement that is not due."""
        reason = member.not_due
        if reason == "aggregate" and member.count:
            documents = self._words.count("n.documents", member.count)
            return self._words.say("pending.aggregate_count", documents=documents)
        return self._words.say(
            f"pending.{reason}",
            until=self._words.partial_day(member.valid_until),
            signed=self._words.partial_day(member.signed),
        )

    def unmeasured(self, row: Row) -> str:
        """Why nothing can be said."""
        return self._words.coded(
            "unmeasured",
            row.why_state,
            weeks=self.weeks_for(row.watched.weeks),
            exposure=self._words.number(row.watched.exposure_weeks, 1),
        )

    def siblings(self, row: Row) -> str:
        """Titles of the other agreements of the same parties, empty when there are none."""
        return self.titles([self._words.quoted(member.title) for member in row.members[1:]])

    def titles(self, titles: Sequence[str]) -> str:
        """A few titles in one line, the rest counted."""
        rest = len(titles) - TITLES_SHOWN
        shown = list(titles[:TITLES_SHOWN])
        if rest > 0:
            shown.append(self._words.say("more", n=self._words.number(rest)))
        return self._words.list(shown)


def _whole(weeks: float) -> int:
    """Weeks as people say them: nearest whole number, halves up."""
    return int(weeks + 0.5)
