"""An export proves what it shows, to the product and to a verifier that shares nothing with it."""

import ast
import gzip
import importlib.util
import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.store.checkpoints import Checkpoint
from counterpoise.store.export import (
    ExportContradicted,
    Row,
    Shown,
    UnreadableExport,
    check_export,
    export_log,
    export_part,
)
from counterpoise.store.notes import MalformedNote, NotSigned, Signer, signed
from counterpoise.store.tree import inclusion, leaf_hash
from tests.store.trees import Held

ORIGIN = "test.example/log/events"
SIGNER = Signer.generate(ORIGIN)
STRANGER = Signer.generate(ORIGIN)
VERIFIER = Path(__file__).parents[2] / "deploy" / "verify_export.py"
ROWS: list[Row] = [
    (n + 1, f"pilot:{n % 3}", n // 3 + 1, "pilot.signal-noted", f'{{"n":{n},"who":"Zoë"}}'.encode())
    for n in range(40)
]
TREE = Held([leaf_hash(*row[1:]) for row in ROWS])


def checkpoint_at(size: int, signer: Signer = SIGNER) -> str:
    root = Held(TREE.kept[:size]).frontier.root()
    return signed(Checkpoint(ORIGIN, size, root).body, signer)


CHECKPOINT = checkpoint_at(40)


def prove(index: int, size: int) -> list[bytes]:
    return inclusion(index, size, TREE)


def even(row: Row) -> bool:
    return row[0] % 2 == 0


def whole(path: Path, shown: Shown | None = None) -> Path:
    export_log(path, ROWS, checkpoint=CHECKPOINT, vkey=SIGNER.vkey, shown=shown)
    return path


def part(path: Path, shown: Shown | None = None) -> Path:
    rows = [row for row in ROWS if row[1] == "pilot:1"]
    export_part(path, rows, checkpoint=CHECKPOINT, vkey=SIGNER.vkey, prove=prove, shown=shown)
    return path


def lines_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def write(path: Path, lines: list[Any]) -> Path:
    path.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    return path


def load_verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_export", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


APART = load_verifier()


def run(*arguments: str | Path, python: tuple[str, ...] = ("-I",)) -> subprocess.CompletedProcess[str]:
    """Run the stand-alone verifier as anybody would; `-I` keeps this tree off its path."""
    command = [sys.executable, *python, VERIFIER, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


BARE = ("-I", "-S")
"""A Python on which nothing is installed."""


def verdicts(path: Path, vkey: str | None = None) -> tuple[int, int]:
    """Return the exit codes of the product's verdict and of the stand-alone verifier's."""
    try:
        ours = 0 if check_export(path, vkey).verified else 1
    except UnreadableExport:
        ours = 2
    return ours, APART.main([str(path), *(["--vkey", vkey] if vkey else [])])


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
@pytest.mark.parametrize("make", [whole, part])
@pytest.mark.parametrize("shown", [None, even, lambda _: False])
def test_an_export_verifies_whole_or_in_part_shown_or_redacted(
    name: str, make: Callable[[Path, Shown | None], Path], shown: Shown | None, tmp_path: Path
) -> None:
    path = make(tmp_path / name, shown)

    assert verdicts(path, SIGNER.vkey) == (0, 0)
    assert verdicts(path) == (0, 0)


def test_a_report_says_what_the_export_holds(tmp_path: Path) -> None:
    report = check_export(whole(tmp_path / "log.jsonl", even), SIGNER.vkey)

    assert (report.scope, report.events, report.withheld, report.signed) == ("log", 40, 20, True)
    assert (report.checkpoint.origin, report.checkpoint.size) == (ORIGIN, 40)


def test_a_report_without_a_key_says_that_nobody_vouches(tmp_path: Path) -> None:
    report = check_export(part(tmp_path / "part.jsonl"))

    assert (report.scope, report.events, report.withheld, report.signed) == ("part", 13, 0, None)


def test_the_lines_of_an_export_are_as_published(tmp_path: Path) -> None:
    header, first, second, *_ = lines_of(whole(tmp_path / "log.jsonl", even))

    assert header == {
        "format": "counterpoise.export.v1",
        "scope": "log",
        "redacted": True,
        "checkpoint": CHECKPOINT,
        "vkey": SIGNER.vkey,
    }
    assert first[:4] == ["pilot:0", 1, "pilot.signal-noted", None]
    assert len(first[4]) == 64
    assert second == ["pilot:1", 1, "pilot.signal-noted", '{"n":1,"who":"Zoë"}']


def test_the_lines_of_a_part_carry_leaf_and_proof(tmp_path: Path) -> None:
    line = lines_of(part(tmp_path / "part.jsonl"))[2]

    proof = [node.hex() for node in prove(4, 40)]
    assert line == ["pilot:1", 2, "pilot.signal-noted", '{"n":4,"who":"Zoë"}', None, 4, proof]


def test_a_withheld_state_is_nowhere_in_the_file(tmp_path: Path) -> None:
    assert b"Zo" not in whole(tmp_path / "log.jsonl", lambda _: False).read_bytes()
    assert b"Zo" not in part(tmp_path / "part.jsonl", lambda _: False).read_bytes()


def test_the_same_export_is_the_same_file(tmp_path: Path) -> None:
    one, two = whole(tmp_path / "one.gz"), whole(tmp_path / "two.gz")

    assert one.read_bytes() == two.read_bytes()


def test_an_export_is_for_its_owner_to_hand_on(tmp_path: Path) -> None:
    path = whole(tmp_path / "log.jsonl.gz")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_rows_after_the_checkpoint_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"

    written = export_log(path, ROWS, checkpoint=checkpoint_at(25), vkey=SIGNER.vkey)

    assert written == 25
    assert verdicts(path, SIGNER.vkey) == (0, 0)


def test_a_log_of_no_events_can_be_exported(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"

    export_log(path, [], checkpoint=checkpoint_at(0), vkey=SIGNER.vkey)

    assert verdicts(path, SIGNER.vkey) == (0, 0)


def test_an_export_longer_than_a_chunk_verifies(tmp_path: Path) -> None:
    rows = [(n + 1, "pilot:a", n + 1, "pilot.signal-noted", b"{}") for n in range(4096 * 2 + 1)]
    root = Held([leaf_hash(*row[1:]) for row in rows]).frontier.root()
    note = signed(Checkpoint(ORIGIN, len(rows), root).body, SIGNER)
    path = tmp_path / "log.jsonl.gz"

    export_log(path, rows, checkpoint=note, vkey=SIGNER.vkey)

    assert verdicts(path, SIGNER.vkey) == (0, 0)


@pytest.mark.parametrize("rows", [ROWS[:39], [*ROWS[:5], ROWS[6], ROWS[5], *ROWS[7:]], []])
def test_a_log_that_its_checkpoint_contradicts_is_not_exported(rows: list[Row], tmp_path: Path) -> None:
    with pytest.raises(ExportContradicted) as refusal:
        export_log(tmp_path / "log.jsonl", rows, checkpoint=CHECKPOINT, vkey=SIGNER.vkey)

    assert (refusal.value.rule, refusal.value.owner) == ("export-contradicted", "operator")
    assert list(tmp_path.iterdir()) == []


def test_an_event_that_is_not_covered_is_not_exported_as_part(tmp_path: Path) -> None:
    with pytest.raises(ExportContradicted, match="not among those of the checkpoint"):
        export_part(
            tmp_path / "part.jsonl", ROWS, checkpoint=checkpoint_at(25), vkey=SIGNER.vkey, prove=prove
        )

    assert list(tmp_path.iterdir()) == []


def test_nothing_is_exported_under_a_checkpoint_of_another_key(tmp_path: Path) -> None:
    with pytest.raises(NotSigned):
        export_log(tmp_path / "log.jsonl", ROWS, checkpoint=CHECKPOINT, vkey=STRANGER.vkey)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedNote):
        check_export(whole(tmp_path / "log.jsonl"), "no key")


Lines = list[Any]


def edit(lines: Lines) -> Lines:
    lines[7][3] = lines[7][3].replace("Zoë", "Bo")
    return lines


def move_stream(lines: Lines) -> Lines:
    lines[7][0] = "pilot:2"
    return lines


def move_version(lines: Lines) -> Lines:
    lines[7][1] += 1
    return lines


def rename(lines: Lines) -> Lines:
    lines[7][2] = "pilot.closed"
    return lines


def drop_last(lines: Lines) -> Lines:
    return lines[:-1]


def drop_middle(lines: Lines) -> Lines:
    return lines[:7] + lines[8:]


def swap(lines: Lines) -> Lines:
    return [*lines[:7], lines[8], lines[7], *lines[9:]]


def double(lines: Lines) -> Lines:
    return [*lines[:7], lines[7], *lines[7:]]


def sign_by_another(lines: Lines) -> Lines:
    lines[0]["checkpoint"] = checkpoint_at(40, STRANGER)
    return lines


def state_another_root(lines: Lines) -> Lines:
    body, _, signature = CHECKPOINT.rpartition("\n\n")
    root = Checkpoint(ORIGIN, 40, TREE.kept[0]).body.split("\n")[2]
    lines[0]["checkpoint"] = "\n".join([*body.split("\n")[:2], root]) + "\n\n" + signature
    return lines


WHOLE_ATTACKS = [edit, move_stream, move_version, rename, drop_last, drop_middle, swap, double]
PART_ATTACKS = [edit, move_stream, move_version, rename, swap, double]


@pytest.mark.parametrize("attack", [*WHOLE_ATTACKS, sign_by_another, state_another_root])
def test_an_altered_export_of_the_log_does_not_verify(
    attack: Callable[[Lines], Lines], tmp_path: Path
) -> None:
    lines = attack(lines_of(whole(tmp_path / "log.jsonl")))

    assert verdicts(write(tmp_path / "altered.jsonl", lines), SIGNER.vkey) == (1, 1)


@pytest.mark.parametrize("attack", [*PART_ATTACKS, sign_by_another, state_another_root])
def test_an_altered_export_of_a_part_does_not_verify(
    attack: Callable[[Lines], Lines], tmp_path: Path
) -> None:
    lines = attack(lines_of(part(tmp_path / "part.jsonl")))

    assert verdicts(write(tmp_path / "altered.jsonl", lines), SIGNER.vkey) == (1, 1)


@pytest.mark.parametrize("attack", [*PART_ATTACKS, state_another_root])
def test_an_altered_export_does_not_verify_without_a_key_either(
    attack: Callable[[Lines], Lines], tmp_path: Path
) -> None:
    lines = attack(lines_of(part(tmp_path / "part.jsonl")))

    assert verdicts(write(tmp_path / "altered.jsonl", lines)) == (1, 1)


def test_a_redacted_event_cannot_be_given_another_hash(tmp_path: Path) -> None:
    lines = lines_of(whole(tmp_path / "log.jsonl", lambda _: False))
    lines[7][4] = "0" * 64

    assert verdicts(write(tmp_path / "altered.jsonl", lines), SIGNER.vkey) == (1, 1)


def test_an_export_that_claims_to_show_all_does_not_withhold(tmp_path: Path) -> None:
    lines = lines_of(whole(tmp_path / "log.jsonl", even))
    lines[0]["redacted"] = False

    assert verdicts(write(tmp_path / "altered.jsonl", lines), SIGNER.vkey) == (1, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"Dear reader,\n",
        b"\xff\xfe\n",
        b"{}\n",
        b"[]\n",
        b"null\n",
        b'{"format":"counterpoise.export.v2"}\n',
        b'{"format":"counterpoise.export.v1"}\n',
        b"\x1f\x8b",
        b"\x1f\x8bgarbage that is no gzip at all",
        b"[" * 100_000 + b"\n",
        gzip.compress(b"Dear reader,\n"),
    ],
    ids=range(13),
)
def test_what_is_no_export_is_unreadable(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "what.jsonl"
    path.write_bytes(content)

    assert verdicts(path) == (2, 2)


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b'["pilot:0",1,"pilot.closed"]\n',
        b'["pilot:0",1,"pilot.closed",null]\n',
        b'["pilot:0",1,"pilot.closed","{}","' + b"0" * 64 + b'"]\n',
        b'["pilot:0",1,"pilot.closed",null,"' + b"0" * 63 + b'"]\n',
        b'["pilot:0",1,"pilot.closed",null,"' + b"0 " * 32 + b'"]\n',
        b'["pilot:0",1,"pilot.closed",null,7]\n',
        b'["pilot:0",1,"pilot.closed","{}",null,0]\n',
        b'["pilot:0",-1,"pilot.closed","{}"]\n',
        b'["pilot:0",18446744073709551616,"pilot.closed","{}"]\n',
        b'["pilot:0",' + b"9" * 5000 + b',"pilot.closed","{}"]\n',
        b'["pilot:0",1.0,"pilot.closed","{}"]\n',
        b'["pilot:0",true,"pilot.closed","{}"]\n',
        b'["pilot:0",1,"pilot.closed",{}]\n',
        b'["pilot:\\ud800",1,"pilot.closed","{}"]\n',
        b'["pilot:\xff",1,"pilot.closed","{}"]\n',
        b'["pilot:0",1,"pilot.closed","{}"]',
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_line_that_is_no_event_makes_an_export_unreadable(line: bytes, tmp_path: Path) -> None:
    path = whole(tmp_path / "log.jsonl")
    path.write_bytes(path.read_bytes() + line)

    assert verdicts(path) == (2, 2)


@pytest.mark.parametrize("tail", [[0], [0, None], ["0", []], [True, []], [0, [7]], [0, ["zz"]], [0, [], 0]])
def test_a_line_without_a_proper_proof_makes_a_part_unreadable(tail: list[Any], tmp_path: Path) -> None:
    lines = [
        *lines_of(part(tmp_path / "part.jsonl")),
        ["pilot:0", 1, "pilot.closed", "{}", None, *tail],
    ]

    assert verdicts(write(tmp_path / "altered.jsonl", lines)) == (2, 2)


@pytest.mark.parametrize("index", [-1, 40, 1 << 70])
def test_a_leaf_outside_the_log_does_not_verify(index: int, tmp_path: Path) -> None:
    lines = lines_of(part(tmp_path / "part.jsonl"))
    lines[-1][5] = index

    assert verdicts(write(tmp_path / "altered.jsonl", lines)) == (1, 1)


@pytest.mark.parametrize("note", ["", "Hello", "Hello\n\n", "Hello\n\n— a b\n", CHECKPOINT.replace("—", "-")])
def test_a_header_without_a_checkpoint_makes_an_export_unreadable(note: str, tmp_path: Path) -> None:
    lines = lines_of(whole(tmp_path / "log.jsonl"))
    lines[0]["checkpoint"] = note

    assert verdicts(write(tmp_path / "altered.jsonl", lines)) == (2, 2)


def test_an_export_cut_short_is_unreadable(tmp_path: Path) -> None:
    path = whole(tmp_path / "log.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-200])

    assert verdicts(path) == (2, 2)


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    assert verdicts(tmp_path / "nowhere.jsonl") == (2, 2)
    assert verdicts(tmp_path) == (2, 2)


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("originals")
    return {
        "log": whole(folder / "log.jsonl", even).read_bytes(),
        "part": part(folder / "part.jsonl", even).read_bytes(),
        "packed": whole(folder / "log.jsonl.gz", even).read_bytes(),
    }


@given(st.sampled_from(["log", "part", "packed"]), st.data())
def test_a_changed_bit_anywhere_never_verifies_as_something_else(
    originals: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, kind: str, draws: st.DataObject
) -> None:
    content = bytearray(originals[kind])
    bit = draws.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    path = tmp_path_factory.getbasetemp() / "changed.jsonl"
    path.write_bytes(content)

    ours, theirs = verdicts(path, SIGNER.vkey)

    assert (ours == 0) == (theirs == 0)
    assert ours != 0 or told_by(path.read_bytes()) == told_by(originals[kind])


def told_by(content: bytes) -> list[Any]:
    """Return what an export says of the log: all but the key in its header, which proves nothing."""
    plain = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    header, *events = [json.loads(line) for line in plain.splitlines()]
    return [header["checkpoint"], *(event[:4] for event in events)]


@given(st.binary(max_size=300))
def test_garbage_is_unreadable_to_both(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "garbage.jsonl"
    path.write_bytes(content)

    assert verdicts(path) == (2, 2)


def test_the_verifier_shares_nothing_with_the_product() -> None:
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"))

    named = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    rooms = {name.partition(".")[0] for name in named}
    assert rooms - set(sys.stdlib_module_names) == {"cryptography"}


def test_the_verifier_says_what_it_checked_and_what_it_did_not(tmp_path: Path) -> None:
    path = whole(tmp_path / "log.jsonl.gz", even)

    finished = run(path, "--vkey", SIGNER.vkey)

    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith("VERIFIED.\nChecked:\n")
    assert "The 40 events, in this order, are all that test.example/log/events held" in finished.stdout
    assert "signed by the key you gave" in finished.stdout
    assert "20 events came without their state" in finished.stdout
    assert "Whether the log was rewritten before this checkpoint" in finished.stdout


def test_the_verifier_says_that_a_part_is_only_a_part(tmp_path: Path) -> None:
    finished = run(part(tmp_path / "part.jsonl"), "--vkey", SIGNER.vkey)

    assert finished.returncode == 0
    assert "Each of the 13 events is among the 40" in finished.stdout
    assert "cannot be told from a part" in finished.stdout


def test_the_verifier_without_a_key_does_without_cryptography(tmp_path: Path) -> None:
    finished = run(whole(tmp_path / "log.jsonl.gz"), python=BARE)

    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith("VERIFIED, but for the signature.")
    assert "The signature was not checked" in finished.stdout


def test_the_verifier_says_what_it_lacks_to_check_a_signature(tmp_path: Path) -> None:
    finished = run(whole(tmp_path / "log.jsonl"), "--vkey", SIGNER.vkey, python=BARE)

    assert (finished.returncode, finished.stderr) == (2, "")
    assert "pip install cryptography" in finished.stdout


@pytest.mark.parametrize(
    ("vkey", "code", "said"),
    [
        (STRANGER.vkey, 1, "not signed by the key you gave"),
        (SIGNER.vkey[:-1], 2, "should be base64"),
        ("no key", 2, "none, or was mistyped"),
    ],
    ids=["another", "mistyped", "none"],
)
def test_the_verifier_refuses_another_key(vkey: str, code: int, said: str, tmp_path: Path) -> None:
    finished = run(whole(tmp_path / "log.jsonl"), "--vkey", vkey)

    assert (finished.returncode, finished.stderr) == (code, "")
    assert said in finished.stdout


@pytest.mark.parametrize("size", [0, 1, 25, 40])
def test_the_verifier_holds_an_export_to_a_checkpoint_kept_by_its_reader(size: int, tmp_path: Path) -> None:
    (tmp_path / "held.note").write_bytes(checkpoint_at(size).encode())

    finished = run(whole(tmp_path / "log.jsonl"), "--vkey", SIGNER.vkey, "--held", tmp_path / "held.note")

    assert finished.returncode == 0
    assert f"The first {size} events are those of the checkpoint you hold." in finished.stdout
    assert "Whether the log was rewritten" not in finished.stdout


def held_of_another_history(signer: Signer) -> str:
    return signed(Checkpoint(ORIGIN, 25, TREE.kept[0]).body, signer)


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (held_of_another_history(SIGNER), "of another history"),
        (signed(Checkpoint(ORIGIN, 41, TREE.kept[0]).body, SIGNER), "or the log was cut"),
        (checkpoint_at(25, STRANGER), "The checkpoint you hold: "),
    ],
)
def test_the_verifier_catches_a_rewritten_history(held: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "held.note").write_bytes(held.encode())

    finished = run(whole(tmp_path / "log.jsonl"), "--vkey", SIGNER.vkey, "--held", tmp_path / "held.note")

    assert (finished.returncode, finished.stderr) == (1, "")
    assert said in finished.stdout


def test_the_verifier_does_not_claim_to_have_compared_a_part(tmp_path: Path) -> None:
    (tmp_path / "held.note").write_bytes(held_of_another_history(SIGNER).encode())

    finished = run(part(tmp_path / "part.jsonl"), "--held", tmp_path / "held.note")

    assert finished.returncode == 0
    assert "with an export of the whole log" in finished.stdout


@pytest.mark.parametrize("content", [b"", b"\xff", b"Hello\n"])
def test_the_verifier_reads_no_garbage_as_a_checkpoint(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "held.note").write_bytes(content)

    finished = run(whole(tmp_path / "log.jsonl"), "--held", tmp_path / "held.note")

    assert (finished.returncode, finished.stderr) == (2, "")
    assert "The checkpoint you hold: " in finished.stdout


def test_the_verifier_lets_no_name_command_the_terminal(tmp_path: Path) -> None:
    key = Signer.generate("test.example/\u009b31mlog")
    note = signed(Checkpoint(key.verifier.name, 40, TREE.frontier.root()).body, key)
    export_log(tmp_path / "log.jsonl", ROWS, checkpoint=note, vkey=key.vkey)

    finished = run(tmp_path / "log.jsonl")

    assert finished.returncode == 0
    assert finished.stdout.isascii()
    assert r"test.example/\x9b31mlog" in finished.stdout
