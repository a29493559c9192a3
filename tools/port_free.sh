#!/bin/sh
# Says so before the cards are filled, rather than after, when the port is taken.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python - "$1" <<'PY'
import socket, sys

with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(sys.argv[1])))
    except (OSError, OverflowError, ValueError):
        sys.exit(f"Poort {sys.argv[1]} is bezet of bestaat niet. Kies een andere, zoals: make run PORT=8001")
PY
