#include "render/viewport/gl_view.h"
#include "render/viewport/gl_functions.h"
#include "render/viewport/gl_shaders.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace mp4d {
namespace {

enum Attribute : GLuint { kPosition, kNormal, kColour, kUv, kJoints, kWeights, kAttributes };
constexpr std::array<const char*, kAttributes> kAttributeNames{"position", "normal", "colour", "uv", "joints", "weights"};

Result<GLuint> compile(const GlFunctions& gl, GLenum kind, const char* source) {
  const GLuint shader = gl.CreateShader(kind);
  gl.ShaderSource(shader, 1, &source, nullptr);
  gl.CompileShader(shader);
  GLint done = 0;
  gl.GetShaderiv(shader, GL_COMPILE_STATUS, &done);
  if (done) return shader;
  std::string log(1024, '\0');
  GLsizei length = 0;
  gl.GetShaderInfoLog(shader, static_cast<GLsizei>(log.size()), &length, log.data());
  gl.DeleteShader(shader);
  return fail(ErrorCode::kResource, "OpenGL: a shader does not compile: {}", log.substr(0, length));
}

Result<GLuint> link(const GlFunctions& gl, const char* vertex_source, const char* fragment_source) {
  MP4D_TRY(vertex, compile(gl, GL_VERTEX_SHADER, vertex_source));
  MP4D_TRY(fragment, compile(gl, GL_FRAGMENT_SHADER, fragment_source));
  const GLuint program = gl.CreateProgram();
  gl.AttachShader(program, vertex);
  gl.AttachShader(program, fragment);
  for (GLuint a = 0; a < kAttributes; ++a) gl.BindAttribLocation(program, a, kAttributeNames[a]);
  gl.LinkProgram(program);
  gl.DeleteShader(vertex);
  gl.DeleteShader(fragment);
  GLint done = 0;
  gl.GetProgramiv(program, GL_LINK_STATUS, &done);
  if (done) return program;
  std::string log(1024, '\0');
  GLsizei length = 0;
  gl.GetProgramInfoLog(program, static_cast<GLsizei>(log.size()), &length, log.data());
  gl.DeleteProgram(program);
  return fail(ErrorCode::kResource, "OpenGL: shaders do not fit together: {}", log.substr(0, length));
}

Mat4 clip_from_camera(const Camera& camera, float near, float far) {
  // From OpenCV's axes: y turns over, and so does z.
  Mat4 m = Mat4::Zero();
  m(0, 0) = 2 * camera.fx / camera.width;
  m(0, 2) = 2 * camera.cx / camera.width - 1;
  m(1, 1) = -2 * camera.fy / camera.height;
  m(1, 2) = 1 - 2 * camera.cy / camera.height;
  m(2, 2) = (far + near) / (far - near);
  m(2, 3) = -2 * far * near / (far - near);
  m(3, 2) = 1;
  return m;
}

/// Faces of one material next to each other.
std::vector<Eigen::Index> faces_by_material(const Mesh& mesh) {
  std::vector<Eigen::Index> order(mesh.faces.rows());
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  if (!mesh.face_material.empty())
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return mesh.face_material[a] < mesh.face_material[b]; });
  return order;
}

}  // namespace

std::vector<float> skinning_palette(const Skin& skin, const std::vector<Mat4>& root_from_joint) {
  const std::size_t count = std::min(root_from_joint.size(), skin.joint_from_mesh.size());
  std::vector<float> rows(12 * count);
  for (std::size_t j = 0; j < count; ++j) {
    const Mat4 m = root_from_joint[j] * skin.joint_from_mesh[j];
    Eigen::Map<Eigen::Matrix<float, 3, 4, Eigen::RowMajor>>{&rows[12 * j]} = m.topRows<3>();
  }
  return rows;
}

/// Faces of one material.
struct GlView::Group {
  GLsizei first = 0, count = 0;  ///< indices
  Vec4 base_colour = Vec4::Ones();
  GLuint texture = 0;
};

struct GlView::Parts {
  GlFunctions gl;
  GLuint surface = 0, ground = 0;  ///< programs
  GLuint mesh_array = 0, ground_array = 0;
  std::array<GLuint, kAttributes> buffers{};
  GLuint indices = 0, ground_buffer = 0, palette_buffer = 0, palette = 0;
  std::vector<Group> groups;
  GLsizei index_count = 0;
  std::shared_ptr<const Mesh> mesh;
  std::shared_ptr<const Skin> skin;
  SurfaceLook look = SurfaceLook::kTextured;
  int weights_of = -1;
  bool skinned = false;

