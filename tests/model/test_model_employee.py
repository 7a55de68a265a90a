from __future__ import annotations

import datetime as dt
import json
import traceback
from typing import Any

import pytest
from pydantic import ValidationError

from fagprofil.errors import UnknownName
from fagprofil.model import Completion, Employee, Evidence, Workforce

RATED = {"competence": "jobmatch", "level": 2, "kind": "self"}


# --- CPR numbers ---------------------------------------------------------------------------------

# None of these is anybody's: the last four digits are 0000 or the day and month fit no number.
CPR = [
    *("010190-0000", "0101900000", "010190 0000", "311299-0000", "311200-0000"),
    # With an en dash, a no-break space, and digits of full width.
    *("010190\u20130000", "010190\u00a00000", "\uff10\uff1101900000"),
    *("anna-010190-0000", "010190-0000x", "e:0101900000", "x 290200-0000 y"),
]
NOT_CPR = [
    *("e-017", "job7-001", "2026-03-01", "1234567890", "000190-0000", "320190-0000"),
    *("010090-0000", "011390-0000", "00101900000", "010190-00000", "01019-0000", "æøå"),
]


@pytest.mark.parametrize("value", CPR)
def test_an_id_like_a_cpr_number_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="looks like a CPR number and is refused"):
        Employee(id=value)


@pytest.mark.parametrize("value", CPR)
def test_a_unit_like_a_cpr_number_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="looks like a CPR number and is refused"):
        Employee(id="a", unit=value)


@pytest.mark.parametrize("value", NOT_CPR)
def test_other_numbers_are_accepted(value: str) -> None:
    made = Employee(id=value, unit=value)
    assert (made.id, made.unit) == (value, value)


#: Kept out of the lines that a traceback quotes.
SECRET = "010190-0000"


def shown(error: BaseException) -> str:
    return "\n".join([str(error), repr(error), *traceback.format_exception(error)])


@pytest.mark.parametrize("field", ["id", "unit"])
def test_a_cpr_number_is_not_repeated_by_the_error(field: str) -> None:
    person = {"id": "a", field: SECRET}
    with pytest.raises(ValidationError) as caught:
        Employee.model_validate(person)
    assert SECRET not in shown(caught.value)
    with pytest.raises(ValidationError) as caught:
        Workforce.model_validate({"employees": [person]})
    assert SECRET not in shown(caught.value)
    text = json.dumps({"employees": [person]})
    with pytest.raises(ValidationError) as caught:
        Workforce.model_validate_json(text)
    assert SECRET not in shown(caught.value)
    with pytest.raises(ValidationError) as caught:
        Workforce.model_validate_json(text[:-1])
    assert SECRET not in shown(caught.value)


# --- One person ----------------------------------------------------------------------------------


def test_only_an_id_is_needed_and_the_rest_is_unknown() -> None:
    made = Employee(id="a").model_dump()
    unknown = {name for name, value in made.items() if value is None}
    assert unknown == {
        *("unit", "backgrounds", "profile", "hired", "employer", "agreement"),
        *("education_level", "relevant_years"),
    }
    assert (made["evidence"], made["completed"]) == ((), ())


def test_an_employee_goes_to_json_and_back() -> None:
    anna = Employee.model_validate(
        {
            "id": "e-017",
            "unit": "Vejle",
            "backgrounds": ["kommunom"],
            "evidence": [RATED | {"date": "2026-03-01", "confidence": 0.5}],
            "completed": [{"module": "kommunalret", "date": "2025-06-01", "passed": False}],
            "profile": {"virksomhed": 0.7, "helhed": 0.3},
            "hired": "2020-01-01",
            "employer": "a-kasse",
            "agreement": "hk",
            "education_level": 5,
            "relevant_years": 2.5,
        }
    )
    assert Employee.model_validate_json(anna.model_dump_json()) == anna
    assert anna.evidence[0].date == dt.date(2026, 3, 1)
    assert anna.hired == dt.date(2020, 1, 1)


def test_an_employee_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Employee(id="a").unit = "Vejle"  # type: ignore[misc]


@pytest.mark.parametrize(
    "fields",
    [
        {"education_level": 1, "relevant_years": 0},
        {"education_level": 8, "relevant_years": 70},
        {"employer": "kommune"},
        {"employer": "other", "backgrounds": []},
        {"profile": "a+b"},
    ],
)
def test_facts_at_their_bounds(fields: dict[str, Any]) -> None:
    made = Employee.model_validate({"id": "a", **fields}).model_dump()
    assert {name: made[name] for name in fields} == fields | (
        {"backgrounds": ()} if "backgrounds" in fields else {}
    )


