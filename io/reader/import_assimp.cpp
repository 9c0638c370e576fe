#include "io/reader/import_assimp.h"
#include "io/listing.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <assimp/BaseImporter.h>
#include <assimp/DefaultIOSystem.h>
#include <assimp/Importer.hpp>
#include <assimp/config.h>
#include <assimp/material.h>
#include <assimp/postprocess.h>
#include <assimp/scene.h>
#include <cmath>
#include <cstring>
#include <new>
#include <unordered_map>

namespace mp4d::internal {
namespace {

/// Lets Assimp open files in the model's folder tree and nothing else.
class FolderOnly : public Assimp::DefaultIOSystem {
 public:
  explicit FolderOnly(std::filesystem::path model) : model_(std::move(model)) {}
  bool Exists(const char* file) const override { return inside(file) && DefaultIOSystem::Exists(file); }
  Assimp::IOStream* Open(const char* file, const char* mode) override {
    return inside(file) ? DefaultIOSystem::Open(file, mode) : nullptr;
  }

 private:
  bool inside(const char* file) const {
    std::error_code error;
    const auto folder = std::filesystem::weakly_canonical(std::filesystem::absolute(model_).parent_path(), error);
    const auto relative = std::filesystem::weakly_canonical(file, error).lexically_relative(folder);
    return !relative.empty() && *relative.begin() != "..";
  }
  std::filesystem::path model_;
};

Vec3 to_vec3(const aiVector3D& v) { return {v.x, v.y, v.z}; }

Mat4 to_mat4(const aiMatrix4x4& m) {
  Mat4 out;
  for (int r = 0; r < 4; ++r) {
    for (int c = 0; c < 4; ++c) out(r, c) = m[r][c];
  }
  return out;
}

class AssimpReader {
 public:
  AssimpReader(const std::filesystem::path& path, const aiScene& source)
      : path_(path), source_(source), scene_(foreign_.scene) {}

  Result<ForeignScene> run() {
    add_node(*source_.mRootNode, -1);
    read_materials();
    for (const auto& [node, index] : nodes_) {
      for (unsigned m = 0; m < node->mNumMeshes; ++m) MP4D_CHECK(read_mesh(*source_.mMeshes[node->mMeshes[m]], index));
    }
    for (unsigned a = 0; a < source_.mNumAnimations; ++a) read_animation(*source_.mAnimations[a]);
    scene_.motion_only = source_.mNumMeshes == 0 && !scene_.clips.empty();
    drop_root();
    if (lower_extension(path_) == ".fbx") {
      drop_armature();
      to_metres_and_y_up();
    }
    return std::move(foreign_);
  }

 private:
  void add_node(const aiNode& node, int parent) {
    const int index = static_cast<int>(scene_.nodes.size());
    ImportedNode out;
    out.name = node.mName.C_Str();
    out.parent = parent;
    out.rest = decompose(to_mat4(node.mTransformation));
    for (unsigned i = 0; i < source_.mNumCameras; ++i) out.holds_object |= source_.mCameras[i]->mName == node.mName;
    for (unsigned i = 0; i < source_.mNumLights; ++i) out.holds_object |= source_.mLights[i]->mName == node.mName;
    scene_.nodes.push_back(std::move(out));
    nodes_.emplace_back(&node, index);
    by_name_.emplace(node.mName.C_Str(), index);
    for (unsigned c = 0; c < node.mNumChildren; ++c) add_node(*node.mChildren[c], index);
  }

  /// The node that Assimp puts above everything is none of the file's, unless something hangs on it.
  void drop_root() {
    const aiNode& root = *source_.mRootNode;
    if (root.mNumChildren > 0 && root.mNumMeshes == 0 && root.mTransformation.IsIdentity() && idle(0)) drop_first();
  }

  /// The node that Blender, and we, hang joints and mesh below in FBX is no joint, which Assimp cannot tell.
  void drop_armature() {
    if (scene_.nodes.size() < 2 || scene_.nodes[0].name != "Armature" || !idle(0)) return;
    const Transform& rest = scene_.nodes[0].rest;
    const bool only_root =
        std::none_of(scene_.nodes.begin() + 1, scene_.nodes.end(), [](const auto& n) { return n.parent < 0; });
    const bool carries =
        std::any_of(scene_.meshes.begin(), scene_.meshes.end(), [](const auto& m) { return m.node == 0; });
    if (only_root && !carries && rest.matrix().isIdentity(1e-6f)) drop_first();
  }

