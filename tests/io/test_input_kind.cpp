#include "core/files.h"
#include "io/input_kind.h"
#include "io/model_io.h"
#include <fstream>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

TEST(InputKind, FoldersAreWhatLiesInThem) {
  const TempFolder temporary = *TempFolder::create();
  const auto folder_with = [&](const std::string& file) {
    const fs::path folder = temporary.path() / ("with_" + file);
    fs::create_directory(folder);
    std::ofstream(folder / file) << "x";
    return folder;
  };
  EXPECT_EQ(*input_kind(folder_with("0.png")), InputKind::kClip);
  for (const char* name : {"0.obj", "0.OBJ", "0.fbx", "0.dae", "0.Glb"})
    EXPECT_EQ(*input_kind(folder_with(name)), InputKind::kMeshFolder) << name;
  EXPECT_EQ(*input_kind(folder_with("a.ANIME") / "a.ANIME"), InputKind::kAnime);
  EXPECT_EQ(*input_kind(folder_with("a.Stl") / "a.Stl"), InputKind::kModel);
  EXPECT_EQ(*input_kind(folder_with("a.json") / "a.json"), InputKind::kJson);
  EXPECT_EQ(*input_kind(folder_with("a.mov") / "a.mov"), InputKind::kClip);
  EXPECT_FALSE(input_kind(temporary.path() / "absent"));
}

TEST(InputKind, AFolderThatIsCalledOneOfMeshesCanBeRead) {
  const TempFolder folder = *TempFolder::create();
  Mesh mesh;
  mesh.verts.resize(3, 3);
  mesh.verts << 0, 0, 0, 1, 0, 0, 0, 1, 0;
  mesh.faces.resize(1, 3);
  mesh.faces << 0, 1, 2;
  ASSERT_TRUE(write_mesh(folder.path() / "a.obj", mesh));
  fs::rename(folder.path() / "a.obj", folder.path() / "A.OBJ");
  ASSERT_EQ(*input_kind(folder.path()), InputKind::kMeshFolder);
  const auto read = read_mesh_folder(folder.path());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->size(), 1u);
}

}  // namespace
}  // namespace mp4d
