from __future__ import annotations

import copy
import datetime as dt
import pickle

import pytest
from pydantic import ValidationError

import fagprofil as fp
from fagprofil.errors import DataError, UnknownName
from fagprofil.model import (
    Area,
    FormalEntry,
    Profile,
    Provenance,
    Record,
    Records,
    Status,
    Text,
    Valid,
)

OURS = Provenance(status=Status.EDITORIAL)


def area(name: str, da: str = "Et område") -> Area:
    return Area(id=name, name=Text(da=da), provenance=OURS)


# --- All records ---------------------------------------------------------------------------------


def test_a_record_cannot_be_changed() -> None:
    one = area("borger")
    with pytest.raises(ValidationError, match="frozen"):
        one.id = "andet"  # type: ignore[misc]
    assert one.id == "borger"


def test_an_unknown_field_is_refused_and_named() -> None:
    with pytest.raises(ValidationError) as caught:
        Area.model_validate({"id": "a", "name": {"da": "A"}, "provenance": OURS, "nmae": "x"})
    assert caught.value.errors()[0]["loc"] == ("nmae",)


@pytest.mark.parametrize("name", ["a", "a-b", "3f", "a1-b2-c3", "a" * 80])
def test_ids_are_ascii_slugs(name: str) -> None:
    assert area(name).id == name


@pytest.mark.parametrize("name", ["", "A", "æble", "a_b", "a b", "-a", "a-", "a--b", "a" * 81])
def test_other_ids_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        area(name)


def test_what_a_user_stores_has_a_json_schema_with_its_field_docs() -> None:
    schema = Profile.model_json_schema()
    known = schema["properties"]["requirements"]["description"]
    assert "cannot be scored" in known


def test_a_profile_shows_its_name_in_a_terminal_and_in_a_notebook() -> None:
    profile = Profile(id="ny", name=Text(da="Nyt <navn>"), provenance=OURS)
    assert "Nyt <navn>" in repr(profile)
    assert str(profile) == repr(profile)
    shown = profile._repr_html_()
    assert "Nyt &lt;navn&gt;" in shown
    assert "<navn>" not in shown


# --- Texts ---------------------------------------------------------------------------------------


def test_a_text_falls_back_to_the_other_language() -> None:
    both, danish, english = Text(da="hej", en="hello"), Text(da="hej"), Text(en="hello")
    assert [both.in_("da"), both.in_("en"), both.in_()] == ["hej", "hello", "hej"]
    assert [danish.in_("da"), danish.in_("en")] == ["hej", "hej"]
    assert [english.in_("da"), english.in_("en")] == ["hello", "hello"]


@pytest.mark.parametrize("given", [{}, {"da": ""}, {"da": None, "en": ""}])
def test_a_text_in_no_language_is_refused(given: dict[str, str | None]) -> None:
    with pytest.raises(ValidationError, match="at least one of da, en"):
        Text.model_validate(given)


# --- Provenance ----------------------------------------------------------------------------------


def test_statuses_fall_from_official_to_synthetic() -> None:
    by_strength = ["official", "sourced", "derived", "editorial", "synthetic"]
    assert sorted(Status, key=lambda one: one.weakness) == by_strength
    assert [Status(name).weakness for name in by_strength] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("rests_on", "weakest"),
    [
        (["official"], "official"),
        (["official", "sourced"], "sourced"),
        (["editorial", "derived", "official"], "editorial"),
        (["synthetic", "official", "editorial"], "synthetic"),
    ],
)
def test_the_weakest_of_some_statuses(rests_on: list[str], weakest: str) -> None:
    assert Status.weakest(Status(name) for name in rests_on) == weakest


@pytest.mark.parametrize("status", ["official", "sourced"])
def test_a_sourced_status_needs_a_source(status: str) -> None:
    with pytest.raises(ValidationError, match=f"at least one source for the status '{status}'"):
        Provenance.model_validate({"status": status})
    whole = Provenance.model_validate({"status": status, "sources": ["https://star.dk"]})
    assert whole.sources == ("https://star.dk",)
    assert Provenance.model_validate({"status": status, "sources": ["STA"]}).sources == ("STA",)


@pytest.mark.parametrize("status", ["derived", "editorial", "synthetic"])
def test_other_statuses_may_stand_without_a_source(status: str) -> None:
    assert Provenance.model_validate({"status": status}).sources == ()


@pytest.mark.parametrize("given", [{"status": "sure"}, {"status": "derived", "sources": ["ST"]}])
def test_wrong_provenance_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Provenance.model_validate(given)


# --- Dates ---------------------------------------------------------------------------------------


def test_both_ends_of_a_validity_belong_to_it() -> None:
    first, last, day = dt.date(2026, 2, 1), dt.date(2026, 6, 30), dt.timedelta(days=1)
    valid = Valid(valid_from=first, valid_to=last)
    assert [valid.holds_on(x) for x in (first - day, first, last, last + day)] == [
        *(False, True, True, False)
    ]


