#!/usr/bin/env bash
# How the reconstruction does on animated models that nobody tuned it for: renders each model twice with exact truth, from a
# camera that goes round it by 100 degrees and from one that stands still at its side, reconstructs and scores both,
# prints one Markdown table. Of a model's clips the first that walks, runs, gallops, flies or jumps is taken.
#
#   bench/models.sh MODEL...
#
# MAGICPOSE4D   the program               (build/release/app/cli/magicpose4d)
# OUT           folder for the results    (a temporary one); given again, a run that was stopped goes on
# FLAGS         flags for every run, e.g. '--seed 2'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=${MAGICPOSE4D:-build/release/app/cli/magicpose4d}
[[ $# -gt 0 && -x $program ]] || {
  echo "usage: bench/models.sh MODEL...   ($program must be built: ./dev build)" >&2
  exit 2
}
out=${OUT:-$(mktemp -d)}
read -ra flags <<<"${FLAGS:-}"
. bench/measure.sh

# The heading differs from model to model, so that no single one is favoured.
azimuth=20
failed=0
printf '| model, clip, camera | CD | F@2 | F@5 | true first frame held still: CD | jitter / truth | limb angles off | swing | limb phase off | sides swapped, %% | body plan |\n'
printf '|---|---|---|---|---|---|---|---|---|---|---|\n'
for model in "$@"; do
  name=$(basename "${model%.*}")
  clips=$("$program" info "$model" 2>/dev/null | sed -n 's/.*keys [0-9]* *name \(.*[^ ]\) *$/\1/p') || true
  clip=
  for kind in '^Walk$' Walk Run Gallop Fly Jump; do
    clip=$(grep -m 1 "$kind" <<<"$clips") && break
  done
  [[ -n $clip ]] || {
    printf '| %s | no moving clip, or not readable | | | | | | | | | |\n' "$name"
    continue
  }
  for camera in round side; do
    case $camera in
      round) view=(--azimuth "$azimuth" --orbit 100 --elevation 15) ;;
      side) view=(--azimuth "$((60 + azimuth % 50))" --orbit 0 --elevation 10) ;;
    esac
    scene=$out/${name}_$camera
    mkdir -p "$scene"
    [[ -s $scene/video.mp4 ]] || "$program" render "$model" --clip "$clip" --dataset "$scene" --size 512x512 --seconds 1.667 --distance 1.3 \
      "${view[@]}" --progress none >"$scene/render.log" 2>&1 || true
    evaluate_flags=(--held-still --truth-model "$model")
    reconstruct_and_score "$scene" "$scene/result.glb" "${flags[@]}" || {
      failed_row "$name, $clip, $camera" "$scene/result.glb" 10
      failed=1
      continue
    }
    scores=$scene/result.glb.txt
    printf '| %s, %s, %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$name" "$clip" "$camera" "$(surface_scores "$scores")" \
      "$(score 'truth held still: CD' "$scores")" "$(score '  ratio' "$scores")" "$(score 'limb angle error' "$scores")" \
      "$(score '  of one held still' "$scores")" "$(score 'limb phase error' "$scores")" \
      "$(score 'left/right swapped' "$scores")" "$(named category "$scene/result.json")"
  done
  azimuth=$(((azimuth + 70) % 360))
done
printf '\nResults: %s\n' "$out" >&2
exit $failed
