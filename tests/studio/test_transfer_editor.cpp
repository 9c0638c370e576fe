// Both sides of a transfer: seen before it is made, chains paired by dragging, maps kept and used again.
#include "../synthetic/creatures.h"
#include "../synthetic/scene.h"
#include "app/studio/chain_links.h"
#include "app/studio/rig_view.h"
#include "app/studio/transfer_editor.h"
#include "studio_fixture.h"
#include "io/frames.h"
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <map>

namespace mp4d::test {
namespace {

struct TransferInStudio : Studio {
  std::unique_ptr<Workspace> workspace;
  std::unique_ptr<MainWindow> window;

  void SetUp() override {
    folders.maps = folder / "maps";
    workspace = std::make_unique<Workspace>(settings, folders);
    window = std::make_unique<MainWindow>(*workspace, dialogs());
    window->show();
    RiggedModel still = make_biped(40);
    ASSERT_TRUE(write_glb(folder / "walker.glb", still));
    still.clips.clear();
    for (Joint& joint : still.skeleton.joints) joint.name = "other " + joint.name;
    ASSERT_TRUE(write_glb(folder / "still.glb", still));
    open(*workspace, folder / "still.glb");
    workspace->set_motion(folder / "walker.glb");
    window->actions().find("stage.compare")->trigger();
    ASSERT_TRUE(wait_until([&] { return workspace->transfer_sides() != nullptr; })) << issues(*workspace);
  }
  void TearDown() override {
    window.reset();
    workspace.reset();
  }
  template <class Widget>
  Widget* find(const char* name) {
    auto* found = window->findChild<Widget*>(QLatin1String(name));
    EXPECT_NE(found, nullptr) << name;
    return found;
  }
  std::string source_of(const std::string& target) {
    for (const MapFile::Pair& pair : workspace->chain_map().pairs)
      if (pair.target == target) return pair.source;
    return {};
  }
  void drag(const char* source, const char* target) {
    auto* links = find<ChainLinks>("chainLinks");
    const QPoint from = links->place_of(true, QLatin1String(source)).toPoint(), to = links->place_of(false, QLatin1String(target)).toPoint();
    QTest::mousePress(links, Qt::LeftButton, {}, from);
    QTest::mouseMove(links, to);
    QTest::mouseRelease(links, Qt::LeftButton, {}, to);
  }
};

TEST_F(TransferInStudio, ChainsArePairedByDraggingAndTheTransferKeepsToThem) {
  EXPECT_EQ(source_of("leg left"), "leg left");
  EXPECT_TRUE(workspace->state().map.target.empty()) << "found, not chosen";
  drag("leg right", "leg left");
  EXPECT_EQ(source_of("leg left"), "leg right");
  auto* links = find<ChainLinks>("chainLinks");
  QTest::mouseClick(links, Qt::RightButton, {}, links->place_of(false, "leg right").toPoint());
  EXPECT_EQ(source_of("leg right"), "");
  find<QPushButton>("transferRun")->click();
  ASSERT_TRUE(wait_for(workspace->job));
  ASSERT_EQ(workspace->state().character.clips.size(), 1u) << issues(*workspace);
  EXPECT_EQ(source_of("leg left"), "leg right");
  workspace->document.history()->undo();
  workspace->document.history()->undo();
  workspace->document.history()->undo();
  EXPECT_EQ(source_of("leg left"), "leg left");
}

TEST_F(TransferInStudio, MapsAreKeptAndUsedAgainAndBadOnesAreRefused) {
  drag("leg right", "leg left");
  save_answer = QString::fromStdString(folder / "maps/crossed");
  find<QPushButton>("transferKeep")->click();
  ASSERT_TRUE(read_map(folder / "maps/crossed.json"));
  drag("leg left", "leg left");
  ASSERT_EQ(source_of("leg left"), "leg left");
  auto* kept = find<QComboBox>("transferPresets");
  ASSERT_EQ(kept->count(), 2);
  kept->setCurrentIndex(1);
  Q_EMIT kept->activated(1);
  EXPECT_EQ(source_of("leg left"), "leg right");
  write_text(folder / "bird.json", R"({"magicpose4d_map": 1, "pairs": []})");
  file_answer = QString::fromStdString(folder / "bird.json");
  find<QPushButton>("transferOpenMap")->click();
  EXPECT_TRUE(find<QLabel>("transferWords")->text().contains("bird.json")) << find<QLabel>("transferWords")->text().toStdString();
  EXPECT_EQ(source_of("leg left"), "leg right") << "nothing changed";
}

TEST_F(TransferInStudio, BothSidesMoveAndRestPosesLieOverEachOther) {
  auto* source = find<RigView>("transferSource");
  auto* target = find<RigView>("transferTarget");
  const auto settled = [](QWidget* view) { return view->grab().toImage(); };
  const QImage start = settled(source);
  find<QPushButton>("transferPlay")->click();
  ASSERT_TRUE(wait_until([&] { return settled(source) != start; })) << "it moves";
  find<QPushButton>("transferPlay")->click();
  const QImage apart = settled(target);
  find<QCheckBox>("transferOver")->setChecked(true);
  EXPECT_NE(settled(target), apart);
  EXPECT_FALSE(find<QPushButton>("transferPlay")->isEnabled());
  // Both are the same body: the source's skeleton lies on the target's.
  const TransferSides& sides = *workspace->transfer_sides();
  EXPECT_NEAR(sides.source.size, sides.target.size, 0.01 * sides.target.size);
  EXPECT_LT((sides.source.pelvis - sides.target.pelvis).norm(), 0.05 * sides.target.size);
}

TEST_F(TransferInStudio, AFilmedMotionIsReconstructedOnce) {
  const RiggedModel walker = make_biped(40);
  SceneOptions scene;
  scene.width = scene.height = 64;
  scene.frames = 6;
  const SyntheticClip clip = film(walker, walker.clips.front(), scene);
  std::filesystem::create_directory(folder / "film");
  for (std::size_t t = 0; t < clip.frames.images.size(); ++t) {
    const Image& seen = clip.frames.images[t];
    Image cut_out(seen.width, seen.height, 4);
    for (int y = 0; y < seen.height; ++y)
      for (int x = 0; x < seen.width; ++x) {
        for (int c = 0; c < 3; ++c) cut_out.at(x, y, c) = seen.at(x, y, c);
        cut_out.at(x, y, 3) = clip.masks[t].at(x, y);
      }
    ASSERT_TRUE(write_image(folder / fmt::format("film/{:04}.png", t), cut_out));
  }
  const auto checkpoints = [&] {
    std::map<std::filesystem::path, std::filesystem::file_time_type> written;
    for (const auto& entry : std::filesystem::directory_iterator(folders.cache))
      if (entry.is_regular_file()) written[entry.path()] = entry.last_write_time();
    return written;
  };
  workspace->set_motion(folder / "film");
  workspace->read_transfer_sides();
  ASSERT_TRUE(wait_for(workspace->job));
  ASSERT_TRUE(workspace->transfer_sides()) << issues(*workspace);
  const auto before = checkpoints();
  EXPECT_GE(before.size(), 4u);
  workspace->run(Stage::kTransfer);
  ASSERT_TRUE(wait_for(workspace->job));
  EXPECT_EQ(workspace->state().character.clips.size(), 1u) << issues(*workspace);
  EXPECT_EQ(checkpoints(), before) << "what was looked at is taken as it is";
}

}  // namespace
}  // namespace mp4d::test
