"""Whatever persons do in whatever order, the key store remembers as plain dictionaries would, and forgets as well."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from counterpoise.store.keys import AlreadyErased, AlreadyTaken, KeyStore
from tests.store.kept import opened, sealed

persons = st.sampled_from(["ada", "bo", "cy"])
pilots = st.sampled_from(["", "pilot", "another"])
ADDRESSES = [("slack", "U1"), ("slack", "U2"), ("oidc", "U1"), ("handle", "U1"), ("handle", "U2")]
addresses = st.sampled_from(ADDRESSES)


class KeyLives(RuleBasedStateMachine):
    """A key store, and beside it what it should remember."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self._given = 0
        self._names: dict[tuple[str, str], str] = {}
        self._links: dict[tuple[str, str], str] = {}
        self._texts: dict[str, tuple[str, str | None]] = {}
        self._erased: set[str] = set()

    @initialize()
    def make(self) -> None:
        self._store = KeyStore(Path(self._folder.name) / "keys.db")

    @rule()
    def open_again(self) -> None:
        self._store.close()
        self.make()

    @rule(person=persons, pilot=pilots)
    def take_part(self, person: str, pilot: str) -> None:
        fresh = f"n-{self._given}"
        self._given += 1
        try:
            name = self._store.pseudonym(person, pilot, lambda: fresh)
        except AlreadyErased:
            assert person in self._erased
        else:
            assert person not in self._erased
            assert name == self._names.setdefault((person, pilot), fresh)

    @rule(person=persons, pilot=pilots, text=st.text(max_size=300))
    def say(self, person: str, pilot: str, text: str) -> None:
        name = self._names.get((person, pilot), person)
        try:
            box = sealed(self._store, text, keeper=name, pilot=pilot)
        except AlreadyErased:
            assert person in self._erased
        else:
            assert person not in self._erased
            self._texts[box] = (person, text)

    @rule(person=persons, address=addresses)
    def link(self, person: str, address: tuple[str, str]) -> None:
        kind, where = address
        try:
            if kind == "handle":
                self._store.name(person, where)
            else:
                self._store.link(person, kind, where)
        except AlreadyErased:
            assert person in self._erased
        except AlreadyTaken:
            assert self._links[address] != person
        else:
            assert self._links.get(address) in {None, person}
            if kind == "handle":
                self._links = {a: p for a, p in self._links.items() if (a[0], p) != ("handle", person)}
            self._links[address] = person

    @rule(address=addresses)
    def unlink(self, address: tuple[str, str]) -> None:
        self._store.unlink(*address)
        self._links.pop(address, None)

    @rule(person=persons)
    def erase(self, person: str) -> None:
        closed_by = {
            box.split(":")[2]
            for box, (who, text) in self._texts.items()
            if who == person and text is not None
        }
        assert set(self._store.erase(person)) == closed_by
        self._erased.add(person)
        self._names = {place: name for place, name in self._names.items() if place[0] != person}
        self._links = {address: who for address, who in self._links.items() if who != person}
        self._texts = {
            box: (who, None if who == person else text) for box, (who, text) in self._texts.items()
        }

    @rule(texts=st.data())
    def erase_a_key(self, texts: st.DataObject) -> None:
        if not self._texts:
            return
        key = texts.draw(st.sampled_from(sorted(self._texts))).split(":")[2]
        living = {
            box for box, (_, text) in self._texts.items() if box.split(":")[2] == key and text is not None
        }
        assert self._store.erase_key(key) == bool(living)
        self._texts.update((box, (self._texts[box][0], None)) for box in living)

    @invariant()
    def everything_is_remembered(self) -> None:
        for box, (_, text) in self._texts.items():
            assert opened(self._store, box) == text
        for kind, where in ADDRESSES:
            assert self._store.linked(kind, where) == self._links.get((kind, where))
        for person in ("ada", "bo", "cy"):
            names = {pilot: name for (who, pilot), name in self._names.items() if who == person}
            assert self._store.pseudonyms(person) == names
        for number in range(self._given):
            standing = {name: who for (who, _), name in self._names.items()}
            assert self._store.person_of(f"n-{number}") == standing.get(f"n-{number}")

    def teardown(self) -> None:
        self._store.close()
        self._folder.cleanup()


def test_the_key_store_remembers_as_dictionaries_would() -> None:
    run_state_machine_as_test(
        KeyLives, settings=settings(max_examples=12, stateful_step_count=25, deadline=None)
    )
