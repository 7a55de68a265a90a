"""Tables with one row per person: the people of small worlds in the form that files hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import worlds
from hypothesis import strategies as st

import fagprofil as fp
from fagprofil.model import Horizon

Row = dict[str, Any]

FACTS = {
    "employee": pa.string(),
    "unit": pa.string(),
    "profile": pa.string(),
    "backgrounds": pa.string(),
    "employer": pa.string(),
    "education_level": pa.int64(),
    "relevant_years": pa.float64(),
    "completed": pa.string(),
}


@dataclass(frozen=True)
class Wide:
    """A catalogue, and people whose levels are known or not spoken of."""

    catalogue: fp.Catalogue
    people: tuple[fp.Employee, ...]
    horizon: Horizon

    def __repr__(self) -> str:
        return repr(worlds.Crowd(self.catalogue, self.people, self.horizon))

    @cached_property
    def recommender(self) -> fp.Recommender:
        return fp.Recommender(self.catalogue, horizon=self.horizon)

    @cached_property
    def rows(self) -> list[Row]:
        return [_row(one, self.catalogue) for one in self.people]

    @cached_property
    def table(self) -> pa.Table:
        levels = [(name, pa.int8()) for name in self.catalogue.taxonomy.competences]
        return pa.Table.from_pylist(self.rows, pa.schema([*FACTS.items(), *levels]))

    def csv(self, rows: Sequence[Row] | None = None, separator: str = ",") -> str:
        """The rows as CSV; with a semicolon as Danish Excel writes it."""
        file = io.StringIO()
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(self.table.column_names)
        writer.writerows(
            [_cell(value, separator) for value in row.values()]
            for row in (self.rows if rows is None else rows)
        )
        return file.getvalue()

    def one_by_one(self, **options: Any) -> list[Row]:
        """The rows that the people are recommended, each on their own."""
        rows = []
        for one in self.people:
            if one.profile is None:
                rows.append({"employee": one.id, "rank": 0, "reason": "no profile given"})
                continue
            result = self.recommender.recommend(one, **options)
            if not len(result):
                assert result.fewer is not None
                rows.append({"employee": one.id, "rank": 0, "reason": result.fewer.en})
            rows += result.to_frame("pyarrow", lang="en").to_pylist()
        return [dict.fromkeys(fp.results.COLUMNS) | row for row in rows]


def _row(one: fp.Employee, catalogue: fp.Catalogue) -> Row:
    mix = isinstance(one.profile, dict)
    facts = {
        "employee": one.id,
        "unit": one.unit,
        "profile": "+".join(f"{k}:{v!r}" for k, v in one.profile.items()) if mix else one.profile,
        "backgrounds": ";".join(one.backgrounds or ()) or None,
        "employer": one.employer,
        "education_level": one.education_level,
        "relevant_years": one.relevant_years,
        "completed": ";".join(done.module for done in one.completed) or None,
    }
    said = {word.competence: word.level for word in one.evidence}
    return facts | {name: said.get(name) for name in catalogue.taxonomy.competences}


def _cell(value: Any, separator: str) -> Any:
    return str(value).replace(".", ",") if separator == ";" and type(value) is float else value


@st.composite
def wide(draw: st.DrawFn, *, most: int = 8) -> Wide:
    """Some people in a small catalogue, with levels that are known."""
    crowd = draw(worlds.crowds(most=most))
    names, top = worlds.shape_of(crowd.catalogue)
    levels = worlds.together(*[[None, *range(top + 1)]] * names)
    people = []
    for one in crowd.people:
        said = zip(crowd.catalogue.taxonomy.competences, draw(levels), strict=True)
        passed = sorted({done.module for done in one.completed if done.passed})
        known = [
            fp.Evidence(competence=name, level=level, kind="known")
            for name, level in said
            if level is not None
        ]
        facts = {"evidence": tuple(known), "completed": tuple(map(_done, passed))}
        people.append(one.model_copy(update={**facts, "backgrounds": one.backgrounds or None}))
    return Wide(crowd.catalogue, tuple(people), crowd.horizon)


def _done(module: str) -> fp.Completion:
    return fp.Completion(module=module)


def job7(people: int = 12) -> Wide:
    """People made up over the bundled catalogue, all of different levels."""
    catalogue = fp.load_catalogue()
    competences, modules = list(catalogue.taxonomy.competences), catalogue.modules.ids
    profiles = [*catalogue.profiles, "virksomhed+helhed", None]
    made = [
        fp.Employee(
            id=f"e-{i:05}",
            profile=profiles[i % len(profiles)],
            completed=[_done(modules[i % len(modules)])],
            evidence=[
                fp.Evidence(competence=name, level=(i * (j + 3)) % 6, kind="known")
                for j, name in enumerate(competences[:9])
                if (i + j) % 4
            ],
        )
        for i in range(people)
    ]
    return Wide(catalogue, tuple(made), fp.OVER_FIVE_YEARS)
