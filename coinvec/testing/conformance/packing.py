"""Crops as bytes, to be handed to another process."""

import io

import numpy as np

from coinvec.domain.images import Box, Crop, Ellipse

__all__ = ["pack", "unpack"]


def pack(crop: Crop) -> bytes:
    """A crop as the bytes of an `.npz` file."""
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        picture_size=crop.picture_size,
        box=crop.box.as_tuple(),
        ellipse=crop.ellipse.as_tuple(),
        mask=crop.mask,
        cutout=crop.cutout,
        cutout_mask=crop.cutout_mask,
        score=crop.score,
        passes=crop.passes,
    )
    return stream.getvalue()


def unpack(content: bytes) -> Crop:
    """The crop that `pack` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        width, height = stored["picture_size"].tolist()
        return Crop(
            picture_size=(width, height),
            box=Box(*stored["box"].tolist()),
            ellipse=Ellipse(*stored["ellipse"].tolist()),
            mask=stored["mask"],
            cutout=stored["cutout"],
            cutout_mask=stored["cutout_mask"],
            score=float(stored["score"]),
            passes=int(stored["passes"]),
        )
