// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/machine.h"

#include <sodium.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "codec/kernels.h"

namespace wald::bench {
namespace {

// The text behind the first line of /proc/cpuinfo that begins with `name`.
std::string cpuinfo(const std::string& name) {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(name, 0) != 0) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string features() {
  std::istringstream in(cpuinfo("flags"));
  std::set<std::string> there;
  for (std::string flag; in >> flag;) there.insert(flag);
  std::string out;
  for (const char* flag : {"ssse3", "avx2", "gfni", "vaes", "avx512f", "avx512vl", "avx512bw",
                           "avx512ifma", "avx512vbmi"})
    out += (out.empty() ? "" : " ") + std::string(flag) + (there.count(flag) != 0 ? "" : "(no)");
  return out;
}

std::string load() {
  std::ifstream in("/proc/loadavg");
  std::string one, five, fifteen;
  in >> one >> five >> fifteen;
  return one + " " + five + " " + fifteen;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> machine() {
  return {{"cpu", cpuinfo("model name") + ", family " + cpuinfo("cpu family") + " model " +
                      cpuinfo("model\t") + ", " +
                      std::to_string(std::thread::hardware_concurrency()) + " threads"},
          {"cpu features", features()},
          {"codec tier", std::string(codec::name(codec::tier()))},
          {"compiler", __VERSION__},
          {"libsodium", sodium_version_string()},
          {"load of 1, 5, 15 minutes", load()}};
}

}  // namespace wald::bench