  GLint uniform(GLuint program, const char* name) const { return gl.GetUniformLocation(program, name); }

  template <class Matrix>
  void attribute(Attribute a, const Matrix& rows, GLint columns) {
    gl.BindBuffer(GL_ARRAY_BUFFER, buffers[a]);
    gl.BufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(rows.size() * sizeof(*rows.data())), rows.data(), GL_STATIC_DRAW);
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(*rows.data())>, int>)
      gl.VertexAttribIPointer(a, columns, GL_INT, 0, nullptr);
    else
      gl.VertexAttribPointer(a, columns, GL_FLOAT, GL_FALSE, 0, nullptr);
    gl.EnableVertexAttribArray(a);
  }

  GLuint upload_texture(const Image& image) {
    GLuint name = 0;
    gl.GenTextures(1, &name);
    gl.BindTexture(GL_TEXTURE_2D, name);
    Image rgb = image;
    if (image.channels < 3) {
      rgb = Image(image.width, image.height, 3);
      for (std::size_t i = 0; i < image.pixels(); ++i)
        std::fill_n(&rgb.data[3 * i], 3, image.data[i * image.channels]);
    }
    gl.PixelStorei(GL_UNPACK_ALIGNMENT, 1);
    gl.TexImage2D(GL_TEXTURE_2D, 0, GL_SRGB8_ALPHA8, rgb.width, rgb.height, 0, rgb.channels == 4 ? GL_RGBA : GL_RGB,
                  GL_UNSIGNED_BYTE, rgb.data.data());
    gl.PixelStorei(GL_UNPACK_ALIGNMENT, 4);  // what else draws here (Qt's letters) relies on the default
    gl.GenerateMipmap(GL_TEXTURE_2D);
    gl.TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
    gl.TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    return name;
  }

  void forget_textures() {
    for (const Group& group : groups)
      if (group.texture) gl.DeleteTextures(1, &group.texture);
    groups.clear();
  }

  void upload_mesh(const Mesh& m) {
    attribute(kPosition, m.verts, 3);
    attribute(kNormal, m.normals.rows() == m.verts.rows() ? m.normals : vertex_normals(m.verts, m.faces), 3);
    attribute(kUv, m.uvs.rows() == m.verts.rows() ? m.uvs : Points2(Points2::Zero(m.verts.rows(), 2)), 2);
    forget_textures();
    const std::vector<Eigen::Index> order = faces_by_material(m);
    std::vector<std::int32_t> flat;
    flat.reserve(3 * order.size());
    int last = -1;
    for (const Eigen::Index f : order) {
      const int material = m.face_material.empty() ? 0 : m.face_material[f];
      if (material != last) {
        Group group;
        group.first = static_cast<GLsizei>(flat.size());
        if (static_cast<std::size_t>(material) < m.materials.size()) {
          group.base_colour = m.materials[material].base_color;
          const Image& texture = m.materials[material].texture;
          if (!texture.empty() && m.uvs.rows() == m.verts.rows()) group.texture = upload_texture(texture);
        } else if (m.colors.rows() != m.verts.rows()) {
          group.base_colour = Vec4(0.6f, 0.6f, 0.6f, 1);
        }
        groups.push_back(group);
        last = material;
      }
      for (int c = 0; c < 3; ++c) flat.push_back(m.faces(f, c));
      groups.back().count += 3;
    }
    index_count = static_cast<GLsizei>(flat.size());
    gl.BindBuffer(GL_ELEMENT_ARRAY_BUFFER, indices);
    gl.BufferData(GL_ELEMENT_ARRAY_BUFFER, static_cast<GLsizeiptr>(flat.size() * sizeof flat[0]), flat.data(), GL_STATIC_DRAW);
  }

  void upload_skin(const Skin* s, Eigen::Index verts) {
    skinned = s && s->joints.rows() == verts && verts > 0;
    using Four = Eigen::Matrix<int, Eigen::Dynamic, 4, Eigen::RowMajor>;
    using FourF = Eigen::Matrix<float, Eigen::Dynamic, 4, Eigen::RowMajor>;
    attribute(kJoints, skinned ? s->joints : Four(Four::Zero(verts, 4)), 4);
    attribute(kWeights, skinned ? s->weights : FourF(FourF::Zero(verts, 4)), 4);
  }

  void upload_colours(const ViewFrame& frame) {
    const Eigen::Index verts = frame.mesh->verts.rows();
    if (frame.look == SurfaceLook::kWeights && skinned) attribute(kColour, weight_colours(*frame.skin, frame.weights_of), 3);
    else if (frame.look == SurfaceLook::kTextured && frame.mesh->colors.rows() == verts) attribute(kColour, frame.mesh->colors, 3);
    else attribute(kColour, Points(Points::Ones(verts, 3)), 3);
  }

  /// What changed since the last frame goes to the device.
  void update(const ViewFrame& frame) {
    gl.BindVertexArray(mesh_array);
    const bool new_mesh = frame.mesh != mesh, new_skin = new_mesh || frame.skin != skin;
    if (new_mesh) upload_mesh(*frame.mesh);
    if (new_skin) upload_skin(frame.skin.get(), frame.mesh->verts.rows());
    if (new_skin || frame.look != look || frame.weights_of != weights_of) upload_colours(frame);
    mesh = frame.mesh;
    skin = frame.skin;
    look = frame.look;
    weights_of = frame.weights_of;
    if (skinned) {
      const std::vector<float> rows = skinning_palette(*frame.skin, frame.root_from_joint);
      gl.BindBuffer(GL_TEXTURE_BUFFER, palette_buffer);
      gl.BufferData(GL_TEXTURE_BUFFER, static_cast<GLsizeiptr>(rows.size() * sizeof(float)), rows.data(), GL_STREAM_DRAW);
    }
  }

  void set_cameras(GLuint program, const ViewFrame& frame) {
    const Iso3& view = frame.camera.camera_from_world;
    const float depth = (view * Vec3(0, frame.ground_y, 0)).norm() + 8 * frame.size;
    const Mat4 clip = clip_from_camera(frame.camera, std::max(1e-3f * depth, 1e-5f), 2 * depth);
    gl.UseProgram(program);
    gl.UniformMatrix4fv(uniform(program, "camera_from_world"), 1, GL_FALSE, view.matrix().data());
    gl.UniformMatrix4fv(uniform(program, "clip_from_camera"), 1, GL_FALSE, clip.data());
  }

  void draw_groups(const ViewFrame& frame, float darken) {
    const bool own_look = frame.look == SurfaceLook::kTextured;
    gl.Uniform1f(uniform(surface, "darken"), darken);
    for (const Group& group : groups) {
      const Vec4 grey(0.55f, 0.55f, 0.55f, 1), white = Vec4::Ones();
      const Vec4 c = own_look ? group.base_colour : frame.look == SurfaceLook::kWeights && skinned ? white : grey;
      gl.Uniform4f(uniform(surface, "base_colour"), c.x(), c.y(), c.z(), c.w());
      gl.Uniform1i(uniform(surface, "textured"), own_look && group.texture);
      gl.ActiveTexture(GL_TEXTURE1);
      gl.BindTexture(GL_TEXTURE_2D, group.texture);
      gl.DrawElements(GL_TRIANGLES, group.count, GL_UNSIGNED_INT,
                      reinterpret_cast<const void*>(static_cast<std::uintptr_t>(group.first) * sizeof(std::int32_t)));
    }
  }

  void draw_surface(const ViewFrame& frame) {
    update(frame);
    set_cameras(surface, frame);
    gl.ActiveTexture(GL_TEXTURE0);
    gl.BindTexture(GL_TEXTURE_BUFFER, palette);
    gl.Uniform1i(uniform(surface, "palette"), 0);
    gl.Uniform1i(uniform(surface, "picture"), 1);
    gl.Uniform1i(uniform(surface, "skinned"), skinned && !frame.root_from_joint.empty());
    if (frame.wireframe) gl.Enable(GL_POLYGON_OFFSET_FILL);
    gl.PolygonOffset(1, 1);
    draw_groups(frame, 1);
    gl.Disable(GL_POLYGON_OFFSET_FILL);
    if (frame.wireframe) {
      gl.PolygonMode(GL_FRONT_AND_BACK, GL_LINE);
      draw_groups(frame, 0.25f);
      gl.PolygonMode(GL_FRONT_AND_BACK, GL_FILL);
    }
    gl.ActiveTexture(GL_TEXTURE0);
  }

  void draw_ground(const ViewFrame& frame) {
    const float half = 6 * frame.size, y = frame.ground_y;
    const std::array<float, 12> corners{-half, y, -half, -half, y, half, half, y, -half, half, y, half};
    gl.BindVertexArray(ground_array);
    gl.BindBuffer(GL_ARRAY_BUFFER, ground_buffer);
    gl.BufferData(GL_ARRAY_BUFFER, sizeof corners, corners.data(), GL_STREAM_DRAW);
    gl.VertexAttribPointer(kPosition, 3, GL_FLOAT, GL_FALSE, 0, nullptr);
    gl.EnableVertexAttribArray(kPosition);
    set_cameras(ground, frame);
    gl.Uniform3f(uniform(ground, "colour"), frame.ground_colour.x(), frame.ground_colour.y(), frame.ground_colour.z());
    gl.Uniform1f(uniform(ground, "step_m"), ground_step(frame.size));
    gl.Uniform1f(uniform(ground, "size"), frame.size);
    gl.Enable(GL_BLEND);
    gl.BlendFunc(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA);
    gl.DepthMask(GL_FALSE);
    gl.DrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    gl.DepthMask(GL_TRUE);
    gl.Disable(GL_BLEND);
  }
};

