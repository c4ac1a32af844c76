"""The check-up on servers: what is broken there is told and mended as in an embedded home."""

from contextlib import closing
from dataclasses import replace

import pytest

from coinvec.domain.models import Metric
from coinvec.services.checkup.findings import Kind
from coinvec.services.collection import Catalogue
from coinvec.services.doctor import examine
from coinvec.services.home import Home
from coinvec.settings import Settings
from coinvec.vectors.store import VectorStore

GHOSTS = ("0" * 64, "f" * 64)


@pytest.fixture(params=["milvus-lite server", "Milvus and PostgreSQL"])
def settings(request, tmp_path):
    if request.param == "milvus-lite server":
        environ = {"COINVEC_MILVUS_URI": request.getfixturevalue("milvus_lite_server").uri}
    else:
        environ = {
            "COINVEC_MILVUS_URI": request.getfixturevalue("milvus_database"),
            "COINVEC_DATABASE_URL": request.getfixturevalue("postgres_database"),
        }
    return Settings.load(home=tmp_path / "served", environ=environ)


def examined(settings, *, fix=False):
    with Home.open(settings) as home:
        return examine(home, fix=fix)


def counts(diagnosis):
    return {finding.kind: finding.count for finding in diagnosis.findings}


def test_what_is_broken_on_servers_is_told_and_mended(settings, minted):
    with Catalogue(Home.create(settings)) as catalogue:
        catalogue.import_manifest(minted.manifest)
        ids = catalogue.home.catalogue.image_ids(None)
        live = catalogue.home.live
        records = catalogue.home.catalogue.vector_records(live.id, ids)
    assert examined(settings).findings == ()
    first, second, third = (records[each] for each in ids[:3])
    with closing(VectorStore.open(settings.milvus_uri)) as vectors:
        vectors.upsert(
            live.collection,
            [
                *(replace(first, image_id=ghost) for ghost in GHOSTS),
                replace(first, vector=second.vector),
                replace(third, columns={**third.columns, "title": "Another"}),
            ],
        )
        vectors.delete(live.collection, ids[5:8])
    expected = {
        Kind.VECTOR_ORPHAN: 2,
        Kind.VECTOR_DIFFERENT: 1,
        Kind.COLUMNS_DIFFERENT: 1,
        Kind.VECTOR_MISSING: 3,
    }
    assert counts(examined(settings)) == expected
    mended = examined(settings, fix=True)
    assert counts(mended) == expected
    assert mended.is_sound
    again = examined(settings)
    assert (again.findings, again.vectors, again.images) == ((), len(ids), len(ids))


def test_a_collection_of_the_wrong_shape_is_made_anew(settings, minted):
    with Catalogue(Home.create(settings)) as catalogue:
        catalogue.import_manifest(minted.manifest)
        live = catalogue.home.live
    with closing(VectorStore.open(settings.milvus_uri)) as vectors:
        vectors.drop_collection(live.collection)
    lost = {Kind.COLLECTION_MISSING: 1, Kind.ALIAS_MISSING: 1}
    assert counts(examined(settings)) == lost
    with closing(VectorStore.open(settings.milvus_uri)) as vectors:
        vectors.create_collection(live.collection, dim=8, metric=Metric.COSINE)
        vectors.set_alias("coins", live.collection)
    assert counts(examined(settings)) == {Kind.COLLECTION_UNUSABLE: 1}
    assert examined(settings, fix=True).is_sound
    again = examined(settings)
    assert (again.findings, again.vectors) == ((), 24)
