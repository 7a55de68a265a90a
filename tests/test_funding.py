from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import numpy as np
import pytest

from fagprofil.catalogue import Catalogue
from fagprofil.funding import NetPrice, PriceList, education_level, net_price
from fagprofil.ladder import ladder_of
from fagprofil.model import Employee, FundingScheme, Module, Records

DAY = dt.date(2026, 11, 22)
OURS = {"status": "editorial"}
THEIRS = {"status": "sourced", "sources": ["https://fonden.dk"]}
SOMEBODY = Employee(id="a", employer="kommune", agreement="hk", backgrounds=("kommunom",))


def scheme(name: str = "fonden", **rules: Any) -> FundingScheme:
    """A scheme that pays 80 per cent for everybody, with some rules as given."""
    open_to_all = {
        "employers": ["kommune", "a-kasse", "other"],
        "levels": ["akademi", "diplom"],
        "share": 0.8,
        "confirmed_to": "2026-12-31",
    }
    record = {
        "id": name,
        "name": {"da": "Fonden", "en": "The fund"},
        "covers": "fee",
        "who": {"da": "Alle"},
        "what": {"da": "Gebyr"},
        "provenance": THEIRS,
    }
    return FundingScheme.model_validate({**record, **open_to_all, **rules})


def module(low: float = 12_000, high: float | None = None, **fields: Any) -> Module:
    price = {"low": low, "high": low if high is None else high, "provenance": OURS}
    record = {"id": "m", "title": {"da": "M"}, "level": "diplom", "provenance": OURS}
    return Module.model_validate({**record, "price": price, **fields})


def person(**facts: Any) -> Employee:
    return SOMEBODY.model_copy(update=facts)


def paid(
    catalogue: Catalogue,
    *schemes: FundingScheme,
    of: Module | None = None,
    by: Employee = SOMEBODY,
    on: dt.date = DAY,
) -> NetPrice:
    """The price where only these schemes exist."""
    small = catalogue.model_copy(update={"funding": Records(schemes, "funding")})
    found = net_price(of or module(), by, small, on)
    assert found is not None
    return found


# --- The arithmetic ------------------------------------------------------------------------------


def test_80_per_cent_of_12000_kr_leaves_2400(catalogue: Catalogue) -> None:
    found = paid(catalogue, scheme())
    assert found.gross_low == found.gross_high == 12_000
    assert found.low == found.high == found.amount == 12_000 - 0.8 * 12_000 == 2_400
    assert (found.scheme, found.sources, found.confirmed) == (
        "fonden",
        ("https://fonden.dk",),
        True,
    )
    assert found.possible == ()


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (dt.date(2022, 6, 1), "kommunale-kompetencefond-2021"),
        (dt.date(2025, 6, 1), "kommunale-kompetencefond-2024"),
    ],
)
def test_the_municipal_fund_leaves_a_fifth(catalogue: Catalogue, on: dt.date, name: str) -> None:
    # Omstillingsfonden is not for graduates.
    graduate = person(agreement="ac", backgrounds=("akademiker",))
    found = net_price(module(), graduate, catalogue, on)
    assert found is not None
    assert (found.scheme, found.amount) == (name, 2_400)


@pytest.mark.parametrize(
    ("price", "cap", "left"),
    [
        (12_000, 30_000, 2_400),  # 9,600 is below the cap
        (50_000, 30_000, 20_000),  # 40,000 is above it
        (37_500, 30_000, 7_500),  # 30,000 is the cap itself
        (12_000, 0, 12_000),
        (0, 30_000, 0),
    ],
)
def test_a_cap_limits_what_is_paid(
    catalogue: Catalogue, price: float, cap: float, left: float
) -> None:
    assert paid(catalogue, scheme(cap=cap), of=module(price)).amount == left


def test_both_ends_of_a_range_are_funded(catalogue: Catalogue) -> None:
    found = paid(catalogue, scheme(share=1, cap=10_000), of=module(9_500, 14_500))
    assert (found.gross_low, found.gross_high) == (9_500, 14_500)
    assert (found.low, found.high) == (0, 14_500 - 10_000)
    assert found.amount == (0 + 4_500) / 2


def test_an_unknown_price_has_no_net_price(catalogue: Catalogue) -> None:
    assert net_price(module(price=None), SOMEBODY, catalogue, DAY) is None


