"""Which needs of the people's profiles no module serves."""

from __future__ import annotations

from collections.abc import Iterator

from fagprofil.answers.answer import Answer, columns, said
from fagprofil.answers.brief import Brief
from fagprofil.insight.coverage import coverage
from fagprofil.model import Text

__all__ = ["unserved"]


def unserved(brief: Brief) -> Iterator[Answer]:
    """The needs that nothing in the catalogue closes, or only made-up modules."""
    own = [one for one in brief.crowd().profiles if one is not None]
    parts = sorted({profile.id for blend in own for _, profile in blend.parts})
    if not parts:
        return
    found = coverage(brief.catalogue, parts)
    together = found.profiles[0]
    made_up = Text(da="kun opdigtede moduler", en="made-up modules only")
    none = Text(da="intet modul", en="no module")
    needs = [(one, none) for one in found.unserved]
    needs += [(one, made_up) for one in found.only_synthetic]
    yield Answer(
        id="unserved",
        question=Text(
            da="Hvilke af profilernes behov dækker intet modul i kataloget?",
            en="Which needs of the profiles does no module in the catalogue serve?",
        ),
        lines=(
            said(
                "Kataloget dækker {} % af, hvad profilerne kræver over fem år; {} % dækkes kun af "
                "opdigtede moduler.",
                "The catalogue serves {} % of what the profiles need over five years; {} % is "
                "served by made-up modules only.",
                round(100 * together.share),
                round(100 * together.synthetic / together.needed) if together.needed else 0,
            ),
        ),
        columns=columns(
            ("competence", "kompetence", "competence"),
            ("step", "trin", "step", "count"),
            ("served_by", "dækkes af", "served by"),
            ("weight", "vægt", "weight", "steps"),
        ),
        rows=tuple((one.name, one.step, what, one.weight) for one, what in needs),
    )
