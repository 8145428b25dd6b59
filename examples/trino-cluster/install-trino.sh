#!/bin/bash
# Trino on stock Amazon Linux 2023, without internet: Java comes from Amazon Linux's own repositories, the
# server from a bucket of yours. May run twice. Told by the environment:
#   SOFTWARE_BUCKET  holds trino-server-476.tar.gz, as it is on Maven Central
#   ROLE             coordinator or worker
#   DISCOVERY_URI    of a worker, the coordinator address; of a coordinator, always itself
set -euo pipefail
version=476
sha256=cfd5accde17e8ebd251eeeb78aed1f490e77bb3a164d95a0f454bf8a7c1cbd3f
home=/opt/trino-server-$version

dnf install --assumeyes --quiet java-25-amazon-corretto-headless
id trino >/dev/null 2>&1 || useradd --system --home-dir /var/lib/trino --create-home trino

if [ ! -x "$home/bin/launcher" ]; then
  archive=/opt/trino-server.tar.gz
  aws s3 cp --only-show-errors "s3://${SOFTWARE_BUCKET:?}/trino-server-$version.tar.gz" "$archive"
  echo "$sha256  $archive" | sha256sum --check --quiet
  tar --extract --gzip --file "$archive" --directory /opt
  rm "$archive"
fi

mkdir -p /etc/trino/catalog
cat >/etc/trino/config.properties <<PROPERTIES
coordinator=$([ "${ROLE:?}" = coordinator ] && echo true || echo false)
http-server.http.port=8080
discovery.uri=${DISCOVERY_URI:?}
PROPERTIES
[ "$ROLE" = worker ] || echo node-scheduler.include-coordinator=false >>/etc/trino/config.properties
# The environment must be the same on every host, the id must not.
cat >/etc/trino/node.properties <<PROPERTIES
node.environment=production
node.id=$(cat /etc/machine-id)
node.data-dir=/var/lib/trino
PROPERTIES
cat >/etc/trino/jvm.config <<'OPTIONS'
-server
-XX:MaxRAMPercentage=75
-XX:+ExitOnOutOfMemoryError
-XX:+HeapDumpOnOutOfMemoryError
-XX:G1HeapRegionSize=32M
-XX:ReservedCodeCacheSize=512M
-Djdk.attach.allowAttachSelf=true
-Djdk.nio.maxCachedBufferSize=2000000
OPTIONS
echo connector.name=tpch >/etc/trino/catalog/tpch.properties

cat >/etc/systemd/system/trino.service <<UNIT
[Unit]
Description=Trino
Wants=network-online.target
After=network-online.target
[Service]
User=trino
ExecStart=$home/bin/launcher run --etc-dir /etc/trino
Restart=on-failure
LimitNOFILE=131072
LimitNPROC=128000
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now --no-block trino.service
