"""What an achievement points to, in the words of Open Badges and of the European Learning Model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["Aim", "badge_aims", "learning_aims", "listed", "title_of"]


class Aim(NamedTuple):
    """Something that an achievement points to, and the level where one is said."""

    uri: str
    name: str
    level: int | None = None
    own: bool = False
    """Whether it is the achievement itself, which may be a module."""


def badge_aims(content: Mapping[str, Any]) -> tuple[str, list[Aim]]:
    """The name and the aims of an Open Badge: alignments of achievement and results."""
    aims: list[Aim] = []
    names = []
    for subject in listed(content["credentialSubject"]):
        achievement = subject["achievement"]
        names.append(str(achievement["name"]))
        level = _achieved(achievement, listed(subject.get("result")))
        results = [
            part
            for one in listed(achievement.get("resultDescription"))
            for part in listed(one.get("alignment"))
        ]
        results += [
            part for one in listed(subject.get("result")) for part in listed(one.get("alignment"))
        ]
        aims += [
            Aim(str(one["targetUrl"]), str(one["targetName"]), level)
            for one in [*listed(achievement.get("alignment")), *results]
        ]
        if achievement.get("id"):
            aims.append(Aim(str(achievement["id"]), names[-1], own=True))
    return "; ".join(names), aims


def _achieved(achievement: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> int | None:
    """The place of the level achieved among the levels of its description, from 1."""
    for result in results:
        for described in listed(achievement.get("resultDescription")):
            levels = [one["id"] for one in listed(described.get("rubricCriterionLevel"))]
            if result.get("achievedLevel") in levels:
                return levels.index(result["achievedLevel"]) + 1
    return None


def learning_aims(content: Mapping[str, Any]) -> tuple[str, list[Aim]]:
    """The name and the aims of a European credential: the skills of its learning outcomes."""
    aims: list[Aim] = []
    names = []
    for subject in listed(content["credentialSubject"]):
        waiting = listed(subject.get("hasClaim"))
        while waiting:
            claim = waiting.pop(0)
            waiting += listed(claim.get("hasPart"))
            specified = claim.get("specifiedBy") or {}
            for part in listed(specified):
                title = title_of(claim.get("title")) or title_of(part.get("title"))
                names += [title] if title else []
                if part.get("id"):
                    aims.append(Aim(str(part["id"]), title, own=True))
                for outcome in listed(part.get("learningOutcome")):
                    aims += _outcome(outcome)
    return "; ".join(names) or "European Digital Credential", aims


def _outcome(outcome: Mapping[str, Any]) -> Iterator[Aim]:
    title = title_of(outcome.get("title"))
    related = [
        *listed(outcome.get("relatedESCOSkill")),
        *listed(outcome.get("relatedSkill")),
    ]
    for one in related:
        uri = one if isinstance(one, str) else one["id"]
        yield Aim(str(uri), title)
    if not related:
        yield Aim(str(outcome.get("id", "")), title)


def listed(value: Any) -> list[Any]:
    """What JSON-LD gives as one thing or as several."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def title_of(words: Any) -> str:
    """A text that may be given by language, each language once or several times."""
    if isinstance(words, str) or words is None:
        return words or ""
    texts = {tag: listed(text) for tag, text in words.items()}
    order = ("da", "en", *sorted(texts))
    return next((str(texts[tag][0]) for tag in order if texts.get(tag)), "")
