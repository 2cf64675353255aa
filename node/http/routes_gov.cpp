// SPDX-License-Identifier: Apache-2.0
// Ballots: all of them, one with its tally, its votes, and which members have not voted.
#include "ledger/queries.h"
#include "ledger/records.h"
#include "node/http/shared.h"

namespace wald::http {
namespace {

namespace queries = ledger::queries;
using base::Err;

Got<std::uint32_t> path_number(const net::Request& request) {
  TRY_ASSIGN(const std::uint64_t number,
             parse_number("proposal", request.param("proposal"), 1, UINT32_MAX));
  return static_cast<std::uint32_t>(number);
}

net::Response no_ballot(std::uint32_t number) {
  const std::string text = std::to_string(number);
  return not_found("PROPOSAL_NOT_FOUND", "no ballot " + text, {{"proposal", text}});
}

Reply one_ballot(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {"proof"}));
  TRY_ASSIGN(const std::uint32_t number, path_number(request));
  const auto found = queries::ballot(*view, number);
  return with_proof(shared, request, *view, ledger::key_of(ledger::kProposals, number),
                    found ? data_reply(at_of(*view), reflect::to_json(*found)) : no_ballot(number));
}

template <class T>
Reply part_of(Shared& shared, const net::Request& request,
              std::vector<T> (*question)(const ledger::Reader&, std::uint32_t)) {
  TRY_ASSIGN(const auto asked, asked_view(shared, request, {"format", "limit", "cursor"}));
  TRY_ASSIGN(const std::uint32_t number, path_number(request));
  return list_reply<T>(shared, request, asked, [&](const store::View& view) -> Got<std::vector<T>> {
    if (!ledger::exists(view, ledger::kProposals, number)) return Err{no_ballot(number)};
    return question(view, number);
  });
}

Reply all_ballots(Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto asked, asked_view(shared, request, {"state", "format", "limit", "cursor"}));
  const auto state = request.query_value("state");
  if (state && *state != "open" && *state != "closed")
    return Err{bad_argument("INVALID_PARAMETER", "state is open or closed",
                            {{"parameter", "state"}, {"value", std::string(*state)}})};
  return list_reply<spec::Ballot>(
      shared, request, asked, [&](const store::View& view) -> Got<std::vector<spec::Ballot>> {
        auto rows = queries::ballots(view);
        if (state)
          std::erase_if(rows, [&](const spec::Ballot& row) {
            return (row.state() == spec::BALLOT_STATE_OPEN) != (*state == "open");
          });
        return rows;
      });
}

}  // namespace

void add_gov_rows(net::Router& router, const SharedPtr& shared) {
  using net::LimitClass;
  const auto add = [&](std::string pattern, LimitClass limit,
                       const std::function<Reply(Shared&, const net::Request&)>& handler) {
    router.add(read_row(net::Method::kGet, std::move(pattern), limit,
                        [shared, handler](const net::Request& r) { return handler(*shared, r); }));
  };
  add("/v1/gov/proposals", LimitClass::kList, all_ballots);
  add("/v1/gov/proposals/{proposal}", LimitClass::kPoint, one_ballot);
  add("/v1/gov/proposals/{proposal}/votes", LimitClass::kList,
      [](Shared& s, const net::Request& r) {
        return part_of<spec::BallotVote>(s, r, queries::votes);
      });
  add("/v1/gov/proposals/{proposal}/not-voted", LimitClass::kList,
      [](Shared& s, const net::Request& r) {
        return part_of<spec::BallotMember>(s, r, queries::not_voted);
      });
}

}  // namespace wald::http
