"""Between an event and its stored bytes: flat JSON, words closed on the way in and opened on the way out."""

import dataclasses
import os
import typing
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import msgspec

from counterpoise.domain.events import Event, Sealed
from counterpoise.store.database import Stored
from counterpoise.store.sealing import Sealing, Tampered
from counterpoise.store.tree import leaf_hash
from counterpoise.store.upcasts import Upcasts, brought_up

STAMPS = ("schema", "salt", "receipt")
"""What the stored form holds besides the event's own fields."""

SALT_BYTES = 16
_SALT_STEP = 24  # a salt of 16 bytes and two zeros is 24 characters; the last two always say nothing
_SALT_CHARACTERS = 22
_URLSAFE = bytes.maketrans(b"+/", b"-_")


class Words(Protocol):
    """What closes and opens words: the part of a key store that the log uses."""

    def receipt(self, key: str) -> bytes:
        """Return the 24 bytes under which a command's key is remembered."""
        ...

    def commitment(self, key: str) -> str | None:
        """Return the commitment of a living key."""
        ...

    def seal(self, text: str, *, keeper: str, pilot: str, stream: str, version: int, field: str) -> Sealing:
        """Close words for one field of one event."""
        ...

    def unseal(self, box: str, *, stream: str, version: int, field: str) -> str | None:
        """Open words, or return None once their key is gone."""
        ...


class Unreadable(ValueError):  # noqa: N818  it says what the bytes are
    """Stored bytes that are no event of this vocabulary, and why."""


class Unrecordable(ValueError):  # noqa: N818  it says what the event is
    """An event that could not be read back as it is, and is not written therefore."""


class Encoded(NamedTuple):
    """An event that is JSON already: its class, its stream, and its other fields as one object that was checked."""

    kind: type[Event]
    stream: str
    fields: bytes


class Closed(NamedTuple):
    """An event ready to be stored: its row, itself as it will be read back, the keys that closed its words.

    The event is None where it came encoded: it is read back from the row by whoever wants it.
    """

    row: Stored
    event: Event | None
    receipt: str
    keys: tuple[str, ...]


class Opened(NamedTuple):
    """An event read back, and the receipt of the command that recorded it."""

    event: Event
    receipt: str


class Kind:
    """What is known of one class of event before any of its events is seen."""

    def __init__(self, kind: type[Event]) -> None:
        hints = typing.get_type_hints(kind)
        fields = [field for field in dataclasses.fields(kind) if field.name != "stream"]
        clashing = {field.name for field in fields}.intersection(STAMPS)
        if clashing:
            raise TypeError(
                f"{kind.__name__} has a field named {clashing.pop()!r}, which the log writes itself."
            )
        self.event = kind
        self.topic = kind.TOPIC
        self.schema = kind.SCHEMA
        self.width = len(fields) + 1
        self.sealed = tuple(field.name for field in fields if hints[field.name] is Sealed)
        self.struct = msgspec.defstruct(
            kind.__name__,
            [_stored_field(field, hints[field.name]) for field in fields]
            + [("schema", int), ("salt", str), ("receipt", str)],
            kw_only=True,
            gc=False,
        )
        self.decode = msgspec.json.Decoder(self.struct).decode


