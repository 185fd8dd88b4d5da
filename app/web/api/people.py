"""People: who there is, what they are, may settle and look after, and their passwords."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.exceptions import PreconditionRequired

from app.credentials import passwords
from app.domain.errors import NotFound
from app.domain.messages import told
from app.domain.people import Person
from app.services.assembly import Services
from app.services.people.portfolios import Customer
from app.web.answers import identifier, json_answer, policy_name, query, raw_body
from app.web.api.paging import page_answer, paged
from app.web.auth import principal, visible_to
from schemas.json_text import read
from schemas.people import authority_list, person_document, standing_document
from schemas.people_requests import (
    read_authority,
    read_customer,
    read_password,
    read_person,
    read_person_change,
)

PATH = "/v1/people"


def routes(services: Services) -> Blueprint:
    """Everything under ``/v1/people``."""
    api = Blueprint("people", __name__, url_prefix=PATH)
    people, portfolios = services.people, services.portfolios

    @api.get("")
    def list_people() -> Response:
        given = query("after", "limit")
        after, limit = paged(given)
        found = [person_document(one) for one in people.page(after=after, limit=limit)]
        return page_answer(PATH, "people", found, given, limit)

    @api.post("")
    def create_person() -> Response:
        query()
        given = read_person(read(raw_body()))
        password = given.pop("password")
        made_up = {} if password is not None else {"password": passwords.generated()}
        given["language"] = given["language"] or "en"
        person = people.create(**given, password=password or made_up["password"], by=principal())
        response = _tagged(json_answer({**person_document(person), **made_up}, 201), person)
        response.headers["Location"] = f"{PATH}/{person.id}"
        return response

    @api.get("/<id>")
    def read_person_of(id: str) -> Response:
        query()
        standing = people.standing(_person(id))
        return _tagged(json_answer(standing_document(standing.person, standing.authority)), standing.person)

    @api.patch("/<id>")
    def change_person(id: str) -> Response:
        query()
        which, given = _person(id), read_person_change(read(raw_body()))
        person = people.change(which, _read_revision(), by=principal(), **given)
        return _tagged(json_answer(person_document(person)), person)

    @api.put("/<id>/password")
    def set_password(id: str) -> Response:
        query()
        which, asking = _person(id), principal()
        password, old = read_password(read(raw_body()))
        if asking.person.id == which:
            services.signing_in.change_password(asking, old or "", password)
        else:
            people.reset_password(which, password, by=asking)
        return json_answer({"done": "the password is another now"})

    @api.put("/<id>/authority/<policy>")
    def set_authority(id: str, policy: str) -> Response:
        query()
        given = read_authority(read(raw_body()), policy_name(policy))
        held = people.set_authority(_person(id), given, by=principal())
        return json_answer({"authority": authority_list(held.values())})

    @api.delete("/<id>/authority/<policy>")
    def remove_authority(id: str, policy: str) -> Response:
        query()
        held = people.remove_authority(_person(id), policy_name(policy), by=principal())
        return json_answer({"authority": authority_list(held.values())})

    @api.get("/<id>/customers")
    def list_customers(id: str) -> Response:
        query()
        return _portfolio(portfolios.of(_person(id)))

    @api.post("/<id>/customers")
    def assign_customer(id: str) -> Response:
        query()
        customer = read_customer(read(raw_body()))
        return _portfolio(portfolios.assign(_person(id), customer, by=principal()))

    @api.delete("/<id>/customers/<customer>")
    def unassign_customer(id: str, customer: str) -> Response:
        query()
        return _portfolio(portfolios.unassign(_person(id), customer, by=principal()))

    return api


def _person(text: str) -> UUID:
    """A person's id from a path; for whoever reaches themselves only, anybody else is not there."""
    found, own = identifier(text, "person"), visible_to()
    if own is not None and str(found) != own:
        raise NotFound(told("There is no person {found}.", found=found))
    return found


def _portfolio(customers: tuple[Customer, ...]) -> Response:
    return json_answer({"customers": [{"id": one.id, "customer": one.name} for one in customers]})


def _tagged(response: Response, person: Person) -> Response:
    response.set_etag(str(person.revision))
    return response


def _read_revision() -> int:
    """The revision that the caller had read; -1, which none is, for a tag that is none of ours."""
    if "If-Match" not in request.headers:
        raise PreconditionRequired("Send If-Match with the ETag of the person as you read it.")
    tags = request.if_match.as_set()
    tag = next(iter(tags)) if len(tags) == 1 else ""
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else -1
