from coins import candidate
from coinvec_rerank.order import by_score
from hypothesis import given
from hypothesis import strategies as st

SCORES = st.lists(st.none() | st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0]), max_size=12)


@given(SCORES, st.randoms())
def test_scored_candidates_fall_and_unscored_ones_keep_their_places(scores, random):
    given = [candidate(f"t{place}", 0.9 - place // 3 / 10) for place in range(len(scores))]
    placed = sorted(given, key=lambda each: (-each.similarity, each.image.id))
    score_of = {each.type: score for each, score in zip(placed, scores, strict=True)}
    random.shuffle(given)
    ordered = by_score(given, [score_of[each.type] for each in given])
    assert sorted(each.type for each in ordered) == sorted(score_of)
    for place, each in enumerate(placed):
        if score_of[each.type] is None:
            assert ordered[place] is each
    scored = [each for each in ordered if score_of[each.type] is not None]
    keys = [(-score_of[each.type], each.image.id) for each in scored]
    assert keys == sorted(keys)
