"""Notes are signed and read as C2SP signed-note says, and anything else is refused."""

import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.store.notes import (
    KeyExposed,
    MalformedNote,
    NotSigned,
    Signer,
    Verifier,
    parse_note,
    signed,
)

# The keys, text and signatures that golang.org/x/mod/sumdb/note publishes with its format.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
BY_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    "\n"
)
BY_ENOCH = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ="
    "\n"
)
NOTE = f"{TEXT}\n{BY_PETER}{BY_ENOCH}"


def test_the_published_key_signs_the_published_note() -> None:
    assert signed(TEXT, Signer.of(PETER_SECRET)) == f"{TEXT}\n{BY_PETER}"


def test_the_published_key_has_the_published_verifier() -> None:
    assert Signer.of(PETER_SECRET).vkey == PETER
    assert Verifier.of(PETER).vkey == PETER


@pytest.mark.parametrize("vkey", [PETER, ENOCH])
def test_each_signer_of_the_published_note_is_believed(vkey: str) -> None:
    Verifier.of(vkey).check(parse_note(NOTE))


def test_a_note_is_written_as_it_was_read() -> None:
    assert str(parse_note(NOTE)) == NOTE
    assert parse_note(NOTE.encode()) == parse_note(NOTE)


def test_a_text_may_have_empty_lines() -> None:
    signer = Signer.generate("test.example/log/events")

    note = signed("First\n\nsecond\n\n\n", signer)

    assert parse_note(note).text == "First\n\nsecond\n\n\n"
    signer.verifier.check(parse_note(note))


def test_signatures_by_unknown_keys_are_ignored() -> None:
    same_name = Signer.generate("PeterNeumann")
    stranger = signed(TEXT, same_name).removeprefix(f"{TEXT}\n")

    Verifier.of(PETER).check(parse_note(f"{TEXT}\n{stranger}{BY_ENOCH}{BY_PETER}"))


def test_a_note_without_a_signature_by_the_key_is_refused() -> None:
    with pytest.raises(NotSigned, match=r"not signed by PeterNeumann\+c74f20a3"):
        Verifier.of(PETER).check(parse_note(f"{TEXT}\n{BY_ENOCH}"))


def test_a_false_signature_beside_a_true_one_is_refused() -> None:
    forged = signed("Another text\n", Signer.of(PETER_SECRET)).removeprefix("Another text\n\n")

    with pytest.raises(NotSigned, match="is false"):
        Verifier.of(PETER).check(parse_note(f"{TEXT}\n{BY_PETER}{forged}"))


@given(st.integers(0, 8 * len(TEXT.encode()) - 1))
def test_a_note_with_a_changed_bit_in_its_text_is_not_believed(bit: int) -> None:
    changed = bytearray(NOTE.encode())
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises((NotSigned, MalformedNote)):
        Verifier.of(PETER).check(parse_note(bytes(changed)))


@given(st.integers(0, 8 * len(BY_PETER.encode()) - 1))
def test_a_note_with_a_changed_bit_in_its_signature_is_not_believed(bit: int) -> None:
    changed = bytearray(f"{TEXT}\n{BY_PETER}".encode())
    changed[len(TEXT) + 1 + bit // 8] ^= 1 << bit % 8

    with pytest.raises((NotSigned, MalformedNote)):
        Verifier.of(PETER).check(parse_note(bytes(changed)))


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}{BY_PETER}",
        f"{TEXT}\n{BY_PETER.removesuffix(chr(10))}",
        f"{TEXT}\n{BY_PETER}Unexpected line.\n",
        f"{TEXT}\n{BY_PETER}\n",
        f"{TEXT}\n{BY_PETER.replace('—', '-')}",
        f"{TEXT}\n{BY_PETER.replace('PeterNeumann', 'Peter+Neumann')}",
        f"{TEXT}\n{BY_PETER}".replace("Neumann", "\u00a0Neumann"),
        f"{TEXT}\n{BY_PETER.replace('PeterNeumann', '')}",
        f"{TEXT}\n{BY_PETER.replace('PeterNeumann', 'Bad Name')}",
        f"{TEXT}\n— PeterNeumann x08gow==\n",
        f"{TEXT}\n{BY_PETER.replace('nAM=', 'nAN=')}",
        f"{TEXT}\n{BY_PETER.replace('nAM=', 'nAM')}",
        f"{TEXT}\n{BY_PETER * 101}",
        f"\x01{TEXT}\n{BY_PETER}",
        f"{TEXT}\r\n{BY_PETER}",
        f"{TEXT}\ud800\n\n{BY_PETER}",
        b"\xff" + f"{TEXT}\n{BY_PETER}".encode(),
        "a" * 1_000_000 + f"\n\n{BY_PETER}",
    ],
)
def test_what_is_no_note_is_refused(note: str | bytes) -> None:
    with pytest.raises(MalformedNote):
        parse_note(note)


