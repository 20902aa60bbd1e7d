"""What README and docs name is there: files that are linked or named, commands and their options."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from monitor.cli.main import build

ROOT = Path(__file__).parents[3]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
NAMED = re.compile(
    r"(?<![\w/.-])(?:docs|monitor|tests|classifiers|config|migrations|benchmarks|deploy)/[\w/.-]+\w"
)
TO_BE_MADE = {"deploy/secrets/database_password"}
CALL = re.compile(r"(?<![\w/.-])monitor((?: +(?![a-z]+:)[^\s`|;&#\"']+)+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    lost = {link for link in LINK.findall(text) if not (page.parent / link).exists()}
    assert lost | {name for name in NAMED.findall(text) if not _is_there(name)} == set()


def _is_there(name: str) -> bool:
    """Also a module or a decision by its beginning: monitor/core/text, docs/decisions/030."""
    beginning = ROOT / name
    return name in TO_BE_MADE or beginning.exists() or any(beginning.parent.glob(f"{beginning.name}[-.]*"))


def test_every_option_that_a_page_names_is_one_of_its_command() -> None:
    root = typer.main.get_command(build())
    found = [call for page in PAGES for call in _calls(root, page)]
    assert len(found) > 100
    assert [call for call in found if not call[3]] == []


def _calls(root: object, page: Path) -> Iterator[tuple[str, str, str, bool]]:
    """Page, command, option, and whether the command has it."""
    for line in page.read_text("utf-8").splitlines():
        for call in CALL.findall(line):
            command, path = root, list[str]()
            for word in re.split(r"[\s,\[\]()=]+", call):
                if word in getattr(command, "commands", {}):
                    command = command.commands[word]  # type: ignore[attr-defined]
                    path.append(word)
                elif word.startswith("--"):
                    yield page.name, " ".join(path), word, word in _options(root) | _options(command)


def _options(command: object) -> set[str]:
    params = command.params  # type: ignore[attr-defined]
    return {"--help"} | {name for param in params for name in (*param.opts, *param.secondary_opts)}
