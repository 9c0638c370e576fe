#include "io/internal/imported_scene.h"
#include <algorithm>
#include <unordered_map>

namespace mp4d {
namespace {

template <class Rows>
void keep_rows(Rows& rows, const std::vector<int>& kept) {
  if (rows.rows() == 0) return;
  Rows fewer(static_cast<Eigen::Index>(kept.size()), rows.cols());
  for (std::size_t i = 0; i < kept.size(); ++i) fewer.row(static_cast<Eigen::Index>(i)) = rows.row(kept[i]);
  rows = std::move(fewer);
}

template <class Rows>
void append_row(std::string& key, const Rows& rows, Eigen::Index row) {
  if (rows.rows() > 0)
    key.append(reinterpret_cast<const char*>(rows.row(row).data()), rows.cols() * sizeof(rows(0, 0)));
}

}  // namespace

void weld_identical(ImportedMesh& mesh) {
  std::unordered_map<std::string, int> known;
  std::vector<int> new_index, kept;
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    std::string key;
    append_row(key, mesh.verts, v);
    append_row(key, mesh.normals, v);
    append_row(key, mesh.colors, v);
    append_row(key, mesh.uvs, v);
    if (!mesh.influences.empty()) {
      for (const auto& [bone, weight] : mesh.influences[v]) {
        key.append(reinterpret_cast<const char*>(&bone), sizeof bone);
        key.append(reinterpret_cast<const char*>(&weight), sizeof weight);
      }
    }
    const auto [entry, fresh] = known.emplace(std::move(key), static_cast<int>(kept.size()));
    if (fresh) kept.push_back(static_cast<int>(v));
    new_index.push_back(entry->second);
  }
  if (kept.size() == new_index.size()) return;
  for (Eigen::Index i = 0; i < mesh.faces.size(); ++i) mesh.faces.data()[i] = new_index[mesh.faces.data()[i]];
  keep_rows(mesh.verts, kept);
  keep_rows(mesh.normals, kept);
  keep_rows(mesh.colors, kept);
  keep_rows(mesh.uvs, kept);
  if (!mesh.influences.empty()) {
    std::vector<std::vector<std::pair<int, float>>> influences;
    for (const int v : kept) influences.push_back(std::move(mesh.influences[v]));
    mesh.influences = std::move(influences);
  }
}

}  // namespace mp4d
