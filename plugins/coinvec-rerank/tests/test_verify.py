from dataclasses import replace

import numpy as np
import pytest
from coins import candidate, crop_of, image_id, minted, struck
from coinvec_rerank.gradients import gradient_grid
from coinvec_rerank.network import Network
from coinvec_rerank.spectra import agreements, spectra
from coinvec_rerank.verify import VerifyRanker
from coinvec_rerank.verify import evidence as evidence_by
from coinvec_rerank.weights import VERIFICATION, Verification

from coinvec.domain.vectors import DesignImages
from coinvec.plugin.protocols import RankingRequest

DESIGNS = minted(4)
GALLERY = {image_id(f"t{at}"): struck(design, seed=at) for at, design in enumerate(DESIGNS)}


NETWORK = Network()


def evidence(request, candidates, aside=0.0):
    return evidence_by(NETWORK, request, candidates, aside)


class Loader:
    """Gives the cut-outs of the gallery, and remembers what was asked for."""

    def __init__(self, gallery=GALLERY):
        self.gallery, self.asked = gallery, []

    def __call__(self, asked):
        self.asked.append(asked)
        return self.gallery.get(asked)


def request_for(*crops, load=None, cache=None):
    return RankingRequest(crops, load or Loader(), cache=cache)


def alike(similarity=0.8, count=4):
    return [candidate(f"t{at}", similarity) for at in range(count)]


@pytest.mark.parametrize(("place", "turned"), [(1, 35.0), (2, 140.0), (3, 260.0)])
def test_a_turned_coin_is_verified_above_those_that_only_look_alike(place, turned):
    photo = struck(DESIGNS[place], turned=turned, azimuth=210.0, wear=0.2, seed=50 + place)
    given = alike()
    ranked = VerifyRanker().rank(request_for(photo), given)
    assert ranked[0].type == f"t{place}"
    assert sorted(each.type for each in ranked) == sorted(each.type for each in given)
    assert {each.similarity for each in ranked} == {0.8}


def test_the_same_again_gives_the_same_order():
    request = request_for(struck(DESIGNS[2], turned=90.0, seed=9))
    first = VerifyRanker().rank(request, alike())
    assert [each.type for each in first] == [
        each.type for each in VerifyRanker().rank(request, alike())
    ]


def test_equal_candidates_are_ordered_by_image():
    photo = struck(DESIGNS[0])
    ranked = VerifyRanker(Verification(weight=0.0)).rank(request_for(photo), alike()[::-1])
    assert ranked == sorted(alike(), key=lambda each: each.image.id)


def test_a_hit_without_a_picture_keeps_its_place():
    given = [candidate("no-picture", 0.9), *alike()]
    ranked = VerifyRanker().rank(request_for(struck(DESIGNS[3], turned=70.0)), given)
    assert [each.type for each in ranked[:2]] == ["no-picture", "t3"]


def test_evidence_is_how_well_the_best_image_agrees():
    photo = struck(DESIGNS[1], turned=20.0)
    found = evidence(request_for(photo), [candidate("t1", 0.5), candidate("none", 0.4)])
    image = GALLERY[image_id("t1")]
    described = [NETWORK.describe(gradient_grid(each))[np.newaxis] for each in (photo, image)]
    [[wanted]] = agreements(*map(spectra, described))
    assert found == [pytest.approx(wanted, abs=1e-3), None]


@pytest.mark.parametrize(("right", "down"), [(5, 0), (-5, 0), (0, 5), (0, -5)])
def test_a_face_beside_the_middle_of_its_outline_agrees_as_well(right, down):
    photo, given = struck(DESIGNS[1], turned=20.0), [candidate("t1", 0.5)]
    moved = request_for(crop_of(np.roll(photo.cutout, (down, right), axis=(0, 1))))
    [in_the_middle] = evidence(request_for(photo), given)
    [found] = evidence(moved, given, VERIFICATION.aside)
    assert found == pytest.approx(in_the_middle, abs=0.01)
    assert found > evidence(moved, given)[0] + 0.05