@pytest.mark.parametrize(
    "fields",
    [
        *({"id": ""}, {"id": "a" * 201}, {"education_level": 0}, {"education_level": 9}),
        *({"relevant_years": -1}, {"relevant_years": 70.5}, {"employer": "jobcenter"}),
        *({"agreement": "H K"}, {"backgrounds": ["Kommunom"]}, {"backgrounds": "kommunom"}),
        *({"hired": "in May"}, {"completed": "kommunalret"}, {"shoe_size": 40}),
        {"profile": {"a": "much"}},
    ],
)
def test_wrong_facts_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Employee.model_validate({"id": "a", **fields})


def test_completed_modules_may_be_named_by_id_alone() -> None:
    full = Completion(module="b", date=dt.date(2026, 1, 1), passed=False)
    made = Employee.model_validate({"id": "x", "completed": ["a", full, {"module": "c"}]})
    assert made.completed == (Completion(module="a"), full, Completion(module="c"))
    assert made.completed[0].passed


# --- What is said --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["known", "self", "manager", "module", "education", "job"])
def test_every_kind_of_evidence(kind: str) -> None:
    made = Evidence.model_validate(RATED | {"kind": kind})
    assert (made.kind, made.date, made.confidence) == (kind, None, 1.0)


@pytest.mark.parametrize("fields", [{"level": 0}, {"confidence": 1}, {"confidence": 0.01}])
def test_evidence_at_its_bounds(fields: dict[str, Any]) -> None:
    made = Evidence.model_validate(RATED | fields).model_dump()
    assert {name: made[name] for name in fields} == fields


@pytest.mark.parametrize(
    "fields",
    [
        *({"level": -1}, {"level": 2.5}, {"kind": "boss"}, {"confidence": 0}),
        *({"confidence": 1.01}, {"date": "soon"}, {"competence": "Job Match"}, {"by": "x"}),
    ],
)
def test_wrong_evidence_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Evidence.model_validate(RATED | fields)


# --- Several people ------------------------------------------------------------------------------

PEOPLE = Workforce(
    employees=(
        *(Employee(id="c", unit="Vejle"), Employee(id="a"), Employee(id="b", unit="Billund")),
        *(Employee(id="d", unit="Vejle"),),
    ),
    frame="polars",
)


def test_a_workforce_keeps_the_order_given() -> None:
    assert [one.id for one in PEOPLE] == ["c", "a", "b", "d"]
    assert len(PEOPLE) == 4


def test_a_workforce_is_shown_without_its_people() -> None:
    assert repr(PEOPLE) == str(PEOPLE) == "<Workforce: 4 people, 2 units>"


def test_people_are_found_by_id_place_and_slice() -> None:
    assert PEOPLE["b"].unit == "Billund"
    assert PEOPLE[0].id == "c"
    assert PEOPLE[-1].id == "d"
    assert [one.id for one in PEOPLE[1:3]] == ["a", "b"]
    assert PEOPLE[1:3].frame == "polars"
    with pytest.raises(UnknownName, match="no employee 'e'"):
        PEOPLE["e"]
    with pytest.raises(IndexError):
        PEOPLE[4]


def test_units_come_in_alphabetical_order_with_no_unit_first() -> None:
    units = PEOPLE.by_unit()
    assert {unit: [one.id for one in some] for unit, some in units.items()} == {
        "": ["a"],
        "Billund": ["b"],
        "Vejle": ["c", "d"],
    }
    assert list(units) == ["", "Billund", "Vejle"]
    assert all(some.frame == "polars" for some in units.values())


def test_an_id_stands_once_in_a_workforce() -> None:
    twice = [Employee(id=name) for name in "abcba"]
    with pytest.raises(ValidationError) as caught:
        Workforce(employees=tuple(twice))
    assert "'a': expected an id used once" in str(caught.value)
    assert "'b': expected an id used once" in str(caught.value)
    assert "'c'" not in str(caught.value).split("[type=")[0]


def test_a_workforce_goes_to_json_and_back() -> None:
    assert Workforce.model_validate_json(PEOPLE.model_dump_json()) == PEOPLE
    with pytest.raises(ValidationError):
        Workforce.model_validate({"employees": [], "frame": "excel"})
