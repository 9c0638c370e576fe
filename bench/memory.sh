#!/usr/bin/env bash
# Peak memory of the commands, what they say beforehand that they need, and whether --memory is kept to: with 0.8 of its peak a
# command must refuse, or fail, or do with it; never take more than 1.1 of it. Prints a table; 1 if a budget was broken.
# usage: bench/memory.sh [NAME [PROGRAM]]     only the rows whose name contains NAME
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
only=${1:-}
program=$(readlink -f "${2:-build/release/app/cli/magicpose4d}")
scene_maker=$(dirname "$program")/../../tests/make_field_scene
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
broken=0

# Runs it; prints "EXIT PEAK_GB SECONDS LAST_LINE".
measured() {
  python3 - "$place/errors" "$program" "$@" <<'TEXT'
import os, subprocess, sys, time
began = time.time()
with open(sys.argv[1], "w") as errors:
    child = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=errors)
    _, status, usage = os.wait4(child.pid, 0)
lines = [line for line in open(sys.argv[1], errors="replace").read().splitlines() if "error" in line] or [""]
print(os.waitstatus_to_exitcode(status), f"{usage.ru_maxrss * 1024 / 1e9:.3f}", f"{time.time() - began:.0f}", lines[-1])
TEXT
}

row() {
  local name=$1 code peak seconds said budget verdict
  shift
  [[ $name == *"$only"* ]] || return 0
  rm -rf "$place"/{out,made.*}
  read -r code peak seconds said <<<"$(measured "$@" --progress none)"
  [[ $code == 0 ]] || { echo "| $name | failed: $said |"; broken=1; return 0; }
  budget=$(awk -v p="$peak" 'BEGIN {b = 0.8 * p; printf "%.3f", b < 0.3 ? 0.3 : b}')
  rm -rf "$place"/{out,made.*}
  local code2 peak2 seconds2 said2
  read -r code2 peak2 seconds2 said2 <<<"$(measured "$@" --progress none --memory "$budget")"
  case $code2 in
    0) verdict="done" ;;
    1) verdict=${said2#*error: } ;;
    *) verdict="ended with $code2"; broken=1 ;;
  esac
  awk -v p="$peak2" -v b="$budget" 'BEGIN {exit !(p > 1.1 * b)}' && { verdict+=" OVER"; broken=1; }
  echo "| $name | $seconds | $peak | $budget | $peak2 | ${verdict:0:140} |"
}

"$program" render assets/demo/gt.anime --dataset "$place/clip" --size 512x512 --fps 24 --seconds 1.667 --progress none >/dev/null
"$program" render assets/demo/gt.anime -o "$place/shape.obj" --progress none >/dev/null
python3 - "$place" <<'TEXT'
import math, sys
place = sys.argv[1]
def body(name, n):  # five capsules of about n vertices together: a trunk on four legs
    rings, seg = int(math.sqrt(n / 5 / 2)) * 2, int(math.sqrt(n / 5 / 2))
    verts, faces = [], []
    def capsule(a, b, r):
        base, axis = len(verts), [b[i] - a[i] for i in range(3)]
        length = math.sqrt(sum(x * x for x in axis)); d = [x / length for x in axis]
        u = [0, 0, 1] if abs(d[2]) < 0.5 else [1, 0, 0]
        v = [d[1]*u[2]-d[2]*u[1], d[2]*u[0]-d[0]*u[2], d[0]*u[1]-d[1]*u[0]]
        u = [v[1]*d[2]-v[2]*d[1], v[2]*d[0]-v[0]*d[2], v[0]*d[1]-v[1]*d[0]]
        for i in range(rings + 1):
            t = i / rings; s = r * math.sqrt(max(1e-4, 1 - (2 * t - 1) ** 8))
            for j in range(seg):
                p = 2 * math.pi * j / seg
                verts.append([a[k] + t * axis[k] + s * (math.cos(p) * u[k] + math.sin(p) * v[k]) for k in range(3)])
        for i in range(rings):
            for j in range(seg):
                q = [base + i * seg + j, base + i * seg + (j + 1) % seg, base + (i + 1) * seg + j, base + (i + 1) * seg + (j + 1) % seg]
                faces.extend([[q[0], q[1], q[2]], [q[1], q[3], q[2]]])
        for ring in (0, rings):
            for j in range(1, seg - 1):
                f = [base + ring * seg, base + ring * seg + j, base + ring * seg + j + 1]
                faces.append(f if ring else f[::-1])
    capsule((0, 1, -0.8), (0, 1, 0.8), 0.25)
    for x in (-0.2, 0.2):
        for z in (-0.6, 0.6):
            capsule((x, 0, z), (x, 1, z), 0.08)
    with open(f"{place}/{name}.obj", "w") as out:
        out.writelines(f"v {x:.5f} {y:.5f} {z:.5f}\n" for x, y, z in verts)
        out.writelines(f"f {a + 1} {b + 1} {c + 1}\n" for a, b, c in faces)
body("small", 10000)
body("large", 100000)
TEXT
"$program" rig "$place/small.obj" -o "$place/rigged.glb" --template quadruped --progress none >/dev/null
"$scene_maker" room "$place/scene" 24 160 120 >/dev/null
"$program" field train "$place/scene" -o "$place/field" --resolution 160 --steps 300 --progress none >/dev/null

echo "| command | s | peak GB | --memory | peak GB with it | and then |"
echo "|---|---|---|---|---|---|"
clip=(reconstruct "$place/clip/video.mp4" --masks "$place/clip/masks" --effort 0.1 --category quadruped -o "$place/made.glb")
row "reconstruct, 40 frames of 512²" "${clip[@]}"
row "rig, 10 000 vertices" rig "$place/small.obj" -o "$place/made.glb"
row "rig, 100 000 vertices" rig "$place/large.obj" -o "$place/made.glb"
row "transfer" transfer --motion assets/demo/gt.anime --target "$place/rigged.glb" -o "$place/made.glb"
row "human generate" human generate --text "a tall man" -o "$place/made.glb"
row "field train, 160³" field train "$place/scene" -o "$place/out" --resolution 160 --steps 60
row "field train, 160³, tensorf" field train "$place/scene" -o "$place/out" --resolution 160 --steps 60 --field tensorf
row "field mesh, 160³" field mesh "$place/field" -o "$place/made.ply"
row "field render, 48 pictures" field render "$place/field" -o "$place/made.mp4" --seconds 2 --size 320x240
[[ ! -d ../shared/data/makehuman ]] ||
  row "human train, 128², 8 people a step" human train --makehuman ../shared/data/makehuman -o "$place/out" --steps 2 --samples 0
row "render --dataset, 24 frames of 512²" render assets/demo/gt.anime --dataset "$place/out" --size 512x512 --seconds 1
row "render, video of 96 pictures" render assets/demo/gt.anime -o "$place/made.mp4" --seconds 4
row "edit to FBX" edit "$place/rigged.glb" -o "$place/made.fbx"
exit $broken
