"""Another pair of models takes over: built beside the live one, checked, promoted, and back."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from coinvec.domain.choices import GroupBy
from coinvec.domain.records import CoinRecord, GapReason, GenerationState
from coinvec.errors import (
    CheckFailedError,
    CoinvecError,
    GenerationError,
    ManifestError,
    PluginError,
    StoreError,
    UsageError,
)
from coinvec.media.store import image_id
from coinvec.services.collection import Catalogue
from coinvec.services.home import Home
from coinvec.settings import Settings
from tests.twin import install, paint

TYPES, PICTURES, DARK = 7, 2, 1
TWIN = {"COINVEC_PLUGINS": "twin"}
FIRST = TWIN | {"COINVEC_PREPROCESSOR": "whole", "COINVEC_ENCODER": "tiles"}
KS = (1, 2, 5, 10, 20)


@pytest.fixture(scope="session")
def _twin(tmp_path_factory):
    return install(tmp_path_factory.mktemp("twin") / "site")


@pytest.fixture
def twin(_twin, monkeypatch):
    """The tests' own models, installed."""
    monkeypatch.syspath_prepend(str(_twin))
    return _twin


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    return paint(
        tmp_path_factory.mktemp("painted") / "first", types=TYPES, pictures=PICTURES, dark=DARK
    )


@pytest.fixture(scope="session")
def more(tmp_path_factory):
    """Further coins, of a type the first manifest does not have."""
    manifest = paint(tmp_path_factory.mktemp("painted") / "more", types=2, pictures=1, seed=99)
    text = manifest.read_text().replace(",t0", ",later0")
    manifest.write_text(text)
    return manifest


