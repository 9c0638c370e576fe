#include "app/cli/field_job.h"
#include "app/cli/field_scores.h"
#include "app/cli/files.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "core/files.h"
#include "core/json_file.h"
#include "io/colmap_run.h"
#include "io/listing.h"
#include "reconstruction/field/field_run.h"

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Flags {
  std::string input, out, scene, images, lpips, video, mesh, mesh_truth, to = "transforms";
  bool as_json = false, colmap = false;
  std::unique_ptr<TableFlags> first, second, third;
};

constexpr const char* kReadPhase = "read";

constexpr const char* kColmapFolder = "colmap";  // in a run

/// Finds the cameras of `input`'s pictures into `folder`, and says what was placed.
Result<void> find_cameras(const Flags& flags, const TableFlags& table, const fs::path& folder, JobContext& job) {
  ColmapOptions options;
  MP4D_CHECK(table.apply(&options));
  MP4D_TRY(posed, pose_pictures(flags.input, folder, options, &job));
  std::string lost;
  for (const std::string& name : posed.lost) lost += (lost.empty() ? "; not placed: " : ", ") + name;
  job.info(fmt::format("{}: {} of {} pictures placed{}", folder.string(), posed.pictures - static_cast<int>(posed.lost.size()),
                       posed.pictures, lost));
  return {};
}

Result<void> run_colmap(const Flags& flags, Session& session) {
  JobContext job = session.console.job(colmap_phases(), session.cancel);
  MP4D_CHECK(find_cameras(flags, *flags.first, flags.out, job));
  job.finish();
  fmt::print("{}\n", flags.out);
  return {};
}

const std::vector<std::string> kVideoEndings{".mp4", ".gif"}, kMeshEndings{".glb", ".ply", ".obj"};

void say_mesh(const std::string& file, const Mesh& mesh) {
  const Vec3 size = bounds(mesh.verts).sizes();
  fmt::print("{}: {} vertices, {} triangles, {:.3g} x {:.3g} x {:.3g} scene units\n", file, mesh.verts.rows(), mesh.faces.rows(), size.x(),
             size.y(), size.z());
}

Result<void> run_train(const Flags& flags, Session& session) {
  FieldTrainOptions options;
  S3imOptions s3im;
  MP4D_CHECK(flags.first->apply(&options));
  MP4D_CHECK(flags.second->apply(&s3im));
  std::vector<JobContext::Phase> phases{{kReadPhase, 1}, {kTrainPhase, 30}};
  fs::path source = flags.input;
  if (flags.colmap) {
    const auto before = colmap_phases();
    phases.insert(phases.begin(), before.begin(), before.end());
    source = fs::path(flags.out) / kColmapFolder;
  }
  if (!flags.video.empty() || !flags.mesh.empty()) MP4D_CHECK(make_folder(flags.out));  // they may go there
  if (!flags.video.empty()) {
    MP4D_CHECK(check_output("--video", flags.video, kVideoEndings));
    phases.push_back({"draw", 8});
  }
  if (!flags.mesh.empty()) {
    MP4D_CHECK(check_output("--mesh", flags.mesh, kMeshEndings));
    phases.insert(phases.end(), {{"look", 3}, {"surface", 1}});
  }
  JobContext job = session.console.job(phases, session.cancel);
  if (flags.colmap) MP4D_CHECK(find_cameras(flags, *flags.third, source, job));
  job.begin_phase(kReadPhase);
  PosedSceneOptions reading;
  reading.hold_out = options.hold_out;
  reading.max_side = options.max_side;
  MP4D_TRY(scene, read_posed_scene(source, reading, &job));
  MP4D_TRY(about, train_field(scene, fs::absolute(source).string(), options, s3im, flags.out, &job));
  Mesh mesh;
  if (!flags.video.empty() || !flags.mesh.empty()) {
    MP4D_TRY(saved, load_trained_field(field_file(flags.out)));
    if (!flags.video.empty()) MP4D_CHECK(write_field_view(saved, {}, flags.video, &job));
    if (!flags.mesh.empty()) {
      MP4D_TRY(written, write_field_mesh(saved, {}, flags.mesh, &job));
      mesh = std::move(written);
    }
  }
  job.finish();
  const json last = about["curve"].empty() ? json::object() : about["curve"].back();
  fmt::print("{}: {} steps, {:.0f} s, S3IM weight {:g}{}\n{}\n", (fs::path(flags.out) / kFieldFile).string(),
             last.value("step", 0), last.value("seconds", 0.0), about["s3im_weight"].get<double>(),
             last.contains("psnr") ? fmt::format(", held out {:.2f} dB, SSIM {:.3f}", last["psnr"].get<double>(), last["ssim"].get<double>()) : "",
             (fs::path(flags.out) / kFieldLog).string());
  if (!flags.video.empty()) fmt::print("{}\n", flags.video);
  if (!flags.mesh.empty()) say_mesh(flags.mesh, mesh);
  return {};
}

