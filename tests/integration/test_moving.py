"""Moving house: the same rows, pictures, vectors and answers on other stores."""

from pathlib import Path

import numpy as np
import pytest

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import CoinType, Design, Side
from coinvec.domain.images import CoinImage
from coinvec.domain.predicates import And, ColumnRef, Comparison, IsNull, Like, Not, Op
from coinvec.domain.records import CoinRecord
from coinvec.domain.results import CoinInPicture, Query
from coinvec.domain.vectors import Embedding
from coinvec.pipeline.find import Finder, Probe
from coinvec.pipeline.retrieve import Retriever
from coinvec.query.planner import make_plan
from coinvec.services.backup import write_backup
from coinvec.services.home import Home
from coinvec.services.restore import check_backup, restore_backup
from coinvec.vectors.filters import VectorFilter
from tests.moving import DIM, Moved, settings_for, unit_vector
from tests.servers import MilvusLiteServer

FILTERS = (
    None,
    Comparison(ColumnRef("year"), Op.GE, 1903),
    Like(ColumnRef("country"), "%o%", ignore_case=True),
    And((Not(IsNull(ColumnRef("currency"))), Comparison(ColumnRef("value"), Op.LT, 2))),
)


@pytest.fixture(params=["embedded", "milvus-lite server", "servers"])
def place(request, tmp_path):
    """Settings of an empty home on each kind of stores."""
    match request.param:
        case "embedded":
            yield settings_for(tmp_path / "new")
        case "milvus-lite server":
            server = MilvusLiteServer(request.getfixturevalue("server_folder"))
            server.start()
            yield settings_for(tmp_path / "new", milvus_uri=server.uri)
            server.stop()
        case _:
            yield settings_for(
                tmp_path / "new",
                database_url=request.getfixturevalue("postgres_database"),
                milvus_uri=request.getfixturevalue("milvus_database"),
            )


def answers(settings):
    """What a home says to some queries under some filters, by every grouping."""
    rng = np.random.default_rng(9)
    queries = [unit_vector(rng, DIM) for _ in range(5)]
    found = []
    with Home.open(settings) as home:
        retriever = Retriever(home.vectors, home.live.collection)
        for where in FILTERS:
            for group_by in GroupBy:
                plan = make_plan(Query(where, 4, group_by), home.catalogue)
                finder = Finder(retriever, plan)
                photo = (CoinInPicture("p", None),)
                probes = [Probe(photo, query[None]) for query in queries]
                groups = [finding.groups for finding in finder.find(probes)]
                found.append((plan.total_matching, groups))
    return found


def test_from_embedded_to_anywhere_and_back(place, tmp_path):
    moved = Moved(settings_for(tmp_path / "old"))
    with Home.open(moved.settings) as home:
        write_backup(home, tmp_path / "there.tar")
    restore_backup(place, check_backup(tmp_path / "there.tar"))
    moved.check(place)
    with Home.open(place) as home:
        write_backup(home, tmp_path / "back.tar")
    there, back = (check_backup(tmp_path / f"{name}.tar").manifest for name in ("there", "back"))
    assert (there.tables, there.media) == (back.tables, back.media), "whatever the engine"
    returned = settings_for(tmp_path / "returned")
    restore_backup(returned, check_backup(tmp_path / "back.tar"))
    moved.check(returned)
    expected = answers(moved.settings)
    assert any(groups for _, findings in expected for groups in findings)
    assert answers(place) == expected
    assert answers(returned) == expected


def test_a_moved_home_goes_on_growing(place, tmp_path):
    """New rows are numbered after those that were restored."""
    moved = Moved(settings_for(tmp_path / "old"), n_types=2)
    with Home.open(moved.settings) as home:
        write_backup(home, tmp_path / "home.tar")
    restore_backup(place, check_backup(tmp_path / "home.tar"))
    coin = CoinType("new", "Atlantis", "3 shells", currency="shell")
    design = Design("new", Side.OBVERSE, "o1")
    record = CoinRecord(coin, design, CoinImage("f" * 64, design, "new.png", "PNG", 5, 5))
    vector = unit_vector(np.random.default_rng(3), DIM)
    with Home.open(place) as home:
        home.catalogue.save([record], {record.image.id: Embedding(vector)}, home.live.id)
        home.sync()
        retriever = Retriever(home.vectors, home.live.collection)
        [[hit]] = retriever.nearest(vector[None], VectorFilter(), k=1, group_by=GroupBy.TYPE)
        assert hit.type_key == "new"
        assert home.catalogue.records([record.image.id]) == {record.image.id: record}


def test_a_photo_is_answered_alike_after_a_move(coinvec, filled, minted, tmp_path):
    photo = minted.photos[0].path
    assert coinvec("backup", tmp_path / "home.tar").status == 0
    assert coinvec("--home", tmp_path / "new", "restore", tmp_path / "home.tar").status == 0
    assert coinvec("--home", tmp_path / "new", "generations", "prepare").status == 0
    found = [
        coinvec("--home", home, "search", "--image", photo, "--format", "json").json
        for home in (filled, tmp_path / "new")
    ]
    for answer in found:
        answer.pop("timings_ms")
        for hit in answer["hits"]:
            hit["image"] = Path(hit["image"]).read_bytes()
    assert found[0]["hits"]
    assert found[0] == found[1]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_is_imported_into_the_same_catalogue(coinvec, filled, tmp_path, form):
    manifest, new = tmp_path / f"out.{form}", ["--home", tmp_path / "new"]
    options = ["--format", form, "--output", manifest, "--images", tmp_path / "pictures"]
    assert coinvec("export", *options).status == 0
    assert coinvec(*new, "init").status == 0
    report = coinvec(*new, "import", manifest, "--format", "json").json
    assert report == {"added": 24, "updated": 0, "unchanged": 0, "rejected": []}
    catalogues = []
    for home in (filled, tmp_path / "new"):
        with Home.open(settings_for(home)) as opened:
            catalogues.append(opened.catalogue.records(opened.catalogue.image_ids(None)))
    assert catalogues[0] == catalogues[1]
    # The same rows again, into the home they came from, change nothing.
    again = coinvec("import", manifest, "--format", "json").json
    assert again == {"added": 0, "updated": 0, "unchanged": 24, "rejected": []}
