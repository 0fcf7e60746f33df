"""The lake in an object store, reached by the URL of an fsspec file system (``s3://…``).

Objects are the truth: each is put in one request, so that it appears whole or not at all,
and documents that say something is whole come last. Small documents are asked for anew
whenever they may have changed. Large files never change: they are fetched once, proved by
their hash and read from a cache on this machine, which may be deleted at any time, so
that the engine reads what was proved, and keys stay out of it. Not here: what the files
hold.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec

from orchestration.lake import atomic
from orchestration.lake.proof import DamagedFileError, Proofs
from publish.release.files import sha256 as sha256_of

SETTING, ENDPOINT = "CREDITPARK_LAKE", "CREDITPARK_LAKE_ENDPOINT"
KEYS = "CREDITPARK_LAKE_KEY and CREDITPARK_LAKE_SECRET"
S3 = ("s3", "s3a")
UNUSED_DAYS = 7  # after which a cached file is dropped
PATIENCE = {"connect_timeout": 5, "read_timeout": 60, "retries": {"max_attempts": 4}}
# This machine's own disk, which is no fault of the store.
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}
CLIENTS = {"botocore", "aiobotocore", "aiohttp"}  # whose errors are none of ours
Info = Mapping[str, Any]


class LakeUnavailableError(LookupError):
    """The object store of the lake cannot be used; names the setting, never a secret."""


@dataclass(frozen=True)
class Access:
    """How the store is reached; what is absent is left to the cloud's own files.

    Attributes:
        url: ``s3://bucket/prefix``.
        endpoint: of a store that is not Amazon's.
        key: access key.
        secret: that belongs to it.
    """

    url: str
    endpoint: str | None = None
    key: str | None = None
    secret: str | None = field(default=None, repr=False)

    @property
    def protocol(self) -> str:
        """The kind of store."""
        return self.url.partition("://")[0]

    def root(self) -> str:
        """Bucket and prefix.

        Raises:
            LakeUnavailableError: there is no such kind, or its package is missing.
        """
        try:
            kind = fsspec.get_filesystem_class(self.protocol)
        except ImportError as error:
            text = f"{SETTING} begins with {self.protocol}: pip install 's3fs>=2026.9'"
            raise LakeUnavailableError(text) from error
        except ValueError as error:
            raise LakeUnavailableError(f"{SETTING}: {error}") from error
        return str(kind._strip_protocol(self.url))

    def connect(self) -> fsspec.AbstractFileSystem:
        """The file system; nothing is asked of it yet."""
        given: dict[str, Any] = {
            "use_listings_cache": False,
            "skip_instance_cache": True,
        }
        if self.protocol in S3:
            given |= {"key": self.key, "secret": self.secret, "config_kwargs": PATIENCE}
            given |= {"endpoint_url": self.endpoint} if self.endpoint else {}
        return fsspec.filesystem(self.protocol, **given)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Tell a failure of the store by the setting that is to blame."""
        try:
            yield
        except Exception as error:
            if not _from_afar(error):
                raise
            text = f"{_blamed(error)}: {self.url} cannot be used: {error}"
            raise LakeUnavailableError(text) from error


@lru_cache(maxsize=4)
def _connected(access: Access, _process: int) -> fsspec.AbstractFileSystem:
    """One connection for each process; a fork must not go on with its parent's."""
    return access.connect()


def _from_afar(error: Exception) -> bool:
    """Whether the store said so, or could not be reached; no fault of ours."""
    if isinstance(error, OSError):
        return error.errno not in DISK
    return type(error).__module__.partition(".")[0] in CLIENTS


def _blamed(error: Exception) -> str:
    """The settings to look at first."""
    if isinstance(error, PermissionError) or "credentials" in str(error):
        return KEYS
    return SETTING if isinstance(error, FileNotFoundError) else ENDPOINT


