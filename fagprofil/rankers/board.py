"""A tiny synthetic world in which every sensible ranking model knows the right answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from fagprofil.catalogue import Catalogue
from fagprofil.funding import PriceList
from fagprofil.ladder import ladder_of
from fagprofil.model import (
    OVER_FIVE_YEARS,
    Competence,
    Completion,
    Employee,
    Evidence,
    Level,
    Module,
    Price,
    Profile,
    Provenance,
    Requirement,
    Scale,
    Taxonomy,
    Text,
)
from fagprofil.rankers.completions import History
from fagprofil.rankers.learning import learning_task
from fagprofil.rankers.task import RankingTask

__all__ = ["Board", "board"]

#: Words that share no letters in a row, so that texts can be told apart.
WORDS = ("arbejde", "budget", "coaching", "digital", "familie", "gruppe", "helhed", "jura")
TOP = 3
AS_OF = dt.date(2026, 1, 1)
_SYNTHETIC = Provenance.model_validate({"status": "synthetic"})


@dataclass(frozen=True)
class Board:
    """Person i lacks all of competence i and a step of every other; module i teaches it all.

    Everything says so: module i closes most, its title is the competence's name, and those of the
    same profile have mostly passed it and found it useful. The last module is one of which nobody
    knows what it teaches.

    Attributes
    ----------
    catalogue
        As many modules as competences and profiles, and one more.
    people
        One of each profile, who has passed a neighbour's module, but for the first.
    past
        People who have.
    """

    catalogue: Catalogue
    people: tuple[Employee, ...]
    past: tuple[Employee, ...]

    def task(self, people: Sequence[Employee], past: Sequence[Employee] | None) -> RankingTask:
        """The task of some people, with the history of others."""
        ladder = ladder_of(self.catalogue)
        prices = PriceList(self.catalogue, ladder.on).table
        history = None if past is None else self.history(past)
        return learning_task(ladder, people, OVER_FIVE_YEARS, prices, history)

    def history(self, past: Sequence[Employee]) -> History:
        """The history of some people."""
        return History.of(past, self.catalogue)


def board(size: int = 6, extra: int = 0, takers: int = 12) -> Board:
    """A board of so many competences, with more modules that nobody has taken.

    Parameters
    ----------
    size
        2 to 8.
    extra
        More modules, each of which teaches a step of everything.
    takers
        People of each profile in the past.
    """
    words = WORDS[:size]
    modules = [_module(f"m-{n}", word, {word: TOP}, 5) for n, word in enumerate(words)]
    modules += [_module(f"x-{n}", f"nyt {n}", dict.fromkeys(words, 1), 10) for n in range(extra)]
    modules.append(_module("z-unmapped", "andet", None, None))
    return Board(
        catalogue=Catalogue(
            taxonomy=_taxonomy(words),
            profiles=[_profile(f"p-{n}", words) for n in range(size)],
            modules=modules,
        ),
        people=tuple(_person(f"e-{n}", n, words, _before(n, size)) for n in range(size)),
        past=tuple(
            _person(f"h-{n}-{taker:02}", n, words, _taken(n, taker, size))
            for n in range(size)
            for taker in range(takers)
        ),
    )


def _before(n: int, size: int) -> tuple[Completion, ...]:
    name = f"m-{(n + 1) % size}"
    return (Completion(module=name, date=dt.date(2024, 6, 1)),) if n else ()


def _taken(n: int, taker: int, size: int) -> tuple[Completion, ...]:
    """First a neighbour's module, which few liked; then their own, which most did."""
    month = taker % 12 + 1
    neighbour = Completion(
        module=f"m-{(n + 1 + taker % (size - 1)) % size}", date=dt.date(2024, month, 1), useful=0.3
    )
    own = Completion(
        module=f"m-{n}", date=dt.date(2025, month, 1), useful=0.9, gap_closed=0.8, passed=True
    )
    other = Completion(
        module=f"m-{(n + 2) % size}",
        date=dt.date(2025, month, 1),
        useful=0.2,
        gap_closed=0.1,
        passed=taker % 3 > 0,
    )
    return (neighbour, own) if taker % 4 else (neighbour, other)


def _text(words: str) -> Text:
    return Text(da=words, en=words)


def _taxonomy(words: Sequence[str]) -> Taxonomy:
    steps = [
        Level(level=n, name=_text(str(n)), descriptor=_text(str(n))) for n in range(1, TOP + 1)
    ]
    return Taxonomy(
        id="board",
        name=_text("board"),
        as_of=AS_OF,
        scale=Scale(id="steps", name=_text("steps"), levels=tuple(steps), provenance=_SYNTHETIC),
        competences=[
            Competence(id=word, name=_text(word), kind="basis", provenance=_SYNTHETIC)
            for word in words
        ],
        provenance=_SYNTHETIC,
    )


def _profile(name: str, words: Sequence[str]) -> Profile:
    needs = [
        Requirement(
            competence=word,
            now=TOP,
            five_years=TOP,
            weight=1.0,
            reason=_text("synthetic"),
            provenance=_SYNTHETIC,
        )
        for word in words
    ]
    return Profile(id=name, name=_text(name), requirements=tuple(needs), provenance=_SYNTHETIC)


def _module(name: str, title: str, teaches: dict[str, int] | None, ects: float | None) -> Module:
    known = teaches is not None
    return Module(
        id=name,
        title=_text(title),
        level="diplom",
        ects=ects,
        price=Price(low=1000, high=1000, provenance=_SYNTHETIC) if known else None,
        teaches=teaches,
        teaches_provenance=_SYNTHETIC if known else None,
        provenance=_SYNTHETIC,
    )


def _person(name: str, lacks: int, words: Sequence[str], taken: Sequence[Completion]) -> Employee:
    said = tuple(
        Evidence(competence=word, level=0 if n == lacks else TOP - 1, kind="known")
        for n, word in enumerate(words)
    )
    return Employee(id=name, profile=f"p-{lacks}", evidence=said, completed=tuple(taken))
