"""The description of the API, and /docs, which shows it readably without anything from elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, Response

from wenbao.api.pages import page
from wenbao.api.schemas import Problem

router = APIRouter(include_in_schema=False)

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a member of an object; `where` is `path`, `query` or `body`."""

    name: str
    where: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One status that an operation can end with, and the shape that comes with it."""

    status: str
    description: str
    shape: str
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    method: str
    path: str
    description: str
    keyed: bool
    fields: tuple[Field, ...]
    example: str
    outcomes: tuple[Outcome, ...]


@router.get("/openapi.json")
async def openapi(request: Request) -> JSONResponse:
    """The description, for programs."""
    return JSONResponse(request.app.openapi())


@router.get("/docs")
def docs(request: Request) -> Response:
    """The reference."""
    schema = request.app.openapi()
    shapes = {name: _members(schema, shape) for name, shape in schema["components"]["schemas"].items()}
    return page(request, "reference.html", info=schema["info"], operations=_operations(schema), shapes=shapes)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route can answer with, for its description."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses}


def describe(app: FastAPI) -> None:
    """Have the description name problem+json where FastAPI would name plain JSON."""

    def openapi() -> Schema:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            app.openapi_schema = _with_problem_type(schema)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _with_problem_type(schema: Schema) -> Schema:
    for methods in schema["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    body = {"schema": {"$ref": "#/components/schemas/Problem"}}
                    response["content"] = {"application/problem+json": body}
    return schema


def _operations(schema: Schema) -> list[Operation]:
    return [
        _operation(schema, method, path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(schema: Schema, method: str, path: str, operation: Schema) -> Operation:
    parameters = [
        Field(one["name"], one["in"], _kind(one["schema"]), one["required"], _description(one))
        for one in operation.get("parameters", [])
    ]
    body = _body_shape(schema, operation.get("requestBody", {}))
    return Operation(
        method=method.upper(),
        path=path,
        description=operation.get("description", ""),
        keyed=bool(operation.get("security")),
        fields=(*parameters, *_members(schema, body)),
        example=_example(body),
        outcomes=tuple(_outcome(schema, status, one) for status, one in operation["responses"].items()),
    )


def _outcome(schema: Schema, status: str, response: Schema) -> Outcome:
    shape = _body_shape(schema, response)
    example = _example(shape) if status < "300" else ""
    return Outcome(status, response["description"], shape.get("title", ""), example)


def _body_shape(schema: Schema, body: Schema) -> Schema:
    for content in body.get("content", {}).values():
        return _resolved(schema, content.get("schema", {}))
    return {}


def _resolved(schema: Schema, shape: Schema) -> Schema:
    name = shape.get("$ref", "").rpartition("/")[2]
    return schema["components"]["schemas"][name] if name else shape


def _members(schema: Schema, shape: Schema) -> tuple[Field, ...]:
    required = shape.get("required", [])
    return tuple(
        Field(name, "body", _kind(member), name in required, _description(member))
        for name, member in shape.get("properties", {}).items()
    )


def _example(shape: Schema) -> str:
    return json.dumps(shape["example"], ensure_ascii=False, indent=2) if "example" in shape else ""


def _description(field: Schema) -> str:
    return str(field.get("description") or field.get("schema", {}).get("description", ""))


def _kind(member: Schema) -> str:
    """The type of a value in a few words: `string`, `Citation[]`, `integer | null`."""
    if "$ref" in member:
        return str(member["$ref"].rpartition("/")[2])
    if "anyOf" in member:
        return " | ".join(_kind(one) for one in member["anyOf"])
    if "enum" in member:
        return " | ".join(json.dumps(one) for one in member["enum"])
    if member.get("type") == "array":
        return f"{_kind(member.get('items', {}))}[]"
    return str(member.get("format") or member.get("contentMediaType") or member.get("type", "any"))
