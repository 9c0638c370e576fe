#include "core/files.h"
#include "core/srgb.h"
#include "io/internal/export_formats.h"
#include "io/internal/part_name.h"
#include "io/internal/usd_text.h"
#include "io/listing.h"
#include "motion/kinematics.h"
#include <Eigen/Core>
#include <Eigen/LU>
#include <algorithm>
#include <array>

// USD text with UsdSkel: https://openusd.org/release/api/_usd_skel__schemas.html

namespace mp4d {
namespace {

/// Numbers as short as they read back.
template <class Row>
std::string tuple(const Row& row) {
  std::string out = "(";
  for (Eigen::Index i = 0; i < row.size(); ++i)
    fmt::format_to(std::back_inserter(out), "{}{}", i > 0 ? ", " : "", row(i) == 0 ? 0 : row(i));  // no -0
  return out + ")";
}

template <class Rows>
std::string tuples(const Rows& rows) {
  std::string out = "[";
  for (Eigen::Index i = 0; i < rows.rows(); ++i) out += (i > 0 ? ", " : "") + tuple(rows.row(i));
  return out + "]";
}

template <class Values>
std::string list(const Values& values) {
  std::string out = "[";
  for (const auto& value : values) fmt::format_to(std::back_inserter(out), "{}{}", out.size() > 1 ? ", " : "", value);
  return out + "]";
}

/// A matrix as USD has it, which multiplies rows from the left.
std::string matrix(const Eigen::Matrix4d& m) {
  std::string out = "( ";
  for (int c = 0; c < 4; ++c) out += (c > 0 ? ", " : "") + tuple(m.col(c));
  return out + " )";
}

std::string quaternion(const Quat& q) { return fmt::format("({}, {}, {}, {})", q.w(), q.x(), q.y(), q.z()); }

/// UsdSkel keeps scales in half precision.
Vec3 half(const Vec3& v) { return v.cast<Eigen::half>().cast<float>(); }

class UsdWriter {
 public:
  UsdWriter(const RiggedModel& model, const ExportSettings& settings, std::string file_stem)
      : model_(model), settings_(settings), stem_(std::move(file_stem)), root_("/" + model.name) {}

  /// The layer; `files` gets the textures.
  Result<std::string> run(std::vector<std::pair<std::string, std::string>>& files) {
    const bool skeleton = model_.skeleton.size() > 0;
    put_header();
    line(0, fmt::format("def {} \"{}\"", skeleton ? "SkelRoot" : "Xform", model_.name));
    line(0, "{");
    if (skeleton) put_skeleton();
    if (model_.mesh.faces.rows() > 0) {
      put_mesh();
      MP4D_CHECK(put_materials(files));
    }
    line(0, "}");
    return std::move(out_);
  }

 private:
  void line(int depth, const std::string& text) {
    out_.append(static_cast<std::size_t>(4 * depth), ' ');
    out_ += text;
    out_ += '\n';
  }

  void put_header() {
    double first = 0, last = 0;
    for (const Clip& clip : model_.clips) last = std::max(last, clip.times.back());
    if (!model_.clips.empty()) first = model_.clips[0].times.front();
    out_ += "#usda 1.0\n(\n";
    line(1, fmt::format("customLayerData = {{\n        string creator = \"MagicPose4D Studio\"\n    }}"));
    line(1, fmt::format("defaultPrim = \"{}\"", model_.name));
    line(1, fmt::format("endTimeCode = {}", last * settings_.frame_rate));
    line(1, fmt::format("framesPerSecond = {}", settings_.frame_rate));
    line(1, fmt::format("metersPerUnit = {}", settings_.unit_m));
    line(1, fmt::format("startTimeCode = {}", first * settings_.frame_rate));
    line(1, fmt::format("timeCodesPerSecond = {}", settings_.frame_rate));
    line(1, fmt::format("upAxis = \"{}\"", settings_.z_up ? "Z" : "Y"));
    out_ += ")\n\n";
  }