Result<void> run_render(const Flags& flags, Session& session) {
  FieldRenderOptions options;
  MP4D_CHECK(flags.first->apply(&options));
  MP4D_CHECK(check_output("-o", flags.out, {".png", ".jpg", ".jpeg", ".npy", ".mp4", ".gif"}));
  const std::string ending = lower_extension(flags.out);
  const bool video = ending == ".mp4" || ending == ".gif";
  if (!video) MP4D_CHECK(field_render_options().refuse_changed(&options, {"fps", "seconds"}, "a picture has none; leave it out"));
  MP4D_TRY(saved, load_trained_field(field_file(flags.input)));
  JobContext job = session.console.job({{"draw", 1}}, session.cancel);
  MP4D_CHECK(write_field_view(saved, options, flags.out, &job));
  job.finish();
  fmt::print("{}\n", flags.out);
  return {};
}

Result<void> run_eval(const Flags& flags, Session& session) {
  SurfaceScoreOptions surface;
  FieldSceneReading reading;
  MP4D_CHECK(flags.first->apply(&surface));
  MP4D_CHECK(flags.second->apply(&reading));
  return evaluate_field({flags.input, flags.scene, flags.images, flags.lpips, flags.mesh, flags.mesh_truth, flags.as_json}, reading,
                        surface, session);
}

Result<void> run_mesh(const Flags& flags, Session& session) {
  FieldMeshOptions options;
  MP4D_CHECK(flags.first->apply(&options));
  MP4D_CHECK(check_output("-o", flags.out, kMeshEndings));
  if (lower_extension(flags.out) != ".glb")
    MP4D_CHECK(field_mesh_options().refuse_changed(&options, {"texture"}, "is for GLB; leave it out, or write a .glb"));
  MP4D_TRY(saved, load_trained_field(field_file(flags.input)));
  JobContext job = session.console.job({{"look", 3}, {"surface", 1}}, session.cancel);
  MP4D_TRY(mesh, write_field_mesh(saved, options, flags.out, &job));
  job.finish();
  say_mesh(flags.out, mesh);
  return {};
}

Result<void> run_convert(const Flags& flags, Session& session) {
  JobContext job = session.console.job({{kReadPhase, 1}}, session.cancel);
  job.begin_phase(kReadPhase);
  MP4D_TRY(scene, read_posed_scene(flags.input, {}, &job));
  MP4D_CHECK(flags.to == "transforms" ? write_transforms_scene(flags.out, scene)
                                      : write_colmap_scene(flags.out, scene, flags.to == "colmap"));
  job.finish();
  fmt::print("{}: {} views, {} points, from {}\n", flags.out, scene.views.size(), scene.points.rows(), scene.format);
  return {};
}

using Runner = Result<void> (*)(const Flags&, Session&);

CLI::App* add(CLI::App& field, Session& session, const std::shared_ptr<Flags>& flags, const char* name, const char* what,
              const char* input, const char* input_what, Runner run) {
  CLI::App* sub = field.add_subcommand(name, what);
  sub->add_option(input, flags->input, input_what)->required();
  add_run_flags(*sub, session);
  sub->callback([flags, &session, run] { session.command = [flags, &session, run] { return run(*flags, session); }; });
  return sub;
}

}  // namespace

