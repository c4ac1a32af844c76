"""`coinvec train`: light to import, clear about mistakes."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from coinvec_arcface.about import WEIGHTS, read_about
from PIL import Image

from coinvec.cli import main
from coinvec.domain.images import Ellipse
from coinvec.testing import mint_catalogue, photograph

HEAVY = {"torch", "torchvision", "timm", "segmentation_models_pytorch", "albumentations", "onnx",
         "onnxruntime", "tensorboard", "cv2", "numpy"}  # fmt: skip


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["train", "-h"]])
def test_help_imports_nothing_heavy(arguments):
    code = (
        "import sys\n"
        "from coinvec.cli import main\n"
        f"try:\n    main({arguments!r})\n"
        "finally:\n    print(sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert "train" in done.stdout
    loaded = {name.split(".")[0] for name in eval(done.stderr)}
    assert not loaded & HEAVY


def test_a_group_of_ours_shows_its_own_commands_alone(run):
    status, out, _ = run("train", "--help")
    assert status == 0
    assert "label-hough" in out
    assert "\n  train " not in out


@pytest.fixture
def run(capfd):
    def run(*arguments):
        with pytest.raises(SystemExit) as exit_:
            main([str(each) for each in arguments])
        return exit_.value.code, *capfd.readouterr()

    return run


@pytest.fixture
def disc(tmp_path):
    """A picture of a dark disc on white."""
    pixels = np.full((200, 240, 3), 245, dtype=np.uint8)
    pixels[Ellipse(120, 100, 70, 70).mask(240, 200)] = (120, 80, 40)
    path = tmp_path / "disc.png"
    Image.fromarray(pixels).save(path)
    return path


def test_label_hough_writes_labels_and_sheets(run, disc, tmp_path):
    out, sheets = tmp_path / "labels.json", tmp_path / "sheets"
    status, _, err = run(
        "train", "label-hough", disc, "--out", out, "--sheet-dir", sheets, "--single",
        "--source", "me", "--licence", "CC0", "--jobs", 1,
    )  # fmt: skip
    assert status == 0
    assert "1 coins in 1 pictures" in err
    (entry,) = json.loads(out.read_text())
    assert (entry["image"], entry["source"], entry["licence"]) == ("disc.png", "me", "CC0")
    assert np.allclose(entry["coins"][0][:4], [120, 100, 70, 70], atol=1.5)
    assert (sheets / "sheet-001.png").is_file()


def test_label_hough_names_what_it_could_not_read_and_where_it_found_nothing(run, tmp_path):
    Image.new("RGB", (90, 90), "white").save(tmp_path / "blank.png")
    (tmp_path / "text.png").write_text("no picture")
    status, _, err = run(
        "train", "label-hough", tmp_path / "blank.png", tmp_path / "text.png",
        "--out", tmp_path / "labels.json", "--sheet-dir", tmp_path / "sheets",
    )  # fmt: skip
    assert status == 3
    assert "nothing was found in 1 pictures" in err
    assert "text.png" in err
    assert "1 pictures could not be read" in err
    assert json.loads((tmp_path / "labels.json").read_text()) == []


def test_label_hough_refuses_radii_the_wrong_way_round(run, disc, tmp_path):
    status, _, err = run(
        "train", "label-hough", disc, "--out", tmp_path / "l.json", "--sheet-dir", tmp_path,
        "--radius", 50, 10,
    )  # fmt: skip
    assert status == 2
    assert "lesser number first" in err


@pytest.fixture
def minted(tmp_path):
    """A catalogue of four types, the first withheld, and a query for each."""
    designs = [each.obverse for each in mint_catalogue(3, n_types=4, n_issuers=2)]
    catalogue, queries = ["image,type,side,design,country,denomination"], ["image,type,design"]
    for number, design in enumerate(designs):
        for view in range(2):
            photo = photograph(design, size=(320, 320), diameter=0.8, seed=10 * number + view)
            Image.fromarray(photo.pixels).save(tmp_path / f"{number}-{view}.png")
        if number:
            catalogue.append(f"{number}-0.png,type-{number},obverse,o1,Nowhere,1")
        design_id = f"type-{number},type-{number}/obverse/o1" if number else ","
        queries.append(f"{number}-1.png,{design_id}")
    for name, lines in (("catalogue.csv", catalogue), ("queries.csv", queries)):
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def dev(folder):
    return (
        "--root", folder, "--cutouts", folder / "cut",
        "--dev-catalogue", folder / "catalogue.csv", "--dev-queries", folder / "queries.csv",
    )  # fmt: skip


def test_thresholds_are_chosen_anew_for_the_encoder_of_a_folder(run, minted):
    for name in ("arcface.onnx", "arcface.json"):
        shutil.copy(WEIGHTS.with_name(name), minted)
    status, _, err = run("train", "calibrate-encoder", minted, *dev(minted))
    assert status == 0, err
    assert "hit rates {1: 1.0" in err
    before, after = read_about(), read_about(minted / "arcface.json")
    assert after.thresholds is not None
    assert after.thresholds != before.thresholds
    assert replace(after, thresholds=before.thresholds) == before


@pytest.mark.filterwarnings("ignore")  # the exporter's own
def test_a_verifier_is_trained_and_exported(run, minted):
    learnt = ["image,look,split,same_photo"]
    learnt += [f"{coin}-{view}.png,look{coin},train," for coin in range(2) for view in range(2)]
    (minted / "coins.csv").write_text("\n".join(learnt) + "\n", encoding="utf-8")
    (minted / "more.csv").write_text("image,look\n2-0.png,look0\n", encoding="utf-8")
    arguments = (
        "train", "verifier", "--out", minted / "run", "--coins", minted / "coins.csv",
        "--grids", minted / "grids", "--more", minted / "more.csv", *dev(minted),
        "--width", 4, "--layers", 1, "--looks", 2, "--views", 1, "--epoch-steps", 2, "--epochs", 1,
    )  # fmt: skip
    status, _, err = run(*arguments)
    assert status == 0, err
    assert "best mean of hit rate at 1 and AUROC" in err
    assert len(np.load(minted / "grids" / "grids-0.npy")) == 5
    status, _, err = run("train", "export-verifier", minted / "run", minted / "verify.onnx")
    assert status == 0, err
    revision = sha256((minted / "verify.onnx").read_bytes()).hexdigest()[:12]
    assert f"revision {revision}" in err
    assert run(*arguments[:-1], 2)[0] == 4  # another run's folder
