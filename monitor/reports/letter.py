"""The mail in words: what HTML and text formats print, in reading order. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from monitor.core.ids import FamilyId
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.common import is_shared_by_all, lift
from monitor.reports.method import method_lines, wanted_topics
from monitor.reports.page import Card, Letter, Line, Link, Section
from monitor.reports.personal import LIST_ACTIONS, ROW_ACTIONS, mark
from monitor.reports.phrases import Phrases
from monitor.reports.row_types import Proof, Row
from monitor.reports.sections import (
    calendar_section,
    correction_section,
    dated,
    partners_section,
    press_section,
    shown_dates,
    topics_section,
    trend_section,
    yearly_section,
)
from monitor.reports.tokens import Action
from monitor.reports.types import BlindSpot, Report

LIST_LIMIT = 8  # rows of a short list; the sheet has all
COVERED_LIMIT = 5  # what was written about needs the least reading
LIFTED = (
    "weight",
    "norm",
    "seen",
    "silent",
    "unseen",
    "source",
)  # lines of a card that are much the same on every other one
LINKS_LIMIT = 3  # proofs of one card; in a list the newest one is enough
LIST_LINKS_LIMIT = 1


def letter(report: Report, *, is_linked: bool = False) -> Letter:
    """The mail of a report in its own language; `is_linked`: with the marks of its reader's links."""
    return _Writer(report, catalogue(report.lang), is_linked=is_linked).letter()


