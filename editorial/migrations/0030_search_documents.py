"""Search documents, their language and the triggers that write them (decision 0073). `prepare` fills them."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations, models

from editorial.models import sql


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0029_escalations'),
    ]

    operations = [
        UnaccentExtension(),  # a trusted extension, as pg_trgm is
        # Without stemming until `search_language.use` knows the language.
        migrations.RunSQL(
            """
            CREATE TEXT SEARCH CONFIGURATION newsroom (COPY = simple);
            ALTER TEXT SEARCH CONFIGURATION newsroom ALTER MAPPING
                FOR asciiword, word, hword, asciihword, hword_part, hword_asciipart WITH unaccent, simple;
            """,
            "DROP TEXT SEARCH CONFIGURATION newsroom",
        ),
        migrations.CreateModel(
            name='ClaimSearchDocument',
            fields=[
                ('vector', django.contrib.postgres.search.SearchVectorField()),
                ('claim', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='editorial.claim')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ExhibitSearchDocument',
            fields=[
                ('vector', django.contrib.postgres.search.SearchVectorField()),
                ('exhibit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='editorial.exhibit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SourceSearchDocument',
            fields=[
                ('vector', django.contrib.postgres.search.SearchVectorField()),
                ('source', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='editorial.source')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StatementSearchDocument',
            fields=[
                ('vector', django.contrib.postgres.search.SearchVectorField()),
                ('statement', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='editorial.statement')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StorySearchDocument',
            fields=[
                ('vector', django.contrib.postgres.search.SearchVectorField()),
                ('story', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='editorial.story')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RunSQL(sql.create("search_vector"), "DROP FUNCTION search_vector"),
        migrations.RunSQL(sql.create("refresh_search_documents"), "DROP FUNCTION refresh_search_documents"),
        pgtrigger.migrations.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='search_document', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'INSERT' OR (OLD.text) IS DISTINCT FROM (NEW.text) THEN PERFORM refresh_search_documents('claim', ARRAY[NEW.id]); END IF; RETURN NULL;", hash='043158ca42139ffb9034b40ec9dd4aa3d6d7c33b', operation='INSERT OR UPDATE OF "text"', pgid='pgtrigger_search_document_d6f56', table='editorial_claim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exhibit',
            trigger=pgtrigger.compiler.Trigger(name='search_document', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'INSERT' OR (OLD.title, OLD.url, OLD.text) IS DISTINCT FROM (NEW.title, NEW.url, NEW.text) THEN PERFORM refresh_search_documents('exhibit', ARRAY[NEW.id]); END IF; RETURN NULL;", hash='af39b23c206af552375d228a56a71e182549af76', operation='INSERT OR UPDATE OF "title", "url", "text"', pgid='pgtrigger_search_document_5dd36', table='editorial_exhibit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='search_document', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'INSERT' OR (OLD.name, OLD.description) IS DISTINCT FROM (NEW.name, NEW.description) THEN PERFORM refresh_search_documents('source', ARRAY[NEW.id]); END IF; RETURN NULL;", hash='f2917a2a8299fe72282045c208354255888ad096', operation='INSERT OR UPDATE OF "name", "description"', pgid='pgtrigger_search_document_594c2', table='editorial_source', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='search_document', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'INSERT' OR (OLD.quote) IS DISTINCT FROM (NEW.quote) THEN PERFORM refresh_search_documents('statement', ARRAY[NEW.id]); END IF; RETURN NULL;", hash='af434a4fe6f067a738a209f901fc5e7548e4cb08', operation='INSERT OR UPDATE OF "quote"', pgid='pgtrigger_search_document_4cb1a', table='editorial_statement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='search_document', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'INSERT' OR (OLD.headline) IS DISTINCT FROM (NEW.headline) THEN PERFORM refresh_search_documents('story', ARRAY[NEW.id]); END IF; RETURN NULL;", hash='82b6651f3c3e38628a853fce6263cac88cd5da8a', operation='INSERT OR UPDATE OF "headline"', pgid='pgtrigger_search_document_a5040', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storyrevision',
            trigger=pgtrigger.compiler.Trigger(name='search_document', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'INSERT' THEN PERFORM refresh_search_documents('story', ARRAY[NEW.story_id]); END IF; RETURN NULL;", hash='ff6f87f417241fe07d91b68c38b0c222750d02ee', operation='INSERT', pgid='pgtrigger_search_document_86aa3', table='editorial_storyrevision', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='claimsearchdocument',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='claimsearchdocument_words'),
        ),
        migrations.AddIndex(
            model_name='exhibitsearchdocument',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='exhibitsearchdocument_words'),
        ),
        migrations.AddIndex(
            model_name='sourcesearchdocument',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='sourcesearchdocument_words'),
        ),
        migrations.AddIndex(
            model_name='statementsearchdocument',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='statementsearchdocument_words'),
        ),
        migrations.AddIndex(
            model_name='storysearchdocument',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='storysearchdocument_words'),
        ),
    ]