def test_without_a_scheme_the_whole_price_is_left(catalogue: Catalogue) -> None:
    found = paid(catalogue, of=module(9_500, 14_500))
    assert (found.low, found.high, found.scheme) == (9_500, 14_500, None)
    assert found.rule.in_("en") == "no scheme is known to pay"
    assert (found.sources, found.confirmed, found.possible) == ((), True, ())


# --- The rule in words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "danish", "english"),
    [
        ({}, "80% af prisen, loft ikke kendt", "80% of the price, cap not known"),
        (
            {"cap": 30_000, "cap_period": "12-months"},
            "80% af prisen, højst 30.000 kr. pr. person pr. 12 måneder",
            "80% of the price, at most 30,000 kr per person and 12 months",
        ),
        (
            {"share": 1, "cap": 10_000, "cap_period": "calendar-year"},
            "100% af prisen, højst 10.000 kr. pr. person pr. år",
            "100% of the price, at most 10,000 kr per person and year",
        ),
        (
            {"cap": 500},
            "80% af prisen, højst 500 kr. pr. person pr. periode",
            "80% of the price, at most 500 kr per person and period",
        ),
    ],
)
def test_the_rule_says_share_and_cap(
    catalogue: Catalogue, rules: dict[str, Any], danish: str, english: str
) -> None:
    rule = paid(catalogue, scheme(**rules)).rule
    assert (rule.da, rule.en) == (f"Fonden: {danish}", f"The fund: {english}")


# --- Conditions ----------------------------------------------------------------------------------

PAYS, POSSIBLE, NOT = "pays", "possible", "not"


def verdict(found: NetPrice) -> str:
    if found.scheme is not None:
        assert found.possible == ()
        return PAYS
    return POSSIBLE if found.possible == ("fonden",) else NOT


@pytest.mark.parametrize(
    ("rules", "facts", "expected"),
    [
        ({"employers": ["kommune"]}, {"employer": "kommune"}, PAYS),
        ({"employers": ["kommune"]}, {"employer": "a-kasse"}, NOT),
        ({"employers": ["kommune"]}, {"employer": None}, POSSIBLE),
        ({"employers": None}, {"employer": "kommune"}, POSSIBLE),
        ({"employers": []}, {"employer": "kommune"}, NOT),
        ({"agreements": ["hk", "ds"]}, {"agreement": "ds"}, PAYS),
        ({"agreements": ["hk", "ds"]}, {"agreement": "ac"}, NOT),
        ({"agreements": ["hk", "ds"]}, {"agreement": None}, POSSIBLE),
        ({"agreements": None}, {"agreement": None}, PAYS),
        ({"excluded_backgrounds": ["akademiker"]}, {"backgrounds": ("kommunom",)}, PAYS),
        ({"excluded_backgrounds": ["akademiker"]}, {"backgrounds": ()}, PAYS),
        (
            {"excluded_backgrounds": ["akademiker"]},
            {"backgrounds": ("kommunom", "akademiker")},
            NOT,
        ),
        ({"excluded_backgrounds": ["akademiker"]}, {"backgrounds": None}, POSSIBLE),
        ({"excluded_backgrounds": None}, {"backgrounds": None}, PAYS),
        ({"max_education_level": 6}, {"education_level": 6}, PAYS),
        ({"max_education_level": 6}, {"education_level": 7}, NOT),
        ({"max_education_level": 6}, {"backgrounds": None}, POSSIBLE),
        ({"max_education_level": 6}, {"backgrounds": ("akademiker",)}, NOT),
        ({"min_education_level": 5}, {"education_level": 5}, PAYS),
        ({"min_education_level": 5}, {"education_level": 4}, NOT),
        ({"min_education_level": 5}, {"backgrounds": None}, POSSIBLE),
        ({"min_education_level": 5}, {"backgrounds": ("kommunom",)}, PAYS),
    ],
)
def test_each_condition_on_the_person(
    catalogue: Catalogue, rules: dict[str, Any], facts: dict[str, Any], expected: str
) -> None:
    assert verdict(paid(catalogue, scheme(**rules), by=person(**facts))) == expected


