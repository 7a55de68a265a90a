"""The catalogue of `synthetic`: every record of it says that it is made up."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fagprofil.catalogue import Catalogue
from fagprofil.model import (
    Area,
    Background,
    Competence,
    Level,
    Module,
    Price,
    Profile,
    Programme,
    Provenance,
    Requirement,
    Scale,
    Status,
    Taxonomy,
    Text,
)

__all__ = ["AS_OF", "TOP", "Content", "Size", "catalogue_of", "contents_of", "stream"]

#: The day that "now" means in every synthetic catalogue; the history lies before it.
AS_OF = dt.date(2026, 7, 1)
#: Levels of the scale, L.
TOP = 5
_BACKGROUNDS = 3
#: Share of the modules of which no record says what they teach.
_UNMAPPED = 0.1

_AREAS = (
    ("virksomheder", "companies"),
    ("sygedagpenge", "sickness benefit"),
    ("unge", "young people"),
    ("rehabilitering", "rehabilitation"),
    ("ydelser", "benefits"),
    ("integration", "integration"),
    ("data", "data"),
    ("ledelse", "leadership"),
)
_TASKS = (
    ("samtale", "talks"),
    ("vejledning", "guidance"),
    ("sagsbehandling", "casework"),
    ("jura", "law"),
    ("koordinering", "coordination"),
    ("dokumentation", "documentation"),
    ("analyse", "analysis"),
    ("udvikling", "development"),
    ("formidling", "communication"),
    ("evaluering", "evaluation"),
)


def stream(seed: int, *about: str) -> np.random.Generator:
    """Random numbers that belong to a seed and a matter, whatever else is drawn."""
    return np.random.default_rng([seed, *(zlib.crc32(word.encode()) for word in about)])


@dataclass(frozen=True)
class Size:
    """How much a catalogue has of everything, and the seed that it is drawn with."""

    modules: int
    competences: int
    profiles: int
    seed: int

    @property
    def areas(self) -> int:
        """The areas of the competences; each has a programme of modules."""
        return min(len(_AREAS), -(-self.competences // 6))

    def area(self, k: int) -> int:
        """The area of a competence."""
        return k * self.areas // self.competences

    @property
    def source(self) -> Provenance:
        """What every record says of where it comes from."""
        note = f"Synthetic: made up by fagprofil.evaluation.synthetic with seed {self.seed}."
        return Provenance(status=Status.SYNTHETIC, note=note)


@dataclass(frozen=True)
class Content:
    """What a module really is about, whether it is recorded or not: levels by competence.

    Attributes
    ----------
    teaches
        The level it lifts to; what it is mostly about comes first.
    entry
        The level it expects.
    """

    teaches: Mapping[int, int]
    entry: Mapping[int, int]

    @property
    def main(self) -> int:
        """The competence that it is mostly about."""
        return next(iter(self.teaches))


def contents_of(size: Size) -> list[Content]:
    """What each module teaches and expects: one to four competences, mostly of one area."""
    rng = stream(size.seed, "contents")
    return [_content(size, rng) for _ in range(size.modules)]


def _content(size: Size, rng: np.random.Generator) -> Content:
    main = int(rng.integers(size.competences))
    near = [k for k in range(size.competences) if size.area(k) == size.area(main)]
    about = [main]
    for _ in range(int(rng.choice(4, p=[0.2, 0.4, 0.25, 0.15]))):
        pool = near if rng.random() < 0.7 else range(size.competences)
        left = [k for k in pool if k not in about]
        about += [int(rng.choice(left))] if left else []
    base = int(rng.choice([2, 3, 4, 5], p=[0.2, 0.35, 0.3, 0.15]))
    levels = [base, *(base - int(n) for n in rng.integers(0, 2, len(about) - 1))]
    entry = {main: base - 2} if base > 2 and rng.random() < 0.4 else {}
    return Content(dict(zip(about, levels, strict=True)), entry)


def catalogue_of(size: Size, contents: Sequence[Content]) -> Catalogue:
    """The records of a world, all with the status ``synthetic``."""
    names = _names(size)
    programmes = [
        Programme(
            id=one,
            title=Text(da=f"Syntetisk: {da}", en=f"Synthetic: {en}"),
            ects=60,
            provenance=size.source,
        )
        for one, (da, en) in zip(_ids("programme", size.areas), _AREAS, strict=False)
    ]
    fields = {
        "taxonomy": _taxonomy(size, names),
        "profiles": _profiles(size),
        "modules": _modules(size, contents, names),
        "programmes": programmes,
        "backgrounds": _backgrounds(size),
    }
    return Catalogue.model_validate(fields)


def _ids(kind: str, count: int) -> list[str]:
    """Ids whose order is that of their numbers."""
    width = len(str(count))
    return [f"{kind}-{n:0{width}}" for n in range(1, count + 1)]


def _names(size: Size) -> list[Text]:
    """The competences' names, for example "Samtale (unge)"."""
    found, before = [], [0] * size.areas
    for k in range(size.competences):
        area = size.area(k)
        again, task = divmod(before[area], len(_TASKS))
        before[area] += 1
        number = f" {again + 1}" if again else ""
        da, en = (
            f"{name.capitalize()}{number} ({of})"
            for name, of in zip(_TASKS[task], _AREAS[area], strict=True)
        )
        found.append(Text(da=da, en=en))
    return found


