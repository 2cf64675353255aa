// SPDX-License-Identifier: Apache-2.0
#include "ledger/block.h"

#include "ledger/wire/canonical.h"
#include "specs/proto/block.pb.h"

namespace wald::ledger {
namespace {

// A block record is bounded by what a follower reads in one piece.
constexpr std::size_t kMaxInput = 64 * 1024 * 1024;

base::NodeId node(const std::string& bytes) { return base::NodeId::from(base::as_bytes(bytes)); }

}  // namespace

base::Bytes encode(const BlockInput& input) {
  spec::BlockInput message;
  message.set_height(input.height.value());
  message.set_time_ms(input.time.value());
  message.set_proposer(base::string_of(input.proposer.view()));
  for (const auto& absent : input.absent) message.add_absent(base::string_of(absent.view()));
  for (const Evidence& evidence : input.evidence) {
    auto& out = *message.add_evidence();
    out.set_node(base::string_of(evidence.node.view()));
    out.set_height(evidence.height.value());
    out.set_time_ms(evidence.time.value());
    out.set_kind(evidence.kind);
  }
  base::Bytes out;
  std::size_t bytes = 1024;
  for (const auto& tx : input.transactions) bytes += tx.size() + 8;
  out.reserve(bytes);
  wire::append_canonical(out, message);
  // Behind all others, as field 6 stands, and without a copy of each in a message.
  static_assert(spec::BlockInput::kTransactionsFieldNumber == 6);
  for (const auto& tx : input.transactions)
    wire::append_delimited(out, spec::BlockInput::kTransactionsFieldNumber, tx);
  return out;
}

std::optional<BlockInput> parse_block_input(base::ByteView bytes) {
  const auto message = wire::parse_canonical<spec::BlockInput>(bytes, kMaxInput);
  if (!message.ok()) return std::nullopt;
  BlockInput input;
  input.height = base::Height(message->height());
  input.time = base::TimeMs(message->time_ms());
  input.proposer = node(message->proposer());
  for (const auto& absent : message->absent()) input.absent.push_back(node(absent));
  for (const auto& evidence : message->evidence())
    input.evidence.push_back({node(evidence.node()), base::Height(evidence.height()),
                              base::TimeMs(evidence.time_ms()), evidence.kind()});
  for (const auto& tx : message->transactions())
    input.transactions.emplace_back(tx.begin(), tx.end());
  return input;
}

}  // namespace wald::ledger
