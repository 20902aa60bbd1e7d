"""What robots.txt says is kept to, and asked for once."""

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.ledger import Reason
from monitor.crawl.types import Failed, Fetched, FetchKind

if TYPE_CHECKING:
    from conftest import World
from tests.raw_replies import NAME, failed, reply


def test_robots_rules_hold_for_pages_and_lists_and_are_asked_once(world: "World") -> None:
    world.server.routes["/robots.txt"] = reply(
        body=b"User-agent: *\nDisallow: /admin\nUser-agent: CoverageMonitor\nDisallow: /shut*.html$\n"
    )
    for path in ("/open.html", "/shut-1.html", "/admin"):
        world.server.routes[path] = reply(body=b"x")
    page = FetchKind.PAGE
    outcomes = world.get(f"{NAME}/open.html", f"{NAME}/shut-1.html", f"{NAME}/admin", kind=page)
    assert [getattr(o, "reason", None) for o in outcomes] == [None, Reason.ROBOTS, None]
    assert failed(world, f"{NAME}/shut-1.html", FetchKind.LIST)[0] == Reason.ROBOTS
    assert isinstance(world.one(f"{NAME}/shut-1.html", FetchKind.FEED), Failed | Fetched)
    assert world.server.asked("/robots.txt") == 1
    world.clock.set(world.clock() + timedelta(hours=25))
    world.one(f"{NAME}/open.html", page)
    assert world.server.asked("/robots.txt") == 2


def test_a_redirect_into_a_part_that_robots_shuts_is_not_followed(world: "World") -> None:
    world.server.routes["/robots.txt"] = reply(body=b"User-agent: *\nDisallow: /shut")
    world.server.routes["/a"] = reply("302 Found", Location="/shut/b")
    world.server.routes["/shut/b"] = reply(body=b"x")
    assert failed(world, f"{NAME}/a", FetchKind.PAGE)[0] == Reason.ROBOTS
    assert world.server.asked("/shut/b") == 0


def test_an_unreachable_robots_file_shuts_the_site_for_half_an_hour(world: "World") -> None:
    world.server.routes["/robots.txt"] = reply("500 Oops")
    world.server.routes["/a"] = reply(body=b"x")
    outcome = world.one(f"{NAME}/a", FetchKind.PAGE)
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.status) == (Reason.HTTP_5XX, None)
    assert "robots.txt" in outcome.detail
    world.server.routes["/robots.txt"] = reply("404 Not Found")
    world.clock.set(world.clock() + timedelta(minutes=31))
    assert isinstance(world.one(f"{NAME}/a", FetchKind.PAGE), Fetched)


def test_a_huge_robots_file_is_read_as_far_as_the_standard_asks(world: "World") -> None:
    rules = b"User-agent: *\nDisallow: /shut\n" + b"# filler\n" * 100_000 + b"Disallow: /\n"
    world.server.routes["/robots.txt"] = reply(body=rules)
    world.server.routes["/a"] = reply(body=b"x")
    assert isinstance(world.one(f"{NAME}/a", FetchKind.PAGE), Fetched)
    assert failed(world, f"{NAME}/shut", FetchKind.PAGE)[0] == Reason.ROBOTS
