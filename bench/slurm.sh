#!/usr/bin/env bash
# The array of docs/batch.md on a Slurm cluster of one node, made for this and removed with it: a list of tiny jobs, two of them broken,
# some tasks killed midway, the array handed in again. As root; needs Debian's slurm-wlm. Prints what was found; 1 if it is not complete.
# usage: bench/slurm.sh [JOBS [PROGRAM]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
count=${1:-12}
program=$(readlink -f "${2:-build/release/app/cli/magicpose4d}")
[[ $(id -u) == 0 ]] || { echo "slurm.sh: must run as root" >&2; exit 2; }
for tool in munged slurmctld slurmd sbatch; do
  PATH=$PATH:/usr/sbin command -v $tool >/dev/null || { echo "slurm.sh: no $tool; install slurm-wlm" >&2; exit 2; }
done

place=$(mktemp -d)
chmod 755 "$place" # munged's socket is refused otherwise
daemons=()
finish() {
  for pid in "${daemons[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${daemons[@]}"; do wait "$pid" 2>/dev/null || true; done
  [[ ${KEEP:-} ]] && echo "kept $place" || rm -rf "$place"
}
trap finish EXIT

start_cluster() {
  local host cores megabytes
  host=$(hostname -s)
  cores=$(nproc)
  megabytes=$(($(awk '/MemTotal/ {print $2}' /proc/meminfo) / 1024 * 9 / 10))
  mkdir "$place"/{state,spool,log}
  head -c 1024 /dev/urandom >"$place/munge.key"
  chmod 400 "$place/munge.key"
  cat >"$place/slurm.conf" <<TEXT
ClusterName=private
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthInfo=socket=$place/munge.socket
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd.pid
SlurmctldLogFile=$place/log/slurmctld
SlurmdLogFile=$place/log/slurmd
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=1,sched_interval=2
MpiDefault=none
ReturnToService=2
MinJobAge=3600
KillWait=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cores RealMemory=$megabytes State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
TEXT
  export SLURM_CONF=$place/slurm.conf
  /usr/sbin/munged --foreground --force --key-file="$place/munge.key" --socket="$place/munge.socket" --pid-file="$place/munge.pid" \
    --log-file="$place/log/munge" --seed-file="$place/munge.seed" --num-threads=2 2>/dev/null &
  daemons+=($!)
  while [[ ! -S $place/munge.socket ]]; do sleep 0.1; done
  /usr/sbin/slurmctld -D -c 2>/dev/null &
  daemons+=($!)
  /usr/sbin/slurmd -D -c 2>/dev/null &
  daemons+=($!)
  for _ in $(seq 100); do
    [[ $(sinfo -h -o %t 2>/dev/null) == idle ]] && return
    sleep 0.3
  done
  tail -n 20 "$place"/log/* >&2
  echo "slurm.sh: the node did not come up" >&2
  exit 1
}

# A short clip, and jobs on it that differ by their seed; the last two have no clip and no video.
make_jobs() {
  "$program" render assets/demo/gt.anime --dataset "$place/clip" --size 128x128 --fps 10 --seconds 1 --progress none >/dev/null
  echo "no video" >"$place/broken.mp4"
  python3 - "$place" "$count" >"$place/list.json" <<'TEXT'
import json, sys
place, count = sys.argv[1], int(sys.argv[2])
jobs = [{"clip": f"{place}/clip/video.mp4", "masks": f"{place}/clip/masks", "seed": i, "name": f"clip{i}"} for i in range(count - 2)]
jobs += [{"clip": f"{place}/gone.mp4"}, {"clip": f"{place}/broken.mp4"}]
print(json.dumps({"defaults": {"effort": 0.1, "texture": 0, "category": "quadruped"}, "jobs": jobs}))
TEXT
}

submit() { (cd "$place" && PATH=$(dirname "$program"):$PATH sbatch --parsable --cpus-per-task=1 --mem=3G --array="0-$((count - 1))%50" clips.sbatch); }

wait_for() {
  while squeue -h -j "$1" 2>/dev/null | grep -q .; do sleep 1; done
}

results() { python3 -c 'import json,sys; print(*sorted(j["name"] for j in json.load(open(sys.argv[1]))["jobs"] if j["state"] == sys.argv[2]))' "$place/out/results.json" "$1"; }

start_cluster
make_jobs
# The script as the page has it, but for what one job may take.
sed -n '/^\$ cat clips.sbatch$/,/^$/p' docs/batch.md | sed '1d;$d;s/--memory 5/--memory 2/' >"$place/clips.sbatch"

array=$(submit)
killed=0
for _ in $(seq $((count / 3))); do
  sleep 3
  task=$(squeue -h -t R -o %i -j "$array" | shuf -n 1 --random-source=/dev/zero)
  [[ $task ]] || continue
  if ((killed % 2)); then scontrol requeue "$task"; else scancel --signal=KILL --full "$task"; fi
  killed=$((killed + 1))
done
wait_for "$array"
(cd "$place" && "$program" batch list.json -o out --summary | tail -n 1)
array=$(submit)
wait_for "$array"
(cd "$place" && "$program" batch list.json -o out --summary | tail -n 1)

done=$(results done | wc -w)
failed=$(results failed)
tasks=$(scontrol show job "$array" | grep -c 'ExitCode=1:0') || true
echo "slurm: $count jobs, $killed tasks killed or requeued: $done results, failed: $failed; $tasks tasks of the second array ended with 1"
[[ $done == $((count - 2)) && $failed == "broken gone" && $tasks == 2 ]]
