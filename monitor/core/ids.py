"""Names for every id and URL state, so that mypy refuses to mix them."""

from typing import NewType

SourceId = NewType("SourceId", str)
ArticleId = NewType("ArticleId", int)
AgreementId = NewType("AgreementId", str)
FamilyId = NewType("FamilyId", str)  # first member's agreement id
PlaceId = NewType("PlaceId", str)
TopicId = NewType("TopicId", str)
RunId = NewType("RunId", int)
Week = NewType("Week", str)  # ISO week, "2026-W47"

RawUrl = NewType("RawUrl", str)  # as found in a feed or page
PageUrl = NewType("PageUrl", str)  # absolute, normalised by core.urls, http or https