class _Writer:
    def __init__(self, report: Report, words: Catalogue, *, is_linked: bool) -> None:
        self.report = report
        self.is_linked = is_linked
        self.words = words
        self.phrases = Phrases(words)
        self.rows = {row.family: row for row in report.rows}
        self.proofs = {proof.article: proof for proof in report.articles}

    def letter(self) -> Letter:
        report, say = self.report, self.words.say
        sections = (self._quiet(),) if self._is_quiet() else self._sections()
        return Letter(
            lang=report.lang,
            subject=self._subject(),
            title=say("letter.title", region=report.region_name),
            subtitle=say(
                "letter.subtitle",
                week=report.week,
                from_day=self.words.day_in(report.from_on, report.to_on.year),
                to_day=self.words.day(report.to_on),
            ),
            warning=say("letter.demo") if report.is_demo else "",
            notes=self._notes(),
            lead=self._lead(),
            sections=tuple(section for section in sections if section is not None),
            footer=self._footer(),
            footer_links=self._footer_links(),
        )

    def _is_quiet(self) -> bool:
        own = self.report.sections
        return not (own.gaps or own.thin or own.closed or own.national or self.report.correction)

    def _sections(self) -> tuple[Section | None, ...]:
        report = self.report
        return (
            correction_section(report),
            self._gaps(),
            self._thin(),
            self._list("closed", report.sections.closed, self._short("found"), links=LIST_LINKS_LIMIT),
            self._list("national", report.sections.national, self._short("national")),
            self._pending(),
            calendar_section(report),
            topics_section(report),
            partners_section(report),
            trend_section(report),
            self._covered(),
            press_section(report),
            self._list(
                "undecided", report.sections.undecided, self._short("undecided"), links=LIST_LINKS_LIMIT
            ),
            self._list("unmeasured", report.sections.unmeasured, self.phrases.unmeasured),
            self._blind(),
            self._yearly(),
            self._method(),
        )

    def _quiet(self) -> Section:
        """A week without a gap to show: seven lines under the three of the lead."""
        report, words = self.report, self.words
        totals = report.totals
        told = [
            words.count("n.quiet_covered", len(report.sections.covered)),
            words.count("n.quiet_unsure", totals.undecided + len(report.sections.unmeasured)),
        ]
        told += [
            f"{self.words.quoted(row.members[0].title)}: {self._question(row)}"
            for row in self._of(report.sections.pending[:1])
        ]
        told += [dated(entry, report) for entry in shown_dates(report.calendar)[:1]]
        if report.blind_spots:
            told.append(words.count("n.blind_sources", len(report.blind_spots)))
        told += [line.text for line in self._yearly().lines[:1]]
        told.append(words.say("method.claim"))
        lines = tuple(Line("", text) for text in told)
        return Section("quiet", "lines", words.say("heading.quiet"), "", lines=lines)

    def _notes(self) -> tuple[str, ...]:
        report, notes = self.report, []
        if report.correction is not None:
            told = self.words.say("letter.correction", week=report.week, why=report.correction.why)
            notes.append(told.strip())
        if report.topics_wanted:
            notes.append(self.words.say("letter.topics", topics=wanted_topics(report)))
        return tuple(notes)

    def _subject(self) -> str:
        report, say = self.report, self.words.say
        n, day = report.totals.uncovered, self.words.day(report.to_on)
        gaps = self.words.count("n.agreements", n)
        weeks = self.phrases.weeks_for(report.method.watched_weeks)
        key = "letter.subject" if n else "letter.subject_quiet"
        subject = say(key, region=report.region_name, gaps=gaps, weeks=weeks, day=day)
        if report.correction is not None:
            subject = say("letter.correction_subject", subject=subject)
        return say("letter.demo_subject", subject=subject) if report.is_demo else subject

    def _lead(self) -> tuple[str, ...]:
        """Three sentences: how much is missing, what changed, where to start."""
        return self._lead_gaps(), self._lead_change(), self._lead_top()

    def _lead_gaps(self) -> str:
        totals, count = self.report.totals, self.words.count
        due = count("n.of_agreements", totals.due)
        if not totals.due:
            return self.words.say("lead.nothing_due")
        if not totals.measured:
            return self.words.say("lead.nothing_measured", due=due)
        if not totals.uncovered and not totals.thin:
            measured = self.words.number(totals.measured)
            return self.words.say("lead.no_gaps", measured=measured, due=due)
        numbers = {
            "weeks": self.phrases.weeks_for(self.report.method.watched_weeks),
            "gaps": count("n.agreements", totals.uncovered),
            "watched": self.words.number(totals.watched),
            "of": count("n.of_agreements", totals.watched),
            "n": self.words.number(totals.with_original),
            "on": count("n.on_agreements", totals.with_original),
            "thin": self.words.number(totals.thin),
        }
        if totals.watched == 1:
            return self.words.say("lead.one_gap" if totals.uncovered else "lead.one_thin", **numbers)
        is_all_thin = totals.thin == totals.with_original
        if not totals.uncovered:
            return self.words.say("lead.only_thin" if is_all_thin else "lead.thin", **numbers)
        told = [self.words.say("lead.gaps", **numbers)]
        # those watched are reported on, gaps, or neither: the three sentences add up
        unsure = totals.watched - totals.with_original - totals.uncovered
        if unsure > 0:
            told.append(self.words.say("lead.unsure", unsure=count("n.on_agreements", unsure)))
        if totals.with_original:
            key = "all_thin" if is_all_thin else "written_thin" if totals.thin else "written"
            told.append(self.words.say(f"lead.{key}", **numbers))
        return " ".join(told)

    def _lead_change(self) -> str:
        totals = self.report.totals
        if not self.report.has_previous:
            return self.words.say("lead.first")
        if not totals.new_gaps and not totals.closed_gaps:
            return self.words.say("lead.same")
        new, closed = self.words.number(totals.new_gaps), self.words.number(totals.closed_gaps)
        return self.words.say("lead.changed", new=new, closed=closed)

    def _lead_top(self) -> str:
        first = (*self.report.sections.gaps, *self.report.sections.thin)[:1]
        if not first:
            return self.words.say("lead.quiet_top" if self._is_quiet() else "lead.no_top")
        row = self.rows[first[0]]
        return self.words.say(
            "lead.top",
            title=self.words.quoted(row.members[0].title),
            found=self.phrases.materials(row.counted.originals),
            percent=self.words.percent(row.certainty.p_gap),
        )

    def _gaps(self) -> Section | None:
        cards = [self._card(row, self._gap_lines(row)) for row in self._of(self.report.sections.gaps)]
        left_out = self.report.totals.uncovered - len(cards)
        return self._cards("gaps", cards, left_out)

    def _thin(self) -> Section | None:
        cards = [self._card(row, self._thin_lines(row)) for row in self._of(self.report.sections.thin)]
        left_out = self.report.totals.thin - len(cards)
        return self._cards("thin", cards, left_out)

    def _pending(self) -> Section | None:
        report = self.report
        left_out = report.totals.not_due - len(report.sections.pending)
        return self._list(
            "pending", report.sections.pending, self._question, links=LIST_LINKS_LIMIT, left_out=left_out
        )

    def _covered(self) -> Section | None:
        """What was written about; of some silence would not have told, so nobody judges them."""
        families = self.report.sections.covered
        section = self._list(
            "covered", families, self._short("found"), links=LIST_LINKS_LIMIT, limit=COVERED_LIMIT
        )
        n_outside = len(families) - self.report.totals.covered
        if section is None or not n_outside:
            return section
        is_all, words = n_outside == len(families) > 1, self.words
        outside = words.say("intro.covered_none") if is_all else words.count("n.outside_judged", n_outside)
        return replace(section, intro=f"{section.intro} {outside}")

    def _gap_lines(self, row: Row) -> list[Line]:
        phrases = self.phrases
        named, beside = ("parties", phrases.parties(row)), ("same_parties", phrases.siblings(row))
        return self._lines(named, ("weight", phrases.weight(row)), *self._judgement(row), beside)

    def _thin_lines(self, row: Row) -> list[Line]:
        return self._lines(*self._judgement(row))

    def _judgement(self, row: Row) -> tuple[tuple[str, str], ...]:
        """Why the row stands here, what we saw and what could be written."""
        phrases = self.phrases
        return (
            ("gap", phrases.gap(row)),
            ("norm", phrases.norm(row)),
            ("seen", phrases.seen(row)),
            ("silent", phrases.silent(row)),
            ("unseen", phrases.unseen(row)),
            ("near", phrases.near(row)),
            ("lead", phrases.story(row)),
            ("source", phrases.source(row)),
        )

    def _question(self, row: Row) -> str:
        """What to ask about a document that is not due, and whom."""
        question, ask = self.phrases.question(row.members[0]), self.phrases.ask(row)
        return self.words.say("short.pending", question=question, ask=ask)

    def _lines(self, *parts: tuple[str, str]) -> list[Line]:
        return [Line(self.words.say(f"card.{label}"), text) for label, text in parts if text]

    def _short(self, key: str) -> Callable[[Row], str]:
        def say(row: Row) -> str:
            is_met = key == "undecided" and row.counted.originals >= row.watched.norm
            return self.words.say(
                f"short.{key}_met" if is_met else f"short.{key}",
                materials=self.phrases.materials(row.counted.originals),
                norm=self.words.number(row.watched.norm),
                weeks=self.phrases.weeks_for(row.watched.weeks),
                percent=self.words.percent(row.certainty.p_gap),
            )

        return say

    def _list(
        self,
        code: str,
        families: Sequence[FamilyId],
        say: Callable[[Row], str],
        *,
        links: int = 0,
        limit: int = LIST_LIMIT,
        left_out: int = 0,
    ) -> Section | None:
        """One line a family. `left_out`: how many more there are than `families`."""
        rows = self._of(families[:limit])
        cards = [
            replace(
                self._card(row, [Line("", say(row))], links),
                badge="",
                actions=self._actions(row, LIST_ACTIONS),
            )
            for row in rows
        ]
        section = self._cards(code, cards, len(families) - len(cards) + left_out)
        return section and replace(section, kind="list")

    def _cards(self, code: str, cards: Iterable[Card], left_out: int) -> Section | None:
        found = tuple(cards)
        if not found:
            return None
        intro = self.words.say(f"intro.{code}") if code in self.words.knows("intro") else ""
        more = self.words.count("card.more_in_sheet", left_out) if left_out > 0 else ""
        common, rest = lift(found, tuple(self.words.say(f"card.{label}") for label in LIFTED))
        heading = "common.all" if is_shared_by_all(found, common) else "common.most"
        return Section(
            code,
            "cards",
            self.words.say(f"heading.{code}"),
            intro,
            common_heading=self.words.say(heading),
            common=common,
            cards=rest,
            more=more,
        )

    def _card(self, row: Row, lines: list[Line], links: int = LINKS_LIMIT) -> Card:
        badge = self.words.say("card.new") if row.is_new else ""
        member = row.members[0]
        return Card(
            row.family,
            member.title,
            member.title_lang,
            badge,
            tuple(lines),
            self._links(row, links),
            self._actions(row, ROW_ACTIONS),
        )

    def _links(self, row: Row, limit: int) -> tuple[Link, ...]:
        """The newest originals to open; those of outlets that are not named are only counted."""
        if not limit:
            return ()
        proofs = [self.proofs[article] for article in row.counted.origins]
        links = [self._link(proof) for proof in proofs if proof.is_named][:limit]
        n_unnamed = sum(not proof.is_named for proof in proofs)
        if n_unnamed:
            links.append(Link(self.words.count("n.unnamed", n_unnamed), "", ""))
        return (*links, *self._related(row))

    def _related(self, row: Row) -> tuple[Link, ...]:
        """What the press wrote on other agreements of the same parties: a story could begin there."""
        named = [self.proofs[article] for article in row.related if self.proofs[article].is_named]
        links = [self._link(proof) for proof in named]
        return tuple(replace(k, note=self.words.say("card.related", note=k.note)) for k in links)

    def _link(self, proof: Proof) -> Link:
        day = self.words.day_in(proof.published_on, self.report.to_on.year) if proof.published_on else ""
        note = self.words.say("separator").join(part for part in (proof.outlet, day) if part)
        return Link(proof.title or proof.url, note, proof.url)

    def _blind(self) -> Section:
        spots = self.report.blind_spots
        lines = [Line("", self._spot(spot)) for spot in spots]
        n = self.report.method.sources_not_enabled
        if n:
            lines.append(Line("", self.words.count("n.no_address", n)))
        intro = self.words.say("intro.blind" if spots else "intro.blind_none")
        return Section("blind", "lines", self.words.say("heading.blind"), intro, lines=tuple(lines))

    def _spot(self, spot: BlindSpot) -> str:
        name = self.words.quoted(spot.name) if spot.name else self.words.say("unnamed_outlet")
        trouble = self.words.coded("trouble", spot.trouble)
        day = self.words.day(spot.since) if spot.since else ""
        line = self.words.say("blind.since" if day else "blind.line", name=name, trouble=trouble, day=day)
        seen = "blind.share" if spot.observed_share > 0 else "blind.never"
        return f"{line}; {self.words.say(seen, percent=self.words.percent(spot.observed_share))}"

    def _yearly(self) -> Section:
        return yearly_section(self.report, self.phrases.weeks_for(self.report.method.watched_weeks))

    def _method(self) -> Section:
        lines = tuple(Line("", text) for text in method_lines(self.report))
        return Section("method", "lines", self.words.say("heading.method"), "", lines=lines)

    def _footer(self) -> tuple[str, ...]:
        example = self.report.rows[0].family if self.report.rows else "AGR-0001"
        answer = self.words.say("letter.footer_answer", example=example)
        return answer, self.words.say("letter.footer_list"), self.words.say("letter.footer_leave")

    def _footer_links(self) -> tuple[Link, ...]:
        if not self.is_linked:
            return ()
        named = (("page", Action.REPORT), ("archive", Action.ARCHIVE), ("account", Action.ACCOUNT))
        return tuple(
            Link(self.words.say(f"letter.footer_{name}"), "", mark(action)) for name, action in named
        )

    def _actions(self, row: Row, actions: tuple[Action, ...]) -> tuple[Link, ...]:
        if not self.is_linked:
            return ()
        return tuple(
            Link(self.words.say(f"answer.{action.value}"), "", mark(action, row.family)) for action in actions
        )

    def _of(self, families: Iterable[FamilyId]) -> list[Row]:
        return [self.rows[family] for family in families]
