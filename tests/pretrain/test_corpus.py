from pretrain.common import load_params
from pretrain.corpus import cut_body, decode, paragraphs

FILE = """The Project Gutenberg eBook of A Walk

*** START OF THE PROJECT GUTENBERG EBOOK
A WALK ***

A WALK

It rained, and the
road was “long”—too long.

[Illustration: a road]

I _never_ came home.

*** END OF THE PROJECT GUTENBERG EBOOK A WALK ***
Licence text.
"""


def test_body_lies_between_the_markers_even_when_one_is_wrapped():
    assert paragraphs(cut_body(FILE)) == [
        "A WALK",
        'It rained, and the road was "long"--too long.',
        "I never came home.",
    ]


def test_a_file_without_markers_is_kept_whole():
    assert cut_body("One.\n\nTwo.") == "One.\n\nTwo."


def test_small_print_header_is_cut():
    assert cut_body("junk\n*END THE SMALL PRINT! FOR PUBLIC DOMAIN*Ver.1*END*\nText.").strip() == "Text."


def test_windows_quotes_are_decoded():
    assert decode(b"\x93Yes\x94, caf\xe9") == "“Yes”, café"


def test_books_of_the_evaluation_are_never_trained_on():
    params = load_params("corpus")
    assert not set(params["books"]) & {"pg102", "pg45515", "pg98", "pg1661", *params["heldout"]}