def test_a_second_look_is_as_far_aside_as_the_weights_say():
    photo = struck(DESIGNS[1], turned=20.0)
    first = request_for(crop_of(np.roll(photo.cutout, 5, axis=1)))
    second = replace(first, second_look=True)
    near, far = (VerifyRanker(Verification(1.0, aside=aside)) for aside in (0.0, 5.0))
    [plain], [close] = (far.scores(request, alike()[1:2]) for request in (first, second))
    assert close > plain + 0.02
    assert near.scores(second, alike()[1:2]) == [plain]


def test_two_photos_are_held_against_both_sides_in_either_order():
    photos = struck(DESIGNS[0], turned=15.0), struck(DESIGNS[1], turned=80.0)
    right = candidate("t0", 0.7, reverse="t1")
    half = candidate("t2", 0.8, reverse="t1")
    for crops in (photos, photos[::-1]):
        both, one = evidence(request_for(*crops), [right, half])
        alone = [
            evidence(request_for(each), [candidate(f"t{at}", 0.5)])[0]
            for at, each in enumerate(photos)
        ]
        assert both == pytest.approx(sum(alone) / 2)
        assert both > one


def with_more_images(request, *names):
    """The design t0 has these images besides, each more alike to the photo than the last."""
    vectors = np.linspace(0.1, 0.9, len(names) + 1, dtype=np.float32)[:, np.newaxis]
    images = DesignImages([image_id(name) for name in ("t0", *names)], vectors)
    return replace(
        request,
        vectors=np.ones((1, 1), np.float32),
        load_images=lambda _: {"t0/obverse/o1": images},
    )


def test_the_image_that_agrees_most_and_what_all_have_in_common_speak_for_a_design(tmp_path):
    photo, given = struck(DESIGNS[1], turned=20.0), [candidate("t0", 0.5), candidate("t1", 0.5)]
    request = request_for(photo, cache=tmp_path)
    wrong, right = evidence(request, given)  # and now both are kept
    assert wrong < right
    mixed, alone = evidence(with_more_images(request, "t1"), given)
    assert alone == right
    assert (wrong + right) / 2 < mixed < right, "one of its two images is another coin's"


def test_worn_coins_of_a_design_say_more_together(tmp_path):
    names = [f"worn{at}" for at in range(4)]
    worn = {
        image_id(name): struck(DESIGNS[1], turned=70.0 * at, wear=0.5, azimuth=80.0 * at, seed=at)
        for at, name in enumerate(names)
    }
    photo = struck(DESIGNS[1], turned=20.0, azimuth=40.0, seed=77)
    request = request_for(photo, load=Loader(worn), cache=tmp_path)
    alone = evidence(request, [candidate(name, 0.5) for name in names])  # and now all are kept
    images = DesignImages(list(worn), np.ones((4, 1), np.float32))
    request = replace(
        request,
        vectors=np.ones((1, 1), np.float32),
        load_images=lambda _: {"worn0/obverse/o1": images},
    )
    [together] = evidence(request, [candidate("worn0", 0.5)])
    assert together > max(alone)


def test_only_the_images_nearest_to_the_photo_are_held_against_it(tmp_path):
    request = request_for(struck(DESIGNS[1]), cache=tmp_path)
    alone, _ = evidence(request, [candidate("t0", 0.5), candidate("t1", 0.5)])
    crowded = with_more_images(request, "t1", *"abcdefg")
    assert evidence(crowded, [candidate("t0", 0.5)]) == [alone]


def test_no_picture_is_read_but_the_best_image_s():
    load = Loader()
    request = with_more_images(request_for(struck(DESIGNS[1]), load=load), "t1")
    evidence(request, [candidate("t0", 0.5)])
    assert load.asked == [image_id("t0")]


