"""What moves or restores a database asks the metadata for its tables, so all must be in it at once."""

import ast
from pathlib import Path

import monitor.wiring

PACKAGE = Path(monitor.wiring.__file__).parents[1]


def test_whoever_imports_the_wiring_has_every_table_that_a_module_makes() -> None:
    """By the text of the files: in one process with other tests all modules are imported already."""
    makers = {
        ".".join(("monitor", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in PACKAGE.rglob("*.py")
        if "sa.Table(" in path.read_text("utf-8")
    }
    imported = {
        alias.name
        for node in ast.parse(Path(monitor.wiring.__file__).read_text("utf-8")).body
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert "monitor.articles.tables" in makers
    assert makers <= imported
