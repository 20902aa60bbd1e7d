"""Sentences about one row of a report, in its language: the same for the mail's HTML and text. Pure."""

from collections.abc import Sequence

from monitor.reports.catalogue import Catalogue
from monitor.reports.types import Member, Row

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
        step = next(key for least, key in _SURE_STEPS if p >= least)
        return self._words.say(f"sure.{step}", percent=self._words.percent(p))

    def sides(self, row: Row) -> str:
        """The parties, own side first."""
        own, other = (self._words.say("separator").join(side) for side in (row.own_side, row.other_side))
        return self._words.say("sides", own=own, other=other) if own and other else own or other

    def since(self, row: Row) -> str:
        """When the speaking agreement was signed and until when it runs."""
        member = row.members[0]
        signed, until = (self._words.partial_day(day) for day in (member.signed, member.valid_until))
        if signed:
            key = "since.signed_until" if until else "since.signed"
        else:
            key = "since.until" if until else "since.undated"
        return self._words.say(key, day=signed, until=until)

    def why(self, row: Row) -> str:
        """Why it is called a gap: whose agreement it is and what the norm asks."""
        who = row.kind if row.kind in ("company", "university") else row.level
        norm = self._words.count("n.materials_least", row.watched.norm)
        sentences = [
            self._words.say(
                "why.norm",
                who=self._words.coded("who", who),
                weeks=self.weeks_for(row.watched.weeks),
                norm=norm,
            )
        ]
        if row.is_new:
            sentences.append(self._words.say("why.new"))
        if row.why_state == "gap_held":
            sentences.append(self._words.say("why.held"))
        return " ".join(sentences)

    def seen(self, row: Row) -> str:
        """What was found, in how long, in how many outlets."""
        sentences = [
            self._words.say(
                "seen.found",
                materials=self.materials(row.counted.originals),
                weeks=self.weeks_for(row.watched.weeks),
                observed=self._words.number(row.watched.sources_observed),
                scope=self._words.count("n.of_outlets", row.watched.sources_in_scope),
            )
        ]
        if row.counted.last_on is not None:
            sentences.append(self._words.say("seen.last", day=self._words.day(row.counted.last_on)))
        return " ".join(sentences)

    def near(self, row: Row) -> str:
        """What was close to being counted, empty when nothing was."""
        near = {
            "sibling_links": row.counted.sibling_links,
            "below_gate_pairs": row.counted.below_gate_pairs,
            "undecided": row.counted.undecided,
            "unread_pages": row.counted.unread_pages,
        }
        said = [self._words.say(f"near.{k}", n=self._words.number(n)) for k, n in near.items() if n]
        said += [self._words.coded("flag", flag) for flag in row.flags]
        return "; ".join(said)

    def silent(self, row: Row) -> str:
        """Which outlets wrote nothing though we read them."""
        named, total = row.watched.silent_outlets, row.watched.n_silent_outlets
        if not total:
            return self._words.say("silent.none")
        quoted = [self._words.say("quoted", name=name) for name in named]
        if total > len(named):
            quoted.append(self._words.count("n.outlets_more", total - len(named)))
        return self._words.say("separator").join(quoted)

    def story(self, row: Row) -> str:
        """A lead for a story from the documented topics."""
        if row.topics:
            question = self._words.coded("story", row.topics[0])
            line = self._words.say("story_line.ask", topic=row.topic_titles[0], question=question)
        else:
            line = self._words.say("story_line.no_topic")
        return f"{line} {self._words.say('story_line.where', ask=self.ask(row))}"

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
        return self.titles([self.quoted(member.title) for member in row.members[1:]])

    def titles(self, titles: Sequence[str]) -> str:
        """A few titles in one line, the rest counted."""
        shown = self._words.say("separator").join(titles[:TITLES_SHOWN])
        rest = len(titles) - TITLES_SHOWN
        if rest <= 0:
            return shown
        return self._words.say("and_more", names=shown, n=self._words.number(rest))

    def quoted(self, title: str) -> str:
        """A title in quotation marks; bare where it brings its own."""
        return title if "«" in title else self._words.say("quoted", name=title)


def _whole(weeks: float) -> int:
    """Weeks as people say them: nearest whole number, halves up."""
    return int(weeks + 0.5)
