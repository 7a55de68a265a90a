"""From possible seats to the linear program."""

from __future__ import annotations

import numpy as np

from fagprofil.ladder import UNIT
from fagprofil.planning.cohort_model import Family, Model, Sheet
from fagprofil.planning.cohort_money import Money
from fagprofil.planning.cohort_rows import class_rows, must_rows, person_rows, unit_rows
from fagprofil.planning.cohort_seats import Seats
from fagprofil.planning.cohort_value import step_groups

__all__ = ["program"]


def program(seats: Seats) -> tuple[Model, Money]:
    """The program whose best solution is the best plan, and its budgets."""
    held = len(seats.runs)
    sheet = Sheet(len(seats) + held)
    worth: dict[int, float] = {}
    _value_rows(sheet, seats, worth)
    groups = sheet.columns
    person_rows(sheet, seats)
    class_rows(sheet, seats)
    unit_rows(sheet, seats)
    must_rows(sheet, seats)
    together = sheet.columns
    money = Money.written(sheet, seats)

    whole = np.zeros(sheet.columns, dtype=np.bool_)
    whole[: len(seats) + held] = True
    whole[groups:together] = True
    most = np.ones(sheet.columns)
    most[together:] = money.most_extra
    most[len(seats) : len(seats) + held] = seats.most >= seats.least
    value = np.zeros(sheet.columns)
    value[list(worth)] = list(worth.values())
    model = Model(
        seats=seats,
        worth=value,
        most=most,
        whole=whole,
        matrix=sheet.matrix,
        low=np.array(sheet.low),
        high=np.array(sheet.high),
        family=tuple(sheet.family),
        about=tuple(sheet.about),
        within=sheet.within,
    )
    return model, money


def _value_rows(sheet: Sheet, seats: Seats, worth: dict[int, float]) -> None:
    """What seats are worth, alone and together."""
    alone = seats.limits.classes == 1
    for i in range(len(seats.crowd)):
        own = range(*seats.of_person(i).indices(len(seats)))
        if alone:
            worth.update((p, float(seats.gain[p] * UNIT)) for p in own)
            continue
        by_module: dict[int, list[int]] = {}
        for p in own:
            by_module.setdefault(int(seats.module[seats.run[p]]), []).append(p)
        for modules, weight in step_groups(seats.crowd, i, sorted(by_module)):
            columns = [p for m in modules for p in by_module[m]]
            if len(modules) == 1:
                for p in columns:
                    worth[p] = worth.get(p, 0.0) + weight * UNIT
            else:
                (reached,) = sheet.new(1).tolist()
                worth[reached] = weight * UNIT
                values = [-1.0] * len(columns) + [1.0]
                sheet.add(Family.VALUE, [*columns, reached], values, high=0, about=(i,))
