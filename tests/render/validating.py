"""Checks documents against the JSON Schema that ships with the package."""

from __future__ import annotations

import json

import jsonschema

from dnstrace.render.document import schema

SCHEMA = json.loads(schema())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
