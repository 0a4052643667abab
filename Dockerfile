# The service in a container, beside the PostGIS of compose.yaml: three stages, of which only the last one is kept.

FROM node:24-bookworm-slim AS page
WORKDIR /source/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM python:3.13-slim-bookworm AS wheel
WORKDIR /source
RUN python -m venv /venv
COPY requirements.lock ./
# the lock also pins what tests and lint need: only what the wheel asks for is installed, at the lock's versions
COPY pyproject.toml README.md ./
COPY geo/ geo/
COPY tiles/ tiles/
COPY api/ api/
COPY migrations/ migrations/
COPY --from=page /source/api/page api/page/
RUN /venv/bin/pip install --no-cache-dir --constraint requirements.lock hatchling editables \
    && /venv/bin/python -m hatchling build -t wheel -d /wheel \
    && python -m venv --clear /venv \
    && /venv/bin/pip install --no-cache-dir --constraint requirements.lock /wheel/*.whl

FROM python:3.13-slim-bookworm
# for pictures with names in them: a slim image has no fonts
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core fonts-wqy-microhei \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home --home-dir /data --shell /usr/sbin/nologin wangge
COPY --from=wheel /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WANGGE_DATA=/data \
    WANGGE_HOST=0.0.0.0 \
    WANGGE_PORT=8000 \
    NUMBA_CACHE_DIR=/kernels
RUN mkdir /kernels && chown wangge /kernels
USER wangge
RUN python -m geo.draw
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=6 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["wangge"]
CMD ["serve"]
