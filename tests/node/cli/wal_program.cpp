// SPDX-License-Identifier: Apache-2.0
#include "tests/node/cli/wal_program.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace wald::tests {
namespace {

std::string slurp(const std::string& path) {
  const auto bytes = os::read_file(path, 16u << 20);
  return bytes.ok() ? base::string_of(*bytes) : "";
}

}  // namespace

Ran WalProgram::run(const std::vector<std::string>& args) {
  return run_with(args, "2>\"$ERR\" </dev/null");
}

Ran WalProgram::run_at_terminal(const std::vector<std::string>& args, const std::string& keys) {
  const int desk = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  WALD_CHECK(desk >= 0 && ::grantpt(desk) == 0 && ::unlockpt(desk) == 0);
  const std::string terminal = ::ptsname(desk);
  // Held open, so that what it shows is still there when the program has ended.
  const int held = ::open(terminal.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  WALD_CHECK(held >= 0);
  WALD_CHECK(::write(desk, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  Ran out = run_with(args, "2>" + terminal + " <" + terminal);
  std::array<char, 16'384> shown{};
  pollfd ready{desk, POLLIN, 0};
  while (::poll(&ready, 1, 0) == 1) {
    const ssize_t got = ::read(desk, shown.data(), shown.size());
    if (got <= 0) break;
    out.err.append(shown.data(), static_cast<std::size_t>(got));
  }
  ::close(held);
  ::close(desk);
  return out;
}

Running WalProgram::start_with(const std::vector<std::string>& args, const std::string& streams,
                               const std::string& before) {
  const std::string stem = dir_ / ("call" + std::to_string(++calls_));
  os::SpawnOptions options;
  options.argv = {"/bin/sh", "-c",
                  "HOME=" + dir_.path() + "; export HOME; unset XDG_CONFIG_HOME WAL_CONFIG; ERR=" +
                      stem + ".err; " + before + " exec \"$0\" \"$@\" >" + stem + ".out " + streams,
                  WAL_BINARY};
  options.argv.insert(options.argv.end(), args.begin(), args.end());
  if (!url_.empty()) options.argv.insert(options.argv.end(), {"--url", url_});
  return {os::Child::spawn(options).value(), stem};
}

Ran WalProgram::run_with(const std::vector<std::string>& args, const std::string& streams,
                         const std::string& before) {
  Running running = start_with(args, streams, before);
  const os::Exit exit = running.child.wait();
  return {exit.signalled ? 128 + exit.code : exit.code, slurp(running.stem + ".out"),
          slurp(running.stem + ".err")};
}

bool Running::shows(const std::string& text) const {
  for (int i = 0; i < 4'000; ++i) {
    if ((slurp(stem + ".err") + slurp(stem + ".out")).find(text) != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

Ran Running::end() {
  const auto exit = child.wait_for(20'000);
  const int code = !exit ? 124 : exit->signalled ? -1 : exit->code;
  return {code, slurp(stem + ".out"), slurp(stem + ".err")};
}

std::set<std::string> WalProgram::files() const {
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_.path())) {
    const std::string name = entry.path().lexically_relative(dir_.path()).string();
    if (!name.starts_with("call")) out.insert(name);
  }
  return out;
}

void WalProgram::add_key(const std::string& name, keys::Role role, const std::string& phrase) {
  keys::Secret32 seed;
  const Key key = key_of_name(name);
  std::copy(key.seed.begin(), key.seed.end(), seed.span().begin());
  os::make_dirs(dir_ / ".config/wald/keys", 0700).value();
  keys::save_key(dir_ / (".config/wald/keys/" + name + ".json"), role, name, seed,
                 base::TimeMs(kStart), phrase.empty() ? keys::Kdf::none() : keys::Kdf{},
                 base::as_bytes(phrase))
      .value();
}

void WalProgram::write(const std::string& name, const std::string& text) const {
  os::write_file_atomic(path(name), base::as_bytes(text)).value();
}

}  // namespace wald::tests
