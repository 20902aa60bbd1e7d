#!/usr/bin/env bash
# Every command of the workflow, as documentation: ./run.sh WORD. `make WORD` calls the same words.
set -euo pipefail
cd "$(dirname "$0")"

# Tests start the program some hundred times: where this is set, each start compiles it anew.
unset PYTHONDONTWRITEBYTECODE

python=${PYTHON:-python3}
bin=.venv/bin

# Debian's packages, only where a command needs one that is missing and we may install it.
need_debian() {
  command -v "$1" >/dev/null 2>&1 && return 0
  shift
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "run.sh: please install: $*" >&2
    exit 3
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# A virtual environment with the locked dependencies; made anew when a lock file changes.
install() {
  local stamp=.venv/.locked
  if [ -f "$stamp" ] && cmp -s requirements-dev.lock "$stamp"; then return 0; fi
  if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "run.sh: Python 3.11 or newer is needed (set PYTHON=...)" >&2
    exit 3
  fi
  "$python" -c 'import ensurepip, venv' 2>/dev/null || need_debian no-such-command python3-venv
  "$python" -m venv --clear .venv
  echo "Installing the locked dependencies into .venv (about a minute) ..."
  $bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
  $bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
  cp requirements-dev.lock "$stamp"
}

browser() { need_debian chromium chromium fonts-dejavu-core; }

demo()  { install; $bin/monitor demo "$@"; }
check() { format_check; types; imports; licences; }
format_check() { install; $bin/ruff check .; $bin/ruff format --check .; }
types() { install; $bin/mypy; }
imports() { install; $bin/lint-imports; }
licences() { install; $bin/python .ci/licences.py; }
# The three tiers: test at most 10 minutes, slow at most 50, soak by hand. Tests wait for a fifth of their time,
# so a third process fills two cores; what is slow measures time and is left alone.
test()  { install; check; $bin/pytest -q -n 3 "$@"; }
slow()  { install; browser; $bin/pytest -q -n 2 -m slow "$@"; }
# Ten minutes of bent files for each reader, the guards switched off one by one, and the year to its end.
soak()  { install; MONITOR_FUZZ_S=600 $bin/pytest -q -s -m slow tests/chaos/fuzz "$@"; guards; benchmark year; }
guards() { install; $bin/python -m tests.chaos.guard_table "$@"; }
quality() { install; $bin/pytest -q -m "" tests/quality "$@"; }
benchmark() { install; $bin/monitor benchmark "$@"; }
format() { install; $bin/ruff check --fix .; $bin/ruff format .; }

# Pin every dependency with hashes and without any index address. uv comes from the package index by name.
lock() {
  local tool
  tool=$(mktemp -d)
  "$python" -m venv "$tool"
  "$tool/bin/pip" install --quiet --disable-pip-version-check uv
  local opts=(--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet)
  "$tool/bin/uv" pip compile pyproject.toml "${opts[@]}" -o requirements.lock
  "$tool/bin/uv" pip compile pyproject.toml --extra dev "${opts[@]}" -o requirements-dev.lock
  rm -rf "$tool"
}

if [ $# -eq 0 ]; then
  echo "usage: ./run.sh install | demo | test | slow | soak | guards | check | licences | quality | benchmark | format | lock" >&2
  exit 2
fi
"$@"
