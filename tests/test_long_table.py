"""Tables that are read by whole columns say the same as those that are read row by row."""

from __future__ import annotations

import datetime as dt
import pickle
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import wide
import worlds
from hypothesis import given
from hypothesis import strategies as st
from worlds import Crowd, crowds, examples, together

import fagprofil as fp
from fagprofil.errors import DataError
from fagprofil.frame_columns import Strings
from fagprofil.frames import columns_of
from fagprofil.ladder import Ladder, ladder_of
from fagprofil.people_table import roster_of_table
from fagprofil.roster import Roster, SparseLevels
from fagprofil.workforce import people_of

Row = dict[str, Any]

FACTS = {**wide.FACTS, "agreement": pa.string(), "hired": pa.string()}
STATEMENT = {
    "competence": pa.string(),
    "level": pa.int64(),
    "kind": pa.string(),
    "date": pa.date32(),
    "confidence": pa.float64(),
}
TEXTS = [name for name, kind in (FACTS | STATEMENT).items() if kind == pa.string()]


def table_of(rows: Sequence[Row]) -> pa.Table:
    """Rows as a table with all columns."""
    return pa.Table.from_pylist(list(rows), pa.schema([*FACTS.items(), *STATEMENT.items()]))


# --- the forms that a table comes in ------------------------------------------------------------


def with_objects(table: pa.Table) -> pd.DataFrame:
    """Text as pandas 2 held it."""
    frame = table.to_pandas()
    return frame.astype({name: object for name in TEXTS if name in frame.columns})


def with_categories(table: pa.Table) -> pl.DataFrame:
    return pl.from_arrow(table).with_columns(pl.col(pl.String).cast(pl.Categorical))


def in_pieces(table: pa.Table) -> pa.Table:
    """Text kept once in each of several chunks."""
    chunks = [table.slice(first, 2) for first in range(0, len(table), 2)]
    for i, chunk in enumerate(chunks):
        for name in set(TEXTS) & set(chunk.column_names):
            at = chunk.column_names.index(name)
            chunks[i] = chunks[i].set_column(at, name, chunk[name].dictionary_encode())
    return pa.concat_tables(chunks) if chunks else table


FRAMES: dict[str, Callable[[pa.Table], Any]] = {
    "pandas": lambda table: table.to_pandas(),
    "pandas of objects": with_objects,
    "pandas of Arrow": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": pl.from_arrow,
    "polars of categories": with_categories,
    "pyarrow": lambda table: table,
    "pyarrow in pieces": in_pieces,
}


def _texts(table: pa.Table, written: str) -> pa.Table:
    at = table.column_names.index("date")
    days = [None if one is None else one.strftime(written) for one in table["date"].to_pylist()]
    return table.set_column(at, "date", pa.array(days, pa.string()))


def _times(table: pa.Table) -> pa.Table:
    at = table.column_names.index("date")
    noon = dt.time(12, 30)
    days = [None if x is None else dt.datetime.combine(x, noon) for x in table["date"].to_pylist()]
    return table.set_column(at, "date", pa.array(days, pa.timestamp("us")))


DATES: dict[str, Callable[[pa.Table], pa.Table]] = {
    "dates": lambda table: table,
    "times": _times,
    "text": lambda table: _texts(table, "%Y-%m-%d"),
    "Danish text": lambda table: _texts(table, "%d.%m.%Y"),
}


# --- people as rows -----------------------------------------------------------------------------


def _once(one: fp.Employee) -> fp.Employee:
    """The person, with each passed module named once."""
    passed = {done.module: done for done in one.completed if done.passed}
    return one.model_copy(update={"completed": tuple(passed.values())})


