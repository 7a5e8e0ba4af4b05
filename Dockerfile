# The image of Podium's processes, built from this checkout: docker build --tag podium .
# Brokers and databases are elsewhere, so it has their clients and neither Java nor a database.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/podium
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY management management
COPY projections projections
COPY engine engine
COPY desks desks
COPY feeds feeds
COPY replay replay
COPY bench bench
COPY podium podium
RUN /opt/podium/bin/pip install --no-cache-dir --disable-pip-version-check '.[cluster,people]'

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin podium
RUN install --directory --owner=podium --mode=0700 /var/lib/podium
COPY --from=build /opt/podium /opt/podium
ENV PATH=/opt/podium/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
WORKDIR /tmp
STOPSIGNAL SIGTERM
ENTRYPOINT ["podium"]
CMD ["--help"]
