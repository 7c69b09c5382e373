"""What is there twice and should be once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count

from editorial.models import Channel, Claim, Delivery, DeliveryState, Notification, Source, Statement, Story
from tests.chaos.history import History

_MARKED = ((Claim, "text"), (Source, "name"), (Statement, "quote"), (Story, "headline"))


def things(history: History) -> Iterator[str]:
    """Nothing that a person did once is there twice. Not counted: what was tried again after an unknown outcome."""
    asked = _asked(history)
    for marker, there in _there(history).items():
        if there > asked[marker]:
            yield f"{marker} is there {there} times, and was asked for {asked[marker]} times."


def notices() -> Iterator[str]:
    """One notice an event and person, one delivery a notice and channel."""
    for model, once in ((Notification, ("event", "user")), (Delivery, ("notification", "channel"))):
        for row in (
            model.objects.values(*once).annotate(times=Count("pk")).filter(times__gt=1, **{f"{once[0]}__isnull": False})
        ):
            yield f"{model.__name__} {row} is there {row['times']} times."


def letters(history: History) -> Iterator[str]:
    """A letter that came again came under its own Message-ID, and its delivery is marked as uncertain."""
    deliveries = {str(one.pk): one for one in Delivery.objects.filter(channel=Channel.MAIL.value)}
    for name, times in _letters(history).items():
        if name not in deliveries:
            yield f"A letter came under the Message-ID {name}, which is no delivery's: a repeat could not be told."
        elif times > 1 and deliveries[name].state != DeliveryState.UNCERTAIN:
            yield f"Letter {name} came {times} times, and its delivery is noted as {deliveries[name].state}."


def figures(history: History) -> dict[str, object]:
    """Counts that are no faults: what could not be avoided yet, or at all."""
    twins = {marker: there for marker, there in _there(history).items() if there > 1}
    unanswered = {line["marker"] for line in history.lines("unknown")}
    return {
        "twins after an answer that never came": sum(there - 1 for one, there in twins.items() if one in unanswered),
        "twins after NO_DATABASE": sum(there - 1 for one, there in twins.items() if one not in unanswered),
        "letters": sum(_letters(history).values()),
        "letters repeated under the same Message-ID": sum(times - 1 for times in _letters(history).values()),
        "deliveries noted as uncertain": Delivery.objects.filter(state=DeliveryState.UNCERTAIN.value).count(),
    }


def _asked(history: History) -> Counter[str]:
    """Marker → how often it may be there: once for the answer, and once for every request whose outcome is unknown.

    A door that was shut without NO_DATABASE has promised that nothing was changed.
    """
    unknown = [line for line in history.lines("unknown", "shut") if "NO_DATABASE" in line.get("codes", ["NO_DATABASE"])]
    asked = Counter(line["marker"] for line in unknown if line["marker"])
    return asked + Counter({line["marker"] for line in history.lines("acknowledged") if line["marker"]})


def _there(history: History) -> Counter[str]:
    wanted = {line["marker"] for line in history.lines("acknowledged", "unknown", "shut") if line["marker"]}
    return Counter(
        text
        for model, name in _MARKED
        for text in model._default_manager.values_list(name, flat=True)
        if text in wanted
    )


def _letters(history: History) -> Counter[str]:
    return Counter(line["id"] for line in history.lines("letter"))
