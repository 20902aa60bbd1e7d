"""Secrets: from a file or none; what is wrong is told by key and file, never by content."""

from pathlib import Path

import pytest

from monitor.core.errors import SettingsError
from monitor.core.secrets import read_secret


def test_a_secret_is_the_files_content_without_the_line_break(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("  geheim und пароль \n", "utf-8")
    assert read_secret(str(path), "mail.password_file") == "geheim und пароль"


def test_no_file_is_no_secret() -> None:
    assert read_secret("", "mail.password_file") == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "cannot be read"), (b"", "is empty"), (b" \n", "is empty"), (b"\xffgeheim", "cannot be read")],
)
def test_a_file_that_holds_no_secret_is_refused_by_key_and_name(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError) as refused:
        read_secret(str(path), "mail.password_file")
    (problem,) = refused.value.problems
    assert problem.where == "mail.password_file"
    assert problem.reason.startswith(f"{path} {reason}")
    assert "geheim" not in str(refused.value)
    assert refused.value.exit_code == 2
