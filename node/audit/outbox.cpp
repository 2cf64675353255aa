// SPDX-License-Identifier: Apache-2.0
#include "node/audit/outbox.h"

#include <algorithm>

#include "codec/base/text.h"

namespace wald::audit {
namespace {

constexpr std::string_view kMagic = "WOUT";
constexpr std::string_view kSuffix = ".stmt";
constexpr std::size_t kCheckSize = 16;
constexpr std::size_t kEntryCap = 128 * 1024;
constexpr std::uint8_t kBuilt = 1, kSigned = 2;

base::Bytes check_of(base::ByteView bytes) {
  const auto hash = base::tagged_hash("wald.outbox", {}, bytes);
  return base::Bytes(hash.bytes().begin(), hash.bytes().begin() + kCheckSize);
}

keys::Statement log_kind(proofs::Kind kind) {
  switch (kind) {
    case proofs::Kind::kBeaconReveal:
      return keys::Statement::kReveal;
    case proofs::Kind::kResponseCommit:
      return keys::Statement::kResponseCommit;
    case proofs::Kind::kRowReport:
      return keys::Statement::kRowReport;
    case proofs::Kind::kSelfProof:
      return keys::Statement::kSelfProof;
    default:
      WALD_CHECK(kind == proofs::Kind::kAttestSync);
      return keys::Statement::kSyncDone;
  }
}

// Rounds and the statements of one kind within them, in one ascending number.
keys::SignPosition position_of(const Slot& slot) {
  return {slot.epoch.value(), std::uint32_t{slot.round.value()} << 16 | slot.seq};
}

std::string name_of(const Slot& slot) {
  base::Writer name;
  name.be(slot.epoch.value()).be(slot.round.value());
  name.u8(static_cast<std::uint8_t>(slot.kind)).be(slot.seq);
  const std::string hex = base::to_hex(name.bytes());
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 2) + "-" +
         hex.substr(14) + std::string(kSuffix);
}

// The slot and content of a file, if both are what this program writes.
struct Stored {
  Slot slot;
  base::Bytes bytes;
  bool is_signed = false;
};
std::optional<Stored> parse_file(const std::string& name, base::ByteView file) {
  if (file.size() < kMagic.size() + 1 + kCheckSize) return std::nullopt;
  const auto body = file.first(file.size() - kCheckSize);
  if (!base::equal(check_of(body), file.last(kCheckSize))) return std::nullopt;
  if (!base::equal(body.first(kMagic.size()), base::as_bytes(kMagic))) return std::nullopt;
  const std::uint8_t state = body[kMagic.size()];
  const auto statement = body.subspan(kMagic.size() + 1);
  const auto header = proofs::parse_header(statement);
  if (!header.ok() || (state != kBuilt && state != kSigned)) return std::nullopt;
  // The header names all but the running number, which only the name of the file has.
  Stored out{{header->epoch, header->round, header->kind, 0},
             base::Bytes(statement.begin(), statement.end()),
             state == kSigned};
  for (const char digit : name.substr(0, name.size() - kSuffix.size()).substr(17)) {
    const auto value = std::string_view("0123456789abcdef").find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    out.slot.seq = static_cast<std::uint16_t>(std::size_t{out.slot.seq} << 4 | value);
  }
  if (name_of(out.slot) != name) return std::nullopt;
  return out;
}

}  // namespace

os::IoResult<std::unique_ptr<Outbox>> Outbox::open(const std::string& dir, keys::SignLog& log,
                                                   const prove::Signer& signer) {
  TRY(os::make_dirs(dir, 0700));
  std::unique_ptr<Outbox> outbox(new Outbox(dir, log, signer));
  TRY(outbox->load());
  return outbox;
}

os::IoResult<void> Outbox::load() {
  TRY_ASSIGN(const auto names, os::list_dir(dir_));
  for (const std::string& name : names) {
    const std::string file = dir_ + "/" + name;
    std::optional<Stored> stored;
    if (name.size() == 21 + kSuffix.size() && name.ends_with(kSuffix)) {
      TRY_ASSIGN(const auto bytes, os::read_file(file, kEntryCap));
      stored = parse_file(name, bytes);
    }
    if (!stored) {
      TRY(os::remove_file(file));
      continue;
    }
    Entry& entry = entries_[stored->slot];
    entry.bytes = std::move(stored->bytes);
    entry.is_signed = stored->is_signed;
    // A refusal leaves it unsigned: the log knows of other bytes at this place.
    if (!entry.is_signed) static_cast<void>(sign(stored->slot, entry).ok());
  }
  return {};
}

std::string Outbox::path(const Slot& slot) const { return dir_ + "/" + name_of(slot); }

os::IoResult<void> Outbox::write(const Slot& slot, const Entry& entry) const {
  base::Writer out;
  out.text(kMagic).u8(entry.is_signed ? kSigned : kBuilt).raw(entry.bytes);
  const auto check = check_of(out.bytes());
  out.raw(check);
  return os::write_file_atomic(path(slot), out.bytes(), 0600);
}

os::IoResult<void> Outbox::sign(const Slot& slot, Entry& entry) {
  WALD_CHECK(!entry.is_signed);
  TRY(log_.permit(log_kind(slot.kind), position_of(slot), base::blake2b(entry.bytes)));
  Entry whole = entry;
  if (proofs::is_signed(slot.kind)) {
    const auto signature = signer_.sign(proofs::statement_preimage(entry.bytes));
    whole.bytes.insert(whole.bytes.end(), signature.begin(), signature.end());
  }
  whole.is_signed = true;
  TRY(write(slot, whole));
  entry = std::move(whole);
  return {};
}

os::IoResult<void> Outbox::put(const Slot& slot, const proofs::Header& header,
                               const proofs::Body& body) {
  WALD_CHECK(header.kind == slot.kind && header.epoch == slot.epoch && header.round == slot.round);
  if (has(slot)) return {};
  Entry entry;
  entry.bytes = proofs::encode_unsigned(header, body);
  TRY(write(slot, entry));
  Entry& kept = entries_.emplace(slot, std::move(entry)).first->second;
  return sign(slot, kept);
}

std::map<std::uint16_t, base::Bytes> Outbox::statements(base::Epoch epoch, base::Round round,
                                                        proofs::Kind kind) const {
  std::map<std::uint16_t, base::Bytes> out;
  for (auto at = entries_.lower_bound({epoch, round, kind, 0});
       at != entries_.end() && at->first.epoch == epoch && at->first.round == round &&
       at->first.kind == kind;
       ++at)
    if (at->second.is_signed) out.emplace(at->first.seq, at->second.bytes);
  return out;
}

std::uint16_t Outbox::taken(base::Epoch epoch, base::Round round, proofs::Kind kind) const {
  std::uint16_t seq = 0;
  while (has({epoch, round, kind, seq})) ++seq;
  return seq;
}

void Outbox::tend(std::uint64_t now_ms, const Judge& judge, const Send& send) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    auto& [slot, entry] = *at;
    const Fate fate = judge(slot, entry.bytes);
    if (fate == Fate::kOver) {
      // If the file stays, the next start finds it over again.
      static_cast<void>(os::remove_file(path(slot)).ok());
      at = entries_.erase(at);
      continue;
    }
    if (fate == Fate::kPending && entry.is_signed && now_ms >= entry.next_try) {
      const std::uint64_t wait = kFirstRetryMs << std::min<std::uint32_t>(entry.tries++, 10);
      entry.next_try = now_ms + std::min(wait, kLastRetryMs);
      send(slot, entry.bytes);
    }
    ++at;
  }
}

}  // namespace wald::audit
