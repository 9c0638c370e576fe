#include "core/rng.h"
#include "make_rig.h"
#include "motion/filters.h"
#include "motion/fit.h"
#include <algorithm>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

// Smooth but lively joint angles: twist about the bone beyond 90 degrees, bends, a moving and turning root.
Clip lively_clip(const Skeleton& skeleton, int frames, float twist_deg, float bend_deg, float root_turn_deg) {
  Clip clip;
  for (int t = 0; t < frames; ++t) {
    const float s = frames > 1 ? static_cast<float>(t) / (frames - 1) : 1.0f;
    Pose pose = rest_pose(skeleton);
    pose[0].translation += Vec3(0.4f * s, 0.1f * std::sin(6 * s), -0.2f * s);
    pose[0].rotation = turn(Vec3(0.2f, 1, 0.1f), root_turn_deg * s);
    for (std::size_t j = 1; j < pose.size(); ++j) {
      const float phase = 0.7f * static_cast<float>(j);
      pose[j].rotation = pose[j].rotation * turn(Vec3::UnitX(), bend_deg * std::sin(5 * s + phase) * std::min(1.0f, 3 * s)) *
                         turn(Vec3::UnitY(), (j % 2 ? twist_deg : -0.4f * twist_deg) * s);
    }
    clip.times.push_back(t / 24.0);
    clip.poses.push_back(pose);
  }
  return clip;
}

// A trunk with two arms, blunt elliptic tubes around every bone, weights by distance along the bone.
RiggedModel make_tree() {
  RiggedModel tree;
  const auto append = [&tree](const RiggedModel& part, const Iso3& place, int parent) {
    const int joint0 = tree.skeleton.size();
    const Eigen::Index v0 = tree.mesh.verts.rows(), f0 = tree.mesh.faces.rows();
    for (int j = 0; j < part.skeleton.size(); ++j) {
      Joint joint = part.skeleton.joints[j];
      joint.name = fmt::format("b{}", joint0 + j);
      joint.parent = j == 0 ? parent : joint.parent + joint0;
      if (j == 0) {
        joint.rest.translation = place.translation();
        joint.rest.rotation = Quat(place.linear());
      }
      tree.skeleton.joints.push_back(joint);
    }
    tree.mesh.verts.conservativeResize(v0 + part.mesh.verts.rows(), 3);
    tree.mesh.faces.conservativeResize(f0 + part.mesh.faces.rows(), 3);
    tree.skin.joints.conservativeResize(v0 + part.mesh.verts.rows(), 4);
    tree.skin.weights.conservativeResize(v0 + part.mesh.verts.rows(), 4);
    const auto world = forward_kinematics(tree.skeleton, rest_pose(tree.skeleton))[joint0];
    for (Eigen::Index v = 0; v < part.mesh.verts.rows(); ++v)
      tree.mesh.verts.row(v0 + v) = (world * part.mesh.verts.row(v).transpose().homogeneous()).head<3>();
    tree.mesh.faces.bottomRows(part.mesh.faces.rows()) = part.mesh.faces.array() + static_cast<int>(v0);
    tree.skin.joints.bottomRows(part.mesh.verts.rows()) =
        (part.skin.weights.array() > 0).select(part.skin.joints.array() + joint0, 0);
    tree.skin.weights.bottomRows(part.mesh.verts.rows()) = part.skin.weights;
  };
  append(make_chain(3, 0.3f), Iso3::Identity(), -1);
  for (float side : {-1.0f, 1.0f}) {
    Iso3 shoulder = Iso3::Identity();
    shoulder.translation() = Vec3(0.12f * side, 0.2f, 0);
    shoulder.linear() = turn(Vec3::UnitZ(), -80 * side).toRotationMatrix();
    append(make_chain(3, 0.2f), shoulder, 2);
    shoulder.translation() = Vec3(0.07f * side, -0.05f, 0.02f);
    shoulder.linear() = turn(Vec3::UnitZ(), 180 - 10 * side).toRotationMatrix();
    append(make_chain(3, 0.22f), shoulder, 0);
  }
  tree.skin.joint_from_mesh = inverse_bind(tree.skeleton);
  return tree;
}

struct Worst {
  float rotation_deg = 0;  // of any joint's world rotation
  double rms = 0;          // relative to the size
};

