#!/bin/sh
# Makes .venv, or brings it up to date, from a lock file; says in one sentence what is missing.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

missing() { echo "$1" >&2; exit 1; }

command -v "$python" >/dev/null || missing "Python is missing. On Debian or Ubuntu: sudo apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    missing "Python 3.11 or newer is needed; $python is $("$python" -V). Choose another: make run PYTHON=python3.12"
command -v git >/dev/null || missing "git is missing. On Debian or Ubuntu: sudo apt-get install git"
if [ ! -x .venv/bin/pip ]; then
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        missing "This Python cannot make a virtual environment. On Debian or Ubuntu: sudo apt-get install python3-venv"
    rm -rf .venv
    "$python" -m venv .venv || missing "Making .venv failed: is there room on the disk, and may you write here?"
fi
echo "Installing into .venv (the first time this takes a minute) ..."
{
    .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement "$1" &&
    .venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
} >.venv/install.log 2>&1 || {
    tail -5 .venv/install.log >&2
    missing "Installing failed: see .venv/install.log. Is the package index within reach?"
}
