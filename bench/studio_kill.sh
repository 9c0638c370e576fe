#!/usr/bin/env bash
# What a crash of the studio costs: a session that edits five times a second and transfers motion every four seconds is killed
# (SIGKILL) at random moments, then recovered. Prints a row a kill, and the worst.
#
#   bench/studio_kill.sh [KILLS] [LONGEST_SECONDS]     (20 and 40 without arguments)
#
# SESSION   the program   (build/release/tests/studio_session)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
session=${SESSION:-build/release/tests/studio_session}
kills=${1:-20} longest=${2:-40}
[[ -x $session ]] || {
  echo "studio_kill.sh: $session is missing: build it (cmake --build --preset release --target studio_session)" >&2
  exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RANDOM=${SEED:-1}
worst=0 lost_stages=0
printf '| killed after, s | edits made | recovered | seconds of edits lost | stages finished | recovered |\n|---|---|---|---|---|---|\n'
for ((i = 1; i <= kills; ++i)); do
  folder=$work/$i
  mkdir -p "$folder"
  "$session" "$folder" >"$folder/said" 2>"$folder/log" &
  pid=$!
  after=$(awk -v r=$RANDOM -v m="$longest" 'BEGIN { printf "%.2f", 2 + r / 32767 * (m - 2) }')
  sleep "$after"
  kill -9 $pid
  wait $pid 2>/dev/null || true
  "$session" "$folder" --recover >"$folder/found" 2>>"$folder/log" || {
    echo "studio_kill.sh: nothing could be recovered: $(cat "$folder/log")" >&2
    exit 1
  }
  made=$(awk '$1 == "edit" { n = $2 } END { print n + 0 }' "$folder/said")
  found=$(awk '$1 == "edit" { print $2 + 0 }' "$folder/found")
  # From the first edit that is gone to the last that was made.
  lost=$(awk -v f="$found" '$1 == "edit" && $2 == f + 1 { from = $3 } $1 == "edit" { to = $3 } END { printf "%.1f", from == "" ? 0 : to - from }' "$folder/said")
  stages=$(awk '$1 == "stage" { n = $2 } END { print n + 0 }' "$folder/said")
  kept=$(awk '$1 == "stage" { print $2 + 0 }' "$folder/found")
  ((kept >= stages)) || lost_stages=$((lost_stages + 1))
  worst=$(awk -v a="$worst" -v b="$lost" 'BEGIN { print (a + 0 > b + 0) ? a : b }')
  printf '| %s | %s | %s | %s | %s | %s |\n' "$after" "$made" "$found" "$lost" "$stages" "$kept"
done
printf '\n%s kills: at most %s s of edits lost, %s finished stages lost\n' "$kills" "$worst" "$lost_stages"
