#include "reconstruction/human/human_train.h"

namespace mp4d::human {

const OptionTable<HumanTrainOptions>& human_train_options() {
  using O = HumanTrainOptions;
  static const OptionTable<O> table = [] {
    OptionTable<O> t;
    t.add("network", &O::network, {"denoiser", "enhancer", "autoencoder"},
          "what is trained: the denoiser; the enhancer of a trained model's detail; or an autoencoder, for large fields (512)");
    t.add("model", &O::model, {}, "denoiser: a model to go on from; enhancer: the model it is for (the shipped one if not given)");
    t.add("autoencoder", &O::autoencoder, {}, "denoiser: an autoencoder.human, in whose latent it works; for large fields");
    t.add("minutes", &O::minutes, 0.01, 100000, "length of the training; the learning rate falls to zero over it");
    t.add("steps", &O::steps, 0, 100000000, "length in steps instead of minutes; 0 = by minutes");
    t.add("batch", &O::batch, 1, 4096, "people a step; 128 or more suits a GPU");
    t.add("learning-rate", &O::learning_rate, 1e-6, 0.1, "of AdamW at its highest");
    t.add("resolution", &O::resolution, 32, 512, "pixels of the fields; a multiple of 16");
    t.add("width", &O::width, 64, 512, "channels at the finest level, a multiple of 32: 96 gives 14 million parameters");
    t.add("pool", &O::pool, 64, 1000000, "people kept to draw batches from, 61 KB each in the device's memory (1 MB at 512)");
    t.add("makers", &O::makers, 1, 256, "threads that make people beside the training");
    t.add("checkpoint-minutes", &O::checkpoint_minutes, 0.05, 600, "time between checkpoints");
    t.add("samples", &O::samples, 0, 100, "people drawn into a sheet of the run's samples/ at each checkpoint; 0 = no sheets");
    t.add("seed", &O::seed, 0, 1000000000, "of the people and of the training");
    t.add("device", &O::device, {"auto", "cpu", "cuda"}, "where the network is trained");
    return t;
  }();
  return table;
}

}  // namespace mp4d::human
