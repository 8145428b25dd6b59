#!/bin/bash
# A PrestoDB coordinator on stock Amazon Linux 2023. Java comes from Amazon Linux's own repositories, the
# server from a bucket of yours. May run twice. Told by the environment:
#   SOFTWARE_BUCKET  holds presto-server-0.297.tar.gz, as it is on Maven Central
set -euo pipefail
version=0.297
sha256=22104ce8d3ba1c2ab1437e7f452a229a3c547d0115c98bcdb05bb4837f5f2ecd
home=/opt/presto-server-$version

dnf install --assumeyes --quiet java-17-amazon-corretto-headless
id presto >/dev/null 2>&1 || useradd --system --home-dir /var/lib/presto --create-home presto

if [ ! -e "$home/bin/launcher.py" ]; then
  archive=/opt/presto-server.tar.gz
  aws s3 cp --only-show-errors "s3://${SOFTWARE_BUCKET:?}/presto-server-$version.tar.gz" "$archive"
  echo "$sha256  $archive" | sha256sum --check --quiet
  tar --extract --gzip --file "$archive" --directory /opt
  rm "$archive"
fi

mkdir -p /etc/presto/catalog
# discovery.uri is the coordinator itself, also on a standby. The workers have the coordinator address.
cat >/etc/presto/config.properties <<'PROPERTIES'
coordinator=true
node-scheduler.include-coordinator=false
discovery-server.enabled=true
http-server.http.port=8080
discovery.uri=http://localhost:8080
PROPERTIES
cat >/etc/presto/node.properties <<PROPERTIES
node.environment=production
node.id=$(cat /etc/machine-id)
node.data-dir=/var/lib/presto
PROPERTIES
cat >/etc/presto/jvm.config <<'OPTIONS'
-server
-XX:MaxRAMPercentage=75
-XX:+UseG1GC
-XX:+ExitOnOutOfMemoryError
-Djdk.attach.allowAttachSelf=true
OPTIONS
echo connector.name=tpch >/etc/presto/catalog/tpch.properties

cat >/etc/systemd/system/presto.service <<UNIT
[Unit]
Description=Presto
Wants=network-online.target
After=network-online.target
[Service]
User=presto
ExecStart=/usr/bin/python3 $home/bin/launcher.py --etc-dir /etc/presto run
Restart=on-failure
LimitNOFILE=131072
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now --no-block presto.service
