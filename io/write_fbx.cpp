#include "core/files.h"
#include "io/internal/fbx_objects.h"
#include "motion/kinematics.h"
#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <cmath>

// FBX 7.4, binary. There is no public specification of the objects; what Autodesk's reader needs was found with
// FBX2glTF, which is built on it.

namespace mp4d {
namespace {

using Mat4d = Eigen::Matrix4d;

// These three and the footer's mark depend on each other; a fixed time keeps files the same from run to run.
constexpr std::string_view kFileId("\x28\xb3\x2a\xeb\xb6\x24\xcc\xc2\xbf\xc8\xb0\x2a\xa9\x2b\xfc\xf1", 16);
constexpr const char* kCreationTime = "1970-01-01 10:00:00:000";
constexpr const char* kCreator = "MagicPose4D Studio";

FbxRecord header() {
  FbxRecord record("FBXHeaderExtension");
  record.child("FBXHeaderVersion", 1003);
  record.child("FBXVersion", 7400);
  record.child("EncryptionType", 0);
  FbxRecord& time = record.child("CreationTimeStamp");
  time.child("Version", 1000);
  static constexpr std::array<std::pair<const char*, int>, 7> kMoment{
      {{"Year", 1970}, {"Month", 1}, {"Day", 1}, {"Hour", 10}, {"Minute", 0}, {"Second", 0}, {"Millisecond", 0}}};
  for (const auto& [name, value] : kMoment) time.child(name, value);
  record.child("Creator", kCreator);
  return record;
}

/// FbxTime::EMode for the usual rates, 14 (custom) for others.
int time_mode(double rate) {
  static constexpr std::array<std::pair<double, int>, 9> kModes{
      {{120, 1}, {100, 2}, {60, 3}, {50, 4}, {48, 5}, {30, 6}, {25, 10}, {24, 11}, {1000, 12}}};
  for (const auto& [usual, mode] : kModes)
    if (std::abs(rate - usual) < 1e-6) return mode;
  return 14;
}

FbxRecord global_settings(const RiggedModel& model, const ExportSettings& settings) {
  FbxRecord record("GlobalSettings");
  record.child("Version", 1000);
  FbxRecord& properties = record.child("Properties70");
  const auto whole = [&](const char* name, int value) { properties.property(name, "int", "Integer", "", value); };
  whole("UpAxis", settings.z_up ? 2 : 1);
  whole("UpAxisSign", 1);
  whole("FrontAxis", settings.z_up ? 1 : 2);
  whole("FrontAxisSign", settings.z_up ? -1 : 1);
  whole("CoordAxis", 0);
  whole("CoordAxisSign", 1);
  whole("OriginalUpAxis", settings.z_up ? 2 : 1);
  whole("OriginalUpAxisSign", 1);
  properties.property("UnitScaleFactor", "double", "Number", "", 100 * settings.unit_m);  // centimetres
  properties.property("OriginalUnitScaleFactor", "double", "Number", "", 100 * settings.unit_m);
  std::int64_t stop = 0;
  for (const Clip& clip : model.clips) stop = std::max(stop, fbx_time(clip.times.back()));
  properties.property("TimeSpanStart", "KTime", "Time", "", std::int64_t{0});
  properties.property("TimeSpanStop", "KTime", "Time", "", stop);
  properties.property("TimeMode", "enum", "", "", time_mode(settings.frame_rate));
  properties.property("CustomFrameRate", "double", "Number", "", settings.frame_rate);
  return record;
}

FbxRecord documents(const RiggedModel& model) {
  FbxRecord record("Documents");
  record.child("Count", 1);
  FbxRecord& document = record.child("Document", std::int64_t{1000000}, "Scene", "Scene");
  FbxRecord& properties = document.child("Properties70");
  properties.property("SourceObject", "object", "", "");
  properties.property("ActiveAnimStackName", "KString", "", "", model.clips.empty() ? "" : model.clips.front().name);
  document.child("RootNode", std::int64_t{0});
  return record;
}

FbxRecord definitions(const FbxObjects& objects) {
  FbxRecord record("Definitions");
  record.child("Version", 100);
  int all = 1;
  for (const auto& entry : objects.counts) all += entry.second;
  record.child("Count", all);
  record.child("ObjectType", "GlobalSettings").child("Count", 1);
  for (const auto& [type, count] : objects.counts) record.child("ObjectType", type).child("Count", count);
  return record;
}

FbxRecord takes(const RiggedModel& model) {
  FbxRecord record("Takes");
  record.child("Current", model.clips.empty() ? "" : model.clips.front().name);
  for (const Clip& clip : model.clips) {
    const std::int64_t start = fbx_time(clip.times.front()), stop = fbx_time(clip.times.back());
    FbxRecord& take = record.child("Take", clip.name);
    take.child("FileName", clip.name + ".tak");
    take.child("LocalTime", start, stop);
    take.child("ReferenceTime", start, stop);
  }
  return record;
}

/// A node of the scene with its attribute: "Null" or "LimbNode". Rotations are relative to rest, which stays apart as
/// PreRotation, so that Euler angles are small and zero means rest.
std::int64_t add_node(const std::string& name, const char* kind, const Transform& rest, double size,
                      std::int64_t parent, FbxObjects& out) {
  std::int64_t id, attribute_id;
  FbxRecord& attribute = out.make("NodeAttribute", name, "NodeAttribute", kind, attribute_id);
  const bool limb = std::string_view(kind) == "LimbNode";
  if (limb) attribute.child("Properties70").property("Size", "double", "Number", "", size);
  attribute.child("TypeFlags", limb ? "Skeleton" : "Null");
  FbxRecord& node = out.make("Model", name, "Model", kind, id);
  node.child("Version", 232);
  FbxRecord& properties = node.child("Properties70");
  const Eigen::Vector3d turn = fbx_euler(rest.rotation.cast<double>().normalized(), Eigen::Vector3d::Zero());
  const Eigen::Vector3d t = rest.translation.cast<double>(), s = rest.scale.cast<double>();
  if (!turn.isZero(0)) {
    properties.property("RotationActive", "bool", "", "", 1);
    properties.property("PreRotation", "Vector3D", "Vector", "", turn.x(), turn.y(), turn.z());
  }
  properties.property("InheritType", "enum", "", "", 1);  // the whole of the parent's matrix, scale included
  properties.property("DefaultAttributeIndex", "int", "Integer", "", 0);
  properties.property("Lcl Translation", "Lcl Translation", "", "A", t.x(), t.y(), t.z());
  properties.property("Lcl Rotation", "Lcl Rotation", "", "A", 0.0, 0.0, 0.0);
  properties.property("Lcl Scaling", "Lcl Scaling", "", "A", s.x(), s.y(), s.z());
  node.child("Shading", true);
  node.child("Culling", "CullingOff");
  out.connect(attribute_id, id);
  out.connect(id, parent);
  return id;
}

void add_bind_pose(const RiggedModel& model, const std::vector<std::pair<std::int64_t, Mat4d>>& nodes,
                   FbxObjects& out) {
  std::int64_t id;
  FbxRecord& pose = out.make("Pose", model.name, "Pose", "BindPose", id);
  pose.child("Type", "BindPose");
  pose.child("Version", 100);
  pose.child("NbPoseNodes", static_cast<std::int32_t>(nodes.size()));
  for (const auto& [node, matrix] : nodes) {
    FbxRecord& entry = pose.child("PoseNode");
    entry.child("Node", node);
    entry.child("Matrix", fbx_numbers(matrix));
  }
}

std::string unused_name(const RiggedModel& model, std::string name) {
  while (model.skeleton.find(name) >= 0 || model.name == name) name += "_";
  return name;
}

Result<void> add_scene(const RiggedModel& model, const ExportSettings& settings, FbxObjects& out) {
  const std::vector<Joint>& joints = model.skeleton.joints;
  const auto roots = std::count_if(joints.begin(), joints.end(), [](const Joint& joint) { return joint.parent < 0; });
  std::vector<std::pair<std::int64_t, Mat4d>> bind_pose;
  std::int64_t top = kFbxScene;
  if (!joints.empty() && (settings.armature || roots > 1)) {
    const char* kind = settings.armature ? "Null" : "LimbNode";
    top = add_node(unused_name(model, settings.armature ? "Armature" : "root"), kind, {}, 1, kFbxScene, out);
    bind_pose.emplace_back(top, Mat4d::Identity());
  }
  const std::vector<Mat4d> bind = fbx_bind_matrices(model);
  const std::vector<Vec3> tips = joint_tips(model);
  std::vector<std::int64_t> ids;
  for (std::size_t j = 0; j < joints.size(); ++j) {
    const std::int64_t parent = joints[j].parent < 0 ? top : ids[joints[j].parent];
    ids.push_back(add_node(joints[j].name, "LimbNode", joints[j].rest, std::max(1e-4f, tips[j].norm()), parent, out));
    bind_pose.emplace_back(ids.back(), bind[j]);
  }
  if (model.mesh.faces.rows() > 0) {
    MP4D_TRY(mesh, add_fbx_mesh(model, settings.weld, top, ids, out));
    bind_pose.emplace_back(mesh, Mat4d::Identity());
  }
  if (!ids.empty()) add_bind_pose(model, bind_pose, out);
  add_fbx_clips(model, ids, out);
  return {};
}

}  // namespace

std::vector<Mat4d> fbx_bind_matrices(const RiggedModel& model) {
  const std::vector<Mat4> rest = forward_kinematics(model.skeleton, rest_pose(model.skeleton));
  std::vector<Mat4d> matrices;
  for (std::size_t j = 0; j < rest.size(); ++j) {
    const Mat4d from_mesh = model.skin.joint_from_mesh[j].cast<double>();
    const double determinant = from_mesh.topLeftCorner<3, 3>().determinant();
    matrices.push_back(std::abs(determinant) > 1e-18 ? Mat4d(from_mesh.inverse()) : Mat4d(rest[j].cast<double>()));
  }
  return matrices;
}

std::vector<double> fbx_numbers(const Mat4d& matrix) { return {matrix.data(), matrix.data() + 16}; }

Result<void> write_fbx(const std::filesystem::path& path, const RiggedModel& model, const ExportSettings& settings) {
  const RiggedModel placed = to_file_space(model, settings);
  FbxObjects objects;
  if (const auto done = add_scene(placed, settings, objects); !done)
    return fail(done.error().code, "{}: not written: {}", path.string(), done.error().message);
  FbxRecord file_id("FileId"), time("CreationTime"), creator("Creator");
  file_id.add_bytes(kFileId);
  time.add(kCreationTime);
  creator.add(kCreator);
  const std::string bytes =
      fbx_file({header(), file_id, time, creator, global_settings(placed, settings), documents(placed),
                FbxRecord("References"), definitions(objects), objects.objects, objects.connections, takes(placed)});
  if (bytes.size() > 0xF0000000u)
    return fail(ErrorCode::kResource, "{}: not written: FBX 7.4 holds at most 4 GB", path.string());
  return write_atomically(path, bytes);
}

}  // namespace mp4d