@given(st.text() | st.binary())
def test_garbage_is_refused_as_malformed(note: str | bytes) -> None:
    with pytest.raises(MalformedNote):
        parse_note(note)


def test_every_part_of_a_verifier_key_is_needed() -> None:
    for start in range(len(PETER)):
        for end in range(start, len(PETER) + (start > 0)):
            with pytest.raises(MalformedNote):
                Verifier.of(PETER[start:end])


def test_every_change_of_a_key_is_refused() -> None:
    for place in range(len(PETER)):
        with pytest.raises(MalformedNote):
            Verifier.of(PETER[:place] + chr(ord(PETER[place]) + 1) + PETER[place + 1 :])
    for place in range(len(PETER_SECRET)):
        with pytest.raises(MalformedNote):
            Signer.of(PETER_SECRET[:place] + chr(ord(PETER_SECRET[place]) + 1) + PETER_SECRET[place + 1 :])


@pytest.mark.parametrize(
    "vkey",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_keys_of_another_length_or_algorithm_are_refused(vkey: str) -> None:
    with pytest.raises(MalformedNote):
        Verifier.of(vkey)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "tab\tbed", "wide\u2003space"])
def test_a_key_has_a_name_of_one_word(name: str) -> None:
    with pytest.raises(MalformedNote, match="no key name"):
        Signer.generate(name)


@pytest.mark.parametrize("text", ["", "no newline", "bell\x07\n", "lone \ud800\n"])
def test_what_no_note_can_carry_is_not_signed(text: str) -> None:
    with pytest.raises(MalformedNote):
        signed(text, Signer.of(PETER_SECRET))


def test_a_note_is_not_made_without_a_signature() -> None:
    with pytest.raises(MalformedNote):
        signed(TEXT)


def test_a_key_rests_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    signer = Signer.generate("test.example/log/events")

    signer.save(tmp_path / "log.key")

    assert stat.S_IMODE((tmp_path / "log.key").stat().st_mode) == 0o600
    assert Signer.load(tmp_path / "log.key").vkey == signer.vkey


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Signer.generate("test.example/log/events").save(tmp_path / "log.key")
    (tmp_path / "log.key").chmod(0o640)

    with pytest.raises(KeyExposed) as refusal:
        Signer.load(tmp_path / "log.key")

    assert (refusal.value.rule, refusal.value.owner) == ("key-exposed", "operator")
    assert "chmod 600" in refusal.value.remedy


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    Signer.of(PETER_SECRET).save(tmp_path / "log.key")

    with pytest.raises(FileExistsError):
        Signer.generate("PeterNeumann").save(tmp_path / "log.key")

    assert Signer.load(tmp_path / "log.key").vkey == PETER


def test_no_refusal_and_no_picture_of_a_signer_shows_the_key() -> None:
    signer = Signer.of(PETER_SECRET)
    seed = PETER_SECRET.rpartition("+c74f20a3+")[2]

    with pytest.raises(MalformedNote) as refusal:
        Signer.of(PETER_SECRET + "!")

    assert seed not in repr(signer) + str(signer) + str(refusal.value)
    assert base64.b64decode(seed)[1:].hex() not in repr(signer.__dict__)
