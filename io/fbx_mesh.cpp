#include "io/internal/fbx_objects.h"
#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <unordered_map>

namespace mp4d {
namespace {

/// Control points: each vertex's, or one for all vertices that are at the same place and follow the same joints.
struct ControlPoints {
  std::vector<int> of_vertex;
  std::vector<int> first_vertex;  ///< of each control point
};

/// Joins vertices that `weld` names.
ControlPoints join(const RiggedModel& model, const std::vector<char>& weld) {
  ControlPoints points;
  std::unordered_map<std::string, int> known;
  for (Eigen::Index v = 0; v < model.mesh.verts.rows(); ++v) {
    int point = static_cast<int>(points.first_vertex.size());
    if (weld[v]) {
      std::string key(reinterpret_cast<const char*>(model.mesh.verts.row(v).data()), 12);
      if (model.skin.joints.rows() > 0) {
        key.append(reinterpret_cast<const char*>(model.skin.joints.row(v).data()), 16);
        key.append(reinterpret_cast<const char*>(model.skin.weights.row(v).data()), 16);
      }
      point = known.emplace(std::move(key), point).first->second;
    }
    if (point == static_cast<int>(points.first_vertex.size())) points.first_vertex.push_back(static_cast<int>(v));
    points.of_vertex.push_back(point);
  }
  return points;
}

/// Editors throw away triangles without area or on the same corners as another. Joining must not make such: the
/// vertices of those it would make stay apart.
ControlPoints control_points(const RiggedModel& model, bool weld) {
  const Faces& faces = model.mesh.faces;
  std::vector<char> joined(model.mesh.verts.rows(), weld);
  while (true) {
    ControlPoints points = join(model, joined);
    std::set<std::array<int, 3>> seen;
    bool spoilt = false;
    for (Eigen::Index f = 0; weld && f < faces.rows(); ++f) {
      std::array<int, 3> corners;
      for (int k = 0; k < 3; ++k) corners[k] = points.of_vertex[faces(f, k)];
      std::sort(corners.begin(), corners.end());
      const bool flat = corners[0] == corners[1] || corners[1] == corners[2];
      if (!flat && seen.insert(corners).second) continue;
      for (int k = 0; k < 3; ++k) {
        spoilt |= joined[faces(f, k)] != 0;
        joined[faces(f, k)] = 0;
      }
    }
    if (!spoilt) return points;
  }
}

/// A layer of values at the corners of the polygons, `width` numbers a vertex, each vertex's stored once.
void add_corner_layer(FbxRecord& geometry, const char* type, const char* name, const char* values_name,
                      const char* index_name, const std::vector<double>& values, const Faces& faces) {
  FbxRecord& layer = geometry.child(type, 0);
  layer.child("Version", 101);
  layer.child("Name", name);
  layer.child("MappingInformationType", "ByPolygonVertex");
  layer.child("ReferenceInformationType", "IndexToDirect");
  layer.child(values_name, values);
  layer.child(index_name, std::vector<std::int32_t>(faces.data(), faces.data() + faces.size()));
}

/// Normals are stored at every corner: some readers know nothing else.
void add_normals(FbxRecord& geometry, const Mesh& mesh) {
  Points normals = mesh.normals.rows() > 0 ? mesh.normals : vertex_normals(mesh.verts, mesh.faces);
  std::vector<double> values;
  values.reserve(mesh.faces.size() * 3);
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) {
      Eigen::Vector3d n = normals.row(mesh.faces(f, k)).transpose().cast<double>();
      if (!n.allFinite() || n.norm() < 1e-12) n = Eigen::Vector3d::UnitY();
      n.normalize();
      values.insert(values.end(), n.data(), n.data() + 3);
    }
  FbxRecord& layer = geometry.child("LayerElementNormal", 0);
  layer.child("Version", 101);
  layer.child("Name", "");
  layer.child("MappingInformationType", "ByPolygonVertex");
  layer.child("ReferenceInformationType", "Direct");
  layer.child("Normals", values);
}

void add_layers(FbxRecord& geometry, const Mesh& mesh) {
  add_normals(geometry, mesh);
  std::vector<const char*> layers{"LayerElementNormal", "LayerElementSmoothing", "LayerElementMaterial"};
  if (mesh.uvs.rows() > 0) {
    std::vector<double> values;
    for (Eigen::Index v = 0; v < mesh.uvs.rows(); ++v) {
      values.push_back(mesh.uvs(v, 0));
      values.push_back(1.0 - mesh.uvs(v, 1));
    }
    add_corner_layer(geometry, "LayerElementUV", "UVMap", "UV", "UVIndex", values, mesh.faces);
    layers.push_back("LayerElementUV");
  }
  if (mesh.colors.rows() > 0) {
    std::vector<double> values;
    for (Eigen::Index v = 0; v < mesh.colors.rows(); ++v) {
      for (int c = 0; c < 3; ++c) values.push_back(std::clamp(mesh.colors(v, c), 0.0f, 1.0f));
      values.push_back(1);
    }
    add_corner_layer(geometry, "LayerElementColor", "Col", "Colors", "ColorIndex", values, mesh.faces);
    layers.push_back("LayerElementColor");
  }
  {
    FbxRecord& layer = geometry.child("LayerElementSmoothing", 0);
    layer.child("Version", 102);
    layer.child("Name", "");
    layer.child("MappingInformationType", "ByPolygon");
    layer.child("ReferenceInformationType", "Direct");
    layer.child("Smoothing", std::vector<std::int32_t>(mesh.faces.rows(), 1));
  }
  {
    FbxRecord& layer = geometry.child("LayerElementMaterial", 0);
    const bool one = mesh.materials.size() <= 1;
    layer.child("Version", 101);
    layer.child("Name", "");
    layer.child("MappingInformationType", one ? "AllSame" : "ByPolygon");
    layer.child("ReferenceInformationType", "IndexToDirect");
    layer.child("Materials", one ? std::vector<std::int32_t>{0}
                                 : std::vector<std::int32_t>(mesh.face_material.begin(), mesh.face_material.end()));
  }
  FbxRecord& layer = geometry.child("Layer", 0);
  layer.child("Version", 100);
  for (const char* type : layers) {
    FbxRecord& element = layer.child("LayerElement");
    element.child("Type", type);
    element.child("TypedIndex", 0);
  }
}

void add_geometry(const RiggedModel& model, const ControlPoints& points, std::int64_t parent, std::int64_t& id,
                  FbxObjects& out) {
  const Mesh& mesh = model.mesh;
  FbxRecord& geometry = out.make("Geometry", model.name, "Geometry", "Mesh", id);
  geometry.child("GeometryVersion", 124);
  std::vector<double> verts;
  for (const int v : points.first_vertex)
    for (int k = 0; k < 3; ++k) verts.push_back(mesh.verts(v, k));
  geometry.child("Vertices", verts);
  std::vector<std::int32_t> corners;
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) {
      const int point = points.of_vertex[mesh.faces(f, k)];
      corners.push_back(k == 2 ? -point - 1 : point);  // the last corner of a polygon is written as its complement
    }
  geometry.child("PolygonVertexIndex", corners);
  add_layers(geometry, mesh);
  out.connect(id, parent);
}

