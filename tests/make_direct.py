"""Make the shipped copy of DIRECT 2.0.0, data/benchmarks/direct/*.toml, from the framework's CSV.

Run ``python tests/make_direct.py [folder]``; without a folder it takes ``direct`` in
``FAGPROFIL_SHARED`` or in ``../shared/data``. What is changed on the way is told in the README
beside the files; a test checks that they are what `files` makes.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "data" / "benchmarks" / "direct"
SHARED = Path(os.environ.get("FAGPROFIL_SHARED") or Path(__file__).parents[2] / "shared" / "data")
RAW = SHARED / "direct"

DOI = "https://doi.org/10.5281/zenodo.19485964"
#: The longest id that the library takes.
LONGEST = 80
#: The lowest level of DIRECT that is a level here; 0 is none.
LOWEST = 1

HEAD = """\
# {what}.
# From the DIRECT framework 2.0.0, (c) its authors, CC BY 4.0, changed: see README.md.
# Made by tests/make_direct.py from the framework's CSV files; not to be edited by hand.
"""

Row = dict[str, str]
Table = Mapping[str, Any]


def read(raw: Path, name: str) -> list[Row]:
    """A CSV file's rows without blanks at the ends of lines and values."""
    with (raw / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{key: tidy(value) for key, value in row.items()} for row in csv.DictReader(file)]


def tidy(value: str) -> str:
    return "\n".join(line.strip() for line in value.strip().splitlines())


def listed(value: str) -> list[str]:
    return sorted({one.strip() for one in value.split("|")} - {""})


def short(slug: str) -> str:
    """An id that fits: cut before the last word that does not."""
    return slug if len(slug) <= LONGEST else slug[: LONGEST + 1].rpartition("-")[0]


# --- TOML -----------------------------------------------------------------------------------------


def written(value: Any) -> str:
    """A value in TOML, tables inline; JSON's texts and numbers are TOML's as well."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {written(one)}' for key, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def table(name: str, fields: Table) -> str:
    lines = [f"{key} = {written(value)}" for key, value in fields.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def document(what: str, tables: Iterable[tuple[str, Table]]) -> str:
    return "\n".join([HEAD.format(what=what), *(table(name, fields) for name, fields in tables)])


def founded(status: str, note: str | None = None, *sources: str) -> Table:
    provenance: dict[str, Any] = {"status": status, "sources": [DOI, *sources]}
    return provenance if note is None else {**provenance, "note": note}


# --- What is made ---------------------------------------------------------------------------------


def files(raw: Path) -> dict[str, str]:
    """The content of each file."""
    return {
        "framework.toml": document("Skills, competencies and skill levels", framework(raw)),
        "resources.toml": document("Learning resources", resources(raw)),
        "links.toml": document("Which skills the learning resources go with", links(raw)),
    }


def framework(raw: Path) -> Iterator[tuple[str, Table]]:
    skills = sorted(read(raw, "skill"), key=lambda row: row["slug"])
    competencies = sorted(read(raw, "competency"), key=lambda row: row["slug"])
    yield "taxonomy", taxonomy(read(raw, "skill_level"))
    yield "defaults.area", {"provenance": founded("sourced", "A competency of DIRECT.")}
    for row in competencies:
        yield f"area.{row['slug']}", {"name": {"en": row["name"]}}
    note = "A skill of DIRECT; the kind is required here and says nothing."
    yield "defaults.competence", {"kind": "specialised", "provenance": founded("sourced", note)}
    for row in skills:
        yield f"competence.{row['slug']}", competence(row)
    note = (
        "A competency of DIRECT and its skills; that each is required at level 1 with weight 1, "
        "now and in five years, is this project's choice."
    )
    yield "defaults.profile", {"provenance": founded("editorial", note)}
    for row in competencies:
        inside = [one["slug"] for one in skills if one["competency"] == row["slug"]]
        yield from profile(row, inside)


def taxonomy(levels: list[Row]) -> Table:
    steps = [
        {
            "level": int(row["level"]),
            "name": {"en": row["name"]},
            "descriptor": {"en": row["description"]},
        }
        for row in sorted(levels, key=lambda row: int(row["level"]))
        if int(row["level"]) >= LOWEST
    ]
    return {
        "id": "direct-2-0-0",
        "name": {"en": "DIRECT, digital research competencies, 2.0.0"},
        "description": {"en": "A benchmark: skills and the learning resources that go with them."},
        # DIRECT names no day. This is the reference edition's; nothing here changes with time.
        "as_of": date(2026, 11, 22),
        "scale": {
            "id": "direct-skill-levels",
            "name": {"en": "DIRECT skill levels"},
            "levels": steps,
            "provenance": founded("sourced", "DIRECT's level 0, none, is no step here."),
        },
        "provenance": founded("sourced", "Competency domains, tools and roles are left out."),
    }


def competence(row: Row) -> Table:
    related = [one for one in listed(row["related_skills"]) if one != row["slug"]]
    return {
        "name": {"en": row["name"]},
        "description": {"en": row["description"]},
        "area": row["competency"],
        **({"related": related} if related else {}),
    }


def profile(row: Row, skills: list[str]) -> Iterator[tuple[str, Table]]:
    name = f"profile.{row['slug']}"
    yield name, {"name": {"en": row["name"]}, "purpose": {"en": row["description"]}}
    reason = {"en": "DIRECT counts the skill to this competency."}
    needed = {"now": LOWEST, "five_years": LOWEST, "weight": 1.0, "reason": reason}
    yield f"{name}.requirements", dict.fromkeys(skills, needed)


def resources(raw: Path) -> Iterator[tuple[str, Table]]:
    providers = {row["slug"]: row["name"] for row in read(raw, "provider")}
    yield "defaults.module", {"level": "akademi"}
    note = "A learning resource of DIRECT; the level is required here and says nothing."
    for row in sorted(read(raw, "learning_resource"), key=lambda row: row["slug"]):
        languages = listed(row["language"])
        yield (
            f"module.{short(row['slug'])}",
            {
                "title": {"en": row["name"]},
                **({"provider": providers[row["provider"]]} if row["provider"] else {}),
                **({"language": "en"} if languages == ["en"] else {}),
                "provenance": founded("sourced", note, row["url"]),
            },
        )


def links(raw: Path) -> Iterator[tuple[str, Table]]:
    teaches: dict[str, dict[str, int]] = {}
    for row in sorted(read(raw, "skill"), key=lambda row: row["slug"]):
        for resource in listed(row["learning_resources"]):
            teaches.setdefault(short(resource), {})[row["slug"]] = LOWEST
    note = (
        "DIRECT says which skills a resource goes with, not how far it leads: the lowest level, "
        "awareness, is this project's choice for all."
    )
    yield "defaults.module", {"teaches_provenance": founded("editorial", note)}
    for resource in sorted(teaches):
        yield f"module.{resource}", {"teaches": teaches[resource]}


def main() -> None:
    raw = Path(sys.argv[1]) if len(sys.argv) > 1 else RAW
    for name, content in files(raw).items():
        (TARGET / name).write_bytes(content.encode())


if __name__ == "__main__":
    main()
