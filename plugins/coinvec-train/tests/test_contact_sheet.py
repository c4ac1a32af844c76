"""Contact sheets: where pictures and marks end up."""

import numpy as np
import pytest
from coinvec_train.contact_sheet import GREEN, RED, Layout, Mark, Tile, rim_points
from coinvec_train.labels import Holed, Polygon

from coinvec.domain.images import Ellipse

BLUE = (0, 0, 255)


def plain(width, height, colour=BLUE):
    return np.full((height, width, 3), colour, dtype=np.uint8)


def coloured(sheet, colour):
    """Places (y, x) of exactly a colour."""
    return np.argwhere((sheet == colour).all(axis=2))


@pytest.mark.parametrize(
    ("size", "shown"), [((80, 80), (50, 50)), ((400, 100), (50, 12)), ((5, 10), (25, 50))]
)
def test_each_picture_lies_at_its_origin_with_its_longest_side_as_asked(size, shown):
    layout = Layout(columns=3, rows=2, side=50)
    sheet = layout.draw([Tile(plain(8, 8, (0, 0, 0)), "")] * 4 + [Tile(plain(*size), "")])
    places = coloured(sheet, BLUE)
    x, y = layout.origin(4)
    assert places.min(axis=0).tolist() == [y, x]
    assert (places.max(axis=0) - places.min(axis=0) + 1).tolist() == [shown[1], shown[0]]
    assert len(places) == shown[0] * shown[1]


def test_tiles_do_not_overlap_and_captions_stand_over_them():
    layout = Layout(columns=4, rows=3, side=40)
    colours = [(20 * k + 10, 0, 200) for k in range(layout.count)]
    sheet = layout.draw([Tile(plain(40, 40, each), "123") for each in colours])
    for index, each in enumerate(colours):
        assert len(coloured(sheet, each)) == 40 * 40
        x, y = layout.origin(index)
        assert sheet[y - 12 : y, x : x + 40].max() > 200  # the caption's white


def test_a_sheet_that_is_not_full_has_no_empty_rows():
    layout = Layout(columns=2, rows=9, side=30)
    full = layout.draw([Tile(plain(3, 3), "")] * 18).shape
    assert layout.draw([Tile(plain(3, 3), "")] * 3).shape == (full[0] / 9 * 2, full[1], 3)


def test_an_outline_is_drawn_along_the_rim_and_around_each_hole():
    coin = Holed(Ellipse(199.5, 199.5, 160, 120), (Ellipse(199.5, 199.5, 40, 40),))
    tile = Tile(plain(400, 400, (0, 0, 0)), "", [Mark(coin, colour=RED)])
    layout = Layout(columns=1, rows=1, side=200)
    sheet = layout.draw([tile])
    x0, y0 = layout.origin(0)
    y, x = np.nonzero(sheet[:, :, 0] > 150)
    # In tile pixels the centre is (99.5, 99.5) and lengths are halved.
    across, down = (x - x0 - 99.5), (y - y0 - 99.5)
    outer = np.abs(np.hypot(across / 80, down / 60) - 1) * 60 <= 2
    inner = np.abs(np.hypot(across, down) - 20) <= 2
    assert (outer | inner).all()
    for line, centre in ((outer, 80), (inner, 20)):
        angles = np.degrees(np.arctan2(down[line], across[line]))
        assert np.diff(np.sort(angles)).max() < 10, centre


def test_marks_have_their_colour_and_their_text():
    square = Polygon(((10, 10), (90, 10), (90, 90), (10, 90)))
    draw = Layout(1, 1, 100).draw
    bare = draw([Tile(plain(100, 100), "", [Mark(square)])])
    numbered = draw([Tile(plain(100, 100), "", [Mark(square, "7")])])
    greenish = np.abs(bare.astype(int) - GREEN).max(axis=2) < 120  # lines are antialiased
    assert greenish.sum() > 300
    y, x = np.nonzero((bare != numbered).any(axis=2))
    assert y.size
    assert abs(x.mean() - 50) < 10
    assert abs(y.mean() - 64) < 10  # the middle, below the caption


def test_the_picture_given_is_left_alone():
    pixels = plain(50, 50)
    Layout(1, 1, 50).draw([Tile(pixels, "1", [Mark(Ellipse(25, 25, 20, 10))])])
    assert (pixels == BLUE).all()


def test_rim_points_lie_on_the_ellipse():
    turned = Ellipse(10, 20, 8, 3, 30)
    x, y = (rim_points(turned) - (10, 20)).T
    cos, sin = np.cos(np.pi / 6), np.sin(np.pi / 6)
    along, across = x * cos + y * sin, y * cos - x * sin
    np.testing.assert_allclose((along / 8) ** 2 + (across / 3) ** 2, 1, atol=1e-9)
