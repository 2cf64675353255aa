// SPDX-License-Identifier: Apache-2.0
// wal epoch: reads about the chain as a whole.
#include "node/cli/session.h"
#include "specs/proto/query.pb.h"

namespace wald::cli {
namespace {

Outcome<void> read(Session& session, const std::string& path, const reflect::Descriptor& type) {
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->get(path));
  session.show(type, reply);
  return {};
}

Outcome<void> committee(Session& session, const Given& given) {
  const std::string which = given.has("which") ? given.one("which") : "current";
  return read(session, "/v1/committee?which=" + net::percent_encode(which),
              *spec::Committee::descriptor());
}

}  // namespace

Verbs epoch_verbs() {
  return {{"epoch",
           "show",
           "the running epoch: times, prices, weight, money",
           {},
           {},
           [](Session& session, const Given&) {
             return read(session, "/v1/epoch", *spec::Epoch::descriptor());
           }},
          {"epoch",
           "committee",
           "members with weights and keys",
           {},
           {{"which", "WORD", "previous, current (default) or next"}},
           committee},
          {"epoch",
           "shards",
           "which member holds which shards",
           {},
           {},
           [](Session& session, const Given&) {
             return read(session, "/v1/shards", *spec::Shards::descriptor());
           }},
          {"epoch",
           "params",
           "parameters in force with their bounds",
           {},
           {},
           [](Session& session, const Given&) {
             return read(session, "/v1/params", *spec::Params::descriptor());
           }},
          {"epoch", "supply", "where every FROST is", {}, {}, [](Session& session, const Given&) {
             return read(session, "/v1/supply", *spec::Supply::descriptor());
           }}};
}

}  // namespace wald::cli
