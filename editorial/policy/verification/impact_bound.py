"""An upper bound, cheap to compute, on the statements affected when an identity withdraws all of its statements."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from editorial.policy.verification.evidence import Evidence, Voice
from editorial.policy.vocabulary import ObtainedBy


class ImpactBound:
    """The statements on one claim that an identity's withdrawal affects."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    def affected_by(self, identity: str) -> tuple[set[str], set[str]]:
        """The statements that die, and all whose weight might change; both only those that can count."""
        gone = self.newly_dead(self.statements_by_identity[identity])
        touched = gone | self.dependents(gone)
        freed = {name for stir in touched for name in self.cancelled_by.get(self.voice_of(stir), ())}
        return gone & self.evidence.admissible, (touched | freed) & self.evidence.admissible

    def newly_dead(self, ended: Iterable[str]) -> set[str]:
        """The withdrawn statements, and those known only through them."""
        gone = set(ended)
        carriers: dict[str, int] = {}
        spreading = list(gone)
        while spreading:
            derived = spreading.pop()
            for origin in self.evidence.relays[derived]:
                if origin in gone or origin not in self.relevant_or_relaying or derived in self.evidence.dead:
                    continue
                if origin == derived or self.evidence.statements[origin].obtained_by is ObtainedBy.US:
                    continue
                carriers[origin] = carriers.get(origin, self.live_relayer_counts[origin]) - 1
                if not carriers[origin]:
                    gone.add(origin)
                    spreading.append(origin)
        return gone

    def dependents(self, dead: set[str]) -> set[str]:
        """Statements that rest on these, directly or indirectly."""
        shaken: set[str] = set()
        spreading = list(dead)
        while spreading:
            for derived in self.linked_from(spreading.pop()):
                if derived in self.relevant and derived not in shaken:
                    shaken.add(derived)
                    spreading.append(derived)
        return shaken

    def voice_of(self, name: str) -> Voice:
        """The voice of a statement."""
        return self.evidence.speaker[name], self.evidence.statements[name].stance

    def linked_from(self, name: str) -> Iterator[str]:
        """The statements that link to this one, or would if it were dead for another reason."""
        yield from self.evidence.relayers.get(name, ())
        yield from self.statements_by_informant.get(self.voice_of(name), ())

    @cached_property
    def statements_by_informant(self) -> dict[Voice, list[str]]:
        """Voice → the statements that have it as their informant."""
        found: dict[Voice, list[str]] = {}
        for name in self.evidence.informant:
            told_by = self.evidence.informant_identity(name)
            if told_by:
                found.setdefault((told_by, self.evidence.statements[name].stance), []).append(name)
        return found

    @cached_property
    def statements_by_identity(self) -> dict[str, set[str]]:
        """Identity → the statements of which it is the source or the informant."""
        found: dict[str, set[str]] = {}
        for voices in (self.evidence.statements_by_voice, self.statements_by_informant):
            for (identity, _), names in voices.items():
                found.setdefault(identity, set()).update(names)
        return found

    @cached_property
    def live_relayer_counts(self) -> dict[str, int]:
        """Statement → the number of statements that repeat it and are not dead."""
        return {
            origin: sum(derived not in self.evidence.dead for derived in relayers)
            for origin, relayers in self.evidence.relayers.items()
        }

    @cached_property
    def cancelled_by(self) -> dict[Voice, list[str]]:
        """Voice → the statements that it cancels."""
        found: dict[Voice, list[str]] = {}
        for name in self.evidence.admissible:
            for voice in self.evidence.opposing_voices(self.evidence.statements[name]):
                found.setdefault(voice, []).append(name)
        return found

    @cached_property
    def relevant(self) -> set[str]:
        """Statements that support one that counts, might count, or cancels one that might."""
        evidence = self.evidence
        found = {*evidence.admissible}
        found |= {name for voice in self.cancelled_by for name in evidence.statements_by_voice.get(voice, ())}
        spreading = list(found)
        voices: set[Voice] = set()
        while spreading:
            name = spreading.pop()
            below = list(evidence.relays[name])
            heard = (evidence.informant_identity(name) or "", evidence.statements[name].stance)
            if heard not in voices:
                voices.add(heard)
                below += evidence.statements_by_voice.get(heard, ())
            fresh = set(below) - found
            found |= fresh
            spreading += fresh
        return found

    @cached_property
    def relevant_or_relaying(self) -> set[str]:
        """The relevant statements, and those that relay the ones we know only through others."""
        found = set(self.relevant)
        spreading = list(found)
        while spreading:
            name = spreading.pop()
            if self.evidence.statements[name].obtained_by is ObtainedBy.EXTERNAL:
                fresh = set(self.evidence.relayers.get(name, ())) - found
                found |= fresh
                spreading += fresh
        return found