Worst compare(const RiggedModel& model, const Clip& truth, const FitResult& fit) {
  Worst worst;
  for (std::size_t t = 0; t < truth.poses.size(); ++t) {
    const auto a = forward_kinematics(model.skeleton, truth.poses[t]);
    const auto b = forward_kinematics(fit.skeleton, fit.clip.poses[t]);
    for (std::size_t j = 0; j < a.size(); ++j) {
      const Mat3 relative = a[j].topLeftCorner<3, 3>().transpose() * b[j].topLeftCorner<3, 3>();
      worst.rotation_deg = std::max(worst.rotation_deg, angle_deg(Quat(relative), Quat::Identity()));
    }
    worst.rms = std::max(worst.rms, fit.rms[t] / fit.size);
  }
  return worst;
}

Result<FitResult> fit_to(const RiggedModel& model, const MeshSequence& target, const FitOptions& options = {}) {
  return fit_motion(model.skeleton, model.skin, model.mesh.verts, model.mesh.faces, target, options);
}

double longest_bone_change(const FitResult& fit) {
  double worst = 0;
  for (const Pose& pose : fit.clip.poses)
    for (std::size_t j = 0; j < pose.size(); ++j) {
      if (fit.skeleton.joints[j].parent < 0) continue;
      const double rest = fit.skeleton.joints[j].rest.translation.norm();
      worst = std::max(worst, std::abs(pose[j].translation.norm() - rest) / rest);
    }
  return worst;
}

// The surface of `verts` sampled anew: every face split at its centroid, vertices in another order.
Mesh resampled(const Points& verts, const Faces& faces) {
  Mesh mesh;
  const Eigen::Index v = verts.rows(), f = faces.rows();
  mesh.verts.resize(v + f, 3);
  mesh.faces.resize(3 * f, 3);
  for (Eigen::Index i = 0; i < f; ++i)
    mesh.verts.row(i) = (verts.row(faces(i, 0)) + verts.row(faces(i, 1)) + verts.row(faces(i, 2))) / 3;
  mesh.verts.bottomRows(v) = verts;
  for (Eigen::Index i = 0; i < f; ++i)
    for (int k = 0; k < 3; ++k)
      mesh.faces.row(3 * i + k) << static_cast<int>(i), faces(i, k) + static_cast<int>(f), faces(i, (k + 1) % 3) + static_cast<int>(f);
  return mesh;
}

std::vector<Mesh> resampled(const MeshSequence& sequence) {
  std::vector<Mesh> meshes;
  for (const Points& frame : sequence.frames) meshes.push_back(resampled(frame, sequence.faces));
  return meshes;
}

TEST(Fit, ChainWithTwistFromVertices) {
  const RiggedModel model = make_chain(5);
  const Clip truth = lively_clip(model.skeleton, 20, 150, 40, 120);
  const auto fit = fit_to(model, animate(model, truth));
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_TRUE(fit->by_index);
  const Worst worst = compare(model, truth, *fit);
  EXPECT_LT(worst.rotation_deg, 0.2f);
  EXPECT_LT(worst.rms, 2e-4);
  EXPECT_LT(longest_bone_change(*fit), 1e-6);
}

TEST(Fit, TreeFromVerticesWithSpinsOfSeventyDegreesAFrame) {
  const RiggedModel model = make_tree();
  const Clip truth = lively_clip(model.skeleton, 12, 90, 50, 770);
  const auto fit = fit_to(model, animate(model, truth));
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_LT(compare(model, truth, *fit).rotation_deg, 1.0f);
}

