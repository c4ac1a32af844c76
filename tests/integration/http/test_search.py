"""Searches and statements over HTTP answer what the command line answers."""

import pytest

from tests.integration.http.conftest import encoded, problem


@pytest.fixture
def told(_filled, coinvec, monkeypatch):
    """What the command line says, of the same catalogue in another home."""
    monkeypatch.setenv("COINVEC_HOME", str(_filled))

    def run(*words):
        outcome = coinvec(*words, "--format", "json")
        assert outcome.status == 0, outcome.err
        return outcome.json

    return run


def comparable(answer):
    """An answer without times, names of photos and places of pictures."""
    answer = dict(answer)
    answer.pop("timings_ms", None)
    answer["coins_in_picture"] = [
        {**each, "image": None} for each in answer.get("coins_in_picture", ())
    ]
    answer["hits"] = [{**hit, "image": None} for hit in answer.get("hits", ())]
    return answer


def sent(**paths):
    """Photos as the files of a form."""
    return {name: (path.name, path.read_bytes()) for name, path in paths.items()}


def test_a_search_is_that_of_the_command_line(client, minted, told):
    path = minted.photos[0].path
    here = told("search", "--image", path, "--where", "year_from >= :y", "--param", "y=1",
                "-k", 3, "--group-by", "design")  # fmt: skip
    fields = {"where": "year_from >= :y", "k": 3, "group_by": "design"}
    form = client.post("/v1/search", files=sent(image=path), data={**fields, "param.y": "1"})
    plain = client.post(
        "/v1/search", json={**fields, "params": {"y": 1}, "image": encoded(path.read_bytes())}
    )
    assert form.status_code == plain.status_code == 200
    assert comparable(form.json()) == comparable(plain.json()) == comparable(here)
    assert len(here["hits"]) == 3
    assert form.json()["coins_in_picture"][0]["image"] == path.name
    picture = client.get(form.json()["hits"][0]["image"])
    assert picture.headers["content-type"].startswith("image/")


def test_both_sides_and_all_coins(client, minted, told):
    one, two = (each.path for each in minted.photos[:2])
    here = told("search", "--image", one, "--image", two)
    files = sent(image=one, image2=two)
    assert comparable(client.post("/v1/search", files=files).json()) == comparable(here)
    every = client.post(
        "/v1/search", json={"image": encoded(one.read_bytes()), "all_coins": True}
    ).json()
    assert [each["hits"][0]["type"] for each in every["coins"]]
    told = problem(client.post("/v1/search", files=files, data={"all_coins": "1"}), 400, "usage")
    assert "all_coins takes one photo" in told["detail"]


def test_statements(client, minted, told):
    path = minted.photos[0].path
    ranked = "SELECT type, similarity FROM coins ORDER BY similarity(:p) DESC LIMIT 4"
    here = told("sql", ranked, "--param", f"p={path}")
    there = client.post(
        "/v1/sql", json={"statement": ranked, "photos": {"p": encoded(path.read_bytes())}}
    )
    assert comparable(there.json()) == comparable(here)
    counted = "SELECT country, count(*) AS n FROM coins GROUP BY country ORDER BY country"
    assert client.post("/v1/sql", json={"statement": counted}).json() == told("sql", counted)


def test_a_text_never_names_a_file_of_the_server(client, minted):
    statement = "SELECT type FROM coins ORDER BY similarity(:p) DESC"
    path = str(minted.photos[0].path)
    told = problem(
        client.post("/v1/sql", json={"statement": statement, "params": {"p": path}}),
        400,
        "expression",
    )
    assert "none was sent" in told["detail"]
    problem(client.post("/v1/search", json={"image": path}), 422, "invalid-request")
    problem(client.post("/v1/search", data={"image": path}), 422, "invalid-request")


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"where": "contry = 'x'"}, 400, "there is no column 'contry'"),
        ({"where": "year <"}, 400, ""),
        ({"where": "country = :c"}, 400, ":c"),
        ({"param.c": "x"}, 400, "without a filter"),
        ({"k": "0"}, 422, "k: "),
        ({"k": "many"}, 422, "k: "),
        ({"group_by": "colour"}, 422, "group_by: "),
        ({"colour": "red"}, 422, "colour: "),
    ],
)
def test_mistakes_are_told(client, photo, fields, status, words):
    answer = client.post("/v1/search", files={"image": photo}, data=fields)
    assert words in problem(answer, status)["detail"]


def test_a_mistake_in_a_filter_has_its_place(client, photo):
    answer = client.post(
        "/v1/search", files={"image": photo}, data={"where": "year > 1900 AND contry = 'x'"}
    )
    told = problem(answer, 400, "expression")
    assert told["text"][told["position"] :].startswith("contry")
    assert "country" in told["hint"]
