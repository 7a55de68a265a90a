"""Digital credentials as evidence: Open Badges 3.0 and the European Learning Model.

Both are W3C Verifiable Credentials in JSON; the first names what was learnt by alignments, the
second by learning outcomes with ESCO's skills.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem
from fagprofil.model import Completion, Evidence
from fagprofil.model.base import Frozen
from fagprofil.standards.credential_aims import Aim, badge_aims, learning_aims, listed, title_of
from fagprofil.standards.credential_text import opened, text_and_name
from fagprofil.standards.from_catalogue import as_framework
from fagprofil.standards.losses import Losses, LossReport

__all__ = ["Credential", "read_credential"]


class Credential(Frozen):
    """What a credential says of the one who holds it; whom it is about is not kept."""

    name: str
    standard: Literal["Open Badges 3.0", "European Learning Model"]
    issuer: str | None = None
    issued: dt.date | None = None
    expires: dt.date | None = None
    verified: bool = False
    """Whether a key that the caller gave verifies the signature."""
    evidence: tuple[Evidence, ...] = ()
    """Of the kind ``education``: the level is reached at least."""
    completed: tuple[Completion, ...] = ()
    """Modules of the catalogue that it is for."""
    losses: LossReport = LossReport()


def read_credential(
    source: str | Path,
    catalogue: Catalogue,
    *,
    key: str | Mapping[str, Any] | None = None,
    level: int | None = None,
) -> Credential:
    """Read what a credential says about competences and modules of a catalogue.

    A competence is meant where an alignment or learning outcome names its address, its code with an
    address of this catalogue, or an ESCO skill to which it has an exact or close link. A module is
    meant by its address. What is meant otherwise is told in `losses`.

    Parameters
    ----------
    source
        A path to a JSON or JWT file, or the text of either.
    catalogue
        What competences and modules are looked up in.
    key
        The issuer's public key, in PEM or as a JWK; a signature that it does not verify is an
        error. Without one the credential is read and marked unverified. A key that the credential
        itself brings is not used, since whoever forges the one makes the other. Signatures inside
        JSON (Data Integrity proofs, JAdES) are not verified.
    level
        The level of the scale that an achievement stands for where it says none; without it such
        an achievement is told in `losses` instead.

    Raises
    ------
    DataError
        No credential of the two kinds, or a signature that does not hold.
    FileNotFoundError
        There is no such file.
    MissingExtra
        A key is given and PyJWT is not installed.

    References
    ----------
    1EdTech, Open Badges 3.0: https://www.imsglobal.org/spec/ob/v3p0/; European Commission,
    European Learning Model 3: https://europa.eu/europass/elm-browser/

    Examples
    --------
    >>> import json
    >>> from fagprofil import load_catalogue
    >>> badge = {"type": ["VerifiableCredential", "OpenBadgeCredential"],
    ...     "issuer": {"name": "A college"}, "validFrom": "2026-01-31T00:00:00Z",
    ...     "credentialSubject": {"achievement": {"name": "Job matching", "alignment": [
    ...         {"targetUrl": "urn:fagprofil:reference:competence:jobmatch",
    ...          "targetName": "Jobmatch"}]}}}
    >>> found = read_credential(json.dumps(badge), load_catalogue(), level=3)
    >>> found.evidence[0].competence, found.evidence[0].level, found.verified
    ('jobmatch', 3, False)
    """
    text, where = text_and_name(source)
    losses = Losses()
    content, verified = opened(text, where, key, losses)
    kinds = set(listed(content.get("type")))
    try:
        if kinds & {"OpenBadgeCredential", "AchievementCredential"}:
            standard: Literal["Open Badges 3.0", "European Learning Model"] = "Open Badges 3.0"
            name, aims = badge_aims(content)
        elif "EuropeanDigitalCredential" in kinds:
            standard = "European Learning Model"
            name, aims = learning_aims(content)
        else:
            expected = "OpenBadgeCredential, AchievementCredential or EuropeanDigitalCredential"
            raise DataError([Problem(where, "type", ", ".join(sorted(map(str, kinds))), expected)])
    except (AttributeError, KeyError, TypeError):
        # Texts where the standards have objects, and the other way about.
        raise DataError([Problem(where, "credentialSubject", None, "as in the standard")]) from None
    issued = _day(content, where, "awardedDate", "validFrom", "issuanceDate", "issued")
    known = _Known(catalogue)
    evidence, completed = known.said(aims, issued, level, losses)
    return Credential(
        name=name,
        standard=standard,
        issuer=_issuer(content.get("issuer")),
        issued=issued,
        expires=_day(content, where, "validUntil", "expirationDate"),
        verified=verified,
        evidence=evidence,
        completed=completed,
        losses=losses.report(),
    )


class _Known:
    """What of the catalogue an address can mean."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.top = catalogue.taxonomy.scale.top if catalogue.taxonomy.scale else 0
        framework = as_framework(catalogue)
        self.competences = {one.uri: one.code for one in framework.concepts if not one.group}
        self.modules = {one.uri: one.id for one in catalogue.modules.values() if one.uri}
        self.esco: dict[str, dict[str, list[str]]] = {}
        for competence in catalogue.taxonomy.competences.values():
            for link in competence.esco or ():
                by_match = self.esco.setdefault(link.uri, {})
                by_match.setdefault(link.match, []).append(competence.id)

    def said(
        self, aims: Sequence[Aim], issued: dt.date | None, level: int | None, losses: Losses
    ) -> tuple[tuple[Evidence, ...], tuple[Completion, ...]]:
        """Evidence and completed modules, each once."""
        if level is not None and not 1 <= level <= self.top:
            raise DataError([Problem("credential", "level", str(level), f"from 1 to {self.top}")])
        levels: dict[str, int] = {}
        completed = {}
        for aim in aims:
            if aim.uri in self.modules:
                completed[self.modules[aim.uri]] = Completion(
                    module=self.modules[aim.uri], date=issued
                )
            if aim.own:
                continue
            for name in self._meant(aim, losses):
                said = aim.level if aim.level is not None else level
                if said is None or said > self.top:
                    why = "no level" if said is None else "a level above the scale's top"
                    losses.lost("level", why, aim.name or aim.uri)
                else:
                    levels[name] = max(said, levels.get(name, 0))
        evidence = [
            Evidence(competence=name, level=levels[name], kind="education", date=issued)
            for name in sorted(levels)
        ]
        return tuple(evidence), tuple(completed[name] for name in sorted(completed))

    def _meant(self, aim: Aim, losses: Losses) -> list[str]:
        code = self.competences.get(aim.uri)
        if code is not None:
            return [code]
        links = self.esco.get(aim.uri, {})
        found = [*links.get("exact", ()), *links.get("close", ())]
        for match in sorted(links.keys() - {"exact", "close"}):
            for name in links[match]:
                losses.lost(f"{match} match", "says too little of the level", name)
        if not found and not links:
            losses.lost("alignment", "the catalogue has no such address", aim.name or aim.uri)
        return found


def _issuer(issuer: Any) -> str | None:
    if isinstance(issuer, Mapping):
        names = (issuer.get("name"), title_of(issuer.get("legalName")), issuer.get("id"))
        return next((str(one) for one in names if one), None)
    return None if issuer is None else str(issuer)


def _day(content: Mapping[str, Any], where: str, *fields: str) -> dt.date | None:
    for field in fields:
        value = content.get(field)
        if value is not None:
            try:
                return TypeAdapter(dt.datetime).validate_python(value).date()
            except ValidationError:
                raise DataError([Problem(where, field, str(value), "a time")]) from None
    return None