Result<void> add_texture(const Material& material, const std::string& name, std::int64_t material_id, FbxObjects& out) {
  MP4D_TRY(png, encode_png(texture_with_base_color(material)));
  const std::string file = name + ".png";
  std::int64_t video_id, texture_id;
  FbxRecord& video = out.make("Video", name, "Video", "Clip", video_id);
  video.child("Type", "Clip");
  video.child("Properties70").property("Path", "KString", "XRefUrl", "", file);
  video.child("UseMipMap", 0);
  video.child("Filename", file);
  video.child("RelativeFilename", file);
  video.child("Content").add_bytes(png);
  FbxRecord& texture = out.make("Texture", name, "Texture", "", texture_id);
  texture.child("Type", "TextureVideoClip");
  texture.child("Version", 202);
  texture.child("TextureName", fbx_name(name, "Texture"));
  FbxRecord& properties = texture.child("Properties70");
  properties.property("UVSet", "KString", "", "", "UVMap");
  properties.property("UseMaterial", "bool", "", "", 1);
  texture.child("Media", fbx_name(name, "Video"));
  texture.child("FileName", file);
  texture.child("RelativeFilename", file);
  texture.child("ModelUVTranslation", 0.0, 0.0);
  texture.child("ModelUVScaling", 1.0, 1.0);
  texture.child("Texture_Alpha_Source", "None");
  texture.child("Cropping", 0, 0, 0, 0);
  out.connect(video_id, texture_id);
  out.connect(texture_id, material_id, "DiffuseColor");
  return {};
}

