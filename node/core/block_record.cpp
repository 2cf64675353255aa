// SPDX-License-Identifier: Apache-2.0
#include "ledger/wire/canonical.h"
#include "node/core/ledger_core.h"
#include "specs/proto/block.pb.h"

namespace wald::core {

std::optional<BlockRecord> parse_block_record(base::ByteView bytes) {
  const auto message =
      wire::parse_canonical<spec::BlockRecord>(bytes, store::BlockLog::kMaxPayload);
  if (!message.ok()) return std::nullopt;
  BlockRecord out;
  out.header_bytes.assign(message->header().begin(), message->header().end());
  const auto header = ledger::parse_header(out.header_bytes);
  if (!header || message->signature().size() != out.signature.size()) return std::nullopt;
  out.header = *header;
  std::copy(message->signature().begin(), message->signature().end(), out.signature.begin());
  out.input_bytes.assign(message->input().begin(), message->input().end());
  auto input = ledger::parse_block_input(out.input_bytes);
  if (!input) return std::nullopt;
  out.input = *std::move(input);
  return out;
}

base::Bytes encode_block_record(const Staged& staged,
                                const std::array<std::uint8_t, 64>& signature) {
  spec::BlockRecord message;
  message.set_header(base::string_of(ledger::encode(staged.header)));
  message.set_signature(base::string_of(signature));
  message.set_input(base::string_of(staged.input_bytes));
  return wire::write_canonical(message);
}

// Field tags and lengths are at most 16 bytes apiece.
std::size_t record_bound(const ledger::BlockInput& input) {
  constexpr std::size_t kField = 16;
  std::size_t out = ledger::BlockHeader::kSize + 64 + base::NodeId::kSize + 8 * kField;
  out += input.absent.size() * (base::NodeId::kSize + kField);
  out += input.evidence.size() * (base::NodeId::kSize + 5 * kField);
  for (const auto& envelope : input.transactions) out += envelope.size() + kField;
  return out;
}

}  // namespace wald::core
