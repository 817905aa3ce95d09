import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from dnstrace.model.structs import replace
from dnstrace.render.layout import ASCII, UNICODE, UNICODE_ONLY, Columns, Node, fold, rows


def drawn(root: Node, width: int = 60, guides=UNICODE) -> list[str]:  # type: ignore[no-untyped-def]
    return [row.plain for row in rows(root, width, guides)]


def node(text: str, *children: Node, descends: bool = False) -> Node:
    return Node(Text(text), list(children), descends)


def test_guides() -> None:
    root = node("root", node("a", node("b"), node("c")), node("d"))
    assert drawn(root) == ["root", "├─ a", "│  ├─ b", "│  └─ c", "└─ d"]
    assert drawn(root, guides=ASCII) == ["root", "|-- a", "|   |-- b", "|   `-- c", "`-- d"]


def test_signs_become_ascii() -> None:
    assert drawn(node("✗ com. ─ NS \N{MULTIPLICATION SIGN}13 · signed"), guides=ASCII) == [
        "x com. - NS x13 - signed"
    ]


def test_what_is_only_for_unicode_is_left_out_of_ascii() -> None:
    line = Text.assemble("xn--bcher-kva.", (" (bücher.)", UNICODE_ONLY), " · ü")
    assert drawn(Node(line), guides=ASCII) == ["xn--bcher-kva. - ?"]
    assert drawn(Node(line)) == ["xn--bcher-kva. (bücher.) · ü"]


def test_a_folded_line_keeps_its_indentation_and_its_guides() -> None:
    root = node("root", node("first part · second part", node("below")), node("third part · fourth part"))
    assert drawn(root, 20) == [
        "root",
        "├─ first part",
        "│  │   · second part",
        "│  └─ below",
        "└─ third part",
        "       · fourth part",
    ]


def test_folds_between_parts_then_words_then_labels_then_anywhere() -> None:
    def folded(text: str, room: int) -> list[str]:
        return [piece.plain for piece in fold(Text(text), room, room)]

    assert folded("one two · three four", 12) == ["one two", "· three four"]
    assert folded("one two   authoritative", 14) == ["one two", "authoritative"]
    assert folded("one two three four", 9) == ["one two", "three", "four"]
    assert folded("www.example.com.", 10) == ["www.", "example.", "com."]
    assert folded("a\\.b.example.com.", 10) == ["a\\.b.", "example.", "com."]
    assert folded("0123456789", 4) == ["0123", "4567", "89"]
    assert folded("ab\\027\\u{202e}z", 9) == ["ab\\027", "\\u{202e}z"]


def test_wide_characters_are_counted_in_columns() -> None:
    pieces = [piece.plain for piece in fold(Text("中国中国中国"), 5, 5)]
    assert pieces == ["中国", "中国", "中国"]


def test_styles_survive_folding() -> None:
    line = Text.assemble("plain words · ", ("red words", "red"))
    _, second = fold(line, 14, 14)
    assert [(span.style, second.plain[span.start : span.end]) for span in second.spans] == [
        ("red", "red words")
    ]


@example(" 0000", 2, 2)
@given(st.text(min_size=1), st.integers(2, 30), st.integers(2, 30))
def test_folding_loses_nothing_but_space(text: str, first: int, rest: int) -> None:
    line = Text(text)
    pieces = fold(line, first, rest)
    assert "".join("".join(piece.plain.split()) for piece in pieces) == "".join(line.plain.split())
    assert all(cell_len(piece.plain) <= (rest if index else first) for index, piece in enumerate(pieces))


def chain(depth: int) -> Node:
    below: list[Node] = []
    for number in range(depth, 0, -1):
        below = [node(f"zone {number}", node(f"server {number}"), *below, descends=True)]
    return below[0]


def test_zones_that_lie_too_deep_are_drawn_beside_with_a_dashed_guide() -> None:
    lines = drawn(chain(9), 60)
    assert lines[-9:] == [
        "            ├─ server 5",
        "            ├─ zone 6",
        "            │  └─ server 6",
        "            ├┄ zone 7",
        "            │  └─ server 7",
        "            ├┄ zone 8",
        "            │  └─ server 8",
        "            └┄ zone 9",
        "               └─ server 9",
    ]
    assert max(map(len, lines)) <= 60


def test_a_walk_inside_a_walk_counts_anew() -> None:
    lookup = node("look-up", chain(7))
    outer = node("zone", node("zone", lookup, descends=True), descends=True)
    assert not any("┄" in line for line in drawn(outer, 80))


def test_anything_too_deep_is_drawn_beside_in_the_end() -> None:
    root = node("last")
    for number in range(200):
        root = node(f"level {number}", root)
    lines = drawn(root, 60)
    assert len(lines) == 201
    assert max(map(len, lines)) <= 60
    assert lines[-1].strip().endswith("last") and "└┄" in lines[-1]


def test_a_thousand_levels_need_no_recursion() -> None:
    assert len(drawn(chain(1000), 80)) == 2000


def test_what_is_set_in_is_folded_at_the_same_column_in_ascii() -> None:
    heading = Node(Text("verdict"), [Node(Text("fix: " + "word " * 20))], heading=True)
    drawn = [[line.plain for line in rows(heading, 40, guides)] for guides in (UNICODE, ASCII)]
    assert drawn[0] == drawn[1] and drawn[0][2].startswith(" " * 8 + "word")


def test_a_time_is_not_parted_from_its_unit() -> None:
    assert drawn(node("", node("probed: 22 questions, 88 queries, 48 ms #5")), 40)[1:] == [
        "└─ probed: 22 questions, 88 queries,",
        "       48 ms #5",
    ]
    assert drawn(node("", node("probed: 22 questions, 88 queries, 48 msx")), 40)[1].endswith(" 48")


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (20, ["a  " + "x" * 9 + "…, no AA"]),
        (29, ["a  " + "x" * 18 + "…, no AA"]),
        (30, ["a  " + "x" * 20 + ", no AA"]),
        (80, ["a  " + "x" * 20 + ", no AA"]),
    ],
)
def test_a_long_cell_is_cut_to_the_room_there_is_before_its_remark(width: int, shown: list[str]) -> None:
    cell = Text("x" * 20).append(", no AA", "magenta")
    drawn = Columns([Text(""), Text("")], [[Text("a"), cell]], most=10)
    _, *lines = drawn.lines(width, UNICODE)
    assert [line.plain for line in lines] == shown
    assert [line.plain for line in replace(drawn, most=None).lines(80, UNICODE)][1] == f"a  {cell.plain}"
    assert [[cell.plain for cell in row] for row in drawn.cut()] == [["a", "x" * 9 + "…, no AA"]]
