from coinvec_train.splits import is_held_out


def test_about_one_in_so_many_is_held_out_and_always_the_same_ones():
    names = [f"coin-{number}.webp" for number in range(4_000)]
    held = [name for name in names if is_held_out(name, 8)]
    assert 400 < len(held) < 600
    assert held == [name for name in names if is_held_out(name, 8)]


def test_the_choice_is_fixed_across_releases():
    """Published figures depend on it."""
    assert [name for name in map(str, range(12)) if is_held_out(name, 4)] == ["0", "9", "10"]
