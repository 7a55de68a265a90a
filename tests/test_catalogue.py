from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest

import fagprofil as fp
from fagprofil.catalogue import Catalogue, bundled, editions, load_catalogue
from fagprofil.errors import CannotScore, DataError, FagprofilError, Problem, UnknownName
from fagprofil.model import Employee, Evidence

OURS = 'provenance = { status = "editorial" }'
WHY = 'reason = { da = "Derfor" }'
#: A module that nothing else refers to.
FREE = "mobilitet-migration-og-globalisering"
TOP = 5


def overlaid(folder: Path, text: str, edition: str = "reference") -> Catalogue:
    """A bundled edition with one file laid over it."""
    file = folder / "lokalt.toml"
    file.write_text(text, encoding="utf-8")
    return load_catalogue(edition, overlay=file)


def problems(folder: Path, text: str, edition: str = "reference") -> tuple[Problem, ...]:
    with pytest.raises(DataError) as caught:
        overlaid(folder, text, edition)
    return caught.value.problems


def everything(catalogue: Catalogue) -> dict[tuple[str, str], Any]:
    """Every record by kind and id."""
    whole = {"area": catalogue.taxonomy.areas, "competence": catalogue.taxonomy.competences}
    for kind in ("profiles", "modules", "programmes", "runs", "funding", "backgrounds"):
        whole[kind] = getattr(catalogue, kind)
    found = {(kind, name): one for kind, some in whole.items() for name, one in some.items()}
    inside = {"areas": (), "competences": ()}
    return {**found, ("taxonomy", ""): catalogue.taxonomy.model_copy(update=inside)}


def changed(before: Catalogue, after: Catalogue) -> set[tuple[str, str]]:
    """What was added, taken away or altered."""
    old, new = everything(before), everything(after)
    return {key for key in {*old, *new} if old.get(key) != new.get(key)}


# --- The bundled data ----------------------------------------------------------------------------


@pytest.mark.parametrize("edition", ["reference", "fagprofiler-2019"])
def test_every_bundled_edition_loads(edition: str) -> None:
    assert edition in editions()
    assert load_catalogue(edition).taxonomy.id == edition


def test_the_reference_edition_is_the_default_and_is_loaded_once() -> None:
    assert load_catalogue().taxonomy.id == "reference"
    assert load_catalogue() is load_catalogue("reference")


def test_an_unknown_edition_says_the_nearest_one() -> None:
    with pytest.raises(UnknownName) as caught:
        load_catalogue("referense")
    assert (caught.value.kind, caught.value.suggestion) == ("edition", "reference")
    assert caught.value.known == editions()


def test_module_ids_are_the_total_order(catalogue: Catalogue) -> None:
    assert catalogue.module_ids == tuple(sorted(catalogue.modules))


def test_the_data_lies_in_the_package_of_a_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "fagprofil"
    package.mkdir()
    monkeypatch.setattr("fagprofil.catalogue.files", lambda _: package)
    assert bundled("a", "b.csv") == tmp_path / "data" / "a" / "b.csv"
    (package / "data").mkdir()
    assert bundled("a", "b.csv") == package / "data" / "a" / "b.csv"


def test_a_catalogue_goes_to_json_and_back(catalogue: Catalogue) -> None:
    again = Catalogue.model_validate_json(catalogue.model_dump_json())
    assert again == catalogue
    assert "modules" in Catalogue.model_json_schema()["properties"]


def test_a_catalogue_survives_copying_and_pickling(catalogue: Catalogue) -> None:
    assert pickle.loads(pickle.dumps(catalogue)) == catalogue
    assert copy.deepcopy(catalogue) == catalogue


def test_the_order_of_records_makes_no_difference(catalogue: Catalogue) -> None:
    turned = {
        name: list(getattr(catalogue, name).values())[::-1]
        for name in ("profiles", "modules", "programmes", "funding", "backgrounds")
    }
    again = Catalogue(taxonomy=catalogue.taxonomy, **turned)
    assert again == catalogue
    assert again.module_ids == catalogue.module_ids


