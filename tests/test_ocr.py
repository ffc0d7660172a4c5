"""What is recognised on scanned pages: running heads and page numbers are no text, though the pages lie askew."""

from __future__ import annotations

from ingest.layout import PageLayout, Run, lay_out

WORDS = "The clerk paints the bridges of the town every spring and closes them in winter."


def line(y: float, text: str) -> tuple[Run, ...]:
    """The words of a line, as they are recognised."""
    return tuple(
        Run(x=72 + 40 * place, y=y, size=10, width=38, bold=False, italic=False, text=word + " ")
        for place, word in enumerate(text.split())
    )


def page(head: str, *, shift: float = 0, words: str = WORDS) -> PageLayout:
    """A scanned page of A4 that lies so many points too high."""
    runs = (*line(800 + shift, head), *line(700 + shift, words), *line(686 + shift, words))
    return PageLayout(runs=runs, discs=(), rules=(), width=595, height=842, recognised=True)


def test_running_heads_of_a_scan_are_no_text_and_tell_the_page_labels() -> None:
    pages = [page("14 TownReview(2099)01"), page("TownReview(2099)01 15", shift=-6), page("16 TownReview(2099)01")]
    reading = lay_out(pages)
    assert reading.page_labels == ("14", "15", "16")
    assert not any("TownReview" in block.text for block in reading.blocks)


def test_cover_of_a_scanned_excerpt_has_no_label_of_its_neighbours() -> None:
    cover = page("Review of the bridges of the town")
    reading = lay_out([cover, page("14 TownReview(2099)01"), page("TownReview(2099)01 15", shift=-6)])
    assert reading.page_labels == ("1", "14", "15")


def test_scanned_page_between_two_with_numbers_is_counted() -> None:
    unread = page("", words=WORDS)
    reading = lay_out(
        [page("4 TownReview(2099)01"), unread, page("6 TownReview(2099)01"), page("7 TownReview(2099)01")]
    )
    assert reading.page_labels == ("4", "5", "6", "7")
