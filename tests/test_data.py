"""Facts of the bundled data, and what the data must keep to."""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from fagprofil.catalogue import Catalogue, bundled, editions, load_catalogue
from fagprofil.model import EscoLink, Module, Provenance, Record, Records, Status

SHARED = Path(os.environ.get("FAGPROFIL_SHARED") or Path(__file__).parents[2] / "shared" / "data")
ADDRESS = re.compile(r"^https?://\S+$")


def records(catalogue: Catalogue) -> Iterator[Record]:
    taxonomy = catalogue.taxonomy
    yield taxonomy
    for some in (taxonomy.areas, taxonomy.competences):
        yield from some.values()
    for name in Catalogue.model_fields:
        some = getattr(catalogue, name)
        if isinstance(some, Records):
            yield from some.values()


def provenances(value: Any) -> Iterator[Provenance]:
    """Every provenance within a record, however deep."""
    if isinstance(value, Provenance):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from provenances(getattr(value, name))
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from provenances(one)


def addresses(provenance: Provenance) -> list[str]:
    return [one for one in provenance.sources if ADDRESS.match(one)]


def data_files() -> list[Path]:
    folder = bundled()
    kinds = (".toml", ".csv", ".json", ".md")
    return sorted(file for file in folder.rglob("*") if file.suffix in kinds)


# --- Modules -------------------------------------------------------------------------------------


def documented(catalogue: Catalogue) -> list[Module]:
    return [one for one in catalogue.modules.values() if one.provenance.status == Status.SOURCED]


def synthetic(catalogue: Catalogue) -> list[Module]:
    return [one for one in catalogue.modules.values() if one.provenance.status == Status.SYNTHETIC]


def test_63_modules_are_documented_and_11_of_them_are_projects(catalogue: Catalogue) -> None:
    found = documented(catalogue)
    assert len(found) == 63
    assert sum(one.project for one in found) == 11
    assert all(addresses(one.provenance) for one in found)


@pytest.mark.parametrize(
    ("name", "title", "programme", "level", "ects"),
    [
        (
            *("rehabilitering-i-beskaeftigelsesindsatsen", "Rehabilitering i "),
            *("diplom-beskaeftigelse", "diplom", 10),
        ),
        (
            *("afgangsprojekt-beskaeftigelse", "Afgangsprojektet"),
            *("diplom-beskaeftigelse", "diplom", 15),
        ),
        ("social-teori-kommunom", "Social teori", "kommunom", "akademi", None),
        ("kommunalret", "Kommunalret", "diplom-offentlig-forvaltning", "diplom", 5),
        ("adult-guidance", "Adult guidance", "diplom-vejledning", "diplom", 9),
    ],
)
def test_modules_that_the_sources_name(
    catalogue: Catalogue, name: str, title: str, programme: str, level: str, ects: float | None
) -> None:
    module = catalogue.modules[name]
    assert module.title.in_("da").startswith(title)
    assert (module.programme, module.level, module.ects) == (programme, level, ects)


def test_titles_found_in_english_only_have_no_danish_one(catalogue: Catalogue) -> None:
    found = [one.id for one in documented(catalogue) if one.title.da is None]
    guidance = [one.id for one in documented(catalogue) if one.programme == "diplom-vejledning"]
    assert found == guidance
    assert len(found) == 9


def test_made_up_modules_fill_the_field_and_carry_nobody_s_name(catalogue: Catalogue) -> None:
    found = synthetic(catalogue)
    assert 25 <= len(found) <= 40
    assert len(found) + len(documented(catalogue)) == len(catalogue.modules)
    for one in found:
        assert one.id.startswith("syn-")
        assert (one.provider, one.programme, one.year, one.project) == (None, None, None, False)
    assert not any(one.id.startswith("syn-") for one in documented(catalogue))


