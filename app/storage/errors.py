"""Everything that can go wrong in storage, as one family.

    StoreError
    ├── RepositoryNotFound      no repository of that name
    ├── RepositoryExists        made already
    ├── RevisionNotFound        no commit of that id in this repository
    ├── PathNotFound            the revision holds no such file
    ├── AccountNotFound         no account with that id
    ├── Moved                   the tip is not the expected one
    ├── Busy                    somebody else holds the lock for too long
    ├── StoreFailed             disk full, read-only, I/O error: nothing was saved
    │   └── SaveInDoubt         the branch moved, the disk did not confirm it, and it could not be undone
    ├── LogUnavailable          the access log cannot be written: nothing may be shown (in `access_log`)
    ├── GitMissing              the program git is not on this machine
    ├── SshMissing              the program ssh-keygen is not on this machine
    ├── BadBag                  a package that came in is not one that can be taken in (in `bag_form`)
    ├── NotForUs                a file that came in was not encrypted for this installation (in `signing`)
    ├── BadBundle               a bundle of somebody else that is not taken (in `git_bundle`)
    └── StoreDamaged            an object, reference or file is missing or corrupt
        └── TooLarge            an object is larger than anything that is read

Errors of pygit2, of the operating system and of zlib are turned into these in `translated` and nowhere else.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pygit2


class StoreError(Exception):
    """Storage could not do what was asked."""


class RepositoryNotFound(StoreError):
    """There is no repository of that name."""


class RepositoryExists(StoreError):
    """There is a repository of that name already."""


class RevisionNotFound(StoreError):
    """The repository holds no commit with that id."""


class PathNotFound(StoreError):
    """The revision holds no file at that path."""


class AccountNotFound(StoreError):
    """There is no account with that id."""


class Moved(StoreError):
    """The tip is not the expected one; nothing was saved.

    Attributes:
        current: the revision that the branch points at now.
    """

    def __init__(self, current: str) -> None:
        super().__init__(f"the branch is at {current}")
        self.current = current


class Busy(StoreError):
    """Somebody else holds the lock for longer than we wait; nothing was saved."""


class StoreFailed(StoreError):
    """The disk or the system refused: full, read-only, I/O error. Nothing was saved."""


class SaveInDoubt(StoreFailed):
    """The branch moved, the disk did not confirm it, and moving it back failed too."""


class GitMissing(StoreError):
    """The program git is not on this machine; only administration and handover need it."""


class SshMissing(StoreError):
    """The program ssh-keygen is not on this machine; only a handover to another installation needs it."""


class StoreDamaged(StoreError):
    """An object, a reference or a file is missing or corrupt."""


class TooLarge(StoreDamaged):
    """An object is larger than anything that is read: an ordinary git can push that."""


@contextmanager
def translated(doing: str, git_error: type[StoreError] = StoreDamaged) -> Iterator[None]:
    """The one border where foreign errors become ours.

    Args:
        doing: what was being done, for the message.
        git_error: what an error of git itself means here; while reading it means damage.
    """
    try:
        yield
    except StoreError:
        raise
    except (pygit2.GitError, KeyError, ValueError, zlib.error) as error:
        raise git_error(f"{doing}: {error}") from error
    except OSError as error:
        # libgit2 reports what the system refused as an OSError without errno.
        raise StoreFailed(f"{doing}: {error}") from error
