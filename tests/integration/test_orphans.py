"""Searches drop vectors that the database has no row of, count them, and stay complete."""

import hashlib
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.pipeline import answer
from coinvec.services.collection import Catalogue
from coinvec.services.home import Home
from coinvec.settings import Settings
from coinvec.vectors.store import VectorStore


def opened(home):
    """The home; hits stay in the order of similarity, for that is what orphans are met in."""
    settings = Settings.load(home=home, environ={"COINVEC_RANKER": "similarity"})
    return Catalogue(Home.open(settings))


def photos(minted):
    """A photo of each side of one coin of the catalogue, each a catalogue picture itself."""
    pictures = sorted((minted.manifest.parent / "pictures").iterdir())
    return [next(p for p in pictures if f"-{side.value}-" in p.name) for side in Side]


def shown(result):
    """What an answer says, apart from its warnings and timings."""
    hits = [(hit.image.id, hit.similarity, hit.type, hit.sides) for hit in result.hits]
    return hits, result.verdict, result.total_matching


def haunt(home, count):
    """Put vectors of images that never were at the head of every ranking.

    They are copies of the nearest there can be: of every vector of the catalogue, as other types.
    """
    with opened(home) as catalogue:
        store, live = catalogue.home.catalogue, catalogue.home.live
        records = list(store.vector_records(live.id, store.image_ids(None)).values())
    ghosts = []
    for number in range(count):
        record = records[number % len(records)]
        ghost = hashlib.sha256(f"ghost {number}".encode()).hexdigest()
        columns = {**record.columns, "type": f"ghost-{number:04}", "country": "Nowhere"}
        if number % 3 == 0:  # an orphan of a type that there is
            columns = record.columns
        # Smaller ids win ties: every ghost comes before what it copies.
        ghosts.append(replace(record, image_id="0" * 8 + ghost[8:], columns=columns))
    with closing(VectorStore.open(str(home / "vectors.db"))) as vectors:
        vectors.upsert(live.collection, ghosts)


@pytest.mark.parametrize("ghosts", [2, 24, 300])
def test_answers_are_those_without_the_orphans(filled, minted, ghosts):
    obverse, reverse = photos(minted)
    asked = [
        *(((obverse,), {"k": k, "group_by": each}) for each in GroupBy for k in (1, 100)),
        ((obverse,), {"k": 3, "where": "side = 'obverse'"}),
        ((obverse, reverse), {"k": 4}),
        ((obverse, reverse), {"k": 4, "group_by": "image"}),
        ((obverse, obverse), {"k": 2}),
    ]
    with opened(filled) as catalogue:
        before = [catalogue.search(*images, **query) for images, query in asked]
    assert not any("without a row" in text for result in before for text in result.warnings)
    haunt(filled, ghosts)
    with opened(filled) as catalogue:
        after = [catalogue.search(*images, **query) for images, query in asked]
    for (_, query), sound, haunted in zip(asked, before, after, strict=True):
        assert shown(haunted) == shown(sound), query
        assert len(haunted) == min(query["k"], haunted.total_matching)
        if query["k"] == 100:  # it reads the whole catalogue, so it met every orphan it could
            assert any("run `coinvec doctor`" in text for text in haunted.warnings), query


def test_the_orphans_met_are_counted(filled, minted):
    haunt(filled, 1)  # it copies the vector of the first image, and shares its type
    with opened(filled) as catalogue:
        first = min(catalogue.home.catalogue.image_ids(None))
        result = catalogue.search(filled / "media" / first[:2] / first[2:], k=1, group_by="image")
    assert [hit.image.id for hit in result] == [first]
    assert "1 vector without a row was ignored; run `coinvec doctor`." in result.warnings


def test_an_evaluation_does_not_see_them(filled, minted):
    with opened(filled) as catalogue:
        before = catalogue.evaluate(minted.queries, ks=(1, 2, 5))
    haunt(filled, 60)
    with opened(filled) as catalogue:
        after = catalogue.evaluate(minted.queries, ks=(1, 2, 5))
    assert [(o.rank, o.score) for o in after.outcomes] == [
        (o.rank, o.score) for o in before.outcomes
    ]


def test_orphans_without_end_are_left_out_by_what_sql_has(filled, minted, monkeypatch):
    """One search may meet ever new ones; it then looks at the ids that SQL has alone."""
    haunt(filled, 300)
    searched = []
    whole = VectorStore.top_groups

    def counted(self, collection, vectors, **how):
        searched.append(how["where"].image_ids)
        return whole(self, collection, vectors, **how)

    monkeypatch.setattr(VectorStore, "top_groups", counted)
    with opened(filled) as catalogue:
        ids = frozenset(catalogue.home.catalogue.image_ids(None))
        result = catalogue.search(photos(minted)[0], k=1)
    assert len(result) == 1
    assert ids in searched
    assert searched.count(None) == 2 * (answer._ATTEMPTS - 1)  # the best, and the verdict's
    assert np.isclose(result.hits[0].similarity, 1.0, atol=1e-5)
