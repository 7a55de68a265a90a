from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fagprofil.model import Competence, EscoLink, Level, Scale, Taxonomy

OURS = {"status": "editorial"}


def level(number: int) -> dict[str, Any]:
    return {"level": number, "name": {"da": f"Trin {number}"}, "descriptor": {"da": "Gør det"}}


def scale(*numbers: int) -> Scale:
    return Scale.model_validate(
        {
            "id": "trin",
            "name": {"da": "Trin"},
            "provenance": OURS,
            "levels": [level(n) for n in numbers],
        }
    )


def competence(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "name": {"da": name}, "kind": "basis", "provenance": OURS, **fields}


def taxonomy(*competences: dict[str, Any], areas: tuple[str, ...] = ()) -> Taxonomy:
    return Taxonomy.model_validate(
        {
            "id": "lille",
            "name": {"da": "Lille"},
            "as_of": "2026-11-22",
            "provenance": OURS,
            "competences": competences,
            "areas": [{"id": name, "name": {"da": name}, "provenance": OURS} for name in areas],
        }
    )


def refused(*competences: dict[str, Any], areas: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """What a taxonomy of these is refused for: owner, field, value and suggestion."""
    with pytest.raises(ValidationError) as caught:
        taxonomy(*competences, areas=areas)
    (error,) = caught.value.errors()
    found = error["ctx"]["error"].problems
    return [(one.where, one.field, one.value, one.suggestion) for one in found]


def test_the_top_of_a_scale_is_its_number_of_levels() -> None:
    assert scale(1, 2, 3).top == 3
    assert scale(1).top == 1


@pytest.mark.parametrize("numbers", [(), (2,), (0, 1), (1, 3), (2, 1), (1, 1, 2)])
def test_levels_count_from_one_without_holes(numbers: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        scale(*numbers)


def test_a_scale_has_at_most_twelve_levels() -> None:
    assert scale(*range(1, 13)).top == 12
    with pytest.raises(ValidationError):
        scale(*range(1, 14))
    with pytest.raises(ValidationError):
        Level.model_validate(level(13))


def test_a_taxonomy_without_a_scale_is_possible() -> None:
    assert taxonomy(competence("a")).scale is None


def test_competences_come_in_the_order_of_ids_whatever_was_given() -> None:
    one = taxonomy(competence("b"), competence("a", broader="b"), areas=("y", "x"))
    other = taxonomy(competence("a", broader="b"), competence("b"), areas=("x", "y"))
    assert list(one.competences) == ["a", "b"]
    assert one == other


def test_references_that_resolve_are_accepted() -> None:
    made = taxonomy(
        competence("a", area="x", broader="b", related=["c"]),
        competence("b", broader="c"),
        competence("c"),
        areas=("x",),
    )
    assert made.competences["a"].broader == "b"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"area": "bogrer"}, ("area", "bogrer", "borger")),
        ({"broader": "jobmach"}, ("broader", "jobmach", "jobmatch")),
        ({"related": ["jobmatch", "jobmach"]}, ("related", "jobmach", "jobmatch")),
        ({"related": ["zzz"]}, ("related", "zzz", None)),
    ],
)
def test_a_wrong_reference_is_told_with_its_owner(
    fields: dict[str, Any], told: tuple[str, str, str | None]
) -> None:
    found = refused(competence("jobmatch"), competence("ny", **fields), areas=("borger",))
    assert found == [("competence 'ny'", *told)]


def test_all_wrong_references_are_told_at_once() -> None:
    found = refused(competence("a", area="x"), competence("b", broader="y", related=["z"]))
    assert [(where, value) for where, _, value, _ in found] == [
        ("competence 'a'", "x"),
        ("competence 'b'", "y"),
        ("competence 'b'", "z"),
    ]


def test_nothing_is_its_own_parent() -> None:
    assert refused(competence("a", broader="a")) == [("competence 'a'", "broader", "a", None)]
    circle = [competence("a", broader="b"), competence("b", broader="c")]
    found = refused(*circle, competence("c", broader="a"), competence("d", broader="a"))
    # d leads into the circle, but not back to itself.
    assert [(where, value) for where, _, value, _ in found] == [
        ("competence 'a'", "b"),
        ("competence 'b'", "c"),
        ("competence 'c'", "a"),
    ]
    assert list(taxonomy(*circle, competence("c")).competences) == ["a", "b", "c"]


def test_a_competence_is_basis_or_specialised() -> None:
    assert Competence.model_validate(competence("a", kind="specialised")).kind == "specialised"
    with pytest.raises(ValidationError, match="'basis' or 'specialised'"):
        Competence.model_validate(competence("a", kind="other"))


URI = "http://data.europa.eu/esco/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab"


@pytest.mark.parametrize("match", ["exact", "close", "broad", "narrow", "related"])
def test_an_esco_link_has_a_skill_and_a_relation(match: str) -> None:
    link = EscoLink.model_validate({"uri": URI, "match": match, "label": {"en": "x"}})
    assert (link.uri, link.match) == (URI, match)


@pytest.mark.parametrize(
    "change",
    [
        {"uri": URI.replace("skill", "occupation")},
        {"uri": URI.replace("http:", "https:")},
        {"uri": URI + "/x"},
        {"match": "same"},
        {"label": {}},
    ],
)
def test_another_esco_link_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EscoLink.model_validate({"uri": URI, "match": "exact", "label": {"en": "x"}, **change})
