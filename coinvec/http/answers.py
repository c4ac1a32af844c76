"""Answers as JSON, and where a browser finds the pictures they name."""

import json
from typing import Any
from urllib.parse import quote

from fastapi.responses import JSONResponse

from coinvec.domain.results import Candidate
from coinvec.services.answers import plain_json

API = "/v1"


class CoinJSONResponse(JSONResponse):
    """JSON as on the command line; ASCII alone, for an answer may repeat what was asked."""

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
        """The body."""
        return json.dumps(content, default=plain_json, allow_nan=False).encode("ascii")


def image_url(image_id: str) -> str:
    """Where the picture of an image is, relative to the service."""
    return f"{API}/images/{image_id}"


def coin_picture_url(key: str) -> str:
    """Where a picture of a coin type is, drawn where none is kept."""
    return f"{API}/coins/{quote(key, safe='')}/picture"


def picture_of_hit(hit: Candidate) -> str | None:
    """Where the picture of a hit is; None without media."""
    return image_url(hit.image.id) if hit.image.has_media else None
