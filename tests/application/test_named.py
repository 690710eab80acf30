"""Being named: who chose it is called by their name wherever their words may be read; nobody else is."""

from tests.application.world import World, how


def _rows(world: World, reader: str) -> dict[str, str]:
    found = world.application.questions.pilots.concerns(world.by(reader)).value
    return {str(row["words"]): str(row["name"]) for row in found}


def test_an_author_who_chose_it_is_named_to_every_reader(world: World) -> None:
    shared = how(label="GREEN")
    world.say("omar", "concerns.raise_one", shared, pilot=world["ferry"], words="Call me", named=True)
    world.say("omar", "concerns.raise_one", shared, pilot=world["ferry"], words="Do not")

    assert _rows(world, "kurt") == {"Call me": "Omar of agency", "Do not": ""}


def test_the_name_of_an_erased_author_is_gone(world: World) -> None:
    shared = how(label="GREEN")
    world.say("omar", "concerns.raise_one", shared, pilot=world["ferry"], words="Call me", named=True)
    world.say("ada", "records.erase", member=world["omar"])

    assert set(_rows(world, "kurt").values()) == {""}