def test_records_of_another_kind_are_refused(catalogue: Catalogue) -> None:
    with pytest.raises(ValueError, match="modules"):
        Catalogue(taxonomy=catalogue.taxonomy, modules=catalogue.profiles)  # type: ignore[arg-type]


def test_a_catalogue_made_by_hand_is_checked_too(catalogue: Catalogue) -> None:
    lost = catalogue.modules[FREE].model_copy(update={"programme": "komunom"})
    with pytest.raises(ValueError, match="'komunom'") as caught:
        Catalogue(taxonomy=catalogue.taxonomy, modules=[lost])
    assert "did you mean" not in str(caught.value)  # there are no programmes at all
    with pytest.raises(ValueError, match="did you mean 'kommunom'"):
        Catalogue(
            taxonomy=catalogue.taxonomy,
            modules=[*(one for one in catalogue.modules.values() if one.id != FREE), lost],
            programmes=catalogue.programmes,
        )


def test_a_catalogue_is_shown_by_its_counts(catalogue: Catalogue) -> None:
    shown = repr(catalogue)
    assert shown.startswith("<Catalogue reference: 48 competences, 11 profiles, 101 modules, ")
    assert str(catalogue) == shown


# --- The edition of 2019 -------------------------------------------------------------------------


def test_the_edition_of_2019_cannot_be_scored_and_says_why() -> None:
    documented = load_catalogue("fagprofiler-2019")
    with pytest.raises(CannotScore) as caught:
        fp.gap(Employee(id="a"), "virksomhed", documented)
    assert "fagprofiler-2019" in str(caught.value)
    assert "scale" in str(caught.value)
    with pytest.raises(CannotScore) as caught:
        fp.Recommender(documented)
    assert "fagprofiler-2019" in str(caught.value)
    assert "scale" in str(caught.value)


def test_who_holds_the_text_of_2019_can_lay_it_over_and_score_it(tmp_path: Path) -> None:
    levels = ", ".join(
        f'{{ level = {n}, name = {{ da = "{n}" }}, descriptor = {{ da = "{n}" }} }}'
        for n in (1, 2, 3)
    )
    filled = f"""
        [taxonomy.scale]
        id = "tre-trin"
        name = {{ da = "Tre trin" }}
        levels = [{levels}]
        {OURS}
        [profile.virksomhed.requirements]
        organisatorisk-kendskab-og-kompetence = {{ now = 2, five_years = 3, {WHY} }}
    """
    whole = overlaid(tmp_path, filled, "fagprofiler-2019")
    gap = fp.gap(Employee(id="a"), "virksomhed", whole, horizon=fp.NOW)
    assert gap.total > 0
    with pytest.raises(CannotScore, match="helhed"):
        fp.gap(Employee(id="a"), "helhed", whole)


def test_an_edition_without_a_scale_takes_no_levels(tmp_path: Path) -> None:
    name = "organisatorisk-kendskab-og-kompetence"
    text = f"[module.{FREE}]\nteaches = {{ {name} = 2 }}\nteaches_{OURS}"
    (problem,) = problems(tmp_path, text, "fagprofiler-2019")
    assert (problem.field, problem.value) == (f"teaches.{name}", "2")
    assert problem.expected == "no level, since the edition 'fagprofiler-2019' has no scale"


# --- Overlays ------------------------------------------------------------------------------------


