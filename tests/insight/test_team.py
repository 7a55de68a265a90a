"""What teams can do agrees with everybody's own gap, and small groups stay hidden."""

from __future__ import annotations

from collections import defaultdict

import pytest

import fagprofil as fp
from fagprofil.insight import shared_gaps, team, unit_readiness
from fagprofil.model import Workforce


@pytest.fixture(scope="module")
def people() -> Workforce:
    return fp.load_case("job7").people()


def test_each_part_is_the_sum_of_gaps(people: Workforce, catalogue: fp.Catalogue) -> None:
    """A naive second opinion: one gap after the other."""
    found = team(people, catalogue, horizon=fp.OVER_FIVE_YEARS, min_group=1)
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0, 0.0, 0.0, 0.0])
    for one in people:
        if one.profile is None:
            continue
        for part in fp.gap(one, one.profile, catalogue, horizon=fp.OVER_FIVE_YEARS).parts:
            needed = sum(part.need)
            if not needed:
                continue
            row = sums[part.competence, one.unit or ""]
            row[0] += 1
            row[1] += part.gap > 0 and part.gap >= max(part.need) / 2
            row[2] += needed
            row[3] += part.gap
            row[4] += 0 if part.stated else needed
    for competence in found.competences:
        for unit, part in zip(found.units, competence.parts, strict=True):
            people_, short, *amounts = sums[competence.competence, unit]
            assert part is not None
            assert (part.people, part.short) == (people_, short)
            assert [part.needed, part.gap, part.unrated] == pytest.approx(amounts)
        parts = [part for part in competence.parts if part is not None]
        assert competence.total.gap == pytest.approx(sum(part.gap for part in parts))
        assert competence.total.people == sum(part.people for part in parts)
    gaps = [one.total.gap for one in found.competences]
    assert gaps == sorted(gaps, reverse=True)
    ready = unit_readiness(people, catalogue, min_group=1)
    assert found.units == tuple(row.unit for row in ready[:-1])
    assert found.people == tuple(row.people - row.without_profile for row in ready[:-1])


def test_the_order_of_people_does_not_matter(people: Workforce, catalogue: fp.Catalogue) -> None:
    turned = Workforce(employees=people.employees[::-1])
    assert team(turned, catalogue) == team(people, catalogue)


def one(name: str, unit: str, profile: str = "virksomhed") -> fp.Employee:
    return fp.Employee(id=name, unit=unit, profile=profile)


def test_small_groups_cannot_be_worked_out(catalogue: fp.Catalogue) -> None:
    sizes = {"a": 5, "b": 6, "c": 2}
    crowd = Workforce(
        employees=[one(f"{unit}{i}", unit) for unit, size in sizes.items() for i in range(size)]
    )
    for competence in team(crowd, catalogue).competences:
        a, b, c = competence.parts
        # With c alone hidden, it would be the total less a and b.
        assert (a, c) == (None, None)
        assert b is not None
        assert b.people == 6
    nobody = team(Workforce(employees=crowd.employees[:4]), catalogue)
    assert nobody.competences == ()


def test_who_does_not_need_it_is_no_group(catalogue: fp.Catalogue) -> None:
    """Six need what six others do not: nothing of the six is hidden, or counted."""
    needs = {
        name: {row.competence for row in profile.requirements or () if row.now}
        for name, profile in catalogue.profiles.items()
    }
    only = next(iter(needs["virksomhed"] - needs["ydelse"] - needs["basis"]))
    crowd = Workforce(
        employees=[
            *(one(f"v{i}", "v") for i in range(6)),
            *(one(f"y{i}", "y", "ydelse") for i in range(6)),
        ]
    )
    (found,) = [row for row in team(crowd, catalogue).competences if row.competence == only]
    v, y = found.parts
    assert v is not None
    assert y is not None
    assert (v.people, y.people, y.met) == (6, 0, 1.0)
    assert found.total == v


def test_a_gap_that_few_can_have_is_not_shared(catalogue: fp.Catalogue) -> None:
    crowd = [*(one(f"v{i}", "v") for i in range(6)), one("y", "v", "ydelse")]
    needs = {
        name: {row.competence for row in profile.requirements or ()}
        for name, profile in catalogue.profiles.items()
    }
    lone = needs["ydelse"] - needs["virksomhed"] - needs["basis"]
    assert lone
    assert not lone & {gap.competence for gap in shared_gaps(crowd, catalogue)}
    assert lone & {gap.competence for gap in shared_gaps(crowd, catalogue, min_group=1)}
