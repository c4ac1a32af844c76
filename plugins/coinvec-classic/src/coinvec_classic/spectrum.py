"""Rotation-invariant numbers of a cut-out coin: the power spectrum of its polar picture.

The coin is unwrapped about its centre (rows: angles, columns: rings), so that turning the coin
shifts every ring alike along the angle, and the magnitudes of the Fourier coefficients along the
angle do not change: the classic invariant of Casasent and Psaltis (1976), "Position, rotation, and
scale invariant optical correlation", here with linear rings, for the scale is known from the rim.

What is transformed is not brightness itself, which follows metal, light and wear, but three fields
that are normalised to the contrast around each place: brightness, edge strength, and edge direction
relative to the ray, as a complex number of the doubled angle. Doubling makes a ridge and a groove
the same, and with them relief that is lit from opposite sides (Bigün and Granlund 1987, "Optimal
orientation detection of linear symmetry").
"""

import cv2
import numpy as np

from coinvec.domain.images import Crop, MaskArray
from coinvec.domain.vectors import FloatArray

RINGS = 24
ANGLES = 192
FREQUENCIES = 49
"""Angular frequencies kept of each field, 0 included."""
SIZE = RINGS * (4 * FREQUENCIES - 1)
"""Numbers per coin: brightness and edge strength are real, edge direction has both halves."""

_FINE_RINGS = 2 * RINGS
_OVERSAMPLING = 2
_NEIGHBOURHOOD = 6.0
"""Standard deviation of the smoothing that tells a place's own level and contrast, in samples."""
_CONTRAST_NEIGHBOURHOOD = 8.0
_LEAST_DEVIATION = 2.0
"""Contrast below this, in grey levels, is noise and is not amplified further."""
_LEAST_GRADIENT = 5.1
"""The same for gradients, in grey levels per radius."""
_LEAST_RING = 0.12
"""Below this radius angles are too short to take differences along them at full weight."""
_COMPRESSION = 0.5
"""Power the magnitudes are raised to, so that few strong frequencies do not drown the others."""
_RADII = ((np.arange(_FINE_RINGS) + 0.5) / _FINE_RINGS).astype(np.float32)


def power_spectrum(crop: Crop) -> FloatArray:
    """The compressed magnitudes of a coin's polar Fourier coefficients.

    Args:
        crop: The coin; its cut-out may have any size and any rotation.

    Returns:
        `SIZE` numbers, at least 0, float32.
    """
    polar = _unwrapped(crop)
    brightness = _normalised_brightness(polar)
    strength, direction = _edges(polar)
    spectra = np.concatenate(
        [
            np.fft.rfft(_pooled(brightness), axis=0)[:FREQUENCIES],
            np.fft.rfft(_pooled(strength), axis=0)[:FREQUENCIES],
            _two_sided(np.fft.fft(_pooled(direction), axis=0)),
        ]
    )
    magnitudes: FloatArray = (np.abs(spectra.T) / ANGLES).ravel().astype(np.float32)
    return magnitudes**_COMPRESSION


def _two_sided(coefficients: np.ndarray) -> np.ndarray:
    """The lowest frequencies of a complex transform, turning either way."""
    return np.concatenate([coefficients[:FREQUENCIES], coefficients[1 - FREQUENCIES :]])


def _unwrapped(crop: Crop) -> FloatArray:
    """The coin's grey picture by angle and radius, ANGLES × fine rings; its ground levelled."""
    grey = cv2.cvtColor(crop.cutout, cv2.COLOR_RGB2GRAY)
    mask = crop.cutout_mask
    level = grey[mask].mean() if mask.any() else grey.mean()
    levelled = np.where(mask, grey, level).astype(np.float32)
    x, y, radius = _circle(mask)
    size = (_FINE_RINGS * _OVERSAMPLING, ANGLES * _OVERSAMPLING)
    flags = cv2.WARP_POLAR_LINEAR | cv2.INTER_LINEAR | cv2.WARP_FILL_OUTLIERS
    polar = cv2.warpPolar(levelled, size, (x, y), radius, flags)
    return np.asarray(cv2.resize(polar, (_FINE_RINGS, ANGLES), interpolation=cv2.INTER_AREA))


def _circle(mask: MaskArray) -> tuple[float, float, float]:
    """Centre and radius of the least circle around the coin, in pixels of the cut-out.

    It is read from the mask, so that any preprocessor's cut-outs will do, and a missing piece (the
    photograph's edge, a hole) does not move it.
    """
    contours, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not contours:
        middle = (len(mask) - 1) / 2
        return middle, middle, len(mask) / 2
    (x, y), radius = cv2.minEnclosingCircle(max(contours, key=cv2.contourArea))
    return x, y, max(radius, 1.0)


def _normalised_brightness(polar: FloatArray) -> FloatArray:
    """Brightness less its surroundings' level, divided by its surroundings' contrast."""
    detail = polar - _smoothed(polar, _NEIGHBOURHOOD)
    variance = _smoothed(detail * detail, _CONTRAST_NEIGHBOURHOOD)
    normalised: FloatArray = detail / np.sqrt(variance + _LEAST_DEVIATION**2)
    return normalised


def _edges(polar: FloatArray) -> tuple[FloatArray, np.ndarray]:
    """Edge strength, and edge direction as a complex number of the doubled angle to the ray."""
    smooth = _smoothed(polar, 0.8)
    outward = np.gradient(smooth, axis=1) * _FINE_RINGS
    turn = (np.roll(smooth, -1, axis=0) - np.roll(smooth, 1, axis=0)) / 2
    along = turn * ANGLES / (2 * np.pi) / np.maximum(_RADII, _LEAST_RING)
    gradient = (outward + 1j * along).astype(np.complex64)
    energy = (gradient * gradient.conj()).real
    around = _smoothed(energy, _NEIGHBOURHOOD) + _LEAST_GRADIENT**2
    doubled = gradient * gradient / np.sqrt(energy * around + 1e-6)
    return np.sqrt(energy / around), doubled


def _smoothed(field: FloatArray, deviation: float) -> FloatArray:
    """A field smoothed along both axes; it wraps around along the angle."""
    margin = int(4 * deviation) + 1
    wrapped = cv2.copyMakeBorder(field, margin, margin, 0, 0, cv2.BORDER_WRAP)
    smooth = cv2.GaussianBlur(wrapped, (0, 0), deviation, borderType=cv2.BORDER_REFLECT)
    return np.asarray(smooth[margin:-margin])


def _pooled(field: np.ndarray) -> np.ndarray:
    """A field of fine rings averaged to RINGS."""
    pooled: np.ndarray = field.reshape(ANGLES, RINGS, -1).mean(axis=2)
    return pooled
