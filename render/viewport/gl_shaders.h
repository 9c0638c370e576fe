#pragma once

namespace mp4d {

// The formulas are those of cpu_view.cpp: both must look alike.

inline constexpr const char* kSurfaceVertexShader = R"(#version 330 core
in vec3 position;
in vec3 normal;
in vec3 colour;
in vec2 uv;
in ivec4 joints;
in vec4 weights;
uniform samplerBuffer palette;  // three rows of mesh_from_mesh a joint
uniform bool skinned;
uniform mat4 camera_from_world;
uniform mat4 clip_from_camera;
out vec3 normal_in_camera;
out vec3 vertex_colour;
out vec2 vertex_uv;
void main() {
  vec3 p = position, n = normal;
  if (skinned) {
    vec4 x = vec4(0), y = vec4(0), z = vec4(0);
    for (int k = 0; k < 4; ++k) {
      int row = 3 * joints[k];
      x += weights[k] * texelFetch(palette, row);
      y += weights[k] * texelFetch(palette, row + 1);
      z += weights[k] * texelFetch(palette, row + 2);
    }
    p = vec3(dot(x, vec4(position, 1)), dot(y, vec4(position, 1)), dot(z, vec4(position, 1)));
    n = vec3(dot(x.xyz, normal), dot(y.xyz, normal), dot(z.xyz, normal));
  }
  normal_in_camera = mat3(camera_from_world) * n;
  vertex_colour = colour;
  vertex_uv = uv;
  gl_Position = clip_from_camera * (camera_from_world * vec4(p, 1));
}
)";

inline constexpr const char* kSurfaceFragmentShader = R"(#version 330 core
in vec3 normal_in_camera;
in vec3 vertex_colour;
in vec2 vertex_uv;
uniform vec4 base_colour;  // linear
uniform bool textured;
uniform sampler2D picture;
uniform float darken;
out vec4 fragment;
vec3 linear(vec3 c) { return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c)); }
vec3 srgb(vec3 c) { return mix(12.92 * c, 1.055 * pow(c, vec3(1 / 2.4)) - 0.055, step(0.0031308, c)); }
void main() {
  vec3 n = dot(normal_in_camera, normal_in_camera) > 1e-12 ? normalize(normal_in_camera) : vec3(0, 0, -1);
  if (n.z > 0) n = -n;
  vec3 albedo = base_colour.rgb * linear(vertex_colour);
  if (textured) albedo *= texture(picture, vertex_uv).rgb;
  float light = 0.28 + 0.62 * max(0.0, dot(n, normalize(vec3(-0.4, -0.7, -0.6)))) +
                0.22 * max(0.0, dot(n, normalize(vec3(0.8, -0.2, -0.5))));
  fragment = vec4(srgb(clamp(albedo * light * darken, 0.0, 1.0)), 1);
}
)";

inline constexpr const char* kGroundVertexShader = R"(#version 330 core
in vec3 position;
uniform mat4 camera_from_world;
uniform mat4 clip_from_camera;
out vec3 point;
void main() {
  point = position;
  gl_Position = clip_from_camera * (camera_from_world * vec4(position, 1));
}
)";

inline constexpr const char* kGroundFragmentShader = R"(#version 330 core
in vec3 point;
uniform vec3 colour;
uniform float step_m;
uniform float size;
out vec4 fragment;
float line(float v) {
  float away = abs(v / step_m - round(v / step_m)) * step_m;
  return clamp(1 - away / max(fwidth(v), 1e-9), 0.0, 1.0);
}
void main() {
  float fade = clamp(1.2 - length(point.xz) / (5 * size), 0.0, 1.0);
  fragment = vec4(colour, 0.3 * fade * max(line(point.x), line(point.z)));
}
)";

}  // namespace mp4d