def test_pictures_are_read_for_the_first_candidates_alone(tmp_path):
    load, many = Loader(), [candidate(f"none{at}", 0.9) for at in range(20)]
    request = request_for(struck(DESIGNS[1]), load=load, cache=tmp_path)
    assert evidence(request, [*many, candidate("t1", 0.5)])[-1] is None
    assert len(load.asked) == 20
    evidence(request, [candidate("t1", 0.5)])  # now it is kept
    assert evidence(request, [*many, candidate("t1", 0.5)])[-1] > 0.5


def test_the_verdict_costs_no_second_look():
    """Its few types are among those that were ordered for the same photo."""
    load, asked = Loader(), []
    request = request_for(struck(DESIGNS[1], turned=20.0), load=load)
    request = replace(request, load_images=lambda given: asked.append(given) or {})
    ranker = VerifyRanker()
    ranker.rank(request, alike())
    leading = alike(count=2)
    assert ranker.scores(request, leading) == VerifyRanker().scores(replace(request), leading)
    assert [len(given) for given in asked] == [4, 2], "the second was the other ranker's"
    assert len(ranker.scores(request, [*leading, candidate("new", 0.1)])) == 3
    assert [each.type for each in asked[-1]] == ["new"]


def test_what_was_out_of_reach_is_read_when_the_verdict_asks_for_it():
    request = request_for(struck(DESIGNS[1], turned=20.0))
    many, ranker = [candidate(f"none{at}", 0.9) for at in range(20)], VerifyRanker()
    assert ranker.scores(request, [*many, candidate("t1", 0.5)])[-1] is None
    assert ranker.scores(request, [candidate("t1", 0.5)]) != [None]


def test_what_another_network_made_is_forgotten(tmp_path):
    old = tmp_path / "gradients-1.db"
    old.write_bytes(b"")
    evidence(request_for(struck(DESIGNS[1]), cache=tmp_path), alike())
    [kept] = tmp_path.glob("*.db")
    assert kept != old


def test_what_is_kept_spares_the_pictures(tmp_path):
    photo = struck(DESIGNS[1], turned=20.0)
    first, second = Loader(), Loader({})
    wanted = evidence(request_for(photo, load=first, cache=tmp_path / "c"), alike())
    assert sorted(first.asked) == sorted(GALLERY)
    assert evidence(request_for(photo, load=second, cache=tmp_path / "c"), alike()) == wanted
    assert second.asked == []


def test_another_preprocessor_s_cache_is_another(tmp_path):
    photo, load = struck(DESIGNS[1]), Loader()
    for name in ("one", "other"):
        evidence(request_for(photo, load=load, cache=tmp_path / name), alike())
    assert len(load.asked) == 2 * len(GALLERY)


def test_a_missing_picture_is_asked_for_again(tmp_path):
    photo, later = struck(DESIGNS[0]), Loader()
    given = [candidate("t0", 0.5)]
    missing = request_for(photo, load=Loader({}), cache=tmp_path)
    assert evidence(missing, given) == [None]
    assert evidence(replace(missing, load_crop=later), given)[0] > 0
    assert later.asked == [image_id("t0")]


def test_scores_fall_along_the_order_and_are_the_candidate_s_own():
    photo = struck(DESIGNS[2], turned=35.0, seed=12)
    ranker, request = VerifyRanker(), request_for(photo)
    ranked = ranker.rank(request, alike())
    scores = ranker.scores(replace(request), ranked)
    assert scores == sorted(scores, reverse=True)
    alone = [ranker.scores(replace(request), [each])[0] for each in ranked]
    assert scores == pytest.approx(alone, abs=1e-5)
    assert ranker.scores(request, [candidate("none", 0.9)]) == [None]


def test_the_very_same_picture_scores_no_more_than_1():
    [score] = VerifyRanker().scores(request_for(GALLERY[image_id("t0")]), [candidate("t0", 1.0)])
    assert score == pytest.approx(1.0, abs=1e-3)
    assert score <= 1.0