void add_field(CLI::App& app, Session& session) {
  CLI::App* field = app.add_subcommand("field", "Neural fields: posed pictures to new views and meshes (docs/fields.md).");
  field->require_subcommand(1);
  const auto make = [] { return std::make_shared<Flags>(); };
  constexpr const char *kRun = "RUN", *kRunWhat = "folder that 'field train' wrote", *kScene = "SCENE",
                       *kSceneWhat =
    "folder of a scene: NeRF-synthetic, nerfstudio, instant-ngp, COLMAP, LLFF, NSVF, NeRF++, sdfstudio or IDR; or its JSON";

  auto flags = make();
  CLI::App* sub = add(*field, session, flags, "train", "Train a field on posed pictures.", kScene, kSceneWhat, run_train);
  sub->add_option("-o,--out", flags->out, "folder to write; one of the same scene and options is gone on with")->type_name("RUN")->required();
  flags->first = std::make_unique<TableFlags>(*sub, field_train_options(), "Training");
  sub->add_flag("--colmap", flags->colmap, "SCENE is a folder of photos or a video: find the cameras first, into RUN/colmap");
  sub->add_option("--video", flags->video, "film the field in the end, too, as 'field render' does by itself (.mp4, .gif)")->type_name("FILE");
  sub->add_option("--mesh", flags->mesh, "write its mesh in the end, too, as 'field mesh' does by itself (.glb, .ply, .obj)")->type_name("FILE");
  flags->second = std::make_unique<TableFlags>(*sub, s3im_options(), "S3IM");
  flags->third = std::make_unique<TableFlags>(*sub, colmap_options(), "COLMAP");

  flags = make();
  sub = add(*field, session, flags, "colmap", "Find the cameras of photos or of a video with COLMAP (Debian: apt install colmap).",
            "PHOTOS", "folder of photos, or a video", run_colmap);
  sub->add_option("-o,--out", flags->out, "folder to write, a scene for 'field train'")->type_name("SCENE")->required();
  flags->first = std::make_unique<TableFlags>(*sub, colmap_options(), "COLMAP");

  flags = make();
  sub = add(*field, session, flags, "render", "Draw a field: a picture, or a video along a path.", kRun, kRunWhat, run_render);
  sub->add_option("-o,--out", flags->out, "picture (.png, .jpg, or floats as .npy) or video (.mp4, .gif)")->type_name("FILE")->required();
  flags->first = std::make_unique<TableFlags>(*sub, field_render_options(), "View");

  flags = make();
  sub = add(*field, session, flags, "eval", "Score a field, or what another program made, on the views that were held out.", kRun,
            "folder that 'field train' wrote; with --images or --mesh also a scene", run_eval);
  sub->add_flag("--json", flags->as_json, "print JSON, with the scores of every view");
  sub->add_option("--scene", flags->scene, "where the pictures are now, if they were moved")->type_name("SCENE");
  sub->add_option("--images", flags->images,
                  "score these pictures of any program in place of the field's, named as the held-out views are (docs/fields.md)")->type_name("FOLDER");
  sub->add_option("--lpips", flags->lpips, "score by this network, too, such as LPIPS (docs/fields.md)")->type_name("ONNX");
  sub->add_option("--mesh-truth", flags->mesh_truth, "score the surface, too, against this mesh in the scene's coordinates")->type_name("MESH");
  sub->add_option("--mesh", flags->mesh, "the mesh to score, of any method [default the field's own]")->type_name("MESH");
  flags->first = std::make_unique<TableFlags>(*sub, surface_score_options(), "Surface");
  flags->second = std::make_unique<TableFlags>(*sub, field_scene_reading(), "Scene");

  flags = make();
  sub = add(*field, session, flags, "mesh", "Turn a field into a coloured mesh in the scene's coordinates.", kRun, kRunWhat, run_mesh);
  sub->add_option("-o,--out", flags->out, "mesh (.glb, .ply, .obj)")->type_name("FILE")->required();
  flags->first = std::make_unique<TableFlags>(*sub, field_mesh_options(), "Mesh");

  flags = make();
  sub = add(*field, session, flags, "convert", "Write posed pictures in another layout.", kScene, kSceneWhat, run_convert);
  sub->add_option("-o,--out", flags->out, "folder to write")->type_name("FOLDER")->required();
  sub->add_option("--to", flags->to, "layout to write [default transforms]")->type_name("transforms|colmap|colmap-text")
      ->check(CLI::IsMember(std::vector<std::string>{"transforms", "colmap", "colmap-text"}));
}

}  // namespace mp4d
