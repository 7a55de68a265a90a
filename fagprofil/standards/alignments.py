"""What modules teach, in the words of Open Badges."""

from __future__ import annotations

from typing import Any, Literal

from fagprofil.catalogue import Catalogue
from fagprofil.model import Module
from fagprofil.standards.from_catalogue import as_framework
from fagprofil.standards.words import chosen

__all__ = ["alignments"]


def alignments(
    module: Module, catalogue: Catalogue, *, language: Literal["da", "en"] = "da"
) -> list[dict[str, Any]]:
    """What a module teaches, as the alignments of an Open Badges 3.0 achievement.

    Each competence is told by its own address and by those of the ESCO skills that it has exact or
    close links to. `read_credential` reads them back.

    Returns
    -------
    list of dict
        In the form of Open Badges' ``Alignment``; the level stands in ``targetDescription``.

    Examples
    --------
    >>> from fagprofil import load_catalogue
    >>> catalogue = load_catalogue()
    >>> module = next(one for one in catalogue.modules.values() if one.teaches)
    >>> sorted(alignments(module, catalogue)[0])
    ['targetCode', 'targetDescription', 'targetFramework', 'targetName', 'targetUrl', 'type']
    """
    framework = as_framework(catalogue)
    by_code = {one.code: one for one in framework.concepts if not one.group}
    found = []
    for name, level in sorted((module.teaches or {}).items()):
        concept = by_code[name]
        own = {
            "type": ["Alignment"],
            "targetName": chosen(concept.names, language),
            "targetUrl": concept.uri,
            "targetFramework": catalogue.taxonomy.name.in_(language),
            "targetCode": name,
            "targetDescription": f"{'Niveau' if language == 'da' else 'Level'} {level}",
        }
        found.append(own)
        found += [
            {
                "type": ["Alignment"],
                "targetName": chosen(match.names, language),
                "targetUrl": match.uri,
                "targetFramework": "ESCO",
            }
            for match in concept.matches
            if match.relation in ("exact", "close")
        ]
    return found
