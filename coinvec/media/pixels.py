"""Pillow's many pixel modes, profiles and orientations, brought to upright RGB uint8."""

import io
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import RgbArray
from coinvec.errors import ImageError

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

AGAIN = "Copy or download it again, or save it anew as JPEG or PNG."
"""What to do about a damaged picture."""
_ORIENTATION = 0x0112
_WIDE_MODES = frozenset({"I", "F"})
_STRIP = 64
"""Rows of a picture that are copied at once."""
_PROFILED_MODES = frozenset({"RGB", "CMYK"})


def upright_rgb(image: "PillowImage", name: str) -> RgbArray:
    """Decode, convert and turn a picture.

    Transparent means "not the coin": such pixels become black, like the ground of a cut-out
    (`coinvec.domain.images.Crop`), and a soft shadow beside the coin vanishes with them.

    Args:
        image: A picture whose size is within the limits.
        name: Its name, for messages.

    Returns:
        H × W × 3 RGB uint8 in sRGB, EXIF orientation applied.

    Raises:
        ImageError: The samples are 32-bit numbers without a known range, or there are more or fewer
            of them than the header says.
    """
    size = image.size
    image.load()
    if image.size != size:
        raise ImageError(
            f"{name} is damaged: its header tells of {size[0]} x {size[1]} pixels, and it holds "
            f"{image.size[0]} x {image.size[1]}.",
            hint=AGAIN,
        )
    if image.mode in _WIDE_MODES:
        raise ImageError(
            f"{name} holds 32-bit samples whose black and white are not known.",
            hint="Save it with 8 or 16 bits a sample.",
        )
    return turned(_array(_rgb(image)), orientation(image))


def _array(image: "PillowImage") -> RgbArray:
    """The pixels of an RGB picture.

    Pillow hands a whole picture out in pieces that it joins; of 12 megapixels that takes as long as
    to decode them. In strips that stay in the processor's cache it takes a third.
    """
    width, height = image.size
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    for top in range(0, height, _STRIP):
        bottom = min(top + _STRIP, height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, width, bottom)))
    return pixels


def _rgb(image: "PillowImage") -> "PillowImage":
    """Convert to RGB; the cheapest way for each mode."""
    from PIL import Image

    if image.mode.startswith("I;16"):  # Pillow's own conversion clips instead of scaling
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        cutout = image.convert("RGBA")
        image = Image.new("RGB", image.size)
        image.paste(cutout, mask=cutout.getchannel("A"))
    if profile and image.mode in _PROFILED_MODES:
        image = _to_srgb(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")  # which would copy it


def _to_srgb(image: "PillowImage", profile: bytes) -> "PillowImage":
    """Convert from an ICC profile; a profile that is sRGB, or broken, changes nothing."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (OSError, ImageCms.PyCMSError):
        return image
    return converted or image


def orientation(image: "PillowImage") -> int:
    """The EXIF orientation still to be applied, 1 to 8; 1 where there is none to be read."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - a broken EXIF block must not cost the picture
        return 1
    return value if value in range(1, 9) else 1


def turned(pixels: RgbArray, orientation: int) -> RgbArray:
    """Apply an EXIF orientation (1 to 8; Exif 2.32, tag 0x0112) to H × W × 3 pixels."""
    if orientation == 1:
        return pixels
    import cv2  # two to four times as fast as Pillow or numpy at turning

    turns: dict[int, int] = {
        3: cv2.ROTATE_180,
        6: cv2.ROTATE_90_CLOCKWISE,
        8: cv2.ROTATE_90_COUNTERCLOCKWISE,
    }
    upright: NDArray[np.generic]
    if orientation in turns:
        upright = cv2.rotate(pixels, turns[orientation])
    elif orientation in (2, 4):
        upright = cv2.flip(pixels, 1 if orientation == 2 else 0)
    else:
        upright = cv2.transpose(pixels)
        if orientation == 7:
            upright = cv2.rotate(upright, cv2.ROTATE_180)
    return upright.astype(np.uint8, copy=False)
