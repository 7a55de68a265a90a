"""What all records share: they are frozen, refuse unknown fields, and have texts and sources."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Any, Generic, Literal, NoReturn, TypeVar, get_args, overload

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    model_validator,
)
from pydantic_core import core_schema

from fagprofil.errors import DataError, Problem, UnknownName

__all__ = [
    "Deferred",
    "Lang",
    "Provenance",
    "Record",
    "Records",
    "Slug",
    "Source",
    "Status",
    "Text",
    "Valid",
]

Lang = Literal["da", "en"]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


class Frozen(BaseModel):
    """A record's base: immutable, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class InNotebook(Frozen):
    """A record that a notebook shows as a table; in a terminal it is a line.

    How things look is known in `fagprofil.show` alone, the highest layer. It is looked up here when
    something is displayed, so that no record needs to know of it.
    """

    def _repr_html_(self) -> str:
        return str(import_module("fagprofil.show").html(self))


class Shown(InNotebook):
    """A record that is shown whole in a terminal too."""

    def __repr__(self) -> str:
        return str(import_module("fagprofil.show").text(self))

    def __str__(self) -> str:
        return repr(self)


class Text(Frozen):
    """A text in Danish and English; None where it is not known in that language.

    Examples
    --------
    >>> Text(da="Virksomhedskontakt", en="Company contact").in_("en")
    'Company contact'
    >>> Text(da="Kun dansk").in_("en")
    'Kun dansk'
    """

    da: str | None = None
    en: str | None = None

    def model_post_init(self, _: Any) -> None:
        """Refuse a text without words; unlike a validator, not once more in every record."""
        if not (self.da or self.en):
            raise ValueError("a text in at least one of da, en")

    def in_(self, lang: Lang = "da") -> str:
        """The text in `lang`, or in the other language where only that is known."""
        first, second = (self.da, self.en) if lang == "da" else (self.en, self.da)
        return first or second or ""


class Status(StrEnum):
    """How well a record is founded, from the strongest to the weakest."""

    OFFICIAL = "official"
    SOURCED = "sourced"
    DERIVED = "derived"
    EDITORIAL = "editorial"
    SYNTHETIC = "synthetic"

    @property
    def weakness(self) -> int:
        """0 for the strongest status, rising to the weakest."""
        return _WEAKNESS[self]

    @staticmethod
    def weakest(statuses: Iterable[Status]) -> Status:
        """The weakest of some statuses, which is what a result that rests on all of them has.

        Examples
        --------
        >>> Status.weakest([Status.SOURCED, Status.EDITORIAL]).value
        'editorial'
        """
        return max(statuses, key=lambda status: status.weakness)


_WEAKNESS = {status: weakness for weakness, status in enumerate(Status)}

K = TypeVar("K")
V = TypeVar("V")

Source = Annotated[str, Field(min_length=3)]


class Provenance(Frozen):
    """Where a record comes from."""

    status: Status
    sources: tuple[Source, ...] = ()
    """Addresses or titles of what was read."""
    note: str | None = None

    @model_validator(mode="after")
    def _sourced_has_source(self) -> Provenance:
        if self.status in (Status.OFFICIAL, Status.SOURCED) and not self.sources:
            raise ValueError(f"at least one source for the status {self.status.value!r}")
        return self


class FrozenDict(dict[K, V]):
    """A dict that cannot be changed, since records are shared."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("records cannot be changed; make a copy with model_copy(update=...)")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[FrozenDict[K, V]], tuple[dict[K, V]]]:
        return type(self), (dict(self),)


#: Levels by competence.
Levels = Annotated[dict[Slug, Annotated[int, Field(ge=0)]], AfterValidator(FrozenDict)]


class Record(Frozen):
    """A record of the catalogue: an id, and where it comes from."""

    id: Slug
    provenance: Provenance
    uri: str | None = None
    """Its address in the framework that it was read from."""


class Valid(Frozen):
    """The dates between which something holds; None is unknown, not for ever."""

    valid_from: date | None = None
    valid_to: date | None = None
    """The last day on which it holds."""

    @model_validator(mode="after")
    def _in_order(self) -> Valid:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to on or after valid_from")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether nothing known speaks against `day`."""
        return not (
            (self.valid_from is not None and day < self.valid_from)
            or (self.valid_to is not None and day > self.valid_to)
        )