TEST(Fit, RecoversBoneScales) {
  const RiggedModel model = make_tree();
  // Truth: a model with other bone lengths, skin stretched along the bones.
  RiggedModel longer = model;
  longer.skeleton.joints[4].rest.translation *= 1.3f;   // bone 3, left upper arm
  longer.skeleton.joints[11].rest.translation *= 0.8f;  // bone 10, a thigh
  const auto rest_world = forward_kinematics(model.skeleton, rest_pose(model.skeleton));
  const auto long_world = forward_kinematics(longer.skeleton, rest_pose(longer.skeleton));
  std::vector<Mat4> stretched = long_world;
  const auto along = [&](int joint, float s) {
    Mat4 scale = Mat4::Identity();
    scale(1, 1) = s;
    stretched[joint] = long_world[joint] * scale;
  };
  along(3, 1.3f);
  along(10, 0.8f);
  longer.mesh.verts = skin_linear(model.mesh.verts, model.skin, stretched);
  longer.skin.joint_from_mesh = inverse_bind(longer.skeleton);
  const Clip truth = lively_clip(longer.skeleton, 15, 60, 40, 90);
  const auto fit = fit_to(model, animate(longer, truth));
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_NEAR(fit->bone_scale[3], 1.3, 0.02);
  EXPECT_NEAR(fit->bone_scale[10], 0.8, 0.02);
  EXPECT_NEAR(fit->bone_scale[6], 1.0, 0.02);
  EXPECT_NEAR(fit->skeleton.joints[4].rest.translation.norm(), 0.26, 0.004);
  EXPECT_LT((fit->rest_verts - longer.mesh.verts).rowwise().norm().maxCoeff(), 0.01f);
  EXPECT_LT(compare(longer, truth, *fit).rotation_deg, 1.0f);
  EXPECT_LT(longest_bone_change(*fit), 1e-6);
}

TEST(Fit, PerFrameScaleFollowsAStretchingBone) {
  RiggedModel model = make_chain(4);
  Clip truth = lively_clip(model.skeleton, 10, 20, 20, 20);
  for (std::size_t t = 0; t < truth.poses.size(); ++t) truth.poses[t][2].translation *= 1 + 0.02f * static_cast<float>(t);
  FitOptions options;
  options.bone_scale = "per-frame";
  const auto fit = fit_to(model, animate(model, truth), options);
  ASSERT_TRUE(fit) << fit.error().message;
  for (std::size_t t = 0; t < truth.poses.size(); ++t)
    EXPECT_NEAR(fit->clip.poses[t][2].translation.norm(), truth.poses[t][2].translation.norm(), 0.003) << t;
}

TEST(Fit, NoiseDoesNotShakeTheBones) {
  const RiggedModel model = make_tree();
  const Clip truth = lively_clip(model.skeleton, 20, 60, 40, 90);
  MeshSequence target = animate(model, truth);
  const float sigma = 0.01f * bounds(model.mesh.verts).diagonal().norm();
  for (std::size_t t = 0; t < target.frames.size(); ++t)
    for (Eigen::Index i = 0; i < target.frames[t].size(); ++i)
      target.frames[t].data()[i] += sigma * static_cast<float>(rng::normal(7, t, static_cast<std::uint64_t>(i)));
  const auto fit = fit_to(model, target);
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_LT(compare(model, truth, *fit).rotation_deg, 5.0f);
  FitOptions rough;
  rough.smoothness = 0;
  const auto unsmoothed = fit_to(model, target, rough);
  ASSERT_TRUE(unsmoothed);
  EXPECT_LT(jitter(fit->clip), jitter(unsmoothed->clip));
}

// Vertices of the heaviest bone `joint`.
std::vector<int> vertices_of(const RiggedModel& model, int joint) {
  std::vector<int> found;
  for (int v = 0; v < model.mesh.verts.rows(); ++v)
    if (model.skin.joints(v, 0) == joint) found.push_back(v);
  return found;
}

double squared_error(const FitResult& fit, const Points& target, const std::vector<int>& verts) {
  const Points now = skin_linear(fit.rest_verts, fit.skin, forward_kinematics(fit.skeleton, fit.clip.poses[0]));
  double sum = 0;
  for (int v : verts) sum += (now.row(v) - target.row(v)).squaredNorm();
  return sum / std::max<std::size_t>(1, verts.size());
}

TEST(Fit, LocalTermsGiveSmallPartsTheirSayAmongVertices) {
  RiggedModel model = make_chain(2);
  for (int v = 0; v < model.mesh.verts.rows(); ++v) {  // the second bone has the tip only
    const bool tip = model.mesh.verts(v, 1) > 0.45f;
    model.skin.joints.row(v) << (tip ? 1 : 0), 0, 0, 0;
    model.skin.weights.row(v) << 1, 0, 0, 0;
  }
  const std::vector<int> small = vertices_of(model, 1);
  ASSERT_GE(small.size(), 20u);
  ASSERT_LT(small.size(), 0.2 * model.mesh.verts.rows());
  // No pose can meet this: rigid bones, and the tip has moved on.
  MeshSequence target = animate(model, lively_clip(model.skeleton, 1, 0, 0, 0));
  for (int v : small) target.frames[0](v, 1) += 0.03f;
  FitOptions options;
  options.bone_scale = "off";
  options.outlier_percentile = 100;
  options.local_weight = 0;
  const auto global = fit_to(model, target, options);
  options.local_weight = 20;
  const auto local = fit_to(model, target, options);
  ASSERT_TRUE(global && local);
  EXPECT_LT(squared_error(*local, target.frames[0], small), 0.98 * squared_error(*global, target.frames[0], small));
}