Result<void> add_materials(const RiggedModel& model, std::int64_t mesh_id, FbxObjects& out) {
  std::vector<Material> materials = model.mesh.materials;
  if (materials.empty()) {
    Material plain;
    plain.name = "default";
    if (model.mesh.colors.rows() > 0) plain.base_color = Vec4::Ones();
    materials.push_back(std::move(plain));
  }
  for (std::size_t m = 0; m < materials.size(); ++m) {
    const Material& material = materials[m];
    std::int64_t id;
    FbxRecord& record = out.make("Material", material.name, "Material", "", id);
    record.child("Version", 102);
    record.child("ShadingModel", "lambert");
    record.child("MultiLayer", 0);
    FbxRecord& properties = record.child("Properties70");
    const Eigen::Vector4d color = material.base_color.cwiseMax(0.0f).cwiseMin(1.0f).cast<double>();
    properties.property("DiffuseColor", "Color", "", "A", color[0], color[1], color[2]);
    properties.property("DiffuseFactor", "Number", "", "A", 1.0);
    properties.property("AmbientColor", "Color", "", "A", 0.0, 0.0, 0.0);
    properties.property("EmissiveColor", "Color", "", "A", 0.0, 0.0, 0.0);
    properties.property("TransparentColor", "Color", "", "A", 1.0, 1.0, 1.0);
    properties.property("TransparencyFactor", "Number", "", "A", 1 - color[3]);
    properties.property("Opacity", "double", "Number", "", color[3]);
    out.connect(id, mesh_id);
    if (!material.texture.empty() && model.mesh.uvs.rows() > 0)
      MP4D_CHECK(add_texture(material, fmt::format("{}_{}", model.name, m), id, out));
  }
  return {};
}

Result<void> add_skin(const RiggedModel& model, const ControlPoints& points, std::int64_t geometry_id,
                      const std::vector<std::int64_t>& joint_ids, FbxObjects& out) {
  std::vector<std::vector<std::int32_t>> indexes(joint_ids.size());
  std::vector<std::vector<double>> weights(joint_ids.size());
  for (std::size_t p = 0; p < points.first_vertex.size(); ++p) {
    const int v = points.first_vertex[p];
    for (int k = 0; k < 4; ++k) {
      if (model.skin.weights(v, k) <= 0) continue;
      indexes[model.skin.joints(v, k)].push_back(static_cast<std::int32_t>(p));
      weights[model.skin.joints(v, k)].push_back(model.skin.weights(v, k));
    }
  }
  std::int64_t skin_id;
  FbxRecord& skin = out.make("Deformer", model.name, "Deformer", "Skin", skin_id);
  skin.child("Version", 101);
  skin.child("Link_DeformAcuracy", 50.0);  // the format's own spelling
  skin.child("SkinningType", "Linear");
  out.connect(skin_id, geometry_id);
  const std::vector<Eigen::Matrix4d> bind = fbx_bind_matrices(model);
  for (std::size_t j = 0; j < joint_ids.size(); ++j) {
    if (indexes[j].empty()) continue;
    const std::string& name = model.skeleton.joints[j].name;
    if (!(std::abs(model.skin.joint_from_mesh[j].topLeftCorner<3, 3>().determinant()) > 0))
      return fail(ErrorCode::kFailed, "joint '{}' moves vertices, but its bind matrix has no inverse", name);
    std::int64_t id;
    FbxRecord& cluster = out.make("Deformer", name, "SubDeformer", "Cluster", id);
    cluster.child("Version", 100);
    cluster.child("UserData", "", "");
    cluster.child("Indexes", indexes[j]);
    cluster.child("Weights", weights[j]);
    cluster.child("Transform", fbx_numbers(model.skin.joint_from_mesh[j].cast<double>()));
    cluster.child("TransformLink", fbx_numbers(bind[j]));
    out.connect(id, skin_id);
    out.connect(joint_ids[j], id);
  }
  return {};
}

}  // namespace

Result<std::int64_t> add_fbx_mesh(const RiggedModel& model, bool weld, std::int64_t parent,
                                  const std::vector<std::int64_t>& joint_ids, FbxObjects& out) {
  std::string name = model.name;
  while (model.skeleton.find(name) >= 0) name += "_mesh";
  std::int64_t mesh_id, geometry_id;
  FbxRecord& node = out.make("Model", name, "Model", "Mesh", mesh_id);
  node.child("Version", 232);
  FbxRecord& properties = node.child("Properties70");
  properties.property("InheritType", "enum", "", "", 1);
  properties.property("DefaultAttributeIndex", "int", "Integer", "", 0);
  node.child("Shading", true);
  const bool two_sided = std::any_of(model.mesh.materials.begin(), model.mesh.materials.end(),
                                     [](const Material& material) { return material.double_sided; });
  node.child("Culling", two_sided ? "CullingOff" : "CullingOnCCW");
  out.connect(mesh_id, parent);
  const ControlPoints points = control_points(model, weld);
  add_geometry(model, points, mesh_id, geometry_id, out);
  MP4D_CHECK(add_materials(model, mesh_id, out));
  if (!joint_ids.empty()) MP4D_CHECK(add_skin(model, points, geometry_id, joint_ids, out));
  return mesh_id;
}

}  // namespace mp4d