R = TypeVar("R", bound=Record)


class Records(Mapping[str, R], Generic[R]):
    """Records by id, in the order of their ids; it cannot be changed.

    A missing id raises `fagprofil.errors.UnknownName` with the nearest spelling; an id given
    twice raises `fagprofil.errors.DataError`. Two collections are equal when their records are,
    whatever order they were given in.
    """

    __slots__ = ("_by_id", "_kind", "ids", "position")

    def __init__(self, records: Iterable[R] = (), kind: str = "record") -> None:
        listed = sorted(records, key=lambda record: record.id)
        self._by_id = {record.id: record for record in listed}
        self._kind = kind
        self.ids = tuple(self._by_id)
        self.position = {name: i for i, name in enumerate(self.ids)}
        if len(self._by_id) < len(listed):
            ids = Counter(record.id for record in listed)
            twice = sorted(name for name, count in ids.items() if count > 1)
            raise DataError([Problem(kind, "id", name, "an id used once") for name in twice])

    def __getitem__(self, key: str) -> R:
        try:
            return self._by_id[key]
        except KeyError:
            raise UnknownName(self._kind, str(key), self._by_id) from None

    def __contains__(self, key: object) -> bool:
        return key in self._by_id

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def __repr__(self) -> str:
        return (
            f"<{len(self)} {self._kind}s: {', '.join(list(self)[:6])}{', ...' * (len(self) > 6)}>"
        )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        (item,) = get_args(source) or (Record,)
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", item.__name__).lower()

        def build(value: list[R] | Records[R]) -> Records[R]:
            if not isinstance(value, Records):
                return cls(value, kind)
            if not all(isinstance(record, item) for record in value.values()):
                raise ValueError(f"records of the kind {kind}")
            return value

        return core_schema.no_info_after_validator_function(
            build,
            core_schema.union_schema(
                [core_schema.is_instance_schema(cls), core_schema.list_schema(handler(item))]
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda records: list(records.values()),
                return_schema=core_schema.list_schema(handler(item)),
            ),
        )


T = TypeVar("T")


class Deferred(Sequence[T], Generic[T]):
    """A sequence that is made when it is first looked at; equal to a tuple of the same.

    Examples
    --------
    >>> squares = Deferred(lambda: (n * n for n in range(3)))
    >>> squares[2], squares == (0, 1, 4)
    (4, True)
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Iterable[T]]) -> None:
        self._make: Callable[[], Iterable[T]] | None = make
        self._made: tuple[T, ...] = ()

    @classmethod
    def of(cls, items: Iterable[T]) -> Deferred[T]:
        """A sequence of what is there already."""
        made = tuple(items)
        return cls(lambda: made)

    def _items(self) -> tuple[T, ...]:
        make = self._make
        if make is not None:
            self._made = tuple(make())
            self._make = None
        return self._made

    @overload
    def __getitem__(self, key: int) -> T: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[T, ...]: ...
    def __getitem__(self, key: int | slice) -> T | tuple[T, ...]:
        return self._items()[key]

    def __len__(self) -> int:
        return len(self._items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (tuple, Deferred)) and self._items() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._items())

    def __repr__(self) -> str:
        return repr(self._items())

    def __reduce__(self) -> tuple[Callable[..., Deferred[T]], tuple[tuple[T, ...]]]:
        return Deferred.of, (self._items(),)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        (item,) = get_args(source) or (Any,)
        listed = core_schema.tuple_variable_schema(handler(item))
        given = core_schema.no_info_after_validator_function(cls.of, listed)
        return core_schema.json_or_python_schema(
            json_schema=given,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), given]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                tuple, return_schema=listed
            ),
        )
