#!/bin/bash
# Installs the probe on a coordinator and starts it: install.sh SOURCE SHA256 REGION
#   SOURCE  where the bundle is, s3://BUCKET/KEY     SHA256  of the bundle     REGION  of the bucket
# User data runs it at the first boot. It may be run again at any time, also by hand: what is there
# already stays. It needs AWS only: S3 for the bundle and for the repositories of Amazon Linux 2023.
# What can go wrong: everything outside. Each call has a timeout, tries are bounded (about four minutes
# at worst), and the end is a sentence in the journal with the exit code 1. The old probe, if there was
# one, goes on until the new one is whole.
set -euo pipefail
umask 022

[ $# -eq 3 ] || { echo 'usage: install.sh s3://BUCKET/KEY SHA256 REGION' >&2; exit 2; }
source_url=$1 sha256=$2 region=$3
root=${COORDINATOR_FAILOVER_ROOT:-}
home=$root/opt/coordinator-failover
configuration=$root/etc/coordinator-failover/probe.json
unit=coordinator-failover-probe.service
unit_file=$root/etc/systemd/system/$unit
least_node=22
tries=4
changed=no

say() {
  echo "coordinator-failover: $2"
  logger --tag coordinator-failover-install --priority "daemon.$1" -- "$2" || true
}

fail() {
  say err "The probe is not installed: $1"
  exit 1
}
trap 'say err "The probe is not installed: line $LINENO of install.sh failed."' ERR

# try WHAT COMMAND...: several times, waiting 2, 4, 8 s in between.
try() {
  local what=$1 pause=2 attempt
  shift
  for ((attempt = 1; attempt <= tries; attempt += 1)); do
    if "$@"; then return 0; fi
    say warning "$what failed ($attempt of $tries)."
    [ "$attempt" -eq "$tries" ] || sleep "$pause"
    pause=$((pause * 2))
  done
  return 1
}

# put NEW FILE: replaces the file if the new one differs, and removes the new one otherwise.
put() {
  [ -e "$1" ] || return 0
  if cmp -s "$1" "$2"; then
    rm -f "$1"
  else
    mv "$1" "$2"
    changed=yes
  fi
}

# The newest Node.js that is new enough. Amazon Linux 2023 calls them node-22, node-24; "node" may be any.
find_node() {
  local name path version
  for name in node-26 node-24 node-22 node; do
    path=$(command -v "$name") || continue
    version=$("$path" --version 2>/dev/null) || continue
    version=${version#v}
    if [ "${version%%.*}" -ge "$least_node" ] 2>/dev/null; then
      echo "$path"
      return 0
    fi
  done
  return 1
}

dnf_install() {
  timeout 60 dnf install --assumeyes --quiet --setopt=timeout=10 --setopt=retries=2 \
    --setopt=install_weak_deps=False "$1"
}

# An image that is some releases old has no nodejs24 yet.
install_node() { dnf_install nodejs24 || dnf_install nodejs22; }
install_aws() { dnf_install awscli-2; }

matches() { [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$sha256" ]; }

download() {
  timeout 60 aws s3 cp --only-show-errors --region "$region" \
    --cli-connect-timeout 5 --cli-read-timeout 20 "$source_url" "$home/probe.new" || return 1
  matches "$home/probe.new" && return 0
  say warning "What $source_url gave is not the probe: its SHA-256 is not $sha256."
  rm -f "$home/probe.new"
  return 1
}

put "$configuration.new" "$configuration"
put "$home/unit.new" "$unit_file"
[ -s "$configuration" ] || fail "$configuration is missing or empty."
[ -s "$unit_file" ] || fail "$unit_file is missing or empty."

if ! node=$(find_node); then
  command -v dnf >/dev/null ||
    fail "Node.js $least_node or later is not in this image, and without dnf it cannot be installed."
  try 'Installing Node.js' install_node ||
    fail 'Node.js cannot be installed: is there a way to S3, and does its policy allow al2023-repos-*?'
  node=$(find_node) || fail "dnf installed Node.js, but none of version $least_node or later is found."
fi
if [ "$(readlink "$home/node" || true)" != "$node" ]; then
  ln -sfn "$node" "$home/node"
  changed=yes
fi

if ! { [ -f "$home/probe.mjs" ] && matches "$home/probe.mjs"; }; then
  if ! command -v aws >/dev/null; then
    command -v dnf >/dev/null || fail 'The AWS CLI is not in this image.'
    try 'Installing the AWS CLI' install_aws || fail 'The AWS CLI cannot be installed.'
  fi
  try "Getting the probe from $source_url" download ||
    fail "$source_url cannot be had: is there a way to S3, and does the instance profile allow it?"
  put "$home/probe.new" "$home/probe.mjs"
fi

systemctl daemon-reload
systemctl enable --quiet "$unit"
if [ "$changed" = yes ] || ! systemctl is-active --quiet "$unit"; then
  timeout 30 systemctl restart "$unit" || fail "systemd does not start $unit: journalctl -u $unit"
fi
say info "The probe runs, on $node."
