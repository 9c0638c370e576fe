#pragma once
#include "app/cli/field_path.h"
#include "app/studio/field_path_keys.h"
#include "app/studio/field_scene.h"
#include "app/studio/job.h"
#include "reconstruction/field/field_mesh.h"
#include "reconstruction/field/field_options.h"
#include <QImage>
#include <QObject>
#include <functional>
#include <optional>
#include <nlohmann/json.hpp>

namespace mp4d {

class Issues;

/// A point of a training's curves.
struct FieldPoint {
  double seconds = 0;  ///< of training
  double loss = 0;     ///< squared error and S3IM of the batches since the last point
  double psnr = 0;     ///< dB, of those batches
};

/// A neural field in the making: its scene, its training, what is made of it. The work runs in the given job. GUI thread only.
class FieldWork : public QObject {
  Q_OBJECT

 public:
  /// `folder`: of the runs. All must live as long.
  FieldWork(Job& job, Issues& issues, std::filesystem::path folder, QObject* parent = nullptr);

  /// Null = none is open.
  const FieldScene* scene() const { return scene_ ? &*scene_ : nullptr; }
  const FieldTrainOptions& options() const { return options_; }
  const std::vector<FieldPoint>& curve() const { return curve_; }
  /// Seconds and PSNR of the views that are held out.
  const std::vector<std::pair<double, double>>& held_out() const { return held_out_; }
  /// How the field looks from the first view that is held out, or the first.
  const QImage& picture() const { return picture_; }
  bool running() const { return running_; }  ///< any work of this kind
  bool busy() const { return job_.running(); }  ///< any work at all
  bool training() const { return training_; }
  /// Share of the training that is done; 0 = not begun, 1 = finished.
  double progress() const { return progress_; }
  /// Where `magicpose4d field` finds it (docs/fields.md). By scene and options, so that other options are another run.
  std::filesystem::path run_folder() const;

  void open(const std::filesystem::path& scene);
  /// Photos or a video whose cameras are not known: they are found first.
  void open_photos(const std::filesystem::path& photos);
  void set_option(const std::string& name, const std::string& text);
  const FieldMeshOptions& mesh_options() const { return mesh_options_; }
  void set_mesh_option(const std::string& name, const std::string& text);
  /// Begins, or goes on where it was stopped.
  void train();
  void stop() { job_.cancel(); }
  void write_view(const std::filesystem::path& out);
  FieldPathKeys path;  ///< of the open scene
  void open_path(const std::filesystem::path& file);
  void save_path(const std::filesystem::path& file);
  /// A film along the path.
  void film_path(const std::filesystem::path& out);
  /// The surface, upright as the scene is shown; `done` gets it.
  void make_mesh(const std::function<void(Mesh)>& done);

 Q_SIGNALS:
  void changed();
  void scene_changed();
  void written(const QString& path);

 private:
  void start(const QString& name, std::vector<JobContext::Phase> phases, Job::WatchedWork work);
  void take(FieldScene scene);
  void take(const Preview& preview);
  void render(const QString& name, const FieldRenderOptions& options, const std::filesystem::path& out);
  void read_run();

  Job& job_;
  Issues& issues_;
  std::filesystem::path folder_;
  std::optional<FieldScene> scene_;
  FieldTrainOptions options_;
  FieldMeshOptions mesh_options_;
  std::vector<FieldPoint> curve_;
  std::vector<std::pair<double, double>> held_out_;
  QImage picture_;
  bool running_ = false, training_ = false;
  double progress_ = 0;
};

}  // namespace mp4d
