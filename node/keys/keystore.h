// SPDX-License-Identifier: Apache-2.0
// Key files (interfaces.md 7): one JSON object per key, mode 0600, owned by the running user:
//
//   {"version":1,"role":"protocol","label":"..","publicKey":"0x..",
//    "created":"2026-01-31T12:00:00.000Z",
//    "kdf":{"name":"argon2id","passes":3,"memoryMiB":256,"salt":"<base64 of 16>"} or
//    {"name":"none"}, "cipher":{"name":"xchacha20poly1305","nonce":"<base64 of
//    24>"},"ciphertext":"<base64 of 48>"}
//
// The ciphertext holds the 32-byte seed of an Ed25519 (or VRF) key. Sealed with it, as associated
// data:
//   "wald-key-v1" padded to 16 | role u8 | label length u8 | label | public key 32 | created 24
//   | kdf u8 (0 none, 1 argon2id) | passes u32 | memory MiB u32 | salt 16 | nonce 24
//   (little-endian)
// so a file changed in any field does not open. The key of the seal is argon2id of the passphrase,
// or for "none" B("wald.key.none", -, public key): integrity only, accepted on test chains alone.
// The argon2id floor is 2 passes and 64 MiB; more than 16 passes or 4 GiB is refused as well.
#pragma once

#include <string>

#include "codec/base/ids.h"
#include "node/keys/secret.h"
#include "node/os/error.h"

namespace wald::keys {

enum class Role : std::uint8_t {
  kAccount = 1,
  kOperator,
  kCommission,
  kGovernance,
  kProtocol,
  kVrf,
  kSequencer,
};
std::string_view role_name(Role role);
std::optional<Role> parse_role(std::string_view name);

struct Kdf {
  bool argon2id = true;
  std::uint32_t passes = 3;
  std::uint32_t memory_mib = 256;

  static Kdf none() { return {false, 0, 0}; }
};

struct KeyInfo {
  Role role = Role::kAccount;
  std::string label;  // at most 64 bytes of printable ASCII
  base::PublicKey public_key;
  std::string created;
  Kdf kdf;
};

struct Key {
  KeyInfo info;
  Secret32 seed;
};

base::PublicKey public_key_of(const Secret32& seed);
Secret32 random_seed();
// Ed25519 over the preimage.
std::array<std::uint8_t, 64> sign(const Secret32& seed, base::ByteView preimage);

// Makes the file; it must not exist.
os::IoResult<void> save_key(const std::string& path, Role role, const std::string& label,
                            const Secret32& seed, base::TimeMs now, const Kdf& kdf,
                            base::ByteView passphrase);

struct OpenRules {
  bool test_chain = false;   // accepts kdf "none"
  std::optional<Role> role;  // another role is refused
};
os::IoResult<Key> open_key(const std::string& path, base::ByteView passphrase,
                           const OpenRules& rules);
// What the file says, unproved: for lists. The mode and owner are judged all the same.
os::IoResult<KeyInfo> inspect_key(const std::string& path);

}  // namespace wald::keys
