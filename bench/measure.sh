#!/usr/bin/env bash
# shellcheck disable=SC2154
# Sourced by the measuring scripts: one reconstruction of a clip with truth as a row of a Markdown table.
# $program is the program to run.

# The number in a line of evaluate's table, or in a line of the report.
score() { awk -v name="$1" 'index($0, name) == 1 { sub(name, ""); print $1 + 0; exit }' "$2"; }
reported() { awk -F'[:,]' -v key="\"$1\"" 'index($1, key) { print $2 + 0; exit }' "$2"; }
named() { awk -F'"' -v key="$1" '$2 == key { print $4; exit }' "$2"; }

heading() {
  printf '| %s | CD | F@2 | F@5 | jitter / truth | bone length variation | body plan | s | peak MB |\n' "$1"
  printf '|---|---|---|---|---|---|---|---|---|\n'
}

# measure TITLE CLIP_DIR OUT.glb [FLAG...]: CLIP_DIR holds video.mp4, masks/ and gt.anime. Fails where the program does.
measure() {
  local title=$1 clip=$2 file=$3 log=${3%.glb}.log report=${3%.glb}.json
  shift 3
  if "$program" reconstruct "$clip/video.mp4" --masks "$clip/masks" -o "$file" --progress none "$@" >"$log" 2>&1 &&
    "$program" evaluate "$file" --truth "$clip/gt.anime" --progress none >"$file.txt" 2>>"$log"; then
    printf '| %s | %.2f | %.1f | %.1f | %.2f | %.5f | %s | %.0f | %.0f |\n' "$title" \
      "$(score 'Chamfer distance' "$file.txt")" "$(score 'F-score at 2 %' "$file.txt")" \
      "$(score 'F-score at 5 %' "$file.txt")" "$(score '  ratio' "$file.txt")" \
      "$(score 'bone length variation' "$file.txt")" "$(named category "$report")" \
      "$(reported total_seconds "$report")" "$(reported peak_memory_mb "$report")"
  else
    printf '| %s | failed: %s | | | | | | | |\n' "$title" "$(tail -1 "$log")"
    return 1
  fi
}
