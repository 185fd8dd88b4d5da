"""Over HTTP, the cases of a version are read with what they cover and with those that are missing ..."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.people import Role
from tests.web.service import EXAMPLE, Service, serving, told

HERE = "/v1/rulesets/payment-terms/versions"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("cases"), EXAMPLE) as running:
        yield running


def test_by_officers_and_auditors_alone(service: Service) -> None:
    allowed = {Role.CREDIT_OFFICER: 200, Role.AUDITOR: 200, Role.SALES: 403, Role.LEGAL: 403}
    for role, status in allowed.items():
        answer = service.client.get(f"{HERE}/1.0.0/cases", headers=service.as_role(role))
        assert answer.status_code == status, role


def test_with_proposals_that_become_the_next_versions_cases(service: Service) -> None:
    officer = service.as_role(Role.CREDIT_OFFICER)
    found = told(service.client.get(f"{HERE}/1.0.0/cases", headers=officer))
    coverage = found["coverage"]
    assert coverage["sides_covered"] < coverage["sides"]
    assert found["proposed"]
    assert found["proposed"][0]["name"].keys() == {"en", "zh"}
    text = EXAMPLE.decode().replace("version: 1.0.0", "version: 1.1.0")
    written = "".join(one["text"] for one in found["proposed"])
    text = text.replace("\n- name: ", f"\n{written}- name: ", 1)
    made = service.client.post(HERE, json={"version": "1.1.0", "text": text}, headers=officer)
    assert made.status_code == 201
    after = told(service.client.get(f"{HERE}/1.1.0/cases?lang=zh", headers=officer))
    assert after["proposed"] == []
    left = after["coverage"]["sides"] - after["coverage"]["sides_covered"]
    assert left == sum(one["why"] != "beyond" for one in after["unreached"])
    assert len(after["cases"]) == len(found["cases"]) + len(found["proposed"])


def test_in_one_language_where_one_is_asked_for(service: Service) -> None:
    officer = service.as_role(Role.CREDIT_OFFICER)
    one = told(service.client.get(f"{HERE}/1.0.0/cases?lang=zh", headers=officer))["proposed"][0]
    assert "恰好" in one["name"]
    assert service.client.get(f"{HERE}/1.0.0/cases?lang=fr", headers=officer).status_code == 422
    assert service.client.get(f"{HERE}/9.9.9/cases", headers=officer).status_code == 404


def test_not_while_a_draft_does_not_load(service: Service) -> None:
    officer = service.as_role(Role.CREDIT_OFFICER)
    text = EXAMPLE.decode().replace("version: 1.0.0", "version: 1.2.0").replace("otherwise:", "otherwis:")
    service.client.post(HERE, json={"version": "1.2.0", "text": text}, headers=officer)
    answer = service.client.get(f"{HERE}/1.2.0/cases", headers=officer)
    assert answer.status_code == 422
    assert "otherwis" in answer.text
