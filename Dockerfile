# The service in an image: `docker build -t cutroom .`; with the packages of the diffusion engine:
# `docker build -t cutroom:gpu --target gpu .` (some 9 GB). deploy/compose.yaml runs it with all that stands beside it.

FROM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY web ./
RUN npm run --silent build

FROM python:3.12-slim-bookworm AS wheel
WORKDIR /src
COPY requirements-build.lock ./
RUN python -m pip install --no-cache-dir --require-hashes --no-deps -r requirements-build.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY src src
COPY --from=web /src/src/cutroom/api/playground src/cutroom/api/playground
RUN CUTROOM_PLAYGROUND=skip python -m hatchling build -t wheel -d /wheel

FROM python:3.12-slim-bookworm AS cutroom
# tini passes signals on and buries what the children of killed engines leave.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --home-dir /data cutroom
COPY requirements-run.lock /tmp/
RUN python -m pip install --no-cache-dir --require-hashes --no-deps -r /tmp/requirements-run.lock
COPY --from=wheel /wheel /tmp/wheel
RUN python -m pip install --no-cache-dir --no-deps /tmp/wheel/*.whl && rm -r /tmp/wheel
USER 10001
WORKDIR /data
VOLUME /data
ENV CUTROOM_DATA_DIR=/data CUTROOM_HOST=0.0.0.0 CUTROOM_LOG_FORMAT=json PYTHONUNBUFFERED=1
EXPOSE 8080
ENTRYPOINT ["tini", "--", "cutroom"]
CMD ["serve"]

FROM cutroom AS gpu
USER 0
ARG TORCH="torch==2.13.0"
COPY requirements-gpu.lock /tmp/
# hadolint ignore=DL3013
RUN python -m pip install --no-cache-dir "${TORCH}" \
    && python -m pip install --no-cache-dir --require-hashes --no-deps -r /tmp/requirements-gpu.lock
USER 10001
CMD ["worker", "--pool", "gpu"]

# What a plain `docker build` makes.
FROM cutroom
