#pragma once
#include "io/internal/export_formats.h"
#include "io/internal/fbx_record.h"
#include <map>
#include <string>
#include <vector>

namespace mp4d {

/// The objects of an FBX scene and what is connected to what; the parts of the writer add to it.
struct FbxObjects {
  FbxRecord objects{"Objects"};
  FbxRecord connections{"Connections"};
  std::map<std::string, std::int32_t> counts;  ///< objects of each type, for the definitions

  /// A new object record `type`: id, name of class `kind`, subclass. The reference holds until the next one is made.
  FbxRecord& make(const char* type, const std::string& name, const char* kind, const char* subclass, std::int64_t& id) {
    id = next_id_++;
    ++counts[type];
    return objects.child(type, id, fbx_name(name, kind), subclass);
  }
  void connect(std::int64_t child, std::int64_t parent) { connections.child("C", "OO", child, parent); }
  void connect(std::int64_t child, std::int64_t parent, const char* property) {
    connections.child("C", "OP", child, parent, property);
  }

 private:
  std::int64_t next_id_ = 1000001;
};

constexpr std::int64_t kFbxScene = 0;  // what has no parent is connected to it

/// Time in FBX's ticks.
std::int64_t fbx_time(double seconds);

/// Euler angles in degrees, turned about x first, then y, then z; of the two triples that mean `rotation`, and their
/// full turns, the one nearest `near`.
Eigen::Vector3d fbx_euler(const Eigen::Quaterniond& rotation, const Eigen::Vector3d& near);

/// Geometry with normals, texture coordinates, colours, materials and textures, hung on `parent`; the skin's clusters
/// on `joint_ids`. `model` is in the file's axes and unit. Returns the mesh node's id. Error: a texture cannot be
/// encoded, or a joint that moves vertices has a bind matrix without inverse.
Result<std::int64_t> add_fbx_mesh(const RiggedModel& model, bool weld, std::int64_t parent,
                                  const std::vector<std::int64_t>& joint_ids, FbxObjects& out);

/// One stack a clip, with curves for every path that any clip moves.
void add_fbx_clips(const RiggedModel& model, const std::vector<std::int64_t>& joint_ids, FbxObjects& out);

/// Inverse of joint_from_mesh, or the rest pose's matrix where there is none.
std::vector<Eigen::Matrix4d> fbx_bind_matrices(const RiggedModel& model);

/// The 16 numbers of a matrix as FBX has them.
std::vector<double> fbx_numbers(const Eigen::Matrix4d& matrix);

}  // namespace mp4d
