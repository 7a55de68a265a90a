"""The limits of a pool, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fagprofil.model import Text
from fagprofil.planning.pool_rows import Row
from fagprofil.planning.pool_terms import PoolLimit

__all__ = ["FITS", "LIMITS", "about"]

LIMITS: Mapping[PoolLimit, Text] = {
    "amount": Text(da="puljens beløb", en="the pool's money"),
    "modules": Text(da="antallet af moduler i alt", en="the number of modules in all"),
    "person_modules": Text(da="moduler pr. person", en="modules per person"),
    "person_ects": Text(da="ECTS pr. person", en="ECTS per person"),
    "person_days": Text(da="undervisningsdage pr. person", en="teaching days per person"),
    "person_kroner": Text(da="kroner pr. person", en="kroner per person"),
    "employer_kroner": Text(da="kroner pr. arbejdsgiver", en="kroner per employer"),
    "employer_share": Text(
        da="den andel af beløbet, én arbejdsgiver kan få",
        en="the share of the money that one employer can have",
    ),
    "employer_days": Text(
        da="undervisningsdage, som arbejdsgiveren kan undvære",
        en="teaching days that the employer can spare",
    ),
    "floor": Text(
        da="mindstedele til regioner og størrelser",
        en="the least parts of regions and sizes",
    ),
}

#: Why something that is open, and fits, is not granted.
FITS = Text(
    da="andet lukker mere inden for grænserne", en="other grants close more within the limits"
)

_KINDS = {"region": "regionen", "size": "størrelsen"}


def about(limit: PoolLimit, rows: Sequence[Row]) -> Text:
    """A limit of which some rows matter, with its figure where it is one for all."""
    if limit == "floor":
        return _floor(rows)
    text = LIMITS[limit]
    figures = sorted({(one.most or 0) / one.per_unit for one in rows})
    most = f" ({figures[0]:g})" if len(figures) == 1 else ""
    return Text(da=text.in_("da") + most, en=text.in_("en") + most)


def _floor(rows: Sequence[Row]) -> Text:
    da, en = [], []
    for group in sorted({one.about for one in rows}):
        kind, _, name = group.partition(": ")
        least = sum((one.least or 0) / one.per_unit for one in rows if one.about == group)
        kroner = f"{least:.2f}"
        da.append(f"{_KINDS[kind]} {name} får mindst {kroner.replace('.', ',')} kr.")
        en.append(f"the {kind} {name} gets at least {kroner} kr")
    return Text(da="; ".join(da), en="; ".join(en))
