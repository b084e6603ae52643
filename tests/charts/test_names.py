"""Short names: short enough, and as many as there were."""

import pytest

from tutorkit.charts.names import shortened

LONG = "pupil_background_measure"


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["x1i", "reading_s1"], ["x1i", "reading_s1"]),
        (["reading_score_1"], ["reading…e_1"]),
        (["reading_score_final_1", "reading_score_final_2"], ["reading…l_1", "reading…l_2"]),
        (["a_pupils_school", "b_pupils_school"], ["a_pupil…ool", "b_pupil…ool"]),
        (["school_a_town_of", "school_b_town_of"], ["school_a…of", "school_b…of"]),
        ([], []),
    ],
)
def test_names_are_cut_in_the_middle_where_they_do_not_differ(names, short):
    assert list(shortened(names, 11).values()) == short


@pytest.mark.parametrize("most", [8, 11, 20])
@pytest.mark.parametrize(
    "names",
    [
        [f"{LONG}_{k}" for k in range(1, 11)],
        [f"{LONG}_{k}_of_the_{LONG}" for k in range(1, 121)],
        [f"{a}{LONG}{b}{LONG}{c}" for a in "ab" for b in "ab" for c in "ab"],
    ],
    ids=["end", "middle", "everywhere"],
)
def test_different_names_stay_different(names, most):
    short = shortened(names, most)
    assert list(short) == names
    assert len(set(short.values())) == len(names)
    assert max(map(len, short.values())) <= most
