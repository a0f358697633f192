# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where snapshots are stored: a directory of the control host. Another place needs the same four methods."""
from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from typing import Protocol

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, LockHeld
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_manifest import PART

READ = 1 << 20


class SnapshotStore(Protocol):
    """Files by name. write: whole or not at all."""

    def write(self, name: str, blobs: Iterable[bytes]) -> None: ...

    def list(self) -> list[str]: ...

    def read(self, name: str) -> Iterator[bytes]: ...

    def remove(self, name: str) -> None: ...


class DirectoryStore:
    def __init__(self, path: str) -> None:
        self.path = path

    def must_be_usable(self) -> None:
        """Raises InvalidInput before anything is written. A directory that is missing will be made."""
        directory = self.path
        while not os.path.lexists(directory):
            directory = os.path.dirname(directory)
        if not os.path.isdir(directory):
            raise self._unusable(f"{directory} is not a directory", "give another path")
        if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
            raise self._unusable(f"{directory} can't be written by this user", "give another path")
        if directory == self.path and os.stat(directory).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise self._unusable("others may use it", f"close it to them: chmod 700 {self.path}, or give another path")

    def write(self, name: str, blobs: Iterable[bytes]) -> None:
        try:
            os.makedirs(self.path, mode=0o700, exist_ok=True)
            parent = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise self._unwritable(name, error) from None
        try:
            self._write(parent, name, blobs)
        except OSError as error:
            raise self._unwritable(name, error) from None
        finally:
            os.close(parent)

    def _write(self, parent: int, name: str, blobs: Iterable[bytes]) -> None:
        part = name + PART
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for blob in blobs:
                    file.write(blob)
                file.flush()
                os.fsync(file.fileno())
            os.rename(part, name, src_dir_fd=parent, dst_dir_fd=parent)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(part, dir_fd=parent)
            raise
        os.fsync(parent)

    @contextlib.contextmanager
    def held(self, cluster: str) -> Iterator[None]:
        """By one run at a time: another one would take what this one writes for what a killed run left. The lock ends with its process."""
        try:
            os.makedirs(self.path, mode=0o700, exist_ok=True)
            descriptor = os.open(os.path.join(self.path, f".{cluster}.lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unwritable(f".{cluster}.lock", error) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise LockHeld(f"Another run takes a snapshot of cluster {cluster}", where=self.path, fix="wait until it has ended") from None
        finally:
            os.close(descriptor)

    def list(self) -> list[str]:
        try:
            return sorted(os.listdir(self.path))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(error.strerror or str(error), "give another path") from None

    def read(self, name: str) -> Iterator[bytes]:
        try:
            with open(os.path.join(self.path, name), "rb") as file:
                while blob := file.read(READ):
                    yield blob
        except OSError as error:
            raise CaasError(f"{os.path.join(self.path, name)} can't be read", why=error.strerror or str(error)) from None

    def remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.path, name))

    def _unusable(self, why: str, fix: str) -> InvalidInput:
        return InvalidInput(f"{self.path} can't hold snapshots", where="snapshot_directory", why=why, fix=fix)

    def _unwritable(self, name: str, error: OSError) -> CaasError:
        return CaasError(f"{os.path.join(self.path, name)} can't be written", why=error.strerror or str(error),
                         fix="make room or give another directory; older snapshots are unchanged")
