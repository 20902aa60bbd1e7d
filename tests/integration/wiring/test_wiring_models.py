"""Two processes on one home: what one trains and promotes is what the other judges with."""

from pathlib import Path

import pytest

from monitor.core.errors import ModelError
from monitor.core.home import Home
from monitor.wiring import App, models
from tests.quick_model import learning_quickly


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("MONITOR_MODEL__KIND", "ngram")
    made = Home(tmp_path / "home")
    made.create()
    return made


@pytest.mark.slow
def test_a_model_that_another_process_has_trained_is_the_one_that_is_used(home: Home, tmp_path: Path) -> None:
    service, other = App(home), App(home)
    with learning_quickly(tmp_path):
        items = models.SHIPPED_CORPUS.read_text("utf-8").splitlines()
        models.SHIPPED_CORPUS.write_text("\n".join(items[::3]) + "\n", "utf-8")
        service.models.train()
        first = service.models.fingerprint()
        loaded = service.models.classifier_of(first)
        assert service.models.classifier_of(first) is loaded  # not read from the disk each time
        other.models.put_by(first)
        models.SHIPPED_CORPUS.write_text("\n".join(items[1::3]) + "\n", "utf-8")  # to learn another model
        other.models.train()
    second = other.models.fingerprint()
    assert second != first
    assert f"ngram-{service.models.classifier_of(second).version}" == second
    assert f"ngram-{service.models.classifier_of(first).version}" == first  # kept from before


def test_a_model_that_is_gone_is_named_with_what_to_do(home: Home) -> None:
    with pytest.raises(ModelError, match=r"ngram-abc is not in .* any more\. Put it back from a backup\.$"):
        App(home).models.classifier_of("ngram-abc")
