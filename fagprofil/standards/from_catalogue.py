"""From a catalogue to a framework, on its way to another standard."""

from __future__ import annotations

from collections.abc import Mapping

from fagprofil.catalogue import Catalogue
from fagprofil.model import Area, Competence, Profile, Provenance, Requirement, Scale, Text
from fagprofil.model.base import Record
from fagprofil.standards.framework import Concept, Framework, Match, Need, Role, Step, framework_of
from fagprofil.standards.losses import Losses

__all__ = ["as_framework"]


def as_framework(catalogue: Catalogue) -> Framework:
    """A catalogue's taxonomy and profiles as a framework, to be written in another standard.

    Areas become groups. What a profile extends is laid out, since a role stands alone; what cannot
    be said is in the framework's `losses`. A record without an address of its own gets one of the
    form ``urn:fagprofil:reference:competence:jobmatch``.

    Examples
    --------
    >>> from fagprofil import load_catalogue
    >>> ours = as_framework(load_catalogue())
    >>> ours
    <Framework Reference edition: 48 concepts in 6 groups, 11 roles; da, en>
    >>> ours["urn:fagprofil:reference:competence:jobmatch"].names["en"]
    'Job matching and recruitment'
    """
    taxonomy, losses = catalogue.taxonomy, Losses()
    uris = {
        kind: {one.id: _uri(taxonomy.id, kind, one) for one in records.values()}
        for kind, records in (
            ("area", taxonomy.areas),
            ("competence", taxonomy.competences),
            ("profile", catalogue.profiles),
        )
    }
    for field in ("modules", "programmes", "runs", "funding", "backgrounds"):
        for name in getattr(catalogue, field):
            losses.lost(field, "a framework holds competences and roles", name)
    for text in taxonomy.missing:
        losses.lost("missing", "a framework has no such field", text.in_("en"))
    groups = [_group(one, uris["area"][one.id]) for one in taxonomy.areas.values()]
    concepts = [_concept(one, uris, losses) for one in taxonomy.competences.values()]
    roles = [_role(one, catalogue, uris, losses) for one in catalogue.profiles.values()]
    return framework_of(
        taxonomy.id,
        uri=taxonomy.uri or f"urn:fagprofil:{taxonomy.id}",
        names=_words(taxonomy.name),
        descriptions=_words(taxonomy.description),
        version=taxonomy.as_of.isoformat(),
        scale=_steps(taxonomy.scale),
        concepts=[*groups, *concepts],
        roles=roles,
        losses=losses.report(),
    )


def _uri(edition: str, kind: str, record: Record) -> str:
    return record.uri or f"urn:fagprofil:{edition}:{kind}:{record.id}"


def _group(area: Area, uri: str) -> Concept:
    notes = _note(area.provenance)
    return Concept(uri=uri, names=_words(area.name), code=area.id, group=True, notes=notes)


def _concept(one: Competence, uris: Mapping[str, Mapping[str, str]], losses: Losses) -> Concept:
    if one.elaborates is not None:
        losses.lost("elaborates", "a concept has no such field", one.id)
    above = [uris["area"][one.area]] if one.area is not None else []
    above += [uris["competence"][one.broader]] if one.broader is not None else []
    matches = [
        Match(relation=link.match, uri=link.uri, names=_words(link.label))
        for link in one.esco or ()
    ]
    return Concept(
        uri=uris["competence"][one.id],
        names=_words(one.name),
        descriptions=_words(one.description),
        notes=_note(one.provenance),
        code=one.id,
        transversal=one.kind == "basis",
        broader=tuple(above),
        related=tuple(uris["competence"][name] for name in one.related or ()),
        matches=tuple(matches),
        levels=tuple(
            Step(level=level, descriptors=_words(text))
            for level, text in enumerate(one.levels or (), 1)
        ),
    )


def _role(
    one: Profile,
    catalogue: Catalogue,
    uris: Mapping[str, Mapping[str, str]],
    losses: Losses,
) -> Role:
    if one.requirements is None:
        losses.lost("requirements", "not known", one.id)
    if one.extends:
        losses.lost("extends", "the requirements are laid out in each role", one.id)
    rows: dict[str, Need] = {}
    for profile in catalogue.lineage(one):
        for row in profile.requirements or ():
            need = _need(row, uris["competence"][row.competence])
            before = rows.get(row.competence)
            if before is not None and before.weight != need.weight:
                losses.lost("weight", "of a stacked requirement, the higher need per step", one.id)
            rows[row.competence] = need if before is None else _higher(before, need)
    return Role(
        uri=uris["profile"][one.id],
        names=_words(one.name),
        descriptions=_words(one.purpose),
        notes=_note(one.provenance),
        code=one.id,
        needs=tuple(rows.values()),
    )


def _need(row: Requirement, uri: str) -> Need:
    return Need(
        concept=uri,
        essential=row.essential,
        level=row.now,
        five_years=row.five_years,
        weight=row.weight,
        reasons=_words(row.reason),
    )


def _higher(one: Need, other: Need) -> Need:
    """What two stacked requirements come to; the one with the higher weight gives its reason."""
    first, second = sorted((one, other), key=lambda need: need.weight or 0, reverse=True)
    return first.model_copy(
        update={
            "level": max(first.level or 0, second.level or 0),
            "five_years": max(first.five_years or 0, second.five_years or 0),
            "essential": first.essential or second.essential,
        }
    )


def _steps(scale: Scale | None) -> tuple[Step, ...]:
    return tuple(
        Step(level=step.level, names=_words(step.name), descriptors=_words(step.descriptor))
        for step in (scale.levels if scale else ())
    )


def _words(text: Text | None) -> dict[str, str]:
    if text is None:
        return {}
    return {tag: words for tag, words in (("da", text.da), ("en", text.en)) if words}


def _note(provenance: Provenance) -> dict[str, str]:
    """Where a record comes from, as a text that any format can hold."""
    parts = [provenance.status.value, *provenance.sources, provenance.note]
    return {"en": "; ".join(part for part in parts if part)}
