#!/usr/bin/env bash
# Contact sheet of motion transfer: the fox's gallop and the knight's walk on every model, a row of pictures each.
#
#   bench/transfer_sheet.sh OUT.jpg [MODEL...]     (all of ../shared/data/models without arguments)
#
# MAGICPOSE4D   the program                        (build/release/app/cli/magicpose4d)
# WORK          folder for models and pictures     (a temporary one)
# Prints one line a transfer: model, motion, what the program says about feet. Needs ffmpeg to put the pictures together.
set -euo pipefail
out=${1:?usage: bench/transfer_sheet.sh OUT.jpg [MODEL...]}
shift
out=$(realpath -m "$out")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${MAGICPOSE4D:-build/release/app/cli/magicpose4d}
data=../shared/data/models
[[ $# -gt 0 ]] || set -- "$data"/animals/*.gl* "$data"/humans/*.gl*
work=${WORK:-$(mktemp -d)}
mkdir -p "$work"

count=0
failed=0
for model in "$@"; do
  name=$(basename "${model%.*}")
  "$program" info "$model" >/dev/null 2>&1 || continue  # one of them is there to be refused
  for motion in 'fox.glb Gallop' 'Knight.glb Walking_A'; do
    read -r file clip <<<"$motion"
    source=$(find "$data" -name "$file")
    if ! said=$("$program" transfer --motion "$source" --clip "$clip" --target "$model" -o "$work/moved.glb" --progress none 2>&1); then
      echo "$name, $clip: FAILED: $said"
      failed=1
      continue
    fi
    echo "$name, $clip: $(grep -m 1 frames <<<"$said")"
    for moment in 0 1 2 3; do
      duration=$("$program" info "$work/moved.glb" --json | sed -n 's/.*"duration_s": \([0-9.]*\).*/\1/p' | head -1)
      "$program" render "$work/moved.glb" -o "$work/$(printf %04d $count).png" --time "$(awk "BEGIN{print $duration*$moment/4}")" \
        --size 150x120 --azimuth 60 --distance 0.9 --progress none >/dev/null
      count=$((count + 1))
    done
  done
done
ffmpeg -loglevel error -y -framerate 1 -i "$work/%04d.png" -vf "tile=8x$(((count + 7) / 8))" -frames:v 1 -q:v 5 "$out"
exit $failed
