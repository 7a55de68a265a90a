"""Each bundled case, planned whole: its answers are there, and their figures add up."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import make_follow_up
import pytest

import fagprofil as fp
from fagprofil.answers import CasePlan, bars_of, write_answers
from fagprofil.cases import cases
from fagprofil.errors import DataError, UnknownName
from fagprofil.planning import CohortLimits, allocation_problems, cohort_problems
from fagprofil.planning.absence import HOURS_PER_DAY

CLASSES = {"classes", "staffed", "left_over", "seats", "repetition", "costs"}
ALWAYS = {"below", "afterwards", "unserved"}
#: What the last paragraph of each case wants.
WANTED = {
    "job7": ALWAYS | CLASSES | {"content", "follow_up"},
    "koebenhavn": ALWAYS | CLASSES | {"baseline", "groups"},
    "noerrebro": ALWAYS | CLASSES | {"substitutes"},
    "randers": ALWAYS | CLASSES | {"baseline", "substitutes"},
    "star-pulje": ALWAYS | {"spread", "unused", "effects"},
}
CASES = Path(fp.__file__).parents[1] / "data" / "cases"


@pytest.mark.parametrize("name", cases())
def test_a_case_is_answered_and_its_figures_add_up(name: str, catalogue: fp.Catalogue) -> None:
    # One test, so that each case is planned once.
    plan = fp.plan_case(name)
    assert set(plan.names) == WANTED[name]
    assert len(plan) == len(plan.names) == len(list(plan))
    case = fp.load_case(name)
    assert plan.people == len(case.people())
    if plan.classes is not None:
        _classes_add_up(plan, catalogue)
        _nobody_breaks_a_limit(plan, case.people(), catalogue)
    if plan.rotation is not None:
        _substitutes_add_up(plan)
    if plan.pool is not None:
        _a_pool_adds_up(plan, catalogue)
        people, units = tuple(case.people()), case.setting.units
        assert allocation_problems(plan.pool, people, catalogue, employers=units) == ()
    _what_is_closed_adds_up(plan)
    if name == "job7":
        text = make_follow_up.table(plan, catalogue)
        assert (CASES / "job7" / "follow-up.csv").read_text(encoding="utf-8") == text
    assert CasePlan.model_validate_json(plan.model_dump_json()) == plan
    _both_languages_show_every_answer(plan)


def _total(plan: CasePlan, answer: str, column: str) -> float:
    return sum(float(cell) for cell in plan[answer].column(column) if isinstance(cell, int | float))


def _classes_add_up(plan: CasePlan, catalogue: fp.Catalogue) -> None:
    classes = plan.classes
    assert classes is not None
    seats = classes.seats
    assert _total(plan, "classes", "people") == len(seats) == len(plan["seats"].rows)
    # ECTS
    ects = [catalogue.modules[one.module].ects for one in seats]
    assert _total(plan, "classes", "ects") == sum(one for one in ects if one is not None)
    # days
    held = {one.run: one for one in classes.classes}
    days = sum(len(held[one.run].days or ()) for one in seats)
    assert _total(plan, "staffed", "days") == days == len(classes.absences())
    assert _total(plan, "staffed", "people") == plan.people
    # people
    seated = len({one.employee for one in seats})
    assert _total(plan, "staffed", "seated") == seated
    assert seated + len(classes.unseated) == plan.people
    # kroner
    table = plan["costs"].records("en")
    now = table[0]
    assert now["seats"] == len(seats)
    assert now["gross"] == pytest.approx(sum(one.gross or 0 for one in seats), abs=0.01)
    assert now["net"] == pytest.approx(sum(one.net or 0 for one in seats), abs=0.01)
    known = {"start", "seats", "unpriced", "gross", "net", "fixed", "total"}
    for row in table:
        paid = sum(kroner for column, kroner in row.items() if column not in known)
        assert row["gross"] - paid == pytest.approx(row["net"], abs=0.01)
        assert row["net"] + row["fixed"] == pytest.approx(row["total"], abs=0.01)
    # what is closed
    closes = pytest.approx(classes.value, abs=1e-6)
    assert _total(plan, "classes", "closes") == _total(plan, "seats", "closes") == closes
    # groups are the classes, split
    if "groups" in plan.names:
        assert _total(plan, "groups", "people") == len(seats)


def _nobody_breaks_a_limit(plan: CasePlan, people: fp.Workforce, catalogue: fp.Catalogue) -> None:
    case = fp.load_case(plan.case)
    assert plan.classes is not None
    runs = [*case.setting.runs()]
    if not runs:  # open content: the classes are those that were found
        return
    late = [
        (one.id, series.module)
        for series in case.setting.series
        if series.hired_since is not None and series.module is not None
        for one in people
        if one.hired is None or one.hired < series.hired_since
    ]
    profile = case.setting.profile
    limits = CohortLimits(**case.setting.limits.given)
    given = {"runs": runs, "must_not": late, "profile": profile, "limits": limits}
    assert cohort_problems(plan.classes, people, catalogue, **given) == ()
    # those who are all to have a seat
    told = " ".join(line.in_("en") for line in plan["left_over"].lines)
    seated = {(one.employee, one.module) for one in plan.classes.seats}
    for series in case.setting.series:
        if series.everybody and series.module is not None:
            meant = {(one.id, series.module) for one in people} - set(late)
            title = catalogue.modules[series.module].title.in_("en")
            without = len(meant - seated)
            assert f"All {len(meant):,} are to have {title}: {without:,} of them" in told


def _substitutes_add_up(plan: CasePlan) -> None:
    assert plan.classes is not None
    assert plan.rotation is not None
    days = {plan.start.isoformat(): len(plan.classes.absences())}
    rows = plan["substitutes"].records("en")
    for begins in {row["begins"] for row in rows}:
        own = [row for row in rows if row["begins"] == begins]
        # The same days on whichever date it begins.
        hours = sum(row["hours"] for row in own)
        assert hours == days[plan.start.isoformat()] * HOURS_PER_DAY
        for row in own:
            assert row["covered"] + row["uncovered"] == pytest.approx(row["hours"])
            if row["subsidy"] is not None and row["cost"] is not None:
                assert row["cost"] - row["subsidy"] == pytest.approx(row["net"], abs=0.01)
    assert plan.rotation.hours == pytest.approx(hours)


def _a_pool_adds_up(plan: CasePlan, catalogue: fp.Catalogue) -> None:
    pool = plan.pool
    assert pool is not None
    assert pool.spent + pool.unused == pytest.approx(pool.pool.amount, abs=0.01)
    assert pool.spent + pool.other + pool.own == pytest.approx(pool.gross, abs=0.01)
    rows = {row["name"]: row for row in plan["spread"].records("en")}
    for parts in (pool.regions, pool.sizes, pool.employers):
        names = [one.name for one in parts]
        assert sum(rows[name]["people"] for name in names) == plan.people
        assert sum(rows[name]["grants"] for name in names) == len(pool.grants)
        assert sum(rows[name]["granted"] for name in names) == pool.granted
        kroner = sum(rows[name]["kroner"] for name in names)
        assert kroner == pytest.approx(pool.spent, abs=0.01)
        assert sum(rows[name]["closes"] for name in names) == pytest.approx(pool.value)
    days = sum(one.days or 0 for one in pool.grants)
    assert sum(one.days for one in pool.employers) == pytest.approx(days)
    ects = sum(catalogue.modules[one.module].ects or 0 for one in pool.grants)
    assert f"{ects:,.0f} ECTS" in " ".join(line.in_("en") for line in plan["spread"].lines)
    closes = {row["when"]: row["closes"] for row in plan["effects"].records("en")}
    after = {row["when"]: row["closes"] for row in plan["afterwards"].records("en")}
    assert closes == pytest.approx(after)


def _what_is_closed_adds_up(plan: CasePlan) -> None:
    rows = {row["when"]: row for row in plan["afterwards"].records("en")}
    made = plan.classes or plan.pool
    assert made is not None
    assert rows["over five years"]["closes"] == pytest.approx(made.value, abs=1e-6)
    for row in rows.values():
        assert row["gap"] - row["closes"] == pytest.approx(row["left"])
        assert row["ready_before"] <= row["ready_after"] <= 1


def _both_languages_show_every_answer(plan: CasePlan) -> None:
    for lang in ("da", "en"):
        shown, page = fp.show.text(plan, lang), fp.show.html(plan, lang)
        for answer in plan:
            assert answer.question.in_(lang) in shown
            assert answer.question.in_(lang) in page
            assert fp.show.text(answer, lang) in shown
    axes = fp.show.calendar(plan, lang="en")
    assert len(axes.get_yticklabels()) == len(plan.bars) > 0
    assert len(list(bars_of(plan))) == len(plan.bars)


# --- Other people, and cases of one's own --------------------------------------------------------


def test_other_people_are_planned_by_a_cases_setting() -> None:
    people = [one for one in fp.load_case("noerrebro").people() if one.unit != "Team 9"]
    plan = fp.plan_case("noerrebro", people)
    assert plan.people == len(people) < 85
    assert plan["staffed"].column("unit") == [f"Team {n}" for n in range(1, 9)]


def own_case() -> str:
    """The case that the page shows, as a user would copy it."""
    page = (CASES.parents[1] / "docs" / "cases.md").read_text(encoding="utf-8")
    found = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "case.toml").write_text(own_case(), encoding="utf-8")
    people = (CASES / "randers" / "workforce.csv").read_bytes()
    (tmp_path / "workforce.csv").write_bytes(people)
    return tmp_path / "case.toml"


def test_a_case_of_ones_own_is_planned_from_its_file(mine: Path) -> None:
    plan = fp.plan_case(mine)
    assert (plan.case, plan.people, plan.name.in_("en")) == ("mine", 21, "Our spring")
    assert plan.classes is not None
    assert len(plan.classes.classes) == 2
    assert fp.plan_case(fp.load_case(mine)) == plan


def test_a_wrong_case_of_ones_own_says_what_is_wrong(mine: Path) -> None:
    mine.write_text(own_case().replace("seats_max = 20", "seats_mx = 20"), encoding="utf-8")
    with pytest.raises(DataError, match="seats_m") as raised:
        fp.plan_case(mine)
    assert "case.toml" in str(raised.value)
    mine.write_text("id = ", encoding="utf-8")
    with pytest.raises(DataError, match="TOML"):
        fp.plan_case(mine)
    with pytest.raises(FileNotFoundError):
        fp.plan_case(mine.parent / "other.toml")
    with pytest.raises(UnknownName, match="randers"):
        fp.plan_case("rander")


def test_an_answer_or_column_that_is_not_there_is_told_with_the_nearest(mine: Path) -> None:
    plan = fp.plan_case(mine)
    with pytest.raises(UnknownName, match="classes"):
        plan["clases"]
    with pytest.raises(UnknownName, match="module"):
        plan["classes"].column("modul")
    with pytest.raises(UnknownName):
        plan.table("clases")


def test_answers_are_tables_and_files(mine: Path, tmp_path: Path) -> None:
    plan = fp.plan_case(mine)
    frame = plan.table("seats", "pandas", lang="en")
    assert list(frame.columns) == [one.id for one in plan["seats"].columns]
    assert len(frame) == 21
    written = write_answers(plan, tmp_path / "out", "en")
    assert {path.stem for path in written} == {
        "plan",
        *(one.id for one in plan if one.columns),
    }
    with (tmp_path / "out" / "seats.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["employee"] for row in rows] == list(frame["employee"])
    stored = (tmp_path / "out" / "plan.json").read_bytes()
    assert CasePlan.model_validate_json(stored) == plan
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="folder"):
        write_answers(plan, tmp_path / "file")
    with pytest.raises(DataError, match="folder"):
        write_answers(plan, tmp_path / "none" / "out")


def test_groups_of_few_are_not_told_of(mine: Path) -> None:
    few = [one for one in fp.load_case(mine).people() if "dpa" not in one.backgrounds][:12]
    plan = fp.plan_case(mine, few)
    for row in plan["below"].records("en"):
        hidden = [row[name] is None for name in ("below", "competences", "ready_now", "ready_five")]
        assert hidden == [row["people"] < 5] * 4
