// SPDX-License-Identifier: Apache-2.0
#include "node/keys/keystore.h"

#include <sodium.h>

#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>

#include "codec/base/hash.h"
#include "codec/base/text.h"
#include "node/os/files.h"
#include "node/os/random.h"

namespace wald::keys {
namespace {

namespace json = boost::json;

constexpr std::size_t kFileCap = 4'096;
constexpr std::size_t kLabelBytes = 64;
constexpr std::size_t kCreatedBytes = 24;
constexpr std::string_view kCipher = "xchacha20poly1305";
constexpr std::array<std::pair<Role, std::string_view>, 7> kRoles{
    {{Role::kAccount, "account"},
     {Role::kOperator, "operator"},
     {Role::kCommission, "commission"},
     {Role::kGovernance, "governance"},
     {Role::kProtocol, "protocol"},
     {Role::kVrf, "vrf"},
     {Role::kSequencer, "sequencer"}}};

struct Sealed {
  KeyInfo info;
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 24> nonce{};
  base::Bytes ciphertext;
};

std::string format_time(base::TimeMs now) {
  using namespace std::chrono;
  const sys_time<milliseconds> point{milliseconds(static_cast<std::int64_t>(now.value()))};
  const sys_days day = floor<days>(point);
  const year_month_day date(day);
  const auto rest = static_cast<std::uint32_t>((point - day).count());
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02u:%02u:%02u.%03uZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), rest / 3'600'000, rest / 60'000 % 60,
                rest / 1'000 % 60, rest % 1'000);
  return text.data();
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

base::Bytes associated_data(const Sealed& sealed) {
  const KeyInfo& info = sealed.info;
  base::Writer out;
  out.padded("wald-key-v1", 16).u8(static_cast<std::uint8_t>(info.role));
  out.u8(base::narrow<std::uint8_t>(info.label.size())).text(info.label);
  out.raw(info.public_key.view()).text(info.created);
  out.u8(info.kdf.argon2id ? 1 : 0).le(info.kdf.passes).le(info.kdf.memory_mib);
  out.raw(sealed.salt).raw(sealed.nonce);
  return std::move(out).bytes();
}

os::IoResult<Secret32> seal_key(const Sealed& sealed, base::ByteView passphrase) {
  Secret32 key;
  if (!sealed.info.kdf.argon2id) {
    const base::Hash hash = base::tagged_hash("wald.key.none", {}, sealed.info.public_key.view());
    std::copy(hash.bytes().begin(), hash.bytes().end(), key.span().begin());
    return key;
  }
  const std::size_t memory = std::size_t{sealed.info.kdf.memory_mib} << 20;
  if (::crypto_pwhash(key.span().data(), key.span().size(),
                      reinterpret_cast<const char*>(passphrase.data()), passphrase.size(),
                      sealed.salt.data(), sealed.info.kdf.passes, memory,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
    return base::Err{os::system_error(ENOMEM, "argon2id")};
  return key;
}

std::string to_text(const Sealed& sealed) {
  json::object kdf;
  if (sealed.info.kdf.argon2id)
    kdf = {{"name", "argon2id"},
           {"passes", sealed.info.kdf.passes},
           {"memoryMiB", sealed.info.kdf.memory_mib},
           {"salt", base::to_base64(sealed.salt)}};
  else
    kdf = {{"name", "none"}};
  const json::object file{{"version", 1},
                          {"role", role_name(sealed.info.role)},
                          {"label", sealed.info.label},
                          {"publicKey", base::shown_hex(sealed.info.public_key.view())},
                          {"created", sealed.info.created},
                          {"kdf", kdf},
                          {"cipher", {{"name", kCipher}, {"nonce", base::to_base64(sealed.nonce)}}},
                          {"ciphertext", base::to_base64(sealed.ciphertext)}};
  return json::serialize(file) + "\n";
}

template <std::size_t N>
bool read_base64(const json::value& value, std::array<std::uint8_t, N>& out) {
  const auto bytes = base::from_base64(std::string_view(value.as_string()));
  if (!bytes || bytes->size() != N) return false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

// Boost.JSON throws where a field is missing or of another type; parse() turns that into a refusal.
bool read_fields(const json::object& file, Sealed& out) {
  const auto role = parse_role(std::string_view(file.at("role").as_string()));
  const auto key = std::string(file.at("publicKey").as_string());
  const auto bytes = key.starts_with("0x") ? base::from_hex(key.substr(2)) : std::nullopt;
  const auto sealed = base::from_base64(std::string_view(file.at("ciphertext").as_string()));
  if (!role || !bytes || bytes->size() != 32 || !sealed || sealed->size() != 48) return false;
  out.info.role = *role;
  out.info.public_key = base::PublicKey::from(*bytes);
  out.ciphertext = *sealed;
  out.info.label = std::string(file.at("label").as_string());
  out.info.created = std::string(file.at("created").as_string());
  if (out.info.label.size() > kLabelBytes || !printable(out.info.label) ||
      out.info.created.size() != kCreatedBytes || !printable(out.info.created))
    return false;
  const json::object& kdf = file.at("kdf").as_object();
  out.info.kdf = Kdf::none();
  if (kdf.at("name").as_string() != "none") {
    out.info.kdf = {true, json::value_to<std::uint32_t>(kdf.at("passes")),
                    json::value_to<std::uint32_t>(kdf.at("memoryMiB"))};
    if (!read_base64(kdf.at("salt"), out.salt)) return false;
  }
  return read_base64(file.at("cipher").as_object().at("nonce"), out.nonce);
}

// The file has one form: whatever does not come out the same when written again (unknown fields,
// other spellings, a second key) is refused.
os::IoResult<Sealed> parse(const std::string& path, std::string_view text) {
  Sealed out;
  try {
    const json::value file = json::parse(text);
    if (read_fields(file.as_object(), out) && to_text(out) == text) return out;
  } catch (const std::exception&) {
    // Falls through to the refusal below.
  }
  return os::content_error(path + ": not a key file of version 1");
}

os::IoResult<Sealed> read_sealed(const std::string& path) {
  TRY_ASSIGN(const base::Bytes bytes, os::read_private_file(path, kFileCap));
  return parse(path, base::as_text(bytes));
}

bool kdf_in_range(const Kdf& kdf) {
  return kdf.passes >= 2 && kdf.passes <= 16 && kdf.memory_mib >= 64 && kdf.memory_mib <= 4'096;
}

}  // namespace

std::string_view role_name(Role role) {
  for (const auto& [value, name] : kRoles)
    if (value == role) return name;
  return "";
}

std::optional<Role> parse_role(std::string_view name) {
  for (const auto& [value, text] : kRoles)
    if (text == name) return value;
  return std::nullopt;
}

namespace {

Secret<64> expand(const Secret32& seed, base::PublicKey& public_key) {
  os::sodium_ready();
  Secret<64> secret;
  std::array<std::uint8_t, 32> bytes{};
  ::crypto_sign_seed_keypair(bytes.data(), secret.span().data(), seed.view().data());
  public_key = base::PublicKey(bytes);
  return secret;
}

}  // namespace

base::PublicKey public_key_of(const Secret32& seed) {
  base::PublicKey out;
  expand(seed, out);
  return out;
}

Secret32 random_seed() {
  Secret32 out;
  os::random_fill(out.span());
  return out;
}

std::array<std::uint8_t, 64> sign(const Secret32& seed, base::ByteView preimage) {
  base::PublicKey public_key;
  const Secret<64> secret = expand(seed, public_key);
  std::array<std::uint8_t, 64> out{};
  ::crypto_sign_detached(out.data(), nullptr, preimage.data(), preimage.size(),
                         secret.view().data());
  return out;
}

os::IoResult<void> save_key(const std::string& path, Role role, const std::string& label,
                            const Secret32& seed, base::TimeMs now, const Kdf& kdf,
                            base::ByteView passphrase) {
  if (label.size() > kLabelBytes || !printable(label))
    return os::content_error("a label has at most 64 printable ASCII characters");
  if (kdf.argon2id && !kdf_in_range(kdf))
    return os::content_error("argon2id takes 2 to 16 passes and 64 to 4096 MiB");
  if (kdf.argon2id && passphrase.empty()) return os::content_error("a key file needs a passphrase");
  if (os::exists(path)) return base::Err{os::system_error(EEXIST, path)};
  Sealed sealed;
  sealed.info = {role, label, public_key_of(seed), format_time(now), kdf};
  if (kdf.argon2id) sealed.salt = os::random_bytes<16>();
  sealed.nonce = os::random_bytes<24>();
  TRY_ASSIGN(const Secret32 key, seal_key(sealed, passphrase));
  const base::Bytes data = associated_data(sealed);
  sealed.ciphertext.resize(48);
  ::crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed.ciphertext.data(), nullptr, seed.view().data(), seed.view().size(), data.data(),
      data.size(), nullptr, sealed.nonce.data(), key.view().data());
  return os::write_file_atomic(path, base::as_bytes(to_text(sealed)), 0600);
}

os::IoResult<Key> open_key(const std::string& path, base::ByteView passphrase,
                           const OpenRules& rules) {
  TRY_ASSIGN(Sealed sealed, read_sealed(path));
  const Kdf& kdf = sealed.info.kdf;
  if (!kdf.argon2id && !rules.test_chain)
    return os::content_error(path + ": a key without a passphrase is accepted on test chains only");
  if (kdf.argon2id && !kdf_in_range(kdf))
    return os::content_error(path + ": argon2id takes 2 to 16 passes and 64 to 4096 MiB");
  if (kdf.argon2id && passphrase.empty())
    return os::content_error(path + ": a passphrase is needed");
  if (rules.role && *rules.role != sealed.info.role)
    return os::content_error(path + ": a key of role " + std::string(role_name(sealed.info.role)) +
                             ", wanted " + std::string(role_name(*rules.role)));
  TRY_ASSIGN(const Secret32 key, seal_key(sealed, passphrase));
  const base::Bytes data = associated_data(sealed);
  Key out;
  if (::crypto_aead_xchacha20poly1305_ietf_decrypt(
          out.seed.span().data(), nullptr, nullptr, sealed.ciphertext.data(),
          sealed.ciphertext.size(), data.data(), data.size(), sealed.nonce.data(),
          key.view().data()) != 0)
    return os::content_error(path + ": wrong passphrase, or the file was changed");
  if (public_key_of(out.seed) != sealed.info.public_key)
    return os::content_error(path + ": the public key is not that of the seed");
  out.info = std::move(sealed.info);
  return out;
}

os::IoResult<KeyInfo> inspect_key(const std::string& path) {
  TRY_ASSIGN(Sealed sealed, read_sealed(path));
  return std::move(sealed.info);
}

}  // namespace wald::keys
