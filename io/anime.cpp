#include "core/files.h"
#include "core/memory_need.h"
#include "io/model_io.h"
#include <cstring>

namespace mp4d {
namespace {

static_assert(sizeof(float) == 4);

void append(std::string& bytes, const void* data, std::size_t size) {
  bytes.append(static_cast<const char*>(data), size);
}

Points points_at(const std::string& bytes, std::size_t offset, Eigen::Index count) {
  Points points(count, 3);
  std::memcpy(points.data(), bytes.data() + offset, static_cast<std::size_t>(count) * 12);
  return points;
}

}  // namespace

Result<MeshSequence> read_anime(const std::filesystem::path& path, double fps) {
  if (!(fps > 0)) return fail(ErrorCode::kUsage, "{}: fps is {}; it must be above 0", path.string(), fps);
  MP4D_TRY(bytes, read_file(path));
  std::int32_t header[3];  // frames, vertices, triangles
  if (bytes.size() < sizeof header) {
    return fail(ErrorCode::kInput, "{}: truncated: {} bytes are no .anime file", path.string(), bytes.size());
  }
  std::memcpy(header, bytes.data(), sizeof header);
  const std::int64_t frames = header[0], vertices = header[1], triangles = header[2];
  if (frames < 1 || vertices < 1 || triangles < 1) {
    return fail(ErrorCode::kInput, "{}: no .anime file, or damaged: {} frames, {} vertices, {} triangles",
                path.string(), frames, vertices, triangles);
  }
  // The header, a triangle and a vertex take 12 bytes each.
  const std::int64_t units = static_cast<std::int64_t>(bytes.size() / 12);
  if (bytes.size() % 12 != 0 || vertices > units / frames || 1 + triangles + frames * vertices != units) {
    return fail(ErrorCode::kInput, "{}: {} frames of {} vertices and {} triangles do not make {} bytes; copy it again",
                path.string(), frames, vertices, triangles, bytes.size());
  }
  if (const auto lack = memory_lack(static_cast<double>(bytes.size())))  // beside what was read
    return fail(ErrorCode::kResource, "{}: its {} frames need {}; shorten it, close other programs, or raise --memory", path.string(), frames, *lack);
  MeshSequence sequence;
  const Points first = points_at(bytes, 12, vertices);
  sequence.faces.resize(triangles, 3);
  std::memcpy(sequence.faces.data(), bytes.data() + 12 + 12 * vertices, static_cast<std::size_t>(triangles) * 12);
  if (sequence.faces.minCoeff() < 0 || sequence.faces.maxCoeff() >= vertices) {
    return fail(ErrorCode::kInput, "{}: damaged: a triangle refers to vertex {} of {}", path.string(),
                sequence.faces.maxCoeff() >= vertices ? sequence.faces.maxCoeff() : sequence.faces.minCoeff(), vertices);
  }
  for (std::int64_t f = 0; f < frames; ++f) {
    sequence.times.push_back(static_cast<double>(f) / fps);
    Points points = first;
    if (f > 0) points += points_at(bytes, static_cast<std::size_t>(12 * (1 + triangles + f * vertices)), vertices);
    if (!points.allFinite()) {
      return fail(ErrorCode::kInput, "{}: damaged: frame {} has positions that are not finite", path.string(), f);
    }
    sequence.frames.push_back(std::move(points));
  }
  return sequence;
}

Result<void> write_anime(const std::filesystem::path& path, const MeshSequence& sequence) {
  if (sequence.frames.empty() || sequence.frames[0].rows() == 0 || sequence.faces.rows() == 0) {
    return fail(ErrorCode::kFailed, "{}: not written: the sequence has no frames, vertices or triangles", path.string());
  }
  const Points& first = sequence.frames[0];
  const std::int32_t header[] = {static_cast<std::int32_t>(sequence.frames.size()),
                                 static_cast<std::int32_t>(first.rows()),
                                 static_cast<std::int32_t>(sequence.faces.rows())};
  std::string bytes;
  append(bytes, header, sizeof header);
  append(bytes, first.data(), static_cast<std::size_t>(first.size()) * 4);
  append(bytes, sequence.faces.data(), static_cast<std::size_t>(sequence.faces.size()) * 4);
  for (std::size_t f = 1; f < sequence.frames.size(); ++f) {
    if (sequence.frames[f].rows() != first.rows()) {
      return fail(ErrorCode::kFailed, "{}: not written: frame {} has {} vertices, the first {}", path.string(), f,
                  sequence.frames[f].rows(), first.rows());
    }
    const Points offsets = sequence.frames[f] - first;
    append(bytes, offsets.data(), static_cast<std::size_t>(offsets.size()) * 4);
  }
  return write_atomically(path, bytes);
}

}  // namespace mp4d