def rows_of(one: fp.Employee, catalogue: fp.Catalogue, facts_on: str, hole: Any) -> list[Row]:
    """The rows of a person, with the facts on each or on one of them."""
    said = {(word.competence, word.kind, word.date): word for word in one.evidence}
    statements = [word.model_dump() for word in said.values()]
    (row,) = wide.Wide(catalogue, (_once(one),), fp.NOW).rows
    facts = {name: row[name] for name in wide.FACTS}
    facts |= {"agreement": "hk" if one.employer else None, "hired": "2020-02-29"}
    others = {name: hole for name in FACTS if FACTS[name] == pa.string()} | {"employee": one.id}
    if facts_on == "every":
        return [facts | word for word in statements or [{}]]
    if facts_on == "own":
        return [facts, *(others | word for word in statements)]
    rows = [others | word for word in statements or [{}]]
    at = 0 if facts_on == "first" else -1
    rows[at] = rows[at] | facts
    return rows


FORMS = together(
    ("every", "first", "last", "own"), (None, "", " \t"), sorted(FRAMES), sorted(DATES), (1, 0)
)


@st.composite
def tables(draw: st.DrawFn, **options: Any) -> tuple[Crowd, list[Row], Any]:
    """People, their rows, and a table of these."""
    crowd = draw(crowds(**options))
    facts_on, hole, frame, dates, shuffled = draw(FORMS)
    rows = [row for one in crowd.people for row in rows_of(one, crowd.catalogue, facts_on, hole)]
    if shuffled:
        draw(st.randoms(use_true_random=False)).shuffle(rows)
    return crowd, rows, FRAMES[frame](DATES[dates](table_of(rows)))


def content(roster: Roster) -> dict[str, Any]:
    """What a roster holds; in which order a person's levels and statements are says nothing."""
    if isinstance(roster.known, SparseLevels):
        assert roster.known.level.dtype == np.int8
    return {
        "ids": list(roster.ids),
        "facts": roster.facts,
        "fact": roster.fact.tolist(),
        "years": [None if np.isnan(one) else one for one in roster.years.tolist()],
        "known": known_in(roster),
        "rated": rated_in(roster),
        "taken": [one.tolist() for one in roster.taken_of(np.arange(len(roster)))],
    }


def known_in(roster: Roster) -> list[tuple[int, int, int]]:
    """Person, competence and level of all levels that are known."""
    sparse = isinstance(roster.known, SparseLevels)
    count = roster.known.competences if sparse else len(roster.known.column)
    levels = roster.known.pick(np.arange(len(roster)), np.arange(count)).T
    who, competence = np.nonzero(levels >= 0)
    found = (who, competence, levels[who, competence])
    return list(zip(*(one.tolist() for one in found), strict=True))


def rated_in(roster: Roster) -> list[tuple[Any, ...]]:
    """The statements that are weighed: none against a level that is known."""
    rated = roster.rated
    who, words = rated.of(np.arange(len(roster)))
    words = words[roster.known.at(who, rated.competence[words]) < 0]
    said = (rated.competence, rated.kind, rated.level, rated.weight)
    who = np.repeat(np.arange(len(roster)), np.diff(rated.start))[words]
    return sorted(zip(who.tolist(), *(one[words].tolist() for one in said), strict=True))


def careful(table: Any, ladder: Ladder) -> Roster:
    return ladder.roster(people_of(table, ladder.catalogue).employees)


