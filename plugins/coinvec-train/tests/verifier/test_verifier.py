"""A verifier's training in miniature: drawn, begun, interrupted, gone on with, exported."""

import csv
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from coinvec_rerank.gradients import SECTORS, SHAPE, gradient_grid
from coinvec_rerank.network import Network
from coinvec_rerank.spectra import agreements as shipped_agreements
from coinvec_rerank.spectra import spectra
from coinvec_train.encoder.cutouts import Cutouts
from coinvec_train.encoder.material import Material, Photograph
from coinvec_train.encoder.open_set import Gallery
from coinvec_train.encoder.rivals import as_crop
from coinvec_train.encoder.sources import Sources
from coinvec_train.runs import Run, load_run
from coinvec_train.verifier.config import VerifierConfig
from coinvec_train.verifier.data import Batch, Batches, mirrored, spoilt
from coinvec_train.verifier.export import export_verifier, trained_verifier
from coinvec_train.verifier.grids import grids_of
from coinvec_train.verifier.loss import PairLoss
from coinvec_train.verifier.network import VerifierNetwork, agreements
from coinvec_train.verifier.sources import batches, watched
from coinvec_train.verifier.train import VerifierTraining

from coinvec.errors import InvalidValueError, SettingsError
from coinvec.plugin.cutout import RADIUS, SIZE
from coinvec.testing import mint_catalogue, render_side

LOOKS, EACH = 4, 3
CONFIG = VerifierConfig(
    width=4,
    layers=1,
    looks=3,
    per_look=2,
    neighbours=2,
    among=3,
    views=1,
    hardest=2,
    epoch_steps=3,
    epochs=2,
)


@pytest.fixture(scope="module")
def cutouts():
    """Coins of several designs, each lit from several sides."""
    designs = [each.obverse for each in mint_catalogue(3, n_types=LOOKS, n_issuers=1)]
    size = round(2 * RADIUS)
    room = (SIZE - size) // 2
    pixels = [
        cv2.copyMakeBorder(
            render_side(design, size=size, light=(90.0 * at, 48.0), seed=at).pixels,
            *[room] * 4,
            cv2.BORDER_CONSTANT,
        )
        for design in designs
        for at in range(EACH)
    ]
    return Cutouts(np.stack(pixels), {f"{at}.png": at for at in range(len(pixels))})


@pytest.fixture(scope="module")
def sources(cutouts):
    shown = [Photograph(f"{at}.png", f"look{at // EACH}", f"{at}") for at in range(2 * EACH, 12)]
    gallery = Gallery(
        ["0.png"], ["a/obverse/1"], ["1.png", "4.png"], [frozenset(["a/obverse/1"]), frozenset()]
    )
    return Sources(cutouts, Material(shown[1:], shown[:1]), gallery)


@pytest.fixture(scope="module")
def grids(cutouts):
    found = [gradient_grid(as_crop(each)) for each in cutouts.pixels]
    return torch.from_numpy(np.stack(found))


@pytest.fixture(scope="module")
def changed():
    """A network that training has changed."""
    torch.manual_seed(5)
    network = VerifierNetwork(4, 2)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return network.eval()


def training(sources, folder, config=CONFIG):
    learnt = batches(config, sources, folder / "grids", lambda *_: None)
    return VerifierTraining(config, Run(folder, config.as_json()), learnt, watched(sources))


