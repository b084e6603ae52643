"""Choosing data: built-in ones, a file, and what is said about them."""

import re
from datetime import UTC, datetime

import pytest

from tutorkit import datasets
from tutorkit.widgets.own_data import NO_CLUSTER, NO_NOTES, OwnData
from tutorkit.widgets.session import Session

CSV = b"school,y,grade\n" + b"".join(b"%d,%d.5,%d\n" % (k // 4, k, k % 4) for k in range(80))


@pytest.fixture
def session():
    return Session("04_multilevel")


@pytest.fixture
def view(session):
    return OwnData(session)


def upload(view, content, name="mine.csv"):
    file = {"name": name, "content": memoryview(content), "size": len(content), "type": ""}
    view.upload.value = ({**file, "last_modified": datetime.now(tz=UTC)},)


def words(widget):
    return re.sub("<[^>]*>", " ", widget.value).replace("&#x27;", "'")


def test_controls_have_names(view):
    assert view.built_in.description == "Data set"
    assert view.upload.description in view.upload.tooltip
    assert view.upload.accept == ".csv,.dat,.txt"


def test_the_buttons_count_of_files_is_not_seen(view):
    assert "tutorkit-upload" in view.upload._dom_classes
    assert ".tutorkit-upload {font-size: 0;}" in view.table.value
    assert f'content: "{view.upload.description}" / "";' in view.table.value
    assert view.upload.layout.align_self == "flex-start"  # not as wide as the step


def test_a_built_in_data_set_is_chosen(session, view):
    assert view.built_in.value == "04_multilevel"
    assert "not the chapter authors' file" in words(view.about)
    view.built_in.value = "exercise_04"
    assert session.name == "exercise_04"
    assert "the chapter's exercise" in words(view.about)
    assert view.built_in.options == tuple((n, n) for n in datasets.names())


def test_a_file_becomes_the_sessions_data(session, view):
    upload(view, CSV)
    assert session.name == "mine.csv"
    assert session.data.shape == (80, 3)
    assert session.cluster == "school"
    assert session.complete is None
    assert "'mine.csv' has 80 rows and 3 columns." in words(view.message)
    assert view.built_in.value == ""
    assert view.built_in.label == "mine.csv"
    assert view.about.value == ""
    view.built_in.value = "04_multilevel"
    assert session.name == "04_multilevel"
    assert view.message.value == ""


def test_what_was_found_is_a_table_with_heads(view):
    upload(view, CSV)
    table = view.table.value
    assert re.findall(r'<th scope="row"[^>]*>(\w+)</th>', table) == ["school", "y", "grade"]
    assert table.count('scope="col"') == 4
    assert "clusters" in table
    assert "ordered categories?" in table
    assert "mine.csv: 80 rows" in words(view.table)


def test_what_is_to_mind_is_said(session, view):
    upload(view, CSV)
    assert "grade: It holds few different whole numbers" in words(view.notes)
    session.choose_cluster("grade")
    assert "'grade' has 4 values only" in words(view.notes)
    assert "ORDINAL" not in words(view.notes)
    session.choose_cluster(None)
    assert NO_CLUSTER in words(view.notes)
    assert "grade: It holds few different whole numbers" in words(view.notes)
    session.write("CLUSTERID: grades; MODEL: y ~ grade;")
    assert "The data have no column 'grades'. Did you mean 'grade'?" in words(view.notes)
    assert view.message.value == ""
    session.choose_cluster(None)
    upload(view, b"school,y\n" + b"".join(b"%d,%d.5\n" % (k % 20, k) for k in range(80)))
    assert "school: Its values repeat" in words(view.notes)
    assert NO_NOTES not in words(view.notes)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "'mine.csv' is empty"),
        (b"PK\0", "holds binary data"),
        (b"a,b\n1\n", "Line 2 of 'mine.csv' has 1 value"),
        (b"a;b\n1;2\n3\n", "separated by semicolons"),
    ],
)
def test_a_file_that_cannot_be_used_leaves_everything_as_it_was(session, view, content, says):
    session.begin("y")
    data, script = session.data, session.script
    upload(view, content)
    assert says in words(view.message)
    assert view.message.value.count('role="alert"') == 1
    assert session.data is data
    assert (session.name, session.script) == ("04_multilevel", script)
    assert view.built_in.value == "04_multilevel"
    upload(view, CSV)  # the corrected file, of the same name
    assert session.name == "mine.csv"
    assert "alert" not in view.message.value


def test_the_same_file_can_be_opened_again(view):
    upload(view, CSV)
    assert view.upload.value == ()


def test_a_file_is_not_taken_while_a_run_goes_on(session, view, monkeypatch):
    monkeypatch.setattr(Session, "running", True)
    view.built_in.value = "exercise_04"
    assert "A run is going on" in words(view.message)
    assert view.built_in.value == "04_multilevel"
    upload(view, CSV)
    assert session.name == "04_multilevel"


def test_markup_in_a_file_is_text(view):
    upload(view, b"<b>x</b>,y\n" + b"<i>,1\n" * 3, "<u>.csv")
    html = view.table.value + view.notes.value + view.message.value
    assert "<b>x" not in html
    assert "<i>" not in html
    assert "<u>" not in html
