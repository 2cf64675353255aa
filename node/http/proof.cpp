// SPDX-License-Identifier: Apache-2.0
#include "ledger/state_proof.h"
#include "node/http/shared.h"
#include "specs/proto/query.pb.h"

namespace wald::http {
Got<spec::Proof> prove(const Shared& shared, const store::View& view, base::ByteView key) {
  const At at = at_of(view);
  spec::Proof out;
  out.set_key(base::string_of(key));
  if (const auto value = view.get(key)) out.set_value(base::string_of(*value));
  out.set_proof(base::string_of(ledger::encode(view.tree().prove(key))));
  out.set_root(base::string_of(view.tree().root().view()));
  out.set_committee(at.epoch.value());
  if (at.height.value() == 0) return out;  // nothing is signed yet
  const auto bytes = shared.api.core.block(at.height);
  const auto record = bytes.ok() ? core::parse_block_record(*bytes) : std::nullopt;
  if (!record)
    return base::Err{net::error_response(net::Status::kInternal, "BLOCK_UNREADABLE",
                                         net::kLedgerDomain, "the block could not be read")};
  out.set_header(base::string_of(record->header_bytes));
  auto& signature = *out.add_signatures();
  signature.set_signature(base::string_of(record->signature));
  const auto& sequencer = shared.api.core.genesis().sequencer_key;
  if (sequencer) signature.set_key(base::string_of(sequencer->view()));
  return out;
}

Reply with_proof(const Shared& shared, const net::Request& request, const store::View& view,
                 base::ByteView key, net::Response answer) {
  const std::string_view wanted = request.query_value("proof").value_or("false");
  if (wanted == "false") return answer;
  if (wanted != "true")
    return base::Err{bad_argument("INVALID_PARAMETER",
                                  "proof \"" + std::string(wanted) + "\": true or false is due",
                                  {{"parameter", "proof"}, {"value", std::string(wanted)}})};
  if (!view.has_tree())
    return base::Err{bad_argument(
        "PROOF_NOT_KEPT",
        "only the newest state can be proved, and height " +
            std::to_string(view.tip().height.value()) + " was asked for",
        {{"parameter", "proof"}, {"height", std::to_string(view.tip().height.value())}})};
  TRY_ASSIGN(const spec::Proof proof, prove(shared, view, key));
  WALD_CHECK(answer.body.size() > 2 && answer.body.back() == '}');  // an object, made here
  answer.body.pop_back();
  answer.body += ",\"proof\":" + boost::json::serialize(reflect::to_json(proof)) + "}";
  return answer;
}

}  // namespace wald::http
