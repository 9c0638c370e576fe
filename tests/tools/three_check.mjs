// node three_check.mjs MODULE_FOLDER FILE REQUEST.json OUT.bin: what three.js makes of a .usda, .usdz or .bvh file.
//
// REQUEST: {"clips": [{"name": ..., "times": [seconds, ...]}, ...], "bones": [names]}. OUT: for every clip and time, as
// float32 x, y, z in the file's axes and unit: the places of these bones, then, of a file with meshes, all vertices,
// skinned, mesh by mesh. Prints one line of JSON: {"vertices": ..., "bones": ..., "textures": ...}.
import fs from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const [folder, file, requestFile, outFile] = process.argv.slice(2);
const images = [];
const element = () => ({
  addEventListener() {}, removeEventListener() {},
  set src(url) { images.push(url); },
});
globalThis.document = {createElementNS: element, createElement: element};
globalThis.self = globalThis;

const load = (name) => import(pathToFileURL(path.join(folder, 'three', name)).href);
const THREE = await load('build/three.module.js');
const request = JSON.parse(fs.readFileSync(requestFile, 'utf8'));
const bytes = fs.readFileSync(file);

let root, clips;
if (file.endsWith('.bvh')) {
  const {BVHLoader} = await load('examples/jsm/loaders/BVHLoader.js');
  const {skeleton, clip} = new BVHLoader().parse(bytes.toString('utf8'));
  root = skeleton.bones[0];
  clips = [clip];
} else {
  const {USDLoader} = await load('examples/jsm/loaders/USDLoader.js');
  const data = file.endsWith('.usda') ? bytes.toString('utf8') : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  root = new USDLoader().parse(data, path.dirname(file) + '/');
  clips = root.animations;
}

const bones = new Map(), meshes = [];
root.traverse((o) => {
  if (o.isBone && !bones.has(o.name)) bones.set(o.name, o);
  if (o.isSkinnedMesh) {
    meshes.push(o);
    for (const b of o.skeleton.bones) bones.set(b.name, b);
  }
});
const missing = request.bones.filter((name) => !bones.has(name));
if (missing.length > 0) throw new Error(`no bones ${missing}; there are ${[...bones.keys()]}`);

const mixer = new THREE.AnimationMixer(root);
const out = [], v = new THREE.Vector3();
let vertices = 0;
for (const wanted of request.clips) {
  const clip = clips.find((c) => c.name === wanted.name) || (clips.length === 1 ? clips[0] : null);
  if (!clip) throw new Error(`no clip '${wanted.name}'; there are ${clips.map((c) => c.name)}`);
  mixer.stopAllAction();
  const action = mixer.clipAction(clip);
  action.setLoop(THREE.LoopOnce);
  action.clampWhenFinished = true;
  action.play();
  for (const time of wanted.times) {
    action.reset().play();
    mixer.setTime(Math.min(time, clip.duration));
    root.updateMatrixWorld(true);
    for (const name of request.bones) out.push(...bones.get(name).getWorldPosition(v).toArray());
    vertices = 0;
    for (const mesh of meshes) {
      mesh.skeleton.update();
      const position = mesh.geometry.getAttribute('position');
      for (let i = 0; i < position.count; ++i, ++vertices) {
        v.fromBufferAttribute(position, i);
        mesh.applyBoneTransform(i, v);
        out.push(...v.applyMatrix4(mesh.matrixWorld).toArray());
      }
    }
  }
}
fs.writeFileSync(outFile, Buffer.from(new Float32Array(out).buffer));
console.log(JSON.stringify({vertices, bones: bones.size, textures: images.length, clips: clips.map((c) => [c.name, c.duration])}));
process.exit(0);
