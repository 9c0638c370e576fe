#include "render/viewport/gl_functions.h"

namespace mp4d {

Result<GlFunctions> load_gl(const GlLoader& loader) {
  GlFunctions gl{};
#define MP4D_LOAD(name)                                                    \
  gl.name = reinterpret_cast<decltype(gl.name)>(loader("gl" #name));       \
  if (!gl.name) return fail(ErrorCode::kResource, "OpenGL 3.3 is needed, this one has no gl" #name)
  MP4D_LOAD(ActiveTexture);
  MP4D_LOAD(AttachShader);
  MP4D_LOAD(BindAttribLocation);
  MP4D_LOAD(BindBuffer);
  MP4D_LOAD(BindTexture);
  MP4D_LOAD(BindVertexArray);
  MP4D_LOAD(BlendFunc);
  MP4D_LOAD(BufferData);
  MP4D_LOAD(Clear);
  MP4D_LOAD(CompileShader);
  MP4D_LOAD(CreateProgram);
  MP4D_LOAD(CreateShader);
  MP4D_LOAD(DeleteBuffers);
  MP4D_LOAD(DeleteProgram);
  MP4D_LOAD(DeleteShader);
  MP4D_LOAD(DeleteTextures);
  MP4D_LOAD(DeleteVertexArrays);
  MP4D_LOAD(DepthFunc);
  MP4D_LOAD(DepthMask);
  MP4D_LOAD(Disable);
  MP4D_LOAD(DrawArrays);
  MP4D_LOAD(DrawElements);
  MP4D_LOAD(Enable);
  MP4D_LOAD(EnableVertexAttribArray);
  MP4D_LOAD(GenBuffers);
  MP4D_LOAD(GenerateMipmap);
  MP4D_LOAD(GenTextures);
  MP4D_LOAD(GenVertexArrays);
  MP4D_LOAD(GetIntegerv);
  MP4D_LOAD(GetProgramInfoLog);
  MP4D_LOAD(GetProgramiv);
  MP4D_LOAD(GetShaderInfoLog);
  MP4D_LOAD(GetShaderiv);
  MP4D_LOAD(GetString);
  MP4D_LOAD(GetUniformLocation);
  MP4D_LOAD(LinkProgram);
  MP4D_LOAD(PixelStorei);
  MP4D_LOAD(PolygonMode);
  MP4D_LOAD(PolygonOffset);
  MP4D_LOAD(ShaderSource);
  MP4D_LOAD(TexBuffer);
  MP4D_LOAD(TexImage2D);
  MP4D_LOAD(TexParameteri);
  MP4D_LOAD(Uniform1f);
  MP4D_LOAD(Uniform1i);
  MP4D_LOAD(Uniform3f);
  MP4D_LOAD(Uniform4f);
  MP4D_LOAD(UniformMatrix4fv);
  MP4D_LOAD(UseProgram);
  MP4D_LOAD(VertexAttribIPointer);
  MP4D_LOAD(VertexAttribPointer);
  MP4D_LOAD(Viewport);
#undef MP4D_LOAD
  return gl;
}

}  // namespace mp4d
