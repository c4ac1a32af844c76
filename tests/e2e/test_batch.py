"""Searching a folder of photos, and many photos from Python."""

import csv
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import coinvec as package
from coinvec.errors import ExpressionError, ImageError, NoCoinError
from coinvec.services.batch import BATCH


@pytest.fixture
def folder(minted, tmp_path):
    """Photos in no order, one damaged, one without a coin, and files that are none."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, photo in zip(("d.jpg", "a.JPG", "no suffix", "c.jpg"), minted.photos, strict=True):
        shutil.copy(photo.path, folder / name)
    (folder / "b.jpg").write_bytes(minted.photos[0].path.read_bytes()[:2000])
    Image.fromarray(np.full((300, 300, 3), 90, np.uint8)).save(folder / "blank.png")
    (folder / "notes.txt").write_text("not a photo")
    (folder / ".hidden.jpg").write_text("not a photo")
    (folder / "below").mkdir()
    shutil.copy(minted.photos[0].path, folder / "below" / "e.jpg")
    return folder


GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "batch.md"
NAMES = ["a.JPG", "b.jpg", "blank.png", "c.jpg", "d.jpg", "no suffix"]
BAD = {"b.jpg": "cannot be decoded", "blank.png": "No coin was found"}


def test_a_line_for_each_photo_by_name(coinvec, filled, folder):
    outcome = coinvec("search", "--image-dir", folder, "-k", 3, "--format", "jsonl")
    assert outcome.status == 1
    assert "2 of 6 photos had no answer" in outcome.err
    assert "1 files that are no photos" in outcome.err
    lines = [json.loads(line) for line in outcome.out.splitlines()]
    assert [line["image"] for line in lines] == NAMES
    for line in lines:
        if line["image"] in BAD:
            assert set(line) == {"image", "error"}
            assert BAD[line["image"]] in line["error"]
            continue
        alone = coinvec(
            "search", "--image", folder / line["image"], "-k", 3, "--format", "json"
        ).json
        del line["image"], line["timings_ms"], alone["timings_ms"]
        for hit, other in zip(line["hits"], alone["hits"], strict=True):
            assert hit.pop("similarity") == pytest.approx(other.pop("similarity"), abs=1e-5)
            for side in ("obverse", "reverse"):
                similarity = other["sides"][side].pop("similarity")
                assert hit["sides"][side].pop("similarity") == pytest.approx(similarity, abs=1e-5)
        assert line == alone


def test_filters_and_other_formats(coinvec, filled, folder, minted):
    where = ("--where", f"country = '{minted.types[0].coin.country}'")
    out = coinvec("search", "--image-dir", folder, *where, "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(dict.fromkeys(row["photo"] for row in rows)) == NAMES
    assert {row["photo"] for row in rows if row["error"]} == set(BAD)
    countries = {row["country"] for row in rows if not row["error"]}
    assert countries == {minted.types[0].coin.country}
    lines = coinvec("search", "--image-dir", folder).out.splitlines()
    assert [line.split(": ")[0] for line in lines] == NAMES
    assert rows[0]["title"] in lines[0]
    nothing = coinvec(
        "search", "--image-dir", folder, "--where", "country = 'x'", "--format", "csv"
    )
    assert [row["photo"] for row in csv.DictReader(io.StringIO(nothing.out))] == NAMES
    assert nothing.err.count("'x'") == 1


def test_all_photos_answered(coinvec, filled, minted, tmp_path):
    for photo in minted.photos:
        shutil.copy(photo.path, tmp_path / photo.path.name)
    outcome = coinvec("search", "--image-dir", tmp_path, "--format", "jsonl")
    assert outcome.status == 0, outcome.err
    assert len(outcome.out.splitlines()) == len(minted.photos)


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--all-coins"], 2, "--all-coins speaks of one photo"),
        (["--save-annotated", "a.png"], 2, "--save-annotated speaks of one photo"),
        (["--explain"], 2, "--explain speaks of one photo"),
        (["--image", "photo.jpg"], 2, "--image-dir"),
        (["--format", "json"], 2, "--format jsonl"),
        (["--where", "contry = 'x'"], 3, "country"),
    ],
)
def test_refused_options(coinvec, filled, folder, options, status, words):
    outcome = coinvec("search", "--image-dir", folder, *options)
    assert outcome.status == status
    assert words in outcome.err
    assert not outcome.out


def test_folders_without_photos(coinvec, filled, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder, words in ((empty, "holds no photo"), (tmp_path / "none", "cannot be read")):
        outcome = coinvec("search", "--image-dir", folder, "--format", "jsonl")
        assert outcome.status == 3
        assert words in outcome.err


def test_the_bar_in_a_terminal_takes_no_line_away_from_a_file(filled, minted, tmp_path):
    for photo in minted.photos:
        shutil.copy(photo.path, tmp_path / photo.path.name)
    screen, terminal = pty.openpty()
    shown = []

    def look():
        while True:
            try:
                shown.append(os.read(screen, 4096))
            except OSError:  # what Linux says of a terminal that nobody writes to any more
                return

    looking = threading.Thread(target=look)
    looking.start()
    command = ["--home", filled, "search", "--image-dir", tmp_path, "--format", "jsonl"]
    done = subprocess.run(
        [sys.executable, "-m", "coinvec", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm"},
        check=True,
    )
    os.close(terminal)
    looking.join()
    os.close(screen)
    assert len(done.stdout.splitlines()) == len(minted.photos)
    assert b"Searching" in b"".join(shown)
    assert b"4/4" in b"".join(shown)


def test_from_python_in_order_with_errors_and_lazily(filled, minted):
    good = [photo.path for photo in minted.photos]
    taken = []

    def photos():
        for number in range(3 * BATCH):
            taken.append(number)
            yield b"not a photo" if number % 5 == 1 else good[number % len(good)]

    with package.open(filled) as coins:
        alone = [coins.search(path).hits[0].type for path in good]
        answers = coins.search_many(photos(), jobs=2)
        assert not taken
        for number, (photo, answer) in enumerate(islice(answers, BATCH + 3)):
            if number % 5 == 1:
                assert photo == b"not a photo"
                assert isinstance(answer, ImageError)
            else:
                assert photo == good[number % len(good)]
                assert answer.hits[0].type == alone[number % len(good)]
            assert len(taken) == BATCH * (1 + number // BATCH)
        answers.close()


def test_python_filters_and_other_sources(filled, minted):
    array = np.asarray(Image.open(minted.photos[0].path))
    blank = np.full((300, 300, 3), 90, np.uint8)
    country = minted.types[0].coin.country
    with package.open(filled) as coins:
        (_, found), (_, missed) = coins.search_many(
            [array, blank], where="country = :c", params={"c": country}, k=2, group_by="design"
        )
        assert {hit.country for hit in found} == {country}
        assert len(found) == 2
        assert isinstance(missed, NoCoinError)
        with pytest.raises(ExpressionError):
            coins.search_many([array], where="contry = 'x'")


def test_the_guide_says_what_happens(filled, minted, tmp_path, monkeypatch, capsys):
    shutil.move(filled, tmp_path / "my-collection")
    shutil.copy(minted.photos[0].path, tmp_path / "photo.jpg")
    (tmp_path / "broken.jpg").write_text("<html>")
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(block, str(GUIDE), "exec"), {})
    first, second = capsys.readouterr().out.splitlines()
    assert re.match(r"photo\.jpg (match|ambiguous|unknown) ", first)
    assert second.startswith("broken.jpg has no answer: ")
    assert "HTML" in second
