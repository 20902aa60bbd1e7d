"""The list of licences: what metadata say in their many ways, and what is not allowed."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
WORDS = {"MIT": "MIT", "MIT License": "MIT", "BSD License": "BSD-3-Clause", "Apache-2.0": "Apache-2.0"}
ALLOWED = {"MIT": [], "Apache-2.0": [], "PSF-2.0": []}


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    spec = importlib.util.spec_from_file_location("licences", ROOT / ".ci" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License-Expression": ["MIT AND PSF-2.0"], "License": ["GPL"]}, "MIT AND PSF-2.0"),
        ({"Classifier": ["Topic :: X", "License :: OSI Approved :: MIT License"]}, "MIT"),
        (
            {
                "Classifier": [
                    "License :: OSI Approved :: MIT License",
                    "License :: OSI Approved :: BSD License",
                ]
            },
            "MIT OR BSD-3-Clause",
        ),
        ({"Classifier": ["License :: OSI Approved"], "License": ["MIT\n\nCopyright"]}, "MIT"),
        ({"License": ["A licence of their own"]}, "A licence of their own"),
        ({}, ""),
    ],
)
def test_the_licence_is_taken_from_where_it_is_said(
    licences: ModuleType, fields: dict[str, list[str]], licence: str
) -> None:
    assert licences.licence_of(fields, WORDS) == licence


@pytest.mark.parametrize(
    ("licence", "is_allowed"),
    [
        ("MIT", True),
        ("MIT AND PSF-2.0", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR GPL-2.0-only)", True),
        ("GPL-2.0-only OR MIT AND AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_of_a_choice_one_must_be_allowed_and_of_a_sum_all(
    licences: ModuleType, licence: str, is_allowed: bool
) -> None:
    assert licences.is_allowed(licence, ALLOWED) is is_allowed


def test_packages_for_other_systems_may_be_missing(licences: ModuleType) -> None:
    text = "one==1.0 \\\n    --hash=sha256:00\ntwo==2.0 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
    assert licences.pinned(text) == {"one": True, "two": False}
