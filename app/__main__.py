"""``python -m app`` is the command `kaarten`."""

from app.factory import main

main()
