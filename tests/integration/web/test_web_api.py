"""The interface for machines: the numbers of the pages, tokens that may read some, parts, tags, problems."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from monitor.articles.tables import articles
from monitor.core.accounts import Role
from monitor.core.api_tokens import Scope, add_token, find_token, list_tokens, remove_token
from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.runs import close_run, open_run
from monitor.web.api.build import PATH, bare_api
from monitor.web.openapi import document
from tests.make import add_user
from tests.make_reports import MOGILEV
from tests.web_world import NOW, World, put_table

OPENAPI = Path(__file__).parents[3] / "docs" / "openapi.json"
REGION = f"region={MOGILEV}"
SCOPES = {
    Scope.GAPS: (
        "overview", "gaps", "families/{family}", "agreements", "agreements/{family}", "topics", "matrix",
    ),
    Scope.ARTICLES: ("articles", "articles/{article}", "search?q=гости"),
    Scope.SOURCES: ("sources", "outlets"),
    Scope.REPORTS: ("reports", "reports/{report}"),
    Scope.RUNS: ("runs",),
}  # fmt: skip


class Keys:
    """Makes keys while a world is made."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}

    def fill(self, tx: Tx) -> None:
        put_table(tx)
        add_user(tx, name="desk", role=Role.READER, password="correct horse battery", at=NOW)
        run = open_run(tx, "crawl", at=NOW)
        close_run(tx, run, at=NOW, ending="failed", counts={"read": 3}, error="a path of ours")
        for name, scopes in (("all", list(Scope)), *((scope.value, [scope]) for scope in Scope)):
            self.made[name] = add_token(
                tx, name=name, scopes=scopes, at=NOW, ends_at=NOW + timedelta(days=30)
            )


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def place(made: Callable[..., World], keys: Keys) -> World:
    return made(change=keys.fill)


def get(place: World, key: str, path: str, **headers: str) -> Any:
    filled = path.format(family=place.covered, article=named_article(place), report=place.report.id)
    return place.client.get(f"{PATH}/{filled}", headers={"authorization": f"Bearer {key}", **headers})


def named_article(place: World) -> int:
    return next(p.article for p in place.report.articles if p.is_named and place.covered in p.families)


def collect(place: World, key: str, path: str) -> list[dict[str, Any]]:
    """Everything of a list, part after part."""
    found, onward = [], f"{PATH}/{path}"
    while onward:
        doc = place.client.get(onward, headers={"authorization": f"Bearer {key}"}).json()
        found += doc["items"]
        onward = doc["next"]
    return found


def test_a_token_reads_what_its_scope_names_and_nothing_else(place: World, keys: Keys) -> None:
    for scope in Scope:
        for own, paths in SCOPES.items():
            for path in paths:
                answer = get(place, keys.made[scope], path)
                assert answer.status_code == (200 if own is scope else 403), (scope, path)
    served = {path.removeprefix("/") for path in json.loads(OPENAPI.read_text("utf-8"))["paths"]}
    tried = {path.partition("?")[0].split("/")[0] for paths in SCOPES.values() for path in paths}
    assert {path.split("/")[0] for path in served} == tried