def test_every_module_but_the_projects_says_what_it_teaches_and_who_says_so(
    catalogue: Catalogue,
) -> None:
    for one in catalogue.modules.values():
        if one.project:
            assert (one.teaches, one.entry) == (None, None)
            continue
        assert one.teaches is not None
        assert one.entry is not None
        assert one.teaches_provenance is not None
        expected = {Status.EDITORIAL, Status.SYNTHETIC}
        assert one.teaches_provenance.status in expected
        made_up = one.provenance.status == Status.SYNTHETIC
        assert made_up == (one.teaches_provenance.status == Status.SYNTHETIC)


def test_no_module_expects_what_it_only_then_teaches(catalogue: Catalogue) -> None:
    for one in catalogue.modules.values():
        for name, level in (one.teaches or {}).items():
            assert (one.entry or {}).get(name, 0) < level, (one.id, name)


def test_a_price_is_documented_or_a_range(catalogue: Catalogue) -> None:
    priced = [one for one in catalogue.modules.values() if one.price is not None]
    assert priced
    for one in priced:
        assert one.price is not None
        status = one.price.provenance.status
        documented_price = status in (Status.OFFICIAL, Status.SOURCED)
        assert documented_price != one.price.is_range, one.id
        assert addresses(one.price.provenance), one.id
        assert 1_000 <= one.price.low <= one.price.high <= 100_000
    assert catalogue.modules["kommunikation-og-teamrelationer"].price is not None
    assert catalogue.modules["kommunikation-og-teamrelationer"].price.middle == 14_195


def test_what_the_reform_ends_is_marked_in_the_module_that_names_it(catalogue: Catalogue) -> None:
    said = catalogue.modules["rehabilitering-i-beskaeftigelsesindsatsen"].outdated
    assert said is not None
    assert "revalidering" in said.in_("da")


def test_projects_are_those_of_their_programmes(catalogue: Catalogue) -> None:
    taken_last = {one.project for one in catalogue.programmes.values()} - {None}
    assert taken_last == {one.id for one in catalogue.modules.values() if one.project}


def test_the_parts_of_a_programme_make_up_its_ects(catalogue: Catalogue) -> None:
    for one in catalogue.programmes.values():
        parts = (one.compulsory_ects, one.elective_ects, one.project_ects)
        if one.ects is not None and None not in parts:
            assert sum(part or 0 for part in parts) == one.ects, one.id


# --- Provenance ----------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", ["reference", "fagprofiler-2019"])
def test_every_record_has_provenance_and_the_sourced_ones_sources(edition: str) -> None:
    for one in records(load_catalogue(edition)):
        for provenance in provenances(one):
            assert provenance.status in Status
            if provenance.status in (Status.OFFICIAL, Status.SOURCED, Status.DERIVED):
                assert provenance.sources, one.id
        assert one.provenance.sources or one.provenance.note, one.id