  /// Joints are named by their path.
  void put_skeleton() {
    const std::vector<Joint>& joints = model_.skeleton.joints;
    std::vector<std::string> names;
    for (const Joint& joint : joints) {
      paths_.push_back(joint.parent < 0 ? joint.name : paths_[joint.parent] + "/" + joint.name);
      names.push_back('"' + joint.name + '"');
    }
    line(1, "def Skeleton \"Skeleton\" (");
    line(2, "prepend apiSchemas = [\"SkelBindingAPI\"]");
    const bool choice = model_.clips.size() > 1;  // a skeleton shows one animation: which one is a variant
    if (choice) {
      line(2, fmt::format("variants = {{\n            string clip = \"{}\"\n        }}", model_.clips[0].name));
      line(2, "prepend variantSets = \"clip\"");
    }
    line(1, ")");
    line(1, "{");
    std::string bind, rest;
    const std::vector<Mat4> world = forward_kinematics(model_.skeleton, rest_pose(model_.skeleton));
    for (std::size_t j = 0; j < joints.size(); ++j) {
      const Eigen::Matrix4d from_mesh = model_.skin.joint_from_mesh[j].cast<double>();
      const bool usable = std::abs(from_mesh.topLeftCorner<3, 3>().determinant()) > 1e-18;
      const Eigen::Matrix4d mesh_from_joint =
          usable ? Eigen::Matrix4d(from_mesh.inverse()) : Eigen::Matrix4d(world[j].cast<double>());
      bind += (j > 0 ? ", " : "") + matrix(mesh_from_joint);
      rest += (j > 0 ? ", " : "") + matrix(joints[j].rest.matrix().cast<double>());
    }
    line(2, "uniform matrix4d[] bindTransforms = [" + bind + "]");
    line(2, "uniform token[] jointNames = " + list(names));
    line(2, "uniform token[] joints = " + quoted_paths());
    line(2, "uniform matrix4d[] restTransforms = [" + rest + "]");
    if (model_.clips.size() == 1) line(2, "rel skel:animationSource = " + animation_path(model_.clips[0]));
    find_moving();
    for (const Clip& clip : model_.clips) put_clip(clip);
    if (choice) {
      line(2, "variantSet \"clip\" = {");
      for (const Clip& clip : model_.clips)
        line(3, fmt::format("\"{}\" {{\n                rel skel:animationSource = {}\n            }}", clip.name,
                            animation_path(clip)));
      line(2, "}");
    }
    line(1, "}");
  }

  std::string animation_path(const Clip& clip) const { return fmt::format("<{}/Skeleton/{}>", root_, clip.name); }

  std::string quoted_paths() const {
    std::vector<std::string> quoted;
    for (const std::string& path : paths_) quoted.push_back('"' + path + '"');
    return list(quoted);
  }

  /// Joints that no clip moves are left out of the animations and stay at rest, in full precision.
  void find_moving() {
    for (int j = 0; j < model_.skeleton.size(); ++j) {
      const Transform& rest = model_.skeleton.joints[j].rest;
      const bool moves = std::any_of(model_.clips.begin(), model_.clips.end(), [&](const Clip& clip) {
        return std::any_of(clip.poses.begin(), clip.poses.end(), [&](const Pose& pose) {
          return pose[j].translation != rest.translation || pose[j].scale != rest.scale ||
                 std::abs(pose[j].rotation.dot(rest.rotation)) < 1 - 1e-7f;
        });
      });
      if (moves) moving_.push_back(j);
    }
    if (moving_.empty()) moving_.push_back(0);
  }

  void put_clip(const Clip& clip) {
    std::vector<std::string> joints;
    for (const int j : moving_) joints.push_back('"' + paths_[j] + '"');
    line(2, fmt::format("def SkelAnimation \"{}\"", clip.name));
    line(2, "{");
    line(3, "uniform token[] joints = " + list(joints));
    put_samples(clip, "quatf[] rotations", [](const Transform& t) { return quaternion(t.rotation); });
    put_samples(clip, "half3[] scales", [](const Transform& t) { return tuple(half(t.scale)); });
    put_samples(clip, "float3[] translations", [](const Transform& t) { return tuple(t.translation); });
    line(2, "}");
  }

  template <class Text>
  void put_samples(const Clip& clip, const std::string& name, const Text& text) {
    line(3, name + ".timeSamples = {");
    for (std::size_t i = 0; i < clip.times.size(); ++i) {
      std::string values;
      for (const int j : moving_) values += (values.empty() ? "" : ", ") + text(clip.poses[i][j]);
      line(4, fmt::format("{}: [{}],", clip.times[i] * settings_.frame_rate, values));
    }
    line(3, "}");
  }

