"""Words are closed for one place in the log, and their boxes tell neither what they say nor how long it is."""

import hashlib
from base64 import b64decode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from counterpoise.store import sealing
from counterpoise.store.sealing import SIZES, DataKey, KeyEncryptingKey, Tampered

KEY_ID = "6f1a52a0-5c3e-4a44-9d0e-1c8f6f0f7a11"
SECRET = bytes(range(32))
KEY = DataKey(KEY_ID, SECRET)
HERE = sealing.place(stream="concern:1", version=2, field="words")
KEK = KeyEncryptingKey(store="store", generation=3, secret=SECRET)

texts = st.text() | st.text(min_size=1000, max_size=5000)
places = st.tuples(st.text(max_size=5), st.integers(0, 200), st.text(max_size=5))


def bound(where: tuple[str, int, str]) -> bytes:
    stream, version, field = where
    return sealing.place(stream=stream, version=version, field=field)


@given(texts)
@example("")
@example("\0" * 300)
@example("Ω" * 20_000)
def test_closed_words_open_to_the_same_words(text: str) -> None:
    key_id, sealed = sealing.contents(KEY.close(text, HERE))

    assert key_id == KEY_ID
    assert KEY.open(sealed, HERE) == text


@given(places, places)
@example(("concern:1", 12, "words"), ("concern:11", 2, "words"))
@example(("a", 1, "b"), ("a1", 1, "b"))
@example(("a|1", 1, "b"), ("a", 1, "1|b"))
def test_two_places_never_bind_alike(one: tuple[str, int, str], other: tuple[str, int, str]) -> None:
    assert (bound(one) == bound(other)) == (one == other)


@pytest.mark.parametrize(
    "moved", [("concern:2", 2, "words"), ("concern:1", 3, "words"), ("concern:1", 2, "x")]
)
def test_a_box_moved_to_another_stream_version_or_field_is_tampered(moved: tuple[str, int, str]) -> None:
    _, sealed = sealing.contents(KEY.close("Not in front of the cameras", HERE))

    with pytest.raises(Tampered, match="moved from the event"):
        KEY.open(sealed, bound(moved))


@given(st.data())
def test_a_box_with_any_character_changed_is_tampered_or_another_keys(data: st.DataObject) -> None:
    box = KEY.close("Fewer meetings", HERE)
    at = data.draw(st.integers(0, len(box) - 1))
    new = data.draw(st.characters(codec="utf-8").filter(lambda character: character != box[at]))

    try:
        key_id, sealed = sealing.contents(box[:at] + new + box[at + 1 :])
        assert key_id != KEY_ID or KEY.open(sealed, HERE) is None
    except Tampered:
        pass


def test_a_box_with_bits_changed_that_say_nothing_is_tampered() -> None:
    box = KEY.close("Fewer meetings", HERE)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = box[:-2] + alphabet[alphabet.index(box[-2]) ^ 1] + "="

    assert b64decode(box.split(":")[3]) == b64decode(other.split(":")[3])
    with pytest.raises(Tampered):
        sealing.contents(other)


@given(st.text())
@example("")
@example("sealed:2:" + KEY_ID + ":")
@example("sealed:1:" + KEY_ID + ":")
@example("sealed:1:" + KEY_ID.upper() + ":" + "A" * 124)
@example("sealed:1:" + KEY_ID + ":" + "A" * 40)
def test_what_no_seal_wrote_is_tampered(text: str) -> None:
    with pytest.raises(Tampered):
        sealing.contents(text)


def test_words_closed_by_one_key_do_not_open_under_another() -> None:
    _, sealed = sealing.contents(KEY.close("Fewer meetings", HERE))

    with pytest.raises(Tampered):
        DataKey(KEY_ID, bytes(32)).open(sealed, HERE)


@given(texts)
def test_a_box_has_one_of_the_allowed_lengths(text: str) -> None:
    sealed = b64decode(KEY.close(text, HERE).split(":")[3])

    length = len(sealed) - 12 - 16
    assert length in SIZES or (length > SIZES[-1] and length % SIZES[-1] == 0)


@pytest.mark.parametrize(
    ("length", "size"),
    [
        *((0, 64), (60, 64), (61, 256), (252, 256), (253, 1024), (1020, 1024), (4092, 4096), (4093, 16384)),
        *((16380, 16384), (16381, 32768), (32764, 32768), (32765, 49152)),
    ],
)
def test_words_are_filled_to_the_least_size_that_holds_them(length: int, size: int) -> None:
    assert len(sealing.padded(b"x" * length)) == size


@given(st.binary() | st.binary(min_size=64, max_size=64))
@example(bytes(64))
@example(bytes(63) + b"\1")
@example(bytes(256))
@example(b"\0\0\0\x40" + bytes(60))
def test_only_what_padding_wrote_is_unpadded(filled: bytes) -> None:
    try:
        words = sealing.unpadded(filled)
    except Tampered:
        return

    assert sealing.padded(words) == filled


def test_the_same_words_never_close_to_the_same_box() -> None:
    boxes = {KEY.close("Yes", HERE) for _ in range(1000)}

    assert len(boxes) == 1000


def test_a_commitment_is_the_hash_that_the_log_tells_of() -> None:
    expected = hashlib.sha256(b"cp.dek.v1" + KEY_ID.encode() + SECRET).hexdigest()

    assert KEY.commitment == sealing.commitment(KEY_ID, SECRET) == expected


def test_a_wrapped_key_opens_for_its_row_store_and_generation_only() -> None:
    wrapped = KEK.wrap("key", "one", SECRET)
    elsewhere = [
        (KEK, "key", "two"),
        (KEK, "link", "one"),
        (KeyEncryptingKey(store="another", generation=3, secret=SECRET), "key", "one"),
        (KeyEncryptingKey(store="store", generation=4, secret=SECRET), "key", "one"),
        (KeyEncryptingKey(store="store", generation=3, secret=bytes(32)), "key", "one"),
    ]

    assert KEK.unwrap("key", "one", wrapped) == SECRET
    for key, kind, name in elsewhere:
        with pytest.raises(Tampered):
            key.unwrap(kind, name, wrapped)


def test_a_key_does_not_show_its_secret() -> None:
    shown = repr(KEK) + repr(KEY) + str(KEY)

    assert repr(SECRET) not in shown
    assert SECRET.hex() not in shown
