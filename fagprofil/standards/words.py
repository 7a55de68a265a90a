"""Texts in several languages for formats that hold one."""

from __future__ import annotations

from collections.abc import Mapping

from fagprofil.standards.losses import Losses

__all__ = ["chosen", "lost_words"]


def chosen(words: Mapping[str, str], language: str) -> str | None:
    """The text in a language, or in English, or in the first there is; None where there is none.

    Examples
    --------
    >>> chosen({"en": "job", "de": "Arbeit"}, "da")
    'job'
    """
    order = (language, "en", *sorted(words))
    return next((words[tag] for tag in order if words.get(tag)), None)


def lost_words(
    losses: Losses, words: Mapping[str, str], language: str, what: str, example: str
) -> None:
    """Tell of the texts that are not written, and of one that stands in for another language."""
    kept = language if words.get(language) else None
    if kept is None and words:
        kept = "en" if words.get("en") else min(words)
        losses.lost(f"{what} in {language}", f"not known; written in {kept}", example)
    for tag in sorted(words):
        if tag != kept:
            losses.lost(f"{what} in {tag}", "the file is in one language", example)
