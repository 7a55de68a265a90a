"""The result table, one block of people after another, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.batch import Order
from fagprofil.eligibility import check_excluded
from fagprofil.engine import Engine
from fagprofil.frames import Texts
from fagprofil.gap_analysis import profile_status
from fagprofil.model import Blend, Lang, ProfileLike
from fagprofil.offer import Offer
from fagprofil.picks import Picks
from fagprofil.result_table import Form, columns_of_picks
from fagprofil.results import COLUMNS, NO_PROFILE, Row, empty_row, row_of
from fagprofil.roster import Roster
from fagprofil.scratch import Scratch
from fagprofil.shortlist import CHUNK, Shortlist, ranked, shortlists
from fagprofil.workers import in_order, processors

__all__ = ["BLOCK", "block_of", "blocks_of", "groups_of", "parts_of"]

Positions = NDArray[np.intp]

#: People whose rows are made at once, with ten modules for each: enough of each profile to fill its
#: batches, and so many rows that memory comes in large pages.
BLOCK = 50_000
#: With fewer people for each, several workers take longer than one.
LEAST = 10_000


def parts_of(people: int, workers: int, k: int = 10) -> list[Positions]:
    """Who is worked on at once: parts of about the same size, as many for each worker.

    Parameters
    ----------
    k
        At most so many rows are made for each; with more of them there are fewer people in a part.
    """
    count = -(-people * max(k, 10) // (10 * BLOCK))
    if people > workers * LEAST:
        count = -(-count // workers) * workers
    return np.array_split(np.arange(people), max(1, count))


def block_of(
    engine: Engine, roster: Roster, profile: ProfileLike | None, order: Order, form: Form
) -> dict[str, Any]:
    """The columns of the result table for some people, in their order.

    Parameters
    ----------
    profile
        One profile for all; None takes each person's own.
    """
    catalogue, profiles = engine.ladder.catalogue, engine.blends(roster, profile)
    groups = groups_of(roster, profiles)
    found = list(_found(engine, roster, groups, order))
    picks = Picks.of(found, min(order.k, len(catalogue.modules)))
    named = {blend.id: profile_status(blend, catalogue) for blend, _ in groups}
    statuses = {i: named[one.id] for i, one in enumerate(profiles) if one is not None}
    columns = columns_of_picks(picks, roster, engine.ladder, engine.terms, statuses, form)
    others = np.setdiff1d(np.arange(len(roster)), picks.rows, assume_unique=True)
    if len(others):
        rows = _rows(engine, roster, groups, others, order, form.lang)
        who = np.repeat(picks.rows, (picks.module >= 0).sum(axis=1))
        columns = _merged(columns, who, rows, others, form.texts)
    return {
        name: form.texts.numbers(column) if isinstance(column, np.ndarray) else column
        for name, column in columns.items()
    }


def _found(
    engine: Engine, roster: Roster, groups: Sequence[tuple[Blend, Positions]], order: Order
) -> Iterator[tuple[Offer, Shortlist]]:
    """The shortlists of those who are offered something that is known to help."""
    if not engine.by_gain or order.choose != "list":
        return
    standing, scratch = engine.ladder.standing(roster), Scratch()
    for blend, rows in groups:
        offer = engine.offer(blend)
        best = ranked(offer, standing, rows, order.k, order.exclude, scratch)
        for one in shortlists(offer, standing, best):
            yield offer, one if one.known.all() else one.of(one.known)


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


def blocks_of(
    engine: Engine,
    roster: Roster,
    profile: ProfileLike | None,
    order: Order,
    form: Form,
    progress: Callable[[int], None] | None = None,
) -> Iterator[dict[str, Any]]:
    """The columns of the result table, for the people of one block after another.

    Raises
    ------
    DataError
        Excluded modules that the catalogue does not have.
    """
    check_excluded(engine.ladder.catalogue, order.exclude)

    def block(rows: NDArray[np.intp]) -> dict[str, Any]:
        return block_of(engine, roster.part(rows), profile, order, form)

    # A ranking model of somebody else's need not be safe from threads.
    workers = processors() if engine.by_gain else 1
    k = min(order.k, len(engine.ladder.catalogue.modules))
    parts = parts_of(len(roster), workers, k)
    done = 0
    for rows, columns in zip(parts, in_order(block, parts, workers), strict=True):
        yield columns
        done += len(rows)
        if progress is not None:
            progress(done)
