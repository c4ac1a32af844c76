from coins import candidate
from coinvec_rerank.order import by_score
from hypothesis import given
from hypothesis import strategies as st

SCORES = st.lists(st.none() | st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0]), max_size=12)


@given(SCORES)
def test_scored_candidates_fall_and_unscored_ones_keep_their_places(scores):
    candidates = [candidate(f"t{place}", 0.5) for place in range(len(scores))]
    ordered = by_score(candidates, scores)
    score_of = {each.type: score for each, score in zip(candidates, scores, strict=True)}
    place_of = {each.type: place for place, each in enumerate(candidates)}
    assert sorted(each.type for each in ordered) == sorted(score_of)
    for place, score in enumerate(scores):
        if score is None:
            assert ordered[place] is candidates[place]
    scored = [each.type for each in ordered if score_of[each.type] is not None]
    keys = [(-score_of[each], place_of[each]) for each in scored]
    assert keys == sorted(keys)
