"""The library on a nation: calls without arguments, to be timed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
from nation import K, Nation

import fagprofil as fp
from fagprofil.batch import Order
from fagprofil.blocks import blocks_of, groups_of, parts_of
from fagprofil.frames import stacked, texts_for_tables
from fagprofil.offer import Offer
from fagprofil.result_table import Form
from fagprofil.roster import Roster
from fagprofil.scratch import Scratch
from fagprofil.shortlist import ranked
from fagprofil.standing import Standing
from fagprofil.workers import in_order, processors

Run = Callable[[], Any]

#: Days on which people rated themselves.
DAYS = 1000


def kernel(nation: Nation, roster: Roster | None = None, workers: int = 1) -> Run:
    """From people as columns to the modules picked, shape (people, K); -1 for none."""
    ladder, everybody = nation.ladder, nation.roster if roster is None else roster
    blends = [nation.catalogue.resolve(one.profile or "") for one in everybody.facts]
    offers = {blend.id: Offer(ladder, blend, fp.NOW) for blend in blends}

    def picks_of(people: Standing) -> np.ndarray:
        picks, scratch = np.full((len(people.roster), K), -1), Scratch()
        for blend, rows in groups_of(people.roster, blends):
            offer = offers[blend.id]
            for found in ranked(offer, people, rows, K, scratch=scratch):
                module = offer.keys.unpacked(found.best)
                picked = np.where(module < 0, -1, offer.modules[module])
                picks[found.rows, : picked.shape[1]] = picked
        return picks

    if workers == 1:
        standing = ladder.standing(everybody)
        return lambda: picks_of(standing)
    parts = parts_of(len(everybody), workers)

    def part(rows: np.ndarray) -> np.ndarray:
        return picks_of(ladder.standing(everybody.part(rows)))

    return lambda: np.concatenate(list(in_order(part, parts, workers)))


def shared_kernel(nation: Nation) -> Run:
    """The same on all cores."""
    return kernel(nation, workers=processors())


def rated_kernel(nation: Nation) -> Run:
    """The same for people who have rated themselves, so that no level is certain."""
    return kernel(nation, nation.rated(DAYS))


def weighing(nation: Nation) -> Run:
    """From what people say of themselves to the states in which it leaves them."""
    roster = nation.rated(DAYS)
    parts = [roster.part(rows) for rows in parts_of(len(roster), 1)]
    return lambda: np.array([len(nation.ladder.standing(part).states) for part in parts])


def table(nation: Nation) -> Run:
    """The whole call: a table in, a table out."""
    frame, recommender = nation.frame(), fp.Recommender(nation.catalogue, horizon=fp.NOW)
    return lambda: recommender.recommend_table(frame, k=K)


def rated_table(nation: Nation) -> Run:
    """The whole call for people who have rated themselves."""
    frame, recommender = nation.frame(), fp.Recommender(nation.catalogue, horizon=fp.NOW)
    day = [nation.ladder.on - dt.timedelta(days=i % DAYS) for i in range(nation.people)]
    frame = frame.append_column("kind", [["self"] * nation.people]).append_column("date", [day])
    return lambda: recommender.recommend_table(frame, k=K)


def table_of_columns(nation: Nation) -> Run:
    """The whole call without the table that comes in: for more competences than columns fit."""
    roster, recommender = nation.roster, fp.Recommender(nation.catalogue, horizon=fp.NOW)
    order, form = Order.checked(K, "list", ()), Form("da", texts_for_tables())

    def run() -> Any:
        blocks = blocks_of(recommender._engine, roster, None, order, form)
        return stacked(list(blocks), "pyarrow")

    return run