  /// Neither moved nor moving vertices.
  bool idle(int node) const {
    for (const ImportedMesh& mesh : scene_.meshes)
      if (std::count(mesh.bones.begin(), mesh.bones.end(), node) > 0) return false;
    for (const ImportedClip& clip : scene_.clips)
      for (const ImportedTrack& track : clip.tracks)
        if (track.node == node) return false;
    return true;
  }

  void drop_first() {
    scene_.nodes.erase(scene_.nodes.begin());
    for (ImportedNode& node : scene_.nodes) node.parent = std::max(-1, node.parent - 1);
    for (ImportedMesh& mesh : scene_.meshes) {
      --mesh.node;
      for (int& bone : mesh.bones) --bone;
    }
    for (ImportedClip& clip : scene_.clips) {
      for (ImportedTrack& track : clip.tracks) --track.node;
    }
  }

  void read_materials() {
    for (unsigned m = 0; m < source_.mNumMaterials; ++m) {
      const aiMaterial& source = *source_.mMaterials[m];
      Material material;
      aiString name, file;
      if (source.Get(AI_MATKEY_NAME, name) == AI_SUCCESS) material.name = name.C_Str();
      aiColor4D color(0.8f, 0.8f, 0.8f, 1);
      if (source.Get(AI_MATKEY_BASE_COLOR, color) != AI_SUCCESS) source.Get(AI_MATKEY_COLOR_DIFFUSE, color);
      float opacity = 1;
      source.Get(AI_MATKEY_OPACITY, opacity);
      material.base_color = Vec4(color.r, color.g, color.b, opacity);
      if (!material.base_color.allFinite()) material.base_color = Vec4(0.8f, 0.8f, 0.8f, 1);
      int texture = -1;
      for (const aiTextureType type : {aiTextureType_BASE_COLOR, aiTextureType_DIFFUSE}) {
        if (source.GetTexture(type, 0, &file) != AI_SUCCESS || file.length == 0) continue;
        texture = texture_named(file.C_Str());
        break;
      }
      scene_.materials.push_back(std::move(material));
      foreign_.texture_of_material.push_back(texture);
    }
  }

  /// Its index among the textures.
  int texture_named(const std::string& name) {
    const auto [known, is_new] = textures_.try_emplace(name, static_cast<int>(foreign_.textures.size()));
    if (!is_new) return known->second;
    ForeignTexture& texture = foreign_.textures.emplace_back();
    texture.name = name;
    const aiTexture* embedded = source_.GetEmbeddedTexture(name.c_str());
    if (embedded && embedded->mHeight == 0) {
      texture.encoded.assign(reinterpret_cast<const char*>(embedded->pcData), embedded->mWidth);
    } else if (embedded) {
      texture.picture = Image(static_cast<int>(embedded->mWidth), static_cast<int>(embedded->mHeight), 4);
      for (std::size_t i = 0; i < texture.picture.pixels(); ++i) {
        const aiTexel& texel = embedded->pcData[i];
        const std::uint8_t rgba[] = {texel.r, texel.g, texel.b, texel.a};
        std::copy_n(rgba, 4, &texture.picture.data[4 * i]);
      }
    }
    return known->second;
  }

