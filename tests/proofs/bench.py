"""How assessing grows with the number of statements: `python -m tests.proofs.bench`.

Prints sizes, milliseconds and how much longer each size takes than the one before it, next to how much larger
it is: equal numbers mean linear growth. The best of a few runs counts, for other work disturbs a measurement.
"""

import gc
import sys
from collections.abc import Callable, Iterable
from time import process_time

from editorial.policy.facts import CaseFacts, ClaimFacts, RelayFacts, SourceFacts, StatementFacts
from editorial.policy.verification import digest, finding, thresholds
from editorial.policy.vocabulary import BenefitsIf, Directness, ObtainedBy, Risk, SourceType, Stance, Terms

SIZES = (20, 1_000, 10_000)


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


SHAPES: tuple[Callable[[int], CaseFacts], ...] = (
    strangers,
    repeats,
    chain,
    briefing,
    hearsay,
    same_publisher,
    partisans,
)


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """The time of the best run."""
    best = float("inf")
    for _ in range(runs):
        gc.collect()
        start = process_time()
        work()
        best = min(best, process_time() - start)
    return best * 1000


def measure() -> Iterable[str]:
    """One line per shape and size."""
    policy = thresholds.default_policy()
    yield f"{'shape':<12}{'statements':>11}{'assess':>12}{'growth':>16}{'no hangs_on':>14}{'digest':>10}"
    for shape in SHAPES:
        before = None
        for size in SIZES:
            case = shape(size)
            runs = 2 if size > 5_000 else 5
            spent = milliseconds(lambda case=case: finding.assess(case, policy), runs)
            bare = milliseconds(lambda case=case: finding.assess(case, policy, hangs_on=False), runs)
            hashed = milliseconds(lambda case=case: digest.digest(case, "c"), runs)
            growth = f"x{spent / before[1]:.0f} for x{size / before[0]:.0f}" if before else ""
            yield (f"{shape.__name__:<12}{size:>11,}{spent:>9.1f} ms{growth:>16}{bare:>11.1f} ms{hashed:>7.1f} ms")
            before = (size, spent)


if __name__ == "__main__":
    for line in measure():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