def test_an_unknown_end_speaks_against_no_day() -> None:
    some_day = dt.date(2026, 2, 1)
    assert Valid().holds_on(dt.date.min)
    assert Valid(valid_from=some_day).holds_on(dt.date.max)
    assert Valid(valid_to=some_day).holds_on(dt.date.min)


def test_validity_ends_on_or_after_its_start() -> None:
    day = dt.date(2026, 2, 1)
    assert Valid(valid_from=day, valid_to=day).holds_on(day)
    with pytest.raises(ValidationError, match="valid_to on or after valid_from"):
        Valid(valid_from=day, valid_to=day - dt.timedelta(days=1))


# --- Records -------------------------------------------------------------------------------------


def test_records_are_a_mapping_in_the_order_of_ids() -> None:
    some = Records([area("b"), area("c"), area("a")], "area")
    assert list(some) == ["a", "b", "c"]
    assert [one.id for one in some.values()] == ["a", "b", "c"]
    assert len(some) == 3
    assert some["b"] == area("b")
    assert "b" in some
    assert "d" not in some
    assert some.get("d") is None


def test_records_are_equal_whatever_order_they_were_given_in() -> None:
    assert Records([area("a"), area("b")]) == Records([area("b"), area("a")])
    assert Records([area("a"), area("b")]) != Records([area("a")])
    assert Records([area("a")]) != Records([area("a", da="Et andet")])


def test_records_cannot_be_changed() -> None:
    some = Records([area("a")])
    with pytest.raises(TypeError):
        some["b"] = area("b")  # type: ignore[index]
    with pytest.raises(TypeError):
        del some["a"]  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        some.more = 1  # type: ignore[attr-defined]


def test_a_missing_id_says_the_nearest_one() -> None:
    some = Records([area("borger"), area("rammer")], "area")
    with pytest.raises(UnknownName) as caught:
        some["borgre"]
    assert (caught.value.kind, caught.value.name) == ("area", "borgre")
    assert caught.value.suggestion == "borger"
    assert caught.value.known == ("borger", "rammer")


def test_every_id_that_stands_twice_is_named() -> None:
    with pytest.raises(DataError) as caught:
        Records([area("b"), area("a"), area("c"), area("a"), area("b")], "area")
    found = [(one.where, one.field, one.value) for one in caught.value.problems]
    assert found == [("area", "id", "a"), ("area", "id", "b")]


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_records_survive_copying_and_pickling(again: object) -> None:
    some = Records([area("b"), area("a")], "area")
    other = again(some)  # type: ignore[operator]
    assert other == some
    assert list(other) == ["a", "b"]
    with pytest.raises(UnknownName, match="no area 'x'"):
        other["x"]


def test_a_long_collection_is_shown_in_part() -> None:
    names = ["a", "b", "c", "d", "e", "f", "g"]
    assert repr(Records([area(x) for x in names[:6]], "area")) == "<6 areas: a, b, c, d, e, f>"
    assert repr(Records([area(x) for x in names], "area")) == "<7 areas: a, b, c, d, e, f, ...>"


def test_records_in_a_model_go_to_json_as_a_list_and_come_back() -> None:
    class Holder(Record):
        areas: Records[Area] = Records()

    given = Holder.model_validate(
        {"id": "x", "provenance": OURS, "areas": [area("b").model_dump(), area("a").model_dump()]}
    )
    assert list(given.areas) == ["a", "b"]
    assert [one["id"] for one in given.model_dump()["areas"]] == ["a", "b"]
    assert Holder.model_validate_json(given.model_dump_json()) == given
    taken = Holder(id="x", provenance=OURS, areas=given.areas)
    assert taken.areas is given.areas
    assert "areas" in Holder.model_json_schema()["properties"]
    with pytest.raises(UnknownName, match="no area 'c'"):
        given.areas["c"]


def test_records_of_another_kind_are_refused() -> None:
    class Holder(Record):
        areas: Records[Area] = Records()

    entry = Profile(id="p", name=Text(da="P"), provenance=OURS)
    with pytest.raises(ValidationError):
        Holder(id="x", provenance=OURS, areas=[entry])  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Holder(id="x", provenance=OURS, areas=Records([entry]))  # type: ignore[arg-type]


def test_equal_records_have_equal_hashes() -> None:
    def make() -> FormalEntry:
        return FormalEntry(education_level=5, provenance=OURS)

    assert hash(make()) == hash(make())
    assert {make(), make()} == {make()}


def test_levels_in_a_shared_record_cannot_be_changed() -> None:
    module = fp.load_catalogue().modules["forvaltningsret-diplom"]
    teaches = module.teaches
    assert teaches is not None
    name = next(iter(teaches))
    for change in (
        lambda: teaches.__setitem__(name, 9),
        lambda: teaches.pop(name),
        lambda: teaches.update({name: 9}),
        lambda: teaches.clear(),
    ):
        with pytest.raises(TypeError, match="model_copy"):
            change()
    assert pickle.loads(pickle.dumps(teaches)) == copy.deepcopy(teaches) == dict(teaches)
    assert type(module).model_validate_json(module.model_dump_json()) == module
