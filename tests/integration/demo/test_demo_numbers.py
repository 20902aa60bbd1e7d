"""The demo walked once with the n-gram model: its mail and sheet against the table, and against plain SQL.

The SQL below is written by hand from docs/method.md and shares no code with the counting function.
"""

import email
import json
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from monitor.demo.press import Press
from monitor.demo.walk import Plan, walk
from tests.quick_model import learning_quickly
from tests.read_reports import gaps_in_html, gaps_in_text, sheet_rows

pytestmark = pytest.mark.slow  # a whole demonstration is walked: a minute of the ten that `make test` has
WEEK, FIRST, AFTER = "2026-W46", "2026-09-16 21:00:00", "2026-11-15 21:00:00"  # days of Minsk, in UTC


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished demo."""
    folder = tmp_path_factory.mktemp("numbers")
    with learning_quickly(folder):
        walk(folder / "demo", Plan(model="ngram"))
    return folder / "demo"


@pytest.fixture(scope="module")
def table(home: Path) -> dict[str, Any]:
    """What `monitor gaps --json` says of the Mogilev Region."""
    words = ["--home", str(home), "gaps", "--region", "Могилёвская область", "--week", WEEK, "--json"]
    done = subprocess.run([sys.executable, "-m", "monitor", *words], capture_output=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def mail(home: Path) -> EmailMessage:
    """The one mail that went over SMTP."""
    (path,) = (home / "mail" / "new").glob("*.eml")
    return email.message_from_bytes(path.read_bytes(), policy=default)


@pytest.fixture
def sql(home: Path) -> Iterator[sqlite3.Connection]:
    """The demo's database, read only."""
    connection = sqlite3.connect(f"file:{home / 'monitor.sqlite'}?mode=ro", uri=True)
    yield connection
    connection.close()


def part(mail: EmailMessage, kind: str) -> bytes:
    (found,) = (p for p in mail.walk() if p.get_content_type() == kind)
    content = found.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_gaps_in_the_mail_are_those_of_the_table_with_the_same_numbers(
    mail: EmailMessage, table: dict[str, Any]
) -> None:
    rows = {row["family"]: row for row in table["rows"]}
    gaps = {family for family, row in rows.items() if row["state"] == "uncovered"}
    shown = gaps_in_html(part(mail, "text/html"))
    ordered = sorted(gaps, key=lambda family: (-rows[family]["score"], family))
    assert {s.family for s in shown if s.family in rows} == set(ordered[:10])  # the mail shows ten
    assert len(gaps) >= 5
    assert gaps_in_text(part(mail, "text/plain")) == shown
    for card in shown:
        row = rows.get(card.family)
        if row is None:
            continue  # a national one: not in the region's table
        reasons = row["reasons"]
        assert (card.originals, card.norm) == (row["counts"]["originals"], row["norm"])
        assert (card.observed, card.scope) == (reasons["sources_observed"], reasons["sources_in_scope"])
        assert card.weeks == round(reasons["weeks"])
        assert card.percent == f"{row['posterior']['p_below_norm'] * 100:.0f}"


def test_every_row_of_the_sheet_is_the_row_of_the_table(mail: EmailMessage, table: dict[str, Any]) -> None:
    sheet = {row["Номер"]: row for row in sheet_rows(part(mail, SHEET), "Пробелы") if row["Номер"]}
    for row in table["rows"]:
        line, counts, posterior = sheet[row["family"]], row["counts"], row["posterior"]
        assert line["Найдено материалов"] == counts["originals"]
        assert line["Статей с перепечатками и переводами"] == counts["articles"]
        assert line["Из них переводов"] == len(counts["translation_ids"])
        assert line["Норма"] == row["norm"]
        assert line["Вероятность пробела"] == pytest.approx(posterior["p_below_norm"], abs=1e-9)
        assert line["Недель полного чтения"] == pytest.approx(row["exposure"], abs=1e-9)
        assert (line["не меньше (95\u00a0%)"], line["не больше (95\u00a0%)"]) == (
            posterior["lo"],
            posterior["hi"],
        )


def test_articles_and_originals_can_be_counted_by_hand(
    table: dict[str, Any], sql: sqlite3.Connection
) -> None:
    counted = sql.execute(
        """
        with counted as (
          select l.family_id as family, a.id as article, a.cluster_id as story,
                 (select min(b.published_at) from articles b where b.cluster_id = a.cluster_id) as dated
          from articles a
          join taggings t on t.article_id = a.id and t.label = 1
          join versions tv on tv.id = t.version_id and tv.is_current = 1
          join articles origin on origin.cluster_id = a.cluster_id
          join links l on l.article_id = origin.id and l.p >= 0.5
          join versions lv on lv.id = l.version_id and lv.is_current = 1
          join taggings ot on ot.article_id = origin.id and ot.version_id = tv.id and ot.label = 1
        )
        select family, count(distinct article), count(distinct story)
        from counted where dated >= ? and dated < ? group by family
        """,
        (FIRST, AFTER),
    ).fetchall()
    by_hand = {family: (articles, originals) for family, articles, originals in counted}
    told = {r["family"]: (r["counts"]["articles"], r["counts"]["originals"]) for r in table["rows"]}
    assert told == {family: by_hand.get(family, (0, 0)) for family in told}
    assert sum(originals for _, originals in told.values()) >= 15


