import numpy as np
import pytest
import torch
from coinvec_train.encoder.arcface import ArcFace

DIM, CLASSES = 8, 5


def unit(rng, *shape):
    rows = rng.normal(size=shape)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def expected(embeddings, centres, labels, margin, scale):
    """The definition of the article, written with angles."""
    cosines = np.max(np.einsum("nd,ckd->nck", embeddings, centres), axis=2)
    total = 0.0
    for row, label in zip(cosines, labels, strict=True):
        logits = scale * row
        logits[label] = scale * np.cos(np.arccos(row[label]) + margin)
        total += np.log(np.exp(logits).sum()) - logits[label]
    return total / len(labels)


@pytest.mark.parametrize("subcentres", [1, 3])
@pytest.mark.parametrize("margin", [0.0, 0.2])
def test_the_loss_is_the_articles(margin, subcentres):
    rng = np.random.default_rng(2)
    loss = ArcFace(DIM, CLASSES, margin=margin, scale=25.0, subcentres=subcentres)
    centres = unit(rng, CLASSES, subcentres, DIM)
    loss.centres.data = torch.from_numpy(3.0 * centres).float()  # their length says nothing
    embeddings, labels = unit(rng, 16, DIM), rng.integers(0, CLASSES, 16)
    found = loss(torch.from_numpy(embeddings).float(), torch.from_numpy(labels))
    assert found.item() == pytest.approx(
        expected(embeddings, centres, labels, margin, 25.0), rel=1e-4
    )
    plain = loss.plain_loss(torch.from_numpy(embeddings).float(), torch.from_numpy(labels))
    assert plain.item() == pytest.approx(expected(embeddings, centres, labels, 0, 25), rel=1e-4)


def test_even_the_worst_embedding_has_a_slope_towards_its_centre():
    loss = ArcFace(2, 2, margin=0.2, scale=25.0)
    loss.centres.data = torch.tensor([[[1.0, 0.0]], [[0.0, 1.0]]])
    worst = torch.tensor([[-1.0, 0.0]], requires_grad=True)
    loss(worst, torch.tensor([0])).backward()
    assert torch.isfinite(worst.grad).all()
    assert worst.grad[0, 0] < 0
