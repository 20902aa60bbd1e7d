"""What counts as linked: a run's links with the corrections of people on top.

Every reader of links takes them from here; nobody else reads the table `links`.
"""

import sqlalchemy as sa

from monitor.articles.corrections import said_of_links
from monitor.linking.tables import links
from monitor.register.tables import agreements

_PLAIN_DEPTH, _PLAIN_STAGE = "body", "none"  # of a link that only a person knows


def linked(version_id: int) -> sa.Subquery:
    """One row a family of an article: article_id, family_id, member, p, depth, stage, evidence.

    What a person linked has p = 1. A correction names an agreement and speaks of its family as it is now.
    """
    said = _decided()
    spoken_of = sa.exists().where(
        said.c.article_id == links.c.article_id, said.c.family_id == links.c.family_id
    )
    by_run = sa.select(
        links.c.article_id, links.c.family_id, links.c.member, links.c.p, links.c.depth, links.c.stage,
        links.c.evidence,
    ).where(links.c.version_id == version_id, ~spoken_of)  # fmt: skip
    added = _decided().alias("added")
    same = sa.and_(
        links.c.article_id == added.c.article_id,
        links.c.family_id == added.c.family_id,
        links.c.version_id == version_id,
    )
    by_person = (
        sa.select(
            added.c.article_id,
            added.c.family_id,
            links.c.member,
            sa.literal(1.0),
            sa.func.coalesce(links.c.depth, _PLAIN_DEPTH),
            sa.func.coalesce(links.c.stage, _PLAIN_STAGE),
            sa.func.coalesce(links.c.evidence, sa.literal([], links.c.evidence.type)),
        )
        .select_from(added.outerjoin(links, same))
        .where(added.c.is_yes.is_(True))
    )
    return sa.union_all(by_run, by_person).subquery("linked")


def _decided() -> sa.Subquery:
    """The last word on each article and family: article_id, family_id, is_yes."""
    said = said_of_links().subquery()
    of_family = (
        sa.select(said.c.id, said.c.article_id, agreements.c.family_id, said.c.is_yes)
        .join(agreements, agreements.c.id == said.c.agreement)
        .where(agreements.c.family_id.is_not(None))
        .subquery()
    )
    latest = sa.select(sa.func.max(of_family.c.id)).group_by(of_family.c.article_id, of_family.c.family_id)
    return (
        sa.select(of_family.c.article_id, of_family.c.family_id, of_family.c.is_yes)
        .where(of_family.c.id.in_(latest))
        .subquery("decided_family")
    )