class Mapper:
    """Writes events of one vocabulary and reads them back. Without `words`, closed words stay closed."""

    def __init__(
        self, vocabulary: Mapping[str, type[Event]], *, words: Words | None, upcasts: Upcasts
    ) -> None:
        self.kinds = {topic: Kind(kind) for topic, kind in vocabulary.items()}
        self._by_class = {kind.event: kind for kind in self.kinds.values()}
        self._words = words
        self._upcasts = upcasts
        self._encode = msgspec.json.Encoder(enc_hook=_refuse).encode

    def to_stored(self, event: Event, *, version: int, receipt: str, salt: str) -> Closed:
        """Return `event` as version `version` of its stream. Unrecordable if it would not be read back."""
        kind = self._by_class.get(type(event))
        if kind is None:
            raise Unrecordable(f"{type(event).__name__} is not in this log's vocabulary.")
        body = event.__dict__.copy()
        if len(body) != kind.width:
            raise Unrecordable(f"{type(event).__name__} carries more than its fields.")
        keys: tuple[str, ...] = ()
        if kind.sealed:
            event, keys = self._close(event, kind, version, body)
        stream = body.pop("stream")
        body["schema"], body["salt"], body["receipt"] = kind.schema, salt, receipt
        try:
            state = self._encode(body)
            kind.decode(state)
        except (TypeError, ValueError, OverflowError) as why:
            raise Unrecordable(f"{kind.topic} cannot be stored: {why}") from why
        topic = kind.topic
        row = Stored(stream, version, topic, state, leaf_hash(stream, version, topic, state))
        return Closed(row, event, receipt, keys)

    def stamped(self, encoded: Encoded, *, version: int, receipt: str, salt: str) -> Closed:
        """Return an encoded event as version `version` of its stream. Unrecordable if it has words to close."""
        kind = self._by_class.get(encoded.kind)
        if kind is None or kind.sealed:
            raise Unrecordable(
                f"{encoded.kind.__name__} is not in this log's vocabulary, or has words to close."
            )
        stamps = b',"schema":%d,"salt":"%b","receipt":"%b"}' % (kind.schema, salt.encode(), receipt.encode())
        state = encoded.fields[:-1] + stamps
        stream, topic = encoded.stream, kind.topic
        row = Stored(stream, version, topic, state, leaf_hash(stream, version, topic, state))
        return Closed(row, None, receipt, ())

    def to_event(self, *, stream: str, version: int, topic: str, state: bytes) -> Opened:
        """Return the event of a stored row, brought up to its current schema. Unreadable if there is none."""
        kind = self._kind(topic)
        body = self.body(topic, state)
        receipt = body.pop("receipt")
        del body["schema"], body["salt"]
        try:
            for field in kind.sealed:
                body[field] = self._open(body[field], stream=stream, version=version, field=field)
        except Tampered as why:
            raise Unreadable(f"{topic}: {why}") from why
        body["stream"] = stream
        event = object.__new__(kind.event)
        object.__setattr__(event, "__dict__", body)
        return Opened(event, receipt)

    def body(self, topic: str, state: bytes) -> dict[str, Any]:
        """Return the fields and stamps of a stored state, brought up to the current schema; words as stored.

        Unreadable if it is no event of the topic.
        """
        kind = self._kind(topic)
        try:
            struct = kind.decode(state)
        except ValueError:
            struct = None
        body = msgspec.structs.asdict(struct) if struct is not None else {}
        if body.get("schema") == kind.schema:
            return body
        return msgspec.structs.asdict(self._brought_up(kind, state))

    def _kind(self, topic: str) -> Kind:
        kind = self.kinds.get(topic)
        if kind is None:
            raise Unreadable(f"the topic {topic!r} is not in this version's vocabulary")
        return kind

    def _brought_up(self, kind: Kind, state: bytes) -> msgspec.Struct:
        try:
            old = msgspec.json.decode(state, type=dict[str, Any])
            body = brought_up(old, topic=kind.topic, schema=kind.schema, upcasts=self._upcasts)
            return msgspec.convert(body, kind.struct)
        except Exception as why:  # an upcast may fail on a damaged body in any way
            raise Unreadable(f"{kind.topic}: {why}") from why

    def _close(
        self, event: Event, kind: Kind, version: int, body: dict[str, Any]
    ) -> tuple[Event, tuple[str, ...]]:
        """Put the stored form of the sealed fields into `body`; return the event as it will be read back."""
        closed = event.__dict__.copy()
        keys = []
        for field in kind.sealed:
            words: Sealed = body[field]
            if words.text == "" and not words.box:
                body[field] = ""
                continue
            sealed = self._seal(words, event, version, field)
            body[field] = sealed.box
            closed[field] = sealed
            keys.append(sealed.key)
        if not keys:
            return event, ()
        recorded = object.__new__(kind.event)
        object.__setattr__(recorded, "__dict__", closed)
        return recorded, tuple(dict.fromkeys(keys))

    def _seal(self, words: Sealed, event: Event, version: int, field: str) -> Sealed:
        if words.text is None or words.box:
            raise Unrecordable(
                f"{field!r} is closed already, and closed words belong to the event they came from."
            )
        if self._words is None:
            raise Unrecordable(f"{field!r} has words and this log has no key store to close them with.")
        if not words.keeper:
            raise Unrecordable(f"{field!r} has words and no keeper.")
        sealing = self._words.seal(
            words.text,
            keeper=words.keeper,
            pilot=event.pilot,
            stream=event.stream,
            version=version,
            field=field,
        )
        return Sealed(words.text, box=sealing.box)

    def _open(self, box: str, *, stream: str, version: int, field: str) -> Sealed:
        if not box:
            return Sealed("")
        if self._words is None:
            return Sealed(None, box=box)
        return Sealed(self._words.unseal(box, stream=stream, version=version, field=field), box=box)


def salts(count: int) -> Iterator[str]:
    """Yield `count` salts: 16 random bytes each, as 22 characters of URL-safe base64."""
    drawn = bytearray(os.urandom((SALT_BYTES + 2) * count))
    drawn[SALT_BYTES :: SALT_BYTES + 2] = drawn[SALT_BYTES + 1 :: SALT_BYTES + 2] = bytes(count)
    text = base64(drawn)
    return (text[start : start + _SALT_CHARACTERS] for start in range(0, len(text), _SALT_STEP))


def base64(octets: bytes | bytearray) -> str:
    """Return URL-safe base64 with no line end; 24 bytes make 32 characters and no padding."""
    return b2a_base64(octets, newline=False).translate(_URLSAFE).decode()


def _stored_field(field: dataclasses.Field[Any], hint: Any) -> tuple[Any, ...]:  # noqa: ANN401  any field type
    stored = str if hint is Sealed else hint
    if field.default is dataclasses.MISSING:
        return (field.name, stored)
    return (field.name, stored, "" if hint is Sealed else field.default)


def _refuse(value: object) -> Iterable[Any]:
    """Fail closed: nothing but plain values is written, least of all words that were not sealed."""
    raise TypeError(f"a {type(value).__name__} is not stored as it is")