def test_a_number_can_be_followed_to_the_words_that_prove_it(
    table: dict[str, Any], sql: sqlite3.Connection
) -> None:
    seen = 0
    for row in table["rows"]:
        for article in row["counts"]["origin_ids"]:
            evidence = sql.execute(
                "select l.evidence, a.title, a.text from links l join articles a on a.id = l.article_id "
                "where a.cluster_id = (select cluster_id from articles where id = ?) and l.family_id = ?",
                (article, row["family"]),
            ).fetchall()
            assert evidence
            for words, title, text in evidence:
                for one in json.loads(words):
                    field = title if one["field"] == "title" else text
                    assert field[one["start"] : one["end"]] == one["text"]
                    seen += 1
    assert seen >= 30


def test_each_reprint_counts_once(sql: sqlite3.Connection) -> None:
    truth = {item.url: item for item in Press().truth()}
    stories: dict[int, set[str]] = defaultdict(set)
    for url, story in sql.execute("select listed_url, cluster_id from articles where state = 'ready'"):
        item = truth[url]
        stories[story].add(item.is_copy_of or item.url)
    n_copies = sum(bool(item.is_copy_of) for item in truth.values())
    assert n_copies >= 50
    assert all(len(origins) == 1 for origins in stories.values())
    assert len(stories) == len({item.is_copy_of or item.url for item in truth.values()})


def test_dead_and_silent_sources_are_blind_spots(
    home: Path, mail: EmailMessage, table: dict[str, Any]
) -> None:
    observed = {w["source"]: w["observed_share"] for w in table["watch"]}
    assert observed["demo-selskaya-iskra"] == observed["demo-utro-nad-sozhem"] == 0
    assert observed["demo-vestnik-u-bereziny"] < 0.6
    text = part(mail, "text/plain").decode()
    blind = text[text.index("ЧЕГО МЫ НЕ ВИДИМ") : text.index("ГОД К ГОДУ")]
    for name in ("Сельская искра", "Утро над Сожем", "Вестник у Березины", "Шкловские вечера"):
        assert name in blind
    for row in table["rows"]:
        if row["state"] in ("uncovered", "thin"):
            assert row["exposure"] * row["recall"] >= 0.3 * row["reasons"]["weeks"]
            assert row["reasons"]["sources_observed"] < row["reasons"]["sources_in_scope"]


def test_a_press_that_is_wholly_out_has_no_gaps(home: Path, tmp_path: Path) -> None:
    """The same database with every poll turned into a failure: nothing may be called a gap."""
    copy = tmp_path / "home"
    subprocess.run(["cp", "-r", str(home), str(copy)], check=True)
    with sqlite3.connect(copy / "monitor.sqlite") as changed:
        changed.execute("update checks set ending = 'failed', reason = 'timeout' where at > '2026-09-18'")
    changed.close()
    words = ["--home", str(copy), "gaps", "--week", WEEK, "--json"]
    done = subprocess.run([sys.executable, "-m", "monitor", *words], capture_output=True, check=True)
    states = {row["state"] for row in json.loads(done.stdout)["rows"]}
    assert states == {"unmeasured", "not_due"}


def test_the_redirect_to_a_private_address_is_refused_and_recorded(sql: sqlite3.Connection) -> None:
    polls = sql.execute(
        "select distinct ending, reason, detail from checks where source_id = 'demo-utro-nad-sozhem'"
    ).fetchall()
    assert [(ending, reason) for ending, reason, _ in polls] == [("failed", "private_address")]
    assert "10.0.0.8" in polls[0][2]
    in_ledger = sql.execute(
        "select stage, reason from ledger where source_id = 'demo-utro-nad-sozhem'"
    ).fetchall()
    assert in_ledger == [("poll", "private_address")]


def test_planned_and_expired_agreements_are_not_due(table: dict[str, Any], sql: sqlite3.Connection) -> None:
    status = dict(sql.execute("select id, status from agreements").fetchall())
    kind = dict(sql.execute("select id, kind from agreements").fetchall())
    by_family: dict[str, list[str]] = defaultdict(list)
    for agreement, family in sql.execute("select id, family_id from agreements where family_id is not null"):
        by_family[family].append(agreement)
    checked = 0
    for row in table["rows"]:
        alive = [
            a
            for a in by_family[row["family"]]
            if status[a] in ("in_force", "signed") and kind[a] not in ("intent", "aggregate")
        ]
        if not alive:
            assert row["state"] == "not_due"
            checked += 1
    assert checked >= 5


def test_what_the_press_neglects_is_what_is_called_uncovered(table: dict[str, Any]) -> None:
    neglected = {f"AGR-{n:04d}" for n in range(160, 197)}
    gaps = {row["family"] for row in table["rows"] if row["state"] == "uncovered"}
    assert len(gaps) >= 8
    assert len(gaps & neglected) / len(gaps) >= 0.85  # as sure as a gap claims to be


def test_every_part_of_the_mail_says_that_the_news_is_invented(mail: EmailMessage) -> None:
    for kind in ("text/plain", "text/html"):
        assert "вымышлены" in part(mail, kind).decode()[:20000]
    assert mail["Message-ID"] == "<2026-w46-by-mogilev-region-ru.1@coverage.example>"
