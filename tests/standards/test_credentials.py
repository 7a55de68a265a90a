"""Open Badges and European credentials as evidence; signatures with real keys."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import fagprofil as fp
from fagprofil.standards import alignments, read_credential

JOBMATCH = "urn:fagprofil:reference:competence:jobmatch"


def badge(**achievement: Any) -> dict[str, Any]:
    return {
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "urn:i", "name": "A college"},
        "validFrom": "2026-01-31T10:00:00Z",
        "validUntil": "2028-01-31T10:00:00Z",
        "credentialSubject": {
            "id": "mailto:anna@example.org",
            "achievement": {"id": "urn:m", "name": "Job matching", **achievement},
        },
    }


def aim(uri: str) -> dict[str, Any]:
    return {"type": ["Alignment"], "targetName": uri, "targetUrl": uri}


def test_an_alignment_is_evidence(catalogue: fp.Catalogue) -> None:
    found = read_credential(json.dumps(badge(alignment=[aim(JOBMATCH)])), catalogue, level=3)
    (said,) = found.evidence
    assert (said.competence, said.level, said.kind, said.date) == (
        *("jobmatch", 3, "education", date(2026, 1, 31)),
    )
    assert (found.issuer, found.expires, found.verified) == ("A college", date(2028, 1, 31), False)
    assert not found.losses
    # Whom it is about is nowhere in it.
    assert "anna" not in found.model_dump_json()
    person = fp.Employee(id="e-1", evidence=found.evidence)
    before = fp.gap(fp.Employee(id="e-1"), "virksomhed", catalogue)
    assert fp.gap(person, "virksomhed", catalogue).total < before.total


def test_the_level_achieved(catalogue: fp.Catalogue) -> None:
    levels = [{"id": f"urn:level:{k}", "name": str(k)} for k in (1, 2, 3, 4)]
    content = badge(
        alignment=[aim(JOBMATCH)],
        resultDescription=[{"id": "urn:d", "rubricCriterionLevel": levels}],
    )
    content["credentialSubject"]["result"] = [{"achievedLevel": "urn:level:4"}]
    assert read_credential(json.dumps(content), catalogue, level=2).evidence[0].level == 4
    no_level = read_credential(json.dumps(badge(alignment=[aim(JOBMATCH)])), catalogue)
    assert (no_level.evidence, [loss.what for loss in no_level.losses]) == ((), ["level"])


def test_of_two_levels_the_higher_is_reached(catalogue: fp.Catalogue) -> None:
    levels = [{"id": f"urn:level:{k}"} for k in (1, 2, 3)]
    said = badge(
        alignment=[aim(JOBMATCH)],
        resultDescription=[{"id": "urn:d", "rubricCriterionLevel": levels}],
    )
    subjects = [
        said["credentialSubject"] | {"result": [{"achievedLevel": f"urn:level:{k}"}]}
        for k in (3, 2)
    ]
    found = read_credential(json.dumps(said | {"credentialSubject": subjects}), catalogue)
    assert [one.level for one in found.evidence] == [3]


def test_skills_of_esco_and_what_is_unknown(catalogue: fp.Catalogue) -> None:
    links = [
        (link.uri, link.match, one.id)
        for one in catalogue.taxonomy.competences.values()
        for link in one.esco or ()
    ]
    close = next(link for link in links if link[1] == "close")
    narrow = next(
        uri
        for uri, match, _ in links
        if match == "narrow"
        and uri not in {other for other, kind, _ in links if kind in ("close", "exact")}
    )
    content = badge(alignment=[aim(close[0]), aim(narrow), aim("http://example.org/x")])
    found = read_credential(json.dumps(content), catalogue, level=1)
    assert close[2] in {said.competence for said in found.evidence}
    assert {loss.what for loss in found.losses} == {"narrow match", "alignment"}


def test_a_module_is_completed(catalogue: fp.Catalogue) -> None:
    module = next(one for one in catalogue.modules.values() if one.teaches)
    mine = catalogue.model_copy(
        update={
            "modules": type(catalogue.modules)(
                [module.model_copy(update={"uri": "urn:m"})], "module"
            )
        }
    )
    found = read_credential(json.dumps(badge()), mine)
    assert [(one.module, one.date) for one in found.completed] == [(module.id, date(2026, 1, 31))]
    assert not found.losses


def test_what_a_module_teaches_goes_out_and_comes_in(catalogue: fp.Catalogue) -> None:
    for module in catalogue.modules.values():
        listed = alignments(module, catalogue, language="en")
        assert all({"type", "targetName", "targetUrl"} <= one.keys() for one in listed)
        found = read_credential(json.dumps(badge(alignment=listed)), catalogue, level=1)
        assert {said.competence for said in found.evidence} >= set(module.teaches or {})


def test_the_european_learning_model(catalogue: fp.Catalogue) -> None:
    uri, name = next(
        (link.uri, one.id)
        for one in catalogue.taxonomy.competences.values()
        for link in one.esco or ()
        if link.match in ("exact", "close")
    )
    outcome = {"type": "LearningOutcome", "title": {"en": ["x"]}, "relatedESCOSkill": [{"id": uri}]}
    part = {
        "type": "LearningAchievement",
        "title": {"da": "Modul"},
        "specifiedBy": {"id": "urn:s", "learningOutcome": outcome},
    }
    content = {
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "issuer": {"legalName": {"en": "A college"}},
        "issued": "2026-01-31T10:00:00+01:00",
        "credentialSubject": {
            "hasClaim": {"title": {"en": "Diploma"}, "specifiedBy": {}, "hasPart": [part]}
        },
    }
    found = read_credential(json.dumps(content), catalogue, level=2)
    assert name in {said.competence for said in found.evidence}
    assert (found.name, found.issuer, found.standard) == (
        *("Diploma; Modul", "A college", "European Learning Model"),
    )


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_signatures(kind: str, catalogue: fp.Catalogue, tmp_path: Path) -> None:
    def pair() -> Any:
        if kind == "rsa":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return ed25519.Ed25519PrivateKey.generate()

    def public(key: Any) -> str:
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return str(pem.decode())

    ours, theirs = pair(), pair()
    algorithm = "RS256" if kind == "rsa" else "EdDSA"
    content = badge(alignment=[aim(JOBMATCH)])
    for payload in ({"vc": content, "exp": 1}, content):
        token = jwt.encode(payload, ours, algorithm)
        assert read_credential(token, catalogue, key=public(ours), level=1).verified
        assert not read_credential(token, catalogue, level=1).verified
        with pytest.raises(fp.errors.DataError, match="a signature that the key verifies"):
            read_credential(token, catalogue, key=public(theirs), level=1)
        head, _, signature = token.split(".")
        forged = ".".join([head, jwt.encode(badge(), theirs, algorithm).split(".")[1], signature])
        with pytest.raises(fp.errors.DataError, match="a signature that the key verifies"):
            read_credential(forged, catalogue, key=public(ours), level=1)
    path = tmp_path / "badge.jwt"
    path.write_text(token + "\n")
    jwk = jwt.get_algorithm_by_name(algorithm).to_jwk(ours.public_key(), as_dict=True)
    assert read_credential(path, catalogue, key=jwk, level=1).verified


def test_what_proves_nothing_is_not_verified(catalogue: fp.Catalogue) -> None:
    content = badge(alignment=[aim(JOBMATCH)])
    unsigned = jwt.encode(content, "", "none")
    secret = "shared " * 8
    shared = jwt.encode(content, secret, "HS256")
    for token in (unsigned, shared):
        with pytest.raises(fp.errors.DataError, match="a signature that the key verifies"):
            read_credential(token, catalogue, key=secret, level=1)
    embedded = json.dumps({**content, "proof": {"type": "DataIntegrityProof"}})
    found = read_credential(embedded, catalogue, key=secret, level=1)
    assert (found.verified, [loss.what for loss in found.losses]) == (False, ["proof"])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{", "JSON or a JWT"),
        ('{"type": "Other"}', "OpenBadgeCredential"),
        ('{"type": "OpenBadgeCredential", "credentialSubject": "x"}', "as in the standard"),
        ('{"type": "OpenBadgeCredential"}', "as in the standard"),
        ("a.b.c", "JSON or a JWT|base64url"),
    ],
)
def test_wrong_credentials(source: str, message: str, catalogue: fp.Catalogue) -> None:
    with pytest.raises(fp.errors.DataError, match=message):
        read_credential(source, catalogue)
    with pytest.raises(fp.errors.DataError, match="from 1 to 5"):
        read_credential(json.dumps(badge()), catalogue, level=6)
