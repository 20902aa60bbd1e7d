"""Which files a backfill reads."""

from pathlib import Path

import pytest

from monitor.bulk.history import archives_of
from monitor.core.errors import OutsideError, UsageError


def test_archives_are_taken_by_name_whatever_folder_they_are_in(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    late, early, other = (
        tmp_path / "a" / "2.warc",
        tmp_path / "a" / "b" / "1.warc.gz",
        tmp_path / "a" / "notes",
    )
    for path in (late, early, other):
        path.touch()
    assert archives_of([tmp_path, late]) == [early, late]


@pytest.mark.parametrize("name", ["nowhere", "empty", "notes.txt"])
def test_a_path_without_archives_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    with pytest.raises(UsageError, match="no WARC file"):
        archives_of([tmp_path / name])


def test_a_path_that_the_system_refuses_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="cannot be looked through: File name too long"):
        archives_of([tmp_path / ("a" * 300)])