@pytest.mark.parametrize(
    ("rules", "fields", "expected"),
    [
        ({"levels": ["diplom"]}, {"level": "diplom"}, PAYS),
        ({"levels": ["diplom"]}, {"level": "akademi"}, NOT),
        ({"levels": None}, {}, POSSIBLE),
        ({"programmes": ["kommunom"]}, {"programme": "kommunom"}, PAYS),
        ({"programmes": ["kommunom"]}, {"programme": "hd"}, NOT),
        ({"programmes": []}, {"programme": "hd"}, NOT),
        ({"modules": ["m"]}, {}, PAYS),
        ({"modules": ["kommunalret"]}, {}, NOT),
        ({"programmes": ["kommunom"], "modules": ["m"]}, {"programme": "hd"}, PAYS),
        ({"programmes": ["hd"], "modules": ["kommunalret"]}, {"programme": "hd"}, PAYS),
        ({"programmes": ["kommunom"], "modules": ["kommunalret"]}, {"programme": "hd"}, NOT),
    ],
)
def test_each_condition_on_the_module(
    catalogue: Catalogue, rules: dict[str, Any], fields: dict[str, Any], expected: str
) -> None:
    assert verdict(paid(catalogue, scheme(**rules), of=module(**fields))) == expected


def test_one_condition_that_fails_outweighs_all_that_are_unknown(catalogue: Catalogue) -> None:
    rules = {"employers": ["kommune"], "agreements": ["hk"], "max_education_level": 6}
    unknown: dict[str, Any] = {"employer": None, "agreement": None, "backgrounds": None}
    assert verdict(paid(catalogue, scheme(**rules), by=person(**unknown))) == POSSIBLE
    for fails in ({"employer": "other"}, {"agreement": "ac"}, {"education_level": 7}):
        facts = {**unknown, **fails}
        assert verdict(paid(catalogue, scheme(**rules), by=person(**facts))) == NOT


def test_an_unknown_share_is_possible_but_not_counted(catalogue: Catalogue) -> None:
    found = paid(catalogue, scheme(share=None))
    assert (found.amount, found.scheme, found.possible) == (12_000, None, ("fonden",))
    not_for_you = scheme(share=None, employers=["other"])
    assert paid(catalogue, not_for_you).possible == ()


@pytest.mark.parametrize("covers", ["wages", "project"])
def test_only_fee_schemes_enter_the_price(catalogue: Catalogue, covers: str) -> None:
    found = paid(catalogue, scheme(covers=covers), scheme("andet", covers=covers, share=None))
    assert (found.amount, found.scheme, found.possible) == (12_000, None, ())


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        *((dt.date(2026, 1, 31), NOT), (dt.date(2026, 2, 1), PAYS)),
        *((dt.date(2026, 6, 30), PAYS), (dt.date(2026, 7, 1), NOT)),
    ],
)
def test_a_scheme_pays_within_its_dates_only(
    catalogue: Catalogue, on: dt.date, expected: str
) -> None:
    dated = scheme(valid_from="2026-02-01", valid_to="2026-06-30")
    assert verdict(paid(catalogue, dated, on=on)) == expected


@pytest.mark.parametrize(
    ("to", "confirmed"),
    [(DAY, True), (DAY - dt.timedelta(days=1), False), (None, False)],
)
def test_use_after_the_last_confirmed_day_is_flagged(
    catalogue: Catalogue, to: dt.date | None, confirmed: bool
) -> None:
    assert paid(catalogue, scheme(confirmed_to=to)).confirmed == confirmed


# --- Several schemes -----------------------------------------------------------------------------


def test_the_scheme_that_leaves_least_is_taken_alone(catalogue: Catalogue) -> None:
    half, most = scheme("a-half", share=0.5), scheme("b-most", share=0.8)
    capped = scheme("c-capped", share=1, cap=9_000)
    found = paid(catalogue, half, most, capped)
    assert (found.scheme, found.amount) == ("b-most", 2_400)
    # Of 10,000 kr the capped one pays 9,000, the other 8,000.
    assert paid(catalogue, half, most, capped, of=module(10_000)).scheme == "c-capped"


def test_a_range_is_compared_by_its_sum(catalogue: Catalogue) -> None:
    share, cap = scheme("a", share=0.7), scheme("b", share=1, cap=10_000)
    # a leaves 3,000 + 6,000 and b leaves 0 + 10,000.
    assert paid(catalogue, share, cap, of=module(10_000, 20_000)).scheme == "a"
    # a leaves 3,000 + 4,500 and b leaves 0 + 5,000.
    assert paid(catalogue, share, cap, of=module(10_000, 15_000)).scheme == "b"


