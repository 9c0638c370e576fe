#include "app/studio/session.h"
#include <algorithm>
#include <array>
#include <cmath>

namespace mp4d {
namespace {

constexpr std::array<std::pair<const char*, bool ViewSettings::*>, 9> kSwitches{{{"wireframe", &ViewSettings::wireframe},
                                                                               {"skeleton", &ViewSettings::skeleton},
                                                                               {"names", &ViewSettings::names},
                                                                               {"ground", &ViewSettings::ground},
                                                                               {"trajectory", &ViewSettings::trajectory},
                                                                               {"ghosts", &ViewSettings::ghosts},
                                                                               {"camera_path", &ViewSettings::camera_path},
                                                                               {"picture_beside", &ViewSettings::picture_beside},
                                                                               {"through_camera", &ViewSettings::through_camera}}};

QString key(const char* name) { return QStringLiteral("session/") + QLatin1String(name); }

float finite(float value, float otherwise) { return std::isfinite(value) ? value : otherwise; }

}  // namespace

void write_session(QSettings& settings, const Session& session) {
  const ViewCamera& c = session.camera;
  settings.setValue(key("file"), to_qstring(session.file));
  settings.setValue(key("clip"), session.clip);
  settings.setValue(key("time"), session.time);
  settings.setValue(key("joint"), session.joint);
  settings.setValue(key("stage"), session.stage);
  settings.setValue(key("look"), static_cast<int>(session.view.look));
  for (const auto& [name, field] : kSwitches) settings.setValue(key(name), session.view.*field);
  settings.setValue(key("camera"), QVariantList{c.target.x(), c.target.y(), c.target.z(), c.azimuth, c.elevation, c.distance});
}

Session read_session(const QSettings& settings) {
  Session session;
  session.file = to_path(settings.value(key("file")).toString());
  session.clip = settings.value(key("clip"), session.clip).toInt();
  session.time = std::max(0.0, settings.value(key("time"), session.time).toDouble());
  session.joint = std::max(-1, settings.value(key("joint"), session.joint).toInt());
  session.stage = settings.value(key("stage"), session.stage).toInt();
  const int look = settings.value(key("look"), static_cast<int>(session.view.look)).toInt();
  if (look >= 0 && look <= static_cast<int>(SurfaceLook::kWeights)) session.view.look = static_cast<SurfaceLook>(look);
  for (const auto& [name, field] : kSwitches) session.view.*field = settings.value(key(name), session.view.*field).toBool();
  const QVariantList camera = settings.value(key("camera")).toList();
  if (camera.size() == 6) {
    ViewCamera& c = session.camera;
    const auto number = [&](int i, float otherwise) { return finite(camera[i].toFloat(), otherwise); };
    c.target = Vec3(number(0, 0), number(1, 0), number(2, 0));
    c.azimuth = number(3, c.azimuth);
    c.elevation = std::clamp(number(4, c.elevation), -1.57f, 1.57f);
    c.distance = std::max(1e-4f, number(5, c.distance));
  }
  return session;
}

}  // namespace mp4d
