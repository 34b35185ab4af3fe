import graphlib
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from twainbot.report import dag

PIPELINE = {
    "stages": {
        "a": {"outs": ["data/a"], "deps": ["raw"]},
        "b": {"deps": ["data/a/x.txt"], "outs": [{"data/b.json": {"cache": False}}]},
        "c": {"deps": ["data/b.json", "data/a"], "metrics": [{"m.json": {"cache": False}}]},
        "t": {
            "foreach": {"one": {"start": "${base.path}"}, "two": {"start": "out/one"}},
            "do": {"desc": "Make ${key}", "deps": ["${item.start}", "data"], "outs": ["out/${key}"]},
        },
        "g": {"foreach": ["x", "y"], "do": {"deps": ["out/two"], "plots": ["p/${item}.json"]}},
    }
}


def test_stages_of_foreach_are_one_node_an_item():
    stages = {stage.name: stage for stage in dag.read_stages(PIPELINE)}
    assert list(stages) == ["a", "b", "c", "t@one", "t@two", "g@x", "g@y"]
    assert stages["t@two"].deps == ("out/one", "data")
    assert stages["t@one"].deps[0] == "${base.path}"
    assert stages["t@one"].desc == "Make one"
    assert stages["g@y"].outs == ("p/y.json",)


def test_edges_join_outputs_to_dependencies_that_hold_or_lie_within_them():
    assert dag.find_edges(dag.read_stages(PIPELINE)) == {
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
        ("a", "t@one"),
        ("a", "t@two"),
        ("b", "t@one"),
        ("b", "t@two"),
        ("t@one", "t@two"),
        ("t@two", "g@x"),
        ("t@two", "g@y"),
    }


def test_a_name_that_only_begins_alike_is_another_path():
    stages = [dag.Stage("a", "", (), ("data/tag",)), dag.Stage("b", "", ("data/tagged",), ())]
    assert dag.find_edges(stages) == set()


def test_implied_edges_are_left_out():
    assert dag.reduce_edges({("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("a", "d")}) == {
        ("a", "b"),
        ("b", "c"),
        ("c", "d"),
    }


def test_each_stage_stands_as_late_as_its_users_allow():
    layers = dag.find_layers(["a", "b", "late", "c"], {("a", "b"), ("b", "c"), ("late", "c")})
    assert layers == [["a"], ["b", "late"], ["c"]]


def test_a_circle_is_refused():
    with pytest.raises(graphlib.CycleError):
        dag.find_layers(["a", "b"], {("a", "b"), ("b", "a")})


edge_sets = st.sets(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]), max_size=25
)


@given(edge_sets)
def test_arrows_point_right_and_boxes_do_not_overlap(pairs):
    names = [f"n{i}" for i in range(10)]
    edges = {(names[a], names[b]) for a, b in pairs}
    layout = dag.lay_out(names, edges)
    assert set(layout.boxes) == set(names)
    assert set(layout.lines) == edges
    for points in layout.lines.values():
        assert [x for x, _ in points] == sorted(x for x, _ in points)
        assert points[0][0] < points[-1][0]
    boxes = list(layout.boxes.values())
    for i, (x, y, width) in enumerate(boxes):
        assert x >= 0 and x + width <= layout.width
        assert dag.HEIGHT / 2 <= y <= layout.height - dag.HEIGHT / 2
        for other_x, other_y, other_width in boxes[:i]:
            apart = x + width <= other_x or other_x + other_width <= x or abs(y - other_y) >= dag.HEIGHT
            assert apart


@given(edge_sets)
def test_reduction_keeps_what_can_be_reached(pairs):
    edges = {(str(a), str(b)) for a, b in pairs}

    def closure(of):
        reached = set(of)
        while more := {(a, d) for a, b in reached for c, d in reached if b == c} - reached:
            reached |= more
        return reached

    assert closure(dag.reduce_edges(edges)) == closure(edges)


def test_the_drawing_is_xml_with_escaped_texts():
    stage = dag.Stage("x<y", 'a "<b>" & c', (), ())
    root = ElementTree.fromstring(dag.draw([stage]))
    assert root.find("g/title").text == 'x<y: a "<b>" & c'
    assert root.find("g/text/tspan").text == "x<y"


def test_no_stages_give_an_empty_drawing():
    assert ElementTree.fromstring(dag.draw([])).find("g") is None


def test_the_repository_s_own_pipeline_is_drawn_whole(at_root):
    dvc = yaml.safe_load((at_root / "dvc.yaml").read_text(encoding="utf-8"))
    stages = dag.read_stages(dvc)
    edges = dag.reduce_edges(dag.find_edges(stages))
    assert ("train@dapt", "train@style") in edges
    assert dag.draw(stages).count('<g class="stage">') == len(stages)
