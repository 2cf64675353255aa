// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/postgres.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "node/os/files.h"

namespace wald::bench {
namespace {

// The part of libpq in use, with its documented signatures and codes.
constexpr int kCommandOk = 1;
constexpr int kTuplesOk = 2;

struct Api {
  void* library = nullptr;
  void* (*connect)(const char*) = nullptr;
  int (*status)(const void*) = nullptr;
  void (*finish)(void*) = nullptr;
  void* (*exec)(void*, const char*) = nullptr;
  int (*result)(const void*) = nullptr;
  char* (*value)(const void*, int, int) = nullptr;
  void (*clear)(void*) = nullptr;
  char* (*error)(const void*) = nullptr;
  std::string missing;
};

template <class F>
void find(Api& api, F& function, const char* name) {
  function = reinterpret_cast<F>(::dlsym(api.library, name));
  if (function == nullptr) api.missing = std::string("libpq has no ") + name;
}

const std::string kPrograms = "/usr/lib/postgresql/15/bin/";

const Api& api() {
  static const Api kApi = [] {
    Api out;
    out.library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (out.library == nullptr || !os::exists(kPrograms + "pg_ctl")) {
      out.missing = "PostgreSQL 15 is not installed (Debian: apt-get install postgresql-15)";
      return out;
    }
    find(out, out.connect, "PQconnectdb");
    find(out, out.status, "PQstatus");
    find(out, out.finish, "PQfinish");
    find(out, out.exec, "PQexec");
    find(out, out.result, "PQresultStatus");
    find(out, out.value, "PQgetvalue");
    find(out, out.clear, "PQclear");
    find(out, out.error, "PQerrorMessage");
    return out;
  }();
  return kApi;
}

// The server refuses to run as root; its own user does then.
void shell(const std::string& command) {
  const std::string run = ::geteuid() == 0 ? "runuser -u postgres -- " : "";
  if (std::system((run + command + " >/dev/null 2>&1").c_str()) != 0)
    throw std::runtime_error("postgres: this fails: " + run + command);
}

}  // namespace

struct Postgres::Impl {
  std::string data;
  void* connection = nullptr;

  std::string run(const std::string& sql) const {
    void* result = api().exec(connection, sql.c_str());
    const int code = api().result(result);
    std::string out = code == kTuplesOk ? api().value(result, 0, 0) : "";
    api().clear(result);
    if (code != kTuplesOk && code != kCommandOk)
      throw std::runtime_error(std::string("postgres: ") + api().error(connection));
    return out;
  }
};

std::string Postgres::missing(const std::string& scratch) {
  if (!api().missing.empty()) return api().missing;
  try {
    shell("test -x '" + scratch + "'");
  } catch (const std::runtime_error&) {
    return "the user postgres, who runs the server for root, cannot enter " + scratch;
  }
  return {};
}

Postgres::Postgres(const std::string& folder, std::size_t count) : impl_(std::make_unique<Impl>()) {
  // Sockets have short names, and the server's user must reach all above its folder.
  std::string made = "/tmp/wald-bench-XXXXXX";
  if (::mkdtemp(made.data()) == nullptr) throw std::runtime_error("postgres: no folder in /tmp");
  const std::string socket = made;
  impl_->data = folder;
  os::remove_tree(folder).value();
  os::make_dirs(folder, 0700).value();
  if (::geteuid() == 0 && std::system(("chown postgres " + folder + " " + socket).c_str()) != 0)
    throw std::runtime_error("postgres: there is no user postgres");
  shell(kPrograms + "initdb -A trust -U wald --no-locale -E UTF8 -D " + folder);
  shell(kPrograms + "pg_ctl -w -D " + folder + " -l " + folder +
        "/log -o \"-c listen_addresses='' -k " + socket +
        " -c fsync=on -c synchronous_commit=on -c shared_buffers=1GB "
        "-c max_wal_size=4GB\" start");
  impl_->connection = api().connect(("host=" + socket + " user=wald dbname=postgres").c_str());
  if (api().status(impl_->connection) != 0)
    throw std::runtime_error(std::string("postgres: ") + api().error(impl_->connection));
  impl_->run(
      "CREATE TABLE a(id int PRIMARY KEY, balance bigint, nonce bigint) WITH (fillfactor=50)");
  impl_->run("INSERT INTO a SELECT i, 1000000000000, 0 FROM generate_series(1, " +
             std::to_string(count) + ") i");
  impl_->run("VACUUM ANALYZE a");
  impl_->run(
      "CREATE PROCEDURE pay(f int[], t int[], m bigint[]) LANGUAGE plpgsql AS $$ BEGIN "
      "FOR i IN 1 .. array_length(f, 1) LOOP "
      "UPDATE a SET balance = balance - m[i], nonce = nonce + 1 WHERE id = f[i] AND balance >= "
      "m[i]; "
      "UPDATE a SET balance = balance + m[i] WHERE id = t[i]; END LOOP; END $$");
}

Postgres::~Postgres() {
  api().finish(impl_->connection);
  try {
    shell(kPrograms + "pg_ctl -w -D " + impl_->data + " -m fast stop");
  } catch (const std::runtime_error&) {
    // Then it is left running: the figure is made, and nothing of ours depends on it.
  }
}

void Postgres::transfer(const std::vector<Move>& moves) {
  std::string from, to, amounts;
  for (const Move& move : moves) {
    const char* comma = from.empty() ? "" : ",";
    from.append(comma).append(std::to_string(move.from + 1));
    to.append(comma).append(std::to_string(move.to + 1));
    amounts.append(comma).append(std::to_string(move.amount));
  }
  impl_->run("CALL pay('{" + from + "}', '{" + to + "}', '{" + amounts + "}')");
}

std::uint64_t Postgres::sum_of_nonces() {
  return std::stoull(impl_->run("SELECT sum(nonce) FROM a"));
}

std::string Postgres::version() { return impl_->run("SHOW server_version"); }

}  // namespace wald::bench
