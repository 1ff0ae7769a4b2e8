"""IV. Efficiency of agricultural HTX against the best of their peers."""

from __future__ import annotations

from kttt_lib.report.book import Book
from kttt_lib.report.document import Block
from kttt_lib.report.sections import pictures
from kttt_lib.report.teller import statements
from kttt_lib.results import EFFICIENCY_FUNNEL as FUNNEL
from kttt_lib.results import EFFICIENCY_PEERS as PEERS
from kttt_lib.results import EFFICIENCY_SCORES as SCORES
from kttt_lib.results import EFFICIENCY_SUMMARY as SUMMARY

SHOWN = 5
# The step of the funnel from which all others count: every HTX of the sector that was ever founded.
FOUNDED = "in_sector"
# The step that is there where the inference rests on some drawn at random.
DRAWN = "drawn"


def efficiency(book: Book) -> list[Block]:
    """The middle of the field, how sure, who stands near the frontier, whom to learn from, who was left out."""
    blocks: list[Block] = [book.heading(1, "head.efficiency", "efficiency")]
    if not book.has(SCORES, SUMMARY):
        return [*blocks, *_absent(book)]
    whole = {"dimension": "all"}
    values = {
        "n": book.number(SUMMARY, "organisations", "count", **whole),
        "year": book.number(SUMMARY, "year", "year", **whole),
        "mean": book.number(SUMMARY, "mean_bias_corrected", "percent.1", **whole),
        "efficient": book.number(SUMMARY, "efficient", "count", **whole),
    }
    sentences = [book.say("efficiency.summary", **values)]
    if values["mean"].known and values["mean"].value < 100:
        sentences.append(book.say("efficiency.meaning"))
    blocks.append(book.paragraph(*sentences))
    blocks.append(pictures.efficiency(book))
    blocks += _learning(book)
    left_out = _left_out(book)
    if left_out:
        blocks.append(left_out)
    if book.has(FUNNEL) and DRAWN in set(book.frame(FUNNEL).get("step", ())):
        drawn = book.number(FUNNEL, "organisations", "count", step=DRAWN)
        blocks.append(book.paragraph(book.say("efficiency.drawn", n=drawn), style="note"))
    blocks.append(book.paragraph(book.say("efficiency.caveat"), style="note"))
    return blocks


def _absent(book: Book) -> list[Block]:
    """Why there is nothing: how many HTX could be compared, how many are needed, where the others were left out."""
    if not book.has(FUNNEL) or "needed" not in book.frame(FUNNEL) or book.frame(FUNNEL)["needed"].isna().all():
        return [book.paragraph(book.say("absent.efficiency"))]
    reason = book.say(
        "absent.efficiency.few",
        year=book.number(FUNNEL, "year", "year", step="positive"),
        n=book.number(FUNNEL, "organisations", "count", step="positive"),
        needed=book.number(FUNNEL, "needed", "count", step="enough_alike"),
    )
    left_out = _left_out(book)
    return [book.paragraph(reason), *([left_out] if left_out else [])]


def _learning(book: Book) -> list[Block]:
    """The HTX that most others are measured against: whom to learn from."""
    if not book.has(PEERS):
        return []
    peers = book.frame(PEERS)
    if not {"peer_id", "peer_name"} <= set(peers.columns):
        return []
    followers = peers.groupby("peer_id")["org_id"].nunique().sort_values(ascending=False, kind="stable")
    leading = sorted(followers.index, key=lambda i: (-followers[i], i))[:SHOWN]
    items = []
    for peer in leading:
        first = peers.index[peers["peer_id"] == peer][0]
        where = {"peer_id": peer, "org_id": peers.loc[first, "org_id"]}
        items.append(
            book.say(
                "efficiency.peer",
                name=book.cell(PEERS, "peer_name", **where),
                n=book.number(PEERS, "org_id", "count", "nunique", peer_id=peer),
            )
        )
    return [book.paragraph(book.say("efficiency.peers")), book.bullets(items)]


def _left_out(book: Book) -> Block | None:
    if not book.has(FUNNEL):
        return None
    funnel = book.frame(FUNNEL)
    if not {"left_out", "step"} <= set(funnel.columns):
        return None
    lost = funnel[funnel["left_out"].fillna(0) > 0]
    parts = []
    for step in lost["step"]:
        n = book.number(FUNNEL, "left_out", "count", step=step)
        key = f"efficiency.left_out.{step}"
        if key in statements(book.language):
            parts.append(book.say(key, n=n))
        else:
            reason = book.cell(FUNNEL, f"step_{book.language}", step=step)
            parts.append(book.say("efficiency.left_out.part", n=n, reason=reason))
    if not parts:
        return None
    if FOUNDED not in set(funnel["step"]):
        return book.paragraph(book.say("efficiency.left_out", parts=book.teller.join(parts)))
    whole = book.number(FUNNEL, "organisations", "count", step=FOUNDED)
    return book.paragraph(book.say("efficiency.left_out.of", all=whole, parts=book.teller.join(parts)))