def both(table: Any, ladder: Ladder) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is read by columns, and row by row."""
    roster = roster_of_table(table, ladder)
    assert roster is not None
    return content(roster), content(careful(table, ladder))


# --- the same, fast and with care ---------------------------------------------------------------


@examples(150)
@given(tables(most=5), worlds.evidence_models(), st.sampled_from([0, -400, 30]))
def test_a_long_table_is_read_the_same_by_columns_and_by_rows(
    drawn: tuple[Crowd, list[Row], Any], model: fp.EvidenceModel, days: int
) -> None:
    crowd, _, table = drawn
    ladder = ladder_of(crowd.catalogue, worlds.AS_OF + dt.timedelta(days=days), model)
    fast, slow = both(table, ladder)
    assert fast == slow


@examples(40)
@given(tables(most=5), st.randoms(use_true_random=False))
def test_what_is_recommended_does_not_depend_on_the_order_of_the_rows(
    drawn: tuple[Crowd, list[Row], Any], random: Any
) -> None:
    crowd, rows, table = drawn
    recommender = fp.Recommender(crowd.catalogue, horizon=crowd.horizon)
    people = people_of(table, crowd.catalogue)
    expected = recommender.recommend_rows(people, k=3)
    shuffled = random.sample(rows, len(rows))
    found = recommender.recommend_table(table_of(shuffled), k=3)
    assert by_person(found.to_pylist()) == by_person(expected)


def by_person(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["employee"], row["rank"]))


# --- what is said of one person -----------------------------------------------------------------

BUNDLED = fp.load_catalogue()
TODAY = BUNDLED.taxonomy.as_of
TAUGHT = next(one for one in BUNDLED.modules.values() if one.teaches)


def day(ago: int | None) -> dt.date | None:
    return None if ago is None else TODAY - dt.timedelta(days=ago)


def said(*words: tuple[Any, ...], **facts: Any) -> pa.Table:
    """What is said of one person's competence: level, kind, days ago and confidence."""
    rows = [
        {
            "employee": "a",
            "competence": "jobmatch",
            "level": level,
            "kind": kind,
            "date": day(ago),
            "confidence": sure,
            **facts,
        }
        for level, kind, ago, sure in words
    ]
    return table_of(rows)


@pytest.mark.parametrize(
    ("words", "known", "rated"),
    [
        # The latest of what is known, of two today the lower.
        ([(2, "known", 9, 1), (4, "known", 8, 1)], [4], []),
        ([(2, "known", None, 1), (4, "known", 8, 1)], [2], []),
        ([(4, "known", None, 0.1), (2, "known", -5, 1), (3, "known", 0, 1)], [2], []),
        ([(3, "known", -5, 1), (2, "known", None, 0.1), (4, "known", 0, 1)], [2], []),
        # The latest rating of each kind, of two today the surer, then the lower.
        ([(2, "self", 9, 1), (4, "self", 8, 0.1), (1, "manager", 99, 1)], [], [1, 4]),
        ([(2, "self", 0, 0.5), (4, "self", None, 1), (1, "self", -1, 0.5)], [], [4]),
        ([(3, "self", 0, None), (4, "self", None, 1), (1, "self", -1, 0.9)], [], [3]),
        # What was reached at least stays reached.
        ([(2, "job", 9, 1), (4, "job", 8, 1), (1, "job", None, 1)], [], [1, 2, 4]),
        ([(2, "education", 9, 1), (2, "module", 9, 1)], [], [2, 2]),
        # What is known is not weighed against other words.
        ([(2, "self", 9, 1), (3, "known", 9, 1), (1, "manager", 9, 1)], [3], []),
    ],
)
def test_which_statements_count(
    words: list[tuple[Any, ...]], known: list[int], rated: list[int]
) -> None:
    ladder = ladder_of(BUNDLED)
    for order in (words, words[::-1]):
        fast, slow = both(said(*order), ladder)
        assert fast == slow
        assert [level for *_, level in fast["known"]] == known
        assert sorted(level for *_, level, _ in fast["rated"]) == rated


def test_a_passed_module_is_a_statement_too() -> None:
    fast, slow = both(said((2, "self", 9, 1), completed=TAUGHT.id), ladder_of(BUNDLED))
    assert fast == slow
    assert len(fast["rated"]) == 1 + len(TAUGHT.teaches or {})
    assert fast["taken"] == [[0], [BUNDLED.modules.position[TAUGHT.id]]]


def test_facts_that_are_written_in_two_ways_are_one() -> None:
    rows = [{"employee": name, "profile": text} for name, text in zip("abc", SPACED, strict=True)]
    fast, slow = both(table_of(rows), ladder_of(BUNDLED))
    assert fast == slow
    assert fast["fact"] == [0, 1, 0]


SPACED = ("helhed", "basis", " helhed ")


