// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/peer.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <sstream>
#include <stdexcept>

#include "codec/base/check.h"

namespace wald::bench {

Peer::Peer(std::vector<std::string> argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that ended is an error of ask()
  std::array<int, 2> to{}, from{};
  WALD_CHECK(::pipe2(to.data(), O_CLOEXEC) == 0 && ::pipe2(from.data(), O_CLOEXEC) == 0);
  os::SpawnOptions options;
  // The shell ties the two pipes to stdin and stdout, then becomes the peer.
  options.argv = {"sh", "-c",
                  R"(exec "$0" "$@" <&)" + std::to_string(to[0]) + " >&" + std::to_string(from[1])};
  options.argv.insert(options.argv.end(), argv.begin(), argv.end());
  options.inherit = {to[0], from[1]};
  child_ = os::Child::spawn(options).value();
  ::close(to[0]);
  ::close(from[1]);
  in_ = to[1];
  out_ = ::fdopen(from[0], "r");
  WALD_CHECK(out_ != nullptr);
}

Peer::~Peer() {
  ::close(in_);
  std::fclose(out_);
  static_cast<void>(child_.wait_for(5'000));
}

Peer::Answer Peer::ask(const std::string& line) {
  const std::string sent = line + "\n";
  if (::write(in_, sent.data(), sent.size()) != static_cast<ssize_t>(sent.size()))
    throw std::runtime_error("the peer does not listen");
  std::array<char, 256> text{};
  if (std::fgets(text.data(), static_cast<int>(text.size()), out_) == nullptr)
    throw std::runtime_error("the peer ended");
  std::istringstream in(text.data());
  Answer out;
  if (!(in >> out.milliseconds >> out.hash) || out.hash.size() != 64)
    throw std::runtime_error(std::string("the peer says ") + text.data());
  return out;
}

}  // namespace wald::bench
