"""The functions that triggers call (editorial/models/sql), and how search reads words until it knows the language."""

from django.db import migrations

from editorial.models import sql

_FUNCTIONS = (
    "log_change",
    "contained_claims",
    "containing_claims",
    "claim_desks",
    "desks_of_claims",
    "refresh_claim_visibility",
    "show_to_own_desk",
    "context_is_final",
    "search_vector",
    "refresh_search_documents",
)
_WORDS = """
    CREATE TEXT SEARCH CONFIGURATION newsroom (COPY = simple);
    ALTER TEXT SEARCH CONFIGURATION newsroom ALTER MAPPING
        FOR asciiword, word, hword, asciihword, hword_part, hword_asciipart WITH unaccent, simple;
"""


class Migration(migrations.Migration):

    dependencies = [("editorial", "0001_initial")]
    operations = [
        # Without stemming until `search_language.use` knows the language.
        migrations.RunSQL(_WORDS, "DROP TEXT SEARCH CONFIGURATION newsroom"),
        *(migrations.RunSQL(sql.create(name), f"DROP FUNCTION {name} CASCADE;") for name in _FUNCTIONS),
    ]
