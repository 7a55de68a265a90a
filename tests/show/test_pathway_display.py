from __future__ import annotations

import pytest
from worlds import founded, known, module, profile, small, text

import fagprofil as fp
from fagprofil.model import FundingScheme
from fagprofil.planning.calendar import half_years
from fagprofil.planning.limits import PathwayLimits
from fagprofil.planning.pathway import plan_pathway
from fagprofil.planning.pathway_results import Pathway


@pytest.fixture(scope="module")
def plan() -> Pathway:
    modules = [
        module("a", {"c0": 3}, ects=10, price=9_000, teaching_days=7),
        module("b", {"c1": 2}, ects=5, price=4_000, teaching_days=3.5),
        module("c", {"c1": 1}, ects=5, price=4_000, teaching_days=3.5),
        module("d", {"c1": 1}, ects=5),
    ]
    fund = FundingScheme.model_validate(
        {
            "id": "f",
            "name": text("Fund"),
            "covers": "fee",
            "who": text("all"),
            "what": text("half"),
            "employers": ["kommune"],
            "levels": ["diplom"],
            "share": 0.5,
            "provenance": founded(),
        }
    )
    needs = {"c0": (3, 3, 1.0), "c1": (2, 2, 0.5), "c2": (1, 1, 0.5)}
    world = small(3, ["c0", "c1", "c2"], [profile("job", needs)], modules, funding=[fund])
    person = fp.Employee(id="e<1>", employer="kommune", evidence=known({"c0": 0, "c1": 0, "c2": 0}))
    return plan_pathway(
        person,
        "job",
        world,
        limits=PathwayLimits(ects_per_period=10, money=6_500),
        periods=half_years(world.taxonomy.as_of, 2),
        horizon=fp.NOW,
    )


def test_a_pathway_in_a_terminal(plan: Pathway) -> None:
    lines = fp.show.text(plan, "en").splitlines()
    assert lines[0] == "Pathway for e<1>, job, now (as of 2026-11-22)"
    assert "no plan closes more" in lines[1]
    assert lines[2] == (
        "in all: 15 ECTS, 10.5 teaching days, 13,000 kr before funding, 6,500 kr after funding"
    )
    assert lines[3].split()[:2] == ["period", "module"]
    assert lines[4].split()[:4] == ["2027-1", "Title", "a", "10"]
    assert "4,500" in lines[4]
    # With more of them c would close a step of what b closes half a year later.
    assert "limits that bind: ECTS per period, kroner after funding" in lines
    assert any(line.startswith("open: C2 0.5 (no module teaches it)") for line in lines)
    assert any(line.startswith("nearly as good (-") for line in lines)
    assert "1 modules could not be planned" in lines


def test_in_danish(plan: Pathway) -> None:
    shown = fp.show.text(plan)
    assert shown == str(plan) == repr(plan)
    assert "6.500 kr. efter støtte" in shown
    assert "intet modul lærer det" in shown


def test_a_pathway_in_a_notebook(plan: Pathway) -> None:
    page = plan._repr_html_()
    assert "<table" in page
    assert "e&lt;1&gt;" in page
    assert "<script" not in page


def test_an_empty_pathway(plan: Pathway) -> None:
    empty = plan.model_copy(update={"steps": (), "alternatives": ()})
    assert "no modules in the plan" in fp.show.text(empty, "en")
    assert "<table" not in fp.show.html(empty)


def test_how_far_from_the_best_it_can_be(plan: Pathway) -> None:
    far = plan.model_copy(update={"bound": plan.value / 0.98, "optimal": False})
    assert "at most 2.0 % from the best" in fp.show.text(far, "en")
    assert "højst 2,0 % fra det bedste" in fp.show.text(far, "da")
