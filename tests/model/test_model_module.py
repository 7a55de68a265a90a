from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from fagprofil.model import (
    Background,
    FormalEntry,
    FundingScheme,
    HourlyRate,
    Module,
    ModuleRun,
    Price,
    Programme,
)

OURS = {"status": "editorial"}


def price(**fields: Any) -> Price:
    return Price.model_validate({"provenance": OURS, **fields})


def module(**fields: Any) -> Module:
    made = {"id": "m", "title": {"da": "M"}, "level": "diplom", "provenance": OURS}
    return Module.model_validate({**made, **fields})


# --- Prices --------------------------------------------------------------------------------------


def test_a_figure_is_its_own_middle_and_no_range() -> None:
    made = price(low=12_000, high=12_000)
    assert (made.middle, made.is_range) == (12_000, False)


def test_a_range_has_a_middle() -> None:
    made = price(low=9_500, high=14_500)
    assert (made.middle, made.is_range) == ((9_500 + 14_500) / 2, True)


@pytest.mark.parametrize("fields", [{"low": 2, "high": 1}, {"low": -1, "high": 1}, {"low": 1}])
def test_a_wrong_price_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        price(**fields)


def test_a_module_takes_one_figure_as_a_price() -> None:
    made = module(price={"amount": 14_195, "year": 2019, "provenance": OURS})
    assert made.price == price(low=14_195, high=14_195, year=2019)
    ranged = module(price={"low": 1, "high": 2, "provenance": OURS})
    assert ranged.price == price(low=1, high=2)
    assert module(price=price(low=1, high=2)).price == price(low=1, high=2)
    assert module(price=None).price is None


# --- Modules -------------------------------------------------------------------------------------


def test_what_is_absent_is_unknown() -> None:
    unknown = {name for name, value in module().model_dump().items() if value is None}
    assert {"ects", "provider", "price", "teaches", "entry", "compulsory", "language"} <= unknown
    assert not module().project


def test_teaching_nothing_is_not_the_same_as_unknown() -> None:
    assert module(teaches={}, teaches_provenance=OURS).teaches == {}
    assert module().teaches is None


def test_who_says_what_a_module_teaches_is_needed() -> None:
    for teaches in ({}, {"x": 1}):
        with pytest.raises(ValidationError, match="teaches_provenance where teaches is given"):
            module(teaches=teaches)
    assert module(entry={"x": 0}).entry == {"x": 0}


@pytest.mark.parametrize(("level", "framework"), [("akademi", 5), ("diplom", 6)])
def test_each_kind_of_module_has_its_level_in_the_framework(level: str, framework: int) -> None:
    assert module(level=level).qualification_level == framework


@pytest.mark.parametrize(
    "fields",
    [
        *({"level": "master"}, {"ects": 0}, {"ects": -5}, {"teaching_days": 0}),
        *({"teaches": {"x": -1}, "teaches_provenance": OURS}, {"entry": {"X": 1}}),
        *({"language": "de"}, {"programme": "Not A Slug"}, {"title": {}}, {"titel": "x"}),
        {"valid_from": "2026-02-01", "valid_to": "2026-01-31"},
    ],
)
def test_a_wrong_module_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        module(**fields)


def test_a_module_goes_to_json_and_back() -> None:
    entry = FormalEntry.model_validate({"education_level": 5, "provenance": OURS})
    made = module(ects=10, teaches={"x": 3}, entry={}, teaches_provenance=OURS, formal_entry=entry)
    assert Module.model_validate_json(made.model_dump_json()) == made


def test_a_module_that_is_not_a_table_is_refused() -> None:
    with pytest.raises(ValidationError):
        Module.model_validate(5)


@pytest.mark.parametrize(
    "fields", [{"education_level": 0}, {"education_level": 9}, {"relevant_years": -1}]
)
def test_a_wrong_formal_entry_is_refused(fields: dict[str, Any]) -> None:
    bounds = {"education_level": 1, "relevant_years": 0, "provenance": OURS}
    assert FormalEntry.model_validate(bounds).education_level == 1
    with pytest.raises(ValidationError):
        FormalEntry.model_validate({**bounds, **fields})


# --- Programmes and runs -------------------------------------------------------------------------


def test_a_programme_s_unknown_modules_are_not_none_at_all() -> None:
    made = {"id": "p", "title": {"da": "P"}, "provenance": OURS}
    assert Programme.model_validate(made).electives is None
    assert Programme.model_validate({**made, "electives": []}).electives == ()
    with pytest.raises(ValidationError):
        Programme.model_validate({**made, "max_years": 0})


def run(**fields: Any) -> ModuleRun:
    made = {"id": "r", "module": "m", "start": "2027-03-01", "provenance": OURS}
    return ModuleRun.model_validate({**made, **fields})


def test_a_run_ends_on_or_after_its_start() -> None:
    assert run().end is None
    assert run(end="2027-03-01").end == dt.date(2027, 3, 1)
    with pytest.raises(ValidationError, match="end on or after start"):
        run(end="2027-02-28")


def test_a_run_has_room_for_those_it_needs() -> None:
    assert run(seats_min=20, seats_max=20).seats_max == 20
    assert run(seats_min=20).seats_max is None
    assert run(seats_max=20).seats_min is None
    with pytest.raises(ValidationError, match="seats_max at or above seats_min"):
        run(seats_min=20, seats_max=19)


# --- Backgrounds and funding ---------------------------------------------------------------------


def test_what_a_background_brings_is_unknown_until_said() -> None:
    made = {"id": "b", "name": {"da": "B"}, "provenance": OURS}
    assert Background.model_validate(made).brings is None
    assert Background.model_validate({**made, "brings": {"x": 2}}).brings == {"x": 2}
    for wrong in ({"brings": {"x": -1}}, {"education_level": 9}):
        with pytest.raises(ValidationError):
            Background.model_validate({**made, **wrong})


def funding(**fields: Any) -> FundingScheme:
    made = {"id": "f", "name": {"da": "F"}, "covers": "fee", "provenance": OURS}
    return FundingScheme.model_validate({**made, "who": {"da": "A"}, "what": {"da": "B"}, **fields})


def test_a_scheme_s_conditions_are_unknown_until_said() -> None:
    made = funding()
    assert (made.employers, made.agreements, made.levels, made.share, made.cap) == (None,) * 5


@pytest.mark.parametrize("fields", [{"share": 0}, {"share": 1}, {"cap": 0}, {"group_from": 1}])
def test_a_scheme_at_its_bounds(fields: dict[str, Any]) -> None:
    made = funding(**fields).model_dump()
    assert {name: made[name] for name in fields} == fields


@pytest.mark.parametrize(
    "fields",
    [
        *({"share": 1.2}, {"share": -0.1}, {"cap": -1}, {"cap_period": "week"}, {"pool": -1}),
        *({"covers": "books"}, {"employers": ["jobcenter"]}, {"levels": ["master"]}),
        *({"group_from": 0}, {"min_education_level": 0}, {"max_education_level": 9}),
        {"valid_from": "2026-02-01", "valid_to": "2026-01-31"},
    ],
)
def test_a_wrong_scheme_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        funding(**fields)


def test_a_rate_is_of_a_year_and_has_a_source() -> None:
    rate = {"year": 2024, "amount": 203.17, "provenance": OURS}
    assert funding(hourly_rates=[rate]).hourly_rates == (HourlyRate.model_validate(rate),)
    with pytest.raises(ValidationError):
        HourlyRate.model_validate(rate | {"amount": -1})