@pytest.mark.parametrize("ids", [[17, 4, 17], ["b", "a", "b"], ["Åse", "b b", "æ" * 200]])
@pytest.mark.parametrize("frame", sorted(FRAMES))
def test_ids_are_numbers_or_texts(ids: list[Any], frame: str) -> None:
    fast, slow = both(FRAMES[frame](pa.table({"employee": ids})), ladder_of(BUNDLED))
    assert fast == slow
    assert fast["ids"] == list(map(str, dict.fromkeys(ids)))


def test_the_largest_tables_fit_and_larger_ones_are_read_with_care() -> None:
    sure = np.linspace(0.5, 1, 300)
    rows = [{**said((1, "self", i, s)).to_pylist()[0]} for i, s in enumerate(sure.tolist())]
    fast, slow = both(table_of(rows), ladder_of(BUNDLED))
    assert fast == slow
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fagprofil.statement_columns._MOST_BITS", 20)
        assert roster_of_table(table_of(rows), ladder_of(BUNDLED)) is None


@pytest.mark.parametrize("make", [table_of, lambda rows: pl.from_arrow(table_of(rows))])
def test_nobody_is_read_too(make: Callable[[list[Row]], Any]) -> None:
    fast, slow = both(make([]), ladder_of(BUNDLED))
    assert fast == slow
    assert fast["ids"] == []


