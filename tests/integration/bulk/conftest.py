"""A newsroom whose pages come out of archives."""

from pathlib import Path

import pytest

from monitor.articles.language import DetectLanguage, build_detector
from monitor.core.db import Db
from tests.archive_world import Newsroom


@pytest.fixture(scope="module")
def detect() -> DetectLanguage:
    return build_detector()


@pytest.fixture
def newsroom(db: Db, tmp_path: Path, detect: DetectLanguage) -> Newsroom:
    return Newsroom(db, tmp_path / "home", detect)