  Result<void> read_mesh(const aiMesh& source, int node) {
    ImportedMesh mesh;
    mesh.name = source.mName.C_Str();
    mesh.node = node;
    const Eigen::Index count = source.mNumVertices;
    mesh.verts.resize(count, 3);
    for (Eigen::Index v = 0; v < count; ++v) mesh.verts.row(v) = to_vec3(source.mVertices[v]).transpose();
    if (source.HasNormals()) {
      mesh.normals.resize(count, 3);
      for (Eigen::Index v = 0; v < count; ++v) mesh.normals.row(v) = to_vec3(source.mNormals[v]).transpose();
    }
    if (source.HasVertexColors(0)) {
      mesh.colors.resize(count, 3);
      for (Eigen::Index v = 0; v < count; ++v) {
        const aiColor4D& c = source.mColors[0][v];
        mesh.colors.row(v) << c.r, c.g, c.b;
      }
    }
    if (source.HasTextureCoords(0)) {
      mesh.uvs.resize(count, 2);
      for (Eigen::Index v = 0; v < count; ++v) {
        mesh.uvs.row(v) << source.mTextureCoords[0][v].x, 1 - source.mTextureCoords[0][v].y;
      }
    }
    std::vector<int> corners;
    for (unsigned f = 0; f < source.mNumFaces; ++f) {
      const aiFace& face = source.mFaces[f];
      if (face.mNumIndices != 3) continue;
      for (int k = 0; k < 3; ++k) corners.push_back(static_cast<int>(face.mIndices[k]));
    }
    mesh.faces = Eigen::Map<const Faces>(corners.data(), static_cast<Eigen::Index>(corners.size() / 3), 3);
    mesh.face_material.assign(corners.size() / 3, static_cast<int>(source.mMaterialIndex));
    if (source.mNumBones > 0) mesh.influences.resize(count);
    for (unsigned b = 0; b < source.mNumBones; ++b) {
      const aiBone& bone = *source.mBones[b];
      const auto found = by_name_.find(bone.mName.C_Str());
      if (found == by_name_.end()) {
        return fail(ErrorCode::kInput, "{}: mesh '{}' follows bone '{}', which is not in the file", path_.string(),
                    mesh.name, bone.mName.C_Str());
      }
      mesh.bones.push_back(found->second);
      mesh.bone_from_mesh.push_back(to_mat4(bone.mOffsetMatrix));
      for (unsigned w = 0; w < bone.mNumWeights; ++w) {
        const aiVertexWeight& weight = bone.mWeights[w];
        if (weight.mVertexId >= source.mNumVertices) {
          return fail(ErrorCode::kInput, "{}: mesh '{}': bone '{}' weights vertex {} of {}", path_.string(), mesh.name,
                      bone.mName.C_Str(), weight.mVertexId, source.mNumVertices);
        }
        if (weight.mWeight > 0) mesh.influences[weight.mVertexId].emplace_back(static_cast<int>(b), weight.mWeight);
      }
    }
    // PLY keeps its vertices as they are, so that sequences of files keep their topology.
    if (lower_extension(path_) != ".ply") weld_identical(mesh);
    scene_.meshes.push_back(std::move(mesh));
    return {};
  }

  /// Assimp's ticks to seconds; keys that repeat a time are dropped but for the last.
  template <class Key, class Value>
  ImportedTrack make_track(int node, Path path, const Key* keys, unsigned count, double rate, const Value& value) {
    ImportedTrack track;
    track.node = node;
    track.path = path;
    for (unsigned i = 0; i < count; ++i) {
      const double time = keys[i].mTime / rate;
      if (!track.times.empty() && track.times.back() == time) {
        track.values.back() = value(keys[i]);
        continue;
      }
      track.times.push_back(time);
      track.values.push_back(value(keys[i]));
    }
    return track;
  }

  void read_animation(const aiAnimation& source) {
    ImportedClip clip;
    clip.name = source.mName.C_Str();
    const double rate = source.mTicksPerSecond > 0 ? source.mTicksPerSecond : 25;
    const auto vector = [](const aiVectorKey& key) { return Vec4(key.mValue.x, key.mValue.y, key.mValue.z, 0); };
    const auto rotation = [](const aiQuatKey& key) {
      return Vec4(key.mValue.x, key.mValue.y, key.mValue.z, key.mValue.w);
    };
    for (unsigned c = 0; c < source.mNumChannels; ++c) {
      const aiNodeAnim& channel = *source.mChannels[c];
      const auto found = by_name_.find(channel.mNodeName.C_Str());
      if (found == by_name_.end()) continue;
      const int node = found->second;
      clip.tracks.push_back(
          make_track(node, Path::kTranslation, channel.mPositionKeys, channel.mNumPositionKeys, rate, vector));
      clip.tracks.push_back(
          make_track(node, Path::kRotation, channel.mRotationKeys, channel.mNumRotationKeys, rate, rotation));
      clip.tracks.push_back(
          make_track(node, Path::kScale, channel.mScalingKeys, channel.mNumScalingKeys, rate, vector));
    }
    scene_.clips.push_back(std::move(clip));
  }

  template <class T>
  T metadata(const char* key, T fallback) const {
    T value;
    return source_.mMetaData && source_.mMetaData->Get(key, value) ? value : fallback;
  }

