"""Archives are taken in behind the scenes, and nothing leads out of them."""

import csv
import io
import time
import zipfile

import pytest
from starlette.testclient import TestClient

from coinvec.http.app import create_app
from coinvec.http.options import ServeOptions
from coinvec.services.home import Home
from coinvec.settings import Settings
from tests.integration.http.conftest import AT_HOME, problem

ZIP = {"Content-Type": "application/zip"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A service on an empty home."""
    home = Home.create(Settings.load(home=tmp_path_factory.mktemp("empty") / "home", environ={}))
    options = ServeOptions(threads=1, rate=0, max_import_bytes=3_000_000)
    with TestClient(create_app(home, options), base_url=AT_HOME) as client:
        yield client


def archive(manifest, folder, *, inside="", extra=()):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        text = io.StringIO()
        writer = csv.DictWriter(text, manifest[0].keys())
        writer.writeheader()
        writer.writerows(manifest)
        file.writestr(f"{inside}manifest.csv", text.getvalue())
        for row in manifest:
            if (folder / row["image"]).is_file() and ".." not in row["image"]:
                file.write(folder / row["image"], inside + row["image"])
        for name, data in extra:
            file.writestr(inside + name, data)
    return stream.getvalue()


@pytest.fixture(scope="module")
def rows(minted):
    with minted.manifest.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))[:4]


def finished(client, answer):
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["job"]
    for _ in range(6_000):
        job = client.get(answer.json()["job"]).json()
        if job["state"] in ("done", "failed"):
            return job
        time.sleep(0.02)
    raise AssertionError(job)


def test_an_archive_is_imported_once(client, minted, rows):
    data = archive(rows, minted.manifest.parent, inside="coins/")
    job = finished(client, client.post("/v1/import", content=data, headers=ZIP))
    assert job["state"] == "done"
    assert (job["done"], job["total"]) == (4, 4)
    assert job["outcome"] == {"added": 4, "updated": 0, "unchanged": 0, "rejected": []}
    again = finished(client, client.post("/v1/import", content=data, headers=ZIP))
    assert again["outcome"]["unchanged"] == 4
    keys = {each["type"] for each in client.get("/v1/coins").json()["coins"]}
    assert keys == {row["type"] for row in rows}


def test_rows_that_lead_out_of_the_archive_are_rejected(client, minted, rows, tmp_path):
    secret = tmp_path / "secret.jpg"
    secret.write_bytes((minted.manifest.parent / rows[0]["image"]).read_bytes())
    paths = [str(secret), f"../{secret.name}", "../../etc/passwd", "file:///etc/passwd"]
    hostile = [{**rows[0], "type": f"spy-{each}", "image": path} for each, path in enumerate(paths)]
    bomb = {**rows[0], "type": "bomb", "image": "bomb.png"}
    data = archive(
        [*hostile, bomb], minted.manifest.parent, extra=[("bomb.png", bytes(60_000_000))]
    )
    job = finished(client, client.post("/v1/import", content=data, headers=ZIP))
    assert job["outcome"]["added"] == 0
    errors = [each["error"] for each in job["outcome"]["rejected"]]
    assert len(errors) == 5
    assert all("no such picture" in each for each in errors[:4])
    assert "more than 50,000,000 bytes" in errors[4]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 torn", b"<html>"])
def test_what_is_no_archive_fails(client, data):
    job = finished(client, client.post("/v1/import", content=data, headers=ZIP))
    assert job["state"] == "failed"
    assert "ZIP" in job["outcome"]["error"]


def test_an_archive_without_a_manifest_fails(client):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("coins.csv", "x")
    job = finished(client, client.post("/v1/import", content=stream.getvalue(), headers=ZIP))
    assert "0 manifests" in job["outcome"]["error"]


def test_what_is_refused_at_once(client):
    problem(client.post("/v1/import", content=b"x"), 415, "unsupported-body")
    problem(client.post("/v1/import", content=bytes(3_000_001), headers=ZIP), 413, "too-large")
    problem(client.get("/v1/jobs/none"), 404, "not-in-catalogue")
