import numpy as np
import pytest
from coinvec_train.encoder.data import DrawnViews
from coinvec_train.encoder.views import (
    Views,
    fainter,
    in_poor_light,
    relit,
    with_cast,
    with_glare,
    with_shadow,
)

from coinvec.domain.images import Ellipse
from coinvec.plugin.cutout import RADIUS, SIZE

MIDDLE = (SIZE - 1) / 2


@pytest.fixture(scope="module")
def coin():
    mask = Ellipse(MIDDLE, MIDDLE, RADIUS, RADIUS).mask(SIZE, SIZE)
    y, x = np.mgrid[:SIZE, :SIZE]
    relief = 120 + 60 * np.sin(x / 9) * np.cos(y / 11)
    return np.where(mask[..., None], relief[..., None] * (1, 0.8, 0.6), 0).astype(np.uint8)


@pytest.mark.parametrize("kind", ["article", "phone"])
def test_views_differ_by_number_and_repeat_by_seed(coin, kind):
    views = Views(kind, 96)
    first, again, other = (views.draw(coin, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (96, 96, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_coin_stays_in_view_and_its_surroundings_black(coin):
    views = Views("phone", 96)
    for seed in range(20):
        inside = views.draw(coin, np.random.default_rng(seed)).any(axis=2)
        assert 0.35 < inside.mean() < 0.9
        assert not inside[0, 0]


@pytest.mark.parametrize(
    "change", [relit, fainter, with_glare, with_shadow, with_cast, in_poor_light]
)
def test_light_changes_the_coin_alone(coin, change):
    changed = change(coin, np.random.default_rng(3))
    assert np.array_equal(changed.any(axis=2), coin.any(axis=2))
    assert not np.array_equal(changed, coin)


def test_less_of_the_relief_is_seen_under_even_light(coin):
    """The mean light stays, at the rim too, where there is black beside the coin."""
    y, x = np.mgrid[:SIZE, :SIZE] - MIDDLE
    rim = coin.any(axis=2) & (np.hypot(x, y) > 0.9 * RADIUS)
    faint = fainter(coin, np.random.default_rng(3))
    inside = coin.any(axis=2)
    assert faint[inside].std() < 0.95 * coin[inside].std()
    assert faint[rim].mean() == pytest.approx(coin[rim].mean(), rel=0.05)


def test_in_poor_light_little_is_left_of_the_relief(coin):
    inside = coin.any(axis=2)
    for seed in range(10):
        dim = in_poor_light(coin, np.random.default_rng(seed))[inside].astype(float)
        assert dim.mean() < 0.95 * coin[inside].mean()
        assert dim.std() < 0.85 * coin[inside].std()


def test_the_wanted_share_of_views_is_in_poor_light(coin):
    lit, dim, half = (Views("phone", 64, poor_light=share) for share in (0.0, 1.0, 0.5))
    light = [
        [views.draw(coin, np.random.default_rng(seed)).mean() for seed in range(40)]
        for views in (lit, dim, half)
    ]
    assert np.mean(light[1]) < 0.7 * np.mean(light[0])
    assert np.mean(light[1]) < np.mean(light[2]) < np.mean(light[0])


def test_a_coin_is_seen_turned_by_every_angle(coin):
    """The brightest of four quarters is not always the same one."""
    marked = coin.copy()
    marked[:128, :128] //= 3
    views, darkest = Views("phone", 64), set()
    for seed in range(30):
        view = views.draw(marked, np.random.default_rng(seed)).astype(float).sum(axis=2)
        quarters = [view[:32, :32], view[:32, 32:], view[32:, 32:], view[32:, :32]]
        darkest.add(int(np.argmin([each.sum() for each in quarters])))
    assert darkest == {0, 1, 2, 3}


class Unchanged:
    """Draws no changes, so that what is drawn shows what it was drawn from."""

    def draw(self, cutout, _rng):
        return cutout


@pytest.mark.parametrize("mirrored", [False, True])
def test_mirror_images_are_classes_of_their_own(coin, mirrored):
    """The left half of the coin is dark; of its mirror image, the right half."""
    halved = coin.copy()
    halved[:, : SIZE // 2] //= 3
    drawn = DrawnViews(
        [halved] * 3, [0, 1, 2], Unchanged(), first=0, count=40, seed=5, mirrored=mirrored
    )
    labels = set()
    for at in range(len(drawn)):
        picture, label = drawn[at]
        dark_on_the_left = picture[..., : SIZE // 2].sum() < picture[..., SIZE // 2 :].sum()
        assert bool(dark_on_the_left) is (label < 3)
        labels.add(label)
    assert labels == (set(range(6)) if mirrored else set(range(3)))
