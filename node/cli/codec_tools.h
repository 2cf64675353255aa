// SPDX-License-Identifier: Apache-2.0
// What verbs need who work on blobs larger than memory: threads, scratch space, a budget, Ctrl-C, a
// line of progress (interfaces.md 2), and the sentences behind the codec's errors. Flags:
// --threads, --memory, --scratch, --codec-tier. While Tools live, the first Ctrl-C
// stops the work at its next step. Thread rule: main.
#pragma once

#include "codec/io.h"
#include "node/cli/codec_dir.h"
#include "node/cli/interrupt.h"
#include "node/cli/session.h"
#include "node/client/pool.h"

namespace wald::cli {

class Meter;

class Tools {
 public:
  // Reads the flags; `label` names the work in its progress.
  static Outcome<std::unique_ptr<Tools>> make(const Session& session, const Given& given,
                                              const std::string& label);

  const codec::StreamOptions& options() const { return options_; }
  const std::string& scratch_dir() const { return scratch_dir_; }
  client::Trouble& trouble() { return trouble_; }

  // What is done next goes over so many bytes: its progress tells a rate, and counts from here.
  void expect(std::uint64_t bytes);
  // Progress of other work, whose steps are bytes; nothing where none is wanted.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress(const std::string& label);

  // Scratch space if a blob of this length needs it; errors of plan().
  Outcome<std::unique_ptr<client::TempFile>> scratch(const codec::Params& params,
                                                     std::uint64_t len);
  // The file, or a pipe that is copied first; BlobTooLarge for one longer than any blob.
  Outcome<std::unique_ptr<client::Input>> input(const codec::Params& params,
                                                const std::string& path);

  client::Failure failure(const shape::CodecError& error) const;
  template <class T>
  Outcome<T> lift(codec::Result<T> result) const {
    if (!result.ok()) return base::Err{failure(result.error())};
    if constexpr (std::is_void_v<T>)
      return {};
    else
      return *std::move(result);
  }

 private:
  Tools() = default;
  const Patient patient_;
  client::Trouble trouble_;
  std::unique_ptr<client::Pool> pool_;
  std::string mode_;  // of progress
  std::shared_ptr<Meter> meter_;
  codec::StreamOptions options_;
  std::string scratch_dir_;
};

// What takes longer than this shows how far it is.
constexpr std::uint64_t kQuietUs = 2'000'000;
// `, 1.5 MiB/s, 7 s left`, by what was done in this time: bytes (0: nobody knows) and steps.
std::string pace(std::uint64_t spent_us, std::uint64_t bytes, std::uint64_t steps,
                 std::uint64_t steps_left);

// The most memory this process has held so far, in bytes; 0 where the system does not say.
std::uint64_t peak_memory();

// The flags above, for the lists of options.
std::vector<Option> codec_flags();

}  // namespace wald::cli
