"""What a catalogue serves agrees with a naive second opinion, and with what a reader can count."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import Oracle
from pydantic import ValidationError
from worlds import AS_OF, catalogues, examples, founded, horizons, module, profile, small, text

import fagprofil as fp
from fagprofil.errors import CannotScore, DataError, UnknownName
from fagprofil.insight.coverage import Coverage
from fagprofil.insight.lifts import Lift
from fagprofil.insight.needs import Need
from fagprofil.model import (
    Background,
    FormalEntry,
    Horizon,
    ModuleRun,
    Programme,
    Provenance,
    Records,
    Status,
)

NEEDS = {"c0": (3, 3, 1.0), "c1": (2, 2, 0.5)}


def day(number: int) -> dt.date:
    return AS_OF + dt.timedelta(days=number)


def background(name: str, brings: Mapping[str, int] | None, level: int | None = None) -> Background:
    return Background(
        id=name, name=text(name), brings=brings, education_level=level, provenance=founded()
    )


def programme(name: str, **facts: Any) -> Programme:
    return Programme(id=name, title=text(name), provenance=founded(), **facts)


def run(name: str, of: str, start: dt.date, deadline: dt.date | None = None) -> ModuleRun:
    return ModuleRun(id=name, module=of, start=start, deadline=deadline, provenance=founded())


def formal(level: int | None, years: float | None = None) -> FormalEntry:
    return FormalEntry(education_level=level, relevant_years=years, provenance=founded())


def world(*modules: fp.Module, **others: Any) -> fp.Catalogue:
    """One profile that needs three steps of c0 at 1 each, and two of c1 at a half each."""
    return small(3, ["c0", "c1", "c2"], [profile("job", NEEDS)], modules, **others)


def steps(found: Coverage) -> dict[tuple[str, int], Need]:
    return {(need.competence, need.step): need for need in found.needs}


def lift_of(listed: Iterable[Lift], education: str, came_from: str | None = None) -> Lift:
    (one,) = [x for x in listed if (x.education, x.background) == (education, came_from)]
    return one


# --- what a reader can count --------------------------------------------------------------------


def test_each_step_is_served_by_the_modules_that_lift_so_far() -> None:
    found = fp.coverage(world(module("a", {"c0": 2}), module("b", {"c0": 1, "c2": 3})))
    assert {key: [one.module for one in need.modules] for key, need in steps(found).items()} == {
        ("c0", 1): ["a", "b"],
        ("c0", 2): ["a"],
        ("c0", 3): [],
        ("c1", 1): [],
        ("c1", 2): [],
    }
    assert {key: need.weight for key, need in steps(found).items()} == {
        ("c0", 1): 1.0,
        ("c0", 2): 1.0,
        ("c0", 3): 1.0,
        ("c1", 1): 0.5,
        ("c1", 2): 0.5,
    }
    unserved = [(need.competence, need.step) for need in found.unserved]
    assert unserved == [("c0", 3), ("c1", 1), ("c1", 2)], "largest first"
    together, job = found.profiles
    assert (together.profile, job.profile) == (None, "job")
    assert (together.needed, together.served, together.share) == (4.0, 2.0, 0.5)
    assert (job.needed, job.served) == (4.0, 2.0)


def test_profiles_together_need_the_most_of_each_step() -> None:
    profiles = [
        profile("p0", {"c0": (1, 1, 2.0)}),
        profile("p1", {"c0": (2, 2, 1.0), "c1": (1, 1, 0.5)}),
    ]
    found = fp.coverage(small(3, ["c0", "c1"], profiles, [module("a", {"c0": 1})]))
    assert {key: (need.weight, dict(need.weights)) for key, need in steps(found).items()} == {
        ("c0", 1): (2.0, {"p0": 2.0, "p1": 1.0}),
        ("c0", 2): (1.0, {"p1": 1.0}),
        ("c1", 1): (0.5, {"p1": 0.5}),
    }
    assert [(one.profile, one.needed, one.served) for one in found.profiles] == [
        (None, 3.5, 2.0),
        ("p0", 2.0, 2.0),
        ("p1", 2.5, 1.0),
    ]


def test_the_horizon_weighs_each_step() -> None:
    rising = small(3, ["c0"], [profile("job", {"c0": (1, 2, 1.0)})])
    flat = Horizon(kind="over", discount=0)
    for horizon, weights in (
        (fp.NOW, [1.0]),
        (fp.IN_FIVE_YEARS, [1.0, 1.0]),
        (flat, [1.0, 0.5]),  # the line from 1 to 2 rounds to 2 in its second half
    ):
        assert [need.weight for need in fp.coverage(rising, None, horizon).needs] == weights


def test_the_cheapest_and_the_shortest() -> None:
    catalogue = world(
        module("long", {"c0": 1}, ects=10, price=4000),
        module("range", {"c0": 1}, ects=5, price=(3000, 6000)),
        module("short", {"c0": 1}, ects=2.5),
        module("twin", {"c0": 1}, ects=2.5, price=4000),
    )
    need = steps(fp.coverage(catalogue))["c0", 1]
    # The middle of the range is 4,500; of two at 4,000 the first id.
    assert (need.cheapest, need.shortest) == ("long", "short")
    prices = {one.module: (one.price_low, one.price_high, one.ects) for one in need.modules}
    assert prices["range"] == (3000, 6000, 5)
    assert prices["short"] == (None, None, 2.5)
    nothing = steps(fp.coverage(world(module("a", {"c0": 1}))))["c0", 1]
    assert (nothing.cheapest, nothing.shortest) == (None, None)


def test_a_module_to_come_counts_only_where_there_is_no_other() -> None:
    later = {"valid_from": day(9), "provenance": founded("derived")}
    catalogue = world(
        module("now", {"c0": 1}, ects=10, price=9000, entry={"c2": 1}),
        module("later", {"c0": 2}, ects=5, price=4000, **later),
        backgrounds=[background("b0", {"c2": 1}), background("b1", {})],
    )
    first, second = (steps(fp.coverage(catalogue))["c0", step] for step in (1, 2))
    assert [one.module for one in first.modules] == ["later", "now"]
    assert (first.cheapest, first.shortest, first.entry_level) == ("now", "now", 1)
    assert (first.reached_from, first.best_founded) == (("b0",), "editorial")
    assert (second.cheapest, second.shortest, second.entry_level) == ("later", "later", 0)
    assert (second.reached_from, second.best_founded) == (("b0", "b1"), None)


def test_modules_are_come_to_by_way_of_others() -> None:
    catalogue = world(
        module("first", {"c2": 1}),
        module("second", {"c1": 2}, entry={"c2": 1}),
        module("third", {"c0": 3}, entry={"c1": 2}),
        module("closed", {"c2": 3}, entry={"c2": 2}),
        backgrounds=[background("b0", {"c2": 2}), background("b1", {"c0": 3})],
    )
    found = steps(fp.coverage(catalogue))
    assert found["c0", 3].entry_level == 0
    assert (found["c0", 3].brought_by, found["c0", 3].reached_from) == (("b1",), ("b0",))
    without = world(*[one for one in catalogue.modules.values() if one.id != "first"])
    # Without the first, level 1 of c2 must be there already.
    assert steps(fp.coverage(without))["c0", 3].entry_level == 1
    (offer,) = found["c0", 3].modules
    assert (offer.level, dict(offer.entry), offer.entry_level) == (3, {"c1": 2}, 0)


def test_a_module_does_not_close_what_it_expects() -> None:
    catalogue = world(
        module("a", {"c0": 3}, entry={"c0": 2}), module("b", {"c1": 1}, entry={"c1": 1})
    )
    found = fp.coverage(catalogue)
    served = {key: [x.module for x in need.modules] for key, need in steps(found).items()}
    assert {key for key, modules in served.items() if modules} == {("c0", 3)}
    assert steps(found)["c0", 3].entry_level == 2
    assert [one.module for one in found.unneeded] == ["b"]


def test_what_has_ended_leads_nowhere() -> None:
    way = module("way", {"c2": 1}, valid_to=day(-1))
    catalogue = world(way, module("a", {"c0": 1}, entry={"c2": 1}))
    assert steps(fp.coverage(catalogue))["c0", 1].entry_level == 1
    assert steps(fp.coverage(catalogue, on=day(-1)))["c0", 1].entry_level == 0


def test_an_entry_that_nothing_gives_keeps_everybody_without_it_out() -> None:
    backgrounds = [background("b0", {"c2": 2}), background("b1", {"c2": 1}), background("b2", None)]
    catalogue = world(module("a", {"c0": 1}, entry={"c2": 2}), backgrounds=backgrounds)
    found = fp.coverage(catalogue)
    need = steps(found)["c0", 1]
    assert need.served
    assert (need.entry_level, need.reached_from, need.kept_out) == (2, ("b0",), ())
    assert [(one.kind, one.id) for one in found.left_out] == [("background", "b2")]


def test_the_formal_entry_keeps_out_whose_education_is_too_low() -> None:
    catalogue = world(
        module("a", {"c0": 1}, formal_entry=formal(5, 2.0)),
        module("b", {"c0": 3}, entry={"c0": 1}),
        backgrounds=[
            background("b4", {}, level=4),
            background("b5", {}, level=5),
            background("unknown", {}),
        ],
    )
    found = steps(fp.coverage(catalogue))
    for key in (("c0", 1), ("c0", 3)):
        # Years of work are not known, and b is come to through a.
        assert found[key].reached_from == ("b5", "unknown")
        assert found[key].kept_out == ("b4",)
        assert found[key].entry_level == 0


def test_a_final_project_opens_when_the_rest_can_be_passed() -> None:
    project = module("project", {"c0": 3}, project=True, programme="g", ects=10)
    rest = [module(f"m{n}", {"c1": 1}, programme="g", ects=5) for n in range(2)]
    rules = programme("g", ects=20, project="project")
    for modules, level in ((rest, 0), (rest[:1], None)):
        catalogue = world(project, *modules, programmes=[rules])
        need = steps(fp.coverage(catalogue))["c0", 3]
        assert (need.served, need.entry_level) == (True, level)


def test_validity_and_dates() -> None:
    catalogue = world(
        module("ended", {"c0": 3}, valid_to=day(-1)),
        module("last-day", {"c0": 1}, valid_to=day(0)),
        module("to-come", {"c0": 2}, valid_from=day(30)),
        programmes=[programme("old", valid_to=day(-1))],
    )
    found = fp.coverage(catalogue)
    needs = steps(found)
    assert [(one.module, one.valid, one.begins) for one in needs["c0", 1].modules] == [
        ("last-day", True, day(0)),
        ("to-come", False, day(30)),
    ]
    assert (needs["c0", 1].served, needs["c0", 1].begins) == (True, day(0))
    # Not served on the day, but from a day that is said.
    assert (needs["c0", 2].served, needs["c0", 2].begins) == (False, day(30))
    assert needs["c0", 2] in found.unserved
    assert (needs["c0", 3].modules, needs["c0", 3].begins) == ((), None)
    left = [(one.kind, one.id, one.reason.in_("en")) for one in found.left_out]
    assert left == [
        ("programme", "old", f"was valid to {day(-1)}"),
        ("module", "ended", f"was valid to {day(-1)}"),
    ]
    later = fp.coverage(catalogue, on=day(30))
    assert later.on == day(30)
    assert [one.module for one in steps(later)["c0", 1].modules] == ["to-come"]
    assert steps(later)["c0", 2].served


def test_the_next_run_is_the_first_that_can_still_be_joined() -> None:
    catalogue = world(
        module("a", {"c0": 1}, valid_to=day(100)),
        module("b", {"c0": 2}),
        runs=[
            run("r0", "a", day(-5)),
            run("r1", "a", day(10), deadline=day(-1)),
            run("r2", "a", day(50), deadline=day(0)),
            run("r3", "a", day(40)),
            run("r4", "b", day(-300)),
        ],
    )
    needs = steps(fp.coverage(catalogue))
    assert needs["c0", 1].begins == day(40)
    # Runs of b are known, and none is to come.
    assert (needs["c0", 2].served, needs["c0", 2].begins) == (True, None)
    assert steps(fp.coverage(catalogue, on=day(41)))["c0", 1].begins is None


def test_a_run_after_the_module_has_ended_does_not_count() -> None:
    catalogue = world(module("a", {"c0": 1}, valid_to=day(20)), runs=[run("r", "a", day(30))])
    assert steps(fp.coverage(catalogue))["c0", 1].begins is None


def test_modules_that_nobody_needs_and_those_that_nobody_knows() -> None:
    catalogue = world(
        module("needed", {"c0": 1, "c2": 1}),
        module("else", {"c2": 3}, ects=5, price=(100, 200)),
        module("empty", {}),
        module("nothing", {"c0": 0}),
        module("unknown"),
    )
    found = fp.coverage(catalogue)
    assert [one.module for one in found.unneeded] == ["else", "empty", "nothing"]
    assert [(one.module, one.teaches) for one in found.unknown] == [("unknown", None)]
    first = found.unneeded[0]
    assert (dict(first.teaches or {}), first.ects) == ({"c2": 3}, 5)
    assert (first.price_low, first.price_high) == (100, 200)


def test_a_programme_repeats_what_a_background_brings() -> None:
    catalogue = world(
        module("a", {"c0": 2, "c2": 1}, programme="g"),
        module("b", {"c0": 1, "c1": 1}, programme="g"),
        module("listed", {"c2": 2}),
        module("unmapped", programme="g"),
        programmes=[
            programme("g", compulsory=("a", "listed")),
            programme("silent"),
        ],
        backgrounds=[background("b0", {"c0": 1, "c1": 2, "c2": 3})],
    )
    found = fp.coverage(catalogue)
    nobody = lift_of(found.programmes, "g")
    assert (nobody.modules, nobody.unknown) == (("a", "b", "listed"), ("unmapped",))
    assert (dict(nobody.repeats), dict(nobody.adds)) == ({}, {"c0": 2, "c1": 1, "c2": 2})
    # 2 steps of c0 at 1, and 1 of c1 at a half; of 4 in all.
    assert (nobody.closes["job"], nobody.open["job"]) == (2.5, 1.5)
    trained = lift_of(found.programmes, "g", "b0")
    assert (dict(trained.repeats), dict(trained.adds)) == ({"c0": 1, "c1": 1, "c2": 2}, {"c0": 1})
    assert (trained.steps, trained.repeated) == (5, 4 / 5)
    # 1 step of c0 and both of c1 are brought, 1 of c0 is new, and the third is open.
    assert trained.brings["job"] == 1 + 2 * 0.5
    assert (trained.closes["job"], trained.open["job"]) == (1.0, 1.0)
    assert [(need.competence, need.step) for need in found.left_open(trained)] == [("c0", 3)]
    assert found.left_open(trained, "job") == found.left_open(trained)
    left = [(one.kind, one.id, one.reason.in_("da")) for one in found.left_out]
    assert left == [("programme", "silent", "ukendt, hvad dens moduler lærer fra sig")]
    alone = lift_of(found.modules, "b", "b0")
    assert (dict(alone.repeats), dict(alone.adds), alone.repeated) == ({"c0": 1, "c1": 1}, {}, 1.0)
    assert {one.education for one in found.modules} == {"a", "b", "listed"}


def test_what_has_ended_is_not_part_of_a_programme() -> None:
    catalogue = world(
        module("a", {"c0": 1}, programme="g"),
        module("old", {"c0": 3}, programme="g", valid_to=day(-1)),
        programmes=[programme("g", electives=("old",)), programme("h", valid_to=day(-1))],
    )
    more = with_modules(
        catalogue, [*catalogue.modules.values(), module("b", {"c0": 1}, programme="h")]
    )
    for one in (catalogue, more):
        found = fp.coverage(one)
        assert {lift.education: lift.modules for lift in found.programmes} == {"g": ("a",)}
        assert [left.id for left in found.left_out] == ["h", "old"]


def test_the_weakest_status_is_said_and_what_only_made_up_modules_serve() -> None:
    made_up = module("z", {"c0": 2, "c1": 1}, provenance=founded("synthetic"))
    real = module("a", {"c0": 1}, provenance=founded("derived"))
    catalogue = small(
        3,
        ["c0", "c1"],
        [profile("job", NEEDS, statuses=("derived",))],
        [real.model_copy(update={"teaches_provenance": founded("derived")}), made_up],
    )
    found = fp.coverage(catalogue)
    needs = steps(found)
    assert (needs["c0", 1].best_founded, needs["c0", 1].status) == ("derived", "synthetic")
    assert (needs["c0", 2].best_founded, needs["c0", 2].status) == ("synthetic", "synthetic")
    assert (needs["c0", 3].best_founded, needs["c0", 3].status) == (None, "derived")
    only = [(need.competence, need.step) for need in found.only_synthetic]
    assert only == [("c0", 2), ("c1", 1)]
    together = found.profiles[0]
    assert (together.served, together.synthetic, together.status) == (2.5, 1.5, "derived")
    assert found.status == "synthetic"


def test_the_status_is_that_of_the_profiles_that_need_the_step() -> None:
    profiles = [
        profile("base", {"c0": (2, 2, 1.0)}, statuses=("synthetic",)),
        profile("near", {"c1": (1, 1, 1.0)}, ["base"], statuses=("derived",)),
        profile("other", {"c1": (1, 1, 1.0)}, statuses=("derived",)),
        profile("weak", {"c1": (1, 1, 1.0)}, ["other"], statuses=("synthetic",)),
    ]
    catalogue = small(3, ["c0", "c1"], profiles)
    found = steps(fp.coverage(catalogue, ["near", "other"]))
    assert found["c0", 1].status == "synthetic"
    assert found["c1", 1].status == "derived"
    # A requirement rests on all profiles in which it stands.
    assert steps(fp.coverage(catalogue, "weak"))["c1", 1].status == "synthetic"


def test_what_is_said_of_a_background_rests_on_it() -> None:
    one = module("a", {"c0": 3}, provenance=founded("derived"))
    one = one.model_copy(update={"teaches_provenance": founded("derived")})
    jobs = [profile("job", NEEDS, statuses=("derived",))]
    made_up = background("b0", {"c0": 1}).model_copy(update={"provenance": founded("synthetic")})
    with_, without = (
        fp.coverage(small(3, ["c0", "c1"], jobs, [one], backgrounds=some))
        for some in ([made_up], [])
    )
    assert {need.status for need in with_.needs} == {"synthetic"}
    assert {need.status for need in without.needs} == {"derived"}
    lifts = {lift.background: lift.status for lift in with_.modules}
    assert lifts == {None: "derived", "b0": "synthetic"}


def test_a_price_that_is_worse_founded_counts() -> None:
    price = {"low": 1, "high": 1, "provenance": founded("synthetic")}
    one = module("a", {"c0": 1}, ects=5).model_dump() | {"price": price}
    assert steps(fp.coverage(world(fp.Module.model_validate(one))))["c0", 1].status == "synthetic"


# --- which profiles -----------------------------------------------------------------------------


def test_one_profile_may_be_given_in_any_notation() -> None:
    profiles = [profile("p0", {"c0": (2, 2, 1.0)}), profile("p1", {"c0": (1, 1, 3.0)})]
    catalogue = small(3, ["c0"], profiles)
    for given_, ids in (
        (None, ["p0", "p1"]),
        ("p0", ["p0"]),
        (["p0", "p0"], ["p0"]),
        (("p1", "p0"), ["p1", "p0"]),
        ("p0+p1", ["p0+p1"]),
        ({"p0": 1, "p1": 1}, ["p0:0.5+p1:0.5"]),
        (profiles[0], ["p0"]),
        (profiles[0] + profiles[1], ["p0+p1"]),
        ((name for name in ("p0",)), ["p0"]),
    ):
        found = fp.coverage(catalogue, given_)
        assert [one.profile for one in found.profiles] == [None, *ids]
    mixed = fp.coverage(catalogue, {"p0": 1, "p1": 1})
    assert [need.weight for need in mixed.needs] == [2.0, 0.5]  # (1 + 3) / 2 and 1 / 2


def test_profiles_without_contents_are_left_out_unless_they_are_asked_for() -> None:
    empty = fp.Profile(id="empty", name=text("empty"), provenance=founded())
    above = profile("above", {"c0": (1, 1, 1.0)}, ["empty"])
    catalogue = small(3, ["c0"], [empty, above, profile("job", {"c0": (1, 1, 1.0)})])
    found = fp.coverage(catalogue)
    assert [one.profile for one in found.profiles] == [None, "job"]
    assert [(one.kind, one.id) for one in found.left_out] == [
        ("profile", "above"),
        ("profile", "empty"),
    ]
    assert fp.coverage(catalogue, "job").left_out == ()
    for name in ("empty", "above"):
        with pytest.raises(CannotScore, match="'empty' requires is not documented"):
            fp.coverage(catalogue, name)
    with pytest.raises(CannotScore, match="no profile of the edition 'small'"):
        fp.coverage(small(3, ["c0"], [empty]))


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda c: fp.coverage(c, "virksomhet"), UnknownName, "did you mean 'virksomhed'"),
        (lambda c: fp.coverage(c, ["basis", "helhet"]), UnknownName, "did you mean 'helhed'"),
        (lambda c: fp.coverage(c, []), DataError, "one profile or more"),
        (lambda c: fp.coverage(c, 3), DataError, "an id, 'a\\+b'"),
        (lambda c: fp.coverage(c, [3]), DataError, "an id, 'a\\+b'"),
        (lambda c: fp.coverage(c, "basis", "now"), DataError, "NOW, IN_FIVE_YEARS"),
        (lambda c: fp.coverage(c, on="2026-01-01"), DataError, "expected a date"),
        (lambda _: fp.coverage("vejle"), DataError, "expected a Catalogue"),
        (lambda c: fp.coverage(c, "basis").to_frame("need"), UnknownName, "did you mean 'needs'"),
        (lambda c: fp.coverage(c, "basis").to_frame(kind="dask"), DataError, "one of 'pandas'"),
    ],
)
def test_what_cannot_be_is_said(
    call: Callable[[fp.Catalogue], Any], error: type[Exception], said: str, catalogue: fp.Catalogue
) -> None:
    with pytest.raises(error, match=said):
        call(catalogue)


def test_what_is_left_open_is_of_a_profile_asked_about(catalogue: fp.Catalogue) -> None:
    found = fp.coverage(catalogue, "helhed")
    with pytest.raises(UnknownName, match="known: helhed"):
        found.left_open(found.programmes[0], "basis")


def test_the_documented_edition_cannot_be_scored() -> None:
    with pytest.raises(CannotScore, match="has no scale"):
        fp.coverage(fp.load_catalogue("fagprofiler-2019"))


# --- a naive second opinion ---------------------------------------------------------------------


class Asked(NamedTuple):
    """A catalogue, and what is asked of it."""

    catalogue: fp.Catalogue
    profiles: tuple[str, ...]
    horizon: Horizon
    on: dt.date

    def coverage(self, **changes: Any) -> Coverage:
        return fp.coverage(*self._replace(**changes))


DAYS = [day(n) for n in (-400, -1, 0, 1, 30, 400)]


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    catalogue = draw(catalogues())
    modules = tuple(catalogue.modules)
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from(modules or ("",)),
                st.sampled_from(DAYS),
                st.none() | st.sampled_from(DAYS),
            ),
            max_size=3 if modules else 0,
        )
    )
    runs = [run(f"r{n}", *facts) for n, facts in enumerate(drawn)]
    ids = st.sampled_from(tuple(catalogue.profiles))
    return Asked(
        catalogue.model_copy(update={"runs": Records(runs, "module run")}),
        tuple(draw(st.lists(ids, min_size=1, max_size=3, unique=True))),
        draw(horizons()),
        draw(st.sampled_from([AS_OF, *DAYS])),
    )


class Naive:
    """The definitions of the docstrings, one thing at a time."""

    def __init__(self, asked: Asked) -> None:
        self.catalogue, self.profiles, horizon, self.on = asked
        nobody = fp.Employee(id="nobody")
        self.need = {
            name: Oracle(self.catalogue, nobody, name, horizon).need for name in self.profiles
        }
        self.offered = [
            one
            for one in self.catalogue.modules.values()
            if one.valid_to is None or one.valid_to >= self.on
        ]
        scale = self.catalogue.taxonomy.scale
        assert scale is not None
        self.top = scale.top
        self.competences = list(self.catalogue.taxonomy.competences)
        self.uniform = [
            self.come_to(dict.fromkeys(self.competences, level), None, True)
            for level in range(self.top + 1)
        ]
        self.sides = {
            one.id: (
                self.come_to(dict(one.brings), one.education_level, True),
                self.come_to(dict(one.brings), one.education_level, False),
            )
            for one in self.catalogue.backgrounds.values()
            if one.brings is not None
        }

    def come_to(self, levels: dict[str, int], schooling: int | None, strict: bool) -> set[str]:
        """Take whatever is open, one module at a time, until there is no more."""
        passed: set[str] = set()
        while True:
            for one in self.offered:
                if one.id in passed or not self.is_open(one, levels, schooling, strict, passed):
                    continue
                passed.add(one.id)
                for name, level in (one.teaches or {}).items():
                    levels[name] = max(levels.get(name, 0), level)
                break
            else:
                return passed

    def is_open(
        self,
        one: fp.Module,
        levels: Mapping[str, int],
        schooling: int | None,
        strict: bool,
        passed: Collection[str],
    ) -> bool:
        if any(levels.get(name, 0) < level for name, level in (one.entry or {}).items()):
            return False
        least = one.formal_entry.education_level if one.formal_entry else None
        if strict and least is not None and schooling is not None and schooling < least:
            return False
        return not one.project or any(
            self.is_due(one, programme, passed) for programme in self.catalogue.programmes.values()
        )

    def is_due(self, one: fp.Module, of: Programme, passed: Collection[str]) -> bool:
        if of.project != one.id and one.programme != of.id:
            return False
        if of.ects is None or one.ects is None:
            return False
        modules = self.catalogue.modules
        counted = [modules[x].ects or 0 for x in passed if modules[x].programme == of.id]
        return sum(counted) >= of.ects - one.ects

    def begins(self, one: fp.Module) -> dt.date | None:
        runs = [x for x in self.catalogue.runs.values() if x.module == one.id]
        if not runs:
            return self.on if one.valid_from is None else max(one.valid_from, self.on)
        days = [
            x.start
            for x in runs
            if x.start >= self.on
            and (x.deadline is None or x.deadline >= self.on)
            and one.holds_on(x.start)
        ]
        return min(days) if days else None

    def teaching(self, competence: str, step: int) -> list[fp.Module]:
        return [
            x
            for x in self.offered
            if (x.entry or {}).get(competence, 0) < step <= (x.teaches or {}).get(competence, 0)
        ]

    def line(self, competence: str, step: int) -> dict[str, Any] | None:
        """All that should be said of a step, or None where no profile needs it."""
        weights = {n: need[competence, step] for n, need in self.need.items()}
        weights = {n: weight for n, weight in weights.items() if weight > 0}
        if not weights:
            return None
        teaching = self.teaching(competence, step)
        now = [one for one in teaching if one.holds_on(self.on)]
        ids = {one.id for one in now or teaching}
        days = [begins for one in teaching if (begins := self.begins(one)) is not None]
        prices = [(one.price.low + one.price.high, one.id) for one in now or teaching if one.price]
        points = [(one.ects, one.id) for one in now or teaching if one.ects is not None]
        levels = [level for level, found in enumerate(self.uniform) if found & ids]
        brings = {one.id: one.brings or {} for one in self.catalogue.backgrounds.values()}
        has = {name for name in self.sides if brings[name].get(competence, 0) >= step}
        gets = {name for name, (found, _) in self.sides.items() if found & ids} - has
        would = {name for name, (_, found) in self.sides.items() if found & ids} - has - gets
        return {
            "competence": competence,
            "step": step,
            "weight": max(weights.values()),
            "weights": weights,
            "served": bool(now),
            "modules": [one.id for one in teaching],
            "cheapest": min(prices)[1] if prices else None,
            "shortest": min(points)[1] if points else None,
            "entry_level": min(levels) if levels else None,
            "begins": min(days) if days else None,
            "brought_by": sorted(has),
            "reached_from": sorted(gets),
            "kept_out": sorted(would),
        }

    def lift(self, modules: list[fp.Module], brings: Mapping[str, int]) -> dict[str, Any]:
        taught = {
            name: max((one.teaches or {}).get(name, 0) for one in modules)
            for name in self.competences
        }
        cells = [(name, step) for name in self.competences for step in range(1, self.top + 1)]
        repeated = [(n, s) for n, s in cells if s <= taught[n] and s <= brings.get(n, 0)]
        added = [(n, s) for n, s in cells if brings.get(n, 0) < s <= taught[n]]
        held = [(n, s) for n, s in cells if s <= brings.get(n, 0)]
        missing = [(n, s) for n, s in cells if s > max(taught[n], brings.get(n, 0))]
        return {
            "repeats": _counted(repeated),
            "adds": _counted(added),
            "brings": {n: sum(need[x] for x in held) for n, need in self.need.items()},
            "closes": {n: sum(need[x] for x in added) for n, need in self.need.items()},
            "open": {n: sum(need[x] for x in missing) for n, need in self.need.items()},
        }


def _counted(cells: list[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, _ in cells:
        found[name] = found.get(name, 0) + 1
    return found


def said_of(need: Need) -> dict[str, Any]:
    said = {name: getattr(need, name) for name in Need.model_fields}
    for name in ("name", "best_founded", "status"):
        del said[name]
    said["modules"] = [one.module for one in need.modules]
    said["weight"] = Fraction(need.weight)
    said["weights"] = {name: Fraction(weight) for name, weight in need.weights.items()}
    return {name: list(x) if isinstance(x, tuple) else x for name, x in said.items()}


@examples(200)
@given(asked())
def test_each_need_is_what_a_naive_count_says(asked: Asked) -> None:
    naive, found = Naive(asked), asked.coverage()
    lines = [
        naive.line(name, step) for name in naive.competences for step in range(1, naive.top + 1)
    ]
    assert [said_of(need) for need in found.needs] == [line for line in lines if line]
    for need in found.needs:
        for offer in need.modules:
            levels = [n for n, opened in enumerate(naive.uniform) if offer.module in opened]
            assert offer.entry_level == (min(levels) if levels else None)
            assert offer.begins == naive.begins(asked.catalogue.modules[offer.module])


@examples(150)
@given(asked())
def test_each_lift_is_what_a_naive_count_says(asked: Asked) -> None:
    naive, found = Naive(asked), asked.coverage()
    backgrounds = asked.catalogue.backgrounds
    modules = asked.catalogue.modules
    parts = ("repeats", "adds", "brings", "closes", "open")
    for one in (*found.programmes, *found.modules):
        brings = {} if one.background is None else backgrounds[one.background].brings or {}
        said = {name: dict(getattr(one, name)) for name in parts}
        assert said == naive.lift([modules[name] for name in one.modules], brings)
    starts = [None, *naive.sides]
    teaching = [one for one in naive.offered if any((one.teaches or {}).values())]
    assert [(one.education, one.background) for one in found.modules] == [
        (one.id, start) for one in teaching for start in starts
    ]
    rules = asked.catalogue.programmes["g0"]
    own = [x for x in naive.offered if x.programme == "g0" or x.id == rules.project]
    mapped = [x.id for x in own if x.teaches is not None]
    unknown = [x.id for x in own if x.teaches is None]
    assert [(x.background, list(x.modules), list(x.unknown)) for x in found.programmes] == [
        (start, mapped, unknown) for start in starts if mapped
    ]


# --- laws ---------------------------------------------------------------------------------------


def with_modules(catalogue: fp.Catalogue, modules: Iterable[fp.Module]) -> fp.Catalogue:
    return catalogue.model_copy(update={"modules": Records(modules, "module")})


@examples(100)
@given(asked(), st.data())
def test_another_module_takes_nothing_away(asked: Asked, data: st.DataObject) -> None:
    modules = list(asked.catalogue.modules.values())
    if not modules:
        return
    more = data.draw(st.sampled_from(modules))
    runs = [one for one in asked.catalogue.runs.values() if one.module != more.id]
    fewer = with_modules(asked.catalogue, [one for one in modules if one.id != more.id])
    fewer = fewer.model_copy(update={"runs": Records(runs, "module run")})
    programmes = [
        one.model_copy(update={"project": None if one.project == more.id else one.project})
        for one in fewer.programmes.values()
    ]
    fewer = fewer.model_copy(update={"programmes": Records(programmes, "programme")})
    before, after = steps(asked.coverage(catalogue=fewer)), steps(asked.coverage())
    assert list(before) == list(after)
    for key, need in before.items():
        assert {one.module for one in need.modules} <= {one.module for one in after[key].modules}
        assert need.served <= after[key].served
        if not need.served:
            continue
        assert set(need.reached_from) <= set(after[key].reached_from)
        if need.entry_level is not None:
            level = after[key].entry_level
            assert level is not None
            assert level <= need.entry_level


@examples(100)
@given(asked())
def test_what_is_served_in_one_profile_is_served_in_all_together(asked: Asked) -> None:
    together = steps(asked.coverage())
    seen = set()
    for name in asked.profiles:
        alone = steps(asked.coverage(profiles=(name,)))
        seen |= set(alone)
        for key, need in alone.items():
            assert need.served == together[key].served
            assert need.modules == together[key].modules
            assert need.weight == together[key].weights[name] <= together[key].weight
    assert seen == set(together)


@examples(100)
@given(asked())
def test_the_numbers_add_up(asked: Asked) -> None:
    found = asked.coverage()
    together, *each = found.profiles
    assert together.needed - together.served == sum(need.weight for need in found.unserved)
    assert together.synthetic == sum(need.weight for need in found.only_synthetic)
    for one in each:
        own = [need for need in found.needs if one.profile in need.weights]
        assert one.needed == sum(need.weights[str(one.profile)] for need in own)
    nobody = {one.education: one for one in found.modules if one.background is None}
    for lift in (*found.programmes, *found.modules):
        left = found.left_open(lift)
        assert [need.weight for need in left] == sorted((n.weight for n in left), reverse=True)
        for one in each:
            name = str(one.profile)
            assert lift.open[name] == sum(
                need.weights[name] for need in found.left_open(lift, name)
            )
            assert lift.brings[name] + lift.closes[name] + lift.open[name] == one.needed
        if lift.education in nobody and lift.background is not None:
            assert lift.steps == nobody[lift.education].steps
    named = {one.module for need in found.needs for one in need.modules}
    parts = [
        named,
        {one.module for one in found.unneeded},
        {one.module for one in found.unknown},
        {one.id for one in found.left_out if one.kind == "module"},
    ]
    assert sorted(x for part in parts for x in part) == list(asked.catalogue.modules)


@examples(60)
@given(asked(), st.randoms())
def test_the_order_of_records_does_not_matter(asked: Asked, chance: Any) -> None:
    fields = {}
    for name in ("modules", "profiles", "programmes", "runs", "funding", "backgrounds"):
        fields[name] = list(getattr(asked.catalogue, name).values())
        chance.shuffle(fields[name])
    shuffled = fp.Catalogue(taxonomy=asked.catalogue.taxonomy, **fields)
    found = asked.coverage()
    assert asked.coverage(catalogue=shuffled) == found
    turned = asked.coverage(profiles=asked.profiles[::-1])
    assert turned.needs == found.needs
    assert turned.profiles[1:] == found.profiles[:0:-1]
    assert (turned.unneeded, turned.programmes) == (found.unneeded, found.programmes)


@examples(40)
@given(asked())
def test_a_coverage_can_be_stored(asked: Asked) -> None:
    found = asked.coverage()
    assert Coverage.model_validate_json(found.model_dump_json()) == found
    assert pickle.loads(pickle.dumps(found)) == found


def test_a_coverage_cannot_be_changed() -> None:
    found = fp.coverage(world())
    with pytest.raises(TypeError, match="cannot be changed"):
        found.needs[0].weights["job"] = 2.0
    with pytest.raises(ValidationError, match="frozen"):
        found.needs = ()


# --- tables -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("what", ["needs", "unserved", "unneeded", "programmes", "profiles"])
def test_every_kind_of_table_has_the_same_columns(kind: Any, what: str) -> None:
    pytest.importorskip(kind)
    found = fp.coverage(world(module("a", {"c0": 1}, programme="g"), programmes=[programme("g")]))
    rows = {
        "needs": 2 * len(found.needs),
        "unserved": len(found.unserved),
        "unneeded": 0,
        "programmes": 1,
        "profiles": 2,
    }
    table = found.to_frame(what, kind)
    names = table.column_names if kind == "pyarrow" else list(table.columns)
    assert len(table) == rows[what]
    assert names == list(fp.coverage(world()).to_frame(what, "pandas").columns)


def rows_of(found: Coverage, what: str, **options: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = found.to_frame(what, "pyarrow", **options).to_pylist()
    return rows


def test_the_table_of_needs_has_those_of_all_and_of_each() -> None:
    catalogue = world(
        module("a", {"c0": 1}, ects=5, price=(100, 300), entry={"c2": 1}),
        module("b", {"c0": 1}, ects=10, price=100, valid_from=day(0)),
        backgrounds=[background("b0", {"c2": 1}), background("b1", {"c0": 2})],
    )
    rows = rows_of(fp.coverage(catalogue), "needs")
    assert [(row["profile"], row["competence"], row["step"], row["weight"]) for row in rows] == [
        (name, *line)
        for name in (None, "job")
        for line in (
            ("c0", 1, 1.0),
            ("c0", 2, 1.0),
            ("c0", 3, 1.0),
            ("c1", 1, 0.5),
            ("c1", 2, 0.5),
        )
    ]
    assert rows[0] == {
        "profile": None,
        "competence": "c0",
        "name": "C0",
        "step": 1,
        "weight": 1.0,
        "served": True,
        "modules": "a, b",
        "cheapest": "b",
        "price_low": 100.0,
        "price_high": 100.0,
        "shortest": "a",
        "ects": 5.0,
        "entry_level": 0,
        "begins": AS_OF.isoformat(),
        "brought_by": "b1",
        "reached_from": "b0",
        "kept_out": None,
        "best_founded": "editorial",
        "status": "editorial",
    }


def test_each_profile_has_its_own_weights_in_the_table() -> None:
    jobs = [profile("p0", {"c0": (1, 1, 2.0)}), profile("p1", {"c0": (2, 2, 1.0)})]
    rows = rows_of(fp.coverage(small(3, ["c0"], jobs)), "needs")
    assert [(row["profile"], row["step"], row["weight"]) for row in rows] == [
        (None, 1, 2.0),
        (None, 2, 1.0),
        ("p0", 1, 2.0),
        ("p1", 1, 1.0),
        ("p1", 2, 1.0),
    ]


def test_the_other_tables_say_what_the_result_says() -> None:
    catalogue = world(
        module("a", {"c0": 2}, programme="g", provenance=founded("synthetic")),
        module("idle", {"c2": 1}, ects=5),
        module("unknown", programme="g"),
        programmes=[programme("g"), programme("silent")],
        backgrounds=[background("b0", {"c0": 1})],
    )
    found = fp.coverage(catalogue)
    unserved = [
        (row["competence"], row["step"], row["profiles"]) for row in rows_of(found, "unserved")
    ]
    assert unserved == [("c0", 3, "job"), ("c1", 1, "job"), ("c1", 2, "job")]
    made_up = [(row["step"], row["modules"]) for row in rows_of(found, "only synthetic")]
    assert made_up == [(1, "a"), (2, "a")]
    assert [(row["module"], row["teaches"]) for row in rows_of(found, "unneeded")] == [
        ("idle", "c2 1")
    ]
    assert [(row["module"], row["teaches"]) for row in rows_of(found, "unknown")] == [
        ("unknown", None)
    ]
    trained = rows_of(found, "programmes", lang="en")[1]
    assert trained == {
        "education": "g",
        "title": "g",
        "background": "b0",
        "profile": "job",
        "steps": 2,
        "repeated": 0.5,
        "repeats": "c0 1",
        "adds": "c0 1",
        "needed": 4.0,
        "brings": 1.0,
        "closes": 1.0,
        "open": 2.0,
        "modules": "a",
        "unknown": "unknown",
        "status": "synthetic",
    }
    assert [row["education"] for row in rows_of(found, "modules")] == ["a", "a", "idle", "idle"]
    shares = [(row["profile"], row["share"]) for row in rows_of(found, "profiles")]
    assert shares == [(None, 0.5), ("job", 0.5)]
    assert rows_of(found, "left out", lang="en") == [
        {"kind": "programme", "id": "silent", "reason": "not known what its modules teach"}
    ]


# --- the bundled catalogue ----------------------------------------------------------------------


def test_every_need_of_the_bundled_profiles_is_served_but_partly_by_made_up_modules(
    catalogue: fp.Catalogue,
) -> None:
    found = fp.coverage(catalogue)
    assert found.unserved == ()
    assert found.status is Status.SYNTHETIC
    real = [one for one in catalogue.modules.values() if not one.id.startswith("syn-")]
    documented = fp.coverage(with_modules(catalogue, real))
    keys = [
        [(need.competence, need.step) for need in x]
        for x in (documented.unserved, found.only_synthetic)
    ]
    assert keys[0] == keys[1]
    assert ("virksomhedskontakt", 1) in keys[0]


def test_the_common_modules_repeat_most_for_social_workers(catalogue: fp.Catalogue) -> None:
    found = fp.coverage(catalogue, "basis")
    repeated = {
        one.background: one.repeated
        for one in found.modules
        if one.education == "syn-introduktion-nyansat"
    }
    assert max(repeated.values()) == repeated["socialraadgiver"] == 1.0
    assert repeated[None] == repeated["ingen-relevant"] == 0.0


def test_what_is_founded_on_sources_alone_can_be_official() -> None:
    sure = Provenance(status=Status.OFFICIAL, sources=("a law",))
    rows = [
        row.model_copy(update={"provenance": sure})
        for row in profile("job", NEEDS).requirements or ()
    ]
    job = profile("job", NEEDS).model_copy(update={"requirements": rows, "provenance": sure})
    one = module("a", {"c0": 3}, provenance=sure).model_copy(update={"teaches_provenance": sure})
    found = fp.coverage(small(3, ["c0", "c1"], [job], [one]))
    assert {need.status for need in found.needs} == {Status.OFFICIAL}
    assert found.status is Status.OFFICIAL
