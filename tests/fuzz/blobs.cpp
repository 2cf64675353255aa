// SPDX-License-Identifier: Apache-2.0
// Targets whose question is what foreign bytes do to a blob: slivers, recovery symbols, proofs.
#include "codec/decoder.h"
#include "codec/files.h"
#include "codec/recovery.h"
#include "codec/stream_decoder.h"
#include "tests/codec/memory_storage.h"
#include "tests/fuzz/targets_impl.h"
#include "tests/fuzz/truth.h"

namespace wald::fuzz {
namespace {

using base::Bytes;
using base::ByteView;
using codec::Axis;

// The same question to the decoder that works by steps; `foreign` comes before the true slivers.
void decode_by_steps(const shape::Sliver& foreign) {
  const Truth& t = truth();
  const Axis axis = foreign.axis;
  codec::StreamOptions options;
  options.one_shot = false;
  auto decoder = codec::StreamDecoder::make(t.codec, axis, t.metadata(), options).value();
  codec::MemorySource body(foreign.data.body);
  const auto verdict =
      decoder.push({axis, foreign.data.index.value(), foreign.data.symbol_size, &body});
  if (verdict.kind == codec::Verdict::Kind::kUsed)
    WALD_CHECK(
        base::equal(foreign.data.body, t.encoded.sliver(axis, foreign.data.index.value()).body));
  std::vector<codec::MemorySource> bodies;
  bodies.reserve(t.params().needed(axis));
  for (std::uint32_t i = 0; i + 1 < t.params().needed(axis); ++i) {
    const auto sliver = t.encoded.sliver(axis, t.params().n() - 1 - i);
    decoder.push({axis, sliver.index, sliver.symbol_size, &bodies.emplace_back(sliver.body)});
  }
  codec::MemoryStorage output;
  if (decoder.finish(output, nullptr, codec::Check::kStandard).ok())
    WALD_CHECK(output.bytes == t.blob);
}

}  // namespace

// Axis and index from the first bytes, then a file in any format. It stands among true slivers, one
// of which is missing: the blob that comes out is the true one, or none.
void fuzz_sliver(ByteView input) {
  if (input.size() < 2) return;
  const Truth& t = truth();
  const Axis axis = static_cast<Axis>(input[0] % 2);
  const codec::SliverName name{axis, input[1]};
  const auto sliver = codec::read_sliver(t.params(), t.metadata(), name, input.subspan(2));
  if (!sliver.ok()) return;
  auto decoder = codec::Decoder::make(t.codec, axis, t.metadata()).value();
  auto blind = codec::Decoder::unverified(t.codec, axis, t.metadata().len).value();
  const auto verdict = decoder.push(codec::view(axis, sliver->data));
  blind.push(codec::view(axis, sliver->data));
  if (verdict.kind == codec::Verdict::Kind::kUsed)
    WALD_CHECK(
        base::equal(sliver->data.body, t.encoded.sliver(axis, sliver->data.index.value()).body));
  for (std::uint32_t i = 0; i + 1 < t.params().needed(axis); ++i) {
    decoder.push(t.encoded.sliver(axis, t.params().n() - 1 - i));
    blind.push(t.encoded.sliver(axis, t.params().n() - 1 - i));
  }
  decode_by_steps(*sliver);
  const auto report = decoder.finish(codec::Check::kStandard);
  if (report.ok()) WALD_CHECK(report->blob == t.blob);
  const auto unverified = blind.finish(codec::Check::kStandard);
  if (unverified.ok())
    WALD_CHECK(unverified->blob.size() == t.blob.size() && !unverified->verified);
}

std::vector<Bytes> seeds_sliver() {
  const Truth& t = truth();
  std::vector<Bytes> out;
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary})
    for (const auto format :
         {codec::SliverFormat::kRaw, codec::SliverFormat::kBcs, codec::SliverFormat::kStored}) {
      base::Writer bytes;
      bytes.u8(static_cast<std::uint8_t>(axis)).u8(1);
      bytes.raw(
          codec::write_sliver(t.params(), t.metadata(), format, t.encoded.sliver(axis, 1)).value());
      out.push_back(std::move(bytes).bytes());
    }
  return out;
}

// A general symbol for its own target, among true ones: the sliver that comes out is the true one.
void fuzz_symbol(ByteView input) {
  const auto foreign = shape::bcs::from_bytes<shape::GeneralRecoverySymbol>(input);
  if (!foreign.ok()) return;
  const Truth& t = truth();
  const std::uint32_t n = t.params().n();
  const codec::Target target{foreign->target_axis, foreign->target.value() % n};
  (void)codec::verify_general_symbol(t.codec, t.metadata(), target, *foreign).ok();
  const codec::RecoverySymbol plain{foreign->symbol, foreign->proof};
  (void)codec::verify_recovery_symbol(t.codec, t.metadata(), target, plain).ok();
  std::vector<shape::GeneralRecoverySymbol> symbols = {*foreign};
  std::vector<codec::RecoverySymbol> plains = {plain};
  for (std::uint32_t i = 0; i + 1 < t.params().symbols(target.axis); ++i) {
    const auto source = t.encoded.sliver(shape::other(target.axis), n - 1 - i);
    plains.push_back(codec::recovery_symbol(t.codec, source, target.index).value());
    symbols.push_back(codec::general_symbol(target, plains.back()));
  }
  const ByteView want = t.encoded.sliver(target.axis, target.index).body;
  const auto general = codec::recover_sliver(t.codec, t.metadata(), target, symbols);
  if (general.ok()) WALD_CHECK(base::equal(general->data.body, want));
  const auto recovered = codec::recover_sliver(t.codec, t.metadata(), target, plains);
  if (!recovered.ok()) return;
  const auto* sliver = std::get_if<shape::Sliver>(&recovered->result);
  WALD_CHECK(sliver != nullptr && base::equal(sliver->data.body, want));
}

std::vector<Bytes> seeds_symbol() {
  const Truth& t = truth();
  std::vector<Bytes> out;
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
    const codec::Target target{axis, 2};
    const auto source = t.encoded.sliver(shape::other(axis), 0);
    out.push_back(shape::bcs::to_bytes(codec::general_symbol(
        target, codec::recovery_symbol(t.codec, source, target.index).value())));
  }
  return out;
}

// The blob is consistent, so no proof of the contrary holds.
void fuzz_proof(ByteView input) {
  const auto proof = shape::bcs::from_bytes<shape::InconsistencyProof>(input);
  if (!proof.ok()) return;
  WALD_CHECK(!codec::verify_inconsistency(truth().codec, truth().metadata(), *proof).ok());
}

std::vector<Bytes> seeds_proof() {
  const Truth& t = truth();
  std::vector<Bytes> out;
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
    shape::InconsistencyProof proof{axis, base::SliverIndex(1), {}};
    for (std::uint32_t i = 0; i < t.params().symbols(axis); ++i)
      proof.symbols.push_back(
          codec::recovery_symbol(t.codec, t.encoded.sliver(shape::other(axis), i), 1).value());
    out.push_back(shape::bcs::to_bytes(proof));
  }
  return out;
}

}  // namespace wald::fuzz
