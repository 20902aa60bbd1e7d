"""The register: looked through, and one agreement edited in a form - checked, shown, written, its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from monitor.core.errors import InputError, OutsideError, UsageError
from monitor.core.ids import AgreementId
from monitor.register.columns import COLUMNS, cells_of, raw_of
from monitor.register.store import changes
from monitor.register.types import Agreement
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.plain import one_line
from monitor.web.asked import Asked, RefusedError, Shown
from monitor.web.codes import column_title
from monitor.web.counting import count_anew
from monitor.web.desk import Desk
from monitor.web.leaf import leaf_of, page_in
from monitor.web.typed import edited, marks_of
from monitor.web.words import moment, page_words
from monitor.wiring import App, registering
from monitor.wiring.registering import StaleError
from monitor.wiring.relinking import Standing

_ROWS_A_PAGE = 60
_ALWAYS = "id"  # the row's own key is no field of the form


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One agreement in the list."""

    url: str
    number: str
    title: str
    title_lang: str
    status: str
    monitored: str


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Everything the list may use."""

    find: str
    shown: str
    lines: tuple[AgreementLine, ...]
    before_url: str  # empty on the first page
    after_url: str  # empty on the last one


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the form."""

    name: str  # of its column in the sheet
    label: str
    value: str
    rows: int


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Past:
    """One version that changed the agreement."""

    told: str
    fields: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """Everything the form may use."""

    number: str
    title: str
    cells: tuple[Cell, ...]
    based_on: str
    opened: str  # marks of the fields that `based_on` had
    problems: tuple[str, ...]
    typed: tuple[str, ...]  # of a form that came too late: fields that it had changed
    difference: tuple[Change, ...]  # what was checked and found good
    saved: str
    past: tuple[Past, ...]


def register_page(app: App, asked: Asked, _desk: Desk) -> Shown:
    """Agreements whose number or title has the words of the address."""
    words = page_words(asked.lang)
    find = one_line(asked.query.get("find", ""), 100)
    wanted = find.casefold().split()
    held = [one for one in app.register.agreements.values() if _has(one, wanted)]
    leaf = leaf_of(held, page_in(asked.query), _ROWS_A_PAGE)
    page = RegisterPage(
        find=find,
        shown=words.say("register.shown", part=leaf.span, total=words.number(leaf.n_all)),
        lines=tuple(_line(one, words) for one in leaf.rows),
        before_url=_list_url(find, leaf.number - 1) if leaf.has_before else "",
        after_url=_list_url(find, leaf.number + 1) if leaf.has_after else "",
    )
    return Shown("register", page)


def agreement_page(app: App, asked: Asked, desk: Desk) -> Shown:
    """One agreement as config/ has it. A POST checks the fields, and writes them where it says so."""
    number = asked.path["agreement"]
    raw = _row(app, number)
    if not asked.is_post:
        return Shown("agreement", _page(app, asked, raw, cells_of(raw)))
    cells = {name: _field(asked, name) for name in COLUMNS} | {_ALWAYS: number}
    problems: list[str] = []
    wanted = raw_of(cells, problems.append)
    if problems:
        return Shown("agreement", _page(app, asked, raw, cells, problems=problems, is_same_form=True), 422)
    try:
        return _checked(app, asked, desk, raw, cells, wanted)
    except InputError as error:
        told = [
            problem.reason if problem.where == number else f"{problem.where}: {problem.reason}"
            for problem in error.problems
        ]
        return Shown("agreement", _page(app, asked, raw, cells, problems=told, is_same_form=True), 422)
    except StaleError:
        return _stale(app, asked, number, cells)
    except (OutsideError, UsageError) as error:
        return Shown(
            "agreement", _page(app, asked, raw, cells, problems=[str(error)], is_same_form=True), 409
        )


def _checked(
    app: App, asked: Asked, desk: Desk, raw: Mapping[str, Any], cells: dict[str, str], wanted: dict[str, Any]
) -> Shown:
    words, number = page_words(asked.lang), str(raw["id"])
    found = registering.preview_row(app, wanted)
    fields = found.edits.changed.get(number, {})
    if not fields:
        said = [words.say("register.unchanged")]
        return Shown("agreement", _page(app, asked, raw, cells, problems=said, is_same_form=True), 422)
    if asked.field("do") != "save":
        return Shown(
            "agreement",
            _page(app, asked, raw, cells, difference=_shifts(fields, words), is_same_form=True),
        )
    if asked.user is None:
        raise RefusedError("not_yours", 403)
    done = registering.edit(app, wanted, based_on=asked.field("based_on"), by=asked.user)
    if done.standing is Standing.ADOPTED:
        count_anew(app, desk)
    saved = words.say(f"register.saved_{(done.standing or Standing.SAME).value}")
    now = _row(app, number)
    return Shown("agreement", _page(app, asked, now, cells_of(now), saved=saved))


