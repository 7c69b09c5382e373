"""Words that turn a claim into another one, by language: negations, opposites and numbers in letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

_NEGATIONS = {
    "en": "no not nor none nobody nothing never neither without cannot",
    "de": "nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne weder noch",
    "fr": "ne pas jamais rien aucun aucune sans personne ni",
    "es": "no nunca jamas nada nadie ningun ninguno ninguna sin ni tampoco",
    "it": "non mai niente nulla nessuno nessuna senza ne",
    "nl": "niet geen nooit niemand niets zonder",
    "pt": "nao nunca jamais nada ninguem nenhum nenhuma sem nem",
    "sv": "inte icke ingen inget inga aldrig utan",
    "da": "ikke ingen intet aldrig uden",
    "nb": "ikke ingen intet aldri uten",
}
# Each line: this | that. An asterisk stands for any ending.
_OPPOSITES = {
    "en": """
        confirm*|deny denies denied denying denial
        admit*|deny denies denied denying denial
        true|false untrue
        rise rises rose risen rising increase*|fall falls fell fallen falling drop* decrease* decline*
        more|less fewer
        above|below
        before|after
        won win wins|lost lose loses
        acquit*|convict*
        guilty|innocent
        approv*|reject* refus*
        accept*|reject* refus*
        support*|oppos*
        alive|dead
        hired appointed|fired dismissed sacked
        arriv*|left departed
        open*|close*
        began begins started starts|ended ends stopped stops
        bought buys|sold sells
        legal|illegal unlawful
        aware knew|unaware
        increased|reduced
        allow*|ban banned forbade forbid*
    """,
    "de": """
        bestatig*|dementier* bestreitet bestreiten bestritt bestritten
        wahr|falsch unwahr
        steigt stieg stiegen gestiegen|fallt fiel fielen gefallen sinkt sank sanken gesunken
        mehr|weniger
        uber|unter
        vor|nach
        gewann gewonnen|verlor verloren
        freigesprochen|verurteilt
        schuldig|unschuldig
        genehmig*|abgelehnt
        lebt|tot
        legal|illegal
        kaufte gekauft|verkaufte verkauft
    """,
}
_FIGURES = {
    "en": "one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 eleven 11 twelve 12 twenty 20"
    " thirty 30 forty 40 fifty 50 once 1x twice 2x double 2x half half dozen 12 hundred 100 thousand 1000"
    " million m millions m billion bn billions bn",
    "de": "ein 1 eine 1 zwei 2 drei 3 vier 4 funf 5 sechs 6 sieben 7 acht 8 neun 9 zehn 10 elf 11 zwolf 12 halb half"
    " doppelt 2x zweimal 2x hundert 100 tausend 1000 million m millionen m milliarde bn milliarden bn",
    "fr": "deux 2 trois 3 quatre 4 cinq 5 six 6 sept 7 huit 8 neuf 9 dix 10 onze 11 douze 12 cent 100 mille 1000"
    " million m millions m milliard bn milliards bn",
    "es": "dos 2 tres 3 cuatro 4 cinco 5 seis 6 siete 7 ocho 8 nueve 9 diez 10 cien 100 mil 1000 millon m millones m",
}
_NOUNS_HAVE_CAPITALS = ("de", "lb")


@dataclass(frozen=True, slots=True)
class ContraryWords:
    """The words of one language, in small letters and without accents. `thousands`: what separates them."""

    negations: frozenset[str] = frozenset()
    opposites: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict)
    capitals_are_names: bool = True
    thousands: str = "."

    def is_negation(self, word: str) -> bool:
        """Whether the word negates: as a word, as “-n't”, or as “n'-”."""
        return word in self.negations or word.endswith("n't") or word.startswith("n'")


@cache
def of_language(language: str) -> ContraryWords:
    """The words of a language (BCP 47); of one that is not listed, none."""
    code = language.partition("-")[0].lower()
    code = {"nn": "nb", "no": "nb"}.get(code, code)
    figures = iter(_FIGURES.get(code, "").split())
    return ContraryWords(
        negations=frozenset(_NEGATIONS.get(code, "").split()),
        opposites=tuple(_pair(line) for line in _OPPOSITES.get(code, "").splitlines() if line.strip()),
        figures=dict(zip(figures, figures, strict=True)),
        capitals_are_names=code not in _NOUNS_HAVE_CAPITALS,
        thousands="," if code in ("en", "ga") else ".",
    )


def _pair(line: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    this, that = line.split("|")
    return _any_of(this), _any_of(that)


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word).replace(r"\*", r"\w*") for word in words.split()))
