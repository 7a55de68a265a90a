"""The result table, one block of people after another, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.batch import Order
from fagprofil.engine import Engine
from fagprofil.frames import Texts
from fagprofil.gap_analysis import profile_status
from fagprofil.model import Blend, Lang, Status
from fagprofil.picks import Picks, Wording
from fagprofil.result_table import columns_of_picks
from fagprofil.results import COLUMNS, NO_PROFILE, Row, empty_row, row_of
from fagprofil.roster import Roster
from fagprofil.shortlist import CHUNK, shortlists

__all__ = ["BLOCK", "Block", "Form", "columns_of_block", "groups_of", "ranked_block"]

Positions = NDArray[np.intp]

#: People whose rows are made at once; with twelve profiles enough of each to fill their batches.
BLOCK = 20_000


@dataclass(frozen=True)
class Form:
    """In which language, and what columns of text are made of."""

    lang: Lang
    texts: Texts


@dataclass(frozen=True, eq=False)
class Block:
    """People whose modules are ranked, and what their rows are made from.

    Attributes
    ----------
    picks
        The picks of those whose modules are ranked by gain alone.
    others, rows
        The others, as positions in the roster, and the rows of each.
    statuses
        The weakest status of what each of the roster's facts requires.
    """

    roster: Roster
    picks: Picks
    others: Positions
    rows: Sequence[Sequence[Row]]
    statuses: Mapping[int, Status]


def ranked_block(
    engine: Engine, roster: Roster, profiles: Sequence[Blend | None], order: Order, lang: Lang
) -> Block:
    """Rank the modules of some people.

    Parameters
    ----------
    profiles
        The profile of each of the roster's facts.
    lang
        Language of the rows that are made at once.
    """
    groups = groups_of(roster, profiles)
    picks = _picks(engine, roster, groups, order)
    others = np.setdiff1d(np.arange(len(roster)), picks.rows, assume_unique=True)
    statuses = {
        fact: profile_status(blend, engine.ladder.catalogue)
        for fact, blend in enumerate(profiles)
        if blend is not None
    }
    rows = _rows(engine, roster, groups, others, order, lang) if len(others) else []
    return Block(roster, picks, others, rows, statuses)


def columns_of_block(engine: Engine, block: Block, form: Form) -> dict[str, Any]:
    """The columns of the result table for a block's people, in their order."""
    picks = block.picks
    columns = columns_of_picks(
        picks, block.roster, engine.ladder, engine.terms, block.statuses, form.lang, form.texts
    )
    if not len(block.others):
        return columns
    who = np.repeat(picks.rows, (picks.module >= 0).sum(axis=1))
    return _merged(columns, who, block.rows, block.others, form.texts)


def _picks(
    engine: Engine, roster: Roster, groups: Sequence[tuple[Blend, Positions]], order: Order
) -> Picks:
    """The picks of those whose modules are ranked by gain alone."""
    fast = engine.by_gain and order.choose == "list"
    offers = [(engine.offer(blend), rows) for blend, rows in groups] if fast else []
    k = min(order.k, len(engine.ladder.catalogue.modules))
    wording = Wording.up_to(max((offer.most for offer, _ in offers), default=0.0))
    standing = engine.ladder.standing(roster)
    found = (
        (offer, one)
        for offer, rows in offers
        for one in shortlists(offer, standing, rows, order.k, order.exclude)
    )
    return Picks.of(found, k, wording)


def groups_of(roster: Roster, profiles: Sequence[Blend | None]) -> list[tuple[Blend, Positions]]:
    """The people of each profile, profiles in the order in which they first occur."""
    named: dict[str, tuple[Blend, list[int]]] = {}
    for fact, blend in enumerate(profiles):
        if blend is not None:
            named.setdefault(blend.id, (blend, []))[1].append(fact)
    group = np.full(len(profiles), len(named), dtype=np.min_scalar_type(len(named)))
    for i, (_, facts) in enumerate(named.values()):
        group[facts] = i
    of = group[roster.fact]
    # Such small numbers are sorted by radix.
    order = np.argsort(of, kind="stable")
    edges = np.searchsorted(of[order], np.arange(len(named) + 1))
    found = zip(named.values(), pairwise(edges), strict=True)
    return [(blend, order[first:last]) for (blend, _), (first, last) in found if first < last]


def _rows(
    engine: Engine,
    roster: Roster,
    groups: Sequence[tuple[Blend, Positions]],
    people: Positions,
    order: Order,
    lang: Lang,
) -> list[list[Row]]:
    """The rows of people whose modules are not ranked by gain alone, or who have none."""
    competences = engine.ladder.catalogue.taxonomy.competences.values()
    names = {one.id: one.name.in_(lang) for one in competences}
    found: dict[int, list[Row]] = {}
    for blend, members in groups:
        own = members[np.isin(members, people)]
        for start in range(0, len(own), CHUNK):
            chunk = own[start : start + CHUNK]
            batch = engine.batch(roster.part(chunk), blend, order)
            for row, i in enumerate(chunk.tolist()):
                items = [row_of(roster.ids[i], one, names, lang) for one in batch.items(row)]
                found[i] = items or [empty_row(roster.ids[i], batch.why_fewer(row, order), lang)]
    return [found.get(i, [empty_row(roster.ids[i], NO_PROFILE, lang)]) for i in people.tolist()]


def _merged(
    columns: Mapping[str, Any],
    who: Positions,
    rows: Sequence[Sequence[Row]],
    people: Positions,
    texts: Texts,
) -> dict[str, Any]:
    """Rows put in their people's places between those of the columns."""
    listed = [row for own in rows for row in own]
    others = np.repeat(people, [len(own) for own in rows])
    order = np.argsort(np.concatenate([who, others]), kind="stable")
    merged: dict[str, Any] = {}
    for name in COLUMNS:
        added = [row[name] for row in listed]
        column = columns[name]
        if isinstance(column, np.ndarray):
            numbers = np.array([np.nan if x is None else x for x in added], dtype=column.dtype)
            merged[name] = np.concatenate([column, numbers])[order]
        else:
            merged[name] = texts.merged(column, added, order)
    return merged
