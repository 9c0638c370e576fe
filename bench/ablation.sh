#!/usr/bin/env bash
# What each part of the reconstruction is worth, on clips with truth: runs the whole and every ablation, scores them,
# prints a Markdown table a clip. Each CLIP_DIR holds video.mp4, masks/ and gt.anime.
#
#   bench/ablation.sh CLIP_DIR...
#
# MAGICPOSE4D   the program               (build/release/app/cli/magicpose4d)
# OUT           folder for the results    (a temporary one); given again, a run that was stopped goes on
# ROWS          only rows whose name matches this pattern, e.g. 'full|reference'
# FLAGS         flags for every run, e.g. '--seed 2'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=${MAGICPOSE4D:-build/release/app/cli/magicpose4d}
[[ $# -gt 0 && -x $program ]] || {
  echo "usage: bench/ablation.sh CLIP_DIR...   ($program must be built: ./dev build)" >&2
  exit 2
}
out=${OUT:-$(mktemp -d)}
read -ra flags <<<"${FLAGS:-}"

rows=(
  'full|'
  'without the local terms of Global-local Chamfer|--no-global-local-chamfer'
  'without dynamic rigidity|--no-dynamic-rigidity'
  'without phase 2|--no-phase2'
  'without the pull to the 3D guess|--no-guess-pull'
  'without a body plan (skeleton from the outline)|--category none'
  'without a 3D guess (silhouette inflated)|--category still'
  'without the free form|--no-free-form'
  'reference mode|--reference'
  'baseline: one silhouette inflated, held still|--category still --no-free-form'
)

. bench/measure.sh

failed=0
for clip in "$@"; do
  name=$(basename "$clip")
  mkdir -p "$out/$name"
  printf '\n### %s\n\n' "$name"
  heading run
  for row in "${rows[@]}"; do
    IFS='|' read -r title switches <<<"$row"
    [[ -z ${ROWS:-} || $title =~ $ROWS ]] || continue
    read -ra extra <<<"$switches"
    file="$out/$name/$(tr -cs 'a-zA-Z0-9\n' '_' <<<"$title").glb"
    measure "$title" "$clip" "$file" "${flags[@]}" "${extra[@]}" || failed=1
  done
done
printf '\nResults: %s\n' "$out" >&2
exit $failed
