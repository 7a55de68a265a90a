"""The service answers over HTTP what the library answers in Python."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import worlds
from pydantic import TypeAdapter

import fagprofil as fp
from fagprofil.evidence import EvidenceModel, RatingModel
from fagprofil.matching import Match
from fagprofil.model import Competence
from fagprofil.rankers import RankingTask
from fagprofil.service import create_app

Serve = Callable[[Any], httpx.Client]

MATCHES = TypeAdapter(tuple[Match, ...])
RESULTS = TypeAdapter(tuple[fp.Recommendations, ...])


def ask(client: httpx.Client, path: str, **body: Any) -> bytes:
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    return response.content


@pytest.mark.parametrize(
    "profile", [None, "helhed", "virksomhed+helhed", "basis:2+unge:1", {"basis": 0.5, "unge": 0.5}]
)
@pytest.mark.parametrize("kind", ["now", "five", "over"])
def test_gap(
    client: httpx.Client, catalogue: fp.Catalogue, anna: dict[str, Any], profile: Any, kind: str
) -> None:
    horizon = {"now": fp.NOW, "five": fp.IN_FIVE_YEARS, "over": fp.OVER_FIVE_YEARS}[kind]
    answer = ask(client, "/gap", employee=anna, profile=profile, horizon={"kind": kind})
    expected = fp.gap(fp.Employee(**anna), profile, catalogue, horizon=horizon)
    assert fp.Gap.model_validate_json(answer) == expected


def test_a_gap_is_of_now_unless_asked_otherwise(
    client: httpx.Client, catalogue: fp.Catalogue, anna: dict[str, Any]
) -> None:
    found = fp.Gap.model_validate_json(ask(client, "/gap", employee=anna))
    assert found == fp.gap(fp.Employee(**anna), None, catalogue)


def test_match(client: httpx.Client, catalogue: fp.Catalogue, anna: dict[str, Any]) -> None:
    employee = fp.Employee(**anna)
    assert MATCHES.validate_json(ask(client, "/match", employee=anna)) == fp.match(
        employee, catalogue
    )
    some = ["unge", "virksomhed+helhed"]
    answer = ask(client, "/match", employee=anna, profiles=some, horizon={"kind": "five"})
    expected = fp.match(employee, catalogue, profiles=some, horizon=fp.IN_FIVE_YEARS)
    assert MATCHES.validate_json(answer) == expected


ORDERS: list[dict[str, Any]] = [
    {},
    {"k": 10},
    {"k": 3, "choose": "set"},
    {"profile": "unge", "exclude": ["mediation"]},
    {"profile": {"basis": 0.5, "unge": 0.5}},
]


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_recommend(
    client: httpx.Client, recommender: fp.Recommender, anna: dict[str, Any], order: dict[str, Any]
) -> None:
    found = fp.Recommendations.model_validate_json(
        ask(client, "/recommend", employee=anna, **order)
    )
    assert found == recommender.recommend(fp.Employee(**anna), **order)
    assert found.version == recommender.version
    assert len(found) > 0
    assert len(found.ineligible) > 0


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_a_batch_is_each_person_on_their_own(
    client: httpx.Client, recommender: fp.Recommender, order: dict[str, Any]
) -> None:
    people = list(fp.load_case("job7").people(recommender.catalogue))[:40]
    people = [one if one.profile else one.model_copy(update={"profile": "basis"}) for one in people]
    sent = [one.model_dump(mode="json") for one in people]
    found = RESULTS.validate_json(ask(client, "/recommend/batch", employees=sent, **order))
    assert found == tuple(recommender.recommend(one, **order) for one in people)


def test_what_was_left_out_can_be_left_out(
    client: httpx.Client, recommender: fp.Recommender, anna: dict[str, Any]
) -> None:
    whole = recommender.recommend(fp.Employee(**anna))
    short = fp.Recommendations.model_validate({**whole.model_dump(mode="json"), "ineligible": []})
    answer = ask(client, "/recommend", employee=anna, ineligible=False)
    assert fp.Recommendations.model_validate_json(answer) == short != whole
    answer = ask(client, "/recommend/batch", employees=[anna], ineligible=False)
    assert RESULTS.validate_json(answer) == (short,)


def test_others_are_answered_while_a_batch_is_worked_on(serve: Serve, board: worlds.Board) -> None:
    working = threading.Event()

    def slow(task: RankingTask) -> Any:
        working.set()
        time.sleep(0.1)
        return task.gain

    client = serve(create_app(fp.Recommender(board.catalogue, slow)))
    people = [{"id": str(i), "profile": "job"} for i in range(20)]
    with ThreadPoolExecutor(1) as pool:
        batch = pool.submit(client.post, "/recommend/batch", json={"employees": people})
        assert working.wait(10)
        assert client.get("/health").status_code == 200
        assert client.post("/gap", json={"employee": people[0]}).status_code == 200
        assert not batch.done()
        assert batch.result().status_code == 200


def test_a_batch_of_nobody(client: httpx.Client) -> None:
    assert ask(client, "/recommend/batch", employees=[]) == b"[]"


def test_the_answers_that_can_be_worked_out_by_hand(serve: Serve, board: worlds.Board) -> None:
    client = serve(create_app(fp.Recommender(board.catalogue)))
    for i, one in enumerate(board.people):
        sent = one.model_dump(mode="json")
        result = client.post("/recommend", json={"employee": sent}).json()
        assert [item["module"] for item in result["items"]] == [f"m{i}"]
        assert result["items"][0]["score"] == board.gap(i)
        gap = client.post("/gap", json={"employee": sent}).json()
        assert gap["total"] == board.gap(i)


def test_gaps_are_judged_as_the_recommender_judges(
    serve: Serve, catalogue: fp.Catalogue, anna: dict[str, Any]
) -> None:
    trusting = EvidenceModel(self_rating=RatingModel(spread=0.1, half_life=30))
    client = serve(create_app(fp.Recommender(catalogue, on=worlds.AS_OF, model=trusting)))
    employee = fp.Employee(**anna)
    gap = fp.Gap.model_validate_json(ask(client, "/gap", employee=anna))
    assert gap == fp.gap(employee, None, catalogue, on=worlds.AS_OF, model=trusting)
    assert gap != fp.gap(employee, None, catalogue, on=worlds.AS_OF)
    matches = MATCHES.validate_json(ask(client, "/match", employee=anna))
    assert matches == fp.match(employee, catalogue, on=worlds.AS_OF, model=trusting)
    assert matches != fp.match(employee, catalogue, on=worlds.AS_OF)


@pytest.mark.parametrize("kind", ["competences", "profiles", "modules"])
def test_records_by_id_and_in_pages(
    client: httpx.Client, catalogue: fp.Catalogue, kind: str
) -> None:
    records: dict[str, Any] = {
        "competences": catalogue.taxonomy.competences,
        "profiles": catalogue.profiles,
        "modules": catalogue.modules,
    }
    known, seen = records[kind], []
    model = {"competences": Competence, "profiles": fp.Profile, "modules": fp.Module}[kind]
    for offset in range(0, len(known) + 7, 7):
        page = client.get(f"/{kind}", params={"offset": offset, "limit": 7}).json()
        assert (page["total"], page["offset"]) == (len(known), offset)
        seen += [model.model_validate(one) for one in page["items"]]
    assert seen == list(known.values())
    for name in list(known)[:5]:
        assert model.model_validate_json(client.get(f"/{kind}/{name}").content) == known[name]


def ids(client: httpx.Client, path: str, **query: str) -> set[str]:
    page = client.get(path, params={**query, "limit": "500"}).json()
    assert page["total"] == len(page["items"])
    return {one["id"] for one in page["items"]}


def test_lists_can_be_narrowed(client: httpx.Client, catalogue: fp.Catalogue) -> None:
    modules, competences = catalogue.modules.values(), catalogue.taxonomy.competences.values()
    found = ids(client, "/modules", teaches="jobmatch", level="diplom")
    expected = {
        one.id for one in modules if one.level == "diplom" and "jobmatch" in (one.teaches or {})
    }
    assert found == expected != set()
    programme = next(one.programme for one in modules if one.programme)
    expected = {one.id for one in modules if one.programme == programme}
    assert ids(client, "/modules", programme=programme) == expected
    assert ids(client, "/competences", kind="basis") == {
        one.id for one in competences if one.kind == "basis"
    }
    area = next(one.area for one in competences if one.area)
    assert ids(client, "/competences", area=area) == {
        one.id for one in competences if one.area == area
    }


def test_health_and_version(client: httpx.Client, recommender: fp.Recommender) -> None:
    health = client.get("/health")
    assert health.json() == {"status": "ok"}
    assert client.get("/version").json() == {
        "library": "0.1.0",
        "recommender": recommender.version,
        "edition": "reference",
        "on": recommender.on.isoformat(),
    }
    assert health.headers["X-Fagprofil-Version"] == recommender.version
    assert health.headers["Cache-Control"] == "no-store"
