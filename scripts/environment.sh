#!/bin/sh
# Makes .venv: finds a Python that can run Termwise, then installs one lock file into it.
#
#   scripts/environment.sh requirements.lock        what running needs
#   scripts/environment.sh requirements-dev.lock    what building and testing need as well
#   scripts/environment.sh uv                       prints the path of uv, fetching it when missing
#
# Needs no root and changes nothing outside this folder. Where the machine lacks something that only
# its package manager can give, it says which command gives it, and stops.
#
# TERMWISE_PYTHON names an interpreter to use instead of searching.
set -eu
cd "$(dirname "$0")/.."

uv_version=0.13.9
own_uv=.venv-uv/bin/uv
# A machine that was told about a package mirror for pip means it for uv, too.
if [ -n "${PIP_INDEX_URL:-}" ]; then
    export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
fi
# Pythons that uv fetches stay in this folder.
export UV_PYTHON_INSTALL_DIR="$PWD/.venv-uv/pythons"

say() { printf 'environment: %s\n' "$*" >&2; }

# The path of interpreter $1, when it runs at all (a pyenv shim may exist and fail) and is CPython 3.11 or 3.12.
fitting() {
    "$1" -c '
import sys
fits = sys.implementation.name == "cpython" and (3, 11) <= sys.version_info[:2] <= (3, 12)
print(sys.executable if fits else "")' 2>/dev/null || true
}

find_python() {
    if [ -n "${TERMWISE_PYTHON:-}" ]; then
        found=$(fitting "$TERMWISE_PYTHON")
        [ -n "$found" ] || say "TERMWISE_PYTHON=$TERMWISE_PYTHON is not a working CPython 3.11 or 3.12"
        printf '%s' "$found"
        return
    fi
    for candidate in python3.11 python3.12 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[12].*/bin/python \
        "$UV_PYTHON_INSTALL_DIR"/cpython-3.1[12]*/bin/python3; do
        found=$(fitting "$candidate")
        if [ -n "$found" ]; then
            printf '%s' "$found"
            return
        fi
    done
}

# Stop with the command that gives what is missing: $1 packages of Debian, $2 the same in words.
stop_for() {
    say "missing: $2"
    if command -v apt-get >/dev/null 2>&1; then
        root=$([ "$(id -u)" = 0 ] || printf 'sudo ')
        say "run this, then try again:"
        printf '\n    %sapt-get update && %sapt-get install -y%s\n\n' "$root" "$root" "$1" >&2
    else
        say "install it with this machine's package manager, then try again"
    fi
    exit 1
}

# uv, for interpreter $1: the machine's own, else a pinned one in a private environment.
find_uv() {
    if uv --version >/dev/null 2>&1; then
        command -v uv
        return
    fi
    if ! "$own_uv" --version >/dev/null 2>&1; then
        say "fetching uv $uv_version into .venv-uv"
        rm -rf .venv-uv/bin .venv-uv/lib .venv-uv/pyvenv.cfg
        "$1" -m venv .venv-uv >&2
        if ! .venv-uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version" >&2; then
            say "could not fetch uv: is the Python package index, or your mirror of it, within reach?"
            exit 1
        fi
    fi
    printf '%s' "$PWD/$own_uv"
}

# Any Python that can make an environment; only to fetch uv, which then fetches the right Python.
find_bootstrap() {
    for candidate in python3 python3.14 python3.13 python3.10 python3.9 python; do
        if "$candidate" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
}

# No Python 3.11 or 3.12 on this machine: get one through uv.
fetch_python() {
    bootstrap=$(find_bootstrap)
    if [ -z "$bootstrap" ] && ! uv --version >/dev/null 2>&1; then
        stop_for " python3 python3-venv python3-dev gcc libc6-dev" "Python 3.11 or 3.12 (or any Python 3 with venv, to fetch one)"
    fi
    tool=$(find_uv "$bootstrap")
    say "no Python 3.11 or 3.12 here; fetching 3.12 through uv"
    if ! "$tool" python install --no-progress --no-bin 3.12 >&2; then
        say "uv could not fetch one. Install Python 3.11 or 3.12 (with venv and headers) and try again,"
        say "or name an interpreter: TERMWISE_PYTHON=/path/to/python3.12 make run"
        exit 1
    fi
}

# What durable_rules (a source package) and the environment itself need of the machine, for interpreter $1.
check_machine() {
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    packages='' words=''
    if ! command -v "${CC:-cc}" >/dev/null 2>&1 && ! command -v gcc >/dev/null 2>&1; then
        packages="$packages gcc libc6-dev" words="$words, a C compiler"
    elif ! printf '#include <stdlib.h>\nint main(void) { return 0; }\n' |
        "$(command -v "${CC:-cc}" || command -v gcc)" -x c -fsyntax-only - >/dev/null 2>&1; then
        packages="$packages gcc libc6-dev" words="$words, a C compiler that finds its headers"
    fi
    if ! "$1" -c '
import pathlib, sys, sysconfig
sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())'; then
        packages="$packages python$version-dev" words="$words, the headers of Python $version"
    fi
    if ! uv --version >/dev/null 2>&1 && ! "$own_uv" --version >/dev/null 2>&1 &&
        ! "$1" -c 'import ensurepip' 2>/dev/null; then
        packages="$packages python$version-venv" words="$words, venv for Python $version"
    fi
    [ -z "$packages" ] || stop_for "$packages" "${words#, }"
}

python=$(find_python)
if [ -z "$python" ]; then
    [ -z "${TERMWISE_PYTHON:-}" ] || exit 1
    fetch_python
    python=$(find_python)
    [ -n "$python" ] || { say "uv fetched a Python that does not run here"; exit 1; }
fi

case "${1:-}" in
uv)
    find_uv "$python"
    exit
    ;;
requirements.lock | requirements-dev.lock) lock=$1 ;;
*)
    say "usage: scripts/environment.sh requirements.lock | requirements-dev.lock | uv"
    exit 2
    ;;
esac

# An environment that stands and fits is kept, whichever of the two versions it has.
if [ -n "$(fitting .venv/bin/python)" ] && [ -z "${TERMWISE_PYTHON:-}" ]; then
    python=$PWD/.venv/bin/python
fi
if ! .venv/bin/python -c 'import durable_rules_engine' 2>/dev/null; then
    check_machine "$python"
fi
uv=$(find_uv "$python")
if [ "$python" != "$PWD/.venv/bin/python" ]; then
    say "$("$python" --version) at $python"
    "$uv" venv --quiet --clear --no-project --python "$python" .venv
fi
say "installing $lock"
export VIRTUAL_ENV="$PWD/.venv"
"$uv" pip install --quiet --require-hashes -r "$lock"
"$uv" pip install --quiet --no-deps -e .
