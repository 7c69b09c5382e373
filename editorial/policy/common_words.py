"""Words that say little about a person: common given names, surnames that are everyday words, particles, titles.

They are in lower case, without accents. A common given name alone identifies nobody; a surname that is an everyday
word counts only where it has a capital letter.
"""

from __future__ import annotations

from editorial.policy import name_folding


def _words(text: str) -> frozenset[str]:
    """The words, also in the form that reads l as i."""
    words = frozenset(text.split())
    return words | {"".join(map(name_folding.digits_as_letters, word)) for word in words}


TITLES = _words(
    "mr mrs ms miss mx dr prof professor sir dame lord lady hon judge justice minister president senator governor "
    "mayor captain major colonel general sergeant officer inspector detective father mother sister brother rabbi imam "
    "sheikh herr frau monsieur madame senor senora jr sr ii iii iv phd md esq the"
)
PARTICLES = _words("al bin bint ibn ben abu da das de del della den der des di do dos du el la le les mac mc o of san "
                   "st ter van vander von y zu zur und e")  # fmt: skip
COMMON_GIVEN_NAMES = _words(
    """
    aaron abdul abdullah abigail adam adrian agnes ahmad ahmed aisha alan albert alex alexander alexandra alexei
    alfred ali alice amanda amir amy ana anastasia andre andrea andreas andrei andrew angela ann anna anne anthony
    antonio arthur barbara beatrice benjamin bernard beth betty bill bob brian bruce carl carla carlos carol
    caroline catherine charles charlotte chris christian christina christine christopher claire claudia clara colin
    daniel daniela dave david deborah dennis diana diane dmitri donald donna dorothy douglas edward elena eleanor
    elizabeth ellen emily emma eric erik ernest eva fatima felix fernando frances francesco francis francisco frank
    fred frederick gabriel gary george gerald giovanni giulia gloria grace graham gregory guy hannah hans harold
    harry hassan heather heinz helen helena henri henry hugo hussein ian ibrahim igor ines irene isabel ivan jack
    jacob jacques jake james jamie jan jane janet jason jean jeff jeffrey jennifer jessica jim joan joanna joao
    johanna johann john jonathan jorge jose joseph joshua joyce juan judith julia julian julie julio karen karl kate
    katherine kathleen keith kelly kenneth kevin khalid kim klaus larry laura lawrence leo leonard lewis liam linda
    lisa louis louise lucas lucia lucy luigi luis luke mahmoud malik manuel marc marco margaret maria mariam marie
    mario mark marta martha martin mary matthew maurice max megan michael michel michelle miguel mike mikhail
    mohamed mohammad mohammed monica muhammad mustafa nancy natalia natasha nathan neil nicholas nick nicola nicolas
    nicole nikolai noah nora oliver olivia olga omar oscar pablo pamela patricia patrick paul paula paulo pauline
    pedro peter philip philippe pierre piotr rachel ralph raymond rebecca ricardo richard robert roberto roger
    roland ronald rose roy russell ruth ryan said sally salma sam samantha samuel sandra sara sarah scott sean
    sergei sharon simon sofia sophia sophie stefan stephanie stephen steve steven stuart susan sylvia tania tatiana
    teresa terry theodore thomas timothy tina tony ursula valentina vera victor victoria vincent virginia vladimir
    walter wang wendy werner william wolfgang xavier yasmin yusuf yves zoe
    """
)
EVERYDAY_WORDS = _words(
    """
    abbot anger angel archer ash baker ball banks barber barker barn bar barrow bay beach bean bear bell best bird
    bishop black blue boat bond book bow bridge bright brook brown burns bush butcher butler camp cannon carpenter
    carter case cash chance chase church clay cook cooper court cross crow day dean drake dry early east english
    farmer field finch fish fisher flood flowers ford forest foster fox freeman french frost fry game gardener gay
    gold good gray green grey grove hall hand hardy hart hawk heath hill hope house hunt hunter ice judge keen key
    king knight lake lamb lane large law little long lord love low man march marsh mason may meadow mercer miles
    mill miller moon moore more moss mount nail new newman night noble north page pain palm park parker parish
    parson peace pearl pepper pike pitt place pond pool pope porter post potter power price prince public quick rain
    read reed reeves rice rich ring rivers roads rock rose rush sage sands savage sawyer sea sharp shepherd short
    singer singh sky small smart smith snow south speed spencer spring steel stone street strong summer summers
    sweet swift tailor taylor temple thorn tower town turner wall walker ward waters way weaver webb weeks welcome
    wells west wheel white wild will wind winter wise wolf wood woods worth wright young
    """
)
