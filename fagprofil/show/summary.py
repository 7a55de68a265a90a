"""What a run of the command line adds up to, printed in a terminal."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console
from rich.table import Table

from fagprofil.insight import ModuleReach, SharedGap, UnitReadiness
from fagprofil.model import Lang, Status, Text
from fagprofil.reason_words import number
from fagprofil.show.words import WORDS, percent

__all__ = ["Summary", "UnitRow"]

#: A unit, and what is the largest shared gap and the most helpful module in it: nothing where the
#: unit has too few people to be spoken of.
UnitRow: TypeAlias = tuple[str | None, Sequence[SharedGap], Sequence[ModuleReach]]


class Summary:
    """Prints what has been computed elsewhere.

    Parameters
    ----------
    console
        Where to.
    lang
        ``"da"`` or ``"en"``.

    Examples
    --------
    >>> import sys
    >>> Summary(Console(file=sys.stdout), "en").people("people.csv", 12)
    people.csv: 12 people
    """

    def __init__(self, console: Console, lang: Lang) -> None:
        self._console = console
        self._lang = lang
        self._words = WORDS[lang]

    def title(self, name: str | None, people: int, on: dt.date) -> None:
        """Of whom the rest is said; None is the bundled case."""
        self.people(f"[bold]{name or self.bundled}[/bold]", people, f"{self._words['as of']} {on}")

    def people(self, name: str, count: int, *more: str) -> None:
        """How many people there are."""
        self._console.print(", ".join([f"{name}: {count} {self._people}", *more]))

    def written(self, path: Path, rows: int) -> None:
        """Where the rows are."""
        many = rows != 1
        self._say(
            da=f"{rows} række{'r' * many} skrevet til {path}",
            en=f"{rows} row{'s' * many} written to {path}",
        )

    def saved(self, path: Path) -> None:
        """That a file was written."""
        self._say(da=f"skrevet: {path}", en=f"written: {path}")

    def valid(self) -> None:
        """Nothing is wrong."""
        self._say(da="Alle data er i orden.", en="All data are valid.")

    def records(self, name: Text, edition: str, statuses: Mapping[str, Sequence[Status]]) -> None:
        """How many records of each kind have each status."""
        title = f"{name.in_(self._lang)} ({edition})"
        table = _table(title, ["", *Status, "sum"], right=range(1, len(Status) + 2))
        for kind, found in statuses.items():
            counts = Counter(found)
            cells = [str(counts[status] or "") for status in Status]
            table.add_row(kind, *cells, str(len(found)))
        self._console.print(table)

    def readiness(self, rows: Sequence[UnitReadiness]) -> None:
        """How ready each unit is, and last all of them."""
        title = self._in(
            da="\nKlar til det, der kræves (gennemsnit)", en="\nReady for what is needed (mean)"
        )
        unit = self._in(da="enhed", en="unit")
        header = [unit, self._people, self._words["now"], self._words["five years"]]
        table = _table(title, header, right=range(1, 4))
        for row in rows:
            table.add_row(*self._readiness_cells(row))
        self._console.print(table)
        without = rows[-1].without_profile
        if without:
            self._say(
                da=f"{without} uden profil er ikke regnet med.",
                en=f"{without} without a profile are not counted.",
            )

    def _readiness_cells(self, row: UnitReadiness) -> list[str]:
        every, few = self._in(da="alle", en="all"), self._in(da="for få", en="too few")
        shares = [few if share is None else percent(share) for share in (row.now, row.five_years)]
        return [every if row.unit is None else row.unit or "-", str(row.people), *shares]

    def shared_gaps(self, gaps: Sequence[SharedGap], total: int) -> None:
        """What many of all the people lack."""
        if not gaps:
            return
        title = self._in(da="\nDe største fælles afstande", en="\nThe largest shared gaps")
        short = self._in(da=f"mangler (af {total})", en=f"short (of {total})")
        header = [self._words["competence"], short, self._words["gap"]]
        table = _table(title, header, right=(1, 2))
        for one in gaps:
            table.add_row(one.name.in_(self._lang), str(one.people), number(one.gap, self._lang))
        self._console.print(table)

    def modules(self, reach: Sequence[ModuleReach]) -> None:
        """What helps most."""
        if not reach:
            return
        title = self._in(
            da="\nModuler, der lukker mest for alle, hver for sig",
            en="\nModules that close most for all, each on its own",
        )
        helps, closes = self._in(da="hjælper", en="helps"), self._in(da="lukker", en="closes")
        price = self._in(da="netto, kr.", en="net, kr")
        header = [self._words["module"], helps, closes, self._words["ects"], price]
        table = _table(title, header, right=(1, 2, 3, 4))
        for one in reach:
            table.add_row(
                one.title.in_(self._lang),
                str(one.people),
                number(one.gain, self._lang),
                "" if one.ects is None else f"{one.ects:g}",
                "" if one.net_price is None else number(one.net_price, self._lang, 0),
            )
        self._console.print(table)

    def units(self, rows: Iterable[UnitRow]) -> None:
        """What each unit that is large enough lacks most, and what helps it most."""
        title = self._in(da="\nEnhed for enhed (personer)", en="\nUnit by unit (people)")
        header = [
            self._in(da="enhed", en="unit"),
            self._in(da="største fælles afstand", en="largest shared gap"),
            self._in(da="modul, der lukker mest", en="module that closes most"),
        ]
        table = _table(title, header, right=())
        for unit, gaps, best in rows:
            if gaps or best:
                table.add_row(
                    unit or "-",
                    *(f"{one.name.in_(self._lang)} ({one.people})" for one in gaps),
                    *(f"{one.title.in_(self._lang)} ({one.people})" for one in best),
                )
        if table.rows:
            self._console.print(table)

    def caveats(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """How well the result is founded: the weakest status, and what is to be looked into."""
        chosen = [row for row in rows if row["module"] is not None]
        if not chosen:
            return
        weakest = Status.weakest(Status(row["status"]) for row in chosen).value
        noted = sum(row["notes"] is not None for row in chosen)
        self._say(
            da=f"\nDe svageste data, som resultatet hviler på, er {weakest}. {noted} af "
            f"{len(chosen)} anbefalinger har en note, fx om støtte, der ikke er bekræftet for i "
            "år.",
            en=f"\nThe weakest data that the result rests on are {weakest}. {noted} of "
            f"{len(chosen)} recommendations have a note, such as funding not confirmed for this "
            "year.",
        )

    @property
    def bundled(self) -> str:
        """What the people are called that are bundled."""
        return self._in(da="Job7, syntetiske data", en="Job7, synthetic data")

    @property
    def _people(self) -> str:
        return self._in(da="personer", en="people")

    def _in(self, *, da: str, en: str) -> str:
        return {"da": da, "en": en}[self._lang]

    def _say(self, *, da: str, en: str) -> None:
        self._console.print(self._in(da=da, en=en))


def _table(title: str, header: Sequence[str], right: Sequence[int]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for j, name in enumerate(header):
        table.add_column(str(name), justify="right" if j in right else "left")
    return table
