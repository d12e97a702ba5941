# The aggregator with its screen and the SDK's files. The configuration is mounted at /etc/pulssi/pulssi.config.json: it
# needs keys or read tokens, for without them the server listens to its own machine alone.

FROM node:20.20.2-bookworm-slim AS manifests
WORKDIR /opt/pulssi
COPY package.json package-lock.json .npmrc ./
COPY protocol/package.json protocol/
COPY sdk/package.json sdk/
COPY aggregator/package.json aggregator/
COPY examples/package.json examples/

FROM manifests AS build
RUN npm ci
COPY . .
RUN npm run build

FROM manifests AS runtime
RUN npm ci --omit=dev --workspace @pulssi/aggregator && rm -rf examples

FROM node:20.20.2-bookworm-slim
WORKDIR /opt/pulssi
# Root owns the program: whoever takes the process over can't change it.
COPY --from=runtime --chown=root:root /opt/pulssi ./
COPY --from=build --chown=root:root /opt/pulssi/protocol/dist protocol/dist
COPY --from=build --chown=root:root /opt/pulssi/sdk/dist sdk/dist
COPY --from=build --chown=root:root /opt/pulssi/aggregator/dist aggregator/dist
RUN install -d -o node -g node -m 700 /var/lib/pulssi
ENV NODE_ENV=production \
    PULSSI_CONFIG=/etc/pulssi/pulssi.config.json \
    PULSSI_DATA=/var/lib/pulssi \
    PULSSI_HOST=0.0.0.0 \
    PULSSI_PORT=8700
USER node
VOLUME /var/lib/pulssi
EXPOSE 8700
# Of a server that speaks plain HTTP, as one behind a proxy does.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PULSSI_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node handles SIGTERM itself: what was taken is made durable and an image is stored before it ends.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/opt/pulssi/aggregator/dist/cli/main.js"]
CMD ["serve"]