@pytest.fixture(scope="module")
def finished(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    training(sources, folder).fit(lambda *_: None)
    return folder


@torch.inference_mode()
def test_a_turned_coin_gives_turned_descriptors(changed, grids):
    described = changed(grids)
    turned = changed(torch.roll(grids, 10, dims=3))
    torch.testing.assert_close(turned, torch.roll(described, 5, dims=3), atol=1e-5, rtol=0)
    norms = described.flatten(1).norm(dim=1)
    torch.testing.assert_close(norms, torch.ones(len(grids)), atol=1e-4, rtol=0)


@torch.inference_mode()
def test_a_coin_that_shows_nothing_has_no_descriptor(changed):
    assert changed(torch.zeros(1, *SHAPE)).abs().max() < 1e-3


@torch.inference_mode()
def test_what_is_trained_on_are_the_agreements_of_the_ranker(changed, grids):
    described = changed(grids)
    shipped = shipped_agreements(*[spectra(described.numpy())] * 2)
    np.testing.assert_allclose(agreements(described, described).numpy(), shipped, atol=5e-3)


def test_mirrored_grids_are_those_of_mirrored_coins(cutouts, grids):
    flipped = np.ascontiguousarray(cutouts.pixels[0][:, ::-1])
    wanted = torch.from_numpy(gradient_grid(as_crop(flipped)))[np.newaxis]
    untrained = VerifierNetwork(1, 0)
    with torch.inference_mode():
        [[same]] = agreements(untrained(mirrored(grids[:1])), untrained(wanted))
        [[other]] = agreements(untrained(grids[:1]), untrained(wanted))
    assert same > 0.95
    assert other < 0.8


def test_batches_hold_several_pictures_of_different_looks(sources, tmp_path):
    learnt = batches(CONFIG, sources, tmp_path, lambda *_: None)
    for step in range(5):
        batch, again = learnt.draw(step), learnt.draw(step)
        assert torch.equal(batch.grids, again.grids)
        assert batch.grids.shape == (4, *SHAPE)  # there are two looks to learn
        assert len(set(batch.photographs.tolist())) == 4
        assert sorted(batch.looks.tolist()) == [0, 0, 1, 1]


def test_spoilt_grids_are_much_as_before_and_never_the_same(grids):
    one, rng = grids[0].numpy().astype(np.float16), np.random.default_rng(0)
    several = np.stack([spoilt(one, rng) for _ in range(20)]).astype(np.float32)
    alike = several.reshape(20, -1) @ one.astype(np.float32).ravel()
    assert len(np.unique(alike)) == 20
    assert np.all(alike > 0.6)
    assert any((each == 0).sum() > (one == 0).sum() + 500 for each in several)


def test_looks_stand_beside_those_most_like_them():
    rng = np.random.default_rng(0)
    kinds = rng.normal(size=(2, *SHAPE))
    grids = np.concatenate([kinds[at % 2] + 0.3 * rng.normal(size=(2, *SHAPE)) for at in range(8)])
    grids = (grids / SECTORS).astype(np.float16)
    shown = [Photograph(f"{at}", f"{at // 2}", f"{at}") for at in range(16)]
    config = replace(CONFIG, looks=4, neighbours=4, among=4, plain=1.0, views=0)
    drawn = Batches(config, shown, [grids])
    for step in range(5):
        assert len({look % 2 for look in drawn.draw(step).looks.tolist()}) == 1


def test_grids_are_kept_and_those_of_others_refused(cutouts, tmp_path):
    told, names = [], list(cutouts)
    one, two = grids_of(tmp_path, names, cutouts.pixels, 1, lambda *each: told.append(each))
    assert one.shape == two.shape == (12, *SHAPE)
    assert told[-1] == (24, 24)
    assert np.abs(one[0] - two[0]).max() > 0.01
    grids_of(tmp_path, names, cutouts.pixels, 1, lambda *_: pytest.fail("worked out again"))
    for others in (names[:5], [*names[:-1], "another.png"]):
        with pytest.raises(SettingsError, match="other pictures"):
            grids_of(tmp_path, others, cutouts.pixels[: len(others)], 1, lambda *_: None)
    (tmp_path / "index.json").unlink()
    with pytest.raises(SettingsError, match="other pictures"):
        grids_of(tmp_path, names, cutouts.pixels, 1, lambda *_: None)


def test_the_loss_falls_as_looks_come_apart():
    batch = Batch(torch.zeros(4), torch.tensor([0, 0, 1, 1]), torch.arange(4))
    alike = (batch.looks[:, None] == batch.looks).float()
    loss = PairLoss(hardest=2)
    with torch.inference_mode():
        values = [float(loss(0.2 + apart * alike, batch)) for apart in (-0.1, 0.0, 0.3, 0.6)]
    assert values == sorted(values, reverse=True)


def test_views_of_one_photograph_are_no_pair():
    batch = Batch(torch.zeros(4), torch.tensor([0, 0, 0, 1]), torch.tensor([0, 0, 1, 2]))
    agreed = torch.full((4, 4), 0.2)
    changed_pair = agreed.clone()
    changed_pair[0, 1] = changed_pair[1, 0] = 0.9
    loss = PairLoss(hardest=1)
    assert torch.equal(loss(agreed, batch), loss(changed_pair, batch))


class InterruptionError(Exception):
    pass


def interrupted(done, _):
    if done > CONFIG.epoch_steps:
        raise InterruptionError


def test_a_run_gone_on_with_ends_as_if_never_interrupted(sources, finished, tmp_path):
    with pytest.raises(InterruptionError):
        training(sources, tmp_path).fit(interrupted)
    training(sources, tmp_path).fit(lambda *_: None)
    whole, resumed = (
        Run(each, CONFIG.as_json()).load_checkpoint() for each in (finished, tmp_path)
    )
    assert whole["step"] == resumed["step"] == CONFIG.steps
    for part in ("network", "loss"):
        for name, tensor in whole[part].items():
            assert torch.allclose(tensor, resumed[part][name], atol=1e-5), name


def test_every_epoch_is_logged_with_what_is_found_on_coins_never_trained_on(finished):
    with (finished / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    for row in rows:
        assert float(row["dev_at_1"]) == 1.0  # there is one type
        assert float(row["dev_auroc"]) in (0.0, 1.0)
        assert float(row["loss"]) > 0


def test_training_brings_looks_apart(sources, tmp_path):
    config = replace(CONFIG, epochs=1, epoch_steps=100, plain=1.0, width=8)
    job = training(sources, tmp_path, config)
    job.fit(lambda *_: None)
    batch = batches(config, sources, tmp_path / "grids", lambda *_: None).draw(1000)
    alike = (batch.looks[:, None] == batch.looks).numpy()

    def gap(network):
        with torch.inference_mode():
            described = network(batch.grids)
            agreed = agreements(described, described).fill_diagonal_(torch.nan).numpy()
        return np.nanmean(agreed[alike]) - np.nanmean(agreed[~alike])

    assert gap(trained_verifier(*load_run(tmp_path))) > gap(VerifierNetwork(8, 1)) + 0.02


@pytest.mark.filterwarnings("ignore")  # the exporter's own
def test_the_exported_network_answers_as_the_trained_one(changed, grids, tmp_path):
    export_verifier(tmp_path / "verify.onnx", changed)
    shipped = Network(tmp_path / "verify.onnx")
    with torch.inference_mode():
        expected = changed(grids).numpy()
    for grid, wanted in zip(grids.numpy(), expected, strict=True):
        assert float((shipped.describe(grid) * wanted).sum()) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("wrong", [{"looks": 1}, {"per_look": 1}, {"views": 0}, {"width": 0}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InvalidValueError):
        replace(CONFIG, **wrong)
