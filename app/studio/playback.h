#pragma once
#include <QObject>

namespace mp4d {

/// Where the timeline stands. Times in seconds from the clip's first key. Knows no clock: whoever has one calls
/// advance().
class Playback : public QObject {
  Q_OBJECT

 public:
  explicit Playback(QObject* parent = nullptr) : QObject(parent) {}

  double time() const { return time_; }
  double duration() const { return duration_; }
  double fps() const { return fps_; }
  double speed() const { return speed_; }
  bool playing() const { return playing_; }
  bool looping() const { return looping_; }
  /// The part that plays.
  double first() const { return first_; }
  double last() const { return last_; }
  int frame() const;
  int frame_count() const;

  /// Another clip: the whole of it, from its start.
  void set_clip(double duration, double fps);
  void seek(double time);
  void step(int frames);
  void set_range(double first, double last);
  void set_playing(bool playing);
  void set_looping(bool looping);
  void set_speed(double speed);
  /// `seconds` of the clock have gone by.
  void advance(double seconds);

 Q_SIGNALS:
  void moved();    ///< the time is another
  void changed();  ///< anything else is

 private:
  double time_ = 0, duration_ = 0, fps_ = 24, speed_ = 1, first_ = 0, last_ = 0;
  bool playing_ = false, looping_ = true;
};

}  // namespace mp4d
