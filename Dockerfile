# One image for both processes: `serve` (the default) answers HTTP, `work` does what follows.
# It runs with a read-only file system and writes to /var/lib/punchcard and /tmp alone:
#   docker run --read-only --tmpfs /tmp -v punchcard:/var/lib/punchcard -p 8000:8000 --env-file punchcard.env punchcard
#   docker run --read-only --tmpfs /tmp --no-healthcheck --env-file punchcard.env punchcard work

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml requirements.lock README.md ./
COPY .ci/pick.py .ci/pick.py
RUN python -m venv /opt/punchcard \
 && python .ci/pick.py > wanted.txt \
 && /opt/punchcard/bin/pip install --no-cache-dir --require-hashes -r wanted.txt
COPY src src
RUN /opt/punchcard/bin/pip install --no-cache-dir --no-deps . \
 && /opt/punchcard/bin/python -m compileall -q /opt/punchcard/lib

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-log-init --no-create-home --home-dir /var/lib/punchcard punchcard \
 && install -d -o punchcard -g punchcard -m 0700 /var/lib/punchcard
COPY --from=build /opt/punchcard /opt/punchcard
COPY passes /usr/share/punchcard/passes
ENV PATH=/opt/punchcard/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PUNCHCARD_HOST=0.0.0.0 \
    PUNCHCARD_PORT=8000 \
    PUNCHCARD_DATA_DIR=/var/lib/punchcard \
    PUNCHCARD_DESIGNS_DIR=/usr/share/punchcard/passes
USER 10001:10001
WORKDIR /var/lib/punchcard
VOLUME /var/lib/punchcard
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PUNCHCARD_PORT\"]}/health', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["punchcard"]
CMD ["serve"]
