"""`coinvec plugins new`: what it writes installs, offline, and passes the tests it writes."""

import os
import subprocess
import sys
import tomllib

import pytest

from coinvec import __version__

KINDS = ("preprocessor", "encoder", "ranker")


def python(*arguments, site, cwd):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(site), "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_installs_and_passes_its_own_tests(coinvec, tmp_path, kind):
    name = f"t-made-{kind}"
    made = coinvec("plugins", "new", name, "--kind", kind, "--into", tmp_path)
    assert made.status == 0
    folder, site = tmp_path / name, tmp_path / "site"
    assert all((tmp_path / line).is_file() for line in made.out.splitlines())
    status, said = python(
        "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
        "--target", str(site), str(folder), site=site, cwd=tmp_path,
    )  # fmt: skip
    assert status == 0, said
    assert (site / name.replace("-", "_") / "py.typed").is_file()
    status, said = python("-m", "pytest", "-q", "-p", "no:cacheprovider", site=site, cwd=folder)
    assert status == 0, said
    assert " passed" in said
    style = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert style.returncode == 0, style.stdout


def test_the_files_that_a_distribution_needs_are_there(coinvec, tmp_path):
    made = coinvec("plugins", "new", "t-made", "--kind", "encoder", "--into", tmp_path)
    folder = tmp_path / "t-made"
    for part in (
        "pyproject.toml", "README.md", ".gitignore", ".github/workflows/ci.yaml",
        "src/t_made/__init__.py", "src/t_made/py.typed", "src/t_made/hooks.py",
        "src/t_made/encoder.py", "tests/test_encoder.py",
    ):  # fmt: skip
        assert (folder / part).is_file()
    assert len(made.out.splitlines()) == sum(each.is_file() for each in folder.rglob("*"))
    assert not [each for each in folder.rglob("*") if each.is_file() and "$" in
                each.read_text().replace("$ ", "").replace("${{", "")]  # fmt: skip
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    major, minor, _ = __version__.split(".")
    assert f"coinvec>={major}.{minor},<{int(major) + 1}" in project["project"]["dependencies"]
    assert project["project"]["entry-points"]["coinvec"] == {"t-made": "t_made.hooks"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("My Encoder", "Try 'my-encoder'"),
        ("my_encoder", "Try 'my-encoder'"),
        ("2coins", "begins with a letter"),
        ("../up", "lower-case words"),
        ("class", "Try 'coinvec-class'"),
        ("json", "Python's own"),
        ("numpy", "installed already"),
        ("polar", "declares the encoder 'polar' already"),
    ],
)
def test_names_that_cannot_be_used(coinvec, tmp_path, name, words):
    refused = coinvec("plugins", "new", name, "--kind", "encoder", "--into", tmp_path)
    assert refused.status == 2
    assert words in refused.err
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(coinvec, tmp_path):
    (tmp_path / "t-made").mkdir()
    (tmp_path / "t-made" / "mine.txt").write_text("mine")
    refused = coinvec("plugins", "new", "t-made", "--kind", "ranker", "--into", tmp_path)
    assert refused.status == 2
    assert "exists already" in refused.err
    assert [each.name for each in (tmp_path / "t-made").iterdir()] == ["mine.txt"]


def test_a_kind_that_there_is_not(coinvec, tmp_path):
    refused = coinvec("plugins", "new", "t-made", "--kind", "importer", "--into", tmp_path)
    assert refused.status == 2
    assert "'encoder'" in refused.err
