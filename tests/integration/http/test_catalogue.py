"""The catalogue by hand over HTTP."""

import csv
import io
from collections import Counter
from dataclasses import replace

import pytest
from PIL import Image

from coinvec.testing import mint_catalogue, write_catalogue
from tests.integration.http.conftest import encoded, problem


@pytest.fixture(scope="module")
def rows(minted):
    with minted.manifest.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """The pictures of a coin that the catalogue has not."""
    folder = tmp_path_factory.mktemp("stranger")
    types = mint_catalogue(99, n_types=1, n_issuers=1)
    manifest = write_catalogue(folder, types, size=160, seed=99)
    with manifest.open(encoding="utf-8", newline="") as file:
        return [(row["side"], (folder / row["image"]).read_bytes()) for row in csv.DictReader(file)]


def pages(client, **query):
    cursor, found = None, []
    while True:
        page = client.get("/v1/coins", params=query | ({"cursor": cursor} if cursor else {})).json()
        found.append(page)
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_pages_hold_every_type_once(client, rows):
    found = pages(client, limit=2)
    assert [len(page["coins"]) for page in found] == [2, 2, 2]
    assert [coin["type"] for page in found for coin in page["coins"]] == sorted(
        {row["type"] for row in rows}
    )
    assert {page["total_matching"] for page in found} == {6}
    country = rows[0]["country"]
    wanted = sorted({row["type"] for row in rows if row["country"] == country})
    filtered = pages(client, limit=1, where="country = :c", **{"param.c": country})
    assert [coin["type"] for page in filtered for coin in page["coins"]] == wanted


def test_a_cursor_of_somebody_else_is_refused(client):
    assert "cursor" in problem(client.get("/v1/coins?cursor=!!"), 422)["detail"]


def test_facets_count_types(client, rows):
    types = {row["type"]: row for row in rows}
    facets = client.get("/v1/facets").json()
    for name, column in (("countries", "country"), ("denominations", "denomination")):
        counted = Counter(row[column] for row in types.values())
        expected = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
        assert [(each["value"], each["count"]) for each in facets[name]] == expected
    country = rows[0]["country"]
    query = {"where": "country = :c", "param.c": country}
    one = client.get("/v1/facets", params=query).json()
    assert [each["value"] for each in one["countries"]] == [country]


def test_pictures_are_the_kept_ones(client, home, rows):
    shown = client.get(f"/v1/coins/{rows[0]['type']}").json()
    image = shown["images"][0]
    whole = client.get(image["image"])
    assert whole.content == home.media.read(image["id"])
    small = client.get(image["image"], params={"size": 160})
    assert small.headers["content-type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(small.content)).size) == 160
    tag = {"If-None-Match": small.headers["etag"]}
    assert client.get(image["image"], params={"size": 160}, headers=tag).status_code == 304
    problem(client.get(image["image"], params={"size": 161}), 422)
    problem(client.get(f"/v1/images/{'0' * 64}"), 404, "not-in-catalogue")
    problem(client.get("/v1/images/..%2f..%2fcatalogue.db"), 404)


def test_a_coin_without_pictures_is_drawn(client, home, rows):
    key = rows[-1]["type"]
    records = home.catalogue.type_records(key)
    without = [replace(each, image=replace(each.image, media_digest=None)) for each in records]
    home.catalogue.save(without, {}, home.live.id)
    try:
        drawn = client.get(f"/v1/coins/{key}/picture")
        assert drawn.headers["content-type"].startswith("image/svg+xml")
        assert "<circle" in drawn.text
        assert {each["image"] for each in client.get(f"/v1/coins/{key}").json()["images"]} == {None}
    finally:
        home.catalogue.save(records, {}, home.live.id)


def test_a_coin_is_added_found_changed_and_removed(client, stranger):
    (side, first), *others = stranger
    fields = {"country": "Löwenstein & Söhne", "denomination": "3 <b>Taler</b>", "value": "3.5"}
    added = client.post("/v1/coins", data=fields, files=[(side, ("../a.jpg", first))])
    assert added.status_code == 201, added.text
    assert added.json() | {"type": None} == {
        "type": None, "added": 1, "updated": 0, "unchanged": 0, "rejected": [],
    }  # fmt: skip
    key = added.json()["type"]
    assert client.post("/v1/search", files={"image": first}).json()["hits"][0]["type"] == key

    more = {side: [encoded(data)] for side, data in others[-1:]}
    assert client.post(f"/v1/coins/{key}/photos", json=more).json()["added"] == 1
    changed = client.patch(f"/v1/coins/{key}", json={"title": "Drei Taler", "value": None})
    assert changed.json()["title"] == "Drei Taler"
    shown = client.get(f"/v1/coins/{key}").json()
    assert (shown["value"], shown["country"]) == (None, fields["country"])
    names = [each["filename"] for each in shown["images"] if each["side"] == side]
    assert "a.jpg" in names

    one = shown["images"][0]["id"]
    assert client.delete(f"/v1/images/{one}").json() == {"removed": 1}
    assert client.delete(f"/v1/coins/{key}").json() == {"removed": 1}
    problem(client.get(f"/v1/coins/{key}"), 404, "not-in-catalogue")
    best = client.post("/v1/search", files={"image": first}).json()["hits"][0]
    assert best["type"] != key


def test_numbers_are_numbers(client, rows):
    row = next(row for row in rows if row["value"])
    shown = client.get(f"/v1/coins/{row['type']}").json()
    assert shown["value"] == pytest.approx(float(row["value"]))


@pytest.mark.parametrize(
    ("change", "status"),
    [({}, 422), ({"colour": "red"}, 422), ({"year_from": "MCM"}, 422), ({"title": 3}, 422),
     ({"title": "x" * 3000}, 422), ({"design": "edge/1", "year_to": 1900}, 404)],
)  # fmt: skip
def test_changes_that_cannot_be(client, rows, change, status):
    key = rows[0]["type"]
    before = client.get(f"/v1/coins/{key}").json()
    problem(client.patch(f"/v1/coins/{key}", json=change), status)
    assert client.get(f"/v1/coins/{key}").json() == before
