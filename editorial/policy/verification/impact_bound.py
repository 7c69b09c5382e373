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
        dead = self.newly_dead(self.statements_by_identity[identity])
        affected = dead | self.dependents(dead)
        uncancelled = {name for cause in affected for name in self.cancelled_by.get(self.voice_of(cause), ())}
        return dead & self.evidence.admissible, (affected | uncancelled) & self.evidence.admissible

    def newly_dead(self, withdrawn: Iterable[str]) -> set[str]:
        """The withdrawn statements, and those known only through them."""
        dead = set(withdrawn)
        relayer_counts: dict[str, int] = {}
        pending = list(dead)
        while pending:
            derived = pending.pop()
            for origin in self.evidence.relays[derived]:
                if origin in dead or origin not in self.relevant_or_relaying or derived in self.evidence.dead:
                    continue
                if origin == derived or self.evidence.statements[origin].obtained_by is ObtainedBy.US:
                    continue
                relayer_counts[origin] = relayer_counts.get(origin, self.live_relayer_counts[origin]) - 1
                if not relayer_counts[origin]:
                    dead.add(origin)
                    pending.append(origin)
        return dead

    def dependents(self, dead: set[str]) -> set[str]:
        """Statements that rest on these, directly or indirectly."""
        affected: set[str] = set()
        pending = list(dead)
        while pending:
            for derived in self.linked_from(pending.pop()):
                if derived in self.relevant and derived not in affected:
                    affected.add(derived)
                    pending.append(derived)
        return affected

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
        by_voice: dict[Voice, list[str]] = {}
        for name in self.evidence.informant:
            informant = self.evidence.informant_identity(name)
            if informant:
                by_voice.setdefault((informant, self.evidence.statements[name].stance), []).append(name)
        return by_voice

    @cached_property
    def statements_by_identity(self) -> dict[str, set[str]]:
        """Identity → the statements of which it is the source or the informant."""
        by_identity: dict[str, set[str]] = {}
        for voices in (self.evidence.statements_by_voice, self.statements_by_informant):
            for (identity, _), names in voices.items():
                by_identity.setdefault(identity, set()).update(names)
        return by_identity

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
        by_voice: dict[Voice, list[str]] = {}
        for name in self.evidence.admissible:
            for voice in self.evidence.opposing_voices(self.evidence.statements[name]):
                by_voice.setdefault(voice, []).append(name)
        return by_voice

    @cached_property
    def relevant(self) -> set[str]:
        """Statements that support one that counts, might count, or cancels one that might."""
        evidence = self.evidence
        relevant = {*evidence.admissible}
        relevant |= {name for voice in self.cancelled_by for name in evidence.statements_by_voice.get(voice, ())}
        pending = list(relevant)
        voices: set[Voice] = set()
        while pending:
            name = pending.pop()
            underlying = list(evidence.relays[name])
            informant_voice = (evidence.informant_identity(name) or "", evidence.statements[name].stance)
            if informant_voice not in voices:
                voices.add(informant_voice)
                underlying += evidence.statements_by_voice.get(informant_voice, ())
            new = set(underlying) - relevant
            relevant |= new
            pending += new
        return relevant

    @cached_property
    def relevant_or_relaying(self) -> set[str]:
        """The relevant statements, and those that relay the ones we know only through others."""
        names = set(self.relevant)
        pending = list(names)
        while pending:
            name = pending.pop()
            if self.evidence.statements[name].obtained_by is ObtainedBy.EXTERNAL:
                new = set(self.evidence.relayers.get(name, ())) - names
                names |= new
                pending += new
        return names
