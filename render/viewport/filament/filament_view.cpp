#include "render/viewport/filament/filament_view.h"
#include "render/hard_raster.h"
#include "render/viewport/cpu_view.h"
#include <filesystem>
#include <open3d/geometry/Image.h>
#include <open3d/geometry/LineSet.h>
#include <open3d/geometry/TriangleMesh.h>
#include <open3d/visualization/rendering/Camera.h>
#include <open3d/visualization/rendering/MaterialRecord.h>
#include <open3d/visualization/rendering/Open3DScene.h>
#include <open3d/visualization/rendering/Scene.h>
#include <open3d/visualization/rendering/View.h>
#include <open3d/visualization/rendering/filament/FilamentEngine.h>
#include <open3d/visualization/rendering/filament/FilamentRenderer.h>

namespace mp4d {
namespace {

namespace rendering = open3d::visualization::rendering;
using open3d::geometry::TriangleMesh;

constexpr const char* kResources = "/usr/share/open3d-gui/resources";
constexpr float kGrey = 0.55f, kBehind = 0.5f;  // behind the surface: what edges are smoothed into

std::shared_ptr<open3d::geometry::Image> open3d_image(const Image& image) {
  auto copy = std::make_shared<open3d::geometry::Image>();
  copy->Prepare(image.width, image.height, 3, 1);
  for (std::size_t i = 0; i < image.pixels(); ++i)
    for (int c = 0; c < 3; ++c) copy->data_[3 * i + std::size_t(c)] = image.data[i * std::size_t(image.channels) + std::size_t(image.channels >= 3 ? c : 0)];
  return copy;
}

// The faces of one material.
TriangleMesh surface_of(const Mesh& mesh, int material) {
  TriangleMesh surface;
  const bool coloured = mesh.colors.rows() == mesh.verts.rows(), has_uvs = mesh.uvs.rows() == mesh.verts.rows();
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    surface.vertices_.push_back(mesh.verts.row(v).transpose().cast<double>());
    surface.vertex_normals_.push_back(mesh.normals.row(v).transpose().cast<double>());
    if (coloured) surface.vertex_colors_.push_back(mesh.colors.row(v).transpose().cast<double>());
  }
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    if (material >= 0 && (mesh.face_material.empty() ? 0 : mesh.face_material[std::size_t(f)]) != material) continue;
    surface.triangles_.push_back(mesh.faces.row(f).transpose());
    if (!has_uvs) continue;
    for (int c = 0; c < 3; ++c) {  // its rows count from the bottom
      const auto uv = mesh.uvs.row(mesh.faces(f, c));
      surface.triangle_uvs_.emplace_back(uv.x(), 1 - uv.y());
    }
  }
  return surface;
}

open3d::geometry::LineSet edges_of(const Mesh& mesh) {
  open3d::geometry::LineSet lines;
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) lines.points_.push_back(mesh.verts.row(v).transpose().cast<double>());
  const auto edges = unique_edges(mesh.faces);
  for (Eigen::Index e = 0; e < edges.rows(); ++e) lines.lines_.push_back(edges.row(e).transpose());
  return lines;
}

}  // namespace

struct FilamentView::Parts {
  std::unique_ptr<rendering::FilamentRenderer> renderer;
  std::unique_ptr<rendering::Open3DScene> scene;
  int width = 0, height = 0;

  void make_scene(int w, int h) {
    if (scene && w == width && h == height) return;
    scene.reset();
    renderer = std::make_unique<rendering::FilamentRenderer>(rendering::EngineInstance::GetInstance(), w, h,
                                                             rendering::EngineInstance::GetResourceManager());
    scene = std::make_unique<rendering::Open3DScene>(*renderer);
    scene->SetViewport(0, 0, std::uint32_t(w), std::uint32_t(h));
    scene->SetBackground({kBehind, kBehind, kBehind, 1});
    width = w, height = h;
  }

