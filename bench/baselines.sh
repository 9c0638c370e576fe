#!/usr/bin/env bash
# The two bars that a reconstruction must clear on clips with truth, by the scorer that results get: one silhouette
# inflated and held still (no motion, no shape but an outline), and the true first frame held still (perfect shape, no motion).
# Prints a Markdown table. Each CLIP_DIR holds video.mp4, masks/ and gt.anime.
#
#   bench/baselines.sh CLIP_DIR...
#
# MAGICPOSE4D   the program               (build/release/app/cli/magicpose4d)
# OUT           folder for the results    (a temporary one); given again, a run that was stopped goes on
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=${MAGICPOSE4D:-build/release/app/cli/magicpose4d}
[[ $# -gt 0 && -x $program ]] || {
  echo "usage: bench/baselines.sh CLIP_DIR...   ($program must be built: ./dev build)" >&2
  exit 2
}
out=${OUT:-$(mktemp -d)}
. bench/measure.sh

failed=0
printf '| clip | inflated: CD | F@2 | F@5 | true first frame: CD | F@2 | F@5 |\n|---|---|---|---|---|---|---|\n'
for clip in "$@"; do
  name=$(basename "$clip")
  file=$out/$name/inflated.glb
  mkdir -p "$out/$name"
  evaluate_flags=(--held-still)
  reconstruct_and_score "$clip" "$file" --category still --no-free-form || {
    failed_row "$name" "$file" 6
    failed=1
    continue
  }
  sed -n '/^truth held still/,$ { s/^truth held still: CD/Chamfer distance/; s/^  F/F/; p }' "$file.txt" >"$file.still.txt"
  printf '| %s | %s | %s |\n' "$name" "$(surface_scores "$file.txt")" "$(surface_scores "$file.still.txt")"
done
printf '\nResults: %s\n' "$out" >&2
exit $failed
