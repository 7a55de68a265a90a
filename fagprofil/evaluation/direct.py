"""The DIRECT framework as a catalogue: a public benchmark of modules for missing competences."""

from __future__ import annotations

from functools import lru_cache

from fagprofil.catalogue import Catalogue, bundled, catalogue_from

__all__ = ["direct_catalogue"]

#: Later files are laid over earlier ones.
_FILES = ("framework.toml", "resources.toml", "links.toml")


@lru_cache(maxsize=1)
def direct_catalogue() -> Catalogue:
    """Skills, competencies and learning resources of DIRECT 2.0.0, in English.

    Skills are competences on a ladder of four levels, competencies are their areas, and learning
    resources are modules. A module teaches the skills that DIRECT links it to, and there is one
    profile for each competency, which requires all of its skills. DIRECT does not say how far a
    resource leads, so that all of this is at level 1, `editorial`. Of modules without a link it is
    unknown what they teach.

    Attribution, licence (CC BY 4.0) and changes are told in the README beside the data.

    Returns
    -------
    Catalogue
        The same one each time.

    References
    ----------
    Nenadic, A., Reed, P., Horsfall, D., Goel, A., Chadwick, E., Hogan, E., D'Alessandro, A.,
    de Boer, L., Cooper, J., & Katz, D. (2026). DIRECT competencies framework for digital Research
    Technical Professionals (v2.0.0). https://doi.org/10.5281/zenodo.19485964

    Examples
    --------
    >>> direct = direct_catalogue()
    >>> len(direct.taxonomy.competences), len(direct.modules), len(direct.profiles)
    (164, 207, 20)
    >>> dict(direct.modules["understanding-neurodiversity"].teaches)
    {'edia-awareness': 1}
    """
    return catalogue_from(bundled("benchmarks", "direct", name) for name in _FILES)
