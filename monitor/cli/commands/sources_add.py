"""`monitor sources add`: one outlet into config/sources, from its feed's address and a few answers."""

from collections import Counter
from dataclasses import replace
from typing import Annotated
from urllib.parse import urlsplit

import typer

from monitor.cli.context import Context, of
from monitor.core.errors import InputError, Problem, UsageError
from monitor.crawl.adding import NewSource, add_source, proposed_id, source_row
from monitor.crawl.sources import RULE_KEYS, load_restricted
from monitor.crawl.types import FeedSpec
from monitor.register.types import Place
from monitor.wiring.outlets import check_feed


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Address of the feed, sitemap, list page or channel.")],
    name: Annotated[str, typer.Option(help="As the outlet writes it.")],
    kind: Annotated[str, typer.Option(help="district_paper, regional_daily, ...: see docs/adding/source.md")],
    region: Annotated[str, typer.Option(help="Its home region, in any spelling.")],
    language: Annotated[list[str], typer.Option(help="Two letters; may be repeated.")],
    name_en: Annotated[str, typer.Option(help="In Latin letters; else as --name.")] = "",
    source_id: Annotated[str, typer.Option("--id", help="Else made of country and host.")] = "",
    district: Annotated[str, typer.Option(help="If it serves one: in any spelling.")] = "",
    site: Annotated[str, typer.Option(help="Else the address without its path.")] = "",
    zone: Annotated[str, typer.Option(help="Else that of the region's other outlets.")] = "",
    show: Annotated[str, typer.Option(help="full, title or count_only.")] = "full",
    feed_kind: Annotated[str, typer.Option(help="Else found by content; html_list needs rules.")] = "",
    rule: Annotated[
        list[str] | None, typer.Option(help="item=SELECTOR, link=, title=, date= of a list page.")
    ] = None,
    notes: Annotated[str, typer.Option(help="What the next person should know.")] = "",
    why_not: Annotated[str, typer.Option(help="List it without polling it, for this reason.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Check and print the row; write nothing.")] = False,
) -> None:
    """Check a feed and write its outlet into config/sources; exit 1 with the reasons when it is refused."""
    ours = of(context)
    at = _home_region(ours, region)
    new = NewSource(
        url=url, feed_kind=feed_kind, id=source_id or proposed_id(url, at.country or ""), name=name,
        name_en=name_en or name, kind=kind, country=at.country or "", region=at.id, languages=tuple(language),
        site=site or "{0.scheme}://{0.netloc}/".format(urlsplit(url)), zone=zone or _usual_zone(ours, at),
        show=show, district=ours.place(district) if district else "", why_not=why_not, notes=notes,
        rules=_rules(rule or []),
    )  # fmt: skip
    _refuse_restricted(ours, new)
    new, told = _checked(ours, new)
    path = add_source(ours.home.config / "sources", ours.app.register.places, new, dry_run=dry_run)
    typer.echo(source_row(new))
    typer.echo(told, err=True)
    if not dry_run:
        typer.echo(f"added to {path}; `monitor init`, then `monitor crawl --source {new.id}`", err=True)


def _home_region(ours: Context, region: str) -> Place:
    if not ours.home.exists:
        raise UsageError("there is no home folder yet to write into: run `monitor init` first")
    return ours.app.register.places[ours.place(region)]


def _checked(ours: Context, new: NewSource) -> tuple[NewSource, str]:
    """The source with the kind that its feed really is, and one line on what the feed gave.

    Errors: InputError when it gave none and the outlet is to be polled.
    """
    probe = check_feed(ours.app, FeedSpec(new.url, new.feed_kind, "", dict(new.rules)), new.zone)
    if not probe.is_feed and not new.why_not:
        reason = f"{probe.reason.value}: {probe.detail or 'no feed'}; --why-not lists it without polling it"
        raise InputError([Problem(new.url, reason)])
    found = new.feed_kind or probe.spec.kind or "rss"
    told = f"{len(probe.entries)} entries" if probe.is_feed else probe.reason.value
    evidence = "probed" if probe.is_feed else "unknown"
    return replace(new, feed_kind=found, evidence=evidence), f"{new.url}: {probe.kind or found}, {told}"


def _refuse_restricted(ours: Context, new: NewSource) -> None:
    """An outlet that must not be named is added with show = count_only, and by somebody who knows it."""
    host = (urlsplit(new.url).hostname or "").removeprefix("www.")
    for row in load_restricted(ours.home.config / "restricted.toml"):
        listed = row.host.removeprefix("www.")
        is_it = (listed and (host == listed or host.endswith(f".{listed}"))) or row.title == new.name
        if is_it and new.show != "count_only":
            reason = "stands in config/restricted.toml: only with --show count_only"
            raise InputError([Problem(new.url, reason)])


def _usual_zone(ours: Context, at: Place) -> str:
    near = Counter(s.zone for s in ours.app.sources if s.region == at.id)
    far = Counter(s.zone for s in ours.app.sources if s.country == at.country)
    if near:
        return near.most_common(1)[0][0]
    if len(far) == 1:
        return next(iter(far))
    raise UsageError("no other outlet tells the time zone of this region: give --zone, as Europe/Minsk")


def _rules(given: list[str]) -> dict[str, str]:
    rules: dict[str, str] = {}
    for one in given:
        key, mark, selector = one.partition("=")
        if not mark or key not in RULE_KEYS or key in rules or not selector.strip():
            raise UsageError(f"--rule {one!r} is not one of {', '.join(f'{key}=...' for key in RULE_KEYS)}")
        rules[key] = selector
    return {key: rules[key] for key in RULE_KEYS if key in rules}
