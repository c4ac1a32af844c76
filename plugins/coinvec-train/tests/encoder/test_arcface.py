import numpy as np
import pytest
import torch
from coinvec_train.encoder.arcface import ArcFace, class_margins

DIM, CLASSES = 8, 5


def unit(rng, *shape):
    rows = rng.normal(size=shape)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def expected(embeddings, centres, labels, margins, scale):
    """The definition of the article, written with angles."""
    cosines = np.max(np.einsum("nd,ckd->nck", embeddings, centres), axis=2)
    total = 0.0
    for row, label in zip(cosines, labels, strict=True):
        logits = scale * row
        logits[label] = scale * np.cos(np.arccos(row[label]) + margins[label])
        total += np.log(np.exp(logits).sum()) - logits[label]
    return total / len(labels)


@pytest.mark.parametrize("subcentres", [1, 3])
@pytest.mark.parametrize("margins", [[0.0] * CLASSES, [0.2] * CLASSES, [0.1, 0.2, 0.3, 0.2, 0.4]])
def test_the_loss_is_the_articles(margins, subcentres):
    rng = np.random.default_rng(2)
    loss = ArcFace(DIM, margins, scale=25.0, subcentres=subcentres)
    centres = unit(rng, CLASSES, subcentres, DIM)
    loss.centres.data = torch.from_numpy(3.0 * centres).float()  # their length says nothing
    embeddings, labels = unit(rng, 16, DIM), rng.integers(0, CLASSES, 16)
    found = loss(torch.from_numpy(embeddings).float(), torch.from_numpy(labels))
    assert found.item() == pytest.approx(
        expected(embeddings, centres, labels, margins, 25.0), rel=1e-4
    )
    plain = loss.plain_loss(torch.from_numpy(embeddings).float(), torch.from_numpy(labels))
    without = expected(embeddings, centres, labels, [0.0] * CLASSES, 25.0)
    assert plain.item() == pytest.approx(without, rel=1e-4)


def test_even_the_worst_embedding_has_a_slope_towards_its_centre():
    loss = ArcFace(2, [0.2, 0.2], scale=25.0)
    loss.centres.data = torch.tensor([[[1.0, 0.0]], [[0.0, 1.0]]])
    worst = torch.tensor([[-1.0, 0.0]], requires_grad=True)
    loss(worst, torch.tensor([0])).backward()
    assert torch.isfinite(worst.grad).all()
    assert worst.grad[0, 0] < 0


def test_smaller_classes_have_wider_margins_within_bounds():
    assert class_margins([1, 16, 16, 256], 0.2, 0.0) == [0.2] * 4
    assert class_margins([4, 16, 16, 64], 0.2, 0.25) == pytest.approx(
        [0.2 * 2**0.5, 0.2, 0.2, 0.2 / 2**0.5]
    )
    assert class_margins([1, 16, 10_000], 0.2, 1.0) == pytest.approx([0.4, 0.2, 0.1])


@pytest.mark.parametrize("subcentres", [1, 3])
def test_imprinted_centres_are_where_their_classes_are(subcentres):
    torch.manual_seed(0)
    rng = np.random.default_rng(3)
    loss = ArcFace(DIM, [0.2] * CLASSES, scale=25.0, subcentres=subcentres)
    before = loss.centres.detach().clone()
    homes = torch.from_numpy(unit(rng, CLASSES, DIM)).float()
    labels = torch.tensor([0, 1, 2, 3] * 6)  # of class 4 nothing is seen
    around = torch.nn.functional.normalize(homes[labels] + 0.05 * torch.randn(24, DIM))
    loss.imprint(around, labels)
    assert (loss.cosines(homes[:4]).argmax(dim=1) == torch.arange(4)).all()
    assert (loss.cosines(homes[:4])[range(4), range(4)] > 0.98).all()
    assert torch.equal(loss.centres[4], before[4])
    assert len(loss.centres[0].unique(dim=0)) == subcentres
