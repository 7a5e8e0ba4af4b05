"""The OpenAPI document: every command of every aggregate, and no reference to nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

from management.aggregates import AGGREGATES
from tests.desks.api_hands import api, bearer


async def test_the_document_has_every_command_and_needs_somebody_known(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        answer = await people.client.get("/v1/openapi.json", headers=bearer("op"))
    document = answer.json()
    schemas = document["components"]["schemas"]
    assert {name for name in schemas if name.startswith("Command_")} == {f"Command_{prefix}" for prefix in AGGREGATES}
    references = {found.rpartition("/")[2] for found in re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))}
    assert references - set(schemas) == set()
    assert document["paths"]["/v1/commands"]["post"]["requestBody"]["required"] is True
    person = document["components"]["schemas"]["Command_per"]["anyOf"]
    assert len(person) == len(AGGREGATES["per"].command.__args__)
