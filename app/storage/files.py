"""Files and directories that are on disk when the call returns."""

import os
from pathlib import Path


def sync_directory(path: Path) -> None:
    """Have the names in a directory on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_synced(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a new file and have its bytes on disk; its name is, once its directory is synced."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_synced(path: Path, data: bytes) -> None:
    """Put bytes in the place of a file, whole or not at all; the caller holds a lock, and syncs the directory."""
    # A fixed name: what a killed process left is overwritten by the next.
    aside = path.with_name(f"{path.name}.new")
    aside.unlink(missing_ok=True)
    write_synced(aside, data)
    aside.replace(path)
