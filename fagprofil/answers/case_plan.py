"""A case from its people to its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fagprofil.answers.after import afterwards
from fagprofil.answers.answer import Answer, Bar, CasePlan
from fagprofil.answers.bars import bars_of
from fagprofil.answers.brief import Brief
from fagprofil.answers.classes import classes, content, left_over, seats, staffed
from fagprofil.answers.cover import substitutes
from fagprofil.answers.follow import followed
from fagprofil.answers.money import costs
from fagprofil.answers.needs import unserved
from fagprofil.answers.people import baseline, below
from fagprofil.answers.pool import effects, spread, unused
from fagprofil.answers.teaching import groups, repetition
from fagprofil.cases import Case, load_case
from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.model import Status
from fagprofil.planning.cohort_solve import EffortName
from fagprofil.workforce import people_of

__all__ = ["plan_case"]

#: In the order in which they are told; each has an answer where the setting has what it asks of.
_TOPICS: tuple[Callable[[Brief], Iterator[Answer]], ...] = (
    baseline,
    below,
    content,
    classes,
    staffed,
    left_over,
    seats,
    repetition,
    groups,
    costs,
    substitutes,
    spread,
    unused,
    effects,
    afterwards,
    followed,
    unserved,
)


def plan_case(
    case: Case | str | Path,
    people: Any = None,
    catalogue: Catalogue | None = None,
    *,
    again: Any = None,
    effort: EffortName = "normal",
) -> CasePlan:
    """What a case asks, answered: plans of classes, substitutes or a pool, with their figures.

    What is planned stands in the case's `fagprofil.case_setting.Setting`: its series of classes,
    their limits, substitutes, and a pool. Each that is there is planned by `plan_cohorts`,
    `plan_rotation` and `allocate_pool`, and answered for. Where the content of classes is open,
    each gets the module that closes most for those who are in none before it.

    Parameters
    ----------
    case
        A bundled case by its id, the path of a case of one's own (see `fagprofil.load_case`), or a
        case.
    people
        Other people than the case's own: a `Workforce`, people or a table.
    catalogue
        None takes the bundled one.
    again
        New statements of people after their classes, to follow up by; None takes the case's own,
        where it has some and `people` is None.
    effort
        How hard classes are planned, see `plan_cohorts`.

    Raises
    ------
    UnknownName
        No such case.
    DataError
        Everything about the people that does not fit the catalogue, and everything in the setting
        that does not fit the people.
    Infeasible
        The floors of a pool cannot be kept within its limits.

    Examples
    --------
    >>> import fagprofil as fp
    >>> plan = fp.plan_case("noerrebro")
    >>> plan.people, len(plan.classes.classes), plan.classes.optimal
    (85, 4, True)
    >>> plan["costs"].question.in_("en")
    'What does it cost before and after funding, by date?'
    """
    chosen = case if isinstance(case, Case) else load_case(case)
    known = catalogue if catalogue is not None else load_catalogue()
    if people is None:
        people, again = chosen.people(known), again if again is not None else chosen.again(known)
    brief = Brief(
        case=chosen,
        people=tuple(people_of(people, known)),
        catalogue=known,
        again=None if again is None else tuple(people_of(again, known)),
        effort=effort,
    )
    return CasePlan(
        case=chosen.id,
        name=chosen.name,
        people=len(brief.people),
        on=brief.on,
        start=chosen.setting.start,
        status=_status(brief),
        answers=tuple(answer for topic in _TOPICS for answer in topic(brief)),
        bars=tuple(_bars(brief)),
        classes=brief.classes,
        rotation=brief.rotation,
        pool=brief.pool,
    )


def _bars(brief: Brief) -> Iterator[Bar]:
    for plan in (brief.classes, brief.rotation, brief.pool):
        if plan is not None:
            yield from bars_of(plan)


def _status(brief: Brief) -> Status:
    """The weakest status of what the case and its plans rest on."""
    plans = [one.status for one in (brief.classes, brief.pool) if one is not None]
    own = brief.case.provenance.status
    return Status.weakest([own, *(one for one in plans if one is not None)])
