"""Every dependency that is pinned, with its licence; ends with 1 when one is not in licences.toml.

`--list` prints each. Read from the metadata of what is installed; packages for other systems are passed over.
"""

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_PIN = re.compile(r"(?m)^([A-Za-z0-9._-]+)==[^ ;\\]+(.*)$")


def pinned(text: str) -> dict[str, bool]:
    """Names of a lock file, and whether each is installed on every system."""
    return {found[1]: ";" not in found[2] for found in _PIN.finditer(text)}


def licence_of(fields: Mapping[str, list[str]], words: Mapping[str, str]) -> str:
    """The licence in SPDX words: the expression, else the classifiers, else the first line of the old field.

    `words`: what people write, and what it means. Empty where nothing is said.
    """
    for expression in fields.get("License-Expression", []):
        return expression
    told = [one.rsplit("::", 1)[-1].strip() for one in fields.get("Classifier", []) if one[:7] == "License"]
    known = dict.fromkeys(words[one] for one in told if one in words)
    if known:
        return " OR ".join(known) if len(known) > 1 else next(iter(known))
    first = "\n".join(fields.get("License", [])).strip().split("\n")[0].strip()
    return words.get(first, first)


def is_allowed(licence: str, allowed: Mapping[str, Any]) -> bool:
    """Whether an expression of AND and OR (AND binds closer) can be met with allowed licences alone."""
    plain = licence.replace("(", " ").replace(")", " ")
    choices = [re.split(r"\s+AND\s+", choice) for choice in re.split(r"\s+OR\s+", plain)]
    return any(all(one.strip() in allowed for one in choice) for choice in choices)


def main(words: list[str]) -> int:
    """The exit code."""
    given = tomllib.loads((ROOT / ".ci" / "licences.toml").read_text("utf-8"))
    allowed, seen = given["allowed"], given["seen"]
    means = {word: name for name, spelt in allowed.items() for word in (name, *spelt)}
    names = pinned((ROOT / "requirements-dev.lock").read_text("utf-8"))
    bad = [f"{name}: stands in [seen] and is no dependency" for name in seen if name not in names]
    found: Counter[str] = Counter()
    for name, is_everywhere in sorted(names.items()):
        try:
            held = metadata(name)
        except PackageNotFoundError:
            if is_everywhere:
                bad.append(f"{name}: is not installed")
            continue
        fields = {key: held.get_all(key, []) for key in ("License-Expression", "Classifier", "License")}
        licence = seen[name][0] if name in seen else licence_of(fields, means)
        found[licence] += 1
        if "--list" in words:
            print(f"{name:<32} {licence}")
        if name not in seen and not is_allowed(licence, allowed):
            bad.append(f"{name}: {licence or 'says no licence'}")
    print(
        f"licences of {found.total()} dependencies: "
        + ", ".join(f"{n} {of}" for of, n in found.most_common())
    )
    for line in bad:
        print(f".ci/licences.toml does not allow {line}", file=sys.stderr)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