@pytest.mark.parametrize("dates", sorted(DATES))
def test_without_arrow_the_same_is_read(dates: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [(2, "self", 9, 1), (4, "known", None, 0.5), (1, "job", 99, None)]
    facts = {"completed": "kommunalret;", "profile": "basis", "unit": "Vejle"}
    table = pl.from_arrow(DATES[dates](said(*words, **facts)))
    expected = content(careful(table, ladder_of(BUNDLED)))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    roster = roster_of_table(table, ladder_of(BUNDLED))
    assert roster is not None
    assert content(roster) == expected


# --- what is wrong or unusual -------------------------------------------------------------------

COLUMNS: dict[str, list[Any]] = {
    "employee": ["a", "b", "a"],
    "unit": ["Vejle", None, "Vejle"],
    "hired": ["2020-01-01", "2021-01-01", None],
    "backgrounds": ["kommunom", None, None],
    "completed": ["kommunalret", None, "kommunalret"],
    "relevant_years": [2.5, 1.0, None],
    "competence": ["jobmatch", "jobmatch", "motivation"],
    "level": [3, 2, 1],
    "kind": ["self", "known", "self"],
    "date": ["2026-03-01", None, "2026-03-02"],
    "confidence": [0.5, 1.0, None],
}
#: Not a text that a traceback would quote; nobody's number.
CPR = "-".join(["010190", "0000"])
WRONG: list[dict[str, list[Any]]] = [
    {"employee": ["a", None, "a"]},
    {"employee": ["a", "", "a"]},
    {"employee": ["a", CPR, "a"]},
    {"employee": ["a", f"no. {CPR}", "a"]},
    {"employee": ["a", CPR.replace("-", ""), "a"]},
    {"employee": [1, 101_900_000, 1]},
    {"employee": ["a", "b" * 201, "a"]},
    {"unit": ["Vejle", None, "Vejen"]},
    {"unit": ["Vejle", CPR, "Vejle"]},
    {"hired": ["2020-01-01", "soon", None]},
    {"hired": ["2020-01-01", "2021-01-01", "2020-01-02"]},
    {"backgrounds": ["komunom", None, None]},
    {"backgrounds": ["kommunom", None, "hk-kontor"]},
    {"completed": ["kommunalret;no-such-module", None, None]},
    {"completed": ["kommunalret", None, "forvaltningsret"]},
    {"relevant_years": [2.5, -1.0, None]},
    {"relevant_years": [71.0, 1.0, None]},
    {"relevant_years": [2.5, 1.0, 2.0]},
    {"profile": ["basis", "virksomhet", None]},
    {"profile": ["basis", None, "helhed"]},
    {"education_level": [5, 9, 5]},
    {"competence": ["jobmach", "jobmatch", "motivation"]},
    {"competence": [None, "jobmatch", "motivation"]},
    {"competence": ["motivation", "jobmatch", "motivation"], "date": ["2026-03-01"] * 3},
    {"competence": ["motivation", "jobmatch", "motivation"], "date": [None] * 3},
    {"level": [3, 6, 1]},
    {"level": [3, -1, 1]},
    {"level": [3.5, 2.0, 1.0]},
    {"level": [3, None, 1]},
    {"level": [float("inf"), 2.0, 1.0]},
    {"level": ["three", "2", "1"]},
    {"kind": ["self", "knwon", "self"]},
    {"kind": ["self", None, "self"]},
    {"date": ["2026-03-01", "32-01-2026", None]},
    {"confidence": [0.5, 0.0, None]},
    {"confidence": [0.5, 1.5, None]},
    {"confidence": ["much", None, None]},
    {"competence": [None] * 3, "level": [None] * 3, "kind": [None] * 3},
    {"agremeent": ["hk"] * 3},
]
SUMMER = dt.timezone(dt.timedelta(hours=2))
#: Right, but read with care.
UNUSUAL: list[dict[str, list[Any]]] = [
    {"employee": ["a", " b", "a "]},
    {"employee": [1, 10**8, 1]},
    {"unit": ["Vejle", None, " Vejle"]},
    {"hired": ["2020-01-01", None, "2020-01-01"], "unit": ["Vejle", None, "Vejle "]},
    {"completed": ["kommunalret;kommunalret", None, None]},
    {"completed": ["kommunalret", None, "kommunalret;"]},
    {"relevant_years": ["2,5", "1", None]},
    {"level": ["3", "2", "1"]},
    {"date": [dt.datetime(2026, 3, 1, 0, 30, tzinfo=SUMMER), None, None]},
    {"confidence": ["0,5", None, "1"]},
    {"backgrounds": [["kommunom", "hk-kontor"], ["hk-kontor"], None]},
]


def changed(change: dict[str, list[Any]]) -> pa.Table:
    return pa.table(COLUMNS | change)


@pytest.mark.parametrize("change", WRONG, ids=str)
@pytest.mark.parametrize("frame", ["pandas", "polars", "pyarrow"])
def test_what_is_wrong_in_a_long_table_is_told(change: dict[str, list[Any]], frame: str) -> None:
    table = FRAMES[frame](changed(change))
    assert roster_of_table(table, ladder_of(BUNDLED)) is None
    with pytest.raises(DataError) as read:
        people_of(table)
    with pytest.raises(DataError) as recommended:
        fp.Recommender(BUNDLED).recommend_table(table)
    assert recommended.value.problems == read.value.problems
    assert CPR not in str(recommended.value)


@pytest.mark.parametrize("change", UNUSUAL, ids=str)
@pytest.mark.parametrize("frame", ["pandas", "polars", "pyarrow"])
def test_what_is_unusual_is_read_with_care(change: dict[str, list[Any]], frame: str) -> None:
    table = FRAMES[frame](changed(change))
    assert roster_of_table(table, ladder_of(BUNDLED)) is None
    people = people_of(table)
    recommender = fp.Recommender(BUNDLED)
    found = recommender.recommend_table(people.employees, "basis", k=3)
    again = recommender.recommend_table(table, "basis", k=3)
    assert records(again) == records(found)


def records(table: Any) -> list[Row]:
    columns = columns_of(table)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def test_nothing_is_wrong_in_the_table_that_is_changed() -> None:
    fast, slow = both(changed({}), ladder_of(BUNDLED))
    assert fast == slow


@pytest.mark.parametrize(
    "unusual",
    [
        {"completed": [f"{TAUGHT.id};{TAUGHT.id}", None]},
        {"kind": ["self", "boss"]},
        {"date": ["2020-01-01", "soon"], "kind": ["self", "known"]},
        {"confidence": [0.5, 2], "kind": ["self", "self"]},
    ],
    ids=str,
)
def test_what_is_unusual_in_a_wide_table_is_read_with_care(unusual: dict[str, list[Any]]) -> None:
    table = pa.table({"employee": ["a", "b"], "jobmatch": [1, 4], **unusual})
    assert roster_of_table(table, ladder_of(BUNDLED)) is None
    recommender = fp.Recommender(BUNDLED)
    try:
        people = people_of(table)
    except DataError as error:
        with pytest.raises(DataError, match=re.escape(str(error))):
            recommender.recommend_table(table, "basis")
        return
    found = recommender.recommend_table(table, "basis", k=99)
    assert records(found) == records(recommender.recommend_table(people, "basis", k=99))


@st.composite
def broad_tables(draw: st.DrawFn) -> tuple[Crowd, Any]:
    """Tables of the wide form in which each row says how its levels are meant."""
    crowd = draw(crowds(most=5))
    scale = crowd.catalogue.taxonomy.scale
    assert scale is not None
    levels = st.none() | st.integers(0, scale.top)
    days = st.none() | st.dates(dt.date(2015, 1, 1), dt.date(2027, 1, 1))
    rows = [
        {
            **row,
            **{name: draw(levels) for name in crowd.catalogue.taxonomy.competences},
            "kind": draw(st.sampled_from([None, "known", "self", "manager", "job", "module"])),
            "date": draw(days),
            "confidence": draw(st.sampled_from([None, 0.25, 0.5, 1.0])),
        }
        for row in wide.Wide(crowd.catalogue, tuple(map(_once, crowd.people)), fp.NOW).rows
    ]
    left = draw(st.sets(st.sampled_from(["kind", "date", "confidence"])))
    kinds = {**wide.FACTS, **{name: pa.int64() for name in crowd.catalogue.taxonomy.competences}}
    kinds |= {name: STATEMENT[name] for name in ("kind", "date", "confidence") if name not in left}
    table = pa.Table.from_pylist(rows, pa.schema(list(kinds.items())))
    if "date" not in left:
        table = DATES[draw(st.sampled_from(sorted(DATES)))](table)
    return crowd, FRAMES[draw(st.sampled_from(["pandas", "polars", "pyarrow"]))](table)


@examples(150)
@given(broad_tables(), worlds.evidence_models())
def test_a_wide_table_is_read_the_same_by_columns_and_by_rows(
    drawn: tuple[Crowd, Any], model: fp.EvidenceModel
) -> None:
    crowd, table = drawn
    ladder = ladder_of(crowd.catalogue, worlds.AS_OF, model)
    fast, slow = both(table, ladder)
    assert fast == slow


def test_what_passed_modules_say_counts_alike_in_both_forms() -> None:
    people = {"employee": ["a", "b"], "completed": [None, TAUGHT.id]}
    ladder = ladder_of(BUNDLED)
    long = roster_of_table(pa.table(people), ladder)
    broad = roster_of_table(
        pa.table({**people, "jobmatch": pa.array([None, None], pa.int8())}), ladder
    )
    assert long is not None
    assert broad is not None
    assert rated_in(long) == rated_in(broad)
    assert len(rated_in(long)) == len(TAUGHT.teaches or {})


# --- ids that are not made Python's own ---------------------------------------------------------


def test_ids_stay_in_their_array() -> None:
    roster = roster_of_table(pa.table({"employee": ["b", "a", "c"]}), ladder_of(BUNDLED))
    assert roster is not None
    ids = roster.ids
    assert isinstance(ids, Strings)
    assert (len(ids), ids[1], list(ids[1:]), list(ids)) == (3, "a", ["a", "c"], ["b", "a", "c"])
    assert pa.array(ids, pa.large_string()).to_pylist() == pa.array(ids).to_pylist() == list("bac")
    assert list(pickle.loads(pickle.dumps(ids))) == list(ids)