def test_without_a_token_in_force_nothing_is_read_by_a_session_either(place: World, keys: Keys) -> None:
    client = TestClient(place.client.app, base_url="http://monitor.example")
    form = {"name": "desk", "password": "correct horse battery"}
    client.post("/sign-in", data=form, follow_redirects=False)
    assert client.get("/gaps", follow_redirects=False).status_code == 200
    for path in (f"{PATH}/gaps", f"{PATH}/gaps?key={keys.made['all']}"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert get(place, keys.made["all"] + "x", "gaps").status_code == 401
    assert get(place, "", "gaps").status_code == 401
    place.clock.set(NOW + timedelta(days=30))
    assert get(place, keys.made["all"], "gaps").status_code == 401


def test_the_table_has_the_rows_and_numbers_of_the_sheet(place: World, keys: Keys) -> None:
    key = keys.made["all"]
    place.client.post("/sign-in", data={"name": "desk", "password": "correct horse battery"})
    for filters in ("", "&state=covered", "&scope=both&sort=name", "&state=due&window=not13"):
        doc = get(place, key, f"gaps?{REGION}&limit=200{filters}").json()
        rows = collect(place, key, f"gaps?{REGION}&limit=7{filters}")
        assert rows == doc["items"]
        assert len(rows) == doc["total"]
        assert doc["next"] is None
        sheet = place.client.get(f"/gaps.csv?{REGION}{filters}").content
        sheets = list(csv.DictReader(io.StringIO(sheet.decode("utf-8").removeprefix("\ufeff"))))
        assert [row["family"] for row in sheets] == [row["family"] for row in rows]


def test_the_table_and_the_page_agree_on_totals(place: World, keys: Keys) -> None:
    key = keys.made["all"]
    totals = get(place, key, f"overview?{REGION}").json()["totals"]
    for state in ("uncovered", "thin", "covered", "undecided", "unmeasured", "not_due"):
        assert get(place, key, f"gaps?{REGION}&state={state}").json()["total"] == totals[state]


def test_a_filter_that_means_nothing_is_refused_not_left_out(place: World, keys: Keys) -> None:
    key = keys.made["all"]
    for query, code in (
        ("gaps?topic=no-such", 404), ("gaps?partner=ZZ", 404), ("gaps?region=minsk", 404),
        ("search?topic=no-such", 404), ("search?outlet=zz", 404), ("search?agreement=zz", 404),
        ("gaps?state=gone", 422), ("gaps?limit=0", 422), ("gaps?limit=201", 422), ("gaps?lang=xx", 422),
        ("gaps?sort=x", 422), ("gaps?stat=thin", 422), ("runs?x=1", 422), ("search?since=2025-13-01", 422),
    ):  # fmt: skip
        answer = get(place, key, query)
        assert (answer.status_code, answer.headers["content-type"]) == (code, "application/problem+json")
        assert code == 404 or query.partition("?")[2].partition("=")[0] in answer.json()["detail"]
    assert get(place, key, "search?q=").json() == {"items": [], "next": None, "index": "empty"}


def test_outlets_that_may_not_be_named_are_counted_and_not_told(place: World, keys: Keys) -> None:
    key = keys.made["all"]
    with place.app.ready_db.reading() as tx:
        hidden = tx.execute(sa.select(articles.c.id).where(articles.c.source_id == "exile")).scalars().first()
    answer = get(place, key, f"articles/{hidden}")
    assert (answer.status_code, answer.json()["status"]) == (403, 403)
    for path in (f"articles?{REGION}&limit=200", "sources?limit=200", "outlets", "families/{family}",
                 "search?q=гости&limit=200", "articles/{article}", "overview", f"gaps?{REGION}"):  # fmt: skip
        answer = get(place, key, path)
        assert answer.status_code == 200
        assert "exile" not in answer.text, path
    doc = get(place, key, f"articles?{REGION}&limit=200").json()
    assert doc["unnamed"] == sum(not proof.is_named for proof in place.report.articles) > 0
    family = get(place, key, f"families/{{family}}?{REGION}").json()
    assert family["unnamed_articles"] > 0
    assert len(family["articles"]) + family["unnamed_articles"] == family["row"]["counted"]["articles"]


def test_an_article_has_its_words_and_what_proves_its_links(place: World, keys: Keys) -> None:
    doc = get(place, keys.made["all"], "articles/{article}").json()
    assert doc["title"] == f"Могилёв ждёт гостей {doc['id']}"
    assert doc["paragraphs"][0].startswith("Накануне в Могилёве побывали гости.")
    assert [(link["family"], link["p"], link["evidence"][0]["text"]) for link in doc["links"]] == [
        (place.covered, 0.9, "Республики Татарстан")
    ]
    assert doc["url"] == f"https://{doc['source']}.example/news/{doc['id']}"


def test_an_answer_that_is_known_is_not_sent_again_until_something_changes(place: World, keys: Keys) -> None:
    key = keys.made["all"]
    first = get(place, key, "runs")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = get(place, key, "runs", **{"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    with place.app.ready_db.begin() as tx:
        open_run(tx, "link", at=NOW)
    changed = get(place, key, "runs", **{"if-none-match": tag})
    assert (changed.status_code, changed.headers["etag"] != tag) == (200, True)
    refused = get(place, key + "x", "runs", **{"if-none-match": "*"})
    assert refused.status_code == 401


def test_runs_do_not_tell_what_an_error_said(place: World, keys: Keys) -> None:
    doc = get(place, keys.made["all"], "runs").json()
    assert [(run["job"], run["ending"], run["counts"]) for run in doc["items"]] == [
        ("crawl", "failed", {"read": 3})
    ]
    assert "a path of ours" not in json.dumps(doc)
    assert doc["current"] == {"tag": "tag-1", "link": "link-1"}
    with place.app.ready_db.begin() as tx:
        for job in ("link", "tag", "crawl", "link"):
            open_run(tx, job, at=NOW)
    jobs = [run["job"] for run in collect(place, keys.made["all"], "runs?limit=2")]
    assert jobs == ["link", "crawl", "tag", "link", "crawl"]
    assert get(place, keys.made["all"], "runs?after=x").status_code == 404


def test_a_report_is_the_file_of_the_archive(place: World, keys: Keys) -> None:
    listed = collect(place, keys.made["all"], "reports")
    assert [one["id"] for one in listed] == [place.report.id]
    doc = get(place, keys.made["all"], "reports/{report}").json()
    assert doc["report"]["totals"] == get(place, keys.made["all"], f"overview?{REGION}").json()["totals"]


def test_what_does_not_exist_and_what_may_not_be_done_are_problems(place: World, keys: Keys) -> None:
    key = keys.made["all"]
    for path in (
        "families/no-such", "families/no%0Asuch", "agreements/no-such", "articles/99999999",
        "reports/no-such", "no-such", "gaps?region=minsk", "gaps?after=no-such",
    ):  # fmt: skip
        answer = get(place, key, path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path
        assert answer.json()["title"] == "Not Found"
    before = place.dump()
    for path in json.loads(OPENAPI.read_text("utf-8"))["paths"]:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            address = PATH + path.replace("{article}", "1")
            answer = place.client.request(method, address, headers={"authorization": f"Bearer {key}"})
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET"), (method, path)
    assert place.dump() == before


def test_a_token_that_asks_too_often_waits_and_others_do_not(made: Callable[..., World], keys: Keys) -> None:
    place = made(change=keys.fill, api_per_minute=2)
    codes = [get(place, keys.made["all"], "runs").status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]
    assert get(place, keys.made[Scope.RUNS], "runs").status_code == 200


def test_a_fault_of_ours_is_a_problem_without_its_words(
    place: World, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the database")

    monkeypatch.setattr("monitor.web.api.made.list_runs", broken)
    answer = get(place, keys.made["all"], "runs")
    assert (answer.status_code, answer.json()["detail"]) == (500, "a fault of ours")


def test_without_a_table_of_gaps_it_says_so(made: Callable[..., World]) -> None:
    keys: list[str] = []

    def fill(tx: Tx) -> None:
        keys.append(add_token(tx, name="a", scopes=[Scope.GAPS], at=NOW, ends_at=NOW + timedelta(days=1)))

    answer = get(made(change=fill), keys[0], "gaps")
    assert (answer.status_code, answer.json()["title"]) == (503, "Service Unavailable")


def test_the_description_is_served_and_kept_in_the_docs(place: World) -> None:
    served = place.client.get(f"{PATH}/openapi.json").json()
    assert served == document(bare_api().routes, PATH) == json.loads(OPENAPI.read_text("utf-8"))


def test_tokens_are_kept_as_hashes_and_found_by_their_key_alone(place: World) -> None:
    db, end = place.app.ready_db, NOW + timedelta(days=1)
    with db.begin() as tx:
        key = add_token(tx, name=" sheet  maker ", scopes=[Scope.GAPS, Scope.RUNS], at=NOW, ends_at=end)
        for name, scopes, until in (
            ("sheet maker", [Scope.GAPS], end), ("", [Scope.GAPS], end), ("x" * 81, [Scope.GAPS], end),
            ("b", [], end), ("b", [Scope.GAPS], NOW),
        ):  # fmt: skip
            with pytest.raises(UsageError):
                add_token(tx, name=name, scopes=scopes, at=NOW, ends_at=until)
    assert key not in str(place.dump())
    with db.begin() as tx:
        found = find_token(tx, key, at=NOW)
        assert found in list_tokens(tx)
        assert found is not None
        assert (found.name, found.scopes) == ("sheet maker", frozenset({Scope.GAPS, Scope.RUNS}))
        assert find_token(tx, key, at=end) is None
        assert find_token(tx, key.upper(), at=NOW) is None
        remove_token(tx, "sheet maker")
        assert find_token(tx, key, at=NOW) is None
        with pytest.raises(UsageError):
            remove_token(tx, "sheet maker")
