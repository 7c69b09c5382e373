"""How assessing grows with the number of statements: `python -m tests.proofs.bench`.

Prints sizes, milliseconds of processor time and how much longer each size takes than the one before it, next to how
much larger it is: equal numbers mean linear growth. The garbage collector runs as in production. Other work disturbs a
measurement: the sizes take turns, and the best of several rounds counts.
"""

import gc
import sys
from collections.abc import Callable, Iterable
from functools import partial
from time import process_time

from editorial.policy.facts import CaseFacts, ClaimFacts, RelayFacts, SourceFacts, StatementFacts
from editorial.policy.verification import digest, finding, thresholds
from editorial.policy.vocabulary import (
    Authenticity,
    BenefitsIf,
    Directness,
    ObtainedBy,
    Risk,
    SourceType,
    Stance,
    Terms,
)

SIZES = (20, 1_000, 10_000)
ROUNDS = 6


def statement(number: int, **fields) -> StatementFacts:
    """The statement of a separate source."""
    usual = {"stance": Stance.AFFIRMS, "directness": Directness.FIRST_HAND, "terms": Terms.ON_RECORD}
    return StatementFacts(id=f"t{number}", source=f"s{number}", claim="c", **(usual | fields))


def case_of(statements: Iterable[StatementFacts], relays: Iterable[RelayFacts] = (), **ties) -> CaseFacts:
    """A serious claim with these statements, each by a separate person with these ties."""
    items = list(statements)
    return CaseFacts.of(
        claims=[ClaimFacts(id="c", risk=Risk.SERIOUS)],
        sources=[SourceFacts(id=item.source, type=SourceType.PERSON, **ties) for item in items],
        statements=items,
        relays=relays,
    )


def strangers(size: int) -> CaseFacts:
    """Every source is an eyewitness, and no two have a tie."""
    return case_of(statement(number) for number in range(size))


def repeats(size: int) -> CaseFacts:
    """Nine out of ten repeat one agency; the rest are eyewitnesses."""
    many = size * 9 // 10
    external = {"obtained_by": ObtainedBy.EXTERNAL}
    agency = statement(0, **external)
    copies = [statement(number, directness=Directness.RELAYED, **external) for number in range(1, many)]
    rest = [statement(number) for number in range(many, size)]
    return case_of([agency, *copies, *rest], [RelayFacts(copy.id, agency.id) for copy in copies])


def chain(size: int) -> CaseFacts:
    """Each repeats the one before, down to two eyewitnesses."""
    rest = [statement(number, directness=Directness.RELAYED) for number in range(2, size)]
    links = [RelayFacts(f"t{number}", f"t{number - 1}") for number in range(2, size)]
    return case_of([statement(0), statement(1), *rest], links)


def briefing(size: int) -> CaseFacts:
    """All but two spoke at one briefing."""
    return case_of(statement(number, briefing="b" if number > 1 else None) for number in range(size))


def hearsay(size: int) -> CaseFacts:
    """Half are eyewitnesses, and each of them told one of the other half."""
    half = size // 2
    witnesses = [statement(number) for number in range(half)]
    tellers = [
        statement(number, directness=Directness.SECOND_HAND, informant=f"s{number - half}")
        for number in range(half, size)
    ]
    return case_of([*witnesses, *tellers])


def one_informant(size: int) -> CaseFacts:
    """One eyewitness; all others heard it from one person who has not spoken, and with them it just meets its row."""
    tellers = [statement(number, directness=Directness.SECOND_HAND, informant="absent") for number in range(1, size)]
    case = case_of([statement(0), *tellers])
    absent = SourceFacts(id="absent", type=SourceType.PERSON)
    return CaseFacts.of(
        claims=case.claims.values(), sources=[absent, *case.sources.values()], statements=case.statements.values()
    )


def same_publisher(size: int) -> CaseFacts:
    """All work for one employer: half are eyewitnesses, and half heard it from a colleague who has not spoken."""
    half = size // 2
    witnesses = [statement(number) for number in range(half)]
    tellers = [statement(number, directness=Directness.SECOND_HAND, informant="s0") for number in range(half, size)]
    return case_of([*witnesses, *tellers], org="house")


def partisans(size: int) -> CaseFacts:
    """Half affirm it; the other half deny it and gain if it is not believed."""
    half = size // 2
    deniers = [
        statement(number, stance=Stance.DENIES, benefits_if=BenefitsIf.DISBELIEVED) for number in range(half, size)
    ]
    return case_of([*(statement(number) for number in range(half)), *deniers])


def record(size: int) -> CaseFacts:
    """A record establishes it; all others deny it, without an interest, and spoke at one briefing."""
    deniers = case_of(statement(number, stance=Stance.DENIES, briefing="b") for number in range(1, size))
    document = SourceFacts(
        id="s0", type=SourceType.DOCUMENT, authenticity=Authenticity.GENUINE, establishes=frozenset({"c"})
    )
    return CaseFacts.of(
        claims=deniers.claims.values(),
        sources=[document, *deniers.sources.values()],
        statements=[statement(0), *deniers.statements.values()],
    )


SHAPES: tuple[Callable[[int], CaseFacts], ...] = (
    strangers,
    repeats,
    chain,
    briefing,
    hearsay,
    one_informant,
    same_publisher,
    partisans,
    record,
)


def milliseconds(work: Callable[[], object]) -> float:
    """The processor time of one run."""
    gc.collect()
    start = process_time()
    work()
    return (process_time() - start) * 1000


def best_times(shape: Callable[[int], CaseFacts]) -> dict[int, list[float]]:
    """Size → the times of an assessment, of one without `hangs_on`, and of the digest, each of the best round."""
    policy = thresholds.default_policy()
    times = {size: [float("inf")] * 3 for size in SIZES}
    cases = {size: shape(size) for size in SIZES}
    for _ in range(ROUNDS):
        for size, case in cases.items():
            works = (
                partial(finding.assess, case, policy),
                partial(finding.assess, case, policy, hangs_on=False),
                partial(digest.digest, case, "c"),
            )
            times[size] = [min(before, milliseconds(work)) for before, work in zip(times[size], works, strict=True)]
    return times


def measure() -> Iterable[str]:
    """One line per shape and size."""
    yield f"{'shape':<15}{'statements':>11}{'assess':>12}{'growth':>16}{'no hangs_on':>14}{'digest':>10}"
    for shape in SHAPES:
        before = None
        for size, (spent, bare, hashed) in best_times(shape).items():
            growth = f"x{spent / before[1]:.1f} for x{size / before[0]:.0f}" if before else ""
            yield (f"{shape.__name__:<15}{size:>11,}{spent:>9.1f} ms{growth:>16}{bare:>11.1f} ms{hashed:>7.1f} ms")
            before = (size, spent)


if __name__ == "__main__":
    for line in measure():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
