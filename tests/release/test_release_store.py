"""Finding, verifying and switching finished releases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from publish.release.errors import (
    Damage,
    DamagedFileError,
    DamagedReleaseError,
    ReleaseBusyError,
    UnknownReleaseError,
)
from publish.release.files import exclusively
from publish.release.model import Release
from publish.release.store import Releases
from publish.release.withdrawn import withdrawn_from
from quality.clock import ZONE
from tests.release.invented import Park, ask

Asked = Callable[..., Any]
LATER = datetime(2026, 11, 25, 8, tzinfo=ZONE)


@pytest.fixture
def second(served: Park) -> Release:
    """The release of the next day, which serves now."""
    served.tomorrow()
    served.tables["public_penalties"].pop()
    return served.build()


def withdrawn_by(releases: Releases, release_id: str) -> Any:
    """What a release may not show."""
    return withdrawn_from(releases.folder, release_id)


def test_before_the_first_release_there_is_none(park: Park):
    releases = Releases(park.folder)
    assert releases.current() is None
    assert releases.list() == ()


def test_the_history_lists_releases_oldest_first(
    served: Park, first: Release, second: Release
):
    releases = Releases(served.folder)
    assert releases.current() == second.id
    assert [(v.id, v.previous) for v in releases.list()] == [
        (first.id, None),
        (second.id, first.id),
    ]
    assert releases.version(second.id).counts == second.counts
    assert releases.manifest(second.id)["previous"] == first.id
    pointer = json.loads((served.folder / "current.json").read_text("utf-8"))
    assert pointer == {
        "release": second.id,
        "switched_at": "2026-11-24T12:00:00+08:00",
    }


def test_an_untouched_release_verifies(made: Release):
    assert Releases(made.folder.parent).verify(made.id) == ()


@pytest.mark.parametrize("name", ["public.db", "exports/honours.csv", "manifest.json"])
def test_an_altered_file_is_found(served: Park, name: str, first: Release):
    with (first.folder / name).open("ab") as file:
        file.write(b" ")
    found = Releases(served.folder).verify(first.id)
    assert found == (Damage(name, "content differs from its checksum"),)


def test_a_row_altered_in_place_is_found(served: Park, first: Release):
    ask(first.folder / "authorised.db", "UPDATE grades SET letter = 'A'")
    [damage] = Releases(served.folder).verify(first.id)
    assert damage.path == "authorised.db"


def test_missing_and_added_files_are_found(served: Park, first: Release):
    (first.folder / "diff.json").unlink()
    (first.folder / "exports" / "zz.csv").write_text("planted")
    assert Releases(served.folder).verify(first.id) == (
        Damage("diff.json", "missing"),
        Damage("exports/zz.csv", "not part of the release"),
    )


def test_checksums_rewritten_to_fit_are_found_by_the_seal(served: Park, first: Release):
    sums = first.folder / "SHA256SUMS"
    sums.write_text("".join(sums.read_text().splitlines(keepends=True)[1:]))
    [damage] = Releases(served.folder).verify(first.id)
    assert damage == Damage("SHA256SUMS", "differs from the seal in the history")
    sums.unlink()
    assert Releases(served.folder).verify(first.id) == (
        Damage("SHA256SUMS", "missing"),
    )


def test_rollback_serves_an_older_release_and_the_next_build_goes_on(
    served: Park, first: Release, second: Release
):
    releases = Releases(served.folder)
    releases.rollback(first.id, LATER)
    assert releases.current() == first.id
    again = served.build()
    assert again.id == second.id
    assert (again.switched, again.diff.previous) == (True, first.id)
    assert [v.id for v in releases.list()] == [first.id, second.id]
    assert releases.verify(second.id) == ()
    assert not list(served.folder.glob(".replaced-*/*"))


def test_a_damaged_release_is_not_rolled_back_to(
    served: Park, first: Release, second: Release
):
    (first.folder / "public.db").write_bytes(b"")
    releases = Releases(served.folder)
    with pytest.raises(DamagedReleaseError, match=r"public\.db: content differs"):
        releases.rollback(first.id, LATER)
    assert releases.current() == second.id


def test_rollback_waits_for_a_build_to_end(served: Park, first: Release):
    releases = Releases(served.folder)
    with exclusively(served.folder), pytest.raises(ReleaseBusyError):
        releases.rollback(first.id, LATER)


@pytest.mark.parametrize("name", ["20200101-0123456789", "../releases", ".", ""])
def test_only_names_of_releases_lead_anywhere(made: Release, name: str):
    releases = Releases(made.folder.parent)
    for look in (releases.path, releases.verify, releases.manifest, releases.version):
        with pytest.raises(UnknownReleaseError, match="no release"):
            look(name)


def test_a_damaged_serving_release_is_built_again(served: Park, first: Release):
    (first.folder / "public.db").write_bytes(b"broken")
    again = served.build()
    assert (again.id, again.switched, again.unchanged) == (first.id, True, False)
    assert Releases(served.folder).verify(first.id) == ()


def test_a_serving_release_that_was_deleted_is_built_again(
    served: Park, first: Release
):
    for path in sorted(first.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    first.folder.rmdir()
    assert served.build().switched
    assert Releases(served.folder).current() == first.id


@pytest.mark.parametrize("text", ["", '{"release": ', "[]", '{"release": "../x"}'])
def test_a_damaged_pointer_is_named_with_the_command_that_mends_it(
    served: Park, second: Release, text: str
):
    releases, pointer = Releases(served.folder), served.folder / "current.json"
    pointer.write_text(text, "utf-8")
    with pytest.raises(DamagedFileError) as told:
        releases.current()
    assert str(told.value).startswith(f"{pointer} is damaged (")
    assert f"`creditpark release rollback {second.id}` writes it anew" in str(
        told.value
    )
    releases.rollback(second.id, LATER)
    assert releases.current() == second.id


READERS: dict[str, tuple[Asked, str]] = {
    "versions.json": (lambda r, _: r.history(), "creditpark backup --releases"),
    "{}/manifest.json": (Releases.manifest, "let another serve, or run"),
    "{}/diff.json": (Releases.diff, "let another serve, or run"),
    "withdrawals.json": (withdrawn_by, "creditpark run"),
}


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_beside_the_releases_is_named(
    served: Park, second: Release, name: str
):
    path, (ask_for, told) = served.folder / name.format(second.id), READERS[name]
    path.write_text('{"half": ', "utf-8")
    with pytest.raises(DamagedFileError) as said:
        ask_for(Releases(served.folder), second.id)
    assert str(said.value).startswith(f"{path} is damaged (")
    assert told in str(said.value)


@pytest.mark.usefixtures("second")
def test_a_run_writes_a_damaged_list_of_withdrawals_anew(
    served: Park,
):
    path = served.folder / "withdrawals.json"
    before = path.read_bytes()
    path.write_text("", "utf-8")
    served.build()
    assert path.read_bytes() == before