def test_an_overlay_of_one_module_leaves_all_others_untouched(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    local = overlaid(tmp_path, f'[module.{FREE}]\nprovider = "Vejle"')
    assert changed(catalogue, local) == {("modules", FREE)}
    before, after = catalogue.modules[FREE], local.modules[FREE]
    assert after == before.model_copy(update={"provider": "Vejle"})
    assert load_catalogue() == catalogue


def test_a_field_is_replaced_whole(tmp_path: Path, catalogue: Catalogue) -> None:
    name = "rehabilitering-i-beskaeftigelsesindsatsen"
    assert len(catalogue.modules[name].teaches or {}) > 1
    local = overlaid(tmp_path, f"[module.{name}]\nteaches = {{ jobmatch = 3 }}")
    assert local.modules[name].teaches == {"jobmatch": 3}
    title = overlaid(tmp_path, '[competence.jobmatch]\nname = { en = "Matching" }')
    assert title.taxonomy.competences["jobmatch"].name.da is None


def test_requirements_are_laid_over_one_by_one(tmp_path: Path, catalogue: Catalogue) -> None:
    local = overlaid(
        tmp_path,
        f"""
        [profile.virksomhed.requirements]
        jobmatch = {{ now = 2, weight = 0.5 }}
        sygefravaer = {{ now = 1, five_years = 1, {WHY} }}
        """,
    )
    assert changed(catalogue, local) == {("profiles", "virksomhed")}
    before = {row.competence: row for row in catalogue.profiles["virksomhed"].requirements or ()}
    after = {row.competence: row for row in local.profiles["virksomhed"].requirements or ()}
    assert "sygefravaer" not in before
    assert after.pop("sygefravaer").provenance == catalogue.profiles["virksomhed"].provenance
    changes = {"now": 2, "weight": 0.5}
    expected = before | {"jobmatch": before["jobmatch"].model_copy(update=changes)}
    assert after == expected


def test_a_new_profile_may_give_its_requirements_as_a_list(tmp_path: Path) -> None:
    row = f'{{ competence = "jobmatch", now = 1, five_years = 1, {WHY}, {OURS} }}'
    text = f'[profile.ny]\nname = {{ da = "Ny" }}\nrequirements = [{row}]\n{OURS}'
    (only,) = overlaid(tmp_path, text).profiles["ny"].requirements or ()
    assert (only.competence, only.now) == ("jobmatch", 1)


NEW = f"""
    [area.nyt-omraade]
    name = {{ da = "Nyt område" }}
    {OURS}
    [competence.ny-kompetence]
    name = {{ da = "Ny kompetence" }}
    kind = "specialised"
    area = "nyt-omraade"
    broader = "jobmatch"
    related = ["motivation"]
    {OURS}
    [background.ny-baggrund]
    name = {{ da = "Ny baggrund" }}
    brings = {{ ny-kompetence = 5 }}
    {OURS}
    [profile.ny-profil]
    name = {{ da = "Ny profil" }}
    extends = ["basis"]
    {OURS}
    [profile.ny-profil.requirements]
    ny-kompetence = {{ now = 0, five_years = 5, {WHY} }}
    [module.nyt-modul]
    title = {{ da = "Nyt modul" }}
    level = "diplom"
    programme = "nyt-program"
    project = true
    teaches = {{ ny-kompetence = 5 }}
    entry = {{ ny-kompetence = 0 }}
    {OURS}
    teaches_{OURS}
    [programme.nyt-program]
    title = {{ da = "Nyt program" }}
    compulsory = ["kommunalret"]
    electives = ["nyt-modul"]
    project = "nyt-modul"
    {OURS}
    [run.nyt-hold]
    module = "nyt-modul"
    start = 2027-03-01
    {OURS}
    [funding.ny-ordning]
    name = {{ da = "Ny ordning" }}
    covers = "fee"
    who = {{ da = "Alle" }}
    what = {{ da = "Alt" }}
    programmes = ["nyt-program"]
    modules = ["nyt-modul"]
    excluded_backgrounds = ["ny-baggrund"]
    {OURS}
"""


def test_an_overlay_adds_records_of_every_kind(tmp_path: Path, catalogue: Catalogue) -> None:
    local = overlaid(tmp_path, NEW)
    assert changed(catalogue, local) == {
        ("area", "nyt-omraade"),
        ("competence", "ny-kompetence"),
        ("backgrounds", "ny-baggrund"),
        ("profiles", "ny-profil"),
        ("modules", "nyt-modul"),
        ("programmes", "nyt-program"),
        ("runs", "nyt-hold"),
        ("funding", "ny-ordning"),
    }


def test_an_overlay_takes_records_away(tmp_path: Path, catalogue: Catalogue) -> None:
    made_up = [name for name in catalogue.modules if name.startswith("syn-")]
    text = f'[remove]\nmodule = {made_up}\nfunding = ["jobrotation"]'
    local = overlaid(tmp_path, text)
    gone = {("modules", name) for name in made_up} | {("funding", "jobrotation")}
    assert changed(catalogue, local) == gone
    assert len(local.modules) == 63


def test_a_record_can_be_taken_away_and_written_anew(tmp_path: Path) -> None:
    text = f"""
        [remove]
        module = ["{FREE}"]
        [module.{FREE}]
        title = {{ da = "Helt nyt" }}
        level = "akademi"
        {OURS}
    """
    module = overlaid(tmp_path, text).modules[FREE]
    assert (module.title.da, module.provider, module.teaches) == ("Helt nyt", None, None)


def test_defaults_hold_for_the_records_of_their_file_unless_they_say_otherwise(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    (tmp_path / "a.toml").write_text(
        f"""
        [defaults.module]
        language = "en"
        [module.{FREE}]
        [module.kommunalret]
        language = "da"
        """,
        encoding="utf-8",
    )
    (tmp_path / "b.toml").write_text("[module.kommunalt-regnskab]\nyear = 2020", encoding="utf-8")
    local = load_catalogue(overlay=tmp_path)
    names = (FREE, "kommunalret", "kommunalt-regnskab")
    assert [local.modules[name].language for name in names] == ["en", "da", None]
    assert changed(catalogue, local) == {("modules", name) for name in names}


def test_the_files_of_a_folder_are_laid_over_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name, ects in (("b", 7), ("a", 3), ("c", None)):
        content = f"ects = {ects}" if ects else ""
        (tmp_path / f"{name}.toml").write_text(f"[module.{FREE}]\n{content}", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not TOML at all", encoding="utf-8")
    assert load_catalogue(overlay=str(tmp_path)).modules[FREE].ects == 7


def test_an_overlay_in_the_folders_of_the_bundled_data_is_not_passed_over(tmp_path: Path) -> None:
    """An overlay has "the form of the bundled ones", which lie in folders by kind."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "lokalt.toml").write_text(f"[module.{FREE}]\nects = 7")
    try:
        local = load_catalogue(overlay=tmp_path)
    except FagprofilError:
        return
    assert local.modules[FREE].ects == 7


def test_the_taxonomy_s_own_fields_are_replaced_too(tmp_path: Path, catalogue: Catalogue) -> None:
    local = overlaid(tmp_path, "[taxonomy]\nas_of = 2027-06-01")
    assert local.taxonomy.as_of.isoformat() == "2027-06-01"
    assert changed(catalogue, local) == {("taxonomy", "")}


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f"[module.{FREE}]\nects = 7", encoding="utf-8-sig")
    assert load_catalogue(overlay=tmp_path / "a.toml").modules[FREE].ects == 7


def test_an_empty_overlay_changes_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    assert load_catalogue(overlay=tmp_path) == catalogue


def test_a_missing_overlay_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no overlay at .*vejle"):
        load_catalogue(overlay=tmp_path / "vejle")


# --- What does not fit together ------------------------------------------------------------------

NEW_PROFILE = f'[profile.ny]\nname = {{ da = "Ny" }}\n{OURS}\n'
NEW_MODULE = f'[module.nyt]\ntitle = {{ da = "Nyt" }}\nlevel = "diplom"\n{OURS}\nteaches_{OURS}\n'
NEW_PROGRAMME = f'[programme.nyt]\ntitle = {{ da = "Nyt" }}\n{OURS}\n'
NEW_FUNDING = (
    '[funding.ny]\nname = { da = "Ny" }\ncovers = "fee"\nwho = { da = "A" }\n'
    f'what = {{ da = "B" }}\n{OURS}\n'
)
NEW_BACKGROUND = f'[background.ny]\nname = {{ da = "Ny" }}\n{OURS}\n'


@pytest.mark.parametrize(
    ("text", "where", "field", "value", "suggestion"),
    [
        (
            '[competence.jobmatch]\narea = "arbejdsmarkd"',
            *("competence 'jobmatch'", "area", "arbejdsmarkd", "arbejdsmarked"),
        ),
        (
            '[competence.jobmatch]\nbroader = "motivasjon"',
            *("competence 'jobmatch'", "broader", "motivasjon", "motivation"),
        ),
        (
            '[competence.jobmatch]\nrelated = ["motivasjon"]',
            *("competence 'jobmatch'", "related", "motivasjon", "motivation"),
        ),
        (NEW_PROFILE + 'extends = ["basiss"]', "profile 'ny'", "extends", "basiss", "basis"),
        (
            NEW_PROFILE + f"requirements = {{ jobmach = {{ now = 2, five_years = 2, {WHY} }} }}",
            *("profile 'ny'", "requirements", "jobmach", "jobmatch"),
        ),
        (
            # Two levels, but one wrong name.
            NEW_PROFILE + f"requirements = {{ jobmach = {{ now = 2, five_years = 3, {WHY} }} }}",
            *("profile 'ny'", "requirements", "jobmach", "jobmatch"),
        ),
        (
            NEW_MODULE + "teaches = { jobmach = 2 }",
            *("module 'nyt'", "teaches", "jobmach", "jobmatch"),
        ),
        (NEW_MODULE + "entry = { jobmach = 2 }", "module 'nyt'", "entry", "jobmach", "jobmatch"),
        (NEW_MODULE + 'programme = "komunom"', "module 'nyt'", "programme", "komunom", "kommunom"),
        (
            NEW_PROGRAMME + 'compulsory = ["kommunalrett"]',
            *("programme 'nyt'", "modules", "kommunalrett", "kommunalret"),
        ),
        (
            NEW_PROGRAMME + 'electives = ["kommunalrett"]',
            *("programme 'nyt'", "modules", "kommunalrett", "kommunalret"),
        ),
        (
            NEW_PROGRAMME + 'project = "afgangsprojekt-ledelze"',
            *("programme 'nyt'", "project", "afgangsprojekt-ledelze", "afgangsprojekt-ledelse"),
        ),
        (
            f'[run.nyt]\nmodule = "kommunalrett"\nstart = 2027-01-01\n{OURS}',
            *("run 'nyt'", "module", "kommunalrett", "kommunalret"),
        ),
        (
            NEW_FUNDING + 'programmes = ["komunom"]',
            *("funding 'ny'", "programmes", "komunom", "kommunom"),
        ),
        (
            NEW_FUNDING + 'modules = ["kommunalrett"]',
            *("funding 'ny'", "modules", "kommunalrett", "kommunalret"),
        ),
        (
            NEW_FUNDING + 'excluded_backgrounds = ["komunom"]',
            *("funding 'ny'", "excluded_backgrounds", "komunom", "kommunom"),
        ),
        (
            NEW_BACKGROUND + "brings = { jobmach = 2 }",
            *("background 'ny'", "brings", "jobmach", "jobmatch"),
        ),
    ],
)
def test_a_wrong_reference_is_told_once_with_the_nearest_id(
    tmp_path: Path, text: str, where: str, field: str, value: str, suggestion: str
) -> None:
    (problem,) = problems(tmp_path, text)
    assert (problem.where, problem.field, problem.value) == (where, field, value)
    assert problem.expected == "an id of the catalogue"
    assert problem.suggestion == suggestion


def test_a_project_must_be_marked_as_one(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, NEW_PROGRAMME + 'project = "kommunalret"')
    assert (problem.where, problem.value) == ("programme 'nyt'", "kommunalret")
    assert problem.expected == "a module marked as a project"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (NEW_MODULE + "teaches = { jobmatch = %d }", "teaches.jobmatch"),
        (NEW_MODULE + "entry = { jobmatch = %d }", "entry.jobmatch"),
        (NEW_BACKGROUND + "brings = { jobmatch = %d }", "brings.jobmatch"),
        (
            NEW_PROFILE + f"requirements = {{ jobmatch = {{ now = %d, five_years = 1, {WHY} }} }}",
            "requirements.jobmatch",
        ),
        (
            NEW_PROFILE + f"requirements = {{ jobmatch = {{ now = 1, five_years = %d, {WHY} }} }}",
            "requirements.jobmatch",
        ),
    ],
)
def test_no_level_lies_above_the_scale(tmp_path: Path, text: str, field: str) -> None:
    overlaid(tmp_path, text % TOP)
    (problem,) = problems(tmp_path, text % (TOP + 1))
    assert (problem.field, problem.value) == (field, "6")
    assert problem.expected == "a level from 0 to 5"


def test_profiles_that_extend_themselves_are_each_named(tmp_path: Path) -> None:
    circle = "".join(
        f'[profile.{name}]\nname = {{ da = "{name}" }}\nextends = {extends}\n{OURS}\n'
        for name, extends in (("a", ["b", "basis"]), ("b", ["c"]), ("c", ["a"]), ("d", ["a"]))
    )
    found = problems(tmp_path, circle)
    # d leads into the circle, but not back to itself.
    assert [(one.where, one.field) for one in found] == [
        ("profile 'a'", "extends"),
        ("profile 'b'", "extends"),
        ("profile 'c'", "extends"),
    ]
    (itself,) = problems(tmp_path, NEW_PROFILE + 'extends = ["ny"]')
    assert (itself.value, itself.expected) == ("ny", "no way back to the profile itself")


def test_a_profile_may_be_reached_on_two_ways(tmp_path: Path) -> None:
    text = NEW_PROFILE + 'extends = ["virksomhed", "helhed"]'
    local = overlaid(tmp_path, text)
    line = [one.id for one in local.lineage(local.profiles["ny"])]
    assert line == ["ny", "virksomhed", "helhed", "basis"]


def test_a_competence_that_is_its_own_parent_is_named(tmp_path: Path) -> None:
    first = '[competence.jobmatch]\nbroader = "motivation"\n'
    overlaid(tmp_path, first)
    found = problems(tmp_path, first + '[competence.motivation]\nbroader = "jobmatch"')
    assert [(one.where, one.field) for one in found] == [
        ("competence 'jobmatch'", "broader"),
        ("competence 'motivation'", "broader"),
    ]


def test_an_id_used_twice_is_named(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, NEW_MODULE + 'id = "kommunalret"')
    assert (problem.where, problem.field, problem.value) == ("module", "id", "kommunalret")
    assert problem.expected == "an id used once"


# --- Files that cannot be read -------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"[module", b"x =", b"[module.a]\n[module.a]", "navn = 'æ'".encode("latin-1"), b"\xff\x00"],
)
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    with pytest.raises(DataError) as caught:
        load_catalogue(overlay=tmp_path)
    (problem,) = caught.value.problems
    assert problem.where.endswith("/a.toml")
    assert problem.expected.startswith("TOML in UTF-8; ")


@pytest.mark.parametrize(
    ("table", "suggestion"),
    [("modul", "module"), ("Profile", "profile"), ("defaullts", "defaults"), ("qqq", None)],
)
def test_an_unknown_table_says_the_nearest_one(
    tmp_path: Path, table: str, suggestion: str | None
) -> None:
    (problem,) = problems(tmp_path, f"[{table}.x]\na = 1")
    assert problem.where.endswith("/lokalt.toml")
    assert (problem.field, problem.suggestion) == (table, suggestion)
    assert problem.expected == "a known table"


def test_only_what_is_there_can_be_taken_away(tmp_path: Path) -> None:
    text = '[remove]\nmodule = ["kommunalrett", "kommunalret"]\nprofil = ["basis"]'
    found = problems(tmp_path, text)
    assert [one.field for one in found] == ["remove.module", "remove.profil"]
    assert (found[0].value, found[0].suggestion) == ("kommunalrett", "kommunalret")


def test_what_rests_on_a_record_taken_away_is_named(tmp_path: Path) -> None:
    found = problems(tmp_path, '[remove]\nprogramme = ["hd"]')
    assert {(one.field, one.value) for one in found} == {("programme", "hd")}


@pytest.mark.parametrize(
    "text",
    [
        *("taxonomy = 5", "module = 5", "profile = [1]", "remove = ['x']", "areas = []"),
        *("[module]\nkommunalret = 5", "[remove]\nmodule = 5", "[remove]\nmodule = [5]"),
        *("defaults = 5\n[module.kommunalret]", "[defaults]\nmodule = 5\n[module.kommunalret]"),
        *("[taxonomy]\nscale = 5", "[taxonomy]\nname = 5", "[module.kommunalret]\nprice = 5"),
        *("[module.kommunalret]\nteaches = 5", "[profile.basis]\nrequirements = 5"),
        *("[profile.basis.requirements]\nmotivation = 5", "[profile.basis]\nextends = 5"),
        *("[taxonomy]\nareas = 5", "[taxonomy]\ncompetences = 5", "[defaults]\nmodul = 5"),
        NEW_PROFILE + "requirements = { jobmatch = 5 }",
    ],
)
def test_a_value_where_a_table_belongs_ends_in_our_own_error(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text)


def test_a_wrong_requirement_is_told_also_where_a_later_file_mends_it(tmp_path: Path) -> None:
    first = "[profile.basis.requirements]\nmotivation = 5"
    (tmp_path / "a.toml").write_text(first, encoding="utf-8")
    (tmp_path / "b.toml").write_text(first.replace("5", "{ now = 3 }"), encoding="utf-8")
    try:
        local = load_catalogue(overlay=tmp_path)
    except FagprofilError:
        return
    rows = {row.competence: row.now for row in local.profiles["basis"].requirements or ()}
    assert rows["motivation"] == 3


def test_an_id_given_as_a_text_to_remove_is_one_problem(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, '[remove]\nmodule = "kommunalret"')
    assert problem.field == "remove.module"


def test_defaults_of_an_unknown_table_are_not_passed_over(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "[defaults.modul]\nects = 5")
    assert "modul" in problem.field
    assert problem.suggestion == "module"


def test_an_unknown_field_says_the_nearest_one(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f"[module.{FREE}]\nectss = 7")
    assert (problem.where, problem.field) == (f"module {FREE!r}", "ectss")
    assert problem.value == "7"
    assert problem.suggestion == "ects"


@pytest.mark.parametrize(
    ("text", "where", "field", "value"),
    [
        ('[module.kommunalt-regnskab]\nlevel = "master"', "kommunalt-regnskab", "level", "master"),
        ("[module.kommunalt-regnskab]\nects = -5", "kommunalt-regnskab", "ects", "-5"),
        ('[profile.basis]\nname = { dk = "x" }', "basis", "name.dk", "x"),
        ('[module."Nyt Modul"]', "Nyt Modul", "id", "Nyt Modul"),
        ("[funding.svu]\nshare = 80", "svu", "share", "80"),
    ],
)
def test_a_wrong_value_names_record_field_and_value(
    tmp_path: Path, text: str, where: str, field: str, value: str
) -> None:
    found = problems(tmp_path, text)
    matching = [one for one in found if (one.field, one.value) == (field, value)]
    assert [repr(where) in one.where for one in matching] == [True]


def test_a_wrong_value_says_what_would_have_been_right(tmp_path: Path) -> None:
    text = '[module.kommunalt-regnskab]\nlevel = "master"\nects = [5]\ntitle = { dk = "x" }'
    found = {one.field: one for one in problems(tmp_path, text)}
    assert "akademi" in found["level"].expected
    assert found["ects"].value is None  # a list is not repeated
    assert found["title.dk"].suggestion is None


def test_only_what_is_wrong_is_told(tmp_path: Path) -> None:
    """The records that refer to a broken one are not to blame."""
    found = problems(tmp_path, '[competence.jobmatch]\nkind = "central"')
    assert [(one.where, one.field) for one in found] == [("competence 'jobmatch'", "kind")]


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[module", encoding="utf-8")
    (tmp_path / "b.toml").write_text('[remove]\nmodule = ["x"]\n[modul.y]\n', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_catalogue(overlay=tmp_path)
    assert [one.field for one in caught.value.problems] == ["file", "remove.module", "modul"]
    again = tmp_path / "again"
    again.mkdir()
    text = f"""
        {NEW_PROFILE}extends = ["basiss"]
        {NEW_MODULE}entry = {{ jobmatch = 9 }}
        [module.kommunalt-regnskab]
        teaches = {{ jobmach = 1 }}
        [funding.svu]
        share = 80
    """
    found = {(one.where, one.field) for one in problems(again, text)}
    assert {
        ("profile 'ny'", "extends"),
        ("module 'nyt'", "entry.jobmatch"),
        ("module 'kommunalt-regnskab'", "teaches"),
        ("funding 'svu'", "share"),
    } <= found


def test_a_wrong_competence_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    text = NEW_MODULE + 'programme = "komunom"\n[competence.jobmatch]\narea = "arbejdsmarkd"'
    said = " ".join(map(str, problems(tmp_path, text)))
    assert "'arbejdsmarkd'" in said
    assert "'komunom'" in said


# --- Profiles and people -------------------------------------------------------------------------


def test_a_profile_is_resolved_by_any_notation(catalogue: Catalogue) -> None:
    assert catalogue.resolve("virksomhed+helhed").id == "virksomhed+helhed"
    assert catalogue.resolve({"virksomhed": 3, "helhed": 1}).id == "helhed:0.25+virksomhed:0.75"
    with pytest.raises(UnknownName) as caught:
        catalogue.resolve("virksomhet")
    assert caught.value.suggestion == "virksomhed"


def test_a_profile_of_one_s_own_must_fit_the_catalogue(catalogue: Catalogue) -> None:
    row = {"competence": "jobmatch", "now": 1, "five_years": 2, "reason": {"da": "Derfor"}}
    whole = {
        "id": "ny",
        "name": {"da": "Ny"},
        "extends": ["basis"],
        "requirements": [{**row, "provenance": {"status": "editorial"}}],
        "provenance": {"status": "editorial"},
    }
    own = fp.Profile.model_validate(whole)
    assert catalogue.resolve(own).parts == ((1.0, own),)
    assert [one.id for one in catalogue.lineage(own)] == ["ny", "basis"]
    stacked = own + catalogue.profiles["virksomhed"]
    assert catalogue.resolve(stacked) == stacked
    wrong = own.model_copy(update={"extends": ("basiss",)})
    for profile in (wrong, wrong + catalogue.profiles["virksomhed"]):
        with pytest.raises(DataError) as caught:
            catalogue.resolve(profile)
        (problem,) = caught.value.problems
        assert (problem.where, problem.value, problem.suggestion) == (
            *("profile 'ny'", "basiss", "basis"),
        )


def test_the_lineage_begins_with_the_profile_itself(catalogue: Catalogue) -> None:
    line = catalogue.lineage(catalogue.profiles["virksomhed"])
    assert [one.id for one in line] == ["virksomhed", "basis"]


def test_people_that_fit_the_catalogue_pass(catalogue: Catalogue) -> None:
    said = Evidence(competence="jobmatch", level=TOP, kind="self")
    fitting = Employee.model_validate(
        {
            "id": "a",
            "evidence": [said],
            "completed": ["kommunalret"],
            "backgrounds": ["kommunom"],
            "profile": "virksomhed:0.7+helhed:0.3",
        }
    )
    catalogue.check_employees([fitting, Employee(id="b")])


def test_all_that_does_not_fit_is_told_with_the_person(catalogue: Catalogue) -> None:
    wrong = {
        "id": "a",
        "evidence": [
            {"competence": "jobmach", "level": 1, "kind": "self"},
            {"competence": "jobmatch", "level": 6, "kind": "self"},
        ],
        "completed": ["kommunalrett"],
        "backgrounds": ["komunom"],
        "profile": "virksomhet",
    }
    people = [Employee.model_validate(wrong), Employee(id="b"), Employee(id="c", profile="a:0")]
    with pytest.raises(DataError) as caught:
        catalogue.check_employees(people)
    found = [(one.where, one.field, one.value, one.suggestion) for one in caught.value.problems]
    assert found[:5] == [
        ("employee 'a'", "evidence", "jobmach", "jobmatch"),
        ("employee 'a'", "evidence.jobmatch", "6", None),
        ("employee 'a'", "completed", "kommunalrett", "kommunalret"),
        ("employee 'a'", "backgrounds", "komunom", "kommunom"),
        ("employee 'a'", "profile", "virksomhet", "virksomhed"),
    ]
    assert len(found) == 6
    assert found[5][:3:2] == ("employee 'c'", "a:0")
