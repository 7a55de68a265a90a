"""Tables of the wide form read straight into columns, without an object for each person.

Only tables in which nothing is wrong or unusual are read here; the others go through
`fagprofil.workforce`, which says what is wrong. Both read the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError
from fagprofil.evidence import RATED
from fagprofil.frames import coded_column, column_names, numbers_in, text_in
from fagprofil.ladder import Ladder
from fagprofil.model import Employee
from fagprofil.model.employee import looks_like_cpr
from fagprofil.roster import DenseLevels, Rated, Roster, coded, entries_of, starts_of
from fagprofil.workforce import column_problems, competence_columns, workforce_of

__all__ = ["roster_of_table"]

Positions = NDArray[np.intp]

_FACTS = ("profile", "backgrounds", "employer", "agreement", "education_level")
_LONGEST_ID = 200
#: No shorter text can hold a CPR number.
_CPR_LENGTH = 10


class _Unusual(Exception):
    """Something that is read with more care elsewhere."""


def roster_of_table(data: Any, ladder: Ladder) -> Roster | None:
    """The people of a table in the wide form; None where it must be read with more care."""
    catalogue, names = ladder.catalogue, column_names(data)
    competences = competence_columns(names, catalogue)
    careful = {"date", "confidence", "kind"} & set(names)
    if not competences or careful or any(column_problems(names, catalogue)):
        return None
    try:
        return _roster(data, names, competences, ladder)
    except _Unusual:
        return None


def _roster(data: Any, names: Sequence[str], competences: Sequence[str], ladder: Ladder) -> Roster:
    ids = _ids(data)
    facts, fact = _facts(data, names, len(ids), ladder.catalogue)
    column = np.full(len(ladder.competences), -1, dtype=np.intp)
    column[[ladder.position[name] for name in competences]] = np.arange(len(competences))
    levels = np.array([_levels(data, name, ladder.top) for name in competences], dtype=np.int8)
    start, taken = _completed(data, names, len(ids), ladder.catalogue)
    known = DenseLevels(levels, column)
    return Roster(
        ids=ids,
        facts=facts,
        fact=fact,
        years=_years(data, names, len(ids)),
        known=known,
        rated=_taught(start, taken, known, ladder),
        taken_start=start,
        taken=taken,
    )


def _ids(data: Any) -> list[str]:
    ids = text_in(data, "employee")
    if len(set(ids)) < len(ids) or not all(type(one) is str for one in ids):
        raise _Unusual
    for one in ids:
        long = len(one) >= _CPR_LENGTH and (len(one) > _LONGEST_ID or looks_like_cpr(one))
        if not one or long or one != one.strip():
            raise _Unusual
    return ids


def _levels(data: Any, name: str, top: int) -> NDArray[np.int8]:
    values = numbers_in(data, name)
    if values is None:
        raise _Unusual
    if values.dtype.kind == "f":
        missing = np.isnan(values)
        values = np.where(missing, -1, values)
        if (values != np.rint(values)).any() or (values[~missing] < 0).any():
            raise _Unusual
    elif values.min(initial=0) < 0:
        raise _Unusual
    if values.max(initial=0) > top:
        raise _Unusual
    return values.astype(np.int8)


def _facts(
    data: Any, names: Sequence[str], n: int, catalogue: Catalogue
) -> tuple[tuple[Employee, ...], Positions]:
    """The distinct facts, and the facts of each person."""
    coded_facts = {}
    for name in (*_FACTS, "unit", "hired"):
        if name in names:
            try:
                coded_facts[name] = coded_column(data, name)
            except TypeError:  # lists in cells
                raise _Unusual from None
    combined = np.zeros(n, dtype=np.intp)
    for name, (codes, values) in coded_facts.items():
        if name in _FACTS:
            combined, _ = coded(combined * len(values) + codes)
    # The first person of each set of facts; later ones are overwritten by those before them.
    first = np.zeros(int(combined.max(initial=-1)) + 1, dtype=np.intp)
    first[combined[::-1]] = np.arange(n)[::-1]
    try:
        for name in coded_facts.keys() - _FACTS:
            values = coded_facts[name][1]
            workforce_of({"employee": _made_up(len(values)), name: values}, catalogue)
        columns = {
            name: [values[code] for code in codes[first]]
            for name, (codes, values) in coded_facts.items()
            if name in _FACTS
        }
        people = workforce_of({"employee": _made_up(len(first)), **columns}, catalogue)
    except DataError:
        raise _Unusual from None
    return people.employees, combined


def _made_up(count: int) -> list[str]:
    return [f"facts-{i}" for i in range(count)]


def _years(data: Any, names: Sequence[str], n: int) -> NDArray[np.float64]:
    if "relevant_years" not in names:
        return np.full(n, np.nan)
    years = numbers_in(data, "relevant_years")
    if years is None or (years < 0).any() or (years > 70).any():
        raise _Unusual
    return years.astype(np.float64)


def _completed(
    data: Any, names: Sequence[str], n: int, catalogue: Catalogue
) -> tuple[Positions, Positions]:
    """Where each person's modules begin, and the modules."""
    if "completed" not in names:
        return np.zeros(n + 1, dtype=np.intp), np.zeros(0, dtype=np.intp)
    position, known = catalogue.modules.position, dict[Any, list[int]]()
    who: list[int] = []
    taken: list[int] = []
    for i, text in enumerate(text_in(data, "completed")):
        if not text:
            continue
        if text not in known:
            known[text] = _modules(text, position)
        taken += known[text]
        who += [i] * len(known[text])
    return starts_of(np.array(who, dtype=np.intp), n), np.array(taken, dtype=np.intp)


def _taught(start: Positions, taken: Positions, known: DenseLevels, ladder: Ladder) -> Rated:
    """What passed modules say of the levels that are not known."""
    n, taught = len(start) - 1, ladder.taught
    if not len(taken) or ((known.column >= 0).all() and (known.levels >= 0).all()):
        nothing = np.zeros(0, dtype=np.intp)
        return Rated(start * 0, nothing, nothing, nothing, np.zeros(0))
    person = np.repeat(np.arange(n), np.diff(start))
    which, triples = entries_of(taught.bounds, taken)
    who, competence, level = person[which], taught.competence[triples], taught.level[triples]
    column = known.column[competence]
    silent = (column < 0) | (known.levels[column, who] < 0)
    who, competence, level = who[silent], competence[silent], level[silent]
    kind = np.full(len(who), RATED.index("module"))
    # As of a passed module without a date: said today, and sure.
    return Rated(starts_of(who, n), competence, kind, level, np.ones(len(who)))


def _modules(text: Any, position: Mapping[str, int]) -> list[int]:
    if not isinstance(text, str):
        raise _Unusual
    names = [name.strip() for name in text.split(";") if name.strip()]
    if not all(name in position for name in names):
        raise _Unusual
    return list(dict.fromkeys(position[name] for name in names))
