"""The provenance of a claim as a picture: who says it, whom they repeat, and who counts as one voice and why.

It is drawn from the groups and rows that the page shows in words, and from nothing else: it cannot show more.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from editorial.admin.claim_basis.view import RepeatGroup, StatementGroup, StatementRow

_FEWEST = 2  # statements worth a picture
_MOST_COLUMNS = 4
_NODE_WIDTHS = {1: 420, 2: 240, 3: 160, 4: 148}  # by the number of columns
_NODE_HEIGHT, _COLUMN_GAP, _ROW_GAP = 42, 36, 8
_PADDING, _TITLE_HEIGHT, _LINE_HEIGHT, _LANE_GAP = 12, 24, 16, 10
_CHARACTER = 6.4  # pixels, on average


@dataclass(slots=True)
class Node:
    """A statement, or the statements that only repeat one, in the picture."""

    number: str
    name: str
    manner: str
    href: str
    tone: str
    weight: str
    repeats: list[Node]
    column: int = 0
    x: int = 0
    y: int = 0
    width: int = 0

    @property
    def short_name(self) -> str:
        return textwrap.shorten(self.name, max(8, int((self.width - 44) / _CHARACTER)), placeholder="…")

    @property
    def short_manner(self) -> str:
        return textwrap.shorten(self.manner, max(8, int((self.width - 16) / _CHARACTER)), placeholder="…")

    @property
    def words(self) -> str:
        """What the picture says about it, without its name."""
        repeated = ", ".join(f"{node.number} {node.name}" for node in self.repeats)
        return ", ".join(filter(None, [self.manner, f"repeats {repeated}" if repeated else "", self.weight]))


@dataclass(slots=True)
class Lane:
    """The statements of one voice, with the reasons why they are one; or those of none."""

    title: str
    tone: str
    nodes: list[Node]
    reasons: list[str]
    unlisted_count: int = 0
    y: int = 0
    height: int = 0
    lines: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Provenance:
    """The picture: frames, nodes and lines with their places. `drawn_count` of `statement_count` are in it."""

    lanes: list[Lane]
    lines: list[str]
    width: int
    height: int
    drawn_count: int
    statement_count: int


def provenance_of(
    rows: Sequence[StatementRow],
    repeat_groups: Iterable[RepeatGroup],
    *,
    origins: Iterable[StatementGroup],
    against: Iterable[StatementGroup],
    statement_count: int,
) -> Provenance | None:
    """The picture of these statements; None if there are too few of them.

    `repeat_groups`: drawn as one node beside the statement that they repeat.
    """
    nodes = {row.number: _node(row) for row in rows}
    for row in rows:
        nodes[row.number].repeats = [nodes[origin.number] for origin in row.repeats if origin.number in nodes]
    collapsed = {group.origin.number: group for group in repeat_groups if group.origin.number in nodes}
    drawn_count = len(nodes) + sum(len(group.statement_rows) for group in collapsed.values())
    if drawn_count < _FEWEST:
        return None
    followers = {number: _repeats_node(group, nodes[number]) for number, group in collapsed.items()}
    lanes = _lanes(nodes, followers, collapsed, origins, against)
    width, height, lines = _place(lanes)
    return Provenance(lanes, lines, width, height, drawn_count, statement_count)


def _node(row: StatementRow) -> Node:
    statement, counts = row.statement, row.weight.counts
    heard_from = f", from {row.speakers.label(statement.informant)}" if statement.informant else ""
    return Node(
        number=str(row.number),
        name=row.source_label,
        manner=f"{statement.get_stance_display().lower()}, {statement.get_directness_display().lower()}{heard_from}",
        href=f"#s{row.number}",
        tone=statement.stance,
        weight={True: "counts", False: "does not count", None: "only custodians see whether it counts"}[counts],
        repeats=[],
    )


def _repeats_node(group: RepeatGroup, origin: Node) -> Node:
    count = len(group.statement_rows)
    return Node("+", f"{count} more", "only repeat it", "#statements", "repeats", "add nothing", [origin])


def _lanes(
    nodes: Mapping[int, Node],
    followers: Mapping[int, Node],
    collapsed: Mapping[int, RepeatGroup],
    origins: Iterable[StatementGroup],
    against: Iterable[StatementGroup],
) -> list[Lane]:
    """A frame for each group that has a node, and one for the nodes that are in no group. No node is drawn twice."""
    lanes: list[Lane] = []
    left = dict(nodes)
    for title, tone, groups in (("for it", "for", origins), ("against it", "against", against)):
        for group in groups:
            members = [left.pop(row.number) for row in group.statement_rows if row.number in left]
            if not members:
                continue
            shown = {row.number for row in group.statement_rows if row.number in nodes}
            shown |= {row.number for number in shown & collapsed.keys() for row in collapsed[number].statement_rows}
            unlisted_count = sum(row.number not in shown for row in group.statement_rows)
            lines_say_it = all(join.is_repetition for join in group.listed_joins)
            reasons = [
                f"{join.first.number} = {join.second.number}: {join.reason}"
                for join in group.listed_joins
                if not join.is_repetition
            ]
            if group.unlisted_join_count and not lines_say_it:
                reasons.append(f"and {group.unlisted_join_count} more joins")
            lanes.append(Lane(f"One voice {title}", tone, members, reasons, unlisted_count))
    if left:
        lanes.append(Lane("Other statements" if lanes else "Statements", "none", list(left.values()), []))
    for lane in lanes:
        lane.nodes += [followers[int(node.number)] for node in lane.nodes if int(node.number) in followers]
    return lanes


def _place(lanes: Collection[Lane]) -> tuple[int, int, list[str]]:
    """Give each frame and node its place, and return the size of the picture and its lines."""
    nodes = [node for lane in lanes for node in lane.nodes]
    for node in nodes:
        node.column = min(_depth(node, set()), _MOST_COLUMNS - 1)
    columns = max(node.column for node in nodes) + 1
    node_width = _NODE_WIDTHS[columns]
    width = 2 * _PADDING + columns * node_width + (columns - 1) * _COLUMN_GAP
    y = 1
    for lane in lanes:
        lane.y = y
        _place_lane(lane, node_width, int((width - 2 * _PADDING) / _CHARACTER))
        y += lane.height + _LANE_GAP
    return width + 2, y, [_line(node, origin) for node in nodes for origin in node.repeats]


def _place_lane(lane: Lane, node_width: int, characters: int) -> None:
    """Place nodes by column, one below the other, and the reasons below them."""
    filled: dict[int, int] = {}
    top = lane.y + _TITLE_HEIGHT + 4
    for node in lane.nodes:
        node.x, node.width = 1 + _PADDING + node.column * (node_width + _COLUMN_GAP), node_width
        node.y = top + filled.get(node.column, 0) * (_NODE_HEIGHT + _ROW_GAP)
        filled[node.column] = filled.get(node.column, 0) + 1
    bottom = top + max(filled.values()) * (_NODE_HEIGHT + _ROW_GAP)
    texts = [*lane.reasons, *([f"and {lane.unlisted_count} more statements"] if lane.unlisted_count else [])]
    for line in (line for text in texts for line in textwrap.wrap(text, characters)):
        bottom += _LINE_HEIGHT
        lane.lines.append((bottom - 4, line))
    lane.height = bottom + 6 - lane.y


def _depth(node: Node, visited: set[str]) -> int:
    """How many repetitions lie between a node and its furthest origin in the picture."""
    if node.number in visited:
        return 0
    return max((1 + _depth(origin, visited | {node.number}) for origin in node.repeats), default=0)


def _line(node: Node, origin: Node) -> str:
    """The path from an origin to what repeats it."""
    start_x, start_y = origin.x + origin.width, origin.y + _NODE_HEIGHT // 2
    end_x, end_y = node.x, node.y + _NODE_HEIGHT // 2
    if node.column == origin.column:  # deeper than there are columns
        return f"M{start_x} {start_y}C{start_x + 10} {start_y} {start_x + 10} {end_y} {start_x} {end_y}"
    middle = (start_x + end_x) // 2
    return f"M{start_x} {start_y}C{middle} {start_y} {middle} {end_y} {end_x} {end_y}"