TEST(Fit, OutliersAmongVerticesAreCapped) {
  const RiggedModel model = make_chain(3);
  const Clip truth = lively_clip(model.skeleton, 3, 30, 30, 30);
  MeshSequence target = animate(model, truth);
  for (Points& frame : target.frames)
    for (Eigen::Index v = 0; v < frame.rows(); v += 20) frame.row(v) += Eigen::RowVector3f(0.2f, 0.1f, 0);
  FitOptions options;
  options.outlier_percentile = 100;
  const auto plain = fit_to(model, target, options);
  options.outlier_percentile = 90;
  const auto capped = fit_to(model, target, options);
  ASSERT_TRUE(plain && capped);
  EXPECT_LT(compare(model, truth, *capped).rotation_deg, 0.7f * compare(model, truth, *plain).rotation_deg);
}

TEST(Fit, DynamicRigidityKeepsEdgeLengthsAmongVertices) {
  const RiggedModel model = make_tree();
  MeshSequence target = animate(model, lively_clip(model.skeleton, 8, 30, 70, 0));
  for (std::size_t t = 0; t < target.frames.size(); ++t)
    for (Eigen::Index i = 0; i < target.frames[t].size(); ++i)
      target.frames[t].data()[i] += 0.005f * static_cast<float>(rng::normal(5, t, static_cast<std::uint64_t>(i)));
  const auto stretching = [&](double rigidity) {
    FitOptions options;
    options.rigidity = rigidity;
    const auto fit = fit_to(model, target, options);
    EXPECT_TRUE(fit);
    const auto edges = unique_edges(model.mesh.faces);
    double sum = 0;
    std::vector<float> before;
    for (const Pose& pose : fit->clip.poses) {
      const Points now = skin_linear(fit->rest_verts, fit->skin, forward_kinematics(fit->skeleton, pose));
      std::vector<float> length;
      for (Eigen::Index e = 0; e < edges.rows(); ++e) length.push_back((now.row(edges(e, 0)) - now.row(edges(e, 1))).norm());
      for (std::size_t e = 0; e < before.size(); ++e) sum += std::abs(length[e] - before[e]);
      before = std::move(length);
    }
    return sum;
  };
  EXPECT_LT(stretching(50), 0.98 * stretching(0));
}

TEST(Fit, TreeFromSurfacesOfOtherSampling) {
  const RiggedModel model = make_tree();
  const Clip truth = lively_clip(model.skeleton, 20, 50, 40, 60);
  const MeshSequence target = animate(model, truth);
  const std::vector<Mesh> meshes = resampled(target);
  const auto fit = fit_motion(model.skeleton, model.skin, model.mesh.verts, model.mesh.faces,
                              FitTarget(meshes, target.times), {});
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_FALSE(fit->by_index);
  const Worst worst = compare(model, truth, *fit);
  std::printf("surface fit: worst joint rotation %.2f deg, worst rms %.3f %% of the size\n", worst.rotation_deg, 100 * worst.rms);
  EXPECT_LT(worst.rotation_deg, 5.0f);
  EXPECT_LT(worst.rms, 0.005);
  EXPECT_LT(longest_bone_change(*fit), 1e-6);
}

TEST(Fit, LimitsAreHonoured) {
  const RiggedModel model = make_chain(3);
  Clip truth = lively_clip(model.skeleton, 5, 0, 0, 0);
  for (Pose& pose : truth.poses) pose[1].rotation = turn(Vec3::UnitX(), 70);
  FitOptions options;
  JointLimit limit;
  limit.joint = 1;
  limit.swing_max = 40 * kPi / 180;
  options.limits = {limit};
  const auto fit = fit_to(model, animate(model, truth), options);
  ASSERT_TRUE(fit) << fit.error().message;
  for (const Pose& pose : fit->clip.poses) EXPECT_LT(angle_deg(pose[1].rotation, Quat::Identity()), 40.01f);
  EXPECT_TRUE(fit->limited.has_value());
}

