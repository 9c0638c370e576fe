#pragma once
#include "reconstruction/human/human_frame.h"
#include "reconstruction/human/human_model.h"

namespace mp4d::human {

/// A field of a person who was turned about the vertical first.
struct HumanView {
  HumanField field;
  Vec3 pivot = Vec3::Zero();  ///< metres; the axis goes through it
  float yaw = 0;              ///< radians, by which the person is turned
  HumanFrame frame;           ///< of the turned joints

  Mat3 turn() const { return Eigen::AngleAxisf(yaw, Vec3::UnitY()).toRotationMatrix(); }
  /// Points in metres to the cube of this view.
  Points to_cube(const Points& verts) const;
};

/// Draws each person once, then from `options.views` - 1 other sides: the first draw's surface is turned, rasterised, noised
/// and denoised for the turned joints (after Joint2Human's recarving), so that what the first view could only know by
/// depth is drawn in the image plane too; then, if options.enhance and the model can, all views get their detail. All people go through the
/// network at once. Phases "sample" and "views" of the job are entered.
/// Errors: kCancelled; kFailed if a first draw is empty.
Result<std::vector<std::vector<HumanView>>> draw_views(const HumanModel& model, const std::vector<HumanRequest>& people,
                                                       const HumanSampling& options, JobContext* job = nullptr);

/// The mean occupancy of the views in the first one's cube, n x n x n (n a multiple of the field's pixels), laid out as by
/// occupancy_volume(). Means of soft
/// occupancies keep limbs that an intersection of solids would cut off.
std::vector<float> mean_occupancy(const std::vector<HumanView>& views, int n);

/// The highest of level, level - 0.05 .. level - 0.2 at which the solid is in one piece (crumbs below 0.5 % of its surface
/// aside): wrists and ankles thinner than the bands resolve dip below the level before they are gone. `level` if none is.
float joining_level(const std::vector<float>& volume, int n, float level);

}  // namespace mp4d::human
