"""Telling people: who must hear of an event, in what words, and by which way out of the house. Knows no Celery.

`notices` finds who hears, from `matters` (what an event is about) and `circles` (who that concerns), and writes down
what `wording` has to say. `deliveries` carries it out of the house by `mail` and `webhooks`.
"""