def _stale(app: App, asked: Asked, number: str, cells: Mapping[str, str]) -> Shown:
    """The agreement as somebody else has saved it, who that was, and what came too late, to be copied."""
    words, now, who = page_words(asked.lang), _row(app, number), registering.last_editor(app, number)
    said = words.say("register.stale_by", who=who) if who else words.say("register.stale")
    held = cells_of(now)
    typed = tuple(
        f"{column_title(words, name)}: {cells[name]}"
        for name in edited(asked.field("opened"), cells, held)
        if cells[name]
    )
    return Shown("agreement", _page(app, asked, now, held, problems=[said], typed=typed), 409)


def _page(
    app: App,
    asked: Asked,
    raw: Mapping[str, Any],
    cells: Mapping[str, str],
    *,
    problems: list[str] | None = None,
    typed: tuple[str, ...] = (),
    difference: tuple[Change, ...] = (),
    is_same_form: bool = False,
    saved: str = "",
) -> AgreementPage:
    """`is_same_form`: the cells are what the reader gave back; they stand on the row that was opened with
    them, whatever somebody has saved since."""
    number, words = str(raw["id"]), page_words(asked.lang)
    own = "title_ru" if words.titles_lang == "ru" else "title"
    return AgreementPage(
        number=number,
        title=one_line(str(raw.get(own) or raw.get("title") or number), 300),
        cells=tuple(
            Cell(name, column_title(words, name), cells[name], _rows(cells[name]))
            for name in COLUMNS
            if name != _ALWAYS
        ),
        based_on=asked.field("based_on") if is_same_form else registering.mark_of(raw),
        opened=asked.field("opened") if is_same_form else marks_of(cells),
        problems=tuple(one_line(problem, 300) for problem in problems or ()),
        typed=typed,
        difference=difference,
        saved=saved,
        past=_past(app, number, words),
    )


def _row(app: App, number: str) -> dict[str, Any]:
    try:
        rows = registering.rows_of(app)
    except InputError as error:
        raise RefusedError("register_broken", 503) from error
    for raw in rows:
        if raw.get("id") == number:
            return raw
    raise RefusedError("not_found", 404)


def _field(asked: Asked, name: str) -> str:
    return asked.field(name).replace("\r\n", "\n")


def _rows(value: str) -> int:
    """Lines of the field: as many as it holds, and room for a long one."""
    return min(12, max(1, sum(1 + len(line) // 80 for line in value.split("\n"))))


def _past(app: App, number: str, words: Catalogue) -> tuple[Past, ...]:
    with app.ready_db.reading() as tx:
        held = changes(tx, AgreementId(number))
    return tuple(
        Past(
            words.say(
                "register.version",
                day=moment(words, one.at.astimezone(app.zone)),
                version=one.version,
                change=words.say(f"register.change_{one.change}"),
            ),
            _shifts(one.fields, words),
        )
        for one in reversed(held)
    )


def _shifts(fields: Mapping[str, tuple[Any, Any]], words: Catalogue) -> tuple[Change, ...]:
    return tuple(
        Change(column_title(words, name), told_value(before), told_value(after))
        for name, (before, after) in fields.items()
    )


def told_value(value: object) -> str:
    """A value of the register as people write it in its sheet; a dash where there is none."""
    if isinstance(value, Mapping):
        return " | ".join(told_value(part) for part in value.values())
    if isinstance(value, list | tuple):
        return "; ".join(told_value(part) for part in value) or "–"
    return "–" if value in (None, "") else one_line(str(value), 500)


def _list_url(find: str, page: int) -> str:
    return "/register?" + urlencode({**({"find": find} if find else {}), "page": page})


def _has(agreement: Agreement, wanted: list[str]) -> bool:
    text = f"{agreement.id} {agreement.title} {agreement.title_ru}".casefold()
    return all(word in text for word in wanted)


def _line(agreement: Agreement, words: Catalogue) -> AgreementLine:
    is_russian = words.titles_lang == "ru" and bool(agreement.title_ru)
    return AgreementLine(
        url=f"/agreement/{quote(agreement.id)}",
        number=agreement.id,
        title=one_line(agreement.title_ru if is_russian else agreement.title, 300),
        title_lang="ru" if is_russian else "en",
        status=catalogue(words.lang).coded("status", agreement.status.value),
        monitored=words.say("register.yes" if agreement.monitored else "register.no"),
    )
