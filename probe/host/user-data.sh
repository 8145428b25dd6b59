# The part of a coordinator's user data that installs the probe. infra/hosts/user-data.ts puts the texts in.
# It may stand in the middle of somebody's own script: it neither ends it nor changes its shell, and
# everything runs in a shell of its own. Every mark is quoted, so nothing is expanded in the texts.
# shellcheck shell=bash
coordinator_failover_probe=installed
bash <<'COORDINATOR_FAILOVER' || coordinator_failover_probe=missing
set -euo pipefail
umask 022
root=${COORDINATOR_FAILOVER_ROOT:-}
mkdir -p "$root/etc/coordinator-failover" "$root/etc/systemd/system" "$root/opt/coordinator-failover"
cat >"$root/etc/coordinator-failover/probe.json.new" <<'PROBE_CONFIGURATION'
@CONFIGURATION@
PROBE_CONFIGURATION
cat >"$root/opt/coordinator-failover/unit.new" <<'PROBE_UNIT'
@UNIT@
PROBE_UNIT
cat >"$root/opt/coordinator-failover/install.new" <<'PROBE_INSTALL'
@INSTALL@
PROBE_INSTALL
mv "$root/opt/coordinator-failover/install.new" "$root/opt/coordinator-failover/install.sh"
exec bash "$root/opt/coordinator-failover/install.sh" '@SOURCE@' '@SHA256@' '@REGION@' </dev/null
COORDINATOR_FAILOVER
if [ "$coordinator_failover_probe" = missing ]; then
  echo 'coordinator-failover: the probe is NOT installed: journalctl -t coordinator-failover-install' >&2
  logger -t coordinator-failover-install -p daemon.err 'The probe is NOT installed.' || true
fi
