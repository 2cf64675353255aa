// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/postgres.h"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "node/os/files.h"
#include "tests/bench/library.h"

namespace wald::bench {
namespace {

// The part of libpq in use, with its documented signatures and codes.
constexpr int kCommandOk = 1;
constexpr int kTuplesOk = 2;

struct Api {
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

const std::string kPrograms = "/usr/lib/postgresql/15/bin/";

const Api& api() {
  static const Api kApi = [] {
    Api out;
    const std::string advice =
        "PostgreSQL 15 is not installed (Debian: apt-get install postgresql-15)";
    Library library("libpq.so.5", advice);
    library.find(out.connect, "PQconnectdb");
    library.find(out.status, "PQstatus");
    library.find(out.finish, "PQfinish");
    library.find(out.exec, "PQexec");
    library.find(out.result, "PQresultStatus");
    library.find(out.value, "PQgetvalue");
    library.find(out.clear, "PQclear");
    library.find(out.error, "PQerrorMessage");
    out.missing = os::exists(kPrograms + "pg_ctl") ? library.missing() : advice;
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
  std::string socket;  // the folder of it
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
  const std::string& socket = impl_->socket = made;
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
  static_cast<void>(os::remove_tree(impl_->socket).ok());
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
