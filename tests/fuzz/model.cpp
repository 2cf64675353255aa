// SPDX-License-Identifier: Apache-2.0
// fuzz_model PLACE [--rounds N] [--every-type]: plays every input of the target `sequence` at PLACE
// (a folder of them, or one), and N mutations of each (seeded, so every run is the same), in the
// ledger and then in the second one (tests/model), which one Python process replays as they come.
// Fails at the first input whose codes, fees, events or records differ, or in which a law breaks;
// that input stays as a file, which replay.py names. With --every-type also where some type of
// operation is never accepted in the inputs themselves.
#include <google/protobuf/descriptor.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "codec/base/text.h"
#include "specs/proto/tx.pb.h"
#include "tests/fuzz/corpus.h"
#include "tests/fuzz/sequence.h"
#include "tests/model/history.h"

using namespace wald;

namespace {

// What was sent in all inputs.
struct Sent {
  std::uint64_t inputs = 0, blocks = 0, tried = 0, accepted = 0;
  std::set<int> types;  // accepted, by their numbers in tx.proto
  std::set<spec::Code> codes;

  void add(const tests::Workload& workload) {
    ++inputs;
    blocks += workload.world().height().value();
    for (const auto& [kind, tries] : workload.tries()) {
      tried += tries.tried;
      accepted += tries.accepted;
      if (kind != 0 && tries.accepted > 0) types.insert(kind);  // 0: came as bytes
    }
    for (const auto& [code, count] : workload.codes()) codes.insert(code);
  }
  void add(const Sent& other) {
    inputs += other.inputs;
    blocks += other.blocks;
    tried += other.tried;
    accepted += other.accepted;
    types.insert(other.types.begin(), other.types.end());
    codes.insert(other.codes.begin(), other.codes.end());
  }
};

const google::protobuf::OneofDescriptor& kinds() {
  return *spec::Operation::descriptor()->FindOneofByName("kind");
}

// The second ledger at work.
class Model {
 public:
  Model() {
    std::signal(SIGPIPE, SIG_IGN);  // it ends at the first difference
    to_ = ::popen("python3 '" WALD_MODEL "'", "w");
  }
  bool runs() const { return to_ != nullptr && std::ferror(to_) == 0; }
  // Told before it is played, so that the model can name what the ledger did not survive.
  void play(const std::string& name, base::ByteView input, Sent& sent) {
    std::fprintf(to_, "{\"input\": \"%s\", \"bytes\": \"%s\"}\n", name.c_str(),
                 base::to_hex(input).c_str());
    std::fflush(to_);
    fuzz::Sequence sequence(input);
    const model::History history(sequence.workload().world(), true);
    sequence.play();
    if (history.write(to_)) sent.add(sequence.workload());  // else runs() says so
  }
  // Whether it agrees with all.
  bool agrees() { return ::pclose(to_) == 0; }

 private:
  std::FILE* to_ = nullptr;
};

// Every type, or false.
bool tell(const Sent& own, const Sent& all) {
  std::string missing;
  for (int i = 0; i < kinds().field_count(); ++i)
    if (own.types.count(kinds().field(i)->number()) == 0)
      missing.append(" ").append(kinds().field(i)->name());
  std::printf(
      "figure fuzzed sequences: %llu inputs, %llu blocks, %llu operations, %llu accepted; of %d "
      "types %zu accepted, %zu in the corpus alone; %zu codes\n",
      static_cast<unsigned long long>(all.inputs), static_cast<unsigned long long>(all.blocks),
      static_cast<unsigned long long>(all.tried), static_cast<unsigned long long>(all.accepted),
      kinds().field_count(), all.types.size(), own.types.size(), all.codes.size());
  if (!missing.empty()) std::printf("not accepted in the corpus:%s\n", missing.c_str());
  return missing.empty();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("plays sequences of operations in both ledgers", "fuzz_model");
  std::string place;
  std::uint64_t rounds = 0;
  bool every_type = false;
  app.add_option("PLACE", place, "a folder of inputs, or one")->required();
  app.add_option("--rounds", rounds, "mutations of each input");
  app.add_flag("--every-type", every_type, "fail unless each type is accepted in some input");
  CLI11_PARSE(app, argc, argv);

  const auto files = fuzz::inputs_at(place);
  if (files.empty()) {
    std::fprintf(stderr, "no input at %s\n", place.c_str());
    return 1;
  }
  Model model;
  Sent own, all;
  base::Prng prng(2026);
  for (const auto& path : files) {
    const base::Bytes bytes = fuzz::read_input(path);
    const std::string name = path.filename().string();
    if (model.runs()) model.play(name, bytes, own);
    for (std::uint64_t round = 1; round <= rounds && model.runs(); ++round) {
      base::Bytes changed = bytes;
      fuzz::mutate(changed, prng);
      model.play(name + ", mutation " + std::to_string(round), changed, all);
    }
  }
  if (!model.agrees()) return 1;
  all.add(own);
  return tell(own, all) || !every_type ? 0 : 1;
}
