#pragma once
#include "motion/anatomy.h"

// Parts of find_anatomy(): the reference pose, the frame of the body, chains that are given, feet.
namespace mp4d::anatomy {

/// Fills reference, weighted, body, carrier, order, ground, size.
Result<void> read_pose(const RiggedModel& model, const std::vector<JointName>& names, Anatomy& body);

/// Parts of the skin that hang on the root only (feet of rigs that were animated by IK) get the joint they touch as
/// carrier.
void attach_islands(const RiggedModel& model, const std::vector<JointName>& names, Anatomy& body);

/// The same without a skin to tell (BVH): low joints that rest where a leg of their side ends, but hang elsewhere.
void attach_loose_feet(const Skeleton& skeleton, const std::vector<JointName>& names, Anatomy& body);

/// Left, up and forward: from left and right joints by name, else from symmetry, with +y up.
void find_frame(const RiggedModel& model, const std::vector<JointName>& names, Anatomy& body);

/// The end of `joint`'s part of the surface away from `from`: mean of its farthest vertices; its own end joint or
/// place where it has no vertices.
Vec3 surface_end(const RiggedModel& model, const Anatomy& body, int joint, const Vec3& from);

/// Lowest place of the vertices whose heaviest joint is among `joints`: x, z of the lowest tenth; `fallback` if none.
Vec3 lowest_point(const RiggedModel& model, const std::vector<int>& joints, const Vec3& fallback);

/// Chains given by joint names instead of found. Errors (kInput): a joint that is not there or hangs elsewhere, no
/// trunk.
Result<void> take_chains(const RiggedModel& model, const std::vector<NamedChain>& given, Anatomy& body);

/// Where each leg's foot begins and its sole is; the mean height of the legs.
void place_feet(const RiggedModel& model, const std::vector<JointName>& names, Anatomy& body);

}  // namespace mp4d::anatomy
