# UNTESTED: it was written where no Docker engine could be had. Please report what does not work.
#
#   docker build -t sluice .
#   docker run --rm --network host -v "$PWD:/work" sluice eval --policy sluice.yaml
#
# Needs the builder's network: Debian's packages and a Swift toolchain. Another toolchain for Debian 12:
#   docker build --build-arg SWIFT_IMAGE=swift:6.2-bookworm -t sluice .
# or a tarball of one, over any Debian 12 image that lacks Swift:
#   docker build --build-arg SWIFT_IMAGE=debian:12 --build-arg SWIFT_TARBALL=https://…/swift-6.3.1-RELEASE-debian12.tar.gz …

ARG SWIFT_IMAGE=swift:6.3-bookworm
FROM ${SWIFT_IMAGE} AS build
ARG SWIFT_TARBALL=""
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN if [[ -n "$SWIFT_TARBALL" ]]; then \
        apt-get update \
        && apt-get install --yes --no-install-recommends \
            binutils ca-certificates curl g++ git libc6-dev libncurses6 libpython3.11 libsqlite3-0 libxml2 libz3-4 make tzdata \
        && curl --fail --location --silent --show-error "$SWIFT_TARBALL" \
            | tar --extract --gzip --strip-components 2 --directory /usr \
        && rm -rf /var/lib/apt/lists/*; \
    fi
WORKDIR /src
COPY scripts/bootstrap scripts/bootstrap
RUN apt-get update && apt-get install --yes --no-install-recommends make \
    && scripts/bootstrap && rm -rf /var/lib/apt/lists/*
COPY Package.swift Makefile ./
COPY Sources Sources
COPY examples examples
COPY Tests Tests
# The Swift runtime goes into the programs, so that the second stage needs no toolchain.
RUN swift build --configuration release --static-swift-stdlib --product sluice \
    && install -D --strip .build/release/sluice /out/sluice

FROM debian:12-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates libcurl4 libopenblas0-pthread libpcre2-8-0 libsimdjson14 libsqlite3-0 libssl3 libstdc++6 libxxhash0 libyaml-0-2 libzstd1 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 sluice
COPY --from=build /out/sluice /usr/local/bin/sluice
COPY LICENSE NOTICE /usr/share/doc/sluice/
USER sluice
WORKDIR /work
ENTRYPOINT ["sluice"]
CMD ["--help"]
