# evanesce with every extra, from packages of Debian and of the Python Package Index only:
#   docker build -t evanesce . && docker run --rm evanesce limit belle2 --mass 0.0667
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY pyproject.toml constraints.txt README.md LICENSE /build/
COPY src /build/src
RUN python3 -m venv /opt/evanesce \
    && /opt/evanesce/bin/python -m pip install --no-cache-dir -c /build/constraints.txt '/build[all]' \
    && rm -rf /build
RUN useradd --create-home physicist
USER physicist
WORKDIR /home/physicist
ENTRYPOINT ["/opt/evanesce/bin/evanesce"]