GlView::GlView(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<GlView>> GlView::create(const GlLoader& loader) {
  auto parts = std::make_unique<Parts>();
  MP4D_TRY(gl, load_gl(loader));
  parts->gl = gl;
  MP4D_TRY(surface, link(gl, kSurfaceVertexShader, kSurfaceFragmentShader));
  MP4D_TRY(ground, link(gl, kGroundVertexShader, kGroundFragmentShader));
  parts->surface = surface;
  parts->ground = ground;
  gl.GenVertexArrays(1, &parts->mesh_array);
  gl.GenVertexArrays(1, &parts->ground_array);
  gl.GenBuffers(kAttributes, parts->buffers.data());
  gl.GenBuffers(1, &parts->indices);
  gl.GenBuffers(1, &parts->ground_buffer);
  gl.GenBuffers(1, &parts->palette_buffer);
  gl.GenTextures(1, &parts->palette);
  gl.BindBuffer(GL_TEXTURE_BUFFER, parts->palette_buffer);
  gl.BindTexture(GL_TEXTURE_BUFFER, parts->palette);
  gl.TexBuffer(GL_TEXTURE_BUFFER, GL_RGBA32F, parts->palette_buffer);
  return std::unique_ptr<GlView>(new GlView(std::move(parts)));
}

GlView::~GlView() {
  Parts& p = *parts_;
  p.forget_textures();
  p.gl.DeleteTextures(1, &p.palette);
  p.gl.DeleteBuffers(kAttributes, p.buffers.data());
  for (GLuint* buffer : {&p.indices, &p.ground_buffer, &p.palette_buffer}) p.gl.DeleteBuffers(1, buffer);
  for (GLuint* array : {&p.mesh_array, &p.ground_array}) p.gl.DeleteVertexArrays(1, array);
  for (const GLuint program : {p.surface, p.ground}) p.gl.DeleteProgram(program);
}

void GlView::draw(const ViewFrame& frame) {
  const GlFunctions& gl = parts_->gl;
  gl.Viewport(0, 0, frame.camera.width, frame.camera.height);
  gl.Disable(GL_CULL_FACE);
  gl.Disable(GL_BLEND);
  gl.Enable(GL_DEPTH_TEST);
  gl.DepthFunc(GL_LEQUAL);
  gl.DepthMask(GL_TRUE);
  gl.Clear(GL_DEPTH_BUFFER_BIT);
  if (frame.mesh && frame.mesh->faces.rows() > 0) parts_->draw_surface(frame);
  if (frame.ground) parts_->draw_ground(frame);
  gl.Disable(GL_DEPTH_TEST);
  gl.BindVertexArray(0);
  gl.UseProgram(0);
}

std::string GlView::renderer() const {
  const auto* name = reinterpret_cast<const char*>(parts_->gl.GetString(GL_RENDERER));
  return name ? name : "unknown";
}

}  // namespace mp4d
