# syntax=docker/dockerfile:1

# Stage 1: the compiled fan-out, as a wheel for any Python from 3.11 on.
FROM rust:1-slim-bookworm AS native
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv \
    && python3 -m venv /opt/maturin && /opt/maturin/bin/pip install "maturin>=1.9,<2"
COPY media/native /src
RUN /opt/maturin/bin/maturin build --release --locked --manifest-path /src/Cargo.toml --out /wheels

# Stage 2: the locked dependencies and the program in a virtual environment of its own.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/showroom
COPY requirements.lock ./
RUN /opt/showroom/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY rooms rooms
COPY media media
COPY signaling signaling
COPY web web
COPY showroom showroom
RUN /opt/showroom/bin/pip install --no-deps --no-build-isolation .
# The packet path, compiled by an environment of its own: mypyc reads the types of what the program uses.
COPY requirements-native.lock ./
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev \
    && python -m venv /opt/compile \
    && /opt/compile/bin/pip install --require-hashes --only-binary :all: -r requirements-native.lock
COPY tools/compile tools/compile
RUN /opt/compile/bin/python tools/compile && cp -r media/built /opt/showroom/lib/python3.11/site-packages/media/
COPY --from=native /wheels /wheels
RUN /opt/showroom/bin/pip install --no-deps /wheels/*.whl

# Stage 3: what runs, without pip's leftovers, as a user who owns nothing but the data folder.
FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends \
        libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core fonts-noto-cjk fonts-symbola \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin showroom \
    && install -d -o showroom -g showroom -m 0750 /data
COPY --from=build /opt/showroom /opt/showroom
ENV PATH=/opt/showroom/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SHOWROOM_HTTP_HOST=0.0.0.0 \
    SHOWROOM_HTTP_PORT=8080 \
    SHOWROOM_ICE_HOST=0.0.0.0 \
    SHOWROOM_ICE_PORT=8189 \
    SHOWROOM_DATA_FOLDER=/data
USER showroom
WORKDIR /data
VOLUME /data
EXPOSE 8080/tcp 8189/tcp 8189/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
ENTRYPOINT ["showroom"]
CMD ["serve"]
