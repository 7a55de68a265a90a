"""From a framework to a catalogue: a taxonomy with draft profiles, and what did not come along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from fagprofil.catalogue import Catalogue
from fagprofil.datafiles import problems_in
from fagprofil.errors import DataError, Problem
from fagprofil.model import (
    Area,
    Competence,
    EscoLink,
    Level,
    Profile,
    Provenance,
    Records,
    Requirement,
    Scale,
    Status,
    Taxonomy,
    Text,
)
from fagprofil.standards.framework import Concept, Framework, Named, Need, Role, Step
from fagprofil.standards.losses import Losses, LossReport
from fagprofil.standards.slugs import is_slug, slug_of, slugs

__all__ = ["Conversion", "as_catalogue"]


class Conversion(NamedTuple):
    """A catalogue, and what it could not take in."""

    catalogue: Catalogue
    losses: LossReport


#: ESCO and most frameworks say that a role needs a skill, not to which level.
HAS_OR_NOT = Step(
    level=1,
    names={"da": "Har kompetencen", "en": "Has the competence"},
    descriptors={
        "da": "Kan det, som kompetencen beskriver. Kilden skelner ikke mellem niveauer.",
        "en": "Can do what the competence describes. The source does not tell levels apart.",
    },
)

_KINDS = {True: {"da": "væsentlig", "en": "essential"}, False: {"da": "valgfri", "en": "optional"}}


def as_catalogue(
    framework: Framework,
    *,
    as_of: dt.date | str,
    edition: str | None = None,
    languages: Mapping[str, str] | None = None,
    scale: Scale | None = None,
    levels: tuple[int, int] | None = None,
    weights: tuple[float, float] = (1.0, 0.5),
) -> Conversion:
    """Take a framework as a taxonomy, and its roles as draft profiles.

    Groups become areas: a competence stands in the nearest group above it, the first by address
    where there are several. Ids are the publisher's codes where these are in the form of ids, and
    otherwise made from the names; names that are not alone get the end of their address.

    Parameters
    ----------
    as_of
        The day that "now" means.
    edition
        The taxonomy's id; None makes it from the framework's name.
    languages
        Which of the framework's languages are taken for ``da`` and ``en``; a text that the library
        shows is one of the two. ``{"en": "de"}`` takes German where English is asked for.
    scale
        The scale that the profiles' levels are on; None is the framework's own or, where it has
        none, one level: has the competence or has not.
    levels
        The level that a role needs, now and in five years, of what is essential and of what is
        optional, where the framework does not say; None is the scale's top, which fits a scale of
        one level. It is a draft that somebody must go through, and is marked ``editorial``.
    weights
        The weight of what is essential and of what is optional where the framework does not say.

    Raises
    ------
    DataError
        Names that are missing in the languages asked for, levels that are not on the scale.

    Examples
    --------
    >>> words = Framework(uri="urn:x:f", names={"en": "Ours"}, concepts=[
    ...     Concept(uri="urn:x:b", names={"en": "Job matching"}, broader=["urn:x:a"]),
    ...     Concept(uri="urn:x:a", names={"en": "Work"}, group=True)], roles=[
    ...     Role(uri="urn:x:r", names={"en": "Adviser"}, needs=[Need(concept="urn:x:b")])])
    >>> catalogue, losses = as_catalogue(words, as_of="2026-01-01")
    >>> catalogue.taxonomy.competences["job-matching"].area, bool(losses)
    ('work', False)
    >>> catalogue.profiles["adviser"].requirements[0].now
    1
    """
    chosen = dict(languages) if languages is not None else {"da": "da", "en": "en"}
    made = _Making(framework, chosen, as_of, edition, scale, levels, weights)
    try:
        catalogue = made.catalogue()
    except ValidationError as error:
        raise DataError(problems_in(error, framework.uri)) from None
    return Conversion(catalogue, framework.losses + made.losses.report())


class _Making:
    """One conversion under way."""

    def __init__(
        self,
        framework: Framework,
        languages: Mapping[str, str],
        as_of: dt.date | str,
        name: str | None,
        scale: Scale | None,
        levels: tuple[int, int] | None,
        weights: tuple[float, float],
    ) -> None:
        self.framework, self.languages, self.as_of = framework, languages, as_of
        self.losses = Losses()
        self._check(as_of, languages)
        self.name = slug_of(_first(framework.names) or framework.uri) if name is None else name
        groups = [one for one in framework.concepts if one.group]
        concepts = [one for one in framework.concepts if not one.group]
        self.areas = self._ids(groups)
        self.ids = self._ids(concepts)
        self.profiles = self._ids(framework.roles)
        self.scale = scale or self._own_scale(concepts)
        self.levels = levels or (self.scale.top, self.scale.top)
        self.weights = weights
        # Said of thousands of requirements, made once.
        name = _first(framework.names) or framework.uri
        self._kinds = {
            essential: Text(da=f"{name}: {kind['da']}.", en=f"{name}: {kind['en']}.")
            for essential, kind in _KINDS.items()
        }
        note = "The source says that it is needed; level or weight is a draft."
        self._drafts = {
            True: Provenance(status=Status.SOURCED, sources=(framework.uri,)),
            False: Provenance(status=Status.EDITORIAL, sources=(framework.uri,), note=note),
        }
        self._made: dict[tuple[object, ...], Requirement] = {}

    def _check(self, as_of: dt.date | str, languages: Mapping[str, str]) -> None:
        problems = [
            Problem("languages", "language", tag, "da or en")
            for tag in languages
            if tag not in ("da", "en")
        ]
        try:
            self.as_of = TypeAdapter(dt.date).validate_python(as_of)
        except ValidationError:
            problems.append(Problem("as_of", "date", str(as_of), "a date as 2026-01-31"))
        for one in self.framework.named():
            if not any(one.names.get(tag) for tag in languages.values()):
                tags = ", ".join(languages.values())
                expected = f"a label in {tags}; there are {', '.join(one.names) or 'none'}"
                problems.append(Problem(one.uri, "names", None, expected))
        if problems:
            raise DataError(problems)

    def _ids(self, records: Sequence[Named]) -> dict[str, str]:
        """An id for each address, the same whatever else the framework holds of other names."""
        wanted: dict[str, str] = {}
        for one in records:
            name = next(filter(None, map(one.names.get, self.languages.values())), "")
            wanted[one.uri] = one.code if one.code and is_slug(one.code) else slug_of(name)
        return slugs(wanted)

    def catalogue(self) -> Catalogue:
        """The whole of it."""
        framework = self.framework
        taxonomy = Taxonomy(
            id=self.name,
            name=self._text(framework.names, "names", framework.uri) or Text(en=framework.uri),
            description=self._text(framework.descriptions, "descriptions", framework.uri),
            as_of=self.as_of,
            scale=self.scale,
            areas=Records(map(self._area, self._listed(True)), "area"),
            competences=Records(map(self._competence, self._listed(False)), "competence"),
            provenance=self._provenance(framework.uri, {}),
            uri=framework.uri,
        )
        own = ("version", "licence", "creator")
        self.losses.fields(framework, own, "a taxonomy has no such field", framework.uri)
        profiles = Records(map(self._profile, framework.roles), "profile")
        return Catalogue(taxonomy=taxonomy, profiles=profiles)

    def _listed(self, group: bool) -> Iterable[Concept]:
        return (one for one in self.framework.concepts if one.group is group)

    def _area(self, group: Concept) -> Area:
        fields = ("alternatives", "broader", "descriptions", "related", "matches", "levels")
        more = ("precedes", "replaced_by", "type", "transversal")
        self.losses.fields(group, (*fields, *more), "an area has a name only", group.uri)
        name = self._named(group)
        provenance = self._provenance(group.uri, group.notes)
        return Area(id=self.areas[group.uri], name=name, provenance=provenance, uri=group.uri)

    def _competence(self, one: Concept) -> Competence:
        fields = ("alternatives", "precedes", "replaced_by", "type")
        self.losses.fields(one, fields, "a competence has no such field", one.uri)
        if one.code is not None and one.code != self.ids[one.uri]:
            self._lost("code", "not in the form of an id", one.uri)
        parents = [uri for uri in one.broader if uri in self.ids]
        if len(parents) > 1:
            self._lost("broader", "a competence has one broader one", one.uri)
        return Competence(
            id=self.ids[one.uri],
            name=self._named(one),
            description=self._text(one.descriptions, "descriptions", one.uri),
            kind="basis" if one.transversal else "specialised",
            area=self._area_of(one),
            broader=self.ids[min(parents)] if parents else None,
            related=tuple(self._related(one)) or None,
            esco=tuple(self._esco(one)) or None,
            levels=self._levels_of(one),
            provenance=self._provenance(one.uri, one.notes),
            uri=one.uri,
        )

    def _area_of(self, one: Concept) -> str | None:
        """The nearest group above, the first by address among those equally near."""
        row = {one.uri}
        while row:
            above = {uri for name in row for uri in self.framework.by_uri[name].broader}
            groups = sorted(uri for uri in above if uri in self.areas)
            if groups:
                if len(groups) > 1:
                    self._lost("groups", "a competence stands in one area", one.uri)
                return self.areas[groups[0]]
            row = above
        return None

    def _related(self, one: Concept) -> Iterable[str]:
        for uri in one.related:
            if uri in self.ids:
                yield self.ids[uri]
            else:
                self._lost("related", "an area is related to nothing", one.uri)

    def _esco(self, one: Concept) -> Iterable[EscoLink]:
        for match in one.matches:
            label = self._text(match.names, "names of a match", match.uri)
            link = {"uri": match.uri, "match": match.relation}
            try:
                yield EscoLink.model_validate({**link, "label": label or Text(en=match.uri)})
            except ValidationError:
                self._lost("matches", "a competence has links to ESCO's skills only", match.uri)

    def _levels_of(self, one: Concept) -> tuple[Text, ...] | None:
        if not one.levels:
            return None
        steps = {step.level: step for step in one.levels}
        if sorted(steps) != list(range(1, self.scale.top + 1)):
            self._lost("levels", f"not the scale's {self.scale.top} levels", one.uri)
            return None
        texts = [self._text(steps[k].descriptors, "levels", one.uri) for k in sorted(steps)]
        if None in texts:
            self._lost("levels", "a level without words in the languages asked for", one.uri)
            return None
        return tuple(text for text in texts if text is not None)

    def _profile(self, role: Role) -> Profile:
        self.losses.fields(role, ("alternatives",), "a profile has one name", role.uri)
        if role.code is not None and role.code != self.profiles[role.uri]:
            self._lost("code", "not in the form of an id", role.uri)
        needs: dict[str, Need] = {}
        for need in role.needs:
            if need.concept not in self.ids:
                self._lost("needs", "of a group, which is an area", role.uri)
            elif need.concept in needs:
                self._lost("needs", "the same concept twice", role.uri)
            else:
                needs[need.concept] = need
        provenance = self._provenance(role.uri, role.notes)
        return Profile(
            id=self.profiles[role.uri],
            name=self._named(role),
            purpose=self._text(role.descriptions, "descriptions", role.uri),
            requirements=tuple(self._requirement(role, one) for one in needs.values()),
            provenance=provenance,
            uri=role.uri,
        )

    def _requirement(self, role: Role, need: Need) -> Requirement:
        if need.error is not None:
            self._lost("error", "a requirement has no uncertainty", role.uri)
        # Most roles need a concept in the same way as many others do.
        key = (need.concept, need.essential, need.level, need.five_years, need.weight)
        if need.reasons:
            return self._new_requirement(role, need)
        if key not in self._made:
            self._made[key] = self._new_requirement(role, need)
        return self._made[key]

    def _new_requirement(self, role: Role, need: Need) -> Requirement:
        level = need.level if need.level is not None else self.levels[not need.essential]
        later = need.five_years if need.five_years is not None else level
        weight = need.weight if need.weight is not None else self.weights[not need.essential]
        said = need.level is not None and need.weight is not None
        return Requirement(
            competence=self.ids[need.concept],
            now=level,
            five_years=later,
            weight=weight,
            essential=need.essential,
            reason=self._text(need.reasons, "reasons", role.uri) or self._kinds[need.essential],
            provenance=self._drafts[said],
        )

    def _own_scale(self, concepts: Sequence[Concept]) -> Scale:
        steps = self.framework.scale
        if not steps:
            # Where each concept has its own rubric of the same length, that is the scale.
            lengths = {len(one.levels) for one in concepts if one.levels}
            length = lengths.pop() if len(lengths) == 1 else 0
            first = next((one.levels for one in concepts if one.levels), ())
            steps = tuple(_bare(step) for step in first) if length else (HAS_OR_NOT,)
        made = [
            Level(
                level=step.level,
                name=self._text(step.names, "scale", self.framework.uri)
                or Text(da=f"Niveau {step.level}", en=f"Level {step.level}"),
                descriptor=self._text(step.descriptors, "scale", self.framework.uri)
                or Text(da="Se kompetencen.", en="See the competence."),
            )
            for step in steps
        ]
        own = steps != (HAS_OR_NOT,)
        return Scale(
            id="scale" if own else "has-or-not",
            name=Text(da="Skala", en="Scale")
            if own
            else Text(da="Har / har ikke", en="Has or not"),
            levels=tuple(made),
            provenance=self._provenance(self.framework.uri, {})
            if own
            else Provenance(status=Status.EDITORIAL, note="The source has no levels."),
        )

    def _provenance(self, uri: str, notes: Mapping[str, str]) -> Provenance:
        framework = self.framework
        name = " ".join(filter(None, [_first(framework.names), framework.version]))
        note = self._text(notes, "notes", uri)
        return Provenance(
            status=Status.SOURCED,
            sources=(uri, f"{name}, {framework.uri}"),
            note=note.in_("en") if note else None,
        )

    def _named(self, one: Named) -> Text:
        name = self._text(one.names, "names", one.uri)
        assert name is not None  # `_check` has seen it
        return name

    def _text(self, words: Mapping[str, str], what: str, example: str) -> Text | None:
        """The texts in the languages asked for; the others are lost."""
        if not words:
            return None
        found = {ours: words[tag] for ours, tag in self.languages.items() if words.get(tag)}
        for tag in words.keys() - set(self.languages.values()):
            self._lost(f"{what} in {tag}", "a text is in Danish and English", example)
        return Text.model_validate(found) if found else None

    def _lost(self, what: str, why: str, example: str) -> None:
        self.losses.lost(what, why, example)


def _bare(step: Step) -> Step:
    """A step without words that are of one concept only."""
    return step.model_copy(update={"descriptors": {}})


def _first(words: Mapping[str, str]) -> str:
    """English where there is some, otherwise the first language by its tag."""
    return words.get("en") or next((words[tag] for tag in sorted(words)), "")