@pytest.fixture(scope="session")
def _twin_home(_twin, pictures, tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin") / "home"
    sys.path.insert(0, str(_twin))
    try:
        with Catalogue(Home.create(Settings.load(home=folder, environ=FIRST))) as catalogue:
            assert catalogue.import_manifest(pictures).added == TYPES * PICTURES
    finally:
        sys.path.remove(str(_twin))
    return folder


@pytest.fixture
def folder(twin, _twin_home, tmp_path):
    """A filled home of its own, closed; it is the default home."""
    return shutil.copytree(_twin_home, tmp_path / "home")


@pytest.fixture
def opened(folder):
    """Opens the filled home, or opens it again under other settings."""
    catalogues = []

    def open_again(environ=TWIN):
        while catalogues:
            catalogues.pop().close()
        catalogues.append(Catalogue(Home.open(Settings.load(home=folder, environ=environ))))
        return catalogues[-1]

    yield open_again
    while catalogues:
        catalogues.pop().close()


@pytest.fixture
def coins(opened):
    return opened()


def described(path: Path, columns, rows):
    """A picture's vector, computed without coinvec: mean greys of its tiles on the unit sphere."""
    rgb = np.asarray(Image.open(path).convert("RGB"), dtype=np.float64)
    height, width = rgb.shape[:2]
    tiles = rgb[..., 0].reshape(rows, height // rows, columns, width // columns)
    grey = tiles.mean(axis=(1, 3)).ravel()
    grey -= grey.mean() - 1e-3
    return grey / np.linalg.norm(grey)


def wanted_vectors(manifest, encoder):
    """Expected vectors by image id."""
    size = {"tiles": (8, 8), "strip": (4, 8)}[encoder]
    paths = sorted(manifest.parent.glob("*.png"))
    return {image_id(path.read_bytes()): described(path, *size) for path in paths}


def stored_vectors(coins, generation):
    """The vectors SQL and Milvus hold of a generation; they must agree."""
    home = coins.home
    ids = home.catalogue.image_ids(None)
    in_sql = {
        key: row.vector for key, row in home.catalogue.vector_records(generation.id, ids).items()
    }
    in_milvus = home.vectors.vectors(
        generation.collection, list(home.vectors.image_ids(generation.collection))
    )
    assert in_sql.keys() == in_milvus.keys()
    for key, vector in in_sql.items():
        np.testing.assert_array_equal(vector, in_milvus[key])
    return in_sql


def assert_holds(coins, generation, wanted):
    found = stored_vectors(coins, generation)
    assert found.keys() == wanted.keys()
    for key, vector in wanted.items():
        np.testing.assert_allclose(found[key], vector, atol=0.03)  # grey is rounded to 8 bits


def live(coins):
    return coins.home.recorded_live


def finds(coins, picture):
    """The type, generation and similarity of the best answer for a picture of the catalogue."""
    result = coins.search(picture, k=1)
    return result.hits[0].type, result.generation, result.hits[0].similarity


# --- build -----------------------------------------------------------------------------------


def test_a_generation_is_filled_beside_the_live_one(coins, pictures):
    before = live(coins)
    told = []
    report = coins.generations.build(encoder="strip", jobs=2, progress=lambda *at: told.append(at))
    assert (report.built, report.coverage.embedded, report.gaps) == (14, 14, {})
    assert told == [(14, 14)]
    assert report.generation.generation.encoder.name == "strip"
    assert report.generation.generation.preprocessor.name == "whole"
    assert_holds(coins, report.generation, wanted_vectors(pictures, "strip"))
    assert live(coins) == before
    assert finds(coins, pictures.parent / "003-1.png")[:2] == ("t003", str(before.generation))


def test_building_again_builds_what_is_left(coins):
    first = coins.generations.build(encoder="strip")
    again = coins.generations.build(encoder="strip")
    assert (again.built, again.coverage) == (0, first.coverage)
    assert again.generation.id == first.generation.id
    assert len(coins.generations.summaries()) == 2


@pytest.mark.parametrize(
    ("environ", "arguments", "pair"),
    [
        (TWIN | {"COINVEC_ENCODER": "strip"}, {}, ("whole", "strip")),
        (TWIN | {"COINVEC_ENCODER": "strip"}, {"encoder": "blind"}, ("whole", "blind")),
        (TWIN, {"preprocessor": "bright"}, ("bright", "tiles")),
    ],
)
def test_options_go_before_settings_and_settings_before_what_is_live(
    opened, environ, arguments, pair
):
    generation = opened(environ).generations.build(**arguments).generation.generation
    assert (generation.preprocessor.name, generation.encoder.name) == pair


def test_the_live_pair_is_not_built_again(coins):
    with pytest.raises(UsageError, match="is the live generation already"):
        coins.generations.build(preprocessor="whole", encoder="tiles")
    with pytest.raises(PluginError, match="stripe"):
        coins.generations.build(encoder="stripe")
    assert len(coins.generations.summaries()) == 1


def test_images_without_a_picture_are_passed_over_and_counted(coins, pictures):
    store = coins.home.catalogue
    known = store.type_records("t000")[0]
    bare = replace(known.image, id="0" * 64, media_digest=None)
    store.save([CoinRecord(known.coin, known.design, bare)], {}, live(coins).id)
    report = coins.generations.build(encoder="strip")
    assert (report.built, report.coverage.without_media, report.coverage.images) == (14, 1, 15)
    assert report.coverage.is_complete
    assert_holds(coins, report.generation, wanted_vectors(pictures, "strip"))


def test_images_in_which_no_coin_is_found_are_listed(coins, pictures):
    report = coins.generations.build(preprocessor="bright")
    dark = {
        image_id((pictures.parent / f"006-{shot}.png").read_bytes()): GapReason.NO_COIN
        for shot in range(PICTURES)
    }
    assert report.gaps == dark
    assert report.coverage.embedded == 12
    assert report.coverage.is_complete
    assert coins.generations.build(preprocessor="bright").built == 0


def test_missing_and_torn_pictures_are_read_again_by_the_next_build(coins, pictures):
    media = coins.home.media
    lost, torn = sorted(wanted_vectors(pictures, "strip"))[:2]
    kept = {each: Path(media.location(each)).read_bytes() for each in (lost, torn)}
    media.delete(lost)
    Path(media.location(torn)).write_bytes(kept[torn][:60])
    report = coins.generations.build(encoder="strip")
    assert report.gaps == {lost: GapReason.MISSING, torn: GapReason.UNREADABLE}
    for each, data in kept.items():
        Path(media.location(each)).write_bytes(data)
    assert coins.generations.build(encoder="strip").built == 2
    assert_holds(coins, report.generation, wanted_vectors(pictures, "strip"))


def test_unreachable_media_stop_the_build_and_are_no_gap(coins):
    media = Path(coins.home.media.root)
    aside = media.rename(media.with_name("aside"))
    media.write_bytes(b"in the way")
    with pytest.raises(StoreError, match="media at"):
        coins.generations.build(encoder="strip")
    media.unlink()
    aside.rename(media)
    [_, building] = coins.generations.summaries()
    assert (building.coverage.missing, building.coverage.gaps) == (14, 0)
    assert coins.generations.build(encoder="strip").built == 14


# --- changes while a generation is built -----------------------------------------------------


def test_imports_edits_and_removals_go_to_both(coins, pictures, more):
    building = coins.generations.build(encoder="strip").generation
    assert coins.import_manifest(more).added == 2
    coins.edit("t001", country="Elsewhere")
    coins.remove("t002")
    gone = {image_id((pictures.parent / f"002-{shot}.png").read_bytes()) for shot in range(2)}
    for generation, encoder in ((live(coins), "tiles"), (building, "strip")):
        wanted = wanted_vectors(pictures, encoder) | wanted_vectors(more, encoder)
        assert_holds(coins, generation, {k: v for k, v in wanted.items() if k not in gone})
        moved = coins.home.vectors.count(generation.collection, 'country == "Elsewhere"')
        assert moved == PICTURES
    assert coins.generations.build(encoder="strip").built == 0


def test_an_import_takes_what_the_other_preprocessor_does_not_find(coins, tmp_path):
    building = coins.generations.build(preprocessor="bright").generation
    dark = paint(tmp_path / "dark", types=1, pictures=1, dark=1, seed=5)
    dark.write_text(dark.read_text().replace("t000", "night"))
    assert coins.import_manifest(dark).added == 1
    assert coins.home.catalogue.coverage(building.id).gaps == PICTURES + 1
    assert coins.home.catalogue.coverage(live(coins).id).gaps == 0


def test_no_import_fails_for_a_generation_that_nobody_searches(opened, twin, more):
    building = opened().generations.build(encoder="strip").generation
    environ = FIRST | {"COINVEC_PLUGINS": "half"}
    half = twin / "half-1.0.dist-info"
    shutil.copytree(twin / "twin-1.0.dist-info", half)
    (half / "METADATA").write_text("Metadata-Version: 2.1\nName: half\nVersion: 1.0\n")
    (half / "entry_points.txt").write_text("[coinvec]\nhalf = half_hooks\n")
    hooks = (twin / "twin_hooks.py").read_text().replace('("strip", 32), ', "")
    (twin / "half_hooks.py").write_text(hooks)
    try:
        coins = opened(environ)
        assert coins.import_manifest(more).added == 2
    finally:
        shutil.rmtree(half)
    assert coins.home.catalogue.coverage(building.id).missing == 2
    coins = opened()
    assert coins.generations.build(encoder="strip").built == 2


# --- check -----------------------------------------------------------------------------------


def brute_force_leave_one_out(manifest, vectors):
    """Hit rates at `KS`, from the definition: every image against all others, best per design."""
    design = {image_id(path.read_bytes()): path.name[:3] for path in manifest.parent.glob("*.png")}
    hits = []
    for query, own in design.items():
        if query not in vectors:
            hits.append(None)
            continue
        order = sorted(
            (-float(np.float32(vectors[query] @ vector)), key)
            for key, vector in vectors.items()
            if key != query
        )
        ranking = list(dict.fromkeys(design[key] for _, key in order))
        hits.append(ranking.index(own) + 1 if own in ranking else None)
    return {k: np.mean([hit is not None and hit <= k for hit in hits]) for k in KS}


def test_leave_one_out_is_what_it_says(coins, pictures):
    building = coins.generations.build(preprocessor="bright", encoder="strip").generation
    told = []
    check = coins.generations.check(progress=lambda *at: told.append(at))
    assert (check.queries, check.golden_set) == (14, "leave-one-out")
    assert told == [(14, 28), (28, 28)]
    for rates, generation in ((check.candidate, building), (check.live, live(coins))):
        vectors = {
            key: vector.astype(np.float64)
            for key, vector in stored_vectors(coins, generation).items()
        }
        assert rates == pytest.approx(brute_force_leave_one_out(pictures, vectors))
    assert check.candidate[20] == pytest.approx(12 / 14)  # the dark coin is a miss, not left out
    assert check == coins.generations.summaries()[1].check


def test_an_encoder_that_tells_nothing_apart_is_worse(coins, pictures):
    building = coins.generations.build(encoder="blind").generation
    check = coins.generations.check()
    vectors = {key: v.astype(np.float64) for key, v in stored_vectors(coins, building).items()}
    assert check.candidate == pytest.approx(brute_force_leave_one_out(pictures, vectors))
    assert check.candidate[1] < check.live[1]
    assert check.is_worse


@pytest.fixture
def queries(pictures, tmp_path):
    """Noisy pictures of the coins, and one of no coin the catalogue has."""
    rng = np.random.default_rng(8)
    lines = ["image,type"]
    for number in (*range(TYPES), 99):
        name, known = f"q{number}.png", number < TYPES
        pixels = np.asarray(Image.open(pictures.parent / f"{number % TYPES:03d}-0.png"))
        noisy = np.clip(pixels + rng.normal(0, 90, pixels.shape), 0, 255).astype(np.uint8)
        Image.fromarray(noisy if known else noisy.T.reshape(32, 32, 3)).save(tmp_path / name)
        lines.append(f"{name},{f't{number:03d}' if known else ''}")
    (tmp_path / "golden.csv").write_text("\n".join(lines))
    return tmp_path / "golden.csv"


def test_a_queries_file_is_searched_by_each_generation_with_its_own_models(coins, queries):
    coins.generations.build(encoder="strip")
    before = coins.evaluate(queries, ks=KS, group_by=GroupBy.TYPE)
    check = coins.generations.check(queries)
    assert (check.golden_set, check.queries) == ("golden.csv", TYPES)
    assert check.live == before.hit_rate
    coins.generations.promote(force=True)
    after = coins.evaluate(queries, ks=KS, group_by=GroupBy.TYPE)
    assert after.generation != before.generation
    assert check.candidate == after.hit_rate


def test_what_cannot_be_compared_is_refused(coins, queries):
    with pytest.raises(GenerationError, match="No generation has been built"):
        coins.generations.check()
    with pytest.raises(UsageError, match="is the live one"):
        coins.generations.check(generation=live(coins).id)
    with pytest.raises(GenerationError, match=r"no generation 9; there are 1\."):
        coins.generations.check(generation=9)
    coins.generations.build(encoder="strip")
    queries.write_text("image,type\nq99.png,")
    with pytest.raises(ManifestError, match="names no coin of the catalogue"):
        coins.generations.check(queries)
    for number in range(TYPES):
        coins.remove(images=[coins.show(f"t{number:03d}")[0].image.id])
    with pytest.raises(CheckFailedError, match="No design has two images"):
        coins.generations.check()
    coins.generations.build(encoder="blind")
    with pytest.raises(UsageError, match="2, 3"):
        coins.generations.check()


# --- promote, rollback, drop -----------------------------------------------------------------


def test_a_generation_takes_over_only_when_it_is_proven(coins, pictures):
    generations, store = coins.generations, coins.home.catalogue
    first = live(coins)
    building = generations.build(encoder="strip").generation
    with pytest.raises(CheckFailedError, match="has not been checked"):
        generations.promote()
    generations.check()
    generations.promote()
    assert live(coins).id == building.id
    assert store.generations()[0].state is GenerationState.RETIRED
    assert coins.home.vectors.alias_target("coins") == building.collection
    assert finds(coins, pictures.parent / "004-0.png")[:2] == ("t004", str(building.generation))
    with pytest.raises(GenerationError, match="is live"):
        generations.promote(building.id)
    with pytest.raises(GenerationError, match="is retired"):
        generations.promote(first.id, force=True)


def test_an_incomplete_generation_is_refused(coins):
    building = coins.generations.build(encoder="strip").generation
    coins.generations.check()
    # As a build that another process has only begun leaves it.
    coins.generations.drop(building.id)
    coins.generations._add(building.generation)
    for refused in (coins.generations.promote, coins.generations.check):
        with pytest.raises(CheckFailedError, match="14 of 14 images are still to be built") as why:
            refused()
        assert "--preprocessor whole --encoder strip" in why.value.hint


def test_a_worse_generation_is_refused_unless_told(coins):
    building = coins.generations.build(encoder="blind").generation
    assert coins.generations.check().is_worse
    with pytest.raises(CheckFailedError, match="found worse"):
        coins.generations.promote()
    assert coins.generations.promote(force=True).id == building.id


def test_a_check_against_another_live_generation_does_not_count(coins):
    coins.generations.build(encoder="strip")
    second = coins.generations.build(preprocessor="bright").generation
    coins.generations.check(generation=second.id)
    coins.generations.promote(2, force=True)
    with pytest.raises(CheckFailedError, match="has not been checked"):
        coins.generations.promote(second.id)


def test_rollback_brings_the_earlier_generation_up_to_date(coins, pictures, more):
    with pytest.raises(GenerationError, match="no earlier generation"):
        coins.generations.rollback()
    first = live(coins)
    second = coins.generations.build(encoder="strip").generation
    coins.generations.promote(force=True)
    coins.import_manifest(more)
    coins.edit("t001", country="Elsewhere")
    coins.remove("t002")
    assert coins.generations.rollback().built == 2
    assert live(coins).id == first.id
    assert coins.home.vectors.alias_target("coins") == first.collection
    gone = {image_id((pictures.parent / f"002-{shot}.png").read_bytes()) for shot in range(2)}
    wanted = wanted_vectors(pictures, "tiles") | wanted_vectors(more, "tiles")
    assert_holds(coins, first, {k: v for k, v in wanted.items() if k not in gone})
    assert coins.home.vectors.count(first.collection, 'country == "Elsewhere"') == PICTURES
    assert finds(coins, more.parent / "001-0.png")[:2] == ("later001", str(first.generation))
    coins.generations.rollback()
    assert live(coins).id == second.id


def test_dropping_reclaims_all_but_the_live_generation(coins):
    generations, home = coins.generations, coins.home
    first = live(coins)
    building = generations.build(encoder="strip").generation
    generations.drop(building.id)
    assert not home.vectors.has_collection(building.collection)
    assert [each.stored for each in generations.summaries()] == [first]
    with pytest.raises(GenerationError, match="is live"):
        generations.drop(first.id)
    assert home.vectors.count(first.collection) == 14
    second = generations.build(encoder="blind").generation
    generations.promote(force=True)
    generations.drop(first.id)
    assert [each.stored.generation for each in generations.summaries()] == [second.generation]
    with pytest.raises(GenerationError, match="no earlier generation"):
        generations.rollback()


# --- searching meanwhile ---------------------------------------------------------------------


def test_a_search_that_is_overtaken_by_a_swap_is_answered_all_the_same(coins, pictures):
    picture = pictures.parent / "003-0.png"
    first = live(coins)
    second = coins.generations.build(encoder="strip").generation
    assert finds(coins, picture)[1] == str(first.generation)
    import twin_models

    # The first generation is replaced and dropped between finding the coin and comparing it.
    twin_models.meanwhile += [
        lambda: coins.generations.drop(first.id),
        lambda: coins.generations.promote(force=True),
    ]
    kind, generation, similarity = finds(coins, picture)
    assert (kind, generation) == ("t003", str(second.generation))
    assert similarity == pytest.approx(1.0, abs=1e-6)


def test_a_batch_that_is_overtaken_is_answered_by_one_generation(coins, pictures):
    photos = [pictures.parent / name for name in ("001-0.png", "nothing.png", "003-0.png")]
    first = live(coins)
    second = coins.generations.build(encoder="strip").generation
    import twin_models

    twin_models.meanwhile += [
        lambda: coins.generations.drop(first.id),
        lambda: coins.generations.promote(force=True),
    ]
    one, missing, other = (answer for _, answer in coins.search_many(photos))
    assert [one.hits[0].type, other.hits[0].type] == ["t001", "t003"]
    assert {str(each.generation) for each in (one, other)} == {str(second.generation)}
    assert isinstance(missing, CoinvecError)


def test_an_explicitly_different_model_is_refused_with_what_builds_it(opened, pictures):
    coins = opened(TWIN | {"COINVEC_ENCODER": "strip", "COINVEC_PREPROCESSOR": "bright"})
    with pytest.raises(GenerationError, match="'bright'") as refused:
        coins.search(pictures.parent / "003-0.png")
    build = "coinvec generations build --preprocessor bright --encoder strip"
    assert refused.value.hint.endswith(build)
    assert refused.value.exit_status == 4


# --- the command line ------------------------------------------------------------------------


@pytest.fixture
def command(folder, coinvec, monkeypatch):
    """Runs `coinvec generations …` on the filled home."""
    monkeypatch.setenv("COINVEC_PLUGINS", "twin")
    return lambda *arguments: coinvec("generations", *arguments)


def test_the_commands_from_build_to_drop(command):
    assert command("promote").status == 4
    built = command("build", "--encoder", "strip", "--jobs", 1)
    assert built.status == 0
    assert "14 of 14 images" in built.err
    assert "coinvec generations check --generation 2" in built.err
    assert command("promote").status == 1
    checked = command("check", "--format", "json")
    assert checked.status == 0
    assert (checked.json["queries"], checked.json["worse"]) == (14, False)
    assert set(checked.json["hit_rate"]) == {str(k) for k in KS}
    assert "is live" in command("promote").err
    table = command("list").out.splitlines()
    assert [line.split()[:4] for line in table[1:]] == [
        ["1", "retired", "whole@1", "tiles@1"],
        ["2", "live", "whole@1", "strip@1"],
    ]
    assert "passed" in table[2]
    assert command("rollback").status == 0
    assert command("drop", 2).status == 0
    assert command("drop", 1).status == 4
    [only] = command("list", "--format", "json").json
    assert (only["id"], only["state"], only["vectors"], only["last_check"]) == (1, "live", 14, None)


def test_gaps_are_listed_and_a_worse_generation_fails_the_check(command):
    built = command("build", "--preprocessor", "bright", "--encoder", "blind")
    assert built.status == 0
    assert built.err.count("the preprocessor finds no coin") == DARK * PICTURES
    assert "t006/obverse/o1, 006-0.png" in built.err
    gaps = command("build", "--preprocessor", "bright", "--encoder", "blind", "--format", "json")
    assert set(gaps.json["gaps"].values()) == {"no_coin"}
    checked = command("check")
    assert checked.status == 1
    assert "worse than the live one" in checked.err
    assert "worse" in command("list").out


def test_settings_that_name_other_models_stand_in_the_way_of_searches_only(
    command, coinvec, pictures, monkeypatch
):
    monkeypatch.setenv("COINVEC_ENCODER", "strip")
    picture = pictures.parent / "003-0.png"
    refused = coinvec("search", "--image", picture)
    assert refused.status == 4
    assert "coinvec generations build --encoder strip" in refused.err
    assert command("build").status == 0
    assert "leave COINVEC_ENCODER unset" not in command("promote", "--force").err
    assert coinvec("search", "--image", picture).status == 0
    assert "leave COINVEC_ENCODER unset" in command("rollback").err


def test_promoting_says_how_many_images_it_cannot_find(opened, command):
    coins = opened()
    known = coins.show("t000")[0]
    bare = replace(known.image, id="0" * 64, media_digest=None)
    coins.home.catalogue.save([CoinRecord(known.coin, known.design, bare)], {}, live(coins).id)
    coins.close()
    command("build", "--encoder", "strip")
    assert "1 images of which no picture is kept" in command("promote", "--force").err