@dataclass(frozen=True)
class Objects:
    """Objects below a prefix.

    Attributes:
        access: how they are reached.
        root: bucket and prefix.
        folder: of this machine, for the cache and for what is being made.
    """

    access: Access
    root: str
    folder: Path

    @classmethod
    def of(cls, access: Access, folder: Path) -> Objects:
        """The store of a URL."""
        return cls(access, access.root(), folder)

    @property
    def fs(self) -> fsspec.AbstractFileSystem:
        """The connection."""
        return _connected(self.access, os.getpid())

    def below(self, name: str) -> Objects:
        """The prefix below this one."""
        return Objects(self.access, f"{self.root}/{name}", self.folder)

    def shown(self, name: str) -> str:
        """Its URL."""
        return str(self.fs.unstrip_protocol(self._key(name)))

    def names(self, pattern: str) -> list[str]:
        """Names in order."""
        return [*self._found(pattern)]

    def ages(self, pattern: str) -> dict[str, int]:
        """When each was put, to the second."""
        found = self._found(pattern)
        return {name: int(_age(info) * 1e9) for name, info in found.items()}

    def documents(self, pattern: str) -> list[tuple[str, bytes]]:
        """Small objects, fetched at once where this very version was never fetched."""
        found = self._found(pattern)
        kept = {n: self._cached("documents", _version(n, i)) for n, i in found.items()}
        new = [name for name, path in kept.items() if not path.is_file()]
        if new:
            with self.access.asking():
                bodies = self.fs.cat([self._key(name) for name in new])
            for name in new:
                atomic.write_bytes(kept[name], bodies[self._key(name)])
        return [(name, path.read_bytes()) for name, path in kept.items()]

    def read(self, name: str) -> bytes | None:
        """A small object, as it is now."""
        with self.access.asking():
            try:
                return bytes(self.fs.cat_file(self._key(name)))
            except FileNotFoundError:
                return None

    def write(self, name: str, text: str) -> None:
        """Put a small object."""
        with self.access.asking():
            self.fs.pipe_file(self._key(name), text.encode())

    def workshop(self, name: str = "") -> Path:
        """Apart by name, since several are made at once."""
        return self.folder / "making" / self.root.replace("/", "-") / name

    def keep(self, name: str, made: Path) -> Path:
        """Put it, then move it into the cache."""
        place = self.place(name, sha256_of(made))
        with self.access.asking():
            self.fs.put_file(str(made), self._key(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        return made.replace(place)

    def keep_folder(self, name: str, made: Path, last: Collection[str]) -> None:
        """Put every file, those last that say it is whole, in the order of their times."""
        found = [path for path in made.rglob("*") if path.is_file()]
        for path in sorted(found, key=lambda p: (p.name in last, p.stat().st_mtime_ns)):
            below = path.relative_to(made).as_posix()
            with self.access.asking():
                self.fs.put_file(str(path), self._key(f"{name}/{below}".strip("/")))
        shutil.rmtree(made)

    def taken(self, name: str, last: str) -> bool:
        """Whether a folder is there whole."""
        return self.read(f"{name}/{last}") is not None

    def is_empty(self) -> bool:
        """Whether no object lies below the prefix."""
        return not self._folders(self.root, "*")

    def place(self, name: str, sha256: str | None) -> Path:
        """In the cache, by its hash."""
        return self._cached(sha256 or "unknown", PurePosixPath(name).name)

    def proved(
        self, name: str, sha256: str | None, remedy: str, proofs: Proofs
    ) -> Path:
        """In the cache; fetched if need be."""
        place = self.place(name, sha256)
        if sha256 is None or not proofs.holds(place, sha256):
            try:
                self._fetch(name, place)
            except FileNotFoundError as error:
                raise DamagedFileError(self.shown(name), "is lost", remedy) from error
            if sha256 is not None and not proofs.holds(place, sha256):
                place.unlink()
                raise DamagedFileError(self.shown(name), proofs.changed, remedy)
        os.utime(place.parent)  # still in use
        return place

    def remove(self, name: str) -> None:
        """Remove an object if it is there."""
        with self.access.asking():
            try:
                self.fs.rm_file(self._key(name))
            except FileNotFoundError:
                return

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every object, fetched one by one, with the time when it was put."""
        for name, info in self._listed(self.root).items():
            place = atomic.partial_of(self.workshop() / "fetched")
            self._fetch(name, place)
            os.utime(place, (time.time(), _age(info)))
            yield name, place
            place.unlink()

    def sweep(self) -> int:
        """Drop what the cache holds unused; half-written objects there are none."""
        since = time.time() - UNUSED_DAYS * 86_400
        for path in self.folder.glob("cache/*"):
            if path.stat().st_mtime < since:
                shutil.rmtree(path, ignore_errors=True)
        return 0

    def _key(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _cached(self, kind: str, name: str) -> Path:
        return self.folder / "cache" / kind / name

    def _fetch(self, name: str, place: Path) -> None:
        """Fetch an object; ``FileNotFoundError`` if there is none."""
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = atomic.partial_of(place)
        with self.access.asking():
            try:
                self.fs.get_file(self._key(name), str(partial))
            except FileNotFoundError:
                partial.unlink(missing_ok=True)
                lost = True
            else:
                lost = False
        if lost:
            raise FileNotFoundError(self.shown(name))
        partial.replace(place)

    def _found(self, pattern: str) -> dict[str, Info]:
        """Objects by name. No more is listed than what the pattern's beginning names."""
        starts, steps = [self.root], pattern.split("/")
        for number, step in enumerate(steps[:-1]):
            if "*" not in step:
                starts = [f"{start}/{step}" for start in starts]
            elif all("*" in later for later in steps[number:-1]):
                break
            else:
                starts = [f for s in starts for f in self._folders(s, step)]
        found = {k: v for s in starts for k, v in self._listed(s).items()}
        fits = {n: info for n, info in found.items() if _fits(n.split("/"), steps)}
        return dict(sorted(fits.items(), key=lambda item: item[0].split("/")))

    def _folders(self, start: str, pattern: str) -> list[str]:
        with self.access.asking():
            try:
                listed = self.fs.ls(start, detail=True)
            except FileNotFoundError:
                self.fs.find(start)  # a bucket that is not there fails here, too
                return []
        found = [str(i["name"]) for i in listed if i["type"] == "directory"]
        return [f for f in found if fnmatchcase(f.rpartition("/")[2], pattern)]

    def _listed(self, start: str) -> dict[str, Info]:
        with self.access.asking():
            found = self.fs.find(start, detail=True)
        objects = [key for key in sorted(found) if not key.endswith("/")]
        return {key.removeprefix(f"{self.root}/"): found[key] for key in objects}


def _fits(name: list[str], pattern: list[str]) -> bool:
    return len(name) == len(pattern) and all(map(fnmatchcase, name, pattern))


def _age(info: Info) -> float:
    return float(info["LastModified"].timestamp())


def _version(name: str, info: Info) -> str:
    """What changes whenever an object is put anew."""
    told = f"{name} {info['ETag']} {info['size']}"
    return hashlib.sha256(told.encode()).hexdigest()
