"""Cut-outs that leave coins as obliquely seen as they were."""

import cv2
import numpy as np
import pytest
from coinvec_train.encoder.unrectified import Unrectified
from coinvec_unet.unet import UnetPreprocessor

from coinvec.domain.images import Picture
from coinvec.testing import mint_catalogue, photograph


def sides_of(mask):
    """The longer and the shorter side of the coin in a cut-out, in pixels."""
    (rim,), _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return sorted(cv2.fitEllipse(rim)[1], reverse=True)


def test_a_coin_seen_from_aside_stays_an_ellipse():
    coin = mint_catalogue(1, n_types=1, n_issuers=1)[0].obverse
    photo = photograph(coin, size=(480, 480), tilt_degrees=40, seed=3)
    finder, picture = UnetPreprocessor(), Picture(photo.pixels)
    [round_], [oblique] = finder.find(picture), Unrectified(finder).find(picture)
    long, short = sides_of(oblique.cutout_mask)
    seen = sorted((round_.ellipse.rx, round_.ellipse.ry))
    assert long == pytest.approx(sides_of(round_.cutout_mask)[0], rel=0.03)
    assert short / long == pytest.approx(seen[0] / seen[1], abs=0.02)
    assert short / long < 0.85
    assert not oblique.cutout[~oblique.cutout_mask].any()
