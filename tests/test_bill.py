"""Caps, windows and schemes over several modules, against what each rule says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import founded, module, profile, small, text

import fagprofil as fp
from fagprofil.bill import Bill, BillLine, Purchase, bill
from fagprofil.funding import net_price
from fagprofil.model import FundingScheme

DAY = dt.date(2027, 2, 1)
ANNA = fp.Employee(id="anna", employer="kommune")
PRICES = {"m0": 10_000, "m1": 20_000, "m2": (9_000, 12_000), "m3": None}


def scheme(name: str, **rules: Any) -> FundingScheme:
    record = {
        "id": name,
        "name": text(name),
        "covers": "fee",
        "who": text("who"),
        "what": text("what"),
        "employers": ("kommune",),
        "levels": ("diplom",),
        "share": 0.8,
        "confirmed_to": dt.date(2030, 12, 31),
        "provenance": founded(),
    }
    return FundingScheme.model_validate({**record, **rules})


def catalogue(*schemes: FundingScheme) -> fp.Catalogue:
    modules = [
        module(name, {"c0": 1}, **({} if price is None else {"price": price}))
        for name, price in PRICES.items()
    ]
    job = profile("job", {"c0": (1, 1, 1.0)})
    return small(1, ["c0"], [job], modules, funding=list(schemes))


def start(name: str, day: dt.date = DAY, person: str = "anna") -> Purchase:
    return Purchase(employee=person, module=name, start=day)


def paid(*purchases: Purchase, by: fp.Catalogue, **options: Any) -> Bill:
    return bill(purchases, [ANNA, fp.Employee(id="bo", employer="kommune")], by, **options)


def grants(line: BillLine) -> list[tuple[str, float, float]]:
    return [(one.scheme, one.low, one.high) for one in line.grants]


def notes(line: BillLine) -> list[str | None]:
    return [one.en for one in line.notes]


@pytest.mark.parametrize("name", PRICES)
def test_one_module_costs_what_its_price_says(name: str) -> None:
    world = catalogue(scheme("fund", cap=6_000, cap_period="12-months"), scheme("other", share=0.1))
    (line,) = paid(start(name), by=world).lines
    alone = net_price(world.modules[name], ANNA, world, DAY)
    if alone is None:
        assert (line.gross_low, line.net_low, line.grants) == (None, None, ())
    else:
        assert (line.net_low, line.net_high) == (alone.low, alone.high)
        assert line.grants[0].scheme == alone.scheme
        assert (line.grants[0].rule, line.grants[0].sources) == (alone.rule, alone.sources)


def test_a_cap_holds_over_any_twelve_months() -> None:
    world = catalogue(scheme("fund", cap=20_000, cap_period="12-months"))
    days = [dt.date(2027, 2, 1), dt.date(2027, 9, 1), dt.date(2028, 2, 1), dt.date(2028, 2, 2)]
    found = paid(*(start("m1", day) for day in days), by=world)
    # 80 % of 20,000 is 16,000; the rest of 20,000 is 4,000; a year later the first counts no more,
    # the second still does; a day later the third does as well.
    assert [one.grants[0].low if one.grants else 0 for one in found.lines] == [
        16_000,
        4_000,
        16_000,
        0,
    ]
    assert notes(found.lines[3]) == ["the cap of fund is used up"]


def test_a_cap_of_a_calendar_year_begins_anew_in_january() -> None:
    world = catalogue(scheme("fund", share=1.0, cap=10_000, cap_period="calendar-year"))
    days = [dt.date(2027, 9, 1), dt.date(2027, 12, 31), dt.date(2028, 1, 1)]
    found = paid(*(start("m1", day) for day in days), by=world)
    assert [one.net_low for one in found.lines] == [10_000, 20_000, 10_000]


def test_each_person_has_a_cap_of_their_own() -> None:
    world = catalogue(scheme("fund", cap=8_000, cap_period="12-months"))
    found = paid(start("m0"), start("m0", person="bo"), by=world)
    assert [one.net_low for one in found.lines] == [2_000, 2_000]


def test_schemes_known_to_go_together_share_the_price() -> None:
    first = scheme("first", stacks_with=["second"])
    second = scheme("second", share=0.5)
    (line,) = paid(start("m0"), by=catalogue(first, second)).lines
    # The second pays half of the price at most, and of what is left, which is less.
    assert grants(line) == [("first", 8_000, 8_000), ("second", 2_000, 2_000)]
    assert (line.net_low, line.net_high) == (0, 0)


def test_what_is_not_known_to_go_together_is_not_added_but_told() -> None:
    (line,) = paid(start("m0"), by=catalogue(scheme("first"), scheme("second", share=0.5))).lines
    assert grants(line) == [("first", 8_000, 8_000)]
    assert notes(line) == ["it is not known if second can be added to first"]


def test_schemes_that_exclude_each_other_are_not_added() -> None:
    world = catalogue(scheme("first"), scheme("second", share=0.5, excludes=["first"]))
    (line,) = paid(start("m0"), by=world).lines
    assert grants(line) == [("first", 8_000, 8_000)]
    assert line.notes == ()


def test_when_one_cap_is_used_up_another_scheme_pays() -> None:
    world = catalogue(
        scheme("first", cap=8_000, cap_period="12-months"), scheme("second", share=0.5)
    )
    found = paid(start("m0"), start("m0", DAY + dt.timedelta(days=30)), by=world)
    assert [grants(one) for one in found.lines] == [
        [("first", 8_000, 8_000)],
        [("second", 5_000, 5_000)],
    ]


def test_days_to_apply_are_counted_from_the_start() -> None:
    world = catalogue(scheme("fund", apply_earliest_months=9, apply_latest_days=1))
    (line,) = paid(start("m0", dt.date(2027, 3, 31)), by=world).lines
    assert (line.grants[0].apply_from, line.grants[0].apply_until) == (
        dt.date(2026, 6, 30),
        dt.date(2027, 3, 30),
    )
    for on, net in ((dt.date(2027, 3, 30), 2_000), (dt.date(2027, 3, 31), 10_000)):
        (line,) = paid(start("m0", dt.date(2027, 3, 31)), by=world, on=on).lines
        assert line.net_low == net
    assert notes(line) == ["it is too late to apply to fund"]


def test_those_who_start_together_can_ask_beforehand() -> None:
    world = catalogue(scheme("fund", group_from=2))
    alone, *both = (
        paid(*wanted, by=world).lines
        for wanted in ([start("m0")], [start("m0"), start("m0", person="bo")])
    )
    assert [one.grants[0].group for one in alone] == [False]
    assert [one.grants[0].group for line in both for one in line] == [True, True]
    (line,) = paid(start("m0"), by=catalogue(scheme("fund"))).lines
    assert line.grants[0].group is None


def test_who_may_be_paid_is_told_where_a_fact_is_unknown() -> None:
    world = catalogue(scheme("fund"))
    (line,) = bill([start("m0")], [fp.Employee(id="anna")], world).lines
    assert (line.net_low, line.grants) == (10_000, ())
    assert notes(line) == ["it is not known if fund pays"]


def test_sums_are_those_of_the_lines() -> None:
    world = catalogue(scheme("fund"))
    found = paid(*map(start, PRICES), by=world)
    gross = 10_000 + 20_000 + (9_000 + 12_000) / 2
    assert found.gross == gross
    assert found.paid == {"fund": pytest.approx(0.8 * gross)}
    assert found.net == pytest.approx(0.2 * gross)
    assert found.unpriced == 1


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wanted = [start("m0"), start("m0"), start("mO"), start("m1", person="ana")]
    with pytest.raises(fp.errors.DataError) as caught:
        paid(*wanted, by=catalogue())
    text = str(caught.value)
    assert "3 problems" in text
    assert "did you mean 'anna'" in text
    assert "expected a module started once" in text


# --- laws -----------------------------------------------------------------------------------------

DAYS = st.integers(0, 900).map(lambda n: DAY + dt.timedelta(days=n))
PURCHASES = st.lists(
    st.builds(start, st.sampled_from([*PRICES]), DAYS, st.sampled_from(["anna", "bo"])),
    max_size=8,
    unique_by=lambda one: (one.employee, one.module, one.start),
)
RULES = st.fixed_dictionaries(
    {"share": st.sampled_from([0.3, 0.8, 1.0])},
    optional={
        "cap": st.sampled_from([0, 5_000, 15_000]),
        "cap_period": st.sampled_from(["12-months", "calendar-year"]),
        "stacks_with": st.sampled_from([(), ("a",), ("b",), ("c",)]),
        "apply_latest_days": st.sampled_from([0, 40]),
    },
)


@st.composite
def worlds(draw: st.DrawFn) -> fp.Catalogue:
    schemes = []
    for name in "abc":
        rules = draw(RULES)
        rules["stacks_with"] = [one for one in rules.pop("stacks_with", ()) if one != name]
        schemes.append(scheme(name, **rules))
    return catalogue(*schemes)


def within(one: FundingScheme, first: dt.date, second: dt.date) -> bool:
    if one.cap_period == "calendar-year":
        return first.year == second.year
    # The same day a year later is no longer within 12 months.
    low, high = sorted((first, second))
    try:
        anniversary = low.replace(year=low.year + 1)
    except ValueError:
        anniversary = dt.date(low.year + 1, 2, 28)
    return high < anniversary


@given(worlds(), PURCHASES)
def test_grants_and_what_is_left_make_the_price_and_no_cap_is_broken(
    world: fp.Catalogue, wanted: list[Purchase]
) -> None:
    found = paid(*wanted, by=world)
    for line in found.lines:
        for gross, net, end in (
            (line.gross_low, line.net_low, "low"),
            (line.gross_high, line.net_high, "high"),
        ):
            granted = [getattr(one, end) for one in line.grants]
            assert all(one >= 0 for one in granted)
            if gross is not None and net is not None:
                assert net >= -1e-9
                assert net + sum(granted) == pytest.approx(gross)
    for one in world.funding.values():
        if one.cap is None:
            continue
        for line in found.lines:
            same = [
                grant.high
                for other in found.lines
                for grant in other.grants
                if other.employee == line.employee
                and grant.scheme == one.id
                and other.start <= line.start
                and within(one, other.start, line.start)
            ]
            assert sum(same) <= one.cap + 1e-9


@given(worlds(), PURCHASES, st.randoms(use_true_random=False))
def test_the_order_in_which_modules_are_listed_does_not_matter(
    world: fp.Catalogue, wanted: list[Purchase], random: Any
) -> None:
    order = list(range(len(wanted)))
    random.shuffle(order)
    first, second = paid(*wanted, by=world), paid(*(wanted[i] for i in order), by=world)
    assert [first.lines[i] for i in order] == list(second.lines)
    assert first.net == pytest.approx(second.net)


@given(worlds(), PURCHASES)
def test_people_do_not_draw_on_each_other(world: fp.Catalogue, wanted: list[Purchase]) -> None:
    whole = [one for one in paid(*wanted, by=world).lines if one.employee == "anna"]
    own = paid(*(one for one in wanted if one.employee == "anna"), by=world)
    assert [(one.net_low, one.net_high) for one in whole] == [
        (one.net_low, one.net_high) for one in own.lines
    ]