TEST(Fit, TwistLimitLeavesSwingFree) {
  const RiggedModel model = make_chain(3);
  Clip truth = lively_clip(model.skeleton, 4, 0, 0, 0);
  for (Pose& pose : truth.poses) pose[1].rotation = turn(Vec3::UnitX(), 60) * turn(Vec3::UnitY(), 50);
  FitOptions options;
  JointLimit limit;
  limit.joint = 1;
  limit.twist_min = -0.1;
  limit.twist_max = 0.1;
  options.limits = {limit};
  const auto fit = fit_to(model, animate(model, truth), options);
  ASSERT_TRUE(fit) << fit.error().message;
  const Quat q = fit->clip.poses[2][1].rotation;
  const float twist = 2 * std::atan2(q.y(), q.w()), swing = 2 * std::acos(std::hypot(q.y(), q.w()));
  EXPECT_NEAR(std::abs(twist), 0.1f, 1e-4f);
  EXPECT_GT(swing, 0.8f);
}

TEST(Fit, SingleFrame) {
  const RiggedModel model = make_tree();
  const Clip truth = lively_clip(model.skeleton, 1, 100, 40, 150);
  const auto fit = fit_to(model, animate(model, truth));
  ASSERT_TRUE(fit) << fit.error().message;
  ASSERT_EQ(fit->clip.poses.size(), 1u);
  EXPECT_LT(compare(model, truth, *fit).rotation_deg, 1.0f);
}

TEST(Fit, JointWithoutWeightsBendsItsChildrenOrStaysAtRest) {
  RiggedModel model = make_chain(4);
  Eigen::MatrixXf dense = dense_weights(model.skin, 4);
  dense.col(1) += dense.col(2);  // joint 2 carries no skin but joint 3 hangs from it
  dense.col(2).setZero();
  model.skeleton.joints.push_back({"idle", 0, {}});
  model.skeleton.joints.push_back({"idle tip", 4, {}});
  dense.conservativeResize(Eigen::NoChange, 6);
  dense.rightCols(2).setZero();
  set_weights(model.skin, dense);
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  Clip truth = lively_clip(model.skeleton, 6, 30, 30, 60);
  for (Pose& pose : truth.poses) pose[4] = pose[5] = Transform{};
  const auto fit = fit_to(model, animate(model, truth));
  ASSERT_TRUE(fit) << fit.error().message;
  for (double rms : fit->rms) EXPECT_LT(rms / fit->size, 1e-3);
  for (const Pose& pose : fit->clip.poses) EXPECT_LT(angle_deg(pose[4].rotation, Quat::Identity()), 1e-3f);
}

TEST(Fit, LooseJointsFollowFeetThatHangFromABareRoot) {
  RiggedModel model = make_tree();
  // The lower legs become children of a new root without skin, as in rigs made for inverse kinematics.
  const auto world = forward_kinematics(model.skeleton, rest_pose(model.skeleton));
  for (int foot : {8, 14}) {
    model.skeleton.joints[foot].parent = 0;
    model.skeleton.joints[foot].rest.translation = world[foot].topRightCorner<3, 1>();
    model.skeleton.joints[foot].rest.rotation = Quat(Mat3(world[foot].topLeftCorner<3, 3>()));
  }
  for (Joint& joint : model.skeleton.joints) ++joint.parent;
  for (int foot : {8, 14}) model.skeleton.joints[foot].parent = 0;
  model.skeleton.joints.insert(model.skeleton.joints.begin(), {"bare root", -1, {}});
  model.skin.joints = (model.skin.weights.array() > 0).select(model.skin.joints.array() + 1, 0);
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  Clip truth = lively_clip(model.skeleton, 8, 20, 20, 0);
  for (std::size_t t = 0; t < truth.poses.size(); ++t) {
    truth.poses[t][0] = Transform{};
    truth.poses[t][9].translation += Vec3(0, 0.01f, 0.02f) * static_cast<float>(t);
  }
  const MeshSequence target = animate(model, truth);
  FitOptions options;
  options.loose_joints = true;
  const auto loose = fit_to(model, target, options), tight = fit_to(model, target);
  ASSERT_TRUE(loose && tight);
  EXPECT_LT(loose->rms.back() / loose->size, 1e-3);
  EXPECT_GT(tight->rms.back() / tight->size, 5e-3);
}