  void add_surface(const ViewFrame& frame, Mesh& mesh) {
    const bool weighted = frame.look == SurfaceLook::kWeights && frame.skin && frame.skin->joints.rows() == mesh.verts.rows();
    const bool textured = frame.look == SurfaceLook::kTextured;
    if (weighted) mesh.colors = weight_colours(*frame.skin, frame.weights_of);
    else if (!textured) mesh.colors.resize(0, 3);
    const int groups = textured ? int(mesh.materials.size()) : 0;
    for (int m = groups == 0 ? -1 : 0; m < groups; ++m) {
      rendering::MaterialRecord material;
      material.shader = "defaultLit";
      material.base_roughness = 0.8f;
      material.sRGB_vertex_color = true;
      const bool bare = mesh.colors.rows() == 0;
      if (m < 0 && bare) material.base_color = {kGrey, kGrey, kGrey, 1};
      if (m >= 0) {
        const Material& own = mesh.materials[std::size_t(m)];
        material.base_color << own.base_color.head<3>(), 1;
        if (!own.texture.empty() && mesh.uvs.rows() == mesh.verts.rows()) material.albedo_img = open3d_image(own.texture);
      }
      const TriangleMesh surface = surface_of(mesh, m);
      if (!surface.triangles_.empty()) scene->AddGeometry("surface" + std::to_string(m), &surface, material, false);
    }
    if (!frame.wireframe) return;
    rendering::MaterialRecord ink;
    ink.shader = "unlitLine";
    ink.base_color = {0.1f, 0.1f, 0.1f, 1};
    const open3d::geometry::LineSet lines = edges_of(mesh);
    scene->AddGeometry("edges", &lines, ink, false);
  }

  void place_camera(const Camera& camera, const Points& verts) {
    const Eigen::VectorXf depth = (verts * camera.camera_from_world.rotation().row(2).transpose()).array() + camera.camera_from_world.translation().z();
    const double near = std::max(1e-3, 0.5 * double(depth.minCoeff())), far = std::max(2 * near, 2.0 * double(depth.maxCoeff()));
    Eigen::Matrix3d intrinsics = Eigen::Matrix3d::Identity();
    intrinsics(0, 0) = camera.fx, intrinsics(1, 1) = camera.fy, intrinsics(0, 2) = camera.cx, intrinsics(1, 2) = camera.cy;
    scene->GetCamera()->SetProjection(intrinsics, near, far, width, height);
    scene->GetCamera()->FromExtrinsics(camera.camera_from_world.matrix().cast<double>());
    // From the viewer's upper left, as the other backends' key light.
    const Vec3 sun = camera.camera_from_world.rotation().transpose() * Vec3(0.4f, 0.7f, 0.6f).normalized();
    scene->SetLighting(rendering::Open3DScene::LightingProfile::MED_SHADOWS, sun);
    constexpr float kSun = 90000, kSky = 60000;  // lux: about as bright a picture as the other backends'
    scene->GetScene()->SetSunLightIntensity(kSun);
    scene->GetScene()->SetIndirectLightIntensity(kSky);
  }

  std::shared_ptr<open3d::geometry::Image> render() {
    constexpr int kMostFrames = 4;  // the picture comes a frame after it was asked for
    std::shared_ptr<open3d::geometry::Image> drawn;
    renderer->RenderToImage(scene->GetView(), scene->GetScene(), [&](std::shared_ptr<open3d::geometry::Image> image) { drawn = std::move(image); });
    for (int i = 0; i < kMostFrames && !drawn; ++i) {
      renderer->BeginFrame();
      renderer->EndFrame();
    }
    return drawn;
  }
};

Result<std::unique_ptr<FilamentView>> FilamentView::create() {
  if (!std::filesystem::exists(std::filesystem::path(kResources) / "defaultLit.filamat"))
    return fail(ErrorCode::kResource, "{}: what Open3D's renderer needs is missing; install open3d-gui-data", kResources);
  rendering::EngineInstance::SetResourcePath(kResources);
  return std::unique_ptr<FilamentView>(new FilamentView(std::make_unique<Parts>()));
}

FilamentView::FilamentView(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

FilamentView::~FilamentView() {
  parts_->scene.reset();
  parts_->renderer.reset();
  rendering::EngineInstance::DestroyInstance();
}

Image FilamentView::draw(const ViewFrame& frame) {
  Image picture = draw_on_cpu(frame);
  Mesh mesh = posed_mesh(frame);
  if (mesh.faces.rows() == 0) return picture;
  const GBuffer cover = rasterise(frame.camera, mesh.verts, mesh.faces);
  Parts& parts = *parts_;
  parts.make_scene(frame.camera.width, frame.camera.height);
  parts.scene->ClearGeometry();
  parts.add_surface(frame, mesh);
  parts.place_camera(frame.camera, mesh.verts);
  const auto drawn = parts.render();
  if (!drawn) return picture;
  for (std::size_t i = 0; i < picture.pixels(); ++i)
    if (cover.face[i] >= 0) std::copy_n(&drawn->data_[3 * i], 3, &picture.data[4 * i]);
  return picture;
}

}  // namespace mp4d