def test_ties_are_broken_by_id(catalogue: Catalogue) -> None:
    assert paid(catalogue, scheme("b"), scheme("a"), scheme("c")).scheme == "a"


@pytest.mark.parametrize(
    ("confirmed", "taken"),
    [
        # The names rise with what is left to pay: 1,200, 2,400 and 3,600 of 12,000 kr.
        (("2026-12-31", "2026-12-31", "2026-12-31"), "a-cheap"),
        (("2024-12-31", "2026-11-22", "2026-12-31"), "b-middle"),
        (("2024-12-31", "2025-12-31", "2026-12-31"), "c-dear"),
        (("2024-12-31", "2025-12-31", "2025-12-30"), "b-middle"),
        (("2024-12-31", "2024-12-31", None), "a-cheap"),
        ((None, None, "2010-01-01"), "c-dear"),
        ((None, None, None), "a-cheap"),
    ],
)
def test_a_scheme_whose_sources_speak_for_the_day_goes_before_a_cheaper_one(
    catalogue: Catalogue, confirmed: tuple[str | None, ...], taken: str
) -> None:
    names, shares = ("a-cheap", "b-middle", "c-dear"), (0.9, 0.8, 0.7)
    schemes = [
        scheme(name, share=share, confirmed_to=day)
        for name, share, day in zip(names, shares, confirmed, strict=True)
    ]
    found = paid(catalogue, *schemes)
    assert found.scheme == taken
    assert found.possible == tuple(name for name in names if name != taken)


def test_other_schemes_are_listed_beside_the_one_that_is_taken(catalogue: Catalogue) -> None:
    found = paid(
        catalogue,
        *(scheme("a", share=None), scheme("b"), scheme("c", employers=None)),
        *(scheme("d", employers=["other"]), scheme("e", share=0.1)),
    )
    assert (found.scheme, found.possible) == ("b", ("a", "c", "e"))


# --- Education -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"education_level": 3, "backgrounds": ("akademiker",)}, 3),
        ({"backgrounds": ("kommunom",)}, 5),
        ({"backgrounds": ("kommunom", "socialraadgiver", "hk-kontor")}, 6),
        ({"backgrounds": ("kommunom", "ingen-relevant")}, 5),
        ({"backgrounds": ("ingen-relevant",)}, None),
        ({"backgrounds": ()}, None),
        ({"backgrounds": None}, None),
    ],
)
def test_the_education_level_is_as_stated_or_as_the_backgrounds_give(
    catalogue: Catalogue, facts: dict[str, Any], level: int | None
) -> None:
    assert education_level(person(**facts), catalogue) == level


# --- Many people ---------------------------------------------------------------------------------


def test_a_list_of_prices_says_what_the_single_price_says(catalogue: Catalogue) -> None:
    prices = PriceList(catalogue, DAY)
    names = ("rehabilitering-i-beskaeftigelsesindsatsen", "kommunalret", "social-teori-kommunom")
    modules = [catalogue.modules[name] for name in (*names, "beskaeftigelse-socialformidling")]
    people = [
        Employee(
            id="same", employer=employer, agreement=agreement, backgrounds=some, education_level=n
        )
        for employer, agreement, some, n in product(
            ("kommune", "a-kasse", None), ("hk", None), (None, (), ("akademiker",)), (None, 6)
        )
    ]
    for _ in range(2):
        for one, taken in product(people, modules):
            assert prices.of(one, taken) == net_price(taken, one, catalogue, DAY)


def test_a_table_of_prices_has_a_row_per_person_and_nan_where_unknown(catalogue: Catalogue) -> None:
    prices = PriceList(catalogue, DAY)
    people = [SOMEBODY, person(employer="a-kasse"), person(employer=None)]
    table = prices.table(ladder_of(catalogue).roster(people))
    assert table.shape == (3, len(catalogue.modules))
    for row, one in zip(table, people, strict=True):
        for amount, taken in zip(row, catalogue.modules.values(), strict=True):
            price = prices.of(one, taken)
            assert np.isnan(amount) if price is None else amount == price.amount
    assert np.isnan(table).any()
    nobody = ladder_of(catalogue).roster([])
    assert prices.table(nobody).shape == (0, len(catalogue.modules))