TEST(Fit, RigWithScaledAndUnweightedRootNodes) {
  // As importers give it: an armature node that scales by 0.01 and turns, above the hips.
  RiggedModel plain = make_chain(3), model = plain;
  Transform armature;
  armature.scale = Vec3::Constant(0.01f);
  armature.rotation = turn(Vec3::UnitX(), -90);
  model.skeleton.joints.insert(model.skeleton.joints.begin(), {"armature", -1, armature});
  for (std::size_t j = 1; j < model.skeleton.joints.size(); ++j) {
    model.skeleton.joints[j].parent += 1;
    model.skeleton.joints[j].rest.translation *= 100;
  }
  model.skeleton.joints[1].rest.rotation = turn(Vec3::UnitX(), 90);
  model.skin.joints.array() += 1;
  model.skin.joints = (model.skin.weights.array() > 0).select(model.skin.joints.array(), 0);
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  const Clip truth = lively_clip(plain.skeleton, 8, 60, 30, 90);
  const MeshSequence target = animate(plain, truth);
  const auto fit = fit_to(model, target);
  ASSERT_TRUE(fit) << fit.error().message;
  RiggedModel output{"", {}, fit->skeleton, fit->skin, {}};
  output.mesh.verts = fit->rest_verts;
  const MeshSequence again = animate(output, fit->clip);
  for (std::size_t t = 0; t < target.frames.size(); ++t)
    EXPECT_LT((again.frames[t] - target.frames[t]).rowwise().norm().maxCoeff(), 1e-3f);
}

TEST(Fit, ErrorsNameWhatIsWrong) {
  const RiggedModel model = make_chain(3);
  MeshSequence target = animate(model, lively_clip(model.skeleton, 4, 20, 20, 20));
  const MeshSequence good = target;
  target.frames[2](5, 1) = std::nanf("");
  auto fit = fit_to(model, target);
  ASSERT_FALSE(fit);
  EXPECT_NE(fit.error().message.find("frame 2, vertex 5"), std::string::npos) << fit.error().message;

  target = good;
  target.frames[1].conservativeResize(target.frames[1].rows() - 1, 3);
  fit = fit_to(model, target);
  ASSERT_FALSE(fit);
  EXPECT_NE(fit.error().message.find("frame 1"), std::string::npos) << fit.error().message;

  target = good;
  target.times[3] = target.times[2];
  fit = fit_to(model, target);
  ASSERT_FALSE(fit);
  EXPECT_NE(fit.error().message.find("frame 3"), std::string::npos) << fit.error().message;

  RiggedModel unbound = model;
  unbound.skin.weights.row(9).setZero();
  fit = fit_to(unbound, good);
  ASSERT_FALSE(fit);
  EXPECT_NE(fit.error().message.find("vertex 9"), std::string::npos) << fit.error().message;

  FitOptions options;
  options.limits = {JointLimit{17}};
  fit = fit_to(model, good, options);
  ASSERT_FALSE(fit);
  EXPECT_EQ(fit.error().code, ErrorCode::kUsage);
}

TEST(Fit, CancelStops) {
  const RiggedModel model = make_chain(3);
  CancelToken token;
  token.cancel();
  JobContext job({{"fit", 1}}, {}, {}, token);
  job.begin_phase("fit", kFitSteps);
  const auto fit = fit_motion(model.skeleton, model.skin, model.mesh.verts, model.mesh.faces,
                              animate(model, lively_clip(model.skeleton, 4, 20, 20, 20)), {}, &job);
  ASSERT_FALSE(fit);
  EXPECT_EQ(fit.error().code, ErrorCode::kCancelled);
}

TEST(Fit, SameInputSameOutput) {
  const RiggedModel model = make_chain(3);
  const MeshSequence target = animate(model, lively_clip(model.skeleton, 5, 20, 20, 20));
  FitOptions options;
  options.correspondences = "surface";
  const auto a = fit_to(model, target, options), b = fit_to(model, target, options);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->rest_verts, b->rest_verts);
  for (std::size_t t = 0; t < 5; ++t)
    for (std::size_t j = 0; j < 3; ++j)
      EXPECT_EQ(a->clip.poses[t][j].rotation.coeffs(), b->clip.poses[t][j].rotation.coeffs());
}

}  // namespace
}  // namespace mp4d::test
