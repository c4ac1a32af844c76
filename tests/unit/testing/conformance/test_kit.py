"""What stands around the checks: reports, pictures of curves, pytest classes, lazy names."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import coinvec.testing.conformance as kit
from coinvec.errors import PluginError, UnavailableError
from coinvec.testing.conformance import Curve, Report, check_plugin, draw_curves, find_subjects
from coinvec.testing.conformance.checks import Outcome
from coinvec.testing.conformance.material import odd_crops, sample_crops
from coinvec.testing.conformance.packing import pack, unpack


def test_every_public_name_resolves():
    assert kit.__all__ == sorted(kit.__all__)
    for name in kit.__all__:
        assert getattr(kit, name).__name__ == name
    with pytest.raises(AttributeError, match="nonsense"):
        _ = kit.nonsense


def test_checking_imports_no_pytest():
    code = (
        "import sys; from coinvec.testing.conformance import *; "
        "sys.exit('pytest' in sys.modules or '_pytest' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_subjects_go_by_any_of_their_names():
    assert [str(each) for each in find_subjects("classic")] == [
        "preprocessor hough",
        "encoder polar",
    ]
    assert [str(each) for each in find_subjects("coinvec-classic", kind="encoder")] == [
        "encoder polar"
    ]
    everything = {str(each) for each in find_subjects()}
    assert {"preprocessor hough", "encoder polar"} <= everything
    assert "ranker similarity" not in everything, "the core is no plugin that somebody installed"
    with pytest.raises(PluginError, match="no encoder 'hough'"):
        find_subjects("hough", kind="encoder")


def test_crops_survive_packing():
    for crop in (*sample_crops(), *odd_crops()):
        again = unpack(pack(crop))
        assert (again.box, again.ellipse, again.score) == (crop.box, crop.ellipse, crop.score)
        assert np.array_equal(again.cutout, crop.cutout)
        assert np.array_equal(again.cutout_mask, crop.cutout_mask)


def test_a_report_is_written_as_json_and_as_a_picture(tmp_path):
    outcome = Outcome("shape", "It has one.", True, "5 × 64", 0.1)
    report = Report("encoder", "mine", "3", (outcome,), (Curve("rate", ("1", "2"), (1.0, 0.0)),))
    text, picture = report.write(tmp_path / "new")
    assert json.loads(text.read_text())["outcomes"][0]["detail"] == "5 × 64"
    assert json.loads(text.read_text())["passed"] is True
    assert Image.open(io.BytesIO(picture.read_bytes())).format == "PNG"
    with pytest.raises(UnavailableError, match="--report"):
        report.write(text)


def test_a_curve_is_drawn_from_its_values():
    """The line of a falling curve is high at the left and low at the right."""

    def heights(values):
        pixels = np.asarray(Image.open(io.BytesIO(draw_curves([Curve("", ("a", "b"), values)]))))
        blue = (pixels[:, :, 2].astype(int) - pixels[:, :, 0]) > 90
        columns = np.flatnonzero(blue.any(axis=0))
        return [np.flatnonzero(blue[:, column]).mean() for column in (columns[4], columns[-5])]

    left, right = heights((1.0, 0.0))
    assert right - left > 150
    low, _ = heights((0.0, 0.0))
    assert low == pytest.approx(right, abs=4)


def test_nothing_is_measured_of_what_failed(written):
    report = check_plugin(written("encoder", "class Model:\n    def encode(self, crops): ..."),
                          measured=True)  # fmt: skip
    assert not report.passed
    assert report.curves == ()
    assert len(report.outcomes) > 1


def test_declaring_must_import_nothing(tmp_path, monkeypatch, outcome):
    package = tmp_path / "tried_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "encoder.py").write_text("class Model:\n    def encode(self, crops): ...\n")
    hooks = (
        "from coinvec.plugin import hookimpl\n{}\n"
        "@hookimpl\ndef coinvec_encoders():\n    return []\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    subject = kit.Subject(
        find_subjects("polar")[0].spec.__class__(
            name="tried", target="tried_package.encoder:Model", revision="1", dim=2
        ),
        hooks="tried_package.hooks",
    )
    for line, named in (("", ""), ("import cv2", "cv2"), ("from tried_package import encoder",
                                                          "tried_package.encoder")):  # fmt: skip
        (package / "hooks.py").write_text(hooks.format(line))
        found = outcome(subject, "light-until-used")
        assert found.passed is not bool(named)
        assert named in found.detail
