#pragma once
#include "core/job_context.h"
#include "reconstruction/human/body_generator.h"
#include <filesystem>
#include <vector>

namespace mp4d::human {

/// A mesh of a person, and a file of its joints if there is one.
struct ScanFile {
  std::filesystem::path mesh, joints;
};

/// Scans of a folder: every mesh file (GLB, glTF, FBX, DAE, OBJ, PLY, STL) in it, then one of every folder in it, as in
/// THuman's layout (0000/0000.obj): its only mesh, or the one named like it. Joints are NAME.json beside NAME.obj, or
/// joints.json in a scan's own folder. In natural order. Error (kInput) if there is none.
Result<std::vector<ScanFile>> list_scans(const std::filesystem::path& folder);

/// Where a scan's joints come from.
enum class JointSource { kFile, kSkeleton, kAutoRig };

struct Scan {
  Body body;  ///< all parts kSkin, since a scan does not tell
  JointSource joints_from = JointSource::kFile;
};

/// Reads a scan and its 24 joints: those of the file (in the mesh's units and axes), of the model's own skeleton in its
/// rest pose, or of an automatic rig, which also turns the mesh upright and to face +z. A scan whose longest side is
/// not between 0.3 and 3 m is scaled so that it is 1.7 m. Errors (kInput) name the file: no surface, or no joints (an
/// automatic rig that does not fit a person), or joints that lie more than a quarter of its size outside of the mesh's
/// box.
Result<Scan> read_scan(const ScanFile& file, JobContext* job = nullptr);

}  // namespace mp4d::human
