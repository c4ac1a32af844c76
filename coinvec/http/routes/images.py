"""Pictures of coins: as they are kept, small, or drawn where none is kept."""

import asyncio
from collections.abc import Mapping
from enum import IntEnum
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from coinvec.domain.images import CoinImage
from coinvec.errors import NotInCatalogueError
from coinvec.http.answers import API
from coinvec.http.auth import READ, WRITE
from coinvec.http.placeholder import drawn_coin
from coinvec.http.service import Service, ServiceOfApp
from coinvec.media.formats import sniff
from coinvec.services.thumbnails import kept_picture, thumbnail

router = APIRouter(prefix=API, tags=["images"])

_PICTURES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
        "description": "The picture.",
    },
    304: {"description": "The picture that If-None-Match names."},
}


class Size(IntEnum):
    """Pixels of a small copy's longer side."""

    SMALL = 160
    MIDDLE = 320
    LARGE = 640
    LARGEST = 1280


SizeOfQuery = Annotated[
    Size | None, Query(description="Pixels of the longer side; by default the picture as kept.")
]
Tag = Annotated[str | None, Header(alias="If-None-Match")]


@router.get(
    "/images/{image_id}",
    dependencies=[READ],
    summary="A picture",
    response_class=Response,
    responses=_PICTURES,
)
async def image(
    image_id: str, service: ServiceOfApp, size: SizeOfQuery = None, known: Tag = None
) -> Response:
    """The picture of an image: as it is kept, without its location, or a small JPEG of it."""
    # An id names one picture for ever, so a browser may keep it for as long as it likes.
    tag = f'"{image_id}-{int(size or 0)}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=31536000, immutable"}
    if known == tag and image_id in await asyncio.to_thread(_images, service, image_id):
        return Response(status_code=304, headers=headers)
    data, kind = await service.workers.run(partial(_picture, service, image_id, size))
    return Response(data, media_type=kind, headers=headers)


@router.delete("/images/{image_id}", dependencies=[WRITE], summary="Remove an image")
async def remove_image(image_id: str, service: ServiceOfApp) -> dict[str, int]:
    """Remove one image; a coin type left without any goes, too."""
    remove = partial(service.catalogue.remove, images=[image_id])
    return {"removed": await service.workers.run(remove)}


@router.get(
    "/coins/{key}/picture",
    tags=["coins"],
    dependencies=[READ],
    summary="A picture of a coin type",
    response_class=Response,
    responses={200: _PICTURES[200]},
)
async def picture(key: str, service: ServiceOfApp, size: SizeOfQuery = Size.MIDDLE) -> Response:
    """The first picture of a coin type, or a drawing where none is kept."""
    data, kind = await service.workers.run(partial(_picture_of_coin, service, key, size))
    return Response(data, media_type=kind, headers={"Cache-Control": "private, max-age=60"})


def _images(service: Service, image_id: str) -> Mapping[str, CoinImage]:
    return service.home.catalogue.images([image_id])


def _picture(service: Service, image_id: str, size: Size | None) -> tuple[bytes, str]:
    if size is not None:
        return thumbnail(service.home, image_id, size), "image/jpeg"
    data = kept_picture(service.home, image_id)
    form = sniff(data)
    return data, form.content_type if form else "application/octet-stream"


def _picture_of_coin(service: Service, key: str, size: Size | None) -> tuple[bytes, str]:
    records = service.catalogue.show(key)
    for record in records:
        if record.image.has_media:
            try:
                return _picture(service, record.image.id, size)
            except NotInCatalogueError:  # removed since
                continue
    return drawn_coin(records[0].coin.denomination).encode(), "image/svg+xml"