@pytest.mark.parametrize("file", data_files(), ids=lambda file: file.name)
def test_no_data_file_points_to_a_machine_or_to_our_own_notes(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    machine = r"(?<![\w.:/-])(?:/(?:work|home|root|tmp|Users)/|[A-Z]:\\)\S*"
    wrong = re.findall(rf"{machine}|\bcase \d+\b", text)
    assert wrong == []


def test_there_are_data_files_to_look_into() -> None:
    folders = {file.relative_to(bundled()).parts[0] for file in data_files()}
    assert {"backgrounds", "cases", "funding", "modules", "profiles"} <= folders


@pytest.mark.parametrize("edition", ["reference", "fagprofiler-2019"])
def test_names_are_given_in_danish_and_english(edition: str) -> None:
    catalogue = load_catalogue(edition)
    named = [*catalogue.taxonomy.competences.values(), *catalogue.taxonomy.areas.values()]
    for one in [*named, *catalogue.profiles.values(), *catalogue.backgrounds.values()]:
        assert one.name.da, one.id
        assert one.name.en, one.id


# --- Competences and profiles --------------------------------------------------------------------


def test_the_reference_edition_has_36_to_48_competences_in_areas(catalogue: Catalogue) -> None:
    competences = catalogue.taxonomy.competences
    assert 36 <= len(competences) <= 48
    assert {one.area for one in competences.values()} == set(catalogue.taxonomy.areas)
    assert {one.kind for one in competences.values()} == {"basis", "specialised"}
    assert catalogue.taxonomy.scale is not None
    assert catalogue.taxonomy.scale.top == 5
    assert catalogue.taxonomy.as_of == dt.date(2026, 11, 22)


def esco_links(catalogue: Catalogue) -> list[tuple[str, EscoLink]]:
    competences = catalogue.taxonomy.competences.values()
    return [(one.id, link) for one in competences for link in one.esco or ()]


def test_nine_of_ten_competences_are_grounded_in_esco(catalogue: Catalogue) -> None:
    linked = {name for name, _ in esco_links(catalogue)}
    assert 10 * len(linked) >= 9 * len(catalogue.taxonomy.competences)
    pairs = [(name, link.uri) for name, link in esco_links(catalogue)]
    assert len(set(pairs)) == len(pairs)


@cache
def esco_labels(file: str) -> dict[str, str]:
    path = SHARED / "esco" / file
    if not path.exists():
        pytest.skip(f"no {file} in the folder of shared data")
    with path.open(encoding="utf-8", newline="") as opened:
        rows = csv.DictReader(opened)
        return {row["conceptUri"]: row["preferredLabel"].strip() for row in rows}


def test_every_esco_skill_exists_under_its_english_label(catalogue: Catalogue) -> None:
    known = esco_labels("v1.2.0-en/skills_en.csv")
    for name, link in esco_links(catalogue):
        assert (name, link.label.en) == (name, known.get(link.uri))


def test_every_danish_label_is_esco_s_own(catalogue: Catalogue) -> None:
    known = esco_labels("v1.0-da/skills_da.csv")
    for name, link in esco_links(catalogue):
        assert (name, link.label.da) == (name, known.get(link.uri))


def test_there_are_8_to_12_profiles_on_one_basis(catalogue: Catalogue) -> None:
    profiles = catalogue.profiles
    assert 8 <= len(profiles) <= 12
    assert {one.extends for one in profiles.values() if one.id != "basis"} == {("basis",)}
    assert profiles["basis"].extends == ()
    assert all(one.requirements for one in profiles.values())


def test_every_competence_is_wanted_by_a_profile_and_taught_by_a_module(
    catalogue: Catalogue,
) -> None:
    competences = set(catalogue.taxonomy.competences)
    wanted = {
        row.competence for one in catalogue.profiles.values() for row in one.requirements or ()
    }
    taught = {name for one in catalogue.modules.values() for name in one.teaches or {}}
    assert wanted == competences
    assert taught == competences


def test_every_requirement_has_a_reason_and_a_change_a_source(catalogue: Catalogue) -> None:
    changing = 0
    for profile in catalogue.profiles.values():
        for row in profile.requirements or ():
            about = (profile.id, row.competence)
            assert (row.reason.da or "").strip(), about
            assert (row.reason.en or "").strip(), about
            assert 0.5 <= row.weight <= 3.0, about
            if row.now != row.five_years:
                changing += 1
                assert addresses(row.provenance) or addresses(profile.provenance), about
    assert changing > 0


def test_a_specialised_profile_repeats_the_basis_only_to_ask_for_more(
    catalogue: Catalogue,
) -> None:
    basis = {row.competence: row for row in catalogue.profiles["basis"].requirements or ()}
    for profile in catalogue.profiles.values():
        if profile.id == "basis":
            continue
        for row in profile.requirements or ():
            if row.competence in basis:
                below = basis[row.competence]
                more = row.now > below.now or row.five_years > below.five_years
                assert more or row.weight > below.weight, (profile.id, row.competence)


# --- The edition of 2019 -------------------------------------------------------------------------


def test_the_edition_of_2019_is_the_documented_skeleton_and_no_more() -> None:
    documented_edition = load_catalogue("fagprofiler-2019")
    taxonomy = documented_edition.taxonomy
    assert list(taxonomy.competences) == [
        "beskaeftigelses-og-socialfaglig-viden",
        "organisatorisk-kendskab-og-kompetence",
    ]
    assert {one.kind for one in taxonomy.competences.values()} == {"basis"}
    assert len(documented_edition.profiles) == 4
    assert {"helhed", "kompetencematch", "virksomhed"} < set(documented_edition.profiles)
    assert len(taxonomy.missing) == 7
    statuses = {one.provenance.status for one in (taxonomy, *taxonomy.competences.values())}
    assert statuses == {Status.SOURCED}


def test_what_is_not_known_of_2019_loads_as_none() -> None:
    documented_edition = load_catalogue("fagprofiler-2019")
    taxonomy = documented_edition.taxonomy
    assert taxonomy.scale is None
    assert len(taxonomy.areas) == 0
    for competence in taxonomy.competences.values():
        assert (competence.esco, competence.area, competence.related) == (None, None, None)
    assert [one.requirements for one in documented_edition.profiles.values()] == [None] * 4
    purposes = {one.id: one.purpose for one in documented_edition.profiles.values()}
    assert [name for name, purpose in purposes.items() if purpose is None] == ["fjerde-profil"]
    assert all(one.teaches is None for one in documented_edition.modules.values())
    assert all(one.brings is None for one in documented_edition.backgrounds.values())


def test_modules_and_money_are_the_same_in_every_edition(catalogue: Catalogue) -> None:
    other = load_catalogue("fagprofiler-2019")
    assert set(editions()) == {"reference", "fagprofiler-2019"}
    assert other.module_ids == catalogue.module_ids
    assert other.funding == catalogue.funding
    assert other.programmes == catalogue.programmes
    nothing = {"teaches": None, "entry": None, "teaches_provenance": None}
    for name, module in catalogue.modules.items():
        assert other.modules[name] == module.model_copy(update=nothing)


# --- Funding and backgrounds ---------------------------------------------------------------------


def test_jobrotation_ends_in_2026(catalogue: Catalogue) -> None:
    scheme = catalogue.funding["jobrotation"]
    assert scheme.valid_to is not None
    assert scheme.valid_to.year == 2026
    assert not scheme.holds_on(dt.date(2027, 1, 1))
    assert {rate.year: rate.amount for rate in scheme.hourly_rates} == {
        2014: 176.20,
        2017: 184.98,
        2019: 189.51,
        2024: 203.17,
    }


def test_every_scheme_has_addresses_and_ends_or_is_confirmed_to_a_day(
    catalogue: Catalogue,
) -> None:
    for scheme in catalogue.funding.values():
        assert addresses(scheme.provenance), scheme.id
        if scheme.confirmed_to is not None:
            assert scheme.confirmed_to <= dt.date(2026, 11, 22), scheme.id
    pools = [one for one in catalogue.funding.values() if one.covers == "project"]
    assert pools
    assert all(one.valid_to is not None for one in pools)


def test_the_documented_rule_of_the_municipal_fund(catalogue: Catalogue) -> None:
    until_2023 = catalogue.funding["kommunale-kompetencefond-2021"]
    assert (until_2023.share, until_2023.cap, until_2023.cap_period) == (0.8, 30_000, "12-months")
    since_2024 = catalogue.funding["kommunale-kompetencefond-2024"]
    assert (since_2024.share, since_2024.cap) == (0.8, None)
    assert until_2023.valid_to == dt.date(2023, 12, 31)
    assert since_2024.valid_from == dt.date(2024, 1, 1)
    assert "a-kasse" not in (until_2023.employers or ())


def test_backgrounds_bring_modest_levels_with_a_reason(catalogue: Catalogue) -> None:
    assert len(catalogue.backgrounds) == 10
    for one in catalogue.backgrounds.values():
        assert one.brings is not None, one.id
        assert one.reason is not None, one.id
        assert all(1 <= level <= 3 for level in one.brings.values()), one.id
