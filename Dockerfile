# syntax=docker/dockerfile:1
# docker build -t wenbao . && docker run -p 8000:8000 -v wenbao:/data -e WENBAO_ADMIN_KEY=… wenbao
FROM python:3.11-slim AS build
RUN pip install --no-cache-dir uv
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
ENV VIRTUAL_ENV=/opt/wenbao UV_NO_CACHE=1
RUN uv venv /opt/wenbao \
    && uv pip install --torch-backend=cpu --constraint requirements.lock -r pyproject.toml setuptools
COPY . .
RUN uv pip install --no-deps --no-build-isolation .

FROM python:3.11-slim
COPY --from=build /opt/wenbao /opt/wenbao
RUN useradd --create-home --uid 10001 wenbao && install -d -o wenbao -g wenbao /data
USER wenbao
WORKDIR /home/wenbao
ENV PATH=/opt/wenbao/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    WENBAO_HOST=0.0.0.0 \
    WENBAO_PORT=8000 \
    WENBAO_DATA_DIR=/data \
    WENBAO_LOG_FORMAT=json
# The index of the reports in the box lies in the image; a new volume begins with a copy of it.
RUN wenbao reindex
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"WENBAO_PORT\"]}/healthz', timeout=4)"]
STOPSIGNAL SIGINT
CMD ["wenbao", "serve"]
