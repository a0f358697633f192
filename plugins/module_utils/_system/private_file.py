# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A file that only its owner may read. It is replaced at once or not at all, and never written through a link."""
from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from dataclasses import dataclass, field

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput

LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class PrivateFile:
    content: bytes = field(repr=False)
    mode: int


def read(path: str) -> PrivateFile | None:
    """The file, None if there is none. Raises InvalidInput if something else is there, or a file of another user."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _not_usable(path, "it is a symbolic link", "give the path of the file itself") from None
        raise _not_usable(path, error.strerror or str(error), "give another path") from None
    except ValueError as error:
        # no path has a null byte in it
        raise _not_usable(path, str(error), "give another path") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _not_usable(path, "it is not a regular file", "give the path of a file")
        if status.st_uid != os.geteuid():
            raise _not_usable(path, f"it belongs to another user (id {status.st_uid})", "run as that user, or give another path")
        if status.st_size > LARGEST:
            raise _not_usable(path, "it is larger than 1 MiB", "give another path")
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return PrivateFile(file.read(LARGEST), stat.S_IMODE(status.st_mode))
    finally:
        os.close(descriptor)


def must_be_writable(path: str) -> None:
    """Raises InvalidInput if a file can't be made there safely. Directories that are missing will be made."""
    directory = os.path.dirname(path)
    while not os.path.lexists(directory):
        directory = os.path.dirname(directory)
    if not os.path.isdir(directory):
        raise _not_usable(path, f"{directory} is not a directory", "give another path")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise _not_usable(path, f"{directory} can't be written by this user", "give another path")
    mode = os.stat(directory).st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise _not_usable(path, f"everybody may replace files in {directory}", f"chmod o-w {directory}, or give another path")


def write(path: str, text: str) -> None:
    """Mode 0600 from the first moment, whatever the umask; directories that are missing are made with mode 0700."""
    directory, base = os.path.split(path)
    try:
        _make(directory)
        parent = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _remove_abandoned(parent, base)
            _replace(parent, base, text)
        finally:
            os.close(parent)
    except OSError as error:
        raise CaasError(f"{path} can't be written", why=error.strerror or str(error),
                        fix="make room or give another path; what was there before is unchanged") from None


def _make(directory: str) -> None:
    if not os.path.isdir(directory):
        _make(os.path.dirname(directory))
        with contextlib.suppress(FileExistsError):
            os.mkdir(directory, 0o700)


def _replace(parent: int, base: str, text: str) -> None:
    new = f".{base}.{os.getpid()}.new"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, 0o600)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.rename(new, base, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new, dir_fd=parent)
        raise
    os.fsync(parent)


def _remove_abandoned(parent: int, base: str) -> None:
    """What a killed run left holds a key."""
    abandoned = re.compile(rf"\.{re.escape(base)}\.(\d+)\.new")
    for name in os.listdir(parent):
        match = abandoned.fullmatch(name)
        if match and (int(match[1]) == os.getpid() or not _is_alive(int(match[1]))):
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=parent)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _not_usable(path: str, why: str, fix: str) -> InvalidInput:
    return InvalidInput(f"{path} can't be used", where="path", why=why, fix=fix)
