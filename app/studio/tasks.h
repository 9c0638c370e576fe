#pragma once
#include "app/studio/document.h"
#include <QImage>

namespace mp4d {

// The long work of each stage, without a window. All run on any thread; progress goes to the job, whose phases are
// those of the function named beside each.

/// RGB or RGBA.
QImage to_qimage(const Image& image);
/// RGB.
Image to_image(const QImage& picture);

/// Pictures of the source, shrunk for the screen.
struct Footage {
  std::vector<QImage> pictures;
  std::vector<double> times;  ///< seconds from 0, one a picture
  std::vector<std::string> names;  ///< as masks of the frames are named, without ending
  double fps = 0;
};

/// One phase "read", of any steps.
std::vector<JobContext::Phase> open_phases();

/// What a file or folder holds.
struct Opened {
  Character character;                ///< of models and meshes
  Footage footage;                    ///< of videos and folders of pictures
  std::vector<std::string> findings;  ///< what the clip check says
};
Result<Opened> open_source(const std::filesystem::path& path, const FrameRange& range, JobContext* job);

/// The pictures that a film was made from.
Result<Footage> read_footage(const std::filesystem::path& source, const Film& film, JobContext* job);

struct Reconstructed {
  Character character;
  Film film;
  Footage footage;
  std::vector<Mask> masks;  ///< one a camera of the film
  double mask_iou = -1;  ///< of the result drawn over the masks; -1 for meshes
};
/// Phases of reconstruct_phases(). `cache` keeps finished stages.
/// `anew_from`: as ReconstructInput has it.
Result<Reconstructed> reconstruct_source(const DocumentState& state, const std::filesystem::path& cache, const std::string& anew_from, JobContext* job, Viewer* viewer);

/// The preview with a small picture of its mesh over the frame that it was filmed in, where it has no picture of its own.
Preview with_picture(Preview preview, const Footage& footage, const ReconstructOptions& options);

/// A skeleton for the mesh. One phase "rig".
std::vector<JobContext::Phase> rig_phases();
struct Rigged {
  Character character;
  std::map<std::string, JointLimit> limits;  ///< as DocumentState has them
  std::vector<std::string> notes;
};
Result<Rigged> rig_character(const DocumentState& state, JobContext* job);

/// Skin weights for the skeleton as it is. One phase "weights".
std::vector<JobContext::Phase> bind_phases();
Result<Rigged> bind_character(const Character& character, JobContext* job);

/// Motion of another file on the character; its clips are added. A video's reconstruction is kept in the folder `cache`, so that it is
/// made once.
std::vector<JobContext::Phase> transfer_task_phases(const std::filesystem::path& motion);
struct Transferred {
  Character character;
  std::vector<std::string> notes;
  MapFile map;  ///< which chain moved which
};
Result<Transferred> transfer_motion(const DocumentState& state, const std::filesystem::path& cache, JobContext* job);

/// One side of a transfer to look at.
struct TransferSide {
  Character character;
  std::vector<NamedChain> chains;
  std::vector<std::vector<int>> joints;  ///< of each chain
  std::vector<char> body;                ///< 1 = no helper of the rig's maker, as Anatomy has it
  Pose reference;                        ///< what rotations are taken against
  Mat3 world_from_body = Mat3::Identity();
  Vec3 pelvis = Vec3::Zero();            ///< in the reference pose, metres
  double size = 1;                       ///< bounding box diagonal, metres
  double leg_length = 0;                 ///< metres, 0 = no legs
};
/// Both sides before anything is transferred. The target's reference pose has its free limbs turned as the source's lie.
struct TransferSides {
  TransferSide source, target;
  MapFile map;
};
/// Phases of transfer_task_phases().
Result<TransferSides> look_at_transfer(const DocumentState& state, const std::filesystem::path& cache, JobContext* job);

/// A person to be made (docs/human.md).
struct PersonWish {
  std::string words, pose;  ///< pose: a preset, a file, or empty = what the words say
  int seed = 1;
  bool quick = false;  ///< drawn from the front alone
};
std::vector<JobContext::Phase> person_phases();
Result<Rigged> make_person(const PersonWish& wish, JobContext* job);

}  // namespace mp4d