  void put_mesh() {
    const Mesh& mesh = model_.mesh;
    std::string name = model_.name + "_mesh";
    const bool skinned = model_.skeleton.size() > 0;
    line(1, fmt::format("def Mesh \"{}\" (", name));
    line(2, skinned ? "prepend apiSchemas = [\"MaterialBindingAPI\", \"SkelBindingAPI\"]"
                    : "prepend apiSchemas = [\"MaterialBindingAPI\"]");
    line(1, ")");
    line(1, "{");
    const bool two_sided =
        std::any_of(mesh.materials.begin(), mesh.materials.end(), [](const Material& m) { return m.double_sided; });
    line(2, fmt::format("uniform bool doubleSided = {}", two_sided || mesh.materials.empty() ? 1 : 0));
    const Aabb box = bounds(mesh.verts);
    line(2, fmt::format("float3[] extent = [{}, {}]", tuple(box.min()), tuple(box.max())));
    line(2, "int[] faceVertexCounts = " + list(std::vector<int>(mesh.faces.rows(), 3)));
    line(2, "int[] faceVertexIndices = " +
                list(std::vector<int>(mesh.faces.data(), mesh.faces.data() + mesh.faces.size())));
    if (mesh.materials.size() <= 1)
      line(2, fmt::format("rel material:binding = <{}/Materials/{}>", root_, material_name(0)));
    if (mesh.normals.rows() > 0) {
      line(2, "normal3f[] normals = " + tuples(mesh.normals) + " (");
      line(3, "interpolation = \"vertex\"\n        )");
    }
    line(2, "point3f[] points = " + tuples(mesh.verts));
    if (mesh.colors.rows() > 0) {
      const Points linear = mesh.colors.unaryExpr([](float c) { return linear_from_srgb(std::clamp(c, 0.0f, 1.0f)); });
      put_primvar("color3f[] primvars:displayColor", tuples(linear), "");
    }
    if (mesh.uvs.rows() > 0) {
      Points2 st = mesh.uvs;
      st.col(1) = 1 - st.col(1).array();
      put_primvar("texCoord2f[] primvars:st", tuples(st), "");
    }
    if (skinned) {
      const Skin& skin = model_.skin;
      line(2, "matrix4d primvars:skel:geomBindTransform = " + matrix(Eigen::Matrix4d::Identity()));
      put_primvar("int[] primvars:skel:jointIndices",
                  list(std::vector<int>(skin.joints.data(), skin.joints.data() + skin.joints.size())),
                  "elementSize = 4");
      put_primvar("float[] primvars:skel:jointWeights",
                  list(std::vector<float>(skin.weights.data(), skin.weights.data() + skin.weights.size())),
                  "elementSize = 4");
      line(2, fmt::format("rel skel:skeleton = <{}/Skeleton>", root_));
    }
    line(2, "uniform token subdivisionScheme = \"none\"");
    for (std::size_t m = 0; mesh.materials.size() > 1 && m < mesh.materials.size(); ++m) put_subset(m);
    line(1, "}");
  }

  void put_primvar(const std::string& name, const std::string& values, const std::string& metadata) {
    line(2, name + " = " + values + " (");
    if (!metadata.empty()) line(3, metadata);
    line(3, "interpolation = \"vertex\"");
    line(2, ")");
  }

  void put_subset(std::size_t m) {
    std::vector<int> faces;
    for (std::size_t f = 0; f < model_.mesh.face_material.size(); ++f)
      if (model_.mesh.face_material[f] == static_cast<int>(m)) faces.push_back(static_cast<int>(f));
    line(2, fmt::format("def GeomSubset \"{}\" (", material_name(m)));
    line(3, "prepend apiSchemas = [\"MaterialBindingAPI\"]");
    line(2, ")");
    line(2, "{");
    line(3, "uniform token elementType = \"face\"");
    line(3, "uniform token familyName = \"materialBind\"");
    line(3, "int[] indices = " + list(faces));
    line(3, fmt::format("rel material:binding = <{}/Materials/{}>", root_, material_name(m)));
    line(2, "}");
  }

