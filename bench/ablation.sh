#!/usr/bin/env bash
# What each part of the reconstruction is worth, on clips with truth: runs the whole and every ablation, scores them,
# prints a Markdown table a clip. Each CLIP_DIR holds video.mp4, masks/ and gt.anime.
#
#   bench/ablation.sh CLIP_DIR...
#
# MAGICPOSE4D   the program               (build/release/app/cli/magicpose4d)
# OUT           folder for the results    (a temporary one)
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
  'without a 3D guess (silhouette inflated)|--category none'
  'without the free form|--no-free-form'
  'reference mode|--reference'
  'baseline: one silhouette inflated, held still|--category none --no-free-form'
)

# The number in a line of evaluate's table, or in a line of the report.
score() { awk -v name="$1" 'index($0, name) == 1 { sub(name, ""); print $1 + 0; exit }' "$2"; }
reported() { awk -F'[:,]' -v key="\"$1\"" 'index($1, key) { print $2 + 0; exit }' "$2"; }

failed=0
for clip in "$@"; do
  name=$(basename "$clip")
  mkdir -p "$out/$name"
  printf '\n### %s\n\n| run | CD | F@2 | F@5 | jitter / truth | bone length variation | s | peak MB |\n' "$name"
  printf '|---|---|---|---|---|---|---|---|\n'
  for row in "${rows[@]}"; do
    IFS='|' read -r title switches <<<"$row"
    [[ -z ${ROWS:-} || $title =~ $ROWS ]] || continue
    read -ra extra <<<"$switches"
    file="$out/$name/$(tr -cs 'a-zA-Z0-9\n' '_' <<<"$title").glb"
    log=${file%.glb}.log
    if "$program" reconstruct "$clip/video.mp4" --masks "$clip/masks" -o "$file" --progress none \
      "${flags[@]}" "${extra[@]}" >"$log" 2>&1 &&
      "$program" evaluate "$file" --truth "$clip/gt.anime" --progress none >"$file.txt" 2>>"$log"; then
      printf '| %s | %.2f | %.1f | %.1f | %.2f | %.5f | %.0f | %.0f |\n' "$title" \
        "$(score 'Chamfer distance' "$file.txt")" "$(score 'F-score at 2 %' "$file.txt")" \
        "$(score 'F-score at 5 %' "$file.txt")" "$(score '  ratio' "$file.txt")" \
        "$(score 'bone length variation' "$file.txt")" \
        "$(reported total_seconds "${file%.glb}.json")" "$(reported peak_memory_mb "${file%.glb}.json")"
    else
      failed=1
      printf '| %s | failed: %s | | | | | | |\n' "$title" "$(tail -1 "$log")"
    fi
  done
done
printf '\nResults: %s\n' "$out" >&2
exit $failed
