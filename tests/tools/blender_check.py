"""Opens a GLB, FBX or BVH in Blender and writes where its vertices or bones are at given times.

blender -b --factory-startup -noaudio --python-exit-code 1 -P blender_check.py -- MODEL REQUEST.json OUT.bin

REQUEST: {"clips": [{"name": ..., "times": [seconds, ...]}, ...]}. OUT: for every clip and time all vertices as
float32 x, y, z in glTF's axes, vertices in the order of their primitives; with "corners": true in the request those at
the corners of all polygons in their order; with "bones": [names] the heads of these bones. Prints one line
`blender_check {"vertices": ..., "bones": ..., "actions": ..., "lengths": {clip: seconds}}` or exits with status 1 and
says what is missing.
"""
import builtins
import json
import os
import sys
import traceback

import numpy

for builtin in (bool, int, float, object):  # removed from NumPy 1.24, used by Blender 3.4's importer
    if builtin.__name__ not in numpy.__dict__:
        setattr(numpy, builtin.__name__, builtin)

import bpy  # noqa: E402

plain_open = builtins.open  # its BVH importer asks for a mode that Python 3.11 has no more
builtins.open = lambda file, mode="r", *rest, **named: plain_open(file, mode.replace("U", ""), *rest, **named)


def only(objects, kind):
    found = [o for o in objects if o.type == kind and not o.name.startswith("Icosphere")]
    if len(found) != 1:
        raise SystemExit(f"blender_check: {len(found)} objects of type {kind} instead of 1")
    return found[0]


def in_gltf_axes(points):
    return numpy.stack([points[:, 0], points[:, 2], -points[:, 1]], axis=1).astype("<f4")


def heads(armature, names):
    world = numpy.array(armature.matrix_world)
    points = numpy.array([armature.pose.bones[name].head for name in names], numpy.float64)
    return in_gltf_axes(points @ world[:3, :3].T + world[:3, 3])


def vertices(mesh_object, corners):
    evaluated = mesh_object.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = evaluated.to_mesh()
    points = numpy.empty(len(mesh.vertices) * 3, numpy.float32)
    mesh.vertices.foreach_get("co", points)
    points = points.reshape(-1, 3).astype(numpy.float64)
    if corners:
        order = numpy.empty(len(mesh.loops), numpy.int32)
        mesh.loops.foreach_get("vertex_index", order)
        points = points[order]
    evaluated.to_mesh_clear()
    world = numpy.array(evaluated.matrix_world)
    points = points @ world[:3, :3].T + world[:3, 3]
    return in_gltf_axes(points)


def load(model):
    """Imports the file; returns the action of each clip of the armature."""
    scene = bpy.context.scene
    if model.endswith(".fbx"):
        bpy.ops.import_scene.fbx(filepath=model, anim_offset=0)
        return {a.name.split("|")[1]: a for a in bpy.data.actions if a.name.count("|") >= 2}
    if model.endswith(".bvh"):
        bpy.ops.import_anim.bvh(filepath=model, frame_start=1, use_fps_scale=False, update_scene_fps=True)
        return {a.name: a for a in bpy.data.actions}
    bpy.ops.import_scene.gltf(filepath=model)
    animation = only(scene.objects, "ARMATURE").animation_data
    return {t.name: t.strips[0].action for t in animation.nla_tracks} if animation else {}


def main(model, request, out):
    scene = bpy.context.scene
    for o in list(scene.objects):
        bpy.data.objects.remove(o)
    actions = load(model)
    with open(request) as file:
        wanted = json.load(file)
    clips, bones = wanted["clips"], wanted.get("bones")
    armature = only(scene.objects, "ARMATURE")
    mesh = None if bones else only(scene.objects, "MESH")
    if mesh and not any(m.type == "ARMATURE" and m.object == armature for m in mesh.modifiers):
        raise SystemExit("blender_check: the mesh has no armature modifier")
    if mesh and not mesh.vertex_groups:
        raise SystemExit("blender_check: the mesh has no vertex groups")
    animation = armature.animation_data
    if clips and not animation:
        raise SystemExit("blender_check: the armature has no animation")
    missing = [c["name"] for c in clips if c["name"] not in actions]
    if missing:
        raise SystemExit(f"blender_check: no action for the clips {missing}; there are {sorted(actions)}")
    rest = {b.name: b.matrix_basis.copy() for b in armature.pose.bones}
    fps = scene.render.fps / scene.render.fps_base
    first = 1 if model.endswith(".bvh") else 0  # the BVH importer cannot begin at 0
    count = 0
    with open(out, "wb") as file:
        for clip in clips:
            animation.use_nla = False
            animation.action = actions[clip["name"]]
            for bone in armature.pose.bones:  # what a clip does not move is at rest, not where the last clip left it
                bone.matrix_basis = rest[bone.name]
            for time in clip["times"]:
                frame = time * fps + first
                scene.frame_set(int(frame), subframe=frame - int(frame))
                points = heads(armature, bones) if bones else vertices(mesh, wanted.get("corners"))
                count = len(points)
                file.write(points.tobytes())
    lengths = {c["name"]: (actions[c["name"]].frame_range[1] - first) / fps for c in clips}
    print("blender_check", json.dumps({"vertices": count, "bones": len(armature.data.bones), "actions": len(actions),
                                       "lengths": lengths}))


try:
    main(*sys.argv[sys.argv.index("--") + 1:])
except SystemExit as stop:
    print(stop)
    os._exit(1)
except BaseException:
    traceback.print_exc()
    os._exit(1)
sys.stdout.flush()
os._exit(0)
