"""What a user sees of a catalogue's coverage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from worlds import AS_OF, founded, module, profile, small, text

import fagprofil as fp
from fagprofil.insight.coverage import Coverage
from fagprofil.model import Background, Programme

pytest.importorskip("matplotlib").use("Agg")

import matplotlib.pyplot as plt  # noqa: E402 (after the backend is chosen)
from matplotlib.colors import to_hex  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

BLUE, SKY, GREY, ORANGE = "#0072b2", "#56b4e9", "#bbbbbb", "#e69f00"


@pytest.fixture(autouse=True)
def _no_figures_left() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def found() -> Coverage:
    """One competence of each kind: all open, with entry, to come, made up, and served by none."""
    needs = {f"c{n}": (1, 1, 1.0) for n in range(5)} | {"c0": (2, 2, 4.0)}
    modules = [
        module("a", {"c0": 2}, programme="g"),
        module("b", {"c1": 1}, entry={"c4": 1}),
        module("c", {"c2": 1}, valid_from=AS_OF + dt.timedelta(days=9)),
        module("d", {"c3": 1}, provenance=founded("synthetic")),
        module("e", {"c0": 1}),
        module("idle", {}),
        module("unknown"),
    ]
    background = Background(
        id="b0", name=text("b0"), brings={"c0": 1}, provenance=founded("derived")
    )
    rules = Programme(id="g", title=text("Programme <g>"), provenance=founded())
    jobs = [profile("job", needs), profile("other", {"c4": (1, 1, 0.5)})]
    catalogue = small(3, list(needs), jobs, modules, programmes=[rules], backgrounds=[background])
    return fp.coverage(catalogue)


def boxes(axes: Any) -> dict[tuple[str, int], Any]:
    """The boxes by competence and step."""
    rows = [label.get_text() for label in axes.get_yticklabels()]
    middles = [
        (box, box.get_x() + box.get_width() / 2, box.get_y() + box.get_height() / 2)
        for box in axes.patches
    ]
    return {(rows[round(y)], round(x)): box for box, x, y in middles}


def test_each_step_needed_has_a_box_whose_colour_says_how_it_is_served(found: Coverage) -> None:
    drawn = boxes(fp.show.coverage(found))
    assert {key: (to_hex(box.get_edgecolor()), box.get_hatch()) for key, box in drawn.items()} == {
        ("C0", 1): (BLUE, None),
        ("C0", 2): (BLUE, None),
        ("C1", 1): (SKY, None),
        ("C2", 1): (GREY, None),
        ("C3", 1): (BLUE, "////"),
        ("C4", 1): (ORANGE, None),
    }
    # A step that is needed four times as much has a box of four times the size.
    large, little = drawn["C0", 1], drawn["C1", 1]
    ratio = large.get_width() * large.get_height() / little.get_width() / little.get_height()
    assert ratio == pytest.approx(4 / 1)


def test_the_boxes_say_how_many_modules_teach_the_step(found: Coverage) -> None:
    axes = fp.show.coverage(found)
    rows = [label.get_text() for label in axes.get_yticklabels()]
    counts = {}
    for said in axes.texts:
        x, y = said.get_position()
        counts[rows[y], x] = int(said.get_text())
    assert counts == {
        ("C0", 1): 2,
        ("C0", 2): 1,
        ("C1", 1): 1,
        ("C2", 1): 1,
        ("C3", 1): 1,
        ("C4", 1): 0,
    }


def test_what_is_not_served_is_on_top_and_then_what_only_made_up_modules_serve(
    found: Coverage,
) -> None:
    rows = [label.get_text() for label in fp.show.coverage(found).get_yticklabels()]
    assert rows == ["C2", "C4", "C3", "C0", "C1"]
    cut = fp.show.coverage(found, most=2)
    assert [label.get_text() for label in cut.get_yticklabels()] == ["C2", "C4"]
    assert len(cut.patches) == 2


def test_the_picture_speaks_both_languages(found: Coverage) -> None:
    danish, english = fp.show.coverage(found), fp.show.coverage(found, lang="en")
    assert (danish.get_xlabel(), english.get_xlabel()) == ("trin", "step")
    assert danish.get_title(loc="left").startswith("Katalogets dækning af job, other, over fem år")
    legend = english.get_legend()
    assert legend is not None
    assert [one.get_text() for one in legend.get_texts()] == [
        "served, from nothing too",
        "served, but expects levels",
        "served from a later day",
        "served by no module",
        "made-up modules only",
    ]


def test_the_legend_explains_only_what_is_there() -> None:
    catalogue = small(3, ["c0"], [profile("job", {"c0": (1, 1, 1.0)})], [module("a", {"c0": 1})])
    legend = fp.show.coverage(fp.coverage(catalogue), lang="en").get_legend()
    assert legend is not None
    assert [one.get_text() for one in legend.get_texts()] == ["served, from nothing too"]


def test_it_is_drawn_where_the_caller_says(found: Coverage) -> None:
    axes = Figure().add_subplot()
    assert fp.show.coverage(found, axes) is axes
    assert plt.get_fignums() == []


def test_drawing_without_matplotlib_says_what_to_install(
    found: Coverage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.pyplot", None)
    with pytest.raises(fp.errors.MissingExtra, match=r"fagprofil\[plot\]"):
        fp.show.coverage(found)


def test_it_reads_well_in_both_languages(found: Coverage) -> None:
    danish, english = fp.show.text(found), fp.show.text(found, "en")
    assert repr(found) == str(found) == danish
    assert danish.splitlines()[0] == (
        f"Katalogets dækning af job, other, over fem år (pr. {AS_OF})"
    )
    lines = [" ".join(line.split()) for line in english.splitlines()]
    assert lines == [
        f"The catalogue's coverage of job, other, over five years (as of {AS_OF})",
        "4 of 6 needs (steps) are served, 1 by made-up modules only; data: synthetic",
        "profile needed served made up only",
        # 2 steps of c0 at 4 and one at 1 of each of the four others; c2 and c4 are open.
        "all profiles 12.0 83 % 8 %",
        "job 12.0 83 % 8 %",
        "other 0.5 0 % 0 %",
        "Needs that no module serves",
        "competence steps weight profiles",
        "C2 1 1.0 job",
        "C4 1 1.0 job, other",
        "Needs that only made-up modules serve",
        "competence steps weight profiles",
        "C3 1 1.0 job",
        "Educations that repeat most",
        "education background repeats (steps) share new (steps)",
        "Programme <g> b0 1 50 % 1",
        "Modules that none of the profiles needs: idle",
        "Modules of which it is not known what they teach: unknown",
    ]


def test_long_lists_are_cut_and_say_so(catalogue: fp.Catalogue) -> None:
    everything = fp.coverage(catalogue)
    for shown in (fp.show.text(everything, "en"), fp.show.html(everything, "en")):
        assert "11 profiles" in shown
        assert "... +" in shown
    rows = [line for line in fp.show.text(everything, "en").splitlines() if "  1, 2, 3, 4" in line]
    assert "Company contact" in rows[0]
    table = fp.show.text(everything, "en").partition("Educations that repeat most")[2]
    repeats = [int(line.split("%")[0].split()[-2]) for line in table.splitlines() if "%" in line]
    lifts = [sum(one.repeats.values()) for one in everything.programmes]
    assert repeats == sorted(lifts, reverse=True)[:6]
    open_ = [need for need in everything.only_synthetic if need.competence == "virksomhedskontakt"]
    assert f"{sum(need.weight for need in open_):.1f}" in rows[0]


def test_as_html_it_is_escaped_and_without_script(found: Coverage) -> None:
    page = found._repr_html_()
    tree = ElementTree.fromstring(page)
    cells = [["".join(cell.itertext()) for cell in row] for row in tree.iter("tr")]
    assert ["Programme <g>", "b0", "1", "50 %", "1"] in cells
    assert ["C4", "1", "1,0", "job, other"] in cells
    assert "<script" not in page
    assert "http" not in page


def test_nothing_needed_and_nothing_offered_are_shown_too() -> None:
    nothing = fp.coverage(small(3, ["c0"], [profile("job", {})]))
    assert nothing.profiles[0].share == 1.0
    assert "0 of 0 needs" in fp.show.text(nothing, "en")
    assert "0 of 0 needs" in fp.show.html(nothing, "en")
    assert len(fp.show.coverage(nothing).patches) == 0
    empty = fp.coverage(small(3, ["c0"], [profile("job", {"c0": (1, 1, 1.0)})]))
    assert "Needs that no module serves" in fp.show.text(empty, "en")
