"""The interface for machines against its own description: answers to made-up requests are as described."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation

from monitor.core.api_tokens import Scope, add_token
from monitor.core.db import Tx
from monitor.web.api.build import PATH
from tests.web_world import BASE, NOW, World, put_table

HOST = BASE.removeprefix("http://")


@pytest.fixture
def key() -> list[str]:
    return []


@pytest.fixture
def place(made: Callable[..., World], key: list[str]) -> World:
    def fill(tx: Tx) -> None:
        put_table(tx)
        key.append(add_token(tx, name="all", scopes=list(Scope), at=NOW, ends_at=NOW + timedelta(days=1)))

    return made(change=fill, api_per_minute=1_000_000)


def try_out(place: World, key: str, examples: int) -> dict[str, set[int]]:
    """Ask every address so many times, rightly and wrongly; the statuses that each answered."""
    schema = schemathesis.openapi.from_asgi(f"{PATH}/openapi.json", place.client.app, headers={"host": HOST})
    seen: dict[str, set[int]] = {}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        for mode in GenerationMode:
            seen.setdefault(result.ok().label, set()).update(ask(result.ok(), mode, key, examples))
    return seen


def ask(
    operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, key: str, examples: int
) -> set[int]:
    """The statuses of one address; each answer is held against the description."""
    headers, answered = {"Authorization": f"Bearer {key}", "host": HOST}, set[int]()

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode, headers=headers))
    def one(case: schemathesis.Case[Any]) -> None:
        answered.add(case.call_and_validate(headers=headers).status_code)

    one()
    return answered


@pytest.mark.slow
def test_made_up_requests_are_answered_as_described(place: World, key: list[str]) -> None:
    seen = try_out(place, key[0], 40)
    assert len(seen) == 15
    assert {status for answered in seen.values() for status in answered} >= {200, 404, 422}
    assert {path for path, answered in seen.items() if 500 in answered} == set()
