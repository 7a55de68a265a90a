from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from fagprofil.errors import DataError, FagprofilError, UnknownName
from fagprofil.model import Blend, Profile, ProfileLike, Records, Requirement, parse_profile

OURS = {"status": "editorial"}
THEIRS = {"status": "sourced", "sources": ["https://vpt.dk"]}
WHY = {"da": "Derfor", "en": "Because"}


def profile(name: str, **fields: Any) -> Profile:
    made = {"id": name, "name": {"da": name.title(), "en": name.upper()}, "provenance": OURS}
    return Profile.model_validate({**made, **fields})


A, B, C = profile("a"), profile("b"), profile("c")
KNOWN = Records([A, B, C], "profile")


def parsed(value: ProfileLike) -> tuple[str, list[tuple[str, float]]]:
    blend = parse_profile(value, KNOWN)
    return blend.how, [(one.id, share) for share, one in blend.parts]


# --- Requirements --------------------------------------------------------------------------------


def row(**fields: Any) -> dict[str, Any]:
    return {
        "competence": "x",
        "now": 1,
        "five_years": 2,
        "reason": WHY,
        "provenance": OURS,
    } | fields


def test_a_requirement_weighs_one_and_is_essential_unless_said() -> None:
    made = Requirement.model_validate(row())
    assert (made.weight, made.essential) == (1.0, True)


@pytest.mark.parametrize("fields", [{"now": 0}, {"weight": 0.1}, {"weight": 100}])
def test_a_requirement_at_its_bounds(fields: dict[str, Any]) -> None:
    made = Requirement.model_validate(row(**fields)).model_dump()
    assert {name: made[name] for name in fields} == fields


@pytest.mark.parametrize(
    "fields",
    [
        *({"now": -1}, {"five_years": -1}, {"now": 1.5}, {"weight": 0}, {"weight": 100.5}),
        *({"reason": None}, {"competence": "Not A Slug"}, {"provenance": None}),
    ],
)
def test_a_wrong_requirement_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Requirement.model_validate(row(**fields))


def test_unknown_requirements_are_not_the_same_as_none_at_all() -> None:
    assert profile("p").requirements is None
    assert profile("p", requirements=[]).requirements == ()
    assert profile("p", requirements={}).requirements == ()


def test_a_table_of_requirements_inherits_the_profile_s_provenance() -> None:
    made = profile(
        "p",
        requirements={
            "x": {"now": 1, "five_years": 2, "reason": WHY},
            "y": {"now": 3, "five_years": 3, "reason": WHY, "provenance": THEIRS},
        },
    )
    assert made.requirements is not None
    assert [one.competence for one in made.requirements] == ["x", "y"]
    assert [one.provenance.status.value for one in made.requirements] == ["editorial", "sourced"]


def test_a_competence_is_required_once() -> None:
    with pytest.raises(ValidationError, match="each competence once, but x stands twice"):
        profile("p", requirements=[row(), row(competence="y"), row(now=3)])


def test_a_profile_goes_to_json_and_back() -> None:
    made = profile("p", extends=["a"], requirements=[row(weight=2.5, essential=False)])
    assert Profile.model_validate_json(made.model_dump_json()) == made
    assert json.loads(made.model_dump_json())["requirements"][0]["weight"] == 2.5


@pytest.mark.parametrize("size", [1e-300, 1.0, 1e308])
def test_shares_are_of_any_size(size: float) -> None:
    profiles = Records([A, B])
    mix = parse_profile({"a": size, "b": size}, profiles)
    assert [share for share, _ in mix.parts] == [0.5, 0.5]
    assert parse_profile(mix.id, profiles) == mix


def test_a_share_that_is_nothing_beside_another_is_refused() -> None:
    with pytest.raises(DataError, match="a positive share for each profile"):
        parse_profile({"a": 5e-324, "b": 1e300}, Records([A, B]))


# --- Profile + Profile ---------------------------------------------------------------------------


def test_profiles_stack_with_plus() -> None:
    stack = A + B
    assert stack.how == "stack"
    assert stack.parts == ((1.0, A), (1.0, B))
    assert (A + B + C).parts == (A + (B + C)).parts == ((1.0, A), (1.0, B), (1.0, C))


