"""The gaps of many people, as one long table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel
from fagprofil.frames import to_native
from fagprofil.gap_analysis import GapPart, Needs, by_profile, parts_of
from fagprofil.ladder import ladder_of
from fagprofil.model import NOW, Blend, Employee, Horizon, Lang, ProfileLike
from fagprofil.workforce import people_of

__all__ = ["GAP_COLUMNS", "gap_rows", "gaps"]

#: Columns of the table of gaps.
GAP_COLUMNS = (
    "employee",
    "unit",
    "profile",
    "competence",
    "name",
    "needed",
    "held",
    "weight",
    "gap",
    "stated",
)


def gaps(
    people: Any,
    profile: ProfileLike | None = None,
    catalogue: Catalogue | None = None,
    *,
    horizon: Horizon = NOW,
    on: dt.date | None = None,
    model: EvidenceModel = DEFAULT_MODEL,
    lang: Lang = "da",
) -> Any:
    """The gaps of many people, as one long table.

    Parameters
    ----------
    people
        A `Workforce`, people, or a table in the form of `fagprofil.read_workforce`.
    profile
        One profile for all; None takes each person's own.
    lang
        Language of the competences' names.

    Returns
    -------
    A table of the kind that came in, one row per person and competence needed, people in their
    order and each one's largest gap first. Columns ``employee``, ``unit``, ``profile``,
    ``competence``, ``name``, and those of `GapPart`. A person's rows sum to `Gap.total`. A person
    without a profile has one row in which all but ``employee`` and ``unit`` is missing.

    Raises
    ------
    DataError
        Everything about the people that does not fit.

    Examples
    --------
    >>> import fagprofil as fp
    >>> table = fp.gaps([fp.Employee(id="a", backgrounds=["hk-kontor"])], "virksomhed")
    >>> bool((table["gap"] >= 0).all())
    True
    """
    catalogue = catalogue if catalogue is not None else load_catalogue()
    workforce = people_of(people, catalogue)
    rows = gap_rows(workforce, profile, catalogue, horizon=horizon, on=on, model=model, lang=lang)
    return to_native({name: [row[name] for row in rows] for name in GAP_COLUMNS}, workforce.frame)


def gap_rows(
    people: Iterable[Employee],
    profile: ProfileLike | None,
    catalogue: Catalogue,
    *,
    horizon: Horizon = NOW,
    on: dt.date | None = None,
    model: EvidenceModel = DEFAULT_MODEL,
    lang: Lang = "da",
) -> list[dict[str, Any]]:
    """The rows of `gaps` as dicts, for where no table library is installed."""
    listed, ladder = tuple(people), ladder_of(catalogue, on, model)
    ladder.catalogue.check_employees(listed)
    rows: list[list[dict[str, Any]]] = [[_no_profile(one)] for one in listed]
    for blend, members in by_profile(listed, profile, catalogue):
        needs = Needs.of(ladder, blend, horizon)
        held = ladder.held([listed[i] for i in members])
        for row, i in enumerate(members):
            parts = parts_of(ladder, needs, held, row)
            rows[i] = [_gap_row(listed[i], blend, part, lang) for part in parts]
    return [row for own in rows for row in own]


def _no_profile(employee: Employee) -> dict[str, Any]:
    return {**dict.fromkeys(GAP_COLUMNS), "employee": employee.id, "unit": employee.unit}


def _gap_row(employee: Employee, profile: Blend, part: GapPart, lang: Lang) -> dict[str, Any]:
    return {
        "employee": employee.id,
        "unit": employee.unit,
        "profile": profile.id,
        "competence": part.competence,
        "name": part.name.in_(lang),
        "needed": part.needed,
        "held": part.held,
        "weight": part.weight,
        "gap": part.gap,
        "stated": part.stated,
    }
