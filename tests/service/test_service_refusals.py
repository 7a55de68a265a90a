"""What is wrong is refused, with the library's own words and never with a person's data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import worlds
from fastapi import FastAPI

import fagprofil as fp
from fagprofil.errors import CannotScore, DataError, FagprofilError, UnknownName
from fagprofil.model import Profile
from fagprofil.service import Limits, create_app

Serve = Callable[[Any], httpx.Client]
TOKEN = "0123456789abcdef"
CPR = "010170-1234"


def told(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem details of an answer."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == status
    assert (found["type"], bool(found["title"])) == ("about:blank", True)
    return found


def raised(kind: type[FagprofilError], call: Callable[..., Any], *given: Any, **named: Any) -> Any:
    with pytest.raises(kind) as caught:
        call(*given, **named)
    return caught.value


# --- what the library refuses -------------------------------------------------------------------


WRONG_FACTS: list[dict[str, Any]] = [
    {"backgrounds": ["kommunomm"]},
    {"evidence": [{"competence": "jobmatc", "level": 9, "kind": "self"}]},
    {"evidence": [{"competence": "jobmatch", "level": 9, "kind": "self"}]},
    {"completed": [{"module": "medition"}], "backgrounds": ["x"]},
    {"profile": "virksomhd"},
]


@pytest.mark.parametrize("facts", WRONG_FACTS, ids=str)
@pytest.mark.parametrize("path", ["/gap", "/match", "/recommend"])
def test_a_person_who_does_not_fit_the_catalogue(
    client: httpx.Client, catalogue: fp.Catalogue, facts: dict[str, Any], path: str
) -> None:
    employee = {"id": "e-1", **facts}
    body = {"employee": employee} if path == "/match" else {"employee": employee, "profile": "unge"}
    error = raised(DataError, catalogue.check_employees, [fp.Employee(**employee)])
    found = told(client.post(path, json=body), 422)
    assert found["detail"] == str(error)
    assert found["error"] == "DataError"
    names = ("where", "field", "value", "expected", "suggestion")
    expected = [{name: getattr(one, name) for name in names} for one in error.problems]
    assert found["problems"] == expected


def test_an_unknown_profile_is_no_missing_page(
    client: httpx.Client, catalogue: fp.Catalogue, anna: dict[str, Any]
) -> None:
    error = raised(UnknownName, catalogue.resolve, "virksomhd")
    for path in ("/gap", "/recommend"):
        found = told(client.post(path, json={"employee": anna, "profile": "virksomhd"}), 422)
        assert (found["detail"], found["error"]) == (str(error), "UnknownName")
        assert "did you mean 'virksomhed'" in found["detail"]
    body = {"employee": anna, "profiles": ["virksomhd"]}
    assert told(client.post("/match", json=body), 422)["detail"] == str(error)
    body = {"employee": anna, "exclude": ["medition"]}
    assert "did you mean 'mediation'" in told(client.post("/recommend", json=body), 422)["detail"]


def test_nobody_said_which_profile(client: httpx.Client, catalogue: fp.Catalogue) -> None:
    error = raised(DataError, fp.gap, fp.Employee(id="e-1"), None, catalogue)
    for path in ("/gap", "/recommend"):
        found = told(client.post(path, json={"employee": {"id": "e-1"}}), 422)
        assert found["detail"] == str(error)


def test_a_batch_tells_of_everybody_at_once(client: httpx.Client) -> None:
    people = [{"id": "a"}, {"id": "b", "profile": "basis"}, {"id": "c"}]
    found = told(client.post("/recommend/batch", json={"employees": people}), 422)
    assert [one["where"] for one in found["problems"]] == ["employee 'a'", "employee 'c'"]
    people = [{"id": "a", "backgrounds": ["x"]}, {"id": "b", "completed": [{"module": "y"}]}]
    body = {"employees": people, "profile": "basis"}
    found = told(client.post("/recommend/batch", json=body), 422)
    assert [one["value"] for one in found["problems"]] == ["x", "y"]
    body["employees"], body["profile"] = [{"id": "a"}, {"id": "b"}], {"basis": -1}
    found = told(client.post("/recommend/batch", json=body), 422)
    assert len(found["problems"]) == 1


def test_a_batch_with_an_id_twice(client: httpx.Client) -> None:
    people = [{"id": "a", "profile": "basis"}] * 2
    found = told(client.post("/recommend/batch", json={"employees": people}), 422)
    assert found["problems"][0]["expected"] == "an id used once"


def test_a_day_outside_the_five_years(client: httpx.Client, anna: dict[str, Any]) -> None:
    body = {"employee": anna, "horizon": {"kind": "at", "day": "2050-01-01"}}
    assert "five years from" in told(client.post("/gap", json=body), 422)["detail"]


def test_a_profile_whose_contents_are_unknown(serve: Serve) -> None:
    hollow = Profile(id="hollow", name=worlds.text("hollow"), provenance=worlds.founded())
    job = worlds.profile("job", {"c0": (1, 2, 1.0)})
    catalogue = worlds.small(3, ["c0"], [job, hollow], [worlds.module("m0", {"c0": 2})])
    client = serve(create_app(fp.Recommender(catalogue)))
    error = raised(CannotScore, fp.gap, fp.Employee(id="a"), "hollow", catalogue)
    found = told(client.post("/gap", json={"employee": {"id": "a"}, "profile": "hollow"}), 422)
    assert (found["detail"], found["error"]) == (str(error), "CannotScore")


@pytest.mark.parametrize("kind", ["competences", "profiles", "modules"])
def test_a_record_that_is_not_there(
    client: httpx.Client, catalogue: fp.Catalogue, kind: str
) -> None:
    records: dict[str, Any] = {
        "competences": catalogue.taxonomy.competences,
        "profiles": catalogue.profiles,
        "modules": catalogue.modules,
    }
    near = next(iter(records[kind])) + "x"
    error = raised(UnknownName, records[kind].__getitem__, near)
    found = told(client.get(f"/{kind}/{near}"), 404)
    assert (found["detail"], found["error"]) == (str(error), "UnknownName")
    assert "did you mean" in found["detail"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/modules?teaches=jobmatc", "did you mean 'jobmatch'"),
        ("/modules?programme=diplom", "no programme 'diplom'"),
        ("/modules?level=bachelor", "level"),
        ("/modules?limit=0", "limit"),
        ("/modules?limit=501", "limit"),
        ("/modules?offset=-1", "offset"),
        ("/modules?teach=jobmatch", "teach"),
        ("/competences?area=x", "no area 'x'"),
        ("/competences?kind=x", "kind"),
        ("/profiles?kind=x", "kind"),
    ],
)
def test_wrong_queries(client: httpx.Client, path: str, said: str) -> None:
    assert said in told(client.get(path), 422)["detail"]


# --- the form of what is sent -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"employee": {}}, "employee.id"),
        ({"employee": {"id": "a", "name": "Anna"}}, "employee.name"),
        ({"employee": {"id": "a", "hired": 2020}}, "employee.hired"),
        ({"employee": {"id": "a", "relevant_years": "6"}}, "employee.relevant_years"),
        ({"employee": {"id": "a"}, "k": "5"}, "k"),
        ({"employee": {"id": "a"}, "k": 2.5}, "k"),
        ({"employee": {"id": "a"}, "k": True}, "k"),
        ({"employee": {"id": "a"}, "k": 0}, "k"),
        ({"employee": {"id": "a"}, "kk": 5}, "kk"),
        ({"employee": {"id": "a"}, "choose": "all"}, "choose"),
        ({"employee": {"id": "a", "completed": [{"module": "mediation", "date": 1}]}}, "date"),
        ({}, "employee"),
        ([], "record"),
    ],
    ids=str,
)
def test_nothing_is_guessed(client: httpx.Client, body: Any, field: str) -> None:
    found = told(client.post("/recommend", json=body), 422)
    assert any(one["field"].endswith(field) for one in found["problems"])


def test_three_point_nought_is_a_whole_number(client: httpx.Client, anna: dict[str, Any]) -> None:
    as_floats = json.loads(json.dumps(anna), parse_int=float)
    assert isinstance(as_floats["evidence"][0]["level"], float)
    found = client.post("/recommend", json={"employee": as_floats, "k": 3.0})
    assert found.status_code == 200, found.text
    assert found.content == client.post("/recommend", json={"employee": anna, "k": 3}).content


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 5000, b'{"employee": nul}'])
def test_bodies_that_are_no_json(client: httpx.Client, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    found = told(client.post("/gap", content=content, headers=headers), 422)
    assert "Invalid JSON" in found["problems"][0]["expected"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_content_types(client: httpx.Client, anna: dict[str, Any], kind: str) -> None:
    content = json.dumps({"employee": anna})
    told(client.post("/gap", content=content, headers={"Content-Type": kind}), 415)


def test_json_with_a_character_set_is_json(client: httpx.Client, anna: dict[str, Any]) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    content = json.dumps({"employee": anna})
    assert client.post("/gap", content=content, headers=headers).status_code == 200


def test_addresses_and_methods_that_are_not_there(client: httpx.Client) -> None:
    assert "/openapi.json" in told(client.get("/nowhere"), 404)["detail"]
    told(client.get("/modules/"), 404)
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH"):
        response = client.request(method, "/recommend")
        told(response, 405)
        assert response.headers["Allow"] == "POST"


# --- what must not come back --------------------------------------------------------------------

SECRET = "Anna Jensen"
PERSONAL: list[Any] = [
    {"employee": {"id": "a" * 201 + SECRET}},
    {"employee": {"id": "a", "hired": SECRET}},
    {"employee": {"id": "a", "relevant_years": SECRET}},
    {"employee": {"id": "a", "employer": SECRET}},
    {"employee": {"id": "a", "backgrounds": [SECRET]}},
    {"employee": {"id": "a", "evidence": [{"competence": SECRET, "level": 1, "kind": SECRET}]}},
    {"employee": SECRET},
]


@pytest.mark.parametrize("body", PERSONAL, ids=range(len(PERSONAL)))
def test_a_malformed_value_is_not_repeated(client: httpx.Client, body: Any) -> None:
    response = client.post("/gap", json=body)
    found = told(response, 422)
    assert SECRET not in response.text
    assert {one["value"] for one in found["problems"]} == {None}


NUMBERS: list[Any] = [
    {"employee": {"id": CPR}},
    {"employee": {"id": "a", "unit": f"Vejle {CPR}"}},
    {"employee": {"id": "a", "hired": CPR}},
    {"employee": {"id": "a", CPR: 1}},
    {"employee": {"id": "a", "backgrounds": [CPR]}, "profile": "basis"},
    {"employee": {"id": "a", "profile": CPR}},
    {"employee": {"id": "a"}, "profile": CPR},
    {"employee": {"id": "a"}, "profile": {CPR: -1}},
    {"employee": {"id": "a"}, "profile": {CPR: 1}},
]


@pytest.mark.parametrize("path", ["/gap", "/recommend"])
@pytest.mark.parametrize("body", NUMBERS, ids=range(len(NUMBERS)))
def test_a_cpr_number_is_never_repeated(client: httpx.Client, path: str, body: Any) -> None:
    response = client.post(path, json=body)
    told(response, 422)
    assert CPR not in response.text


def test_an_answer_does_not_grow_with_what_is_wrong(client: httpx.Client) -> None:
    body = {"employee": {"id": "a", "evidence": [1] * 20_000}}
    response = client.post("/gap", json=body)
    found = told(response, 422)
    assert len(found["problems"]) == 100
    assert found["detail"].endswith("and more")
    assert len(response.content) < 30_000


# --- limits -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Limits(body=2_000, batch_body=4_000, batch=3, k=7)


@pytest.fixture
def tight(serve: Serve, recommender: fp.Recommender, limits: Limits) -> httpx.Client:
    return serve(create_app(recommender, limits=limits))


def padded(size: int) -> bytes:
    start = json.dumps({"employee": {"id": "a", "profile": "basis"}}).encode()
    return start + b" " * (size - len(start))


def in_parts(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 500):
        yield content[start : start + 500]


@pytest.mark.parametrize("announced", [True, False])
def test_the_size_of_a_body(tight: httpx.Client, announced: bool) -> None:
    def send(size: int) -> httpx.Response:
        content = padded(size)
        headers = {"Content-Type": "application/json"}
        # Without a length, the client sends the parts one by one.
        sent = content if announced else in_parts(content)
        return tight.post("/recommend", content=sent, headers=headers)

    assert send(2_000).status_code == 200
    assert "2000 bytes" in told(send(2_001), 413)["detail"]
    told(send(19_000), 413)
    # The connection still works, or another one is made.
    assert send(2_000).status_code == 200


def test_a_batch_may_be_larger_but_not_any_size(tight: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    people = json.dumps({"employees": [{"id": "a", "profile": "basis"}]}).encode()
    for size, status in ((4_000, 200), (4_001, 413)):
        content = people + b" " * (size - len(people))
        response = tight.post("/recommend/batch", content=content, headers=headers)
        assert response.status_code == status


def test_the_number_of_people_and_modules(tight: httpx.Client) -> None:
    def batch(people: int, k: int) -> httpx.Response:
        sent = [{"id": str(i), "profile": "basis"} for i in range(people)]
        return tight.post("/recommend/batch", json={"employees": sent, "k": k})

    assert batch(3, 7).status_code == 200
    found = told(batch(4, 8), 422)
    assert [one["field"] for one in found["problems"]] == ["k", "employees"]
    assert [one["expected"] for one in found["problems"]] == ["at most 7", "at most 3"]
    one = {"employee": {"id": "a", "profile": "basis"}}
    assert len(tight.post("/recommend", json={**one, "k": 7}).json()["items"]) == 7
    told(tight.post("/recommend", json={**one, "k": 8}), 422)


def test_a_profile_has_few_parts(client: httpx.Client) -> None:
    long = "+".join(["basis"] * 100)
    many = {f"p{i}": 1.0 for i in range(60)}
    for profile in (long, many):
        told(client.post("/gap", json={"employee": {"id": "a", "profile": profile}}), 422)
        told(client.post("/gap", json={"employee": {"id": "a"}, "profile": profile}), 422)
    body = {"employee": {"id": "a"}, "profiles": ["basis"] * 101}
    told(client.post("/match", json=body), 422)


@pytest.mark.parametrize("field", ["body", "batch_body", "batch", "k"])
def test_limits_are_positive(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        Limits(**{field: 0})


# --- the token ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        TOKEN,
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        "Bearer æøå",
    ],
)
def test_nobody_enters_without_the_token(
    serve: Serve, recommender: fp.Recommender, anna: dict[str, Any], header: str | None
) -> None:
    client = serve(create_app(recommender, token=TOKEN))
    headers = {} if header is None else {"Authorization": header.encode()}
    asked = [client.post("/recommend", json={"employee": anna}, headers=headers)]
    closed = ("/modules", "/version", "/metrics", "/openapi.json", "/nowhere", "/health/")
    asked += [client.get(path, headers=headers) for path in closed]
    for response in asked:
        assert "Bearer" in told(response, 401)["detail"]
        assert response.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/health", headers=headers).status_code == 200


def test_the_token_opens(serve: Serve, recommender: fp.Recommender, anna: dict[str, Any]) -> None:
    client = serve(create_app(recommender, token=TOKEN))
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {TOKEN}"}
        assert client.get("/version", headers=headers).status_code == 200
        response = client.post("/recommend", json={"employee": anna}, headers=headers)
        assert response.status_code == 200


def test_it_can_be_part_of_another_application(
    serve: Serve, recommender: fp.Recommender, anna: dict[str, Any]
) -> None:
    outer = FastAPI()
    outer.mount("/inner", create_app(recommender, token=TOKEN))
    client, headers = serve(outer), {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/inner/health").status_code == 200
    told(client.get("/inner/version"), 401)
    told(client.get("/inner/modules/nothing", headers=headers), 404)
    response = client.post("/inner/recommend", json={"employee": anna}, headers=headers)
    assert response.status_code == 200


@pytest.mark.parametrize("token", ["", "short", "fifteen-letters", "sixteen letters-", "æ" * 16])
def test_tokens_that_keep_nobody_out_are_refused(recommender: fp.Recommender, token: str) -> None:
    error = raised(DataError, create_app, recommender, token=token)
    assert token not in str(error) or not token


def test_something_else_than_a_recommender(catalogue: fp.Catalogue) -> None:
    assert "expected a Recommender" in str(raised(DataError, create_app, catalogue))
