"""Make the new ratings of the Job7 case: data/cases/job7/follow-up.csv.

Nobody in them exists. They are ratings of people who were in the first class of the bundled case's
plan, and of some who were in none, from the weeks after it. Run ``python tests/make_follow_up.py``
after a change of the case's people or its plan; a test checks that the bundled file is what `table`
makes. How many moved is made up; what the real courses changed was not found.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

from make_cases import FOLDER, JOB7
from make_people import Person, people_of, pick
from make_ratings import TOP, true_level

import fagprofil as fp
from fagprofil.answers import CasePlan

COLUMNS = ("employee", "competence", "level", "date", "kind")
#: How many of a hundred use what they learned, do so halfway, or do not; and are not rated again.
OUTCOMES = {"used": 62, "halfway": 14, "nothing": 14, "not rated": 10}
#: So many others are rated again, and so many of a hundred competences have moved by themselves.
OTHERS, BY_THEMSELVES = 40, 8


def table(plan: CasePlan, catalogue: fp.Catalogue) -> str:
    """The whole file, for a plan of the case."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(plan, catalogue))
    return text.getvalue()


def _rows(plan: CasePlan, catalogue: fp.Catalogue) -> Iterator[tuple[str, str, int, str, str]]:
    assert plan.classes is not None
    first = min(plan.classes.classes, key=lambda one: one.start)
    assert first.end is not None
    teaches = catalogue.modules[first.module].teaches or {}
    seated = {one.employee for one in plan.classes.seats}
    listed = [one for people in people_of(JOB7, catalogue).values() for one in people]
    free = [one for one in listed if one.id not in seated]
    others = sorted(free, key=lambda one: (one.chance("follow-up others"), one.id))[:OTHERS]
    chosen = {one.id for one in others} | set(first.participants)
    for person in sorted(listed, key=lambda one: one.id):
        outcome = pick(OUTCOMES, person.chance("follow-up"))
        if person.id not in chosen or outcome == "not rated":
            continue
        day = first.end + timedelta(days=21 + int(5 * person.chance("follow-up day")))
        for competence, taught in sorted(teaches.items()):
            level = true_level(person, competence, catalogue)
            if person.id in seated:
                level = _learned(level, taught, outcome)
            elif person.chance("by themselves", competence) < BY_THEMSELVES / 100:
                level = min(level + 1, TOP)
            for kind in ("manager", "self"):
                if kind == "self" or person.chance("follow-up manager") < 0.5:
                    seen = _seen(person, kind, competence, level)
                    yield person.id, competence, seen, day.isoformat(), kind


def _learned(level: int, taught: int, outcome: str) -> int:
    """What is held after a class."""
    if outcome == "used":
        return max(level, taught)
    return max(level, (level + taught) // 2) if outcome == "halfway" else level


def _seen(person: Person, kind: str, competence: str, level: int) -> int:
    error = pick({"-1": 1, "0": 10, "1": 1}, person.chance("follow-up", kind, competence))
    return min(max(level + int(error), 0), TOP)


def main() -> None:
    """Write the bundled file."""
    path = FOLDER / "job7" / "follow-up.csv"
    text = table(fp.plan_case("job7"), fp.load_catalogue())
    path.write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
