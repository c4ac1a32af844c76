"""On real photographs, where the shared data lies beside the repository."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from coinvec_classic.hough import HoughPreprocessor
from coinvec_classic.polar import PolarEncoder
from drawn_coins import iou

from coinvec.domain.images import Crop, Ellipse, Picture

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not (DATA / "coins.csv").exists(),
        reason="the coin photographs of ../shared/data are missing",
    ),
]


def read(path: Path) -> Picture:
    return Picture(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB), path.name)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_single_coins_of_phone_photos_are_outlined():
    # Scenes of the training split: the crops of the validation split are for reports alone.
    scenes = json.loads((DATA / "scenes" / "scenes.json").read_text(encoding="utf-8"))
    overlaps = []
    for scene in [each for each in scenes if each["split"] == "train" and each["coins"]][::2]:
        pixels = read(DATA / scene["image"]).pixels
        cx, cy, rx, ry, degrees = scene["coins"][0]
        reach = round(1.35 * max(rx, ry))
        left, top = max(0, round(cx) - reach), max(0, round(cy) - reach)
        view = pixels[top : round(cy) + reach, left : round(cx) + reach]
        truth = Ellipse(cx - left, cy - top, rx, ry, degrees).mask(view.shape[1], view.shape[0])
        found = HoughPreprocessor().find(Picture(view))
        overlaps.append(iou(found[0].picture_mask(), truth) if found else 0.0)
    assert len(overlaps) >= 12
    assert np.mean(np.array(overlaps) >= 0.8) > 0.8


def crops_by_look(chosen: list[dict[str, str]]) -> dict[str, list[Crop]]:
    found: dict[str, list[Crop]] = {}
    for row in chosen:
        found.setdefault(row["look"], []).extend(
            HoughPreprocessor().find(read(DATA / row["image"]))
        )
    return found


def test_catalogue_coins_are_found_and_resemble_their_like():
    dev = [row for row in rows("coins.csv") if row["split"] == "dev" and row["source"] == "world"]
    chosen = dev[::8]
    looks = crops_by_look(chosen)
    assert sum(map(len, looks.values())) >= 0.97 * len(chosen)
    encoder = PolarEncoder()
    vectors = np.concatenate([encoder.encode(crops) for crops in looks.values()])
    labels = np.repeat(np.arange(len(looks)), [len(crops) for crops in looks.values()])
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -1.0)
    findable = np.bincount(labels)[labels] > 1
    right = labels[similarity.argmax(axis=1)] == labels
    assert right[findable].mean() > 0.5