  /// FBX says its unit (in centimetres) and axes; Assimp leaves both to us.
  void to_metres_and_y_up() {
    double unit = metadata<double>("UnitScaleFactor", 0);
    if (unit == 0) unit = metadata<float>("UnitScaleFactor", 1);
    const float scale = static_cast<float>(unit > 0 && std::isfinite(unit) ? unit * 0.01 : 0.01);
    Mat3 axes = Mat3::Zero();
    const auto axis = [&](int row, const char* name, const char* sign, int fallback) {
      const int column = metadata<int>(name, fallback);
      if (column >= 0 && column < 3) axes(row, column) = metadata<int>(sign, 1) < 0 ? -1 : 1;
    };
    axis(0, "CoordAxis", "CoordAxisSign", 0);
    axis(1, "UpAxis", "UpAxisSign", 1);
    axis(2, "FrontAxis", "FrontAxisSign", 2);
    if (std::abs(axes.determinant() - 1) > 1e-6f) axes.setIdentity();
    const Quat turn(axes);
    for (ImportedNode& node : scene_.nodes) {
      node.rest.translation *= scale;
      if (node.parent >= 0) continue;
      node.rest.translation = turn * node.rest.translation;
      node.rest.rotation = turn * node.rest.rotation;
    }
    for (ImportedMesh& mesh : scene_.meshes) {
      mesh.verts *= scale;
      for (Mat4& offset : mesh.bone_from_mesh) offset.topRightCorner<3, 1>() *= scale;
    }
    for (ImportedClip& clip : scene_.clips) {
      for (ImportedTrack& track : clip.tracks) {
        const bool root = scene_.nodes[track.node].parent < 0;
        for (Vec4& value : track.values) {
          if (track.path == Path::kTranslation) value.head<3>() *= scale;
          if (!root) continue;
          if (track.path == Path::kTranslation) value.head<3>() = turn * Vec3(value.head<3>());
          if (track.path == Path::kRotation) value = (turn * Quat(value)).coeffs();
        }
      }
    }
  }

  const std::filesystem::path& path_;
  const aiScene& source_;
  ForeignScene foreign_;
  ImportedScene& scene_;  // foreign_'s
  std::vector<std::pair<const aiNode*, int>> nodes_;
  std::unordered_map<std::string, int> by_name_;
  std::unordered_map<std::string, int> textures_;
};

/// Assimp goes by what a file begins with too, so that any of its fifty parsers could be reached under any ending.
void keep_only(const std::string& extension, Assimp::Importer& importer) {
  const Assimp::BaseImporter* kept = importer.GetImporter(extension.c_str());
  for (std::size_t i = importer.GetImporterCount(); i-- > 0;)
    if (importer.GetImporter(i) != kept) importer.UnregisterLoader(importer.GetImporter(i));
}

}  // namespace

Result<ForeignScene> import_assimp(const std::filesystem::path& path) {
  const std::string extension = lower_extension(path);
  Assimp::Importer importer;
  keep_only(extension, importer);
  importer.SetIOHandler(new FolderOnly(path));
  importer.SetPropertyBool(AI_CONFIG_IMPORT_FBX_PRESERVE_PIVOTS, false);
  importer.SetPropertyBool(AI_CONFIG_IMPORT_FBX_OPTIMIZE_EMPTY_ANIMATION_CURVES, false);  // a clip of rest is one
  importer.SetPropertyBool("AI_CONFIG_IMPORT_FBX_IGNORE_UP_DIRECTION", true);  // newer Assimp would turn the root
  importer.SetPropertyInteger(AI_CONFIG_PP_SBP_REMOVE, aiPrimitiveType_POINT | aiPrimitiveType_LINE);
  unsigned flags = aiProcess_Triangulate | aiProcess_SortByPType | aiProcess_ValidateDataStructure;
  if (extension == ".stl") {  // its normals are the facets' and would keep the corners apart
    importer.SetPropertyInteger(AI_CONFIG_PP_RVC_FLAGS, aiComponent_NORMALS);
    flags |= aiProcess_RemoveComponent;
  }
  const aiScene* source = importer.ReadFile(path.string(), flags);
  if (!source || !source->mRootNode) {
    if (std::strstr(importer.GetErrorString(), "bad_alloc")) throw std::bad_alloc();
    if (std::strstr(importer.GetErrorString(), "contains no faces"))
      return fail(ErrorCode::kInput, "{}: holds no triangles; give a file with a surface mesh, not a point cloud",
                  path.string());
    return fail(ErrorCode::kInput, "{}: cannot be read as {}: {}", path.string(), extension.substr(1),
                importer.GetErrorString());
  }
  return AssimpReader(path, *source).run();
}

}  // namespace mp4d::internal
