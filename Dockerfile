# Two stages: dependencies and package are built in the first, the second holds no compiler.
# compose.yaml runs the service (`run`) with PostgreSQL and a health check over HTTP.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/monitor \
 && /opt/monitor/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY requirements-dev.lock pyproject.toml README.md LICENSE ./
COPY monitor monitor
COPY classifiers classifiers
COPY config config
COPY migrations migrations
COPY benchmarks benchmarks
# the build backend is pinned with the development dependencies
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements-dev.lock \
 && /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /opt/monitor/bin/pip install --no-cache-dir --no-deps /wheel/*.whl

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 monitor && install -d -o monitor /var/lib/monitor
COPY --from=build /opt/monitor /opt/monitor
ENV PATH=/opt/monitor/bin:$PATH MONITOR_HOME=/var/lib/monitor PYTHONUNBUFFERED=1
USER monitor
VOLUME /var/lib/monitor
HEALTHCHECK --interval=5m --timeout=30s CMD ["monitor", "doctor", "--quiet"]
ENTRYPOINT ["monitor"]
CMD ["doctor"]
