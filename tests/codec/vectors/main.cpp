// SPDX-License-Identifier: Apache-2.0
// codec_vectors FILE.json [--codec-tier TIER] [--filter TEXT] [--max-shards N]: replays every entry
// of every section. One entry of cases, recovery..items, messages.items or quilt.cases counts once;
// --filter leaves only those whose name contains TEXT, --max-shards skips larger cases. Last line:
// `N passed, N failed`, with `, K skipped` where there is a skip; exit 0 only if none failed.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "codec/kernels.h"
#include "tests/codec/vectors/form.h"

namespace wald::vectors {
namespace {

// Exit code by which ctest counts a tier that this machine lacks as skipped.
constexpr int kNoTier = 77;

struct Options {
  std::string file, filter;
  std::uint64_t max_shards = shape::kMaxShards;
};

class Runner {
 public:
  explicit Runner(Options options) : options_(std::move(options)) {}

  void section(std::string_view name, const json::value& value) {
    if (name == "description" || name == "input_generators" || name == "field_notes") return;
    if (name == "cases") return cases(value.as_array());
    if (name == "recovery") return recovery(value.as_object());
    if (name == "messages") return messages(value.as_object());
    if (name == "quilt") return quilts(value.as_object());
    entry("section " + std::string(name),
          [](Entry& e) { e.equal("name", "a known section", "unknown"); });
  }

  int finish() const {
    std::cout << passed_ << " passed, " << failed_ << " failed";
    if (skipped_ != 0) std::cout << ", " << skipped_ << " skipped";
    std::cout << "\n";
    return failed_ == 0 ? 0 : 1;
  }

 private:
  template <class Replay>
  void entry(const std::string& name, Replay replay) {
    if (name.find(options_.filter) == std::string::npos) return;
    Entry e(name);
    try {
      replay(e);
    } catch (const std::exception& error) {
      e.equal("(whole entry)", "complete and readable", error.what());
    }
    (e.good() ? passed_ : failed_) += 1;
  }

  void cases(const json::array& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      const json::value* id = items[i].as_object().if_contains("id");
      const json::value* shards = items[i].as_object().if_contains("n_shards");
      if (shards != nullptr && shards->is_int64() &&
          static_cast<std::uint64_t>(shards->get_int64()) > options_.max_shards) {
        ++skipped_;
        continue;
      }
      const std::string name =
          id != nullptr && id->is_string() ? std::string(id->get_string()) : std::to_string(i);
      entry("cases/" + name, [&](Entry& e) { replay_case(e, items[i].as_object()); });
    }
  }

  void recovery(const json::object& section) {
    const json::array& cases = section.at("cases").as_array();
    for (std::size_t c = 0; c < cases.size(); ++c) {
      const json::object& of = cases[c].as_object();
      const json::array& items = of.at("items").as_array();
      for (std::size_t i = 0; i < items.size(); ++i)
        entry("recovery/" + std::to_string(c) + "/" + std::to_string(i),
              [&](Entry& e) { replay_recovery(e, of, items[i].as_object()); });
    }
  }

  void messages(const json::object& section) {
    for (const json::value& item : section.at("items").as_array())
      entry("messages/" + text(item.as_object(), "name"),
            [&](Entry& e) { replay_message(e, section, item.as_object()); });
  }

  void quilts(const json::object& section) {
    const json::array& items = section.at("cases").as_array();
    for (std::size_t i = 0; i < items.size(); ++i)
      entry("quilt/" + std::to_string(i), [&](Entry& e) { replay_quilt(e, items[i].as_object()); });
  }

  Options options_;
  std::size_t passed_ = 0, failed_ = 0, skipped_ = 0;
};

int usage() {
  std::cerr << "usage: codec_vectors FILE.json [--codec-tier " << codec::tier_names()
            << "] [--filter TEXT] [--max-shards N]\n";
  return 2;
}

int run(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    const bool takes_value = arg == "--codec-tier" || arg == "--filter" || arg == "--max-shards";
    if (takes_value && i + 1 == argc) return usage();
    if (arg == "--filter") {
      options.filter = argv[++i];
    } else if (arg == "--max-shards") {
      options.max_shards = std::strtoull(argv[++i], nullptr, 10);
    } else if (arg == "--codec-tier") {
      const auto tier = codec::parse_tier(argv[++i]);
      if (!tier || !codec::force_tier(*tier)) {
        std::cerr << "skipped: this machine has no tier " << argv[i] << "\n";
        return kNoTier;
      }
    } else if (options.file.empty() && arg.substr(0, 2) != "--") {
      options.file = arg;
    } else {
      return usage();
    }
  }
  if (options.file.empty()) return usage();
  std::ifstream file(options.file, std::ios::binary);
  if (!file) {
    std::cerr << "cannot read " << options.file << "\n";
    return 2;
  }
  const std::string content((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
  Runner runner(options);
  try {
    const json::value document = json::parse(content);
    for (const auto& section : document.as_object()) runner.section(section.key(), section.value());
  } catch (const std::exception& error) {
    std::cout << options.file << ": " << error.what() << "\n";
    std::cout << "0 passed, 1 failed\n";
    return 1;
  }
  return runner.finish();
}

}  // namespace
}  // namespace wald::vectors

int main(int argc, char** argv) { return wald::vectors::run(argc, argv); }
