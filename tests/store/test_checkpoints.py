"""A log is held to what it signed: by its own signer before, by whoever keeps a checkpoint after."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from counterpoise.domain.refusals import Refusal
from counterpoise.store.checkpoints import (
    Checkpoint,
    CheckpointContradicted,
    CheckpointSigner,
    Consistency,
    KeyOfAnotherLog,
    LastCheckpointLost,
    begin,
    read_checkpoint,
    verify_against,
)
from counterpoise.store.notes import MalformedNote, NotSigned, Signer, parse_note, signed
from counterpoise.store.tree import EMPTY_ROOT, consistency, leaf_hash, root_of
from tests.store.trees import Held, leaf, mth

ORIGIN = "test.example/log/events"

# The example of C2SP tlog-checkpoint.
EXAMPLE = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)

Row = tuple[str, int, str, bytes]
ROWS: list[Row] = [(f"pilot:{n % 7}", n // 7 + 1, "pilot.signal-noted", b'{"n":%d}' % n) for n in range(800)]


def tree_over(rows: list[Row]) -> Held:
    return Held([leaf_hash(*row) for row in rows])


def consistency_of(tree: Held) -> Consistency:
    return lambda first, second: consistency(first, second, tree)


@pytest.fixture
def tree() -> Held:
    return Held([leaf(b"%d" % index) for index in range(300)])


@pytest.fixture
def signer(tree: Held, tmp_path: Path) -> CheckpointSigner:
    return CheckpointSigner.opened(tmp_path / "keys", origin=ORIGIN, consistency=consistency_of(tree))


def test_the_published_example_is_read() -> None:
    note = parse_note(EXAMPLE)

    checkpoint = Checkpoint.of(note.text)

    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.body == note.text


@pytest.mark.parametrize(
    "body",
    [
        "",
        "a\n1\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n\u0661\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n100000000000000000000\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "a\n1\nCsUYapGGPo4d\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(MalformedNote):
        Checkpoint.of(body)


def test_extension_lines_are_kept() -> None:
    body = "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore\n"

    assert Checkpoint.of(body).extensions == ("more",)
    assert Checkpoint.of(body).body == body


def test_a_key_does_not_speak_for_another_log() -> None:
    key = Signer.generate(ORIGIN)
    note = signed(Checkpoint("other.example/log/events", 0, EMPTY_ROOT).body, key)

    with pytest.raises(NotSigned, match="does not sign for"):
        read_checkpoint(note, key.vkey)


def test_a_new_signer_begins_with_the_log_of_no_events(signer: CheckpointSigner, tmp_path: Path) -> None:
    assert read_checkpoint(signer.last, signer.vkey) == Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}


def test_a_growing_log_is_signed(signer: CheckpointSigner, tree: Held) -> None:
    notes = [signer.sign(size, root_of(size, tree)) for size in (1, 1, 7, 256, 300)]

    checkpoints = [read_checkpoint(note, signer.vkey) for note in notes]
    assert checkpoints == [Checkpoint(ORIGIN, size, root_of(size, tree)) for size in (1, 1, 7, 256, 300)]
    assert signer.last == notes[-1]


def test_a_signer_remembers_what_it_signed_when_opened_again(
    signer: CheckpointSigner, tree: Held, tmp_path: Path
) -> None:
    signer.sign(200, root_of(200, tree))
    other = Held([leaf(b"another %d" % index) for index in range(300)])

    again = CheckpointSigner.opened(tmp_path / "keys", origin=ORIGIN, consistency=consistency_of(other))

    assert again.vkey == signer.vkey
    with pytest.raises(CheckpointContradicted):
        again.sign(300, root_of(300, other))


@pytest.mark.parametrize(("size", "rooted_in"), [(199, 199), (150, 150), (200, 201), (250, 251), (300, 1)])
def test_a_log_that_does_not_extend_the_last_checkpoint_is_not_signed(
    size: int, rooted_in: int, signer: CheckpointSigner, tree: Held
) -> None:
    last = signer.sign(200, root_of(200, tree))

    with pytest.raises(CheckpointContradicted) as refusal:
        signer.sign(size, root_of(rooted_in, tree))

    assert (refusal.value.rule, refusal.value.owner) == ("checkpoint-contradicted", "operator")
    assert "new origin" in refusal.value.remedy
    assert signer.last == last


def test_a_log_without_its_hashes_is_not_signed(signer: CheckpointSigner, tree: Held) -> None:
    signer.sign(200, root_of(200, tree))
    root = root_of(300, tree)
    del tree.kept[210:]

    with pytest.raises(CheckpointContradicted):
        signer.sign(300, root)


def test_of_two_histories_offered_at_once_only_one_is_ever_signed(tree: Held, tmp_path: Path) -> None:
    common = tree.kept[:100]
    branches = [Held([*common, *(leaf(b"%d or %d" % (branch, n)) for n in range(64))]) for branch in (0, 1)]
    CheckpointSigner.opened(tmp_path, origin=ORIGIN, consistency=consistency_of(tree)).sign(100, mth(common))

    def offer(turn: int) -> str | None:
        branch = branches[turn % 2]
        size = 101 + turn // 2
        signer = CheckpointSigner.opened(tmp_path, origin=ORIGIN, consistency=consistency_of(branch))
        try:
            return signer.sign(size, root_of(size, branch))
        except CheckpointContradicted:
            return None

    with ThreadPoolExecutor(8) as pool:
        notes = [note for note in pool.map(offer, range(128)) if note]

    roots = {checkpoint.root for checkpoint in (Checkpoint.of(parse_note(note).text) for note in notes)}
    assert notes
    assert any(roots <= {root_of(size, branch) for size in range(101, 165)} for branch in branches)


def lose(folder: Path) -> None:
    (folder / "last.note").unlink()


def damage(folder: Path) -> None:
    (folder / "last.note").write_text("Nothing was ever signed.\n")


def put_in_another(folder: Path) -> None:
    lose(folder)
    begin(Signer.generate(ORIGIN), folder / "last.note")


@pytest.mark.parametrize("harm", [lose, damage, put_in_another])
def test_a_signer_that_lost_its_memory_signs_nothing(
    harm: Callable[[Path], None], signer: CheckpointSigner, tree: Held, tmp_path: Path
) -> None:
    harm(tmp_path / "keys")

    with pytest.raises(LastCheckpointLost) as refusal:
        signer.sign(1, root_of(1, tree))

    assert (refusal.value.rule, refusal.value.owner) == ("last-checkpoint-lost", "operator")


@pytest.mark.parametrize("gone", ["log.key", "last.note"])
def test_half_a_signer_is_not_made_whole(
    gone: str, signer: CheckpointSigner, tree: Held, tmp_path: Path
) -> None:
    signer.sign(1, root_of(1, tree))
    (tmp_path / "keys" / gone).unlink()

    with pytest.raises(LastCheckpointLost, match=gone):
        CheckpointSigner.opened(tmp_path / "keys", origin=ORIGIN, consistency=consistency_of(tree))


def test_a_key_signs_for_the_log_it_is_named_for(
    signer: CheckpointSigner, tree: Held, tmp_path: Path
) -> None:
    with pytest.raises(KeyOfAnotherLog) as refusal:
        CheckpointSigner.opened(
            tmp_path / "keys", origin="test.example/log/reads", consistency=consistency_of(tree)
        )

    assert isinstance(refusal.value, Refusal)
    assert signer.vkey.startswith(ORIGIN)


def test_the_next_key_signs_beside_the_present_one(tree: Held, tmp_path: Path) -> None:
    present, following = Signer.generate(ORIGIN), Signer.generate(ORIGIN)
    begin(present, tmp_path / "last.note")
    signer = CheckpointSigner(present, tmp_path / "last.note", consistency_of(tree), alongside=[following])

    note = signer.sign(300, root_of(300, tree))

    assert read_checkpoint(note, present.vkey) == read_checkpoint(note, following.vkey)


def edited(rows: list[Row]) -> list[Row]:
    stream, version, topic, _ = rows[123]
    return [*rows[:123], (stream, version, topic, b'{"n":0}'), *rows[124:]]


def truncated(rows: list[Row]) -> list[Row]:
    return rows[:400]


def thinned(rows: list[Row]) -> list[Row]:
    return rows[:250] + rows[251:]


def swapped(rows: list[Row]) -> list[Row]:
    return [*rows[:77], rows[78], rows[77], *rows[79:]]


def edited_late(rows: list[Row]) -> list[Row]:
    stream, version, topic, _ = rows[700]
    return [*rows[:700], (stream, version, topic, b'{"n":0}'), *rows[701:]]


@pytest.fixture(scope="module")
def key() -> Signer:
    return Signer.generate(ORIGIN)


@pytest.fixture(scope="module")
def held(key: Signer) -> str:
    """Return what a partner took home when the log had 500 of its 800 events."""
    return signed(Checkpoint(ORIGIN, 500, tree_over(ROWS[:500]).frontier.root()).body, key)


def test_an_untouched_log_extends_the_checkpoint_a_partner_holds(key: Signer, held: str) -> None:
    tree = tree_over(ROWS)

    verdict = verify_against(held, key.vkey, 800, tree.frontier.root(), consistency_of(tree))

    assert verdict.holds
    assert verdict.checkpoint is not None
    assert verdict.checkpoint.size == 500


@pytest.mark.parametrize(
    ("attack", "finding"),
    [(edited, "rewritten"), (truncated, "shorter"), (thinned, "rewritten"), (swapped, "rewritten")],
)
def test_history_rewritten_with_its_tree_is_caught_by_an_older_checkpoint(
    attack: Callable[[list[Row]], list[Row]], finding: str, key: Signer, held: str
) -> None:
    rows = attack(ROWS)
    rebuilt = tree_over(rows)

    verdict = verify_against(held, key.vkey, len(rows), rebuilt.frontier.root(), consistency_of(rebuilt))

    assert not verdict.holds
    assert verdict.finding == finding
    assert verdict.sentence


@pytest.mark.parametrize("attack", [edited, thinned, swapped, edited_late])
def test_history_rewritten_without_its_tree_is_caught_by_any_checkpoint(
    attack: Callable[[list[Row]], list[Row]], key: Signer, held: str
) -> None:
    rows = attack(ROWS)
    kept = consistency_of(tree_over(ROWS))

    verdict = verify_against(held, key.vkey, len(rows), tree_over(rows).frontier.root(), kept)

    assert verdict.finding == "rewritten"


@pytest.mark.parametrize("attack", [edited, truncated, thinned, swapped])
def test_history_rewritten_with_its_tree_is_missed_by_looking_at_the_log_alone(
    attack: Callable[[list[Row]], list[Row]],
) -> None:
    rows = attack(ROWS)
    rebuilt = tree_over(rows)

    assert root_of(len(rows), rebuilt) == rebuilt.frontier.root()


def test_a_checkpoint_does_not_vouch_for_what_came_after_it(key: Signer, held: str) -> None:
    rebuilt = tree_over(edited_late(ROWS))

    assert verify_against(held, key.vkey, 800, rebuilt.frontier.root(), consistency_of(rebuilt)).holds


def test_a_log_that_lost_hashes_does_not_extend_the_checkpoint(key: Signer, held: str) -> None:
    tree = tree_over(ROWS)
    root = tree.frontier.root()
    del tree.kept[600:]

    assert verify_against(held, key.vkey, 800, root, consistency_of(tree)).finding == "rewritten"


def test_a_checkpoint_by_another_key_shows_nothing(key: Signer) -> None:
    tree = tree_over(ROWS)
    forged = signed(Checkpoint(ORIGIN, 500, root_of(500, tree)).body, Signer.generate(ORIGIN))

    verdict = verify_against(forged, key.vkey, 800, tree.frontier.root(), consistency_of(tree))

    assert (verdict.finding, verdict.checkpoint) == ("unsigned", None)


@pytest.mark.parametrize("text", ["", "Trust me.\n", EXAMPLE.replace("—", "-")])
def test_what_is_no_checkpoint_shows_nothing(text: str, key: Signer) -> None:
    tree = tree_over(ROWS)

    verdict = verify_against(text, key.vkey, 800, tree.frontier.root(), consistency_of(tree))

    assert verdict.finding == "malformed"


def test_a_note_that_states_no_checkpoint_shows_nothing(key: Signer) -> None:
    tree = tree_over(ROWS)

    verdict = verify_against(
        signed("Hello\n", key), key.vkey, 800, tree.frontier.root(), consistency_of(tree)
    )

    assert verdict.finding == "malformed"


def test_nothing_is_compared_under_what_is_no_key(held: str) -> None:
    tree = tree_over(ROWS)

    with pytest.raises(MalformedNote):
        verify_against(held, "no key", 800, tree.frontier.root(), consistency_of(tree))
