"""The bundled cases: what is known of them, who is made up in them, and what they plan with."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis.strategies as st
import make_cases
import pytest
from hypothesis import given
from pydantic import ValidationError

import fagprofil as fp
from fagprofil.case_setting import Basis, Limits, PoolTerms, Series, Setting, Substitutes
from fagprofil.cases import Case, cases, load_case
from fagprofil.catalogue import Catalogue, bundled
from fagprofil.eligibility import Rule
from fagprofil.errors import DataError, UnknownName
from fagprofil.model import Status, Workforce
from fagprofil.model.employee import looks_like_cpr
from fagprofil.planning.calendar import half_years
from fagprofil.planning.rotation_plan import Staffing

ALL = ("job7", "koebenhavn", "noerrebro", "randers", "star-pulje")
#: The cases whose employers are real ones by name, or whose people are theirs.
NAMED = ("koebenhavn", "noerrebro", "randers", "star-pulje")
#: Teaching days of a module by its ECTS.
DAYS = {10: 7, 5: 4}
GUESS = {"status": "synthetic", "note": "made up"}


@pytest.fixture(scope="module")
def people(catalogue: Catalogue) -> dict[str, Workforce]:
    return {name: load_case(name).people(catalogue) for name in ALL}


def series_of(**fields: Any) -> Series:
    """A series in which all that is given is a guess."""
    least = {"starts": ["2027-08-30"], **dict.fromkeys(("days", "seats_min", "seats_max"), 1)}
    chosen = {**least, "classes": 1, **fields}
    return Series.model_validate({**chosen, "basis": dict.fromkeys(chosen, GUESS)})


# --- All cases -----------------------------------------------------------------------------------


def test_there_are_five_cases_and_a_sixth_is_not_known() -> None:
    assert cases() == ALL
    with pytest.raises(UnknownName, match="star-pulje"):
        load_case("star-puljen")


@pytest.mark.parametrize("name", ALL)
def test_a_table_is_what_its_maker_makes(name: str, catalogue: Catalogue) -> None:
    case = load_case(name)
    assert case.generator == "tests/make_cases.py"
    assert case.seed == make_cases.SEEDS[name]
    path = bundled("cases", name, case.workforce)
    assert make_cases.table(name, catalogue).encode() == path.read_bytes()


@pytest.mark.parametrize("name", ALL)
def test_a_table_is_small_and_holds_nothing_like_a_person_s_number(name: str) -> None:
    path = bundled("cases", name, "workforce.csv")
    assert path.stat().st_size < 500_000
    text = path.read_text(encoding="utf-8")
    assert not any(looks_like_cpr(cell) for row in csv.reader(text.splitlines()) for cell in row)


@pytest.mark.parametrize("name", ALL)
def test_people_fit_the_catalogue_and_nothing_is_said_later_than_the_case(
    name: str, catalogue: Catalogue, people: dict[str, Workforce]
) -> None:
    catalogue.check_employees(people[name])
    as_of = load_case(name).as_of
    said = [one.date for person in people[name] for one in person.evidence]
    hired = [person.hired for person in people[name] if person.hired is not None]
    assert None not in said
    assert max(day for day in said if day is not None) <= as_of
    assert max(hired) <= as_of


@pytest.mark.parametrize("name", ALL)
def test_what_is_made_up_says_so(name: str, people: dict[str, Workforce]) -> None:
    case = load_case(name)
    assert case.provenance.status == Status.SYNTHETIC
    assert "Nobody in the table exists" in (case.provenance.note or "")
    assert "opdigtede" in case.description.in_("da")
    assert "made up" in case.description.in_("en")
    stem = {"koebenhavn": "kbh", "star-pulje": "star"}.get(name, name)
    digits = len(str(len(people[name])))
    pattern = rf"{'syn-' if name in NAMED else ''}{stem}-\d{{{digits}}}"
    assert all(re.fullmatch(pattern, one.id) for one in people[name])
    assert {run.provenance.status for run in case.setting.runs()} <= {Status.SYNTHETIC}


@pytest.mark.parametrize("name", ALL)
def test_a_fact_is_told_in_both_languages_and_has_an_address_or_says_why_not(name: str) -> None:
    case = load_case(name)
    assert case.facts
    for fact in case.facts:
        assert fact.text.da, fact.id
        assert fact.text.en, fact.id
        if fact.provenance.status == Status.SOURCED:
            assert all(one.startswith("https://") for one in fact.provenance.sources), fact.id
        else:
            assert fact.provenance.status == Status.EDITORIAL
            assert "address is not known" in (fact.provenance.note or ""), fact.id


#: What in the settings is a fact of the case; all else says that it is none, and why.
FACTS = {
    "job7": {"series.0.days": "first-run", "series.0.seats_max": "first-run"},
    "koebenhavn": {
        "series.0.everybody": "two-modules",
        "series.1.starts": "thousand-in-two-years",
        "series.1.everybody": "two-modules",
    },
    "noerrebro": {
        "series.0.module": "the-module",
        "series.0.classes": "four-classes",
        "series.0.days": "four-classes",
        "series.0.everybody": "eighty-five",
        "substitutes.scheme": "part-is-paid",
    },
    "randers": {
        f"series.{wave}.{field}": fact
        for wave in (0, 1)
        for field, fact in {"classes": "one-class", "everybody": "twenty-one"}.items()
    },
    "star-pulje": {
        "pool.scheme": "six-hundred",
        "pool.amount": "four-million",
        "pool.modules": "six-hundred",
    },
}


@pytest.mark.parametrize("name", ALL)
def test_what_in_a_setting_is_a_fact_and_what_is_not(name: str) -> None:
    bases = dict(load_case(name).setting.bases())
    assert {path: one.fact for path, one in bases.items() if one.fact} == FACTS[name]
    assert all(one.note for one in bases.values() if one.fact is None)


@pytest.mark.parametrize("name", ALL)
def test_settings_name_what_there_is(
    name: str, catalogue: Catalogue, people: dict[str, Workforce]
) -> None:
    case = load_case(name)
    setting = case.setting
    pool = setting.pool
    modules = {one.module for one in setting.series} | set(pool.eligible if pool else ())
    assert modules - {None} <= set(catalogue.modules)
    assert set(setting.schemes) <= set(catalogue.funding)
    if setting.profile is not None:
        catalogue.resolve(setting.profile)
    units = {one.unit for one in people[name]}
    away = setting.limits.away
    named = {*setting.units, *(away if isinstance(away, dict) else ())}
    assert named <= units
    assert setting.start > case.as_of
    assert all(day < setting.start for day in setting.compare)


@pytest.mark.parametrize("name", ALL)
def test_substitutes_go_by_the_planners_names(name: str) -> None:
    setting = load_case(name).setting
    if setting.substitutes is not None:
        assert Staffing(**setting.substitutes.given).scheme == setting.substitutes.scheme


@pytest.mark.parametrize("name", ALL)
def test_runs_move_with_the_start_and_keep_their_weekdays(name: str) -> None:
    setting = load_case(name).setting
    for day in (setting.start, *setting.compare):
        moved = setting.runs(day)
        assert [run.module for run in moved] == [run.module for run in setting.runs()]
        for there, here in zip(moved, setting.runs(), strict=True):
            assert there.days is not None
            assert here.days is not None
            shift = {a - b for a, b in zip(there.days, here.days, strict=True)}
            assert shift == {day - setting.start}
            assert [one.weekday() for one in there.days] == [one.weekday() for one in here.days]


def barred(people: Workforce, module: str, catalogue: Catalogue) -> set[Rule]:
    """The rules that keep somebody from a module."""
    result = fp.Recommender(catalogue).recommend
    found = {
        one.rule
        for person in people
        for one in result(person, profile=person.profile or "basis").ineligible
        if one.module == module
    }
    return found - {Rule.CLOSES_NOTHING}


# --- Job7 ----------------------------------------------------------------------------------------


def test_job7_seven_municipalities_send_people(people: dict[str, Workforce]) -> None:
    assert {unit: len(own) for unit, own in people["job7"].by_unit().items()} == {
        "Billund": 11,
        "Fredericia": 20,
        "Haderslev": 22,
        "Kolding": 37,
        "Middelfart": 16,
        "Vejen": 17,
        "Vejle": 47,
    }
    assert len(people["job7"]) == 11 + 20 + 22 + 37 + 16 + 17 + 47 == 170


def test_job7_thirty_people_are_on_the_first_run() -> None:
    with bundled("cases", "job7", "workforce.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = {row["employee"]: row["unit"] for row in rows if row["first_run"] == "yes"}
    assert len(first) == 30 == load_case("job7").first_run
    assert set(first.values()) == {row["unit"] for row in rows}
    assert {row["first_run"] for row in rows} == {"yes", ""}


def test_job7_ratings_are_missing_on_purpose(people: dict[str, Workforce]) -> None:
    listed = people["job7"]
    assert any(not one.evidence for one in listed)
    assert any(one.backgrounds is None for one in listed)
    assert {said.kind for one in listed for said in one.evidence} == {"self", "manager"}


def test_job7_has_classes_of_three_days_whose_content_is_open() -> None:
    setting = load_case("job7").setting
    (series,) = setting.series
    assert (series.module, series.days, series.seats_max) == (None, 3, 30)
    assert series.classes == 170 // 30
    assert setting.runs() == ()
    runs = series.runs("syn-jobrettet-samtale-1")
    assert len(runs) == 5
    assert [run.start for run in runs[:2]] == [dt.date(2027, 8, 30), dt.date(2027, 9, 27)]
    assert (runs[0].fixed_cost, runs[0].price and runs[0].price.middle) == (75_000, 0)


# --- Randers -------------------------------------------------------------------------------------


def test_randers_sends_18_of_21_office_staff(
    people: dict[str, Workforce], catalogue: Catalogue
) -> None:
    listed = people["randers"]
    sizes = Counter((one.unit or "").partition(",")[0] for one in listed)
    assert sizes["Randers"] == 18
    assert sizes["Norddjurs"] + sizes["Syddjurs"] == 21 - 18 == 3
    assert len(listed.by_unit()["Randers, jobcentret"]) > 18 / 2
    educations = {one for person in listed for one in person.backgrounds or ()}
    assert educations == {"hk-kontor", "kommunom", "administrationsbachelor"}
    assert {one.agreement for one in listed} == {"hk"}
    for module in ("forvaltningsret-diplom", "beskaeftigelse-socialformidling"):
        assert barred(listed, module, catalogue) == set()


def half_year_of(day: dt.date) -> str:
    periods = half_years(dt.date(2015, 2, 1), 40)
    return next(one.id for one in periods if one.start <= day <= one.end)


def test_randers_has_two_waves_with_a_half_year_at_work_between() -> None:
    setting = load_case("randers").setting
    first, second = setting.runs()
    for run, half_year in ((first, "2027-1"), (second, "2028-1")):
        assert run.days is not None
        assert {half_year_of(day) for day in run.days} == {half_year}
        assert {day.weekday() for day in run.days} == {0, 1, 2, 3, 4}
    assert first.end is not None
    assert second.start - first.end > dt.timedelta(days=183)
    assert all(one.seats_min <= 21 <= one.seats_max for one in setting.series)


def test_randers_limits_let_all_go_and_are_a_tenth_of_the_staff(
    people: dict[str, Workforce],
) -> None:
    setting = load_case("randers").setting
    sizes = {unit: len(own) for unit, own in people["randers"].by_unit().items()}
    assert isinstance(setting.limits.away, dict)
    assert set(setting.limits.away) == set(sizes) == set(setting.units)
    for unit, most in setting.limits.away.items():
        assert sizes[unit] <= most == (setting.units[unit].staff or 0) // 10


def test_randers_people_lack_what_they_are_to_become(
    people: dict[str, Workforce], catalogue: Catalogue
) -> None:
    goal = load_case("randers").setting.profile
    now = [fp.gap(one, one.profile or "", catalogue).readiness for one in people["randers"]]
    then = [fp.gap(one, goal or "", catalogue).readiness for one in people["randers"]]
    assert sum(then) < sum(now)


# --- Copenhagen ----------------------------------------------------------------------------------


def test_copenhagen_has_a_thousand_people_in_several_centres(people: dict[str, Workforce]) -> None:
    listed = people["koebenhavn"]
    assert len(listed) == 1000
    assert sorted(map(len, listed.by_unit().values())) == [*range(90, 141, 10), 150, 160]


def test_copenhagen_mixes_backgrounds_and_many_are_social_workers(
    people: dict[str, Workforce], catalogue: Catalogue
) -> None:
    counts = Counter(one for person in people["koebenhavn"] for one in person.backgrounds or ())
    assert set(counts) == set(catalogue.backgrounds)
    assert 0.3 * 1000 < counts["socialraadgiver"] < 0.5 * 1000
    assert min(counts.values()) > 0.02 * 1000


def test_copenhagen_has_seats_for_all_and_for_the_new(people: dict[str, Workforce]) -> None:
    new, common = load_case("koebenhavn").setting.series
    assert new.hired_since is not None
    hired = [one.hired for one in people["koebenhavn"] if one.hired is not None]
    recent = sum(day >= new.hired_since for day in hired)
    assert 100 < recent <= len(new.starts) * new.classes * new.seats_max
    assert len(people["koebenhavn"]) <= len(common.starts) * common.classes * common.seats_max
    assert common.starts[-1] - common.starts[0] < dt.timedelta(days=2 * 365)
    assert [half_year_of(day) for day in common.starts] == ["2027-1", "2027-2", "2028-1", "2028-2"]
    per_day = Counter(day for run in common.runs() for day in run.days or ())
    assert set(per_day.values()) == {1}


def test_copenhagen_s_modules_are_closed_to_few_and_only_for_want_of_years(
    people: dict[str, Workforce], catalogue: Catalogue
) -> None:
    listed = people["koebenhavn"].employees
    new, common = load_case("koebenhavn").setting.series
    module = catalogue.modules[common.module or ""]
    entry = module.formal_entry
    assert entry is not None
    short = [one for one in listed if (one.relevant_years or 2) < (entry.relevant_years or 0)]
    assert 0 < len(short) < 0.03 * 1000
    assert all((one.education_level or 4) >= (entry.education_level or 0) for one in listed)
    newcomers = Workforce(employees=tuple(short[:5]))
    assert barred(newcomers, new.module or "", catalogue) == set()


# --- STAR's pool ---------------------------------------------------------------------------------


def test_the_pool_has_employers_of_all_regions_and_sizes(people: dict[str, Workforce]) -> None:
    units = load_case("star-pulje").setting.units
    sizes = {unit: len(own) for unit, own in people["star-pulje"].by_unit().items()}
    assert set(units) == set(sizes)
    assert 30 <= len(units) <= 40
    assert 1_500 <= sum(sizes.values()) <= 2_500
    made = {name: region for region, name, _ in make_cases.employers()}
    assert {name: one.region for name, one in units.items()} == made
    assert len(set(made.values())) == 5
    for name, one in units.items():
        many, few = sizes[name] >= 100, sizes[name] < 30
        assert one.size == ("large" if many else "small" if few else "medium"), name
    assert Counter(one.size for one in units.values()).keys() == {"small", "medium", "large"}


def test_the_pool_has_money_for_about_six_hundred_modules(catalogue: Catalogue) -> None:
    pool = load_case("star-pulje").setting.pool
    assert pool is not None
    assert (pool.amount, pool.modules) == (4_000_000, 600)
    modules = [catalogue.modules[name] for name in pool.eligible]
    grants = [pool.share * one.price.middle for one in modules if one.price is not None]
    assert len(grants) == len(modules)
    assert pool.amount / max(grants) < 600 < pool.amount / min(grants)


def test_the_pool_s_limits_on_time_hold_some_of_the_modules_back(
    people: dict[str, Workforce], catalogue: Catalogue
) -> None:
    pool = load_case("star-pulje").setting.pool
    assert pool is not None
    assert pool.employer_days is not None
    modules = [catalogue.modules[name] for name in pool.eligible]
    assert all(one.teaching_days == DAYS[int(one.ects or 0)] for one in modules)
    days = pool.employer_days * len(people["star-pulje"])
    assert 600 * 4 < days < 600 * 7
    assert pool.person_days == 4 + 7


# --- Nørrebro ------------------------------------------------------------------------------------


def test_noerrebro_sends_85_people_who_may_all_begin(
    people: dict[str, Workforce], catalogue: Catalogue
) -> None:
    listed = people["noerrebro"]
    assert len(listed) == 85
    assert sorted(map(len, listed.by_unit().values())) == [9] * 5 + [10] * 4
    (series,) = load_case("noerrebro").setting.series
    assert barred(listed, series.module or "", catalogue) == set()


def test_noerrebro_has_four_classes_of_one_module_on_days_of_their_own(
    catalogue: Catalogue,
) -> None:
    setting = load_case("noerrebro").setting
    (series,) = setting.series
    module = catalogue.modules[series.module or ""]
    assert (module.ects, module.teaching_days) == (10, 7)
    runs = setting.runs()
    days = [day for run in runs for day in run.days or ()]
    assert len(runs) == 4
    assert len(days) == len(set(days)) == 4 * 7
    assert 4 * series.seats_min <= 85 <= 4 * series.seats_max
    assert series.seats_max == -(-85 // 4)


def test_noerrebro_no_team_has_to_be_emptied(people: dict[str, Workforce]) -> None:
    setting = load_case("noerrebro").setting
    away = setting.limits.away
    assert isinstance(away, float)
    for own in people["noerrebro"].by_unit().values():
        most = int(away * len(own))
        assert len(own) / 4 <= most < len(own) / 2


def test_noerrebro_s_grant_paid_then_and_does_not_now(catalogue: Catalogue) -> None:
    setting = load_case("noerrebro").setting
    scheme = catalogue.funding["star-rehabilitering-2015"]
    assert scheme.id in setting.schemes
    assert all(scheme.holds_on(day) for day in setting.compare)
    assert not scheme.holds_on(setting.start)


# --- Settings ------------------------------------------------------------------------------------


@given(
    starts=st.lists(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), min_size=1, unique=True),
    numbers=st.tuples(*(st.integers(1, 9) for _ in range(4))),
    in_a_row=st.integers(1, 5),
)
def test_classes_are_held_on_working_days_so_many_and_in_order(
    starts: list[dt.date], numbers: tuple[int, ...], in_a_row: int
) -> None:
    classes, apart, days, every_weeks = numbers
    working = sorted(day for day in starts if day.weekday() < 5)
    if not working:
        return
    series = series_of(
        module="syn-ips",
        starts=working,
        classes=classes,
        apart=apart,
        days=days,
        days_a_week=in_a_row,
        every_weeks=every_weeks,
    )
    runs = series.runs()
    assert len({run.id for run in runs}) == len(runs) == len(working) * classes
    for run in runs:
        taught = run.days or ()
        assert len(taught) == days
        assert (taught[0], taught[-1]) == (run.start, run.end)
        assert all(day.weekday() < 5 for day in taught)
        weeks = {(taught[k] - run.start).days for k in range(0, days, in_a_row)}
        assert weeks == {7 * every_weeks * k for k in range(len(weeks))}


def test_a_class_in_the_middle_of_a_week_goes_on_over_the_weekend() -> None:
    series = series_of(module="syn-ips", starts=["2027-09-02"], days=4, days_a_week=3)
    (run,) = series.runs()
    thursday = dt.date(2027, 9, 2)
    assert run.days == tuple(thursday + dt.timedelta(days=n) for n in (0, 1, 4, 7))


def test_open_content_needs_a_module() -> None:
    with pytest.raises(DataError, match="content is open"):
        series_of().runs()
    assert [run.module for run in series_of().runs("syn-ips")] == ["syn-ips"]


def test_another_start_is_on_the_same_weekday() -> None:
    with pytest.raises(DataError, match="a day of the week as 2027-08-30"):
        load_case("noerrebro").setting.runs(dt.date(2027, 8, 31))


def broken() -> Iterator[tuple[str, Any]]:
    """What is wrong with a part of a setting, and how it comes about."""
    fields = {"start": "2027-08-30"}
    early = series_of(starts=["2027-08-27"])
    yield "either a fact or a status", lambda: Basis()
    yield "either a fact or a status", lambda: Basis(fact="x", **GUESS)
    yield "a note where no fact", lambda: Basis(status=Status.EDITORIAL)
    yield "status", lambda: Basis.model_validate({"status": "sourced", "note": "x"})
    yield r"here also \['away'\]", lambda: Limits(away=0.5)
    yield r"not \['away'\]", lambda: Limits.model_validate({"basis": {"away": GUESS}})
    yield r"not \['awy'\]", lambda: Limits.model_validate({"basis": {"awy": GUESS}})
    yield "working days", lambda: series_of(starts=["2027-08-29"])
    yield "working days", lambda: series_of(starts=["2027-08-31", "2027-08-30"])
    yield "seats_max", lambda: series_of(seats_min=2)
    yield (
        "no class before the start",
        lambda: Setting(**fields, series=[early], basis={"start": GUESS}),
    )
    yield (
        "same weekday",
        lambda: Setting(**fields, compare=["2020-01-01"], basis={"start": GUESS, "compare": GUESS}),
    )
    yield "eligible", lambda: PoolTerms(amount=1, share=1, eligible=(), basis={})
    yield "cover", lambda: Substitutes(cover=1.1, basis={"cover": GUESS})


@pytest.mark.parametrize(("said", "make"), list(broken()))
def test_a_setting_says_what_it_rests_on(said: str, make: Any) -> None:
    with pytest.raises(ValidationError, match=said):
        make()


def test_a_setting_rests_on_facts_of_its_own_case() -> None:
    content = load_case("noerrebro").model_dump()
    with pytest.raises(ValidationError, match="eighty-five"):
        Case.model_validate({**content, "facts": content["facts"][1:]})
    with pytest.raises(ValidationError, match="each fact once"):
        Case.model_validate({**content, "facts": content["facts"][:1] + content["facts"]})


@pytest.mark.parametrize("name", ALL)
def test_a_case_is_stored_as_json_and_read_back(name: str) -> None:
    case = load_case(name)
    assert Case.model_validate_json(case.model_dump_json()) == case


def test_a_setting_cannot_be_changed() -> None:
    setting = load_case("randers").setting
    with pytest.raises(ValidationError, match="frozen"):
        setting.start = dt.date(2028, 1, 3)  # type: ignore[misc]
    with pytest.raises(TypeError, match="cannot be changed"):
        setting.units["Norddjurs"] = setting.units["Syddjurs"]