def _taxonomy(size: Size, names: Sequence[Text]) -> Taxonomy:
    source, areas = size.source, _ids("area", size.areas)
    levels = [
        Level(
            level=n,
            name=Text(da=f"Trin {n}", en=f"Step {n}"),
            descriptor=Text(da="Syntetisk", en="Synthetic"),
        )
        for n in range(1, TOP + 1)
    ]
    steps = Text(da="Syntetiske trin", en="Synthetic steps")
    competences = [
        Competence(
            id=one, name=name, kind="specialised", area=areas[size.area(k)], provenance=source
        )
        for k, (one, name) in enumerate(
            zip(_ids("competence", size.competences), names, strict=True)
        )
    ]
    fields = {
        "id": "synthetic",
        "name": Text(da="Syntetisk udgave", en="Synthetic edition"),
        "as_of": AS_OF,
        "scale": Scale(id="synthetic", name=steps, levels=tuple(levels), provenance=source),
        "areas": [
            Area(id=one, name=Text(da=da, en=en), provenance=source)
            for one, (da, en) in zip(areas, _AREAS, strict=False)
        ],
        "competences": competences,
        "provenance": source,
    }
    return Taxonomy.model_validate(fields)


def _profiles(size: Size) -> list[Profile]:
    """Profiles that each need 8 to 12 competences, a third of them from a pool for all."""
    rng = stream(size.seed, "profiles")
    pool = rng.permutation(size.competences)[: -(-size.competences // 4)]
    found = []
    for n, name in enumerate(_ids("profile", size.profiles), 1):
        count = min(int(rng.integers(8, 13)), size.competences)
        shared = rng.permutation(pool)[: count // 3]
        others = np.setdiff1d(np.arange(size.competences), shared)
        own = rng.permutation(others)[: count - len(shared)]
        rows = [_requirement(size, k, rng) for k in sorted([*shared.tolist(), *own.tolist()])]
        title = Text(da=f"Syntetisk profil {n}", en=f"Synthetic profile {n}")
        found.append(Profile(id=name, name=title, requirements=tuple(rows), provenance=size.source))
    return found


def _requirement(size: Size, k: int, rng: np.random.Generator) -> Requirement:
    now = int(rng.integers(1, TOP))
    change = int(rng.choice([-1, 0, 1, 2], p=[0.1, 0.3, 0.4, 0.2]))
    return Requirement(
        competence=_ids("competence", size.competences)[k],
        now=now,
        five_years=min(now + change, TOP),
        weight=float(rng.choice([0.5, 1.0, 1.5, 2.0])),
        reason=Text(da="Syntetisk", en="Synthetic"),
        provenance=size.source,
    )


def _backgrounds(size: Size) -> list[Background]:
    rng, competences = stream(size.seed, "backgrounds"), _ids("competence", size.competences)
    found = []
    for n, name in enumerate(_ids("background", _BACKGROUNDS), 1):
        some = sorted(rng.permutation(size.competences)[: -(-size.competences // 3)].tolist())
        found.append(
            Background(
                id=name,
                name=Text(da=f"Syntetisk uddannelse {n}", en=f"Synthetic education {n}"),
                education_level=4 + n,
                brings={competences[k]: int(rng.integers(1, 3)) for k in some},
                provenance=size.source,
            )
        )
    return found


def _modules(size: Size, contents: Sequence[Content], names: Sequence[Text]) -> list[Module]:
    rng = stream(size.seed, "modules")
    unmapped = set(rng.permutation(size.modules)[: round(_UNMAPPED * size.modules)].tolist())
    ids = _ids("module", size.modules)
    return [
        _module(size, name, one, _title(one, names), j not in unmapped, rng)
        for j, (name, one) in enumerate(zip(ids, contents, strict=True))
    ]


def _module(
    size: Size, name: str, one: Content, title: Text, mapped: bool, rng: np.random.Generator
) -> Module:
    competences, source = _ids("competence", size.competences), size.source
    ects = 10 if rng.random() < 0.35 else 5
    fee = 100.0 * int(ects * rng.integers(12, 24))
    return Module(
        id=name,
        title=title,
        programme=_ids("programme", size.areas)[size.area(one.main)],
        level="diplom" if one.teaches[one.main] > 3 else "akademi",
        ects=ects,
        price=Price(low=fee, high=fee, year=AS_OF.year, provenance=source),
        teaches={competences[k]: level for k, level in one.teaches.items()} if mapped else None,
        teaches_provenance=source if mapped else None,
        entry={competences[k]: level for k, level in one.entry.items()},
        provenance=source,
    )


def _title(content: Content, names: Sequence[Text]) -> Text:
    """What a module is about in words, and how far it goes."""
    far = content.teaches[content.main] > 3
    words = {"da": "Videregående" if far else "Grundlag", "en": "Advanced" if far else "Basics"}
    return Text.model_validate(
        {
            lang: f"{word}: "
            + ", ".join(names[k].in_("da" if lang == "da" else "en") for k in content.teaches)
            for lang, word in words.items()
        }
    )