def test_a_profile_stands_in_a_stack_once() -> None:
    assert (A + A).parts == ((1.0, A),)
    assert (A + B + A).parts == ((1.0, A), (1.0, B))


def test_a_mix_cannot_be_stacked() -> None:
    mix = parse_profile({"a": 1, "b": 1}, KNOWN)
    for attempt in (lambda: C + mix, lambda: mix + C, lambda: mix + mix):
        with pytest.raises(DataError, match="a mix cannot be stacked"):
            attempt()


def test_only_profiles_can_be_added() -> None:
    with pytest.raises((TypeError, FagprofilError)):
        A + "b"  # type: ignore[operator]


# --- Blend ---------------------------------------------------------------------------------------


def test_a_blend_names_its_parts_in_both_languages() -> None:
    assert (A + B).id == "a+b"
    assert (A + B).name.model_dump() == {"da": "A + B", "en": "A + B"}
    mix = parse_profile({"a": 3, "b": 1}, KNOWN)
    assert mix.id == "a:0.75+b:0.25"
    assert mix.name.da == "75% A + 25% B"


@pytest.mark.parametrize("value", ["a", "a+b", "a+b+c", "a:0.7+b:0.3", "a:1+b:2", "a:3+b:5+c:8.2"])
def test_the_id_of_a_blend_reads_back_to_it(value: str) -> None:
    blend = parse_profile(value, KNOWN)
    assert parse_profile(blend.id, KNOWN) == blend


def test_a_blend_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        Blend(how="stack", parts=())


# --- Notations -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", ("stack", [("a", 1.0)])),
        (A, ("stack", [("a", 1.0)])),
        ("a+b", ("stack", [("a", 1.0), ("b", 1.0)])),
        (" b + a ", ("stack", [("b", 1.0), ("a", 1.0)])),
        ("a+a", ("stack", [("a", 1.0)])),
        (A + C, ("stack", [("a", 1.0), ("c", 1.0)])),
        ("a:0.75+b:0.25", ("mix", [("a", 0.75), ("b", 0.25)])),
        ("b:1 + a:3", ("mix", [("a", 3 / 4), ("b", 1 / 4)])),
        ({"b": 1, "a": 2}, ("mix", [("a", 2 / 3), ("b", 1 / 3)])),
        ({"a": 5}, ("mix", [("a", 1.0)])),
        ("a:1e-3+b:3e-3", ("mix", [("a", 1 / 4), ("b", 3 / 4)])),
    ],
)
def test_every_notation_of_a_profile(
    value: ProfileLike, expected: tuple[str, list[tuple[str, float]]]
) -> None:
    assert parsed(value) == expected


def test_the_order_of_a_mix_does_not_matter() -> None:
    assert parsed("a:0.7+b:0.3") == parsed("b:0.3+a:0.7") == parsed({"b": 3, "a": 7})


@pytest.mark.parametrize("value", ["d", "a+d", "d:1+a:1", {"d": 1.0}, "", "a+", "+"])
def test_an_unknown_profile_is_named(value: ProfileLike) -> None:
    with pytest.raises(UnknownName, match="no profile"):
        parsed(value)


@pytest.mark.parametrize(
    "value",
    [
        *("a:0.7+b", "a+b:0.3", "a:", "a:x", "a:0+b:1", "a:-1+b:2", "a:nan", "a:inf"),
        *({}, {"a": 0}, {"a": -1.0, "b": 2}, {"a": float("nan")}, {"a": float("inf")}),
    ],
)
def test_wrong_shares_are_refused_and_shown(value: ProfileLike) -> None:
    with pytest.raises(DataError) as caught:
        parsed(value)
    (problem,) = caught.value.problems
    assert (problem.where, problem.field, problem.value) == ("profile", "share", str(value))
    assert "share" in problem.expected


@pytest.mark.parametrize("value", [{"a": "x"}, {"a": None}, {"a": 0.7, "b": "half"}])
def test_a_share_that_is_no_number_is_a_data_error(value: Any) -> None:
    with pytest.raises(DataError):
        parsed(value)


@pytest.mark.parametrize("value", [5, 1.5, None, ["a", "b"]])
def test_what_names_no_profile_at_all_ends_in_our_own_error(value: Any) -> None:
    with pytest.raises(FagprofilError):
        parsed(value)
