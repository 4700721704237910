"""The object store keeps what it was given, gives ranges of it, deletes all of it, and says what is wrong."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from pathlib import Path

import pytest

from config.errors import Busy, Denied, FairError, Invalid, Missing
from config.settings import StorageSettings
from media.storage.bucket import Bucket
from media.storage.hashes import MAX_PARTS, PART_BYTES, cuts, hashes_of
from media.storage.objects import ObjectStore
from media.storage.opening import open_objects
from media.storage.store import MAX_READ_BYTES, Stored
from tests.media.s3_line import Fault, Line, Request
from tests.media.s3_server import Service
from tests.media.storing import QUICK, World, opened, settings_for


async def test_object_is_what_was_put(world: World) -> None:
    """Length and hash come back, and the hash lies with the object."""
    name = world.record("show", parts=2.5)
    wanted = Stored(int(2.5 * PART_BYTES), world.sha256(name))
    assert await world.store.put(world.folder / name, name) == wanted
    assert await world.store.exists(name)
    assert await world.store.size(name) == wanted.bytes
    key = f"{world.plain.prefix}/{name}"
    head = await world.plain.ask(lambda client: client.head_object(Bucket=world.plain.name, Key=key))
    assert head["Metadata"] == {"sha256": wanted.sha256}
    assert head["ContentType"] == "video/mp4"


@pytest.mark.parametrize("size", [1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES])
async def test_every_length_arrives(world: World, size: int) -> None:
    """Also those that end where a part ends."""
    name = world.record("show", parts=size / PART_BYTES)
    await world.store.put(world.folder / name, name)
    assert await world.objects() == {name: world.sha256(name)}


@pytest.mark.parametrize(("offset", "size"), [
    (0, 1), (0, 4096), (PART_BYTES - 5, 10), (12_000_000, 1 << 20), (12_582_900, 100), (12_582_912, 10),
    (1 << 40, 1), (5, 0),
])
async def test_range_is_read_as_from_a_file(world: World, offset: int, size: int) -> None:
    """Fewer bytes only where the section ends, none behind it."""
    name = world.record("show", parts=1.5)
    await world.store.put(world.folder / name, name)
    data = (world.folder / name).read_bytes()
    assert await world.store.read(name, offset, size) == data[offset : offset + size]
    assert await world.local.read(name, offset, size) == data[offset : offset + size]


async def test_what_is_not_there_is_missing(world: World) -> None:
    """And is no error where it only should be away."""
    assert not await world.store.exists("show/0001.mp4")
    for work in (world.store.size("show/0001.mp4"), world.store.read("show/0001.mp4", 0, 1)):
        with pytest.raises(Missing):
            await work
    await world.store.delete_all("show")


async def test_deletion_takes_every_version_and_what_was_begun(world: World) -> None:
    """In a bucket that keeps versions, nothing stays, and a recording whose name begins alike does."""
    await world.plain.ask(lambda client: client.put_bucket_versioning(
        Bucket=world.plain.name, VersioningConfiguration={"Status": "Enabled"}))
    for number in (1, 2):
        name = world.record("show", number, parts=0.1)
        await world.store.put(world.folder / name, name)
    await _put_again_and_mark_deleted(world, "show/0001.mp4")
    other = world.record("show2", parts=0.1)
    await world.store.put(world.folder / other, other)
    await _begin_upload(world, "show/0003.mp4")
    await world.store.delete_all("show")
    assert list(await world.objects()) == [other]
    assert await world.uploads() == 0


async def _put_again_and_mark_deleted(world: World, name: str) -> None:
    key = f"{world.plain.prefix}/{name}"
    await world.plain.ask(lambda client: client.put_object(Bucket=world.plain.name, Key=key, Body=b"again"))
    await world.plain.ask(lambda client: client.delete_object(Bucket=world.plain.name, Key=key))


async def _begin_upload(world: World, name: str) -> None:
    key = f"{world.plain.prefix}/{name}"
    await world.plain.ask(lambda client: client.create_multipart_upload(Bucket=world.plain.name, Key=key))


async def test_other_content_under_the_name_gives_way(world: World) -> None:
    """Also in a bucket that keeps versions there is one object then."""
    await world.plain.ask(lambda client: client.put_bucket_versioning(
        Bucket=world.plain.name, VersioningConfiguration={"Status": "Enabled"}))
    name = world.record("show", parts=0.1)
    await world.store.put(world.folder / name, name)
    (world.folder / name).write_bytes(random.randbytes(1000))
    await world.store.put(world.folder / name, name)
    assert await world.objects() == {name: world.sha256(name)}


@pytest.mark.parametrize("name", [
    "../0001.mp4", "show/../../etc", "/etc/passwd", "show/1.mp4", "a b/0001.mp4",
])
async def test_name_that_is_none_is_refused(world: World, line: Line, name: str) -> None:
    """Before anything is asked."""
    asked = len(line.requests)
    for work in (world.store.read(name, 0, 1), world.store.size(name), world.store.put(world.folder, name)):
        with pytest.raises(Invalid):
            await work
    assert len(line.requests) == asked


async def test_recording_that_is_none_is_not_deleted(world: World) -> None:
    """An empty name would mean everything."""
    name = world.record("show", parts=0.1)
    await world.store.put(world.folder / name, name)
    for recording in ("", "/", "..", "show/0001.mp4"):
        with pytest.raises(Invalid):
            await world.store.delete_all(recording)
    assert list(await world.objects()) == [name]


async def test_range_that_is_too_long_is_refused(world: World) -> None:
    """Nobody makes us hold a whole recording in memory."""
    with pytest.raises(Invalid):
        await world.store.read("show/0001.mp4", 0, MAX_READ_BYTES + 1)
    with pytest.raises(Invalid):
        await world.local.read("show/0001.mp4", -1, 1)


async def test_store_that_does_not_answer_is_busy(world: World, line: Line) -> None:
    """After a few tries."""
    line.is_down = True
    with pytest.raises(Busy) as refused:
        await world.store.size("show/0001.mp4")
    assert refused.value.code == "storage_away"


@pytest.mark.parametrize(("fault", "kind", "tries"), [
    (Fault.DENY, Denied, 1), (Fault.NOT_UNDERSTAND, Invalid, 1), (Fault.FAIL, Busy, len(QUICK) + 1),
])
async def test_refusal_is_one_of_ours(
    world: World, line: Line, fault: Fault, kind: type[FairError], tries: int,
) -> None:
    """And only what may pass is tried again."""
    line.plan = lambda _: fault
    with pytest.raises(kind):
        await world.store.read("show/0001.mp4", 0, 1)
    assert len(line.requests) == tries


@pytest.mark.parametrize("lacks", ["versions", "uploads"])
async def test_service_that_lists_less_keeps_and_deletes_all_the_same(
    world: World, line: Line, lacks: str,
) -> None:
    """Not every service has versions, or lists what was begun; uploads just begin anew there."""
    line.plan = lambda request: Fault.NOT_OFFER if _lists(request, lacks) else Fault.NONE
    name = world.record("show", parts=1.5)
    await world.store.put(world.folder / name, name)
    assert await world.objects() == {name: world.sha256(name)}
    await world.store.delete_all("show")
    assert await world.objects() == {}
    assert any(request.fault is Fault.NOT_OFFER for request in line.requests)


def _lists(request: Request, what: str) -> bool:
    return request.method == "GET" and f"?{what}" in request.target


async def test_service_without_sha256_gets_md5(world: World, line: Line) -> None:
    """It refuses the upload that names SHA-256, and takes the next one."""
    line.plan = lambda request: Fault.NOT_UNDERSTAND if b"sha256" in _algorithm(request) else Fault.NONE
    name = world.record("show", parts=1.5)
    await world.store.put(world.folder / name, name)
    assert await world.objects() == {name: world.sha256(name)}
    assert all(b"content-md5" in request.head.lower() for request in line.parts)
    assert not any(b"x-amz-checksum-sha256" in request.head.lower() for request in line.parts)


def _algorithm(request: Request) -> bytes:
    lines = request.head.lower().split(b"\r\n")
    return b"".join(line for line in lines if line.startswith(b"x-amz-checksum-algorithm"))


async def test_object_is_read_back_where_the_service_says_nothing_of_it(world: World, line: Line) -> None:
    """Whole, part by part; and one that is not what was sent is found by that, too."""
    line.plan = lambda request: Fault.FORGET if request.method == "HEAD" else Fault.NONE
    name = world.record("show", parts=2.5)
    await world.store.put(world.folder / name, name)
    assert line.fetched(name) == 3
    await world.store.delete_all("show")
    line.plan = lambda request: Fault.SPOIL if request.part == 2 and len(line.parts) < 5 else (
        Fault.FORGET if request.method == "HEAD" else Fault.NONE)
    await _put_until_it_is_right(world, name)
    assert any(request.fault is Fault.SPOIL for request in line.parts)
    assert await world.objects() == {name: world.sha256(name)}


async def _put_until_it_is_right(world: World, name: str) -> None:
    """A service that compares hashes refuses the part; of one that takes it the first `put` finds out."""
    for _ in range(2):
        try:
            await world.store.put(world.folder / name, name)
        except Busy as refusal:
            assert refusal.code == "storage_damaged"
            assert await world.objects() == {}
        else:
            return
    raise AssertionError("it never became right")


async def test_service_that_says_nothing_is_busy(world: World, line: Line) -> None:
    """It takes the connection and the request, and is given up after a while."""
    line.delay_seconds = 60
    async with opened(world.settings, pauses=()) as bucket:
        with pytest.raises(Busy):
            await bucket.ask(lambda client: client.head_bucket(Bucket=bucket.name), seconds=0.3)


async def test_bucket_that_is_not_there_is_named(service: Service) -> None:
    """The operator is told which key is wrong."""
    async with opened(settings_for(service, service.endpoint, "nobody-made-this")) as bucket:
        with pytest.raises(FairError, match=r"storage\.url"):
            await ObjectStore(bucket).delete_all("show")


@pytest.mark.parametrize("settings", [
    StorageSettings("s3://", "", "", ""), StorageSettings("http://bucket", "", "", ""),
    StorageSettings("s3://bucket/a?b=c", "", "", ""), StorageSettings("s3://bucket", "", "key", ""),
])
def test_settings_that_cannot_be_are_refused(settings: StorageSettings) -> None:
    """By the name of the key."""
    with pytest.raises(Invalid, match=r"storage\."):
        Bucket(settings)


async def test_store_is_opened_from_the_settings(service: Service) -> None:
    """None without a URL; with one, sections lie below its prefix, or at the top where it has none."""
    async with open_objects(StorageSettings("", "", "", "")) as nothing:
        assert nothing is None
    settings = StorageSettings("s3://bucket", service.endpoint, service.access_key, service.secret_key)
    async with open_objects(settings) as store:
        assert store
        assert store.place("show/0001.mp4") == "s3://bucket/show/0001.mp4"


async def test_hashing_holds_nobody_up(tmp_path: Path) -> None:
    """The loop goes round while a large file is read; all of it takes far longer than the longest turn."""
    path = tmp_path / "large"
    path.write_bytes(random.randbytes(1 << 20) * 192)
    done = asyncio.create_task(hashes_of(path))
    begun, longest = time.monotonic(), 0.0
    while not done.done():
        turn = time.monotonic()
        await asyncio.sleep(0)
        longest = max(longest, time.monotonic() - turn)
    assert longest < (time.monotonic() - begun) / 2
    assert done.result().sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_parts_cover_the_file_and_are_never_too_many() -> None:
    """Eight mebibytes each, more only where the service's limit of parts wants it."""
    for size in (0, 1, PART_BYTES, PART_BYTES + 1, 100 << 30):
        parts = list(cuts(size))
        assert sum(length for _, _, length in parts) == size
        assert 1 <= len(parts) <= MAX_PARTS
        assert [number for number, _, _ in parts] == list(range(1, len(parts) + 1))
        assert all(length >= PART_BYTES for _, _, length in parts[:-1])
