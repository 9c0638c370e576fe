#!/usr/bin/env bash
# 200 tiny clips through one `magicpose4d batch`, 20 of them broken, each in another way. Prints what came of it and how memory went;
# 1 unless all whole ones are results, all broken ones are named failures and the exit code says so. Needs ffmpeg.
# usage: bench/long_run.sh [WHOLE [PROGRAM]]     WHOLE: whole clips, 180 by default
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
whole=${1:-180}
program=$(readlink -f "${2:-build/release/app/cli/magicpose4d}")
place=$(mktemp -d)
trap '[[ ${KEEP:-} ]] && echo "kept $place" || rm -rf "$place"' EXIT
clips=$place/clips
mkdir "$clips"

film() { ffmpeg -v error -y "$@"; }
for view in 0 1 2 3 4 5; do
  "$program" render assets/demo/gt.anime --dataset "$place/view$view" --size 96x96 --fps 8 --seconds 1 --azimuth $((60 * view)) --progress none >/dev/null
done
for i in $(seq -f %03g "$whole"); do
  view=$place/view$((10#$i % 6))
  cp "$view/video.mp4" "$clips/whole$i.mp4"
  cp -r "$view/masks" "$clips/whole$i-masks"
done

good=$place/view0
as() { cp -r "$good/masks" "$clips/$1-masks"; } # masks that would fit
# Names begin with bad; masks are there so that the clip alone is to blame, unless the masks are.
for name in cut empty text noise head one-frame audio picture gltf device; do as "bad-$name"; done
head -c $(($(stat -c %s "$good/video.mp4") / 2)) "$good/video.mp4" >"$clips/bad-cut.mp4"
: >"$clips/bad-empty.mp4"
echo "this is no video" >"$clips/bad-text.mp4"
head -c 50000 /dev/urandom >"$clips/bad-noise.mp4"
head -c 1000 "$good/video.mp4" >"$clips/bad-head.mp4"
film -i "$good/video.mp4" -frames:v 1 "$clips/bad-one-frame.mp4"
film -f lavfi -i sine=duration=1 "$clips/bad-audio.mp4"
film -i "$good/video.mp4" -frames:v 1 -f image2 -c:v png "$clips/bad-picture.mp4"
printf 'glTF\2\0\0\0\14\0\0\0' >"$clips/bad-gltf.gif"
ln -s /dev/null "$clips/bad-device.mp4"
film -f lavfi -i color=black:size=96x96:duration=1:rate=8 "$clips/bad-black.mp4" # and no masks
film -f lavfi -i color=gray:size=96x96:duration=1:rate=8 "$clips/bad-still.mp4"
for name in mask-size mask-text mask-empty mask-missing mask-none; do cp "$good/video.mp4" "$clips/bad-$name.mp4"; done
as bad-mask-size && for mask in "$clips"/bad-mask-size-masks/*.png; do film -i "$mask" -vf scale=40:30 "$mask.new.png" && mv "$mask.new.png" "$mask"; done
as bad-mask-text && for mask in "$clips"/bad-mask-text-masks/*.png; do echo "no picture" >"$mask"; done
as bad-mask-empty && for mask in "$clips"/bad-mask-empty-masks/*.png; do film -i "$mask" -vf lutyuv=y=0 "$mask.new.png" && mv "$mask.new.png" "$mask"; done
as bad-mask-missing && rm "$(ls "$clips"/bad-mask-missing-masks/*.png | sed -n 3p)"
mkdir "$clips/bad-mask-none-masks"
mkdir "$clips/bad-folder" # of no pictures
mkfifo "$clips/bad-pipe.mp4"
# bad-gone has no file at all.

python3 - "$clips" >"$place/list.json" <<'TEXT'
import json, os, sys
folder, jobs = sys.argv[1], []
for entry in sorted(os.listdir(folder)):
    if entry.endswith("-masks"):
        continue
    job = {"clip": f"{folder}/{entry}", "name": entry.split(".")[0]}
    masks = f"{folder}/{job['name']}-masks"
    if os.path.isdir(masks):
        job["masks"] = masks
    jobs.append(job)
jobs.append({"clip": f"{folder}/bad-gone.mp4", "name": "bad-gone"})
print(json.dumps({"defaults": {"effort": 0.02, "texture": 0, "category": "quadruped", "free-form": False}, "jobs": jobs}))
TEXT

began=$(date +%s)
"$program" batch "$place/list.json" -o "$place/out" --timeout 600 --progress none >"$place/said" 2>"$place/errors" &
batch=$!
sleep 20
early=$(awk '/VmRSS/ {print $2}' /proc/$batch/status)
while kill -0 $batch 2>/dev/null; do
  late=$(awk '/VmRSS/ {print $2}' /proc/$batch/status 2>/dev/null) || true
  sleep 1
done
code=0
wait $batch || code=$?
python3 - "$place/out/results.json" "$whole" "$code" "$((($(date +%s) - began)))" "$early" "${late:-0}" <<'TEXT'
import json, sys
path, whole, code, seconds, early, late = sys.argv[1], *map(int, sys.argv[2:])
jobs = json.load(open(path))["jobs"]
done = [j for j in jobs if j["state"] == "done"]
failed = [j for j in jobs if j["state"] == "failed"]
for job in failed:
    print(f"{job['name']:18} {job['exit_code']} {job['seconds']:5.1f} s  {job['error']}")
peaks = [j["peak_memory_gb"] for j in done] or [0]
quarter = max(1, len(peaks) // 4)
print(f"{len(jobs)} jobs in {seconds} s: {len(done)} done, {len(failed)} failed, exit code {code}")
print(f"peak of a job: first quarter {max(peaks[:quarter]):.3f} GB, last quarter {max(peaks[-quarter:]):.3f} GB; "
      f"the batch itself: {early / 1024:.1f} MB after 20 s, {late / 1024:.1f} MB at the end")
right = len(done) == whole and all(j["name"].startswith("whole") for j in done) and all(j["error"] and j["exit_code"] == 1 for j in failed)
sys.exit(0 if right and len(failed) == len(jobs) - whole and code == 1 else 1)
TEXT
tail -n 2 "$place/errors"
