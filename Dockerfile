# syntax=docker/dockerfile:1
# One image for every command: `docker run IMAGE` serves, `docker run IMAGE ledger verify` proves the books.

# Pinned by digest, so that one commit always builds on the same base. It is of 24.21.0 on Debian 12, for amd64 and arm64.
# `docker buildx imagetools inspect node:24-slim` names the newest; try it with `--build-arg NODE_IMAGE=node:…@sha256:…`.
ARG NODE_IMAGE=node:24.21.0-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6

FROM ${NODE_IMAGE} AS pnpm
RUN npm install --global pnpm@12.21.0 && npm cache clean --force
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./

# sdk.js and the checkout app.
FROM pnpm AS sdk
COPY packages/protocol packages/protocol
COPY tsconfig.base.json ./
COPY packages/sdk packages/sdk
RUN pnpm install --frozen-lockfile --filter @opencredits/sdk... && pnpm --filter @opencredits/sdk build

# The account page and the home page.
FROM pnpm AS dashboard
COPY packages/protocol packages/protocol
COPY packages/dashboard packages/dashboard
RUN pnpm install --frozen-lockfile --filter @opencredits/dashboard... && pnpm --filter @opencredits/dashboard build

# The documentation, which the server has at /docs.
FROM pnpm AS docs
COPY packages/protocol packages/protocol
COPY docs/clients docs/clients
COPY docs/images/checkout.png docs/images/checkout-dark.png docs/images/
COPY docs/wire-formats.md docs/
COPY packages/docs packages/docs
RUN pnpm install --frozen-lockfile --filter @opencredits/docs... && pnpm --filter @opencredits/docs build

# What the server needs to run, and nothing that builds or tests it: no sandbox, which stands in for Stripe and the providers.
FROM pnpm AS dependencies
COPY packages/protocol/package.json packages/protocol/
COPY packages/server/package.json packages/server/
RUN pnpm install --frozen-lockfile --prod --filter-prod @opencredits/server...

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787 DATABASE_URL=sqlite:/data/opencredits.db
# What messages print where the operator has to run a command: `docker exec opencredits opencredits partner list`.
ENV OPERATOR_COMMAND="docker exec opencredits opencredits"
WORKDIR /app
COPY --from=dependencies /app ./
COPY packages/protocol packages/protocol
COPY packages/server packages/server
COPY --from=sdk /app/packages/sdk/dist packages/sdk/dist
COPY --from=dashboard /app/packages/dashboard/dist packages/dashboard/dist
COPY --from=docs /app/packages/docs/dist packages/docs/dist
# The code belongs to root and is only read; the data belongs to the user that runs it.
RUN install --directory --owner=node --group=node --mode=0700 /data && ln --symbolic /app/packages/server/src/cli/opencredits.ts /usr/local/bin/opencredits
USER node
VOLUME /data
EXPOSE 8787
# Liveness, not readiness: a database that is away is no reason to restart the server.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/v1/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "packages/server/src/cli/opencredits.ts"]
CMD ["serve"]
