"""A report on a workplace for its leaders: one HTML file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

from fagprofil.gap_analysis import gap
from fagprofil.insight import (
    ModuleReach,
    SharedGap,
    Team,
    UnitReadiness,
    module_reach,
    shared_gaps,
    team,
    unit_readiness,
)
from fagprofil.insight.units import MIN_GROUP
from fagprofil.model import Employee, Lang, ProfileLike, Status, Workforce
from fagprofil.reason_words import number
from fagprofil.recommend import Recommender
from fagprofil.show import team_plots
from fagprofil.show.html import html
from fagprofil.show.plots import ladder
from fagprofil.show.report_page import cards, document, picture, section, sentences, table_of
from fagprofil.show.report_words import SAID
from fagprofil.show.words import WORDS, horizon_name, percent

__all__ = ["report"]

#: Rows of a unit's own tables, of the table of modules, and of that of competences.
_FEW, _MANY, _MOST = 5, 12, 24


def report(
    recommender: Recommender,
    people: Workforce,
    profile: ProfileLike | None = None,
    *,
    name: str | None = None,
    lang: Lang = "da",
    persons: bool = False,
    k: int = 5,
    min_group: int = MIN_GROUP,
) -> str:
    """What people can do of what they need, what they lack and what helps, as one HTML page.

    The page needs nothing else: pictures are in it, nothing is fetched and nothing runs. It begins
    with what a leader reads in a minute, goes on unit by unit, and ends with what it rests on.
    Groups that are too small to speak of are hidden.

    Parameters
    ----------
    recommender
        Its horizon, day and ranking model.
    people
        Whom it is about.
    profile
        One profile for all; None takes each person's own.
    name
        What the people are called, such as the file that they came from.
    lang
        ``"da"`` or ``"en"``.
    persons
        Whether each person has a page too: only for those who may read of single persons.
    k
        Modules for each person.
    min_group
        The smallest group that is spoken of.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.

    Examples
    --------
    >>> import fagprofil as fp
    >>> people = fp.load_case("randers").people()
    >>> page = fp.show.report(fp.Recommender(fp.load_catalogue()), people, lang="en")
    >>> "<script" in page, "In brief" in page
    (False, True)
    """
    return _Report(recommender, people, profile, name, lang, k, min_group).page(persons)


class _Gaps(NamedTuple):
    """What some people lack, largest first."""

    told: tuple[SharedGap, ...]
    whole: float
    """The gap of all of them in everything."""

    def share(self, gap: float) -> str:
        """A part of the whole in per cent."""
        return percent(gap / self.whole if self.whole else 0.0)


class _Report:
    """One report under way: what it says, computed once."""

    def __init__(
        self,
        recommender: Recommender,
        people: Workforce,
        profile: ProfileLike | None,
        name: str | None,
        lang: Lang,
        k: int,
        min_group: int,
    ) -> None:
        self.recommender, self.people, self.profile = recommender, people, profile
        self.name, self.lang, self.k, self.min_group = name, lang, k, min_group
        self.said, self.catalogue = SAID[lang], recommender.catalogue
        options: dict[str, Any] = {"on": recommender.on, "model": recommender.model}
        self.options = {**options, "min_group": min_group}
        self.units = unit_readiness(people, self.catalogue, profile, **self.options)
        self.team: Team = team(
            people, self.catalogue, profile, horizon=recommender.horizon, **self.options
        )
        self.gaps = self._gaps(people)
        self.modules = module_reach(recommender, people, profile, min_group=min_group)

    def page(self, persons: bool) -> str:
        """The whole of it."""
        said = self.said
        sections = [
            ("brief", said["brief"], self._brief()),
            ("readiness", said["readiness"], self._readiness()),
            ("competences", said["competences"], self._competences()),
            ("modules", said["modules"], self._modules(self.modules[:_MANY], self.gaps)),
            ("units", said["units"], "".join(self._units())),
        ]
        if persons:
            sections.append(("persons", said["persons"], "".join(map(self._person, self.people))))
        sections.append(("basis", said["basis"], self._basis()))
        title = said["title"] if self.name is None else f"{said['title']}: {self.name}"
        line = said["line"].format(
            len(self.people),
            len(self.team.units),
            self.recommender.on,
            self.catalogue.taxonomy.name.in_(self.lang),
            horizon_name(self.recommender.horizon, self.lang),
        )
        return document(title, [line], sections, self.lang)

    def _gaps(self, people: Workforce) -> _Gaps:
        """The gaps that may be told of, and the sum of all, of which their shares are."""
        options = {**self.options, "horizon": self.recommender.horizon}
        told = shared_gaps(people, self.catalogue, self.profile, **options)
        every = shared_gaps(people, self.catalogue, self.profile, **{**options, "min_group": 1})
        return _Gaps(told, sum(one.gap for one in every))

    def _brief(self) -> str:
        said, whole = self.said, self.units[-1]
        if whole.now is None or whole.five_years is None:
            return sentences([said["few"]])
        found = [
            (percent(whole.now), said["ready now"]),
            (percent(whole.five_years), said["ready later"]),
        ]
        lines = [said["means"].format(percent(whole.now), percent(whole.five_years))]
        if self.gaps.told:
            found.append((self.gaps.told[0].name.in_(self.lang), said["largest gap"]))
            most = [self._lacked(one) for one in self.gaps.told[:3]]
            lines.append(said["lacked"].format("; ".join(most)))
        if self.modules:
            found.append((self.modules[0].title.in_(self.lang), said["best module"]))
            best = [self._helps(one) for one in self.modules[:3]]
            lines.append(said["help"].format("; ".join(best)))
        if whole.without_profile:
            lines.append(said["without"].format(whole.without_profile))
        needed = sum(one.total.needed for one in self.team.competences)
        unrated = sum(one.total.unrated for one in self.team.competences)
        if needed and unrated:
            lines.append(said["unrated"].format(percent(unrated / needed)))
        lines.append(said["status"].format(said[self._weakest().value]))
        return cards(found) + sentences(lines)

    def _lacked(self, one: SharedGap) -> str:
        return self.said["of people"].format(one.name.in_(self.lang), one.people)

    def _helps(self, one: ModuleReach) -> str:
        share = self.gaps.share(one.gain)
        return self.said["of gap"].format(one.title.in_(self.lang), share, one.people)

    def _readiness(self) -> str:
        said = self.said
        header = [said["unit"], said["people"], WORDS[self.lang]["now"], said["later"]]
        rows = [
            [
                said["all"] if one.unit is None else one.unit or said["no unit"],
                str(one.people),
                *([said["hidden"]] * 2 if one.now is None else self._shares(one)),
            ]
            for one in self.units
        ]
        drawn = picture(team_plots.readiness(self.units, lang=self.lang), said["readiness alt"])
        return drawn + table_of(said["readiness"], header, rows, (1, 2, 3))

    def _shares(self, one: UnitReadiness) -> list[str]:
        return [percent(one.now or 0.0), percent(one.five_years or 0.0)]

    def _competences(self) -> str:
        if not self.team.competences:
            return sentences([self.said["few"]])
        drawn = picture(
            team_plots.team(self.team, lang=self.lang, most=_MOST), self.said["team alt"]
        )
        return drawn + self._gap_table(self.said["competences"], self.gaps, _MOST)

    def _gap_table(self, caption: str, gaps: _Gaps, most: int) -> str:
        header = [WORDS[self.lang]["competence"], self.said["lack"], self.said["share"]]
        rows = [
            [
                one.name.in_(self.lang),
                str(one.people),
                gaps.share(one.gap),
            ]
            for one in gaps.told[:most]
        ]
        return table_of(caption, header, rows, (1, 2))

    def _modules(self, modules: Sequence[ModuleReach], gaps: _Gaps, caption: str = "") -> str:
        said, words = self.said, WORDS[self.lang]
        if not modules:
            return sentences([said["no module"]])
        header = [words["module"], said["helps"], said["closes"], words["ects"], said["price"]]
        rows = [
            [
                one.title.in_(self.lang) + self._made_up(one.module),
                str(one.people),
                gaps.share(one.gain),
                "" if one.ects is None else f"{one.ects:g}",
                said["no price"] if one.net_price is None else number(one.net_price, self.lang, 0),
            ]
            for one in modules
        ]
        return table_of(caption or said["modules"], header, rows, (1, 2, 3, 4))

    def _made_up(self, module: str) -> str:
        made_up = self.catalogue.modules[module].provenance.status is Status.SYNTHETIC
        return f" ({self.said['synthetic module']})" if made_up else ""

    def _units(self) -> Iterator[str]:
        for one in self.units[:-1]:
            shown = one.unit or self.said["no unit"]
            if one.now is None:
                yield section(shown, sentences([self.said["few"]]))
                continue
            members = self.people.by_unit()[one.unit or ""]
            reach = module_reach(
                self.recommender, members, self.profile, k=_FEW, min_group=self.min_group
            )
            shares = self.said["unit line"].format(one.people, *self._shares(one))
            gaps = self._gaps(members)
            largest = f"{self.said['largest gaps']}, {shown}"
            tables = self._gap_table(largest, gaps, _FEW)
            tables += self._modules(reach, gaps, f"{self.said['modules']}, {shown}")
            yield section(shown, sentences([shares]) + tables)

    def _person(self, one: Employee) -> str:
        profile = self.profile if self.profile is not None else one.profile
        if profile is None:
            return section(one.id, sentences([self.said["no profile"]]), "person")
        found = gap(
            one,
            profile,
            self.catalogue,
            horizon=self.recommender.horizon,
            on=self.recommender.on,
            model=self.recommender.model,
        )
        advice = self.recommender.recommend(one, profile, k=self.k)
        says = self.said["ladder alt"].format(one.id)
        drawn = picture(ladder(found, lang=self.lang, most=_MANY), says)
        return section(one.id, drawn + html(found, self.lang) + html(advice, self.lang), "person")

    def _basis(self) -> str:
        said, taxonomy = self.said, self.catalogue.taxonomy
        kinds = Counter(said[f"kind {each.kind}"] for one in self.people for each in one.evidence)
        days = [each.date for one in self.people for each in one.evidence if each.date is not None]
        told = ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds)) or said["none"]
        lines = [said["evidence"].format(told)]
        if days:
            lines.append(said["between"].format(min(days), max(days)))
        lines += [said["small"].format(self.min_group), said["advice"]]
        groups = {
            said["taxonomy"]: [taxonomy.provenance.status],
            said["profiles"]: [one.provenance.status for one in self.catalogue.profiles.values()],
            said["module records"]: [
                one.provenance.status for one in self.catalogue.modules.values()
            ],
            said["funding"]: [one.provenance.status for one in self.catalogue.funding.values()],
        }
        header = [said["data"], *(said[status.value] for status in Status)]
        rows = [
            [group, *(str(statuses.count(status) or "") for status in Status)]
            for group, statuses in groups.items()
        ]
        sources = "".join(f"<li>{escape(source)}</li>" for source in taxonomy.provenance.sources)
        version = said["version"].format(self.recommender.version)
        return (
            sentences(lines)
            + table_of(said["data status"], header, rows, range(1, len(header)))
            + f"<p>{escape(said['sources'])}</p><ul>{sources}</ul>"
            + f'<p class="note">{escape(version)}</p>'
        )

    def _weakest(self) -> Status:
        used = [
            self.catalogue.modules[one.module].provenance.status for one in self.modules[:_MANY]
        ]
        return Status.weakest([self.catalogue.taxonomy.provenance.status, *used])
