// SPDX-License-Identifier: Apache-2.0
#include "node/os/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <utility>

#include "codec/base/check.h"
#include "node/os/clock.h"
#include "node/os/files.h"

namespace wald::os {
namespace {

// Everything the child needs, made before fork: between fork and exec only async-signal-safe calls.
struct Plan {
  std::vector<char*> argv;
  const int* inherit = nullptr;
  std::size_t inherit_count = 0;
  int output = -1;
  int stdin_fd = -1;
  int stdout_fd = -1;
  const char* working_dir = nullptr;
  int report = -1;
  pid_t parent = 0;
};

[[noreturn]] void run_child(const Plan& plan) {
  const auto give_up = [&] {
    const int code = errno;
    const ssize_t ignored = ::write(plan.report, &code, sizeof(code));
    static_cast<void>(ignored);
    ::_exit(127);
  };
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up();
  if (::getppid() != plan.parent) ::_exit(127);  // the parent went before the line above
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (plan.working_dir != nullptr && ::chdir(plan.working_dir) != 0) give_up();
  if (plan.output >= 0 && (::dup2(plan.output, 1) < 0 || ::dup2(plan.output, 2) < 0)) give_up();
  if (plan.stdin_fd >= 0 && ::dup2(plan.stdin_fd, 0) < 0) give_up();
  if (plan.stdout_fd >= 0 && ::dup2(plan.stdout_fd, 1) < 0) give_up();
  for (std::size_t i = 0; i < plan.inherit_count; ++i)
    if (::fcntl(plan.inherit[i], F_SETFD, 0) != 0) give_up();
  ::execvp(plan.argv[0], plan.argv.data());
  give_up();
  ::_exit(127);
}

// Waits for exec: the report pipe closes on success, or carries the errno of what failed.
int exec_result(int pipe_fd) {
  int code = 0;
  ssize_t n;
  do {
    n = ::read(pipe_fd, &code, sizeof(code));
  } while (n < 0 && errno == EINTR);
  return n == static_cast<ssize_t>(sizeof(code)) ? code : 0;
}

}  // namespace

IoResult<Child> Child::spawn(const SpawnOptions& options) {
  WALD_CHECK(!options.argv.empty());
  std::vector<std::string> words = options.argv;
  Plan plan;
  for (std::string& word : words) plan.argv.push_back(word.data());
  plan.argv.push_back(nullptr);
  plan.inherit = options.inherit.data();
  plan.inherit_count = options.inherit.size();
  plan.stdin_fd = options.stdin_fd;
  plan.stdout_fd = options.stdout_fd;
  plan.working_dir = options.working_dir.empty() ? nullptr : options.working_dir.c_str();
  plan.parent = ::getpid();
  if (!options.output.empty()) {
    plan.output = ::open(options.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (plan.output < 0) return base::Err{system_error(errno, "open " + options.output)};
  }
  std::array<int, 2> report{};
  if (::pipe2(report.data(), O_CLOEXEC) != 0) {
    const int code = errno;
    if (plan.output >= 0) ::close(plan.output);
    return base::Err{system_error(code, "pipe")};
  }
  plan.report = report[1];
  const pid_t pid = ::fork();
  if (pid == 0) run_child(plan);
  const int fork_errno = errno;
  ::close(report[1]);
  if (plan.output >= 0) ::close(plan.output);
  const int failed = pid < 0 ? fork_errno : exec_result(report[0]);
  ::close(report[0]);
  if (pid > 0 && failed != 0) ::waitpid(pid, nullptr, 0);
  if (failed != 0) return base::Err{system_error(failed, "start " + options.argv[0])};
  Child child;
  child.pid_ = pid;
  child.pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::exchange(other.pidfd_, -1)) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    end();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::exchange(other.pidfd_, -1);
  }
  return *this;
}

Child::~Child() { end(); }

void Child::end() noexcept {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  wait();
}

void Child::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

Exit Child::wait() {
  WALD_CHECK(pid_ > 0);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (pidfd_ >= 0) ::close(std::exchange(pidfd_, -1));
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  return {false, WEXITSTATUS(status)};
}

std::optional<Exit> Child::wait_for(int timeout_ms) {
  WALD_CHECK(pid_ > 0);
  if (pidfd_ >= 0) {
    pollfd ready{pidfd_, POLLIN, 0};
    if (::poll(&ready, 1, timeout_ms) != 1) return std::nullopt;
    return wait();
  }
  // Kernels before 5.3 have no pidfd: ask in short steps.
  for (int waited = 0;; waited += 10) {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == pid_)
      return wait();
    if (timeout_ms >= 0 && waited >= timeout_ms) return std::nullopt;
    ::poll(nullptr, 0, 10);
  }
}

namespace {

// A descriptor that is closed at the end, and before by reset().
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }
  int get() const { return fd_; }
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

// A question as a file of no name, so that nobody waits for a program that does not read it.
IoResult<File> question_file(const std::string& question) {
  const Descriptor made(::memfd_create("question", MFD_CLOEXEC));
  if (made.get() < 0) return base::Err{system_error(errno, "memfd_create")};
  TRY_ASSIGN(File out, File::duplicate(made.get(), "question"));
  TRY(out.write_at(0, base::as_bytes(question)));
  return out;
}

int left_ms(std::uint64_t until) {
  const std::uint64_t now = monotonic_ms();
  return now < until ? static_cast<int>(std::min<std::uint64_t>(until - now, INT_MAX)) : 0;
}

// All that comes before the other end is closed; nothing if that takes too long, or is too much.
std::optional<std::string> read_answer(int fd, std::uint64_t until, std::size_t most) {
  std::string out;
  std::array<char, 4096> piece{};
  while (true) {
    pollfd ready{fd, POLLIN, 0};
    const int seen = ::poll(&ready, 1, left_ms(until));
    if (seen < 0 && errno == EINTR) continue;
    if (seen <= 0) return std::nullopt;
    const ssize_t n = ::read(fd, piece.data(), piece.size());
    if (n == 0) return out;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 || out.size() + static_cast<std::size_t>(n) > most) return std::nullopt;
    out.append(piece.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace

IoResult<std::string> ask_program(const std::string& path, const std::string& question,
                                  int timeout_ms, std::size_t most) {
  const auto failed = [&](const std::string& how) { return content_error(path + how); };
  const std::uint64_t until = monotonic_ms() + static_cast<std::uint64_t>(timeout_ms);
  TRY_ASSIGN(const File asked, question_file(question));
  std::array<int, 2> answer{};
  if (::pipe2(answer.data(), O_CLOEXEC) != 0) return base::Err{system_error(errno, "pipe")};
  const Descriptor reading(answer[0]);
  Descriptor writing(answer[1]);
  SpawnOptions options;
  options.argv = {path};
  options.stdin_fd = asked.fd();
  options.stdout_fd = writing.get();
  TRY_ASSIGN(Child child, Child::spawn(options));
  writing.reset();
  auto out = read_answer(reading.get(), until, most);
  if (!out) return failed(" did not answer in time, or with too much");
  const auto exit = child.wait_for(left_ms(until));
  if (!exit) return failed(" did not end in time");
  if (exit->signalled) return failed(" was ended by signal " + std::to_string(exit->code));
  if (exit->code != 0) return failed(" ended with code " + std::to_string(exit->code));
  return *std::move(out);
}

std::string own_executable() {
  std::array<char, PATH_MAX> path{};
  const ssize_t n = ::readlink("/proc/self/exe", path.data(), path.size());
  WALD_CHECK(n > 0);
  return std::string(path.data(), static_cast<std::size_t>(n));
}

}  // namespace wald::os
