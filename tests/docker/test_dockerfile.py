"""`docker/Dockerfile` keeps its promises; read, not built, for no engine runs in tests."""

import re
from importlib.metadata import requires
from pathlib import Path, PurePosixPath

import pytest
from dockerfile_parse import DockerfileParser
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "docker" / "Dockerfile"
HEAVY = {"torch", "torchvision", "timm", "segmentation-models-pytorch", "albumentations"}
EXTRAS = ("serve", "postgres")


@pytest.fixture(scope="module")
def stages():
    """Each stage's instructions by the stage's name, `FROM` first, in order."""
    parsed = DockerfileParser(path=str(DOCKERFILE), cache_content=True)
    stages = {}
    for each in parsed.structure:
        if each["instruction"] == "FROM":
            name = each["value"].split()[-1]
            stages[name] = []
        if stages and each["instruction"] != "COMMENT":
            stages[name].append((each["instruction"], each["value"]))
    return stages


def is_kept_out(path):
    """What `.dockerignore` says: the last pattern that a path, or a folder above it, meets."""
    kept_out = False
    parents = [path, *map(str, PurePosixPath(path).parents)]
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.removeprefix("!")
        regex = re.escape(pattern).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
        if line and not line.startswith("#") and any(re.fullmatch(regex, p) for p in parents):
            kept_out = not line.startswith("!")
    return kept_out


def values(stage, instruction):
    return [value for name, value in stage if name == instruction]


def test_the_default_image_is_the_one_that_serves(stages):
    assert list(stages)[-1] == "serve"
    assert values(stages["serve"], "CMD") == ['["serve", "--host", "0.0.0.0", "--port", "8765"]']
    assert values(stages["base"], "ENTRYPOINT") == ['["coinvec"]']


@pytest.mark.parametrize("name", ["serve", "train"])
def test_an_image_runs_without_root(stages, name):
    (user,) = values(stages[name], "USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    after_user = [instruction for instruction, _ in stages[name][::-1]]
    assert "RUN" not in after_user[: after_user.index("USER")]


def test_the_serving_image_tells_its_health(stages):
    (check,) = values(stages["serve"], "HEALTHCHECK")
    (exposed,) = values(stages["serve"], "EXPOSE")
    assert f"http://127.0.0.1:{exposed}/healthz" in check
    assert {"--interval", "--timeout", "--start-period"} <= set(re.findall(r"--[a-z-]+", check))


def test_every_base_is_pinned():
    text = DOCKERFILE.read_text(encoding="utf-8")
    (python,) = re.findall(r"^ARG PYTHON=(.+)$", text, re.MULTILINE)
    assert re.fullmatch(r"3\.\d+\.\d+-slim-\w+", python)
    names = set(re.findall(r"^FROM \S+ AS (\S+)$", text, re.MULTILINE))
    bases = set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) - names
    assert bases == {"python:${PYTHON}"}
    assert "latest" not in text


def test_what_is_copied_exists_and_is_let_in(stages):
    copied = [
        source
        for stage in stages.values()
        for value in values(stage, "COPY")
        if not value.startswith("--from")
        for source in value.split()[:-1]
    ]
    assert "coinvec" in copied
    for source in copied:
        path = ROOT / source
        assert path.exists(), source
        files = [path] if path.is_file() else list(path.rglob("*.py"))
        kept = [each for each in files if not is_kept_out(str(each.relative_to(ROOT)))]
        assert kept, f"{source} is kept out by .dockerignore"


@pytest.mark.parametrize(
    "path",
    [
        "docker/.env",
        ".git/config",
        ".venv/pyvenv.cfg",
        "shared/data/coin.jpg",
        "tests/conftest.py",
        "coinvec/__pycache__/errors.cpython-311.pyc",
        "plugins/coinvec-unet/tests/test_hooks.py",
    ],
)
def test_what_must_stay_out_stays_out(path):
    assert is_kept_out(path)


def test_the_page_and_the_weights_get_in():
    shipped = [
        *(ROOT / "coinvec" / "http" / "static").rglob("*.*"),
        *(ROOT / "plugins").glob("*/src/**/*.onnx"),
    ]
    assert any(each.suffix == ".onnx" for each in shipped)
    assert not [each for each in shipped if is_kept_out(str(each.relative_to(ROOT)))]


def test_serving_leaves_the_training_plugin_out(stages):
    (install,) = values(stages["build-serve"], "RUN")
    assert "-name 'coinvec-*' -not -name coinvec-train" in install
    assert f".[{','.join(EXTRAS)}]" in install
    assert "--constraint constraints.txt" in install
    assert (ROOT / "plugins" / "coinvec-train").is_dir()
    assert values(stages["serve"], "COPY") == ["--from=build-serve /opt/coinvec /opt/coinvec"]


def test_nothing_that_serves_requires_torch():
    """Follows what the installed distributions require, as pip would in the image."""
    plugins = [each.name for each in (ROOT / "plugins").glob("coinvec-*")]
    reached = closure([("coinvec", EXTRAS), *((p, ()) for p in plugins if p != "coinvec-train")])
    assert {"fastapi", "psycopg", "onnxruntime"} <= reached
    assert not reached & HEAVY
    assert closure([("coinvec-train", ())]) >= HEAVY  # the test would see them


def closure(wanted):
    """Every distribution that these (name, extras) lead to, by canonical name."""
    waiting, seen = list(wanted), set()
    while waiting:
        name, extras = waiting.pop()
        if (canonicalize_name(name), extras) in seen:
            continue
        seen.add((canonicalize_name(name), extras))
        waiting += [(r.name, tuple(sorted(r.extras))) for r in required(name, extras)]
    return {name for name, _ in seen}


def required(name, extras):
    try:
        lines = requires(name) or []
    except ModuleNotFoundError:  # of another platform, or of an extra that tests do not install
        return []
    found = [Requirement(line) for line in lines]
    return [
        each
        for each in found
        if each.marker is None or any(each.marker.evaluate({"extra": e}) for e in ("", *extras))
    ]
