"""Confidential names in text: every spelling that a writer may use is detected, and ordinary text is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editorial.policy import name_matching
from editorial.policy.name_matching import Matcher, NamePart

NAME = "Harold Quillfeather"


def name_part_in(name: str, text: str) -> NamePart | None:
    """The part of one name that the text contains."""
    return Matcher([name]).parts_in(text)[0]


VARIANTS = {
    "as it is": ("Harold Quillfeather", NamePart.WHOLE_NAME),
    "capitals": ("HAROLD QUILLFEATHER", NamePart.WHOLE_NAME),
    "surname alone": ("it was Quillfeather who called", NamePart.SURNAME),
    "surname in small letters": ("ask quillfeather", NamePart.SURNAME),
    "given name alone": ("as Zephyrine said", NamePart.GIVEN_NAME),
    "reversed": ("Quillfeather, Harold", NamePart.WHOLE_NAME),
    "initial before": ("H. Quillfeather", NamePart.INITIALS),
    "initial after": ("Quillfeather H.", NamePart.INITIALS),
    "initial without space": ("hquillfeather", NamePart.INITIALS),
    "Cyrillic look-alikes": ("H\u0430rold Qu\u0456llf\u0435\u0430ther", NamePart.WHOLE_NAME),
    "Greek look-alikes": ("\u0397arold Quillfeather", NamePart.WHOLE_NAME),
    "fullwidth letters": ("\uff31\uff55\uff49\uff4c\uff4cfeather", NamePart.SURNAME),
    "mathematical letters": ("\U0001d410uillfeather", NamePart.SURNAME),
    "accents": ("Qu\u00edllfe\u00e4ther", NamePart.SURNAME),
    "accents as marks": ("Qui\u0301llfeather", NamePart.SURNAME),
    "zero-width space": ("Quill\u200bfeather", NamePart.SURNAME),
    "soft hyphen": ("Quill\u00adfeather", NamePart.SURNAME),
    "word joiner": ("Quill\u2060feather", NamePart.SURNAME),
    "hyphen": ("Quill-feather", NamePart.SURNAME),
    "hyphen at the end of a line": ("Quill-\nfeather", NamePart.SURNAME),
    "line break": ("Quill\nfeather", NamePart.SURNAME),
    "two words": ("quill feather", NamePart.SURNAME),
    "spaced letters": ("Q u i l l f e a t h e r", NamePart.SURNAME),
    "dotted letters": ("Q.u.i.l.l.f.e.a.t.h.e.r", NamePart.SURNAME),
    "line break between the names": ("Harold\nQuillfeather", NamePart.WHOLE_NAME),
    "digits for letters": ("Qu1llf34th3r", NamePart.SURNAME),
    "signs for letters": ("Qu!llfe@ther", NamePart.SURNAME),
    "capital i for l": ("QuiIIfeather", NamePart.SURNAME),
    "possessive": ("Quillfeather's office", NamePart.SURNAME),
    "possessive with a curly apostrophe": ("Quillfeather\u2019s office", NamePart.SURNAME),
    "plural": ("the Quillfeathers", NamePart.SURNAME),
    "address": ("harold.quillfeather@example.org", NamePart.WHOLE_NAME),
    "account": ("@haroldquillfeather77", NamePart.WHOLE_NAME),
    "account with underscore": ("quillfeather_harold", NamePart.WHOLE_NAME),
}


@pytest.mark.parametrize(("text", "part"), VARIANTS.values(), ids=VARIANTS)
def test_every_spelling_of_a_name_is_detected(text, part):
    name = "Zephyrine Quillfeather" if part is NamePart.GIVEN_NAME else NAME
    assert name_part_in(name, f"He said: {text}, and left.") is part


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("Seán O\u2019Neill", "sean oneill", NamePart.WHOLE_NAME),
        ("Sean ONeill", "O'Neill", NamePart.SURNAME),
        ("Anne-Marie Duval", "Annemarie", NamePart.GIVEN_NAME),
        ("Ludwig van der Berg", "Vander Berg", NamePart.SURNAME),
        ("Dr. Jo Roe", "jo roe", NamePart.WHOLE_NAME),
        ("Jo Ann Roe", "Jo Roe", NamePart.WHOLE_NAME),
        ("Jo Ann Roe", "J. A. Roe", NamePart.INITIALS),
        ("Søren Łuk", "Luk, Soren", NamePart.WHOLE_NAME),
        ("Пётр Иванов", "ПЕТР ИВАНОВ", NamePart.WHOLE_NAME),
        ("Ηρώ Μαύρου", "μαυρου", NamePart.SURNAME),
        ("王小明", "据王小明说", NamePart.WHOLE_NAME),
        ("Li Wei", "Wei Li", NamePart.WHOLE_NAME),
        ("Madonna", "MADONNA", NamePart.WHOLE_NAME),
        ("Harold Public", "Mr Public called", NamePart.SURNAME),
    ],
)
def test_names_of_many_kinds_are_detected(name, text, part):
    assert name_part_in(name, text) is part


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Jo Roe", "Banjo Roeder"),
        ("Jo Roe", "a heroes' welcome for Jo"),
        ("Harold Public", "the public works department"),
        ("Harold Public", "Harold Wilson"),
        ("Li Wei", "a li in the east"),
        ("Ann May", "It may rain, and Ann knows."),
        ("Mark Ofa", "one of a kind"),
        (NAME, "a sluice engineer"),
        (NAME, ""),
        (NAME, "  \n"),
        (NAME, "feather quill"),
    ],
)
def test_ordinary_text_is_not_a_name(name, text):
    assert name_part_in(name, text) is None


def test_several_names_are_compared_with_one_text():
    assert Matcher([NAME, "Jo Roe"]).parts_in("Roe was there.") == [None, NamePart.SURNAME]


INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u0301\u0308\ufe0f"
LOOK_ALIKES = {"a": "аα4@", "e": "еε3", "i": "іι1!|l", "o": "оο0", "h": "һ", "l": "1I", "r": "r", "t": "7τ", "f": "f"}


@given(st.data())
def test_a_disguise_of_a_surname_is_detected(data):
    """Any mix of look-alikes, digits, capitals and invisible characters."""
    surname = "quillfeather"
    letters = [
        data.draw(st.sampled_from([letter, letter.upper(), *LOOK_ALIKES.get(letter, "")]))
        + data.draw(st.text(INVISIBLE, max_size=2))
        for letter in surname
    ]
    assert name_part_in(NAME, f"It was {''.join(letters)}.") is not None


@given(st.text(max_size=40), st.text(max_size=40))
def test_words_around_a_name_do_not_hide_it(before, after):
    assert name_part_in(NAME, f"{before} Harold Quillfeather {after}") is NamePart.WHOLE_NAME


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_compared_with_any_name(name, text):
    assert name_part_in(name, text) in (None, *NamePart)


@given(st.text("abcdefgh ,.-'", min_size=3, max_size=30).filter(lambda name: any(c.isalpha() for c in name)))
def test_a_name_contains_itself(name):
    assert name_part_in(name, name) is NamePart.WHOLE_NAME


class TestCandidates:
    """About how many names a text could hold."""

    def count(self, *texts):
        return name_matching.count_candidates(texts)

    def test_prose_holds_few(self):
        assert self.count("The gate was open at noon, and Roe of the Harbour Board saw who came through it.") == 5
        assert self.count("nobody was there.") == 0

    def test_a_word_counts_once(self):
        assert self.count("Roe Roe ROE", "Roe") == 1

    @pytest.mark.parametrize(
        "text",
        [
            " ".join(f"Bra{letter}bbel" for letter in "abcdefghijklmnopqrstuvwxyz" * 1),
            "".join(f"Bra{letter}bbelton" for letter in "abcdefghijklmnopqrstuvwxyz"),
            "".join(f"bra{letter}bbelton" for letter in "abcdefghijklmnopqrstuvwxyz"),
            " ".join(f"bra{one}bbel{two}" for one in "abcdefghijklmno" for two in "abcdefghijklmno"),
            "、".join(f"{one}{two}子" for one in "山川田中村木林森" for two in "一二三四"),
            "".join(f"{one}{two}子" for one in "山川田中村木林森" for two in "一二三四"),
            " ".join(f"{one}حمد{two}" for one in "متبس" for two in "ابجدهوز"),
        ],
        ids=["capitals", "together", "small and together", "small", "han", "han together", "arabic"],
    )
    def test_a_list_of_names_holds_many_however_it_is_written(self, text):
        assert self.count(text) >= 18
