"""Regions stand in the order of the reader's alphabet."""

import pytest

from monitor.core.ids import PlaceId
from monitor.web.regions import by_name
from tests.make_reports import register

BREST, GOMEL, VITEBSK = (PlaceId(f"by-{name}-region") for name in ("brest", "gomel", "vitebsk"))


@pytest.mark.parametrize(
    ("lang", "ordered"),
    [
        ("ru", (BREST, VITEBSK, GOMEL)),  # Б, В, Г
        ("be", (BREST, VITEBSK, GOMEL)),
        ("en", (BREST, GOMEL, VITEBSK)),
    ],
)
def test_regions_stand_by_the_readers_alphabet(lang: str, ordered: tuple[PlaceId, ...]) -> None:
    assert by_name((VITEBSK, GOMEL, BREST), register().places, lang) == ordered
