#!/bin/sh
# Writes the two lock files anew from pyproject.toml, for every platform and Python from 3.11 on.
set -eu
cd "$(dirname "$0")/.."
lock() { uv pip compile pyproject.toml "$@" --universal --generate-hashes --python-version 3.11 --quiet \
    --custom-compile-command 'make lock'; }
lock --group build --upgrade --output-file requirements.lock
lock --group build --group test --constraint requirements.lock --output-file requirements-test.lock
