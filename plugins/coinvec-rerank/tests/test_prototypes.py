"""What ships of the starter catalogue's designs, and what a home without pictures makes of it."""

from dataclasses import replace

import numpy as np
import pytest
from coins import candidate, image_id, minted, struck
from coinvec_rerank.prototypes import FILE, Prototypes, write
from coinvec_rerank.spectra import DESCRIPTOR_SHAPE, PACKED_BYTES, packed, spectra
from coinvec_rerank.verify import VerifyRanker
from coinvec_rerank.weights import NETWORK

import coinvec
from coinvec.errors import PluginError
from coinvec.plugin.protocols import RankingRequest
from coinvec.services.starter import add_starter, find_starter
from coinvec.testing import mint_catalogue, write_phone_photos


def descriptor(seed):
    noise = np.random.default_rng(seed).normal(size=(1, *DESCRIPTOR_SHAPE)).astype(np.float32)
    return packed(spectra(noise)[0])


def test_what_was_written_is_read(tmp_path):
    first, second = descriptor(1), descriptor(2)
    shown = {image_id("a"): "t/obverse/o1", image_id("b"): "t/reverse/r1"}
    write(tmp_path / "p.npz", {"t/reverse/r1": second, "t/obverse/o1": first}, shown)
    prototypes = Prototypes(tmp_path / "p.npz")
    wanted = [image_id(name) for name in "abc"]
    assert prototypes.of(wanted) == {image_id("a"): first, image_id("b"): second}


def test_where_there_is_no_file_nothing_is_known(tmp_path):
    assert Prototypes(tmp_path / "none.npz").of([image_id("a")]) == {}


def test_those_that_ship_are_of_the_network_that_ships():
    with np.load(FILE, allow_pickle=False) as kept:
        assert str(kept["network"]) == NETWORK
        assert kept["prototypes"].shape[1] == PACKED_BYTES


def test_a_picture_of_one_s_own_goes_before_the_prototype(tmp_path, monkeypatch):
    photo, given = struck(minted(1)[0]), [candidate("t0", 0.5)]
    [own] = VerifyRanker().scores(RankingRequest([photo], lambda _: photo), given)
    write(tmp_path / "p.npz", {"d": descriptor(3)}, {image_id("t0"): "d"})
    prototypes = Prototypes(tmp_path / "p.npz")
    monkeypatch.setattr("coinvec_rerank.verify.PROTOTYPES", prototypes)
    [of_prototype] = VerifyRanker().scores(RankingRequest([photo], lambda _: None), given)
    assert of_prototype < own
    assert VerifyRanker().scores(RankingRequest([photo], lambda _: photo), given) == [own]


def test_prototypes_stand_in_for_pictures_that_there_are_none_of(tmp_path, monkeypatch):
    """They may be made of the very photos that an evaluation asks with."""
    photo, [given] = struck(minted(1)[0]), [candidate("t0", 0.5)]
    write(tmp_path / "p.npz", {"d": descriptor(3)}, {image_id("t0"): "d"})
    prototypes = Prototypes(tmp_path / "p.npz")
    monkeypatch.setattr("coinvec_rerank.verify.PROTOTYPES", prototypes)
    pictured = replace(given, image=replace(given.image, media_digest=given.image.id))
    for each, is_known in ((given, True), (pictured, False)):
        [score] = VerifyRanker().scores(RankingRequest([photo], lambda _: None), [each])
        assert (score is not None) is is_known


def test_prototypes_of_another_network_are_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr("coinvec_rerank.prototypes.NETWORK", "another")
    write(tmp_path / "p.npz", {"d": descriptor(3)}, {image_id("t0"): "d"})
    monkeypatch.undo()
    assert Prototypes(tmp_path / "p.npz").of([image_id("t0")]) == {}


def test_a_damaged_file_is_told(tmp_path):
    (tmp_path / "p.npz").write_bytes(FILE.read_bytes()[:1000])
    with pytest.raises(PluginError, match=r"p\.npz.*force-reinstall"):
        Prototypes(tmp_path / "p.npz").of([image_id("t0")])


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A home that holds the starter catalogue alone."""
    with coinvec.init(tmp_path_factory.mktemp("started") / "home") as coins:
        add_starter(coins.home, find_starter(coins.home.settings))
        yield coins


def test_every_image_of_the_starter_catalogue_has_a_prototype(started):
    image_ids = started.home.catalogue.image_ids(None)
    assert Prototypes(FILE).of(image_ids).keys() == set(image_ids)


def test_a_home_of_the_starter_catalogue_is_judged_by_it(started, tmp_path):
    [photo, *_] = write_phone_photos(tmp_path, mint_catalogue(3, n_types=1, n_issuers=1), count=1)
    result = started.search(photo.path)
    assert result.judged_by == "verify"
    assert result.verdict == "unknown", "the coin was made up"
