// SPDX-License-Identifier: Apache-2.0
#include "node/cli/terminal.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>

#include "node/cli/interrupt.h"

namespace wald::cli {
namespace {

constexpr std::size_t kMostAnswer = 4'096;

constexpr int kLookMs = 100;

// One line of stdin without its end; nothing at the end of the file or after Ctrl-C.
bool read_answer(std::string& out) {
  for (;;) {
    pollfd ready{STDIN_FILENO, POLLIN, 0};
    while (::poll(&ready, 1, kLookMs) == 0)
      if (interrupted()) return false;
    if (interrupted()) return false;
    char c = 0;
    if (::read(STDIN_FILENO, &c, 1) != 1) return !out.empty();
    if (c == '\n') return true;
    if (out.size() < kMostAnswer) out.push_back(c);
  }
}

// No echo while it lives.
class Hidden {
 public:
  Hidden() : known_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!known_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    restore_on_interrupt(&before_);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~Hidden() {
    if (!known_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    restore_on_interrupt(nullptr);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  termios before_{};
  bool known_;
};

}  // namespace

bool has_terminal() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

bool writes_to_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

bool ask_yes(const std::string& question) {
  std::fprintf(stderr, "%s", question.c_str());
  std::string answer;
  if (!read_answer(answer)) return false;
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes";
}

client::Outcome<std::string> ask_hidden(const std::string& question) {
  std::fprintf(stderr, "%s", question.c_str());
  std::string answer;
  bool there = false;
  {
    const Hidden hidden;
    there = read_answer(answer);
  }
  std::fprintf(stderr, "\n");
  if (interrupted())
    return client::fail(client::Exit::kInterrupted, "INTERRUPTED", "stopped; nothing was done");
  if (!there) return client::fail(client::Exit::kKey, "PASSPHRASE", "no passphrase was given");
  return answer;
}

}  // namespace wald::cli
