"""The distribution of points, as bars and in words."""

from tutorkit.charts.marks import marks_picture


def test_bars_and_words_say_the_same():
    picture = marks_picture([0, 1, 19.5, 20, 20, 20, 12], 20)
    assert picture.table["students"].tolist() == [2, 0, 0, 0, 0, 0, 1, 0, 0, 4]
    first, second = picture.text.splitlines()
    assert first == "7 students have from 0 to 20 of 20 points, on average 13.2."
    assert second == "Most (4) have 18 to 20."
    svg = picture.svg()
    assert "Points of 20" in svg
    assert svg.count('aria-roledescription="bar"') == 10
    assert "data:image/svg+xml" in picture.static_html()


def test_points_outside_count_at_the_ends():
    assert marks_picture([-1.0, 7.0], 5).table["students"].tolist() == [1, *[0] * 8, 1]
