"""`coinvec sql`, EXPLAIN and --verify on a filled home, from end to end."""

import csv
import io
import json

import pytest

import coinvec as library
from coinvec.domain.results import Query
from coinvec.pipeline.rank import RankStep, SimilarityRanker
from coinvec.services.explain import explained_search
from coinvec.services.search import Searcher

RANKING = "SELECT type, side, similarity FROM coins ORDER BY similarity(:image) DESC LIMIT 5"


def steps(node):
    """The steps of a plan, from the top down."""
    return [node["step"], *(step for child in node["children"] for step in steps(child))]


def node_of(node, step):
    if node["step"] == step:
        return node
    found = (node_of(child, step) for child in node["children"])
    return next((each for each in found if each), None)


def test_a_ranking_agrees_with_the_search(filled, minted, coinvec, monkeypatch):
    monkeypatch.setenv("COINVEC_RANKER", "similarity")  # SQL orders by nothing else
    photo = minted.photos[0].path
    searched = coinvec(
        "search", "--image", photo, "--group-by", "design", "-k", 5, "--format", "json"
    ).json
    asked = coinvec("sql", RANKING, "--param", f"image={photo}", "--format", "json").json
    assert asked["columns"] == ["type", "side", "similarity"]
    assert asked["rows"] == [
        {name: hit[name] for name in ("type", "side", "similarity")} for hit in searched["hits"]
    ]
    assert asked["total_matching"] == searched["total_matching"] == 12
    assert asked["verdict"] == searched["verdict"]
    assert asked["coins_in_picture"] == searched["coins_in_picture"]


def test_a_plain_statement_counts(filled, minted, coinvec):
    text = "SELECT country, count(*) AS n FROM coins WHERE value >= :v GROUP BY 1 ORDER BY 1"
    expected = {}
    for each in minted.types:
        if each.coin.value >= 1:
            expected[each.coin.country] = expected.get(each.coin.country, 0) + 2
    answer = coinvec("sql", text, "--param", "v=1", "--format", "json").json
    assert answer["rows"] == [{"country": key, "n": n} for key, n in sorted(expected.items())]
    assert answer["total_matching"] == len(expected)
    lines = coinvec("sql", text, "--param", "v=1", "--format", "jsonl").out.splitlines()
    assert list(map(json.loads, lines)) == answer["rows"]
    table = list(csv.DictReader(io.StringIO(
        coinvec("sql", text, "--param", "v=1", "--format", "csv").out
    )))  # fmt: skip
    assert table == [{"country": row["country"], "n": str(row["n"])} for row in answer["rows"]]
    assert f"({len(expected)} rows of" in coinvec("sql", text, "--param", "v=1").out


def test_an_explanation_names_every_step(filled, minted, coinvec):
    photo = minted.photos[0].path
    text = f"EXPLAIN {RANKING.replace('ORDER', 'WHERE title ILIKE :t ORDER')}"
    params = ("--param", f"image={photo}", "--param", "t=%A%")
    answer = coinvec("sql", text, *params, "--verify", "--format", "json").json
    plan = answer["plan"]
    assert steps(plan) == [
        "Select from coins", "Rank", "Join with the catalogue", "Search the vectors",
        "Filter images", "Encode", "Find the coin", "Decode photos",
    ]  # fmt: skip
    assert node_of(plan, "Rank")["recall"] == 1.0
    assert node_of(plan, "Rank")["ranker"].startswith("similarity@")
    filtered = node_of(plan, "Filter images")
    assert filtered["decided_by"] == "pushed down, patterns as lists of values"
    assert filtered["estimated_rows"] == filtered["rows"] == 2 * answer["total_matching"]
    assert node_of(plan, "Search the vectors")["index"] == "FLAT"
    assert "score" in node_of(plan, "Find the coin")["photos"][0]
    shown = coinvec("sql", text, *params).out
    assert "Because:" in shown
    assert "recall" not in shown.lower()
    assert answer["rows"][0]["plan"].startswith("Select from coins")


def test_a_search_explains_and_verifies_itself(filled, minted, coinvec):
    photo = minted.photos[0].path
    plain = coinvec("search", "--image", photo, "-k", 3, "--format", "json").json
    both = coinvec(
        "search", "--image", photo, "-k", 3, "--explain", "--verify", "--format", "json"
    ).json
    assert both["hits"] == plain["hits"]
    assert both["recall"]["recall"] == 1.0
    assert both["recall"]["vectors"] == 24
    assert steps(both["plan"])[:3] == ["Rank", "Join with the catalogue", "Search the vectors"]
    assert node_of(both["plan"], "Rank")["ranker"].startswith("verify@")
    shown = coinvec("search", "--image", photo, "-k", 3, "--verify").out
    assert "Recall 1.000: 3 of 3" in shown
    refused = coinvec("search", "--image", photo, "--all-coins", "--explain")
    assert refused.status == 2


class Backwards:
    def rank(self, request, candidates):
        return candidates[::-1]


def test_what_a_ranker_puts_last_was_found_all_the_same(filled, minted):
    with library.open(filled) as catalogue:
        searcher = Searcher(catalogue.home, ranker=RankStep(Backwards(), 6))
        photos, query = [minted.photos[0].path], Query(k=2)
        result, _, recall = explained_search(searcher, photos, query, verify=True)
        nearest = Searcher(catalogue.home, ranker=RankStep(SimilarityRanker())).search(
            photos, query
        )
    assert not {hit.type for hit in result} & {hit.type for hit in nearest}
    assert (recall.found, recall.wanted) == (2, 2)


def test_python_gives_typed_rows(filled, minted):
    photo = minted.photos[0].path
    with library.open(filled) as coins:
        with_photo = coins.sql(RANKING, {"image": photo.read_bytes()})
        assert [column.type.value for column in with_photo.columns] == ["text", "text", "real"]
        assert with_photo.search.coins_in_picture[0].crop is not None
        assert with_photo.rows == coins.sql(RANKING, {"image": str(photo)}).rows
        values = coins.sql("SELECT DISTINCT value FROM coins ORDER BY value").rows
        assert [value for (value,) in values] == sorted({each.coin.value for each in minted.types})


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (["SELECT titel FROM coins"], 3, "Did you mean title?"),
        ([RANKING], 3, "no value was given for the parameter :image"),
        ([RANKING, "--param", "image=nowhere.jpg"], 3, "nowhere.jpg"),
        (["SELECT 1 FROM coins", "--verify"], 3, "EXPLAIN SELECT"),
        (["SELECT 1 FROM coins", "--param", "x"], 2, "NAME=VALUE"),
    ],
)
def test_mistakes_end_with_the_documented_status(filled, coinvec, args, status, said):
    outcome = coinvec("sql", *args)
    assert outcome.status == status
    assert said in outcome.err
    assert outcome.out == ""
