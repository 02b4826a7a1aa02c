# A static program and the certificates it trusts, nothing else: no shell, no package manager.
#
#   docker build -t wolkvox-mcp .
#   docker run --rm -i -e WOLKVOX_SERVER -e WOLKVOX_TOKEN -e WOLKVOX_OPERATION wolkvox-mcp
#
# For a team (`serve`), deploy/ has a compose file and a Helm chart.
FROM rust:1-alpine AS build
RUN apk add --no-cache ca-certificates musl-dev
WORKDIR /source
COPY . .
# Messages of a panic name source files; where they lay here is nobody's business.
ARG WOLKVOX_MCP_BUILD=
RUN RUSTFLAGS="--remap-path-prefix=$CARGO_HOME=/cargo" cargo build --locked --release \
    && ! grep -aqF "$CARGO_HOME" target/release/wolkvox-mcp
RUN mkdir /empty

FROM scratch
LABEL org.opencontainers.image.title="wolkvox-mcp" \
      org.opencontainers.image.description="MCP server for the wolkvox CRM" \
      org.opencontainers.image.source="https://github.com/wolkvox-mcp/wolkvox-mcp" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      io.modelcontextprotocol.server.name="io.github.wolkvox-mcp/wolkvox-mcp"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /source/target/release/wolkvox-mcp /wolkvox-mcp
# A volume for the audit log begins as a copy of this folder, and so belongs to the program's user.
COPY --from=build --chown=65534:65534 /empty /var/log/wolkvox
# Nobody: the program writes nothing but its audit log and needs no rights.
USER 65534:65534
ENTRYPOINT ["/wolkvox-mcp"]