  std::string material_name(std::size_t m) const {
    return m < model_.mesh.materials.size() ? model_.mesh.materials[m].name : "plain";
  }

  Result<void> put_materials(std::vector<std::pair<std::string, std::string>>& files) {
    std::vector<Material> materials = model_.mesh.materials;
    if (materials.empty()) materials.emplace_back();
    line(1, "def Scope \"Materials\"");
    line(1, "{");
    for (std::size_t m = 0; m < materials.size(); ++m) {
      const Material& material = materials[m];
      const std::string path = fmt::format("{}/Materials/{}", root_, material_name(m));
      const bool textured = !material.texture.empty() && model_.mesh.uvs.rows() > 0;
      const bool coloured = !textured && model_.mesh.colors.rows() > 0;
      const Vec4 color = material.base_color.cwiseMax(0.0f).cwiseMin(1.0f);
      line(2, fmt::format("def Material \"{}\"", material_name(m)));
      line(2, "{");
      line(3, fmt::format("token outputs:surface.connect = <{}/Surface.outputs:surface>", path));
      line(3, "def Shader \"Surface\"");
      line(3, "{");
      line(4, "uniform token info:id = \"UsdPreviewSurface\"");
      if (textured)
        line(4, fmt::format("color3f inputs:diffuseColor.connect = <{}/Texture.outputs:rgb>", path));
      else if (coloured)
        line(4, fmt::format("color3f inputs:diffuseColor.connect = <{}/Colors.outputs:result>", path));
      else
        line(4, "color3f inputs:diffuseColor = " + tuple(color.head<3>()));
      line(4, "float inputs:metallic = 0");
      line(4, fmt::format("float inputs:opacity = {}", color[3]));
      line(4, "float inputs:roughness = 1");
      line(4, "token outputs:surface");
      line(3, "}");
      if (textured) {
        MP4D_TRY(png, encode_png(texture_with_base_color(material)));
        const std::string file = part_name(fmt::format("{}_{}", stem_, m), png, ".png");
        files.emplace_back(file, std::move(png));
        put_shader("Texture", "UsdUVTexture",
                   {fmt::format("asset inputs:file = @{}@", file), "token inputs:sourceColorSpace = \"sRGB\"",
                    fmt::format("float2 inputs:st.connect = <{}/St.outputs:result>", path),
                    "token inputs:wrapS = \"repeat\"", "token inputs:wrapT = \"repeat\"", "float3 outputs:rgb"});
        put_shader("St", "UsdPrimvarReader_float2", {"string inputs:varname = \"st\"", "float2 outputs:result"});
      }
      if (coloured)
        put_shader("Colors", "UsdPrimvarReader_float3",
                   {"string inputs:varname = \"displayColor\"", "float3 outputs:result"});
      line(2, "}");
    }
    line(1, "}");
    return {};
  }

  void put_shader(const std::string& name, const std::string& id, const std::vector<std::string>& lines) {
    line(3, fmt::format("def Shader \"{}\"", name));
    line(3, "{");
    line(4, fmt::format("uniform token info:id = \"{}\"", id));
    for (const std::string& text : lines) line(4, text);
    line(3, "}");
  }

  const RiggedModel& model_;
  const ExportSettings& settings_;
  std::string stem_, root_, out_;
  std::vector<std::string> paths_;
  std::vector<int> moving_;
};

}  // namespace

Result<void> write_usd(const std::filesystem::path& path, const RiggedModel& model, const ExportSettings& settings) {
  const RiggedModel placed = to_file_space(model, settings);
  const std::string stem = path.stem().string();
  std::vector<std::pair<std::string, std::string>> files{{stem + ".usda", ""}};
  auto layer = UsdWriter(placed, settings, stem).run(files);
  if (!layer) return fail(layer.error().code, "{}: not written: {}", path.string(), layer.error().message);
  files[0].second = std::move(*layer);
  if (lower_extension(path) == ".usdz") return write_atomically(path, pack_usdz(files));
  for (std::size_t i = 1; i < files.size(); ++i)
    MP4D_CHECK(write_atomically(path.parent_path() / files[i].first, files[i].second));
  return write_atomically(path, files[0].second);
}

}  // namespace mp4d
