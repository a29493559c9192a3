"""Old parts of the access log, removed when their time is over; the log itself says that they were."""

import json

from app.storage.access_log import AccessLog, Event, LogUnavailable
from app.storage.files import sync_directory


def retire(log: AccessLog, before: str, event: Event) -> tuple[list[str], int]:
    """Remove the parts of the months before one; the newest part always stays.

    Args:
        log: the log.
        before: a month, such as ``2021-11``.
        event: the line about it, which is on disk before anything goes.

    Returns:
        The months that were removed, and the number of the last line that went.

    Raises:
        LogUnavailable: the log cannot be read or written.
    """
    with log.reading():
        parts = log.parts()
        old = [part for part in parts[:-1] if part < before]
        if not old:
            return [], 0
        with log.path(parts[len(old)]).open("rb") as file:
            first = file.readline()
        try:
            former = json.loads(first)["former"]
            count = int(former["count"])
        except (ValueError, KeyError, TypeError) as error:
            raise LogUnavailable(f"{parts[len(old)]} does not begin with what was before it") from error
        log.append_marked([(event, {"retired": former})])
        for part in old:
            log.path(part).unlink()
        sync_directory(log.folder)
        return old, count
