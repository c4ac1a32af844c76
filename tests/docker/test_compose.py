"""The compose files hang together; read, not run, for no engine runs in tests."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from coinvec.http.options import PREFIX, ServeOptions
from coinvec.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
COMPOSE = DOCKER / "compose.yaml"
GPU = DOCKER / "compose.gpu.yaml"
DOCUMENTED = ROOT / "docs" / "how-to" / "docker.md"
PINNED = re.compile(r"[\w./-]+:v?(\d+\.\d+(\.\d+)?|RELEASE\.[\dTZ-]+)(-[\w.]+)?")
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
BOTH = pytest.mark.parametrize("file", [COMPOSE, GPU], ids=lambda file: file.name)


def load(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services():
    return load(COMPOSE)["services"]


def filled(text):
    """The text with `secret` for each variable that has no default."""
    return VARIABLE.sub(lambda match: match[3] if match[2] == "-" else "secret", text)


@BOTH
def test_every_image_is_pinned(file):
    for name, service in load(file)["services"].items():
        assert PINNED.fullmatch(service["image"]), name


@BOTH
def test_volumes_and_services_that_are_named_exist(file):
    compose = load(file)
    named = set()
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source, target, *_ = filled(volume).split(":")
            assert target.startswith("/")
            named |= {source} if source.isidentifier() and source != "secret" else set()
        assert set(service.get("depends_on", {})) <= set(compose["services"])
    assert named == set(compose["volumes"])


@BOTH
def test_built_images_come_from_a_stage_of_the_dockerfile(file):
    stages = re.findall(
        r"^FROM \S+ AS (\S+)$", (DOCKER / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    built = [each["build"] for each in load(file)["services"].values() if "build" in each]
    assert built
    for build in built:
        context = (DOCKER / build["context"]).resolve()
        assert context == ROOT
        assert (context / build["dockerfile"]).is_file()
        assert build["target"] in stages


def test_what_is_waited_for_can_come_about(services):
    """A healthy service has a healthcheck; one that completes is not restarted for ever."""
    conditions = {
        (name, condition["condition"])
        for service in services.values()
        for name, condition in service.get("depends_on", {}).items()
    }
    assert ("init", "service_completed_successfully") in conditions
    for name, condition in conditions:
        if condition == "service_healthy":
            assert services[name]["healthcheck"]["test"][0] == "CMD", name
        else:
            assert services[name]["restart"] == "no", name


def test_every_lasting_service_has_a_healthcheck_and_comes_back(services):
    for name, service in services.items():
        if name != "init":
            assert {"interval", "timeout", "retries"} <= set(service["healthcheck"]), name
            assert service["restart"] == "unless-stopped", name


def test_only_the_service_is_published_and_only_here(services):
    published = {name: each["ports"] for name, each in services.items() if "ports" in each}
    assert {name: [filled(port) for port in ports] for name, ports in published.items()} == {
        "coinvec": ["127.0.0.1:8765:8765"]
    }


def test_no_password_has_a_default():
    secrets = {
        (name, kind)
        for name, kind, _ in VARIABLE.findall(COMPOSE.read_text("utf-8"))
        if name.endswith("PASSWORD")
    }
    assert secrets == {(f"{name}_PASSWORD", "?") for name in ("POSTGRES", "MILVUS", "MINIO")}
    for line in (DOCKER / "env.example").read_text("utf-8").splitlines():
        if re.match(r"\w*PASSWORD", line):
            assert line.endswith("=")


@BOTH
def test_every_variable_is_documented(file):
    documented = DOCUMENTED.read_text("utf-8")
    for name, *_ in VARIABLE.findall(file.read_text("utf-8")):
        assert f"`{name}`" in documented or f"export {name}=" in documented, name


def test_the_settings_exist_and_lead_to_the_services(services, tmp_path):
    environ = {k: filled(v) for k, v in services["coinvec"]["environment"].items()}
    settings = Settings.load(home=tmp_path, environ=environ)
    assert not settings.warnings
    assert settings.milvus_token == f"root:{milvus_password(services)}"
    for url in (settings.database_url, settings.milvus_uri):
        assert urlsplit(url).hostname in services
    assert not settings.is_embedded


def milvus_password(services):
    return filled(services["milvus"]["environment"]["COMMON_SECURITY_DEFAULTROOTPASSWORD"])


def test_every_coinvec_variable_that_is_told_of_exists(tmp_path):
    files = [
        *DOCKER.iterdir(),
        *(DOCUMENTED.with_name(f"{n}.md") for n in ("docker", "kubernetes")),
    ]
    told = {
        name
        for file in files
        for name in re.findall(r"\bCOINVEC_[A-Z_]+[A-Z]", file.read_text("utf-8"))
    }
    known = {f"COINVEC_{line.name.upper()}" for line in Settings.load(tmp_path, {}).describe()}
    known |= {f"{PREFIX}{name.upper()}" for name in ServeOptions.__dataclass_fields__}
    assert len(told) > 5
    assert told <= known


def test_milvus_finds_its_own_stores(services):
    milvus, minio = services["milvus"]["environment"], services["minio"]["environment"]
    assert {milvus["ETCD_ENDPOINTS"], milvus["MINIO_ADDRESS"]} == {"etcd:2379", "minio:9000"}
    assert milvus["MINIO_ACCESS_KEY_ID"] == minio["MINIO_ROOT_USER"]
    assert milvus["MINIO_SECRET_ACCESS_KEY"] == minio["MINIO_ROOT_PASSWORD"]
    assert milvus["COMMON_SECURITY_AUTHORIZATIONENABLED"] == "true"


def test_the_database_is_the_one_that_is_made(services):
    made, url = services["postgres"]["environment"], services["coinvec"]["environment"]
    parts = urlsplit(filled(url["COINVEC_DATABASE_URL"]))
    assert (parts.username, parts.path) == (made["POSTGRES_USER"], f"/{made['POSTGRES_DB']}")
    assert parts.password == filled(made["POSTGRES_PASSWORD"])


def test_our_containers_hold_no_power(services):
    for name in ("coinvec", "init"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
        assert services[name]["read_only"] is True


def test_training_takes_a_graphics_card():
    train = load(GPU)["services"]["train"]
    (device,) = train["deploy"]["resources"]["reservations"]["devices"]
    assert device["driver"] == "nvidia"
    assert device["capabilities"] == ["gpu"]
    assert train["build"]["target"] == "train"
