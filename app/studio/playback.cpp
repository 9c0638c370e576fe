#include "app/studio/playback.h"
#include <algorithm>
#include <cmath>

namespace mp4d {

int Playback::frame() const { return static_cast<int>(std::lround(time_ * fps_)); }
int Playback::frame_count() const { return static_cast<int>(std::lround(duration_ * fps_)) + 1; }

void Playback::set_clip(double duration, double fps) {
  duration_ = std::max(0.0, duration);
  fps_ = fps > 0 ? fps : 24;
  first_ = 0;
  last_ = duration_;
  time_ = 0;
  if (duration_ == 0) playing_ = false;
  Q_EMIT changed();
  Q_EMIT moved();
}

void Playback::seek(double time) {
  time = std::clamp(time, 0.0, duration_);
  if (time == time_) return;
  time_ = time;
  Q_EMIT moved();
}

void Playback::step(int frames) {
  set_playing(false);
  seek((frame() + frames) / fps_);
}

void Playback::set_range(double first, double last) {
  first = std::clamp(first, 0.0, duration_);
  last = std::clamp(last, first, duration_);
  if (first == first_ && last == last_) return;
  first_ = first;
  last_ = last;
  Q_EMIT changed();
}

void Playback::set_playing(bool playing) {
  playing = playing && duration_ > 0;
  if (playing == playing_) return;
  playing_ = playing;
  if (playing && (time_ >= last_ || time_ < first_)) seek(first_);
  Q_EMIT changed();
}

void Playback::set_looping(bool looping) {
  if (looping == looping_) return;
  looping_ = looping;
  Q_EMIT changed();
}

void Playback::set_speed(double speed) {
  speed = std::clamp(speed, 0.05, 8.0);
  if (speed == speed_) return;
  speed_ = speed;
  Q_EMIT changed();
}

void Playback::advance(double seconds) {
  if (!playing_) return;
  double time = time_ + seconds * speed_;
  if (time > last_) {
    const double length = last_ - first_;
    if (looping_ && length > 0) {
      time = first_ + std::fmod(time - first_, length);
    } else {
      time = last_;
      set_playing(false);
    }
  }
  seek(time);
}

}  // namespace mp4d
