"""What a table may call its columns and the things in them: ids, or names in Danish or English.

Letters' case, spaces, hyphens and underscores make no difference. A name that two things share is
nobody's, and a misspelled one is offered, never taken: the reader of an error confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, get_args

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem, nearest
from fagprofil.model import Employer, EvidenceKind, Lang

__all__ = ["HEADINGS", "WORDS", "Spellings", "plain", "spelled_columns"]

#: What else the columns of people are called. An id of `fagprofil.workforce.COLUMNS` comes first.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "employee": ("medarbejder", "medarbejdernummer", "employee id"),
    "unit": ("enhed", "afdeling", "team", "department"),
    "backgrounds": ("uddannelser", "uddannelsesbaggrund", "baggrund", "background"),
    "profile": ("fagprofil", "profil"),
    "hired": ("ansat", "ansat siden", "ansættelsesdato", "hired since"),
    "employer": ("arbejdsgiver",),
    "agreement": ("overenskomst",),
    "education_level": ("uddannelsesniveau",),
    "relevant_years": ("relevant erfaring", "års relevant erfaring", "years of experience"),
    "completed": ("gennemført", "gennemførte moduler", "completed modules"),
    "competence": ("kompetence",),
    "level": ("niveau",),
    "date": ("dato",),
    "kind": ("kilde", "source"),
    "confidence": ("sikkerhed",),
}

#: What else kinds of statements and of employers are called.
WORDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "kind": {
        "known": ("kendt",),
        "self": ("selv", "selvvurdering"),
        "manager": ("leder", "ledervurdering"),
        "module": ("modul",),
        "education": ("uddannelse",),
        "job": ("stilling",),
    },
    "employer": {"other": ("anden", "andet"), "a-kasse": (), "kommune": ()},
}

_BETWEEN = re.compile(r"[\s_-]+")


def plain(text: str) -> str:
    """A text as it is compared: whatever the case, spaces, hyphens and underscores.

    Examples
    --------
    >>> plain("  Faglig-viden og LOV ") == plain("faglig_viden og lov")
    True
    """
    return _BETWEEN.sub(" ", text.strip()).casefold()


def spelled_columns(columns: Iterable[str]) -> frozenset[str]:
    """What some columns may be called, as `plain` has it.

    Examples
    --------
    >>> sorted(spelled_columns(["level"]))
    ['level', 'niveau']
    """
    return frozenset(plain(one) for name in columns for one in (name, *HEADINGS.get(name, ())))


@dataclass(frozen=True, eq=False)
class Spellings:
    """The names of a catalogue's things, and of a table's columns.

    Parameters
    ----------
    catalogue
        Whose competences, backgrounds, modules and profiles are named.
    confirmed
        Spellings of the caller's own, each with what it means: a column, or an id or a name.

    Raises
    ------
    DataError
        Something confirmed means nothing.

    Examples
    --------
    >>> import fagprofil as fp
    >>> spellings = Spellings(fp.load_catalogue(), {"Jobmach": "jobmatch"})
    >>> spellings.meant("competence", "Aktiv fritid"), spellings.meant("competence", "Jobmach")
    (None, 'jobmatch')
    >>> spellings.columns(["Medarbejder", "Niveau", "Jobmatch", "Kantine"])
    {'Medarbejder': 'employee', 'Niveau': 'level', 'Jobmatch': 'jobmatch'}
    """

    catalogue: Catalogue
    confirmed: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = [
            Problem("names", found, meant, "a column, or an id or a name of the catalogue", hint)
            for found, meant in self.confirmed.items()
            if not self._own[plain(found)]
            for hint in [nearest(meant, self.spelled(*self._known))]
        ]
        if problems:
            raise DataError(problems)

    @cached_property
    def _known(self) -> Mapping[str, Mapping[str, Collection[str]]]:
        """The spellings of each thing, by the field that it stands in."""
        catalogue = self.catalogue
        competences = _named(catalogue.taxonomy.competences)
        columns = {name: (name, *also) for name, also in HEADINGS.items()}
        kinds = {name: (name, *WORDS["kind"][name]) for name in get_args(EvidenceKind)}
        employers = {name: (name, *WORDS["employer"][name]) for name in get_args(Employer)}
        return {
            # A competence that is named as a column is not a column of its own.
            "column": {**competences, **columns},
            "competence": competences,
            "backgrounds": _named(catalogue.backgrounds),
            "completed": _named(catalogue.modules),
            "profile": _named(catalogue.profiles),
            "kind": kinds,
            "employer": employers,
        }

    @cached_property
    def _by_field(self) -> Mapping[str, Mapping[str, str]]:
        return {name: _index(known) for name, known in self._known.items()}

    @cached_property
    def _own(self) -> Mapping[str, Mapping[str, str]]:
        """What each confirmed spelling means, by field."""
        return {
            plain(found): {
                name: index[plain(meant)]
                for name, index in self._by_field.items()
                if plain(meant) in index
            }
            for found, meant in self.confirmed.items()
        }

    def meant(self, field: str, text: str) -> str | None:
        """The id that a spelling stands for in a field; None where it stands for none."""
        key = plain(text)
        return self._own.get(key, {}).get(field) or self._by_field[field].get(key)

    @property
    def fields(self) -> Collection[str]:
        """The fields in which something is named, and ``column``."""
        return self._known.keys()

    def word(self, field: str, name: str, lang: Lang) -> str:
        """The name of what has an id, in a language; the id where the name is not its alone.

        Examples
        --------
        >>> import fagprofil as fp
        >>> spellings = Spellings(fp.load_catalogue())
        >>> spellings.word("column", "relevant_years", "da"), spellings.word("kind", "self", "en")
        ('Relevant erfaring', 'self')
        """
        spelled = tuple(self._known[field].get(name, (name,)))
        if field == "column" and name in HEADINGS:
            word = (spelled[1] if lang == "da" else name.replace("_", " ")).capitalize()
        elif field in WORDS:
            word = spelled[1] if lang == "da" and len(spelled) > 1 else name
        else:
            word = spelled[min(1 if lang == "da" else 2, len(spelled) - 1)]
        return word if self.meant(field, word) == name else name

    def shared(self, field: str, text: str) -> tuple[str, ...]:
        """The ids of those that share a name, which therefore stands for none of them."""
        key, known = plain(text), self._known[field]
        alike = [name for name, spellings in known.items() if key in map(plain, spellings)]
        return tuple(alike) if self.meant(field, text) is None else ()

    def nearest(self, field: str, text: str) -> str | None:
        """The spelling that is closest to one that stands for nothing in a field."""
        close = nearest(text, self.spelled(field))
        # Of an id and a name that differ in letters' case alone it is the id.
        found = None if close is None else self.meant(field, close)
        return found if found is not None and plain(found) == plain(close or "") else close

    def spelled(self, *fields: str) -> Iterator[str]:
        """All spellings that stand for something in some fields, to find the nearest of them."""
        for name in fields:
            for spellings in self._known[name].values():
                yield from spellings

    def columns(self, names: Iterable[str]) -> dict[str, str]:
        """What each column of a table is, of those that are known, in their order.

        A column that has the id of what it is comes before others that mean the same.
        """
        given = list(names)
        found = {name: self.meant("column", name) for name in given}
        exact = set(given)
        return {
            name: meant
            for name, meant in found.items()
            if meant is not None and (meant == name or meant not in exact)
        }


def _named(records: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The id of each record, and its names in both languages."""
    found = {}
    for name, record in records.items():
        title = getattr(record, "name", None) or record.title
        words = (title.da, title.en)
        found[name] = (name, *dict.fromkeys(word for word in words if word))
    return found


def _index(known: Mapping[str, Collection[str]]) -> dict[str, str]:
    """What each spelling stands for; an id is its own, other spellings only if nobody shares."""
    found: dict[str, set[str]] = {}
    for name, spellings in known.items():
        for one in spellings:
            found.setdefault(plain(one), set()).add(name)
    alone = {key: next(iter(names)) for key, names in found.items() if len(names) == 1}
    return {**alone, **{plain(name): name for name in known}}
