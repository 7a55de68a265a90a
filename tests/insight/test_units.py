"""Readiness of units and shared gaps agree with the gaps of the people in them."""

import pytest

import fagprofil as fp
from fagprofil.catalogue import Catalogue
from fagprofil.insight import shared_gaps, unit_readiness


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return fp.load_catalogue()


@pytest.fixture(scope="module")
def job7(catalogue: Catalogue) -> fp.Workforce:
    return fp.load_case("job7").people(catalogue)


def test_readiness_is_the_mean_over_people_with_a_profile(
    job7: fp.Workforce, catalogue: Catalogue
) -> None:
    rows = {row.unit: row for row in unit_readiness(job7, catalogue)}
    assert list(rows) == [*sorted({one.unit for one in job7}), None]
    inside = [one for one in job7 if one.unit == "Billund"]
    counted = [one for one in inside if one.profile is not None]
    now = [fp.gap(one, catalogue=catalogue).readiness for one in counted]
    later = [
        fp.gap(one, catalogue=catalogue, horizon=fp.IN_FIVE_YEARS).readiness for one in counted
    ]
    assert rows["Billund"].people == len(inside)
    assert rows["Billund"].without_profile == len(inside) - len(counted)
    assert rows["Billund"].now == pytest.approx(sum(now) / len(now))
    assert rows["Billund"].five_years == pytest.approx(sum(later) / len(later))
    assert rows[None].people == len(job7)


def test_small_groups_are_not_shown(catalogue: Catalogue) -> None:
    people = [
        fp.Employee(id=f"a{i}", unit="A" if i < 4 else "B", profile="basis") for i in range(9)
    ]
    small, large, every = unit_readiness(fp.Workforce(employees=people), catalogue)
    assert (small.people, small.now, small.five_years) == (4, None, None)
    assert large.now is None, "the small one could be worked out from it and the total"
    assert every.now is not None
    shown, _, _ = unit_readiness(fp.Workforce(employees=people), catalogue, min_group=4)
    assert shown.now is not None


def test_one_person_is_shown_at_least_when_everything_may_be() -> None:
    nobody = unit_readiness(fp.Workforce(employees=()), fp.load_catalogue(), min_group=0)
    assert [(row.unit, row.people, row.now) for row in nobody] == [(None, 0, None)]


def test_shared_gaps_sum_to_the_gaps_of_all(job7: fp.Workforce, catalogue: Catalogue) -> None:
    people = [one for one in job7 if one.profile is not None][:40]
    shared = shared_gaps(people, catalogue, min_group=1)
    total = sum(fp.gap(one, catalogue=catalogue).total for one in people)
    assert sum(one.gap for one in shared) == total
    order = [(-one.gap, one.competence) for one in shared]
    assert order == sorted(order)
    assert shared_gaps(people, catalogue, k=3, min_group=1) == shared[:3]


def test_short_are_those_who_lack_half_a_step(catalogue: Catalogue) -> None:
    def known(name: str, level: int) -> fp.Employee:
        said = fp.Evidence(competence="virksomhedskontakt", level=level, kind="known")
        return fp.Employee(id=name, evidence=[said])

    needed = {
        row.competence: row.now for row in catalogue.profiles["virksomhed"].requirements or ()
    }
    level = needed["virksomhedskontakt"]
    people = [known("has", level), known("short", level - 1), known("none", 0)]
    found = {
        one.competence: one for one in shared_gaps(people, catalogue, "virksomhed", min_group=1)
    }
    assert found["virksomhedskontakt"].people == 2


def test_two_small_units_hide_one_another(catalogue: Catalogue) -> None:
    units = [*"AAA", *"BBB", *"CCCCCC"]
    people = [fp.Employee(id=f"{i}", unit=u, profile="basis") for i, u in enumerate(units)]
    rows = unit_readiness(fp.Workforce(employees=people), catalogue)
    assert [row.now is None for row in rows] == [True, True, False, False]


def test_shared_gaps_of_few_people_are_not_shown(catalogue: Catalogue) -> None:
    people = [fp.Employee(id=f"{i}", profile="basis") for i in range(4)]
    assert shared_gaps(people, catalogue) == ()
    assert shared_gaps([*people, fp.Employee(id="4")], catalogue) == ()
    assert shared_gaps([*people, fp.Employee(id="4", profile="basis")], catalogue) != ()
