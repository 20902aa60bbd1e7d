"""Norms are read in their order; a rule that is wrong or missing is refused."""

from pathlib import Path

import pytest

from monitor.core.errors import InputError
from monitor.core.shipped import config_dir
from monitor.register.norms import Norm, load_norms, norm_for

RULE = '[[norm]]\nlevel = "{level}"\noriginals = 2\nreason = "why"\n'
WHOLE = "".join(RULE.format(level=level) for level in ("national", "region", "city", "district"))


def refused(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_norms(path)
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


def test_the_shipped_norms_put_company_and_university_before_the_level() -> None:
    norms = load_norms(config_dir() / "norms.toml")
    table = {
        (kind, level): norm_for(kind, level, norms).originals
        for kind in ("government", "company", "university", "other")
        for level in ("national", "region", "city", "district")
    }
    by_level = {"national": 4, "region": 4, "city": 2, "district": 2}
    own = {"company": 2, "university": 2}
    assert table == {(kind, level): own.get(kind, by_level[level]) for kind, level in table}
    assert all(norm.reason for norm in norms)


def test_the_first_rule_that_fits_decides(tmp_path: Path) -> None:
    first = '[[norm]]\nkind = "company"\noriginals = 7\nreason = "own"\n'
    path = tmp_path / "norms.toml"
    path.write_text(first + WHOLE, encoding="utf-8")
    norms = load_norms(path)
    assert norm_for("company", "city", norms) == Norm("company", None, 7, "own")
    assert norm_for("other", "city", norms) == Norm(None, "city", 2, "why")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (WHOLE + '[[norm]]\noriginals = 2\nreason = "x"\n', ":17: a norm needs either kind or level"),
        (WHOLE.replace("2", "0", 1), ":1: originals must be at least 1, not 0"),
        (WHOLE.replace("2", "2.5", 1), ":1: originals must be a whole number, not a number"),
        (WHOLE.replace('"why"', '""', 1), ":1: reason is empty"),
        (
            WHOLE.replace("region", "oblast"),
            ":5: level 'oblast' is not one of national, region, city, district",
        ),
        (WHOLE.replace("reason", "because", 1), ":1: key 'because' is unknown"),
    ],
)
def test_a_bad_norm_is_refused_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    assert problem in refused(tmp_path / "norms.toml", text)


def test_a_level_without_a_norm_is_refused(tmp_path: Path) -> None:
    text = WHOLE.split('[[norm]]\nlevel = "district"')[0]
    assert refused(tmp_path / "norms.toml", text) == [
        f": no norm covers kind {kind}, level district"
        for kind in ("government", "company", "university", "other")
    ]


def test_a_file_without_norms_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "norms.toml", "# none yet")[0] == ": holds no [[norm]]"
