#!/usr/bin/env bash
# shellcheck disable=SC2154
# Sourced by the measuring scripts: reconstructions of clips with truth, and their scores as rows of Markdown tables.
# $program is the program to run.

# The number in a line of evaluate's table, or in a line of the report; – where there is none.
score() { awk -v name="$1" 'index($0, name) == 1 { sub(name, ""); print $1 + 0; found = 1; exit } END { if (!found) print "–" }' "$2"; }
reported() { awk -F'[:,]' -v key="\"$1\"" 'index($1, key) { print $2 + 0; exit }' "$2"; }
named() { awk -F'"' -v key="$1" '$2 == key { print $4; exit }' "$2"; }

# "CD | F@2 | F@5" of a file that evaluate wrote.
surface_scores() {
  printf '%s | %s | %s' "$(score 'Chamfer distance' "$1")" "$(score 'F-score at 2 %' "$1")" "$(score 'F-score at 5 %' "$1")"
}

# reconstruct_and_score CLIP_DIR OUT.glb [FLAG...]: CLIP_DIR holds video.mp4, masks/ and gt.anime; the scores, taken with the flags in
# the array evaluate_flags, are left in OUT.glb.txt and not taken again if they are there. Fails where the program does.
reconstruct_and_score() {
  local clip=$1 file=$2 log=${2%.glb}.log
  shift 2
  [[ -s $file.txt ]] && return
  "$program" reconstruct "$clip/video.mp4" --masks "$clip/masks" -o "$file" --progress none "$@" >"$log" 2>&1 &&
    "$program" evaluate "$file" --truth "$clip/gt.anime" "${evaluate_flags[@]}" --progress none >"$file.part" 2>>"$log" &&
    mv "$file.part" "$file.txt"
}
evaluate_flags=()

# failed_row TITLE OUT.glb COLUMNS: the error in place of the scores.
failed_row() { printf '| %s | failed: %s |%s\n' "$1" "$(tail -1 "${2%.glb}.log")" "$(printf ' |%.0s' $(seq 2 "$3"))"; }

heading() {
  printf '| %s | CD | F@2 | F@5 | jitter / truth | bone length variation | body plan | s | peak MB |\n' "$1"
  printf '|---|---|---|---|---|---|---|---|---|\n'
}

# measure TITLE CLIP_DIR OUT.glb [FLAG...]: one reconstruction as a row under `heading`.
measure() {
  local title=$1 file=$3 report=${3%.glb}.json
  shift
  reconstruct_and_score "$@" || {
    failed_row "$title" "$file" 8
    return 1
  }
  printf '| %s | %s | %s | %s | %s | %.0f | %.0f |\n' "$title" "$(surface_scores "$file.txt")" \
    "$(score '  ratio' "$file.txt")" "$(score 'bone length variation' "$file.txt")" "$(named category "$report")" \
    "$(reported total_seconds "$report")" "$(reported peak_memory_mb "$report")"
}
