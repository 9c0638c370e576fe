#!/usr/bin/env bash
# Every command that writes, on a disk that fills up at N random amounts of space, turns read-only, and is taken out at N/2 random
# moments (tests/app/test_faults.cpp, tests/studio/test_faults.cpp). As root. Prints a table; 1 if any was not survived.
# usage: bench/faults.sh [N]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ $(id -u) == 0 ]] || { echo "faults.sh: must run as root, to mount disks" >&2; exit 2; }
export MP4D_FAULTS=${1:-20} OMP_WAIT_POLICY=passive QT_QPA_PLATFORM=offscreen
log=$(mktemp)
trap 'rm -f "$log"' EXIT
survived=0
for program in test_app test_studio; do
  "build/release/tests/$program" --gtest_filter='Fault.*:StudioFault.*' >>"$log" 2>&1 || survived=1
done
echo "| command | s | disk full | read-only | disk taken out |"
echo "|---|---|---|---|---|"
sed -nE 's/^(.*): ([0-9.]+) s, ([0-9]+) times full, read-only, ([0-9]+) times taken out$/| \1 | \2 | \3 | 1 | \4 |/p' "$log"
grep -E '^\[  (PASSED|FAILED|SKIPPED) \]|Failure|differs|was left' "$log" || true
exit $survived
