"""Takes photographs of rendered coins lying on a ground."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Ellipse, MaskArray, RgbArray
from coinvec.errors import InvalidValueError
from coinvec.testing.backgrounds import Ground, draw_background
from coinvec.testing.camera import Camera, Matrix, Placement, circle_image, project
from coinvec.testing.coin import lit_coin
from coinvec.testing.designs import CoinDesign, Planchet
from coinvec.testing.drawing import Points, disc, points
from coinvec.testing.lens import PHONE, Lens, expose
from coinvec.testing.light import FINISHES, Light
from coinvec.testing.noise import Field, random_source
from coinvec.testing.planchet import FILL, outline

THICKNESS = 0.10
"""Of a coin, as a fraction of its radius."""

_EDGE_SHADE = np.float32(0.42 * 255)  # the upright edge gets little of the light from above


@dataclass(frozen=True, slots=True, eq=False)
class RenderedPhoto:
    """A photograph of coins, and the truth about it.

    Attributes:
        pixels: H × W × 3 RGB uint8.
        masks: Of each coin's upper face, H × W; holes left out.
        ellipses: The image of each coin's rim circle; a coin that is not round touches it with
            its corners.
        designs: What each coin shows.
    """

    pixels: RgbArray
    masks: tuple[MaskArray, ...]
    ellipses: tuple[Ellipse, ...]
    designs: tuple[CoinDesign, ...]


def photograph(
    *coins: CoinDesign,
    size: tuple[int, int] = (960, 1280),
    background: str = "wood",
    tilt_degrees: float = 15.0,
    diameter: float = 0.55,
    light: tuple[float, float] | None = None,
    rotation: float | None = None,
    wear: float = 0.25,
    lens: Lens = PHONE,
    seed: int = 0,
) -> RenderedPhoto:
    """Lay coins on a ground and photograph them.

    Args:
        coins: What the coins show; none gives a picture of the bare ground. Coins never overlap
            and lie wholly in the picture.
        size: Width and height of the picture in pixels.
        background: A name in `coinvec.testing.backgrounds.BACKGROUNDS`.
        tilt_degrees: Angle between the line of sight and the vertical, 0 to 60.
        diameter: Of a coin, as a fraction of the shorter side of its share of the picture,
            above 0 to 0.9.
        light: Azimuth and elevation as in `render_side`; by default chosen by the seed.
        rotation: Clockwise turn of the coins in degrees; by default chosen by the seed.
        wear: 0 to 1.
        lens: Blur, noise and colour.
        seed: Of everything else: places, ground, stains, noise.

    Raises:
        InvalidValueError: An argument is out of range or the background unknown.
    """
    _check(size, tilt_degrees, diameter)
    rng = random_source(seed, 3)
    lamp = Light(rng.uniform(0, 360), rng.uniform(36, 60)) if light is None else Light(*light)
    camera = Camera.tilted(size, tilt_degrees, azimuth=float(rng.uniform(0, 360)))
    placements = _framed(_placements(rng, len(coins), size, diameter, rotation), camera)
    scene = _ground(rng, background, camera)
    masks, ellipses = [], []
    for index, (coin, placement) in enumerate(zip(coins, placements, strict=True)):
        view = _View(camera, placement, lamp)
        view.cast_shadow(scene, coin.planchet)
        masks.append(view.lay(scene, coin, wear=wear, seed=seed * 1009 + index))
        ellipses.append(view.rim)
    return RenderedPhoto(expose(scene, lens, rng), tuple(masks), tuple(ellipses), coins)


def _check(size: tuple[int, int], tilt_degrees: float, diameter: float) -> None:
    if min(size) < 32 or max(size) > 8192:
        raise InvalidValueError(f"a photo of {size[0]}x{size[1]} is not within 32 to 8192 pixels.")
    if not 0.0 <= tilt_degrees <= 60.0:
        raise InvalidValueError(f"tilt {tilt_degrees!r} is not between 0 and 60 degrees.")
    if not 0.0 < diameter <= 0.9:
        raise InvalidValueError(f"diameter {diameter!r} is not above 0 and at most 0.9.")


def _placements(
    rng: np.random.Generator,
    count: int,
    size: tuple[int, int],
    diameter: float,
    rotation: float | None,
) -> list[Placement]:
    """Spread coins over the cells of a grid, each somewhere within its own."""
    width, height = size
    columns = max(math.ceil(math.sqrt(count * width / height)), 1)
    rows = max(math.ceil(count / columns), 1)
    cell = (width / columns, height / rows)
    radius = diameter * min(cell) / 2
    placements = []
    for index in range(count):
        row, column = divmod(index, columns)
        # Perspective enlarges what comes nearer: a tenth of the radius is kept clear.
        slack = [max(side / 2 - 1.1 * radius, 0.0) * 0.6 for side in cell]
        x, y = (float(rng.uniform(-s, s)) for s in slack)
        turn = float(rng.uniform(0, 360)) if rotation is None else rotation
        x += (column + 0.5) * cell[0] - width / 2
        y += (row + 0.5) * cell[1] - height / 2
        placements.append(Placement(x, y, radius, turn))
    return placements


def _framed(placements: list[Placement], camera: Camera) -> list[Placement]:
    """Step back until perspective pushes no coin out of the picture."""
    limits = np.array(camera.size) - 2
    unit = disc((0.0, 0.0), 1.0)
    while True:
        rims = [
            project(camera.homography(p, height), unit)
            for p in placements
            for height in (0.0, THICKNESS * p.radius)
        ]
        if all(rim.min() >= 1 and (rim <= limits).all() for rim in rims):
            return placements
        placements = [
            Placement(0.95 * p.x, 0.95 * p.y, 0.95 * p.radius, p.degrees) for p in placements
        ]


def _ground(rng: np.random.Generator, background: str, camera: Camera) -> Ground:
    """The ground as the camera sees it, filling the picture."""
    width, height = camera.size
    flat = draw_background(background, rng, (height, width))
    table = camera.homography(Placement(0.0, 0.0, 1.0, 0.0))
    corners = points((0, 0), (width, 0), (0, height), (width, height))
    reach = np.abs(project(np.asarray(np.linalg.inv(table)), corners)) / (width / 2, height / 2)
    scale = float(reach.max()) * 1.01
    onto_table = np.array(
        [[scale, 0, scale * (1 - width) / 2], [0, scale, scale * (1 - height) / 2], [0, 0, 1]]
    )
    return np.asarray(cv2.warpPerspective(flat, table @ onto_table, (width, height)), np.float32)


class _View:
    """One coin as the camera sees it."""

    def __init__(self, camera: Camera, placement: Placement, light: Light) -> None:
        self.camera = camera
        self.placement = placement
        self.light = light
        self.face = camera.homography(placement, THICKNESS * placement.radius)
        self.rim = circle_image(self.face)

    def cast_shadow(self, scene: Ground, planchet: Planchet) -> None:
        """Darken the ground where the coin keeps the light away."""
        x, y, z = self.light.direction
        radius = self.placement.radius
        reach = THICKNESS * radius / max(z, 0.2)
        thrown = Placement(
            self.placement.x - x * reach, self.placement.y - y * reach, radius,
            self.placement.degrees,
        )  # fmt: skip
        window = self._window(margin=0.6 * radius)
        shade = self._filled([self.camera.homography(thrown)], planchet, window)
        around = self._filled([self.camera.homography(self.placement)], planchet, window)
        sharp = cv2.GaussianBlur(shade, (0, 0), 0.035 * radius + 0.5)
        small = cv2.resize(around, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        soft = cv2.GaussianBlur(small, (0, 0), 0.035 * radius + 0.5)
        soft = cv2.resize(soft, shade.shape[::-1], interpolation=cv2.INTER_LINEAR)
        scene[window] *= _rgb((1 - 0.45 * sharp) * (1 - 0.4 * soft))

    def lay(self, scene: Ground, coin: CoinDesign, *, wear: float, seed: int) -> MaskArray:
        """Paint the coin's edge and face into the scene; returns the mask of the face."""
        window = self._window(margin=2 * THICKNESS * self.placement.radius + 3)
        levels = np.linspace(0.0, THICKNESS * self.placement.radius, 5)
        sweep = [self.camera.homography(self.placement, height) for height in levels]
        edge = self._filled(sweep, coin.planchet, window)
        tint = FINISHES[coin.planchet.metal].tint
        *face, alpha = cv2.split(self._warped(self._lit(coin, wear, seed), window))
        around = 1 - alpha.astype(np.float32) / 255
        bare = _rgb(around * (1 - edge))
        side = around * edge
        scene[window] *= bare
        scene[window] += cv2.merge(
            [_EDGE_SHADE * channel * side + lit for channel, lit in zip(tint, face, strict=True)]
        )
        mask = np.zeros(scene.shape[:2], dtype=np.bool_)
        mask[window] = alpha >= 128
        return mask

    def _lit(self, coin: CoinDesign, wear: float, seed: int) -> NDArray[np.uint8]:
        """The coin lit in its own frame, a little larger than it is seen."""
        size = min(max(64 * math.ceil(2.05 * max(self.rim.rx, self.rim.ry) / 64), 128), 896)
        light = Light(self.light.azimuth - self.placement.degrees, self.light.elevation)
        return lit_coin(coin, size=size, light=light, wear=wear, seed=seed)

    def _warped(self, picture: NDArray[np.uint8], window: tuple[slice, slice]) -> NDArray[np.uint8]:
        size = picture.shape[0]
        scale = 2 / (size * FILL)
        onto_face = np.array(
            [[scale, 0, -scale * (size - 1) / 2], [0, scale, -scale * (size - 1) / 2], [0, 0, 1]]
        )
        shape = (window[1].stop - window[1].start, window[0].stop - window[0].start)
        mapping = _shift(window) @ self.face @ onto_face
        return np.asarray(cv2.warpPerspective(picture, mapping, shape), dtype=np.uint8)

    def _filled(
        self, mappings: list[Matrix], planchet: Planchet, window: tuple[slice, slice]
    ) -> Field:
        """Coverage, 0 to 1, of the coin's outline under several homographies together."""
        shape = tuple(part.stop - part.start for part in window)
        union = np.zeros(shape, dtype=np.uint8)
        for mapping in mappings:
            rings = [project(_shift(window) @ mapping, ring) for ring in _outlines(planchet)]
            layer = np.zeros(shape, dtype=np.uint8)
            pixels = [np.rint(ring * 16).astype(np.int32) for ring in rings]
            cv2.fillPoly(layer, pixels, 255, cv2.LINE_AA, 4)
            np.maximum(union, layer, out=union)
        return union.astype(np.float32) / 255

    def _window(self, *, margin: float) -> tuple[slice, slice]:
        """Rows and columns of the picture around the coin."""
        width, height = self.camera.size
        reach = max(self.rim.rx, self.rim.ry) + margin
        spans = []
        for centre, limit in ((self.rim.cy, height), (self.rim.cx, width)):
            start = min(max(math.floor(centre - reach), 0), limit - 1)
            spans.append(slice(start, max(min(math.ceil(centre + reach), limit), start + 1)))
        return spans[0], spans[1]


def _outlines(planchet: Planchet) -> list[Points]:
    """The outline of a coin and that of its hole, of the coin's radius."""
    angle = np.linspace(0, 2 * math.pi, 240, endpoint=False)
    radius = outline(angle, planchet.shape)
    rings = [radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])]
    if planchet.hole:
        rings.append(disc((0.0, 0.0), planchet.hole))
    return rings


def _rgb(plane: Field) -> Ground:
    """The same values for every channel."""
    return np.asarray(cv2.merge([plane] * 3), dtype=np.float32)


def _shift(window: tuple[slice, slice]) -> Matrix:
    """Moves picture coordinates into those of a window."""
    return np.array([[1, 0, -window[1].start], [0, 1, -window[0].start], [0, 0, 1]], dtype=float)
