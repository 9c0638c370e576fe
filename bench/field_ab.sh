#!/usr/bin/env bash
# S3IM's worth: trains fields on made scenes with S3IM's weight as it is by default and without it, the same draws of rays, and
# scores held-out views and surfaces. By steps, so that a busy machine gives the same. Prints a Markdown table; every point of
# every curve is in OUT/curves.csv.
#
#   bench/field_ab.sh
#
# OUT        folder for the results       (a temporary one); given again, rows that are done are not done again
# SCENES     default "room sparse corrupted moving object"
# FIELDS     default "grid dvgo tensorf sdf", and hexplane for the scene that moves
# SEEDS      default "1 2 3"; of cameras, draws and networks
# STEPS BATCH RESOLUTION   of the trainings, default 900 1024 64
# VIEWS WIDTH HEIGHT       of the scenes, default 64 128 96
# FLAGS      more flags for every training
# MAGICPOSE4D, MAKE_FIELD_SCENE   the programs   (those of build/release)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=$(readlink -f "${MAGICPOSE4D:-build/release/app/cli/magicpose4d}")
scene_maker=$(readlink -f "${MAKE_FIELD_SCENE:-build/release/tests/make_field_scene}")
[[ -x $program && -x $scene_maker ]] || { echo "bench/field_ab.sh: build magicpose4d and make_field_scene first (./dev build, ./dev test)" >&2; exit 2; }
out=${OUT:-$(mktemp -d)}
steps=${STEPS:-900} batch=${BATCH:-1024} resolution=${RESOLUTION:-64}
read -ra flags <<<"${FLAGS:-}"
mkdir -p "$out/rows"

row() {  # SCENE FIELD SEED WEIGHT
  local scene=$1 field=$2 seed=$3 weight=$4 name run
  name=$scene-$field-$seed-$weight
  [[ ! -e $out/rows/$name.json ]] || return 0
  local pictures=$out/scenes/$scene-$seed
  if [[ ! -e $pictures/transforms.json ]]; then
    rm -rf "$pictures.new"
    mkdir -p "$out/scenes"
    "$scene_maker" "$scene" "$pictures.new" "${VIEWS:-64}" "${WIDTH:-128}" "${HEIGHT:-96}" "$seed"
    mv "$pictures.new" "$pictures"
  fi
  run=$out/runs/$name
  "$program" field train "$pictures" -o "$run" --field "$field" --seed "$seed" --s3im-weight "$weight" --steps "$steps" \
    --batch "$batch" --resolution "$resolution" "${flags[@]}" --progress none >/dev/null
  # Without a surface (or a true one) there are scores of the views alone.
  { [[ $scene != moving ]] && "$program" field eval "$run" --json --mesh-truth "$pictures/truth.ply" --samples 50000 --progress none >"$run/eval.json" 2>/dev/null; } ||
    "$program" field eval "$run" --json --progress none >"$run/eval.json"
  python3 - "$scene" "$field" "$seed" "$run" >"$out/rows/$name.new" <<'TEXT'
import json, sys
scene, field, seed, run = sys.argv[1:]
scores, train = (json.load(open(f"{run}/{name}.json")) for name in ("eval", "train"))
json.dump({"scene": scene, "field": field, "seed": int(seed), "weight": train["s3im_weight"], "mean": scores["mean"], "mesh": scores.get("mesh"),
           "curve": train["curve"]}, sys.stdout)
TEXT
  mv "$out/rows/$name.new" "$out/rows/$name.json"
  rm -rf "$run"
}

table() {
  python3 - "$out" <<'TEXT'
import csv, glob, json, math, sys
from collections import defaultdict
out = sys.argv[1]
runs = [json.load(open(path)) for path in sorted(glob.glob(f"{out}/rows/*.json"))]
with open(f"{out}/curves.csv", "w", newline="") as file:
    lines = csv.writer(file)
    lines.writerow(["scene", "field", "seed", "s3im_weight", "step", "train_psnr", "held_out_psnr", "held_out_ssim", "mesh_f", "mesh_chamfer"])
    for run in runs:
        for point in run["curve"]:
            last = point is run["curve"][-1] and run["mesh"]
            lines.writerow([run["scene"], run["field"], run["seed"], run["weight"], point["step"], f'{point["train_psnr"]:.3f}', f'{point["psnr"]:.3f}',
                            f'{point["ssim"]:.4f}', f'{run["mesh"]["f"]:.4f}' if last else "", f'{run["mesh"]["chamfer"]:.4f}' if last else ""])
pairs = defaultdict(dict)
for run in runs:
    pairs[run["scene"], run["field"], run["seed"]][run["weight"] > 0] = run
groups = defaultdict(list)
for (scene, field, seed), pair in sorted(pairs.items()):
    if len(pair) == 2:
        groups[scene, field].append((seed, pair[True], pair[False]))
mean = lambda values: sum(values) / len(values)
print("| scene | field | seeds | PSNR with S3IM, dB | without | gain of each seed | mean | squared error | F with / without | ratio | Chamfer | ratio |")
print("|---|---|---|---|---|---|---|---|---|---|---|---|")
for (scene, field), found in groups.items():
    psnr = lambda run: run["mean"]["psnr"]
    gains = [psnr(a) - psnr(b) for _, a, b in found]
    error = mean([10 ** (-0.1 * psnr(a)) for _, a, b in found]) / mean([10 ** (-0.1 * psnr(b)) for _, a, b in found])
    surface = "| | | | |"
    if all(run["mesh"] for _, a, b in found for run in (a, b)):
        f, g, c, d = (mean([run[i]["mesh"][key] for run in found]) for key in ("f", "chamfer") for i in (1, 2))
        surface = f"| {f:.3f} / {g:.3f} | {f / max(g, 1e-9):.2f} | {c:.4f} / {d:.4f} | {c / d:.2f} |"
    print(f"| {scene} | {field} | {len(found)} | {mean([psnr(a) for _, a, b in found]):.2f} | {mean([psnr(b) for _, a, b in found]):.2f} | "
          + " ".join(f"{gain:+.2f}" for gain in gains) + f" | {mean(gains):+.2f} | {100 * (error - 1):+.0f} % " + surface)
TEXT
}

for seed in ${SEEDS:-1 2 3}; do
  for scene in ${SCENES:-room sparse corrupted moving object}; do
    fields=${FIELDS:-grid dvgo tensorf sdf}
    [[ $scene != moving || -n ${FIELDS:-} ]] || fields+=" hexplane"
    for field in $fields; do
      for weight in auto 0; do row "$scene" "$field" "$seed" "$weight"; done
    done
  done
done
table
echo "Results: $out" >&2
